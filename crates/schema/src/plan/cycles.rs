//! Foreign keys that run in a circle are made after their tables, and dropped before them.

use std::collections::{BTreeMap, BTreeSet};

use crate::change::Change;
use crate::ir::{Table, TableName};

/// Returns the changes with the foreign keys inside a circle of new tables added on their own, and those inside a
/// circle of dropped tables dropped on their own. All others stay with their table.
pub(super) fn split(changes: Vec<Change>) -> Vec<Change> {
    let created = circles(changes.iter().filter_map(|change| match change {
        Change::CreateTable(table) => Some(table.as_ref()),
        _ => None,
    }));
    let dropped = circles(changes.iter().filter_map(|change| match change {
        Change::DropTable(table) => Some(table.as_ref()),
        _ => None,
    }));
    let mut split = Vec::with_capacity(changes.len());
    for change in changes {
        match change {
            Change::CreateTable(mut table) => {
                let keys = take_keys(&mut table, &created);
                let name = table.name.clone();
                split.push(Change::CreateTable(table));
                split.extend(
                    keys.into_iter()
                        .map(|key| Change::AddForeignKey(name.clone(), key)),
                );
            }
            Change::DropTable(mut table) => {
                let keys = take_keys(&mut table, &dropped);
                let name = table.name.clone();
                split.extend(
                    keys.into_iter()
                        .map(|key| Change::DropForeignKey(name.clone(), key)),
                );
                split.push(Change::DropTable(table));
            }
            other => split.push(other),
        }
    }
    split
}

fn take_keys(table: &mut Table, circles: &BTreeMap<TableName, usize>) -> Vec<crate::ir::ForeignKey> {
    let Some(own) = circles.get(&table.name).copied() else {
        return Vec::new();
    };
    let inside = |key: &crate::ir::ForeignKey| {
        key.references != table.name && circles.get(&key.references) == Some(&own)
    };
    let (taken, kept) = table.foreign_keys.drain(..).partition(inside);
    table.foreign_keys = kept;
    taken
}

/// Returns, for each table that is in a circle with another, the number of its circle (Tarjan's strongly connected
/// components, without recursion: a chain of references can be as long as there are tables).
fn circles<'a>(tables: impl Iterator<Item = &'a Table>) -> BTreeMap<TableName, usize> {
    let tables: Vec<&Table> = tables.collect();
    let position: BTreeMap<&TableName, usize> = tables
        .iter()
        .enumerate()
        .map(|(at, table)| (&table.name, at))
        .collect();
    let edges: Vec<Vec<usize>> = tables
        .iter()
        .map(|table| {
            let targets: BTreeSet<usize> = table
                .foreign_keys
                .iter()
                .filter_map(|key| position.get(&key.references).copied())
                .collect();
            targets.into_iter().collect()
        })
        .collect();
    let components = components(&edges);
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    for component in &components {
        *sizes.entry(*component).or_default() += 1;
    }
    tables
        .iter()
        .zip(components)
        .filter(|(_, component)| sizes.get(component).is_some_and(|size| *size > 1))
        .map(|(table, component)| (table.name.clone(), component))
        .collect()
}

fn components(edges: &[Vec<usize>]) -> Vec<usize> {
    const UNSEEN: usize = usize::MAX;
    let mut index = vec![UNSEEN; edges.len()];
    let mut low = vec![0; edges.len()];
    let mut component = vec![UNSEEN; edges.len()];
    let (mut stack, mut next, mut count) = (Vec::new(), 0, 0);
    for root in 0..edges.len() {
        if index[root] != UNSEEN {
            continue;
        }
        let mut work = vec![(root, 0)];
        while let Some((vertex, edge)) = work.pop() {
            if edge == 0 {
                index[vertex] = next;
                low[vertex] = next;
                next += 1;
                stack.push(vertex);
            }
            if let Some(&target) = edges[vertex].get(edge) {
                work.push((vertex, edge + 1));
                if index[target] == UNSEEN {
                    work.push((target, 0));
                } else if component[target] == UNSEEN {
                    low[vertex] = low[vertex].min(index[target]);
                }
                continue;
            }
            if low[vertex] == index[vertex] {
                while let Some(member) = stack.pop() {
                    component[member] = count;
                    if member == vertex {
                        break;
                    }
                }
                count += 1;
            }
            if let Some((parent, _)) = work.last() {
                low[*parent] = low[*parent].min(low[vertex]);
            }
        }
    }
    component
}
