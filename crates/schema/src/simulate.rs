//! Applies changes to a schema in memory: what the catalog will say after a step.

use crate::change::{Change, ColumnChange, Replacement};
use crate::ir::{Schema, Table, TableName};

/// A change that doesn't fit the schema: a defect of the planner or of an engine, never of the input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the change of {object} does not fit the schema it is applied to: {what} is missing")]
pub struct SimulateError {
    /// The object of the change.
    pub object: String,
    /// What was expected and is not there.
    pub what: String,
}

/// Applies a change to a schema.
///
/// # Errors
/// [`SimulateError`] when what the change starts from is not there.
pub fn apply(schema: &mut Schema, change: &Change) -> Result<(), SimulateError> {
    match change {
        Change::CreateTable(table) => {
            schema.insert(normalised(table.as_ref().clone()));
            return Ok(());
        }
        Change::DropTable(table) => {
            return schema
                .tables
                .remove(&table.name)
                .map(|_| ())
                .ok_or_else(|| missing(change, "the table"));
        }
        Change::Rebuild(rebuild) => {
            let mut table = rebuild.after.clone();
            table.bytes = rebuild.before.bytes;
            schema.insert(normalised(table));
            return Ok(());
        }
        _ => {}
    }
    let table = table_mut(schema, change.table()).ok_or_else(|| missing(change, "the table"))?;
    change_table(table, change)?;
    sort(table);
    Ok(())
}

fn change_table(table: &mut Table, change: &Change) -> Result<(), SimulateError> {
    let found = match change {
        Change::CreateTable(_) | Change::DropTable(_) | Change::Rebuild(_) => true,
        Change::AddColumn(_, column) => push(&mut table.columns, column.clone()),
        Change::DropColumn(_, column) => remove(&mut table.columns, |old| old.name == column.name),
        Change::ChangeType(_, change) | Change::ChangeNull(_, change) | Change::ChangeDefault(_, change) => {
            replace_column(table, change)
        }
        Change::AddPrimaryKey(_, key) => {
            table.primary_key = Some(key.clone());
            true
        }
        Change::DropPrimaryKey(..) => table.primary_key.take().is_some(),
        Change::ReplacePrimaryKey(_, key) => table.primary_key.replace(key.after.clone()).is_some(),
        Change::AddIndex(_, index) => push(&mut table.indexes, index.clone()),
        Change::DropIndex(_, index) => remove(&mut table.indexes, |old| old == index),
        Change::ReplaceIndex(_, index) | Change::RenameIndex(_, index) => replace(&mut table.indexes, index),
        Change::AddForeignKey(_, key) => push(&mut table.foreign_keys, key.clone()),
        Change::DropForeignKey(_, key) => remove(&mut table.foreign_keys, |old| old == key),
        Change::ReplaceForeignKey(_, key) => replace(&mut table.foreign_keys, key),
        Change::ValidateForeignKey(_, key) => {
            let same = |old: &&mut _| {
                let old: &crate::ir::ForeignKey = old;
                old.name == key.name && old.connects_same(key)
            };
            table
                .foreign_keys
                .iter_mut()
                .find(same)
                .map(|old| old.validated = true)
                .is_some()
        }
        Change::AddCheck(_, check) => push(&mut table.checks, check.clone()),
        Change::ValidateCheck(_, check) => table
            .checks
            .iter_mut()
            .find(|old| old.name == check.name)
            .map(|old| {
                *old = crate::ir::Check {
                    validated: true,
                    ..check.clone()
                }
            })
            .is_some(),
        Change::DropCheck(_, check) => remove(&mut table.checks, |old| old.name == check.name),
        Change::SetOptions(_, options) => {
            table.options.clone_from(&options.after);
            true
        }
    };
    if found {
        Ok(())
    } else {
        Err(missing(change, "what it starts from"))
    }
}

fn table_mut<'a>(schema: &'a mut Schema, name: &TableName) -> Option<&'a mut Table> {
    schema.tables.get_mut(name)
}

fn missing(change: &Change, what: &str) -> SimulateError {
    SimulateError {
        object: change.object().to_string(),
        what: what.to_owned(),
    }
}

fn push<T>(list: &mut Vec<T>, value: T) -> bool {
    list.push(value);
    true
}

fn remove<T>(list: &mut Vec<T>, matches: impl Fn(&T) -> bool) -> bool {
    list.iter().position(matches).map(|at| list.remove(at)).is_some()
}

fn replace<T: PartialEq + Clone>(list: &mut [T], replacement: &Replacement<T>) -> bool {
    list.iter_mut()
        .find(|old| **old == replacement.before)
        .map(|old| *old = replacement.after.clone())
        .is_some()
}

/// The parts of a column change in turn, so each replaces the parts that it changes whatever came before it.
fn replace_column(table: &mut Table, change: &ColumnChange) -> bool {
    table
        .columns
        .iter_mut()
        .find(|old| old.name == change.before.name)
        .map(|old| {
            if change.before.type_ != change.after.type_ {
                old.type_.clone_from(&change.after.type_);
            }
            if change.before.collation != change.after.collation {
                old.collation.clone_from(&change.after.collation);
            }
            if change.before.auto_increment != change.after.auto_increment {
                old.auto_increment = change.after.auto_increment;
            }
            if change.before.not_null != change.after.not_null {
                old.not_null = change.after.not_null;
            }
            if change.before.default != change.after.default {
                old.default.clone_from(&change.after.default);
            }
        })
        .is_some()
}

/// Returns the table with its lists in the order that `inspect` must give too: indexes, foreign keys, checks,
/// attachments and options are sets; columns are a list.
pub fn normalised(mut table: Table) -> Table {
    sort(&mut table);
    table
}

fn sort(table: &mut Table) {
    table
        .indexes
        .sort_by(|a, b| (&a.name, a.columns_key()).cmp(&(&b.name, b.columns_key())));
    table.foreign_keys.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    table
        .checks
        .sort_by(|a, b| (&a.name, &a.definition).cmp(&(&b.name, &b.definition)));
    table.attachments.sort();
    table.options.sort();
}
