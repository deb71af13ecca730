//! The dependency graph over changes, and an order in which each finds what it needs.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::resource::{Resource, Uses};
use crate::change::Change;
use crate::engine::Engine;
use crate::ir::TableName;

/// What an engine's objects need of each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// Whether a foreign key needs what it refers to.
    targets: bool,
    /// Whether two tables may each have an index of the same name.
    table_index_names: bool,
}

impl Rules {
    /// Returns the rules of an engine.
    pub(super) fn of(engine: &dyn Engine) -> Self {
        Self {
            targets: engine.foreign_keys_need_target(),
            table_index_names: engine.index_names_are_the_tables_own(),
        }
    }
}

/// A dependency of one change on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    /// The change that comes first.
    pub(super) first: usize,
    /// Whether the other can't be made at all without it; else it is only the better order.
    pub(super) hard: bool,
}

/// The graph: for each change what it depends on.
#[derive(Debug, Default)]
pub(super) struct Graph {
    /// The dependencies of each change, by its position.
    pub(super) before: Vec<Vec<Edge>>,
}

impl Graph {
    /// Returns the graph of these changes, in time near-linear in their number.
    pub(super) fn new(changes: &[Change], engine: Rules) -> Self {
        let mut uses: Vec<Uses> = changes
            .iter()
            .map(|change| Uses::of(change, engine.targets))
            .collect();
        if engine.table_index_names {
            for (uses, change) in uses.iter_mut().zip(changes) {
                uses.name_indexes_in(change.table());
            }
        }
        let mut roles: BTreeMap<&Resource, Roles> = BTreeMap::new();
        for (at, uses) in uses.iter().enumerate() {
            let listed = [
                (&uses.makes, Role::Makes),
                (&uses.removes, Role::Removes),
                (&uses.needs, Role::Needs),
                (&uses.frees, Role::Frees),
                (&uses.alters, Role::Alters),
            ];
            for (resources, role) in listed {
                for resource in resources {
                    roles.entry(resource).or_default().of(role).push(at);
                }
            }
        }
        let mut graph = Self {
            before: vec![Vec::new(); changes.len()],
        };
        for roles in roles.values() {
            graph.connect(&roles.makes, &roles.needs, true);
            graph.connect(&roles.frees, &roles.removes, true);
            graph.connect(&roles.removes, &roles.makes, true);
            // What takes the place of another both frees and needs the column: it comes after, and once is enough.
            let only_frees: Vec<usize> = roles
                .frees
                .iter()
                .copied()
                .filter(|at| !roles.needs.contains(at))
                .collect();
            graph.connect(&only_frees, &roles.alters, false);
            graph.connect_altered(&roles.alters, &roles.needs, changes);
            graph.connect_altered(&roles.alters, &roles.alters, changes);
        }
        graph
    }

    fn connect(&mut self, first: &[usize], then: &[usize], hard: bool) {
        for &then in then {
            for &first in first {
                self.add(first, then, hard);
            }
        }
    }

    /// What needs an altered column comes after; only a foreign key, a primary key and the default can't be
    /// made without.
    fn connect_altered(&mut self, altered: &[usize], then: &[usize], changes: &[Change]) {
        for &then in then {
            for &first in altered {
                let hard = match (&changes[first], &changes[then]) {
                    (_, Change::ChangeType(..)) => continue,
                    (Change::ChangeType(..), Change::ChangeDefault(..))
                    | (_, Change::AddForeignKey(..) | Change::AddPrimaryKey(..) | Change::CreateTable(_)) => {
                        true
                    }
                    (Change::ChangeType(..) | Change::ChangeDefault(..), Change::ChangeNull(..)) => false,
                    (_, after) if is_alteration(after) => continue,
                    _ => false,
                };
                self.add(first, then, hard);
            }
        }
    }

    fn add(&mut self, first: usize, then: usize, hard: bool) {
        if first != then {
            self.before[then].push(Edge { first, hard });
        }
    }

    /// Returns the positions of the changes in an order that respects every edge; among those that are free, the
    /// ones that make come before those that take away, table by table in the order in which they were given.
    ///
    /// # Errors
    /// The positions of changes that depend on each other in a circle.
    pub(super) fn sort(&self, changes: &[Change]) -> Result<Vec<usize>, Vec<usize>> {
        let mut waiting = vec![0_usize; changes.len()];
        let mut after: Vec<Vec<usize>> = vec![Vec::new(); changes.len()];
        for (then, edges) in self.before.iter().enumerate() {
            for edge in edges {
                waiting[then] += 1;
                after[edge.first].push(then);
            }
        }
        let mut tables: BTreeMap<&TableName, usize> = BTreeMap::new();
        for change in changes {
            let next = tables.len();
            tables.entry(change.table()).or_insert(next);
        }
        let key = |at: usize| {
            let rank = rank(&changes[at]);
            Reverse((rank >= TAKES_AWAY, tables.get(changes[at].table()), rank, at))
        };
        let mut free: BinaryHeap<_> = (0..changes.len())
            .filter(|&at| waiting[at] == 0)
            .map(key)
            .collect();
        let mut order = Vec::with_capacity(changes.len());
        while let Some(Reverse((.., at))) = free.pop() {
            order.push(at);
            for &then in &after[at] {
                waiting[then] -= 1;
                if waiting[then] == 0 {
                    free.push(key(then));
                }
            }
        }
        if order.len() == changes.len() {
            Ok(order)
        } else {
            Err((0..changes.len()).filter(|&at| waiting[at] > 0).collect())
        }
    }
}

