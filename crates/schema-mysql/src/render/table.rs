//! Tables are made and dropped.

use schema::change::{Change, Replacement};
use schema::engine::StepContext;
use schema::ir::{Table, TableName};
use schema::plan::{LockClass, StepDraft, TransactionClass};

use super::blocked::{is_gone, listed};
use super::{BRIEF_MS, LOCK_MS, Part, Way, column, constraint, index, quote};
use crate::lower::charset;

/// Returns the step that makes a table with all that belongs to it, in one statement.
pub(super) fn create(table: &Table, context: &StepContext<'_>) -> StepDraft {
    let own = charset::of_options(&table.options);
    let mut parts: Vec<String> = table
        .columns
        .iter()
        .map(|column| column::definition(column, own, context.facts))
        .collect();
    parts.extend(table.primary_key.iter().map(constraint::primary_key));
    parts.extend(table.indexes.iter().map(index::definition));
    parts.extend(table.foreign_keys.iter().map(constraint::foreign_key));
    let mut sql = format!(
        "CREATE TABLE {} (\n  {}\n) ENGINE=InnoDB",
        quote::table(&table.name),
        parts.join(",\n  ")
    );
    if let Some(own) = own.filter(|own| context.facts.default_collation.as_deref() != Some(*own)) {
        sql.push_str(" COLLATE=");
        sql.push_str(&charset::spelled(own, context.facts));
    }
    let refers_to_live = table
        .foreign_keys
        .iter()
        .any(|key| context.is_live(&key.references));
    let lock = if refers_to_live {
        LockClass::Exclusive
    } else {
        LockClass::None
    };
    let summary = format!("create table {}", table.name);
    brief(summary, sql, Change::CreateTable(Box::new(table.clone())), lock)
}

fn brief(summary: String, sql: String, effect: Change, lock: LockClass) -> StepDraft {
    StepDraft {
        summary,
        sql: vec![sql],
        hazards: Vec::new(),
        transaction: TransactionClass::None,
        lock,
        lock_timeout_ms: LOCK_MS,
        statement_timeout_ms: BRIEF_MS,
        effects: vec![effect],
        undo: None,
    }
}

/// Returns the step that drops a table, unless something outside the plan needs it.
pub(super) fn drop(table: &Table, context: &StepContext<'_>) -> Result<StepDraft, String> {
    // What belongs to the table goes with it.
    let own = ["check", "trigger", "generated column"];
    let needs = table.dependents.iter().filter(|dependent| {
        !own.contains(&dependent.kind.as_str()) && !is_gone(dependent, &table.name, context)
    });
    if let Some(names) = listed(needs) {
        return Err(format!(
            "{names} needs the table; drop that first, or declare the table that has it"
        ));
    }
    let sql = format!("DROP TABLE {}", quote::table(&table.name));
    let summary = format!("drop table {}", table.name);
    let effect = Change::DropTable(Box::new(table.clone()));
    Ok(brief(summary, sql, effect, LockClass::Exclusive))
}

/// Returns how the collation of a table is changed. It is that of columns that are added later without one (M22);
/// those that are there have their own.
pub(super) fn set_options(
    table: &TableName,
    options: &Replacement<Vec<String>>,
    context: &StepContext<'_>,
) -> Result<Part, String> {
    let others = |options: &[String]| -> Vec<String> {
        let is_other = |option: &&String| !option.starts_with(charset::OPTION);
        options.iter().filter(is_other).cloned().collect()
    };
    let collation = charset::of_options(&options.after)
        .filter(|_| others(&options.before) == others(&options.after))
        .ok_or("only the collation of a table can be changed")?;
    let summary = format!("set the collation of {table} to {collation}");
    let clause = format!("COLLATE={}", charset::spelled(collation, context.facts));
    Ok(Part::new(Way::Inplace, summary, clause))
}
