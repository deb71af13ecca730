//! Which changes of a table are made in one statement.
//!
//! The changes of one column's type, default and NULL are one `MODIFY`. And some changes the server takes only together:
//! a numbered column and the key that it needs, and an index in whose favour the server would drop another by itself.

use schema::change::{Change, Rebuild};
use schema::ir::Table;
use schema::simulate;

use crate::lower::keys::begins_a_key;
use crate::lower::types::base;
use crate::render::replaces_silently;

/// Returns the changes of one live table, merged.
pub(crate) fn merge(before: &Table, after: &Table, changes: Vec<Change>) -> Vec<Change> {
    let changes = columns(changes);
    if !needs_one_statement(before, &changes) {
        return changes;
    }
    let mut table = schema::ir::Schema::from_iter([before.clone()]);
    let made = changes
        .iter()
        .all(|change| simulate::apply(&mut table, change).is_ok());
    let after = match table.table(&before.name) {
        Some(table) if made => table.clone(),
        _ => after.clone(),
    };
    vec![Change::Rebuild(Box::new(Rebuild {
        changes,
        before: before.clone(),
        after,
    }))]
}

/// Puts the new default and whether it takes NULL to the change of a column's type: a `MODIFY` says all of the column,
/// and the old default may mean nothing for the new type.
fn columns(changes: Vec<Change>) -> Vec<Change> {
    let mut merged: Vec<Change> = Vec::with_capacity(changes.len());
    for change in changes {
        if let Change::ChangeDefault(table, part) | Change::ChangeNull(table, part) = &change {
            // A copy would give the rows with NULL the time of the change, instead of failing.
            let apart =
                base(&part.after.type_) == "timestamp" && part.after.not_null && !part.before.not_null;
            let same = merged.iter_mut().find_map(|earlier| match earlier {
                Change::ChangeType(of, type_)
                    if of == table && type_.after.name == part.after.name && !apart =>
                {
                    Some(type_)
                }
                _ => None,
            });
            if let Some(type_) = same {
                type_.after = part.after.clone();
                continue;
            }
        }
        merged.push(change);
    }
    merged
}

fn needs_one_statement(before: &Table, changes: &[Change]) -> bool {
    let starts_numbering = |change: &Change| match change {
        Change::AddColumn(_, column) if column.auto_increment.is_some() => Some(column.name.clone()),
        Change::ChangeType(_, change)
            if change.before.auto_increment.is_none() && change.after.auto_increment.is_some() =>
        {
            Some(change.after.name.clone())
        }
        _ => None,
    };
    let without_key = |column: &str| !begins_a_key(before, &[column]);
    if changes
        .iter()
        .filter_map(starts_numbering)
        .any(|column| without_key(&column))
    {
        return true;
    }
    let numbered = before
        .columns
        .iter()
        .find(|column| column.auto_increment.is_some());
    if numbered.is_some_and(|column| loses_key(before, changes, &column.name)) {
        return true;
    }
    changes.iter().any(|change| {
        let Change::AddIndex(_, added) = change else {
            return false;
        };
        changes.iter().any(|other| match other {
            Change::DropIndex(_, dropped) => replaces_silently(before, added, dropped),
            _ => false,
        })
    })
}

/// Returns whether a numbered column would be without a key between the changes, though it has one before and after.
fn loses_key(before: &Table, changes: &[Change], column: &str) -> bool {
    let mut left = before.clone();
    let mut touched = false;
    for change in changes {
        match change {
            Change::DropPrimaryKey(..) | Change::ReplacePrimaryKey(..) => left.primary_key = None,
            Change::DropIndex(_, index) => left.indexes.retain(|other| other.name != index.name),
            Change::ReplaceIndex(_, index) => left.indexes.retain(|other| other.name != index.before.name),
            _ => continue,
        }
        touched = true;
    }
    touched && !begins_a_key(&left, &[column])
}

#[cfg(test)]
mod tests {
    use schema::change::ColumnChange;
    use schema::ir::{AutoIncrement, Column, Expr, PrimaryKey, TableName};

    use super::*;

    fn column(type_: &str) -> Column {
        Column {
            name: "id".to_owned(),
            type_: type_.to_owned(),
            ..Column::default()
        }
    }

    fn table() -> Table {
        Table {
            columns: vec![column("int")],
            ..Table::new(TableName::unqualified("t"))
        }
    }

    #[test]
    fn a_column_is_modified_once() {
        let name = TableName::unqualified("t");
        let change = |before: &Column, after: &Column| ColumnChange {
            before: before.clone(),
            after: after.clone(),
        };
        let wide = column("bigint");
        let default = Column {
            default: Some(Expr::new("1")),
            ..wide.clone()
        };
        let whole = Column {
            not_null: true,
            ..default.clone()
        };
        let changes = vec![
            Change::ChangeType(name.clone(), change(&column("int"), &wide)),
            Change::ChangeDefault(name.clone(), change(&wide, &default)),
            Change::ChangeNull(name.clone(), change(&default, &whole)),
        ];
        let merged = merge(&table(), &table(), changes);
        assert_eq!(merged, [Change::ChangeType(name, change(&column("int"), &whole))]);
    }

    #[test]
    fn a_column_is_numbered_together_with_its_key() {
        let name = TableName::unqualified("t");
        let numbered = Column {
            auto_increment: Some(AutoIncrement::Native),
            not_null: true,
            ..column("int")
        };
        let key = PrimaryKey {
            columns: vec!["id".to_owned()],
            ..PrimaryKey::default()
        };
        let change = ColumnChange {
            before: column("int"),
            after: numbered,
        };
        let number = Change::ChangeType(name.clone(), change);
        let changes = vec![number.clone(), Change::AddPrimaryKey(name, key.clone())];
        let merged = merge(&table(), &table(), changes);
        assert!(matches!(merged.as_slice(), [Change::Rebuild(_)]), "{merged:?}");
        let keyed = Table {
            primary_key: Some(key),
            ..table()
        };
        assert_eq!(merge(&keyed, &keyed, vec![number.clone()]), [number]);
    }
}
