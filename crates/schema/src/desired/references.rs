//! What must hold between declared tables: foreign keys refer to tables that stay, and to columns that are there.

use super::Desired;
use crate::engine::LowerError;
use crate::ir::{ForeignKey, Table};

impl Desired {
    /// Adds what is wrong with the foreign keys between declared tables, the first problem of each key: the table that
    /// it refers to is to be dropped, or declares no such column, or what `problem` says of the table of the key, the
    /// one that it refers to and the key. `field` is the path of the list of foreign keys, for the errors.
    ///
    /// A table that is not declared is not judged: it may be there.
    pub fn check_references(
        &self,
        field: &str,
        errors: &mut Vec<LowerError>,
        problem: impl Fn(&Table, &Table, &ForeignKey) -> Option<String>,
    ) {
        for table in self.tables.values() {
            for key in &table.table.foreign_keys {
                let Some(target) = self.tables.get(&key.references) else {
                    continue;
                };
                let missing = key
                    .referenced_columns
                    .iter()
                    .find(|column| target.table.column(column).is_none());
                let found = if target.deleted {
                    let name = &key.references;
                    Some(format!("it refers to table {name}, which is declared deleted"))
                } else if let Some(missing) = missing {
                    Some(format!("table {} declares no column `{missing}`", key.references))
                } else {
                    problem(&table.table, &target.table, key)
                };
                errors.extend(found.map(|problem| LowerError {
                    place: table.place.clone(),
                    field: format!("{field} ({})", key.label()),
                    problem,
                }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::DesiredTable;
    use super::*;
    use crate::ir::{Column, ReferentialAction, TableName};

    /// A table `children` whose foreign key refers to `parents (id)`, and a table `parents`.
    fn desired(parents: DesiredTable) -> Desired {
        let key = ForeignKey {
            name: Some("children_fkey".to_owned()),
            columns: vec!["parent".to_owned()],
            references: TableName::unqualified("parents"),
            referenced_columns: vec!["id".to_owned()],
            on_delete: ReferentialAction::NoAction,
            on_update: ReferentialAction::NoAction,
            extra: None,
            validated: true,
        };
        let children = DesiredTable {
            place: "children.yaml".to_owned(),
            table: Table {
                foreign_keys: vec![key],
                ..Table::new(TableName::unqualified("children"))
            },
            ..DesiredTable::default()
        };
        Desired {
            tables: [children, parents]
                .map(|table| (table.table.name.clone(), table))
                .into(),
            unsupported: Vec::new(),
        }
    }

    fn parents(name: &str, columns: &[&str], deleted: bool) -> DesiredTable {
        let column = |name: &&str| Column {
            name: (*name).to_owned(),
            ..Column::default()
        };
        DesiredTable {
            table: Table {
                columns: columns.iter().map(column).collect(),
                ..Table::new(TableName::unqualified(name))
            },
            deleted,
            ..DesiredTable::default()
        }
    }

    #[test]
    fn a_foreign_key_refers_to_a_table_that_stays_and_has_the_columns() {
        for (parents, expected) in [
            (
                parents("parents", &["id"], true),
                Some("it refers to table parents, which is declared deleted"),
            ),
            (
                parents("parents", &["other"], false),
                Some("table parents declares no column `id`"),
            ),
            (
                parents("parents", &["id"], false),
                Some("the engine's own of children, parents"),
            ),
            (parents("strangers", &[], false), None),
        ] {
            let mut errors = Vec::new();
            desired(parents).check_references("spec.keys", &mut errors, |table, target, _| {
                Some(format!("the engine's own of {}, {}", table.name, target.name))
            });
            let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
            let prefix = "children.yaml: spec.keys (children_fkey): ";
            let expected: Vec<_> = expected
                .iter()
                .map(|problem| format!("{prefix}{problem}"))
                .collect();
            assert_eq!(texts, expected);
        }
    }
}
