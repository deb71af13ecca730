//! The difference between what is live and what should be.
//!
//! [`diff`] is structural and total: the changes that it returns turn the one schema into the other
//! ([`crate::simulate`]), in no particular order; [`crate::plan`] orders them.

mod column;
mod keyed;
mod table;

use crate::change::Change;
use crate::desired::Desired;
use crate::ir::{Schema, Table};

/// Returns the tables as they should be: every declared table with what its manifest leaves open taken from the
/// live one, and no table that is declared deleted. Live tables that no manifest names are no part of it.
pub fn target(desired: &Desired, live: &Schema) -> Schema {
    desired
        .tables
        .values()
        .filter(|table| !table.deleted)
        .map(|table| match live.table(&table.table.name) {
            Some(old) => table.over(old),
            None => crate::simulate::normalised(table.table.clone()),
        })
        .collect()
}

/// Returns the live tables that a manifest names.
pub fn declared_part(desired: &Desired, live: &Schema) -> Schema {
    desired
        .tables
        .keys()
        .filter_map(|name| live.table(name))
        .cloned()
        .collect()
}

/// Returns the changes that turn `current` into `target`, tables in the order of their names.
pub fn diff(current: &Schema, target: &Schema) -> Vec<Change> {
    let mut changes = Vec::new();
    for pair in keyed::pairs(
        current.tables.values(),
        target.tables.values(),
        |table: &&Table| table.name.clone(),
    ) {
        match pair {
            keyed::Pair::Removed(table) => changes.push(Change::DropTable(Box::new(table.clone()))),
            keyed::Pair::Added(table) => changes.push(Change::CreateTable(Box::new(table.clone()))),
            keyed::Pair::Both(before, after) => table::diff(before, after, &mut changes),
        }
    }
    changes
}
