//! From one declared table to all of them.

use super::{Desired, DesiredTable};
use crate::engine::{DeclaredTable, LowerError};
use crate::ir::Unsupported;

impl Desired {
    /// Returns the tables that `lower` makes of the declared ones, and everything that is wrong with them.
    ///
    /// `lower` adds what is wrong with its table to the errors and what is not handled to the other list; it returns
    /// `None` where the table has not even a name. Of two tables with one name the first stays, and that there is
    /// another is an error of the second.
    pub fn collect(
        tables: &[DeclaredTable<'_>],
        mut lower: impl FnMut(
            &DeclaredTable<'_>,
            &mut Vec<LowerError>,
            &mut Vec<Unsupported>,
        ) -> Option<DesiredTable>,
    ) -> (Self, Vec<LowerError>) {
        let mut desired = Self::default();
        let mut errors = Vec::new();
        for declared in tables {
            let Some(table) = lower(declared, &mut errors, &mut desired.unsupported) else {
                continue;
            };
            let name = &table.table.name;
            if let Some(first) = desired.tables.get(name) {
                errors.push(LowerError {
                    place: declared.place.to_owned(),
                    field: "spec.name".to_owned(),
                    problem: format!("table {name} is declared in {} too; keep one", first.place),
                });
            } else {
                desired.tables.insert(name.clone(), table);
            }
        }
        (desired, errors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declared::TableSpec;
    use crate::ir::{ObjectName, Table, TableName};

    #[test]
    fn all_errors_come_in_the_order_of_the_tables_and_a_second_one_of_a_name_is_one() {
        let specs = ["a", "bad", "a"].map(|name| TableSpec {
            name: name.to_owned(),
            ..TableSpec::default()
        });
        let places = ["one.yaml", "two.yaml", "three.yaml"];
        let tables: Vec<_> = std::iter::zip(places, &specs)
            .map(|(place, spec)| DeclaredTable { place, spec })
            .collect();
        let (desired, errors) = Desired::collect(&tables, |declared, errors, unsupported| {
            let name = TableName::unqualified(&declared.spec.name);
            unsupported.push(Unsupported {
                object: ObjectName::Table(name.clone()),
                reason: "never".to_owned(),
            });
            if name.name == "bad" {
                errors.push(LowerError {
                    place: declared.place.to_owned(),
                    field: "spec.name".to_owned(),
                    problem: "it is bad".to_owned(),
                });
                return None;
            }
            Some(DesiredTable {
                place: declared.place.to_owned(),
                table: Table::new(name),
                ..DesiredTable::default()
            })
        });
        let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "two.yaml: spec.name: it is bad",
                "three.yaml: spec.name: table a is declared in one.yaml too; keep one",
            ]
        );
        let kept: Vec<_> = desired
            .tables
            .values()
            .map(|table| table.place.as_str())
            .collect();
        assert_eq!((kept, desired.unsupported.len()), (vec!["one.yaml"], 3));
    }
}
