//! New columns that refer to another table: `ALTER TABLE` adds a foreign key together with its column, and in no other
//! way (<https://sqlite.org/lang_altertable.html>, 4).

use std::collections::BTreeSet;

use schema::change::{Change, Rebuild};

use super::quote::table as table_name;
use super::{column, constraint};
use crate::merge::can_add;

/// Returns the statements that make all changes in place; `None` when the table has to be made anew for them.
pub(super) fn statements(rebuild: &Rebuild) -> Option<Vec<String>> {
    let mut added = Vec::new();
    let mut keys = Vec::new();
    for change in &rebuild.changes {
        match change {
            Change::AddColumn(_, column) if can_add(column) => added.push(column),
            // Rows that are there get NULL: another default could refer to nothing.
            Change::AddForeignKey(_, key) if key.columns.len() == 1 => keys.push(key),
            _ => return None,
        }
    }
    let mut taken = BTreeSet::new();
    let mut statements = Vec::new();
    for column in &added {
        let mut definition = column::definition(&rebuild.after, column);
        for key in keys.iter().filter(|key| key.columns[0] == column.name) {
            if column.default.is_some() || column.not_null || !taken.insert(&column.name) {
                return None;
            }
            definition = format!("{definition} {}", constraint::references_clause(key));
        }
        statements.push(format!(
            "ALTER TABLE {} ADD COLUMN {definition}",
            table_name(&rebuild.before.name)
        ));
    }
    (taken.len() == keys.len() && !statements.is_empty()).then_some(statements)
}
