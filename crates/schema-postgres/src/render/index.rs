//! Indexes and unique constraints.

use schema::change::{Change, Replacement};
use schema::engine::StepContext;
use schema::ir::{Index, IndexOrigin, TableName};
use schema::plan::{Hazard, HazardCode, LockClass, StepDraft};

use super::blocked::referring;
use super::{brief, build, concurrent, plain, quote, temporary};

/// Returns the statement that makes an index.
pub(super) fn create(table: &TableName, index: &Index, concurrently: bool) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let concurrently = if concurrently { "CONCURRENTLY " } else { "" };
    let method = index
        .method
        .as_deref()
        .map(|method| format!(" USING {}", quote::identifier(method)));
    let columns: Vec<String> = index
        .columns
        .iter()
        .filter_map(|part| part.column.clone())
        .collect();
    let parameters: Vec<String> = index.with.iter().map(|parameter| assignment(parameter)).collect();
    let with = if parameters.is_empty() {
        String::new()
    } else {
        format!(" WITH ({})", parameters.join(", "))
    };
    format!(
        "CREATE {unique}INDEX {concurrently}{} ON {}{} {}{with}",
        quote::identifier(&index.name),
        quote::table(table),
        method.unwrap_or_default(),
        quote::columns(&columns)
    )
}

fn assignment(parameter: &str) -> String {
    let (key, value) = parameter.split_once('=').unwrap_or((parameter, "true"));
    format!("{} = {}", quote::identifier(key), quote::literal(value))
}

/// Returns the hazards of building an index on a live table.
pub(super) fn build_hazards(table: &TableName, index: &Index) -> Vec<Hazard> {
    let reason = format!(
        "index {} is built on {table} while others work; it takes time and I/O",
        index.name
    );
    let mut hazards = vec![Hazard::new(HazardCode::BuildsIndex, reason)];
    if index.unique {
        let columns = index.column_names().unwrap_or_default().join(", ");
        let reason =
            format!("it fails if rows of {table} have equal values of ({columns}); look for them first");
        hazards.push(Hazard::new(HazardCode::DependsOnRows, reason));
    }
    hazards
}

/// Returns the step that makes an index.
pub(super) fn add(table: &TableName, index: &Index, context: &StepContext<'_>) -> StepDraft {
    let summary = format!("create index {} on {table}", index.name);
    if context.is_live(table) {
        build(summary, table, index)
    } else {
        let effects = vec![Change::AddIndex(table.clone(), index.clone())];
        plain(summary, vec![create(table, index, false)], effects)
    }
}

/// Returns the step that drops an index, or the unique constraint that it stands behind.
pub(super) fn drop(
    table: &TableName,
    index: &Index,
    context: &StepContext<'_>,
) -> Result<Vec<StepDraft>, String> {
    if index.unique {
        referring(table, &index.column_names().unwrap_or_default(), context)?;
    }
    let effects = vec![Change::DropIndex(table.clone(), index.clone())];
    let name = &index.name;
    Ok(vec![match index.origin {
        IndexOrigin::UniqueConstraint => {
            let summary = format!("drop unique constraint {name} of {table}");
            brief(
                LockClass::Exclusive,
                summary,
                vec![drop_constraint(table, name)],
                effects,
            )
        }
        IndexOrigin::Index => {
            let sql = format!("DROP INDEX CONCURRENTLY {}", quote::beside(table, name));
            concurrent(format!("drop index {name} on {table}"), sql, effects)
        }
    }])
}

pub(super) fn drop_constraint(table: &TableName, name: &str) -> String {
    format!(
        "ALTER TABLE {} DROP CONSTRAINT {}",
        quote::table(table),
        quote::identifier(name)
    )
}

pub(super) fn rename_sql(table: &TableName, from: &str, to: &str) -> String {
    format!(
        "ALTER INDEX {} RENAME TO {}",
        quote::beside(table, from),
        quote::identifier(to)
    )
}

/// Returns the step that renames an index, and with it the constraint that it stands behind.
pub(super) fn rename(table: &TableName, index: &Replacement<Index>) -> StepDraft {
    let (from, to) = (&index.before.name, &index.after.name);
    let summary = format!("rename index {from} on {table} to {to}");
    let effects = vec![Change::RenameIndex(table.clone(), Box::new(index.clone()))];
    brief(
        LockClass::Shared,
        summary,
        vec![rename_sql(table, from, to)],
        effects,
    )
}

