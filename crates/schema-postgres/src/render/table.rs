//! Tables are made and dropped.

use schema::change::Change;
use schema::engine::StepContext;
use schema::ir::Table;
use schema::plan::{LockClass, StepDraft};

use super::blocked::{is_gone, listed};
use super::{brief, column, constraint, index, plain, quote};

/// Returns the steps that make a table: itself with its indexes and the foreign keys to tables that are as new, then
/// one for each foreign key to a live table, which is locked for a moment.
pub(super) fn create(table: &Table, context: &StepContext<'_>) -> Vec<StepDraft> {
    let (outer, inner) = table
        .foreign_keys
        .iter()
        .cloned()
        .partition(|key| key.references != table.name && context.is_live(&key.references));
    let first = Table {
        foreign_keys: inner,
        ..table.clone()
    };
    let mut parts: Vec<String> = first.columns.iter().map(column::definition).collect();
    parts.extend(first.primary_key.iter().map(constraint::primary_key));
    parts.extend(first.foreign_keys.iter().map(constraint::foreign_key));
    let mut sql = vec![format!(
        "CREATE TABLE {} (\n  {}\n)",
        quote::table(&table.name),
        parts.join(",\n  ")
    )];
    sql.extend(
        first
            .indexes
            .iter()
            .map(|index| index::create(&table.name, index, false)),
    );
    let summary = format!("create table {}", table.name);
    let mut steps = vec![plain(summary, sql, vec![Change::CreateTable(Box::new(first))])];
    let outer: Vec<schema::ir::ForeignKey> = outer;
    steps.extend(
        outer
            .into_iter()
            .map(|key| constraint::add_foreign_key_to_empty(&table.name, &key, context)),
    );
    steps
}

/// Returns the step that drops a table, unless something outside the plan needs it.
pub(super) fn drop(table: &Table, context: &StepContext<'_>) -> Result<Vec<StepDraft>, String> {
    // What belongs to the table goes with it.
    let own = [
        "check",
        "index",
        "exclusion constraint",
        "trigger",
        "policy",
        "generated column",
        "rule",
    ];
    let needs = table.dependents.iter().filter(|dependent| {
        !own.contains(&dependent.kind.as_str()) && !is_gone(dependent, &table.name, context)
    });
    if let Some(names) = listed(needs) {
        return Err(format!(
            "{names} needs the table; drop that first, or declare the table that has it"
        ));
    }
    let sql = vec![format!("DROP TABLE {}", quote::table(&table.name))];
    let effects = vec![Change::DropTable(Box::new(table.clone()))];
    Ok(vec![brief(
        LockClass::Exclusive,
        format!("drop table {}", table.name),
        sql,
        effects,
    )])
}
