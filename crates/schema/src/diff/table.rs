//! The difference between two tables of the same name.

use super::keyed::{Pair, pairs};
use crate::change::{Change, Replacement};
use crate::ir::{Column, ForeignKey, Index, Table};

/// Adds the changes of a table.
pub(super) fn diff(before: &Table, after: &Table, changes: &mut Vec<Change>) {
    let table = &before.name;
    for pair in pairs(&before.columns, &after.columns, |column: &&Column| {
        column.name.clone()
    }) {
        match pair {
            Pair::Removed(column) => changes.push(Change::DropColumn(table.clone(), column.clone())),
            Pair::Added(column) => changes.push(Change::AddColumn(table.clone(), column.clone())),
            Pair::Both(before, after) => super::column::diff(table, before, after, changes),
        }
    }
    match (&before.primary_key, &after.primary_key) {
        (None, Some(key)) => changes.push(Change::AddPrimaryKey(table.clone(), key.clone())),
        (Some(key), None) => changes.push(Change::DropPrimaryKey(table.clone(), key.clone())),
        (Some(before), Some(after)) if before != after => {
            let replacement = Replacement {
                before: before.clone(),
                after: after.clone(),
            };
            changes.push(Change::ReplacePrimaryKey(table.clone(), Box::new(replacement)));
        }
        _ => {}
    }
    indexes(before, after, changes);
    foreign_keys(before, after, changes);
    let dropped = before.checks.iter().filter(|check| !after.checks.contains(check));
    changes.extend(dropped.map(|check| Change::DropCheck(table.clone(), check.clone())));
    if before.options != after.options {
        let options = Replacement {
            before: before.options.clone(),
            after: after.options.clone(),
        };
        changes.push(Change::SetOptions(table.clone(), options));
    }
}

/// Indexes of the same name are the same index, changed or not; of the rest, two that differ in nothing but the
/// name are one that is renamed.
fn indexes(before: &Table, after: &Table, changes: &mut Vec<Change>) {
    let table = &before.name;
    let key = |index: &&Index| {
        let unnamed = index.name.is_empty();
        (
            index.name.clone(),
            unnamed.then(|| {
                index
                    .columns_key()
                    .into_iter()
                    .map(|c| c.map(str::to_owned))
                    .collect::<Vec<_>>()
            }),
        )
    };
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    for pair in pairs(&before.indexes, &after.indexes, key) {
        match pair {
            Pair::Removed(index) => removed.push(index),
            Pair::Added(index) => added.push(index),
            Pair::Both(before, after) if before == after => {}
            Pair::Both(before, after) => {
                let replacement = Replacement {
                    before: before.clone(),
                    after: after.clone(),
                };
                changes.push(Change::ReplaceIndex(table.clone(), Box::new(replacement)));
            }
        }
    }
    for index in added {
        let renamed = |old: &&&Index| {
            Index {
                name: index.name.clone(),
                ..(**old).clone()
            } == *index
        };
        match removed.iter().find(renamed).copied() {
            Some(old) => {
                removed.retain(|candidate| !std::ptr::eq(*candidate, old));
                let replacement = Replacement {
                    before: old.clone(),
                    after: index.clone(),
                };
                changes.push(Change::RenameIndex(table.clone(), Box::new(replacement)));
            }
            None => changes.push(Change::AddIndex(table.clone(), index.clone())),
        }
    }
    changes.extend(
        removed
            .into_iter()
            .map(|index| Change::DropIndex(table.clone(), index.clone())),
    );
}

/// Foreign keys are the same when they connect the same columns.
fn foreign_keys(before: &Table, after: &Table, changes: &mut Vec<Change>) {
    let table = &before.name;
    let key = |key: &&ForeignKey| {
        (
            key.columns.clone(),
            key.references.clone(),
            key.referenced_columns.clone(),
        )
    };
    for pair in pairs(&before.foreign_keys, &after.foreign_keys, key) {
        match pair {
            Pair::Removed(key) => changes.push(Change::DropForeignKey(table.clone(), key.clone())),
            Pair::Added(key) => changes.push(Change::AddForeignKey(table.clone(), key.clone())),
            Pair::Both(before, after) if before == after => {}
            Pair::Both(before, after)
                if (ForeignKey {
                    validated: true,
                    ..before.clone()
                }) == *after =>
            {
                changes.push(Change::ValidateForeignKey(table.clone(), after.clone()));
            }
            Pair::Both(before, after) => {
                let replacement = Replacement {
                    before: before.clone(),
                    after: after.clone(),
                };
                changes.push(Change::ReplaceForeignKey(table.clone(), Box::new(replacement)));
            }
        }
    }
}