/// Returns the steps that put an index in the place of one of the same name, with no moment without either.
pub(super) fn replace(
    table: &TableName,
    index: &Replacement<Index>,
    context: &StepContext<'_>,
) -> Result<Vec<StepDraft>, String> {
    let Replacement { before, after } = index;
    let whole = Change::ReplaceIndex(table.clone(), Box::new(index.clone()));
    let name = &after.name;
    if (Index {
        valid: true,
        ..before.clone()
    }) == *after
    {
        return Ok(finish(table, index, whole));
    }
    if (Index {
        with: after.with.clone(),
        ..before.clone()
    }) == *after
    {
        let summary = format!("set the parameters of index {name} on {table}");
        return Ok(vec![brief(
            LockClass::Shared,
            summary,
            set_parameters(table, index),
            vec![whole],
        )]);
    }
    if after.extra.is_some() {
        let reason = "it has a predicate, an expression or another part that the declared form can't say";
        return Err(format!(
            "{reason}; make the new index by hand, or declare it under another name"
        ));
    }
    if before.unique {
        referring(table, &before.column_names().unwrap_or_default(), context)?;
    }
    let now = context.table(table);
    let fresh = Index {
        name: temporary("index", name, now),
        origin: IndexOrigin::Index,
        ..after.clone()
    };
    let summary = format!("build the new index {name} on {table}");
    let build = StepDraft {
        hazards: build_hazards(table, after),
        ..build(summary, table, &fresh)
    };
    let swap = format!("put the new index {name} on {table} in place");
    let to = |from: &Index, to: &Index| {
        let replacement = Replacement {
            before: from.clone(),
            after: to.clone(),
        };
        Change::RenameIndex(table.clone(), Box::new(replacement))
    };
    if before.origin == IndexOrigin::UniqueConstraint {
        let take_place = match after.origin {
            IndexOrigin::Index => rename_sql(table, &fresh.name, name),
            IndexOrigin::UniqueConstraint => format!(
                "ALTER TABLE {} ADD CONSTRAINT {} UNIQUE USING INDEX {}",
                quote::table(table),
                quote::identifier(name),
                quote::identifier(&fresh.name)
            ),
        };
        let sql = vec![drop_constraint(table, &before.name), take_place];
        let effects = vec![
            Change::DropIndex(table.clone(), before.clone()),
            Change::ReplaceIndex(
                table.clone(),
                Box::new(Replacement {
                    before: fresh,
                    after: after.clone(),
                }),
            ),
        ];
        return Ok(vec![build, brief(LockClass::Exclusive, swap, sql, effects)]);
    }
    let old = Index {
        name: temporary("old", name, now),
        ..before.clone()
    };
    let sql = vec![
        rename_sql(table, &before.name, &old.name),
        rename_sql(table, &fresh.name, name),
    ];
    let effects = vec![to(before, &old), to(&fresh, after)];
    let swap = brief(LockClass::Shared, swap, sql, effects);
    let sql = format!("DROP INDEX CONCURRENTLY {}", quote::beside(table, &old.name));
    let gone = vec![Change::DropIndex(table.clone(), old)];
    Ok(vec![
        build,
        swap,
        concurrent(format!("drop the old index {name} on {table}"), sql, gone),
    ])
}

/// Returns the steps that make an index valid which an interrupted build left behind.
fn finish(table: &TableName, index: &Replacement<Index>, whole: Change) -> Vec<StepDraft> {
    let Replacement { before, after } = index;
    let name = &after.name;
    if before.extra.is_some() || before.origin == IndexOrigin::UniqueConstraint {
        // What can't be written from the declared form is built anew from what the catalog has.
        let sql = format!("REINDEX INDEX CONCURRENTLY {}", quote::beside(table, name));
        let step = concurrent(
            format!("rebuild the invalid index {name} on {table}"),
            sql,
            vec![whole],
        );
        let hazards = build_hazards(table, after);
        return vec![StepDraft { hazards, ..step }];
    }
    let drop = concurrent(
        format!("drop the invalid index {name} on {table}, which an interrupted build left"),
        format!("DROP INDEX CONCURRENTLY {}", quote::beside(table, name)),
        vec![Change::DropIndex(table.clone(), before.clone())],
    );
    vec![
        drop,
        build(format!("create index {name} on {table}"), table, after),
    ]
}

fn set_parameters(table: &TableName, index: &Replacement<Index>) -> Vec<String> {
    let key = |parameter: &String| parameter.split('=').next().unwrap_or_default().to_owned();
    let kept: Vec<String> = index.after.with.iter().map(key).collect();
    let reset: Vec<String> = index
        .before
        .with
        .iter()
        .map(key)
        .filter(|name| !kept.contains(name))
        .map(|name| quote::identifier(&name))
        .collect();
    let set: Vec<String> = index
        .after
        .with
        .iter()
        .map(|parameter| assignment(parameter))
        .collect();
    let alter = format!("ALTER INDEX {}", quote::beside(table, &index.after.name));
    let mut sql = Vec::new();
    if !set.is_empty() {
        sql.push(format!("{alter} SET ({})", set.join(", ")));
    }
    if !reset.is_empty() {
        sql.push(format!("{alter} RESET ({})", reset.join(", ")));
    }
    sql
}
