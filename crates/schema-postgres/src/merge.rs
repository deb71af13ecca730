//! Which changes of a table are made in one step.

use std::collections::BTreeSet;

use schema::change::Change;

use crate::render::not_null_check;

/// Returns the changes with the new default of a column whose type changes made in the same step: the old default may
/// mean nothing for the new type, and the new one nothing for the old. And the check that a killed run made to refuse
/// NULL goes with the change that does so for good. All others can be made in place as they are.
pub(crate) fn merge(changes: Vec<Change>) -> Vec<Change> {
    let mut merged: Vec<Change> = Vec::with_capacity(changes.len());
    let left: BTreeSet<String> = changes.iter().filter_map(refusal).collect();
    for change in changes {
        if let Change::DropCheck(_, check) = &change
            && check.name.as_ref().is_some_and(|name| left.contains(name))
        {
            continue;
        }
        if let Change::ChangeDefault(table, default) = &change {
            let same = merged.iter_mut().find_map(|earlier| match earlier {
                Change::ChangeType(of, type_) if of == table && type_.after.name == default.after.name => {
                    Some(type_)
                }
                _ => None,
            });
            if let Some(type_) = same {
                type_.after.default.clone_from(&default.after.default);
                continue;
            }
        }
        merged.push(change);
    }
    merged
}

/// Returns the name of the check with which a change makes a column refuse NULL.
fn refusal(change: &Change) -> Option<String> {
    match change {
        Change::ChangeNull(_, change) if change.after.not_null => Some(not_null_check(&change.after.name)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use schema::change::ColumnChange;
    use schema::ir::{Check, Column, TableName};

    use super::*;

    #[test]
    fn only_the_check_that_was_left_for_a_column_goes_with_its_change() {
        let table = TableName::unqualified("t");
        let column = |not_null| Column {
            name: "a".into(),
            not_null,
            ..Column::default()
        };
        let refuse = Change::ChangeNull(
            table.clone(),
            ColumnChange {
                before: column(false),
                after: column(true),
            },
        );
        let drop = |column| {
            let check = Check {
                name: Some(not_null_check(column)),
                definition: String::new(),
                validated: false,
            };
            Change::DropCheck(table.clone(), check)
        };
        let changes = vec![drop("a"), drop("b"), refuse.clone()];
        assert_eq!(merge(changes), [drop("b"), refuse]);
        assert_eq!(merge(vec![drop("a")]), [drop("a")]);
    }
}
