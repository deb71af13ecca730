//! The difference between two columns of the same name.

use crate::change::{Change, ColumnChange};
use crate::ir::{Column, TableName};

/// Adds the changes of a column, each starting from what the one before it leaves: type, default, NULL.
pub(super) fn diff(table: &TableName, before: &Column, after: &Column, changes: &mut Vec<Change>) {
    let mut now = before.clone();
    let mut step = |next: Column, make: fn(TableName, ColumnChange) -> Change| {
        if next != now {
            let change = ColumnChange {
                before: now.clone(),
                after: next.clone(),
            };
            changes.push(make(table.clone(), change));
            now = next;
        }
    };
    let mut next = before.clone();
    next.type_.clone_from(&after.type_);
    next.collation.clone_from(&after.collation);
    next.auto_increment = after.auto_increment;
    next.generated.clone_from(&after.generated);
    step(next.clone(), Change::ChangeType);
    next.default.clone_from(&after.default);
    step(next.clone(), Change::ChangeDefault);
    next.not_null = after.not_null;
    step(next, Change::ChangeNull);
}
