//! Which changes are held: those that are not allowed, and those that can't be made without them.

use std::collections::{BTreeMap, BTreeSet};

use super::order::Graph;
use super::{Hazard, HazardCode, Policy};
use crate::change::Change;
use crate::ir::{ObjectName, TableName};

/// Why a change is held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hold {
    /// The codes to allow.
    pub(super) allow: BTreeSet<HazardCode>,
    /// The objects whose held changes it waits for.
    pub(super) waits_for: BTreeSet<ObjectName>,
}

/// Returns the held changes by position. `hazards` are those of each change.
pub(super) fn held(
    changes: &[Change],
    hazards: &[Vec<Hazard>],
    graph: &Graph,
    policy: &Policy,
) -> BTreeMap<usize, Hold> {
    let mut held: BTreeMap<usize, Hold> = BTreeMap::new();
    for (at, (change, hazards)) in changes.iter().zip(hazards).enumerate() {
        if policy.deleted_allows_drop && matches!(change, Change::DropTable(_)) {
            continue;
        }
        let allow: BTreeSet<HazardCode> = policy.missing(hazards).into_iter().collect();
        if !allow.is_empty() {
            held.insert(
                at,
                Hold {
                    allow,
                    waits_for: BTreeSet::new(),
                },
            );
        }
    }
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); changes.len()];
    for (then, edges) in graph.before.iter().enumerate() {
        for edge in edges.iter().filter(|edge| edge.hard) {
            after[edge.first].push(then);
        }
    }
    companions(changes, &mut after);
    let mut work: Vec<usize> = held.keys().copied().collect();
    while let Some(first) = work.pop() {
        let Some(reason) = held.get(&first).cloned() else {
            continue;
        };
        for &then in &after[first] {
            let entry = held.entry(then).or_default();
            let before = entry.clone();
            entry.allow.extend(reason.allow.iter().copied());
            entry.waits_for.insert(changes[first].object());
            if *entry != before {
                work.push(then);
            }
        }
    }
    held
}

/// An index or key that goes because its column goes stays for as long as the column does: the declaration could not
/// keep the one without the other.
fn companions(changes: &[Change], after: &mut [Vec<usize>]) {
    let mut dropped: BTreeMap<(&TableName, &str), usize> = BTreeMap::new();
    for (at, change) in changes.iter().enumerate() {
        if let Change::DropColumn(table, column) = change {
            dropped.insert((table, &column.name), at);
        }
    }
    for (at, change) in changes.iter().enumerate() {
        let columns: Vec<&str> = match change {
            Change::DropIndex(_, index) => index
                .columns
                .iter()
                .filter_map(|part| part.column.as_deref())
                .collect(),
            Change::DropForeignKey(_, key) => key.columns.iter().map(String::as_str).collect(),
            Change::DropPrimaryKey(_, key) => key.columns.iter().map(String::as_str).collect(),
            _ => continue,
        };
        for column in columns {
            if let Some(&drop) = dropped.get(&(change.table(), column)) {
                after[drop].push(at);
            }
        }
    }
}
