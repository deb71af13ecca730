//! Primary keys and foreign keys.

use schema::change::{Change, Replacement};
use schema::engine::StepContext;
use schema::ir::{
    Check, ForeignKey, Index, IndexColumn, IndexOrigin, PrimaryKey, ReferentialAction, TableName,
};
use schema::plan::{Hazard, HazardCode, LockClass, StepDraft};

use super::blocked::referring;
use super::{brief, build, index, long, plain, quote, temporary};
use crate::lower::object_name;

/// Returns a primary key as a part of `CREATE TABLE`.
pub(super) fn primary_key(key: &PrimaryKey) -> String {
    format!(
        "{}PRIMARY KEY {}",
        constraint(key.name.as_deref()),
        quote::columns(&key.columns)
    )
}

fn constraint(name: Option<&str>) -> String {
    name.map(|name| format!("CONSTRAINT {} ", quote::identifier(name)))
        .unwrap_or_default()
}

/// Returns a foreign key as a part of `CREATE TABLE` or of `ALTER TABLE … ADD`.
pub(super) fn foreign_key(key: &ForeignKey) -> String {
    let mut sql = format!(
        "{}FOREIGN KEY {} REFERENCES {} {}",
        constraint(key.name.as_deref()),
        quote::columns(&key.columns),
        quote::table(&key.references),
        quote::columns(&key.referenced_columns)
    );
    for (event, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
        if action != ReferentialAction::NoAction {
            for part in [" ON ", event, " ", action.as_sql()] {
                sql.push_str(part);
            }
        }
    }
    sql
}

fn alter(table: &TableName) -> String {
    format!("ALTER TABLE {}", quote::table(table))
}

/// Returns the steps that add a primary key to a live table: its index is built beside the work of others.
pub(super) fn add_primary_key(
    table: &TableName,
    key: &PrimaryKey,
    context: &StepContext<'_>,
) -> Result<Vec<StepDraft>, String> {
    let summary = format!("add the primary key of {table}");
    let whole = Change::AddPrimaryKey(table.clone(), key.clone());
    if !context.is_live(table) {
        let sql = format!("{} ADD {}", alter(table), primary_key(key));
        return Ok(vec![plain(summary, vec![sql], vec![whole])]);
    }
    let (build, fresh) = key_index(table, key, context)?;
    let sql = vec![take_index(table, key, &fresh)];
    let effects = vec![Change::DropIndex(table.clone(), fresh), whole];
    Ok(vec![build, brief(LockClass::Exclusive, summary, sql, effects)])
}

/// Returns the step that drops a primary key.
pub(super) fn drop_primary_key(
    table: &TableName,
    key: &PrimaryKey,
    context: &StepContext<'_>,
) -> Result<Vec<StepDraft>, String> {
    referring(
        table,
        &key.columns.iter().map(String::as_str).collect::<Vec<_>>(),
        context,
    )?;
    let sql = vec![index::drop_constraint(table, &key_name(table, key))];
    let effects = vec![Change::DropPrimaryKey(table.clone(), key.clone())];
    Ok(vec![brief(
        LockClass::Exclusive,
        format!("drop the primary key of {table}"),
        sql,
        effects,
    )])
}

/// Returns the steps that put one primary key in the place of another in one moment.
pub(super) fn replace_primary_key(
    table: &TableName,
    key: &Replacement<PrimaryKey>,
    context: &StepContext<'_>,
) -> Result<Vec<StepDraft>, String> {
    let Replacement { before, after } = key;
    referring(
        table,
        &before.columns.iter().map(String::as_str).collect::<Vec<_>>(),
        context,
    )?;
    let (build, fresh) = key_index(table, after, context)?;
    let sql = vec![
        index::drop_constraint(table, &key_name(table, before)),
        take_index(table, after, &fresh),
    ];
    let effects = vec![
        Change::DropIndex(table.clone(), fresh),
        Change::ReplacePrimaryKey(table.clone(), Box::new(key.clone())),
    ];
    let summary = format!("put the new primary key of {table} in place");
    Ok(vec![build, brief(LockClass::Exclusive, summary, sql, effects)])
}

fn key_name(table: &TableName, key: &PrimaryKey) -> String {
    key.name
        .clone()
        .unwrap_or_else(|| object_name(&table.name, "pkey"))
}

fn key_index(
    table: &TableName,
    key: &PrimaryKey,
    context: &StepContext<'_>,
) -> Result<(StepDraft, Index), String> {
    if let Some(extra) = &key.extra {
        return Err(format!(
            "the live key has `{extra}`, which the declared form can't say; change it by hand"
        ));
    }
    let fresh = Index {
        name: temporary("key", &key_name(table, key), context.table(table)),
        columns: key.columns.iter().map(IndexColumn::column).collect(),
        unique: true,
        origin: IndexOrigin::Index,
        method: Some("btree".to_owned()),
        with: Vec::new(),
        extra: None,
        valid: true,
    };
    let summary = format!("build the index of the primary key of {table}");
    Ok((build(summary, table, &fresh), fresh))
}

fn take_index(table: &TableName, key: &PrimaryKey, fresh: &Index) -> String {
    let name = quote::identifier(&key_name(table, key));
    format!(
        "{} ADD CONSTRAINT {name} PRIMARY KEY USING INDEX {}",
        alter(table),
        quote::identifier(&fresh.name)
    )
}