/// Who does what to one resource, by position.
#[derive(Debug, Default)]
struct Roles {
    makes: Vec<usize>,
    removes: Vec<usize>,
    needs: Vec<usize>,
    frees: Vec<usize>,
    alters: Vec<usize>,
}

/// What a change does with a resource.
#[derive(Clone, Copy, Debug)]
enum Role {
    Makes,
    Removes,
    Needs,
    Frees,
    Alters,
}

impl Roles {
    fn of(&mut self, role: Role) -> &mut Vec<usize> {
        match role {
            Role::Makes => &mut self.makes,
            Role::Removes => &mut self.removes,
            Role::Needs => &mut self.needs,
            Role::Frees => &mut self.frees,
            Role::Alters => &mut self.alters,
        }
    }
}

fn is_alteration(change: &Change) -> bool {
    matches!(
        change,
        Change::ChangeType(..) | Change::ChangeNull(..) | Change::ChangeDefault(..)
    )
}

/// The lowest rank of changes that only take something away.
const TAKES_AWAY: u8 = 9;

/// Returns the place of a change among those of its table.
fn rank(change: &Change) -> u8 {
    match change {
        Change::CreateTable(_) => 0,
        Change::SetOptions(..) | Change::Rebuild(_) => 1,
        Change::AddColumn(..) => 2,
        Change::ChangeType(..) => 3,
        Change::ChangeDefault(..) => 4,
        Change::ChangeNull(..) => 5,
        Change::AddPrimaryKey(..) | Change::ReplacePrimaryKey(..) => 6,
        Change::RenameIndex(..) | Change::AddIndex(..) | Change::ReplaceIndex(..) => 7,
        Change::AddForeignKey(..)
        | Change::ReplaceForeignKey(..)
        | Change::ValidateForeignKey(..)
        | Change::AddCheck(..)
        | Change::ValidateCheck(..) => 8,
        Change::DropForeignKey(..) | Change::DropCheck(..) => 9,
        Change::DropIndex(..) | Change::DropPrimaryKey(..) => 10,
        Change::DropColumn(..) => 11,
        Change::DropTable(_) => 12,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::{ColumnChange, Replacement};
    use crate::ir::{Column, ForeignKey, Index, IndexColumn, IndexOrigin, ReferentialAction, TableName};

    #[test]
    fn an_index_that_is_replaced_comes_after_its_column_is_altered() {
        let table = TableName::unqualified("t");
        let column = |type_: &str| Column {
            name: "a".into(),
            type_: type_.into(),
            ..Column::default()
        };
        let index = |unique| Index {
            name: "i".into(),
            columns: vec![IndexColumn::column("a")],
            unique,
            origin: IndexOrigin::Index,
            method: None,
            with: Vec::new(),
            extra: None,
            valid: true,
        };
        let changes = [
            Change::ReplaceIndex(
                table.clone(),
                Box::new(Replacement {
                    before: index(false),
                    after: index(true),
                }),
            ),
            Change::ChangeType(
                table,
                ColumnChange {
                    before: column("int"),
                    after: column("bigint"),
                },
            ),
        ];
        assert_eq!(Graph::new(&changes, rules(false)).sort(&changes), Ok(vec![1, 0]));
    }

    #[test]
    fn a_foreign_key_that_leads_elsewhere_under_its_name_comes_when_the_old_one_is_gone() {
        let key = |references: &str| ForeignKey {
            name: Some("k".into()),
            columns: vec!["a".into()],
            references: TableName::unqualified(references),
            referenced_columns: vec!["id".into()],
            on_delete: ReferentialAction::NoAction,
            on_update: ReferentialAction::NoAction,
            extra: None,
            validated: true,
        };
        let table = TableName::unqualified("t");
        let changes = [
            Change::AddForeignKey(table.clone(), key("new")),
            Change::DropForeignKey(table, key("old")),
        ];
        assert_eq!(Graph::new(&changes, rules(false)).sort(&changes), Ok(vec![1, 0]));
    }

    fn rules(table_index_names: bool) -> Rules {
        Rules {
            targets: true,
            table_index_names,
        }
    }

    #[test]
    fn tables_that_exchange_the_names_of_indexes_wait_for_each_other_only_where_the_names_are_shared() {
        let index = |name: &str| Index {
            name: name.into(),
            columns: vec![IndexColumn::column("a")],
            unique: false,
            origin: IndexOrigin::Index,
            method: None,
            with: Vec::new(),
            extra: None,
            valid: true,
        };
        let rename = |table: &str, from: &str, to: &str| {
            let replacement = Replacement {
                before: index(from),
                after: index(to),
            };
            Change::RenameIndex(TableName::unqualified(table), Box::new(replacement))
        };
        let changes = [rename("t", "i", "j"), rename("u", "j", "i")];
        assert_eq!(Graph::new(&changes, rules(false)).sort(&changes), Err(vec![0, 1]));
        assert_eq!(Graph::new(&changes, rules(true)).sort(&changes), Ok(vec![0, 1]));
    }
}
