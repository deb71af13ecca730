//! Primary keys, foreign keys and checks.

use schema::change::{Change, Replacement};
use schema::engine::StepContext;
use schema::ir::{Check, ForeignKey, PrimaryKey, ReferentialAction, TableName};
use schema::plan::{Hazard, HazardCode, StepDraft};

use super::blocked::referring;
use super::column::unless_full_text;
use super::{Part, Way, quote, step};
use crate::lower::keys::same_name;
use crate::version;

/// Returns a primary key as a part of `CREATE TABLE` or of `ALTER TABLE … ADD`.
pub(super) fn primary_key(key: &PrimaryKey) -> String {
    format!(
        "PRIMARY KEY {}",
        quote::columns(key.columns.iter().map(String::as_str))
    )
}

/// Returns a foreign key as a part of `CREATE TABLE` or of `ALTER TABLE … ADD`.
pub(super) fn foreign_key(key: &ForeignKey) -> String {
    let name = key
        .name
        .as_deref()
        .map(|name| format!("CONSTRAINT {} ", quote::identifier(name)))
        .unwrap_or_default();
    let mut sql = format!(
        "{name}FOREIGN KEY {} REFERENCES {} {}",
        quote::columns(key.columns.iter().map(String::as_str)),
        quote::table(&key.references),
        quote::columns(key.referenced_columns.iter().map(String::as_str))
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

fn refuse_extra(key: &PrimaryKey) -> Result<(), String> {
    match &key.extra {
        Some(extra) => Err(format!(
            "the live key has `{extra}`, which the declared form can't say; change it by hand"
        )),
        None => Ok(()),
    }
}

fn equal_rows(table: &TableName, key: &PrimaryKey) -> Hazard {
    let columns = key.columns.join(", ");
    let reason = format!("it fails if rows of {table} have equal values of ({columns}); look for them first");
    Hazard::new(HazardCode::DependsOnRows, reason)
}

/// Returns how a primary key is added: the rows are written anew in its order, while others work (M17).
pub(super) fn add_primary_key(
    table: &TableName,
    key: &PrimaryKey,
    context: &StepContext<'_>,
) -> Result<Part, String> {
    refuse_extra(key)?;
    let way = unless_full_text(Way::Inplace, table, context);
    let summary = format!("add the primary key of {table}");
    Ok(Part::new(way, summary, format!("ADD {}", primary_key(key))).with(equal_rows(table, key)))
}

/// Returns how a primary key is dropped: by a copy, since the rows get a hidden one.
pub(super) fn drop_primary_key(
    table: &TableName,
    key: &PrimaryKey,
    context: &StepContext<'_>,
) -> Result<Part, String> {
    referring(table, None, &names(key), context)?;
    let summary = format!("drop the primary key of {table}");
    Ok(Part::new(Way::Copy, summary, "DROP PRIMARY KEY".to_owned()))
}

/// Returns how one primary key comes in the place of another: in one statement, which is a rebuild and no copy (M17).
pub(super) fn replace_primary_key(
    table: &TableName,
    key: &Replacement<PrimaryKey>,
    context: &StepContext<'_>,
) -> Result<Part, String> {
    let Replacement { before, after } = key;
    refuse_extra(after)?;
    if !names(after).starts_with(&names(before)) {
        referring(table, None, &names(before), context)?;
    }
    let way = unless_full_text(Way::Inplace, table, context);
    let summary = format!("replace the primary key of {table}");
    let clause = format!("DROP PRIMARY KEY, ADD {}", primary_key(after));
    Ok(Part::new(way, summary, clause).with(equal_rows(table, after)))
}

fn names(key: &PrimaryKey) -> Vec<&str> {
    key.columns.iter().map(String::as_str).collect()
}

/// Returns how a foreign key is added. The server checks the rows only while it copies the table (M19); with checks off
/// it would add the key in place and believe what was never looked at.
pub(super) fn add_foreign_key(table: &TableName, key: &ForeignKey, context: &StepContext<'_>) -> Part {
    let summary = format!("add foreign key {} to {table}", key.label());
    let part = Part::new(Way::Copy, summary, format!("ADD {}", foreign_key(key)));
    if !context.is_live(table) {
        return part;
    }
    let reason = format!(
        "it fails if rows of {table} refer to rows of {} that are not there",
        key.references
    );
    part.with(Hazard::new(HazardCode::DependsOnRows, reason))
}

/// Returns how a foreign key is dropped. Its index stays.
pub(super) fn drop_foreign_key(table: &TableName, key: &ForeignKey) -> Part {
    let summary = format!("drop foreign key {} of {table}", key.label());
    let clause = format!("DROP FOREIGN KEY {}", quote::identifier(&key.label()));
    Part::new(Way::Inplace, summary, clause)
}

/// Returns the steps that put a foreign key in the place of one over the same columns. Under the same name one statement
/// can't: the server sees the old name while it checks the new one. In between, nothing checks.
pub(super) fn replace_foreign_key(
    table: &TableName,
    key: &Replacement<ForeignKey>,
    context: &StepContext<'_>,
) -> Result<Vec<StepDraft>, String> {
    let Replacement { before, after } = key;
    if !same_name(&before.label(), &after.label()) {
        let part = replace_foreign_key_at_once(table, key, context)?;
        let whole = Change::ReplaceForeignKey(table.clone(), Box::new(key.clone()));
        return Ok(vec![step(table, part, vec![whole], context)]);
    }
    refuse_foreign_extra(key)?;
    let reason = format!("until the next step, {table} takes rows that refer to nothing");
    let drop = drop_foreign_key(table, before).with(Hazard::new(HazardCode::WeakensIntegrity, reason));
    let gone = vec![Change::DropForeignKey(table.clone(), before.clone())];
    let there = vec![Change::AddForeignKey(table.clone(), after.clone())];
    Ok(vec![
        step(table, drop, gone, context),
        step(table, add_foreign_key(table, after, context), there, context),
    ])
}

/// Returns how a foreign key comes in the place of one of another name: in one statement, so that the rows are never
/// unchecked.
pub(super) fn replace_foreign_key_at_once(
    table: &TableName,
    key: &Replacement<ForeignKey>,
    context: &StepContext<'_>,
) -> Result<Part, String> {
    let Replacement { before, after } = key;
    refuse_foreign_extra(key)?;
    if same_name(&before.label(), &after.label()) {
        return Err(format!(
            "it can't change together with the rest of {table} under its name; apply one of the two changes first"
        ));
    }
    let mut part = add_foreign_key(table, after, context);
    part.summary = format!(
        "replace foreign key {} of {table} with {}",
        before.label(),
        after.label()
    );
    part.clauses.splice(0..0, drop_foreign_key(table, before).clauses);
    Ok(part)
}

fn refuse_foreign_extra(key: &Replacement<ForeignKey>) -> Result<(), String> {
    match key.before.extra.as_ref().or(key.after.extra.as_ref()) {
        Some(extra) => Err(format!(
            "it has `{extra}`, which the declared form can't say; change it by hand"
        )),
        None => Ok(()),
    }
}

/// Returns how a check is dropped: one of ours that a killed run left, since no manifest can declare any.
pub(super) fn drop_check(table: &TableName, check: &Check, context: &StepContext<'_>) -> Part {
    let name = check.name.as_deref().unwrap_or_default();
    let word = if version::drops_checks_by_kind(context.facts) {
        "CHECK"
    } else {
        "CONSTRAINT"
    };
    let summary = format!("drop check {name} of {table}, which an interrupted run left");
    let clause = format!("DROP {word} {}", quote::identifier(name));
    Part::new(Way::Inplace, summary, clause)
}