/// Returns the steps that add a foreign key: to a live table unchecked first, so that its lock is short, then checked.
pub(super) fn add_foreign_key(
    table: &TableName,
    key: &ForeignKey,
    context: &StepContext<'_>,
) -> Result<Vec<StepDraft>, String> {
    if !context.is_live(table) {
        return Ok(vec![add_foreign_key_to_empty(table, key, context)]);
    }
    refuse_extra(key)?;
    let unchecked = ForeignKey {
        validated: false,
        ..key.clone()
    };
    Ok(vec![
        add_unchecked(table, &unchecked),
        validate_foreign_key(table, key),
    ])
}

/// Returns the step that adds a foreign key to a table that has no rows yet.
pub(super) fn add_foreign_key_to_empty(
    table: &TableName,
    key: &ForeignKey,
    context: &StepContext<'_>,
) -> StepDraft {
    let summary = format!("add foreign key {} to {table}", key.label());
    let sql = vec![format!("{} ADD {}", alter(table), foreign_key(key))];
    let effects = vec![Change::AddForeignKey(table.clone(), key.clone())];
    if context.is_live(&key.references) {
        brief(LockClass::BlocksWrites, summary, sql, effects)
    } else {
        plain(summary, sql, effects)
    }
}

fn refuse_extra(key: &ForeignKey) -> Result<(), String> {
    match &key.extra {
        Some(extra) => Err(format!(
            "it has `{extra}`, which the declared form can't say; change it by hand"
        )),
        None => Ok(()),
    }
}

fn add_unchecked(table: &TableName, key: &ForeignKey) -> StepDraft {
    let sql = vec![format!("{} ADD {} NOT VALID", alter(table), foreign_key(key))];
    let effects = vec![Change::AddForeignKey(table.clone(), key.clone())];
    let summary = format!("add foreign key {} to {table}, for new rows", key.label());
    brief(LockClass::BlocksWrites, summary, sql, effects)
}

/// Returns the step that checks the rows that are there against a foreign key.
pub(super) fn validate_foreign_key(table: &TableName, key: &ForeignKey) -> StepDraft {
    let name = quote::identifier(&key.label());
    let sql = vec![format!("{} VALIDATE CONSTRAINT {name}", alter(table))];
    let effects = vec![Change::ValidateForeignKey(table.clone(), key.clone())];
    let reason = format!(
        "it fails if rows of {table} refer to rows of {} that are not there",
        key.references
    );
    let summary = format!("check the rows of {table} against foreign key {}", key.label());
    StepDraft {
        hazards: vec![Hazard::new(HazardCode::DependsOnRows, reason)],
        ..long(LockClass::Shared, summary, sql, effects)
    }
}

/// Returns the step that drops a foreign key.
pub(super) fn drop_foreign_key(table: &TableName, key: &ForeignKey) -> StepDraft {
    let sql = vec![index::drop_constraint(table, &key.label())];
    let effects = vec![Change::DropForeignKey(table.clone(), key.clone())];
    brief(
        LockClass::Exclusive,
        format!("drop foreign key {} of {table}", key.label()),
        sql,
        effects,
    )
}

/// Returns the step that drops a check: one of ours that a killed run left, since no manifest can declare any.
pub(super) fn drop_check(table: &TableName, check: &Check) -> StepDraft {
    let name = check.name.as_deref().unwrap_or_default();
    let sql = vec![index::drop_constraint(table, name)];
    let effects = vec![Change::DropCheck(table.clone(), check.clone())];
    let summary = format!("drop check {name} of {table}, which an interrupted run left");
    brief(LockClass::Exclusive, summary, sql, effects)
}

/// Returns the steps that put a foreign key in the place of one over the same columns; the rows are never unchecked.
pub(super) fn replace_foreign_key(
    table: &TableName,
    key: &Replacement<ForeignKey>,
    context: &StepContext<'_>,
) -> Result<Vec<StepDraft>, String> {
    let Replacement { before, after } = key;
    let replaced = |before: &ForeignKey| {
        let replacement = Replacement {
            before: before.clone(),
            after: after.clone(),
        };
        Change::ReplaceForeignKey(table.clone(), Box::new(replacement))
    };
    let rename = |from: &str, to: &str| {
        let (from, to) = (quote::identifier(from), quote::identifier(to));
        format!("{} RENAME CONSTRAINT {from} TO {to}", alter(table))
    };
    if (ForeignKey {
        name: after.name.clone(),
        ..before.clone()
    }) == *after
    {
        let summary = format!(
            "rename foreign key {} of {table} to {}",
            before.label(),
            after.label()
        );
        let sql = vec![rename(&before.label(), &after.label())];
        return Ok(vec![brief(
            LockClass::Exclusive,
            summary,
            sql,
            vec![replaced(before)],
        )]);
    }
    refuse_extra(after)?;
    refuse_extra(before)?;
    let name = temporary("fkey", &after.label(), context.table(table));
    let checked = ForeignKey {
        name: Some(name.clone()),
        validated: true,
        ..after.clone()
    };
    let unchecked = ForeignKey {
        validated: false,
        ..checked.clone()
    };
    let sql = vec![
        index::drop_constraint(table, &before.label()),
        rename(&name, &after.label()),
    ];
    let effects = vec![
        Change::DropForeignKey(table.clone(), before.clone()),
        replaced(&checked),
    ];
    let summary = format!("put the new foreign key {} of {table} in place", after.label());
    Ok(vec![
        add_unchecked(table, &unchecked),
        validate_foreign_key(table, &checked),
        brief(LockClass::Exclusive, summary, sql, effects),
    ])
}
