//! A table that is made anew, in the order that SQLite's documentation gives (<https://sqlite.org/lang_altertable.html>,
//! 7, steps 4 to 9): the session switches foreign keys off before the transaction (step 1) and checks them before it
//! ends (step 10).

use schema::change::Rebuild;
use schema::ir::{AutoIncrement, Table, TableName};

use super::quote::{identifier, identifiers, literal, table as table_name};
use super::{NEW_TABLE_PREFIX, table};
use crate::catalog::assemble::is_rowid_alias;
use crate::catalog::dependents::TRIGGER;

/// Returns the statements of a rebuild.
pub(crate) fn statements(rebuild: &Rebuild) -> Vec<String> {
    let (before, after) = (&rebuild.before, &rebuild.after);
    let new = TableName::unqualified(format!("{NEW_TABLE_PREFIX}{}", after.name.name));
    let mut sql = vec![table::create(after, &new)];
    sql.extend(copy(before, after, &new));
    if numbers(before) && numbers(after) {
        sql.extend(keep_numbering(before, &new));
    }
    sql.push(format!("DROP TABLE {}", table_name(&before.name)));
    // Views and triggers of others name the table that is missing at this point. Under the older rule a rename
    // leaves them, and the foreign keys of other tables, as they are: they mean the table by its name.
    sql.push("PRAGMA legacy_alter_table = ON".to_owned());
    sql.push(format!(
        "ALTER TABLE {} RENAME TO {}",
        table_name(&new),
        table_name(&after.name)
    ));
    sql.push("PRAGMA legacy_alter_table = OFF".to_owned());
    sql.extend(table::create_indexes(after));
    let triggers = after
        .attachments
        .iter()
        .filter(|attachment| attachment.kind == TRIGGER);
    sql.extend(triggers.map(|trigger| trigger.definition.clone()));
    sql.push(format!("PRAGMA quick_check({})", table_name(&after.name)));
    sql
}

/// Returns the statement that copies the rows: every column that is there before and after, and the number of each
/// row, which other things may know it by. A conflict clause of the table must not leave rows out in silence, so that
/// the statement says ABORT.
fn copy(before: &Table, after: &Table, new: &TableName) -> Option<String> {
    let stored = |column: &&schema::ir::Column| column.generated.is_none();
    let mut columns: Vec<&str> = after
        .columns
        .iter()
        .filter(stored)
        .map(|column| column.name.as_str())
        .filter(|name| before.column(name).is_some())
        .collect();
    if let Some(rowid) = kept_rowid(before, after) {
        columns.insert(0, rowid);
    }
    if columns.is_empty() {
        return None;
    }
    let values: Vec<String> = columns.iter().map(|name| value(name, before, after)).collect();
    let (list, values) = (identifiers(columns), values.join(", "));
    let (from, into) = (table_name(&before.name), table_name(new));
    Some(format!(
        "INSERT OR ABORT INTO {into} ({list}) SELECT {values} FROM {from}"
    ))
}

/// Returns what is copied into a column. A NULL that becomes the number of a row would silently become a new number;
/// a text is refused there ("datatype mismatch").
fn value(name: &str, before: &Table, after: &Table) -> String {
    let is_alias = |table: &Table| {
        table
            .column(name)
            .is_some_and(|column| is_rowid_alias(table, &column.name, &column.type_))
    };
    let may_be_null = before.column(name).is_some_and(|column| !column.not_null);
    if may_be_null && is_alias(after) {
        format!("ifnull({}, {})", identifier(name), literal("no primary key"))
    } else {
        identifier(name)
    }
}

/// Returns the name by which the number of a row is copied: none where a column is that number afterwards, where
/// either table has none, or where columns have all three names.
fn kept_rowid(before: &Table, after: &Table) -> Option<&'static str> {
    let without = |table: &Table| table.options.iter().any(|option| option == "WITHOUT ROWID");
    let has_alias = after
        .columns
        .iter()
        .any(|column| is_rowid_alias(after, &column.name, &column.type_));
    if without(before) || without(after) || has_alias {
        return None;
    }
    let taken = |name: &&&str| {
        before
            .columns
            .iter()
            .chain(&after.columns)
            .any(|column| column.name.eq_ignore_ascii_case(name))
    };
    ["rowid", "_rowid_", "oid"]
        .iter()
        .find(|name| !taken(name))
        .copied()
}

fn numbers(table: &Table) -> bool {
    table
        .columns
        .iter()
        .any(|column| column.auto_increment == Some(AutoIncrement::Native))
}

/// Returns the statements that hand the last number given to the new table: AUTOINCREMENT promises never to give one
/// again, and the rows alone don't tell it. The rename takes it along.
fn keep_numbering(before: &Table, new: &TableName) -> [String; 2] {
    let (old, new) = (literal(&before.name.name), literal(&new.name));
    let name = identifier("name");
    [
        format!("DELETE FROM sqlite_sequence WHERE {name} = {new}"),
        format!(
            "INSERT INTO sqlite_sequence ({name}, {seq}) SELECT {new}, {seq} FROM sqlite_sequence WHERE {name} = {old} COLLATE NOCASE",
            seq = identifier("seq")
        ),
    ]
}
