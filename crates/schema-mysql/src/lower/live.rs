//! What a declaration leaves open, and only the live tables can say.

use schema::desired::{Desired, DesiredTable, Facet};
use schema::ir::{Index, Schema, Table};

use super::keys::same_name;

/// Settles the desired tables against the live ones, before their expressions: columns are spelled as they are live
/// where only the case differs; a boolean that SchemaHero made of a `tinyint` stays one; and an index that a declared
/// foreign key needs, and that no manifest names, is kept.
pub(crate) fn settle(desired: &mut Desired, live: &Schema) {
    for table in desired.tables.values_mut() {
        let Some(live) = live.table(&table.table.name) else {
            continue;
        };
        spell(table, live);
        for column in &mut table.table.columns {
            let is_boolean = live
                .column(&column.name)
                .is_some_and(|old| old.type_ == "tinyint(1)");
            if is_boolean && column.type_ == "tinyint" {
                "tinyint(1)".clone_into(&mut column.type_);
            }
        }
        keep_backing_indexes(table, live);
    }
    let spelled: Schema = desired.tables.values().map(|table| table.table.clone()).collect();
    for key in desired
        .tables
        .values_mut()
        .flat_map(|table| &mut table.table.foreign_keys)
    {
        let Some(target) = spelled
            .table(&key.references)
            .or_else(|| live.table(&key.references))
        else {
            continue;
        };
        for name in &mut key.referenced_columns {
            if let Some(column) = target.columns.iter().find(|column| same_name(&column.name, name)) {
                name.clone_from(&column.name);
            }
        }
    }
}

/// Spells the columns of a table as they are live.
fn spell(desired: &mut DesiredTable, live: &Table) {
    let table = &mut desired.table;
    let as_live = |name: &mut String| {
        let mut columns = live.columns.iter().map(|column| &column.name);
        if live.column(name).is_none()
            && let Some(column) = columns.find(|column| same_name(column, name))
        {
            name.clone_from(column);
        }
    };
    for column in &mut table.columns {
        let collation = Facet::ColumnCollation(column.name.clone());
        as_live(&mut column.name);
        if desired.managed.remove(&collation) {
            desired
                .managed
                .insert(Facet::ColumnCollation(column.name.clone()));
        }
    }
    table
        .primary_key
        .iter_mut()
        .flat_map(|key| &mut key.columns)
        .for_each(as_live);
    let parts = table.indexes.iter_mut().flat_map(|index| &mut index.columns);
    parts.filter_map(|part| part.column.as_mut()).for_each(as_live);
    table
        .foreign_keys
        .iter_mut()
        .flat_map(|key| &mut key.columns)
        .for_each(as_live);
}

/// Puts the live index that serves a foreign key in the place of the one that `lower` added for it, so that the key is
/// never without.
fn keep_backing_indexes(desired: &mut DesiredTable, live: &Table) {
    let mut kept: Vec<(String, Index)> = Vec::new();
    for index in &desired.table.indexes {
        let Some(columns) = index.column_names().filter(|_| backs(desired, index)) else {
            continue;
        };
        let exact = |old: &Index| !old.unique && old.column_names().as_ref() == Some(&columns);
        if live.indexes.iter().any(exact) {
            continue;
        }
        let serves = |old: &&Index| {
            // A unique index that no manifest names goes: it refuses rows that the manifest allows.
            let names = old.column_names().filter(|_| old.is_plain() && !old.unique);
            let stays = |name: &&str| desired.table.column(name).is_some();
            let is_new = !desired
                .table
                .indexes
                .iter()
                .any(|other| same_name(&other.name, &old.name));
            is_new && names.is_some_and(|names| names.starts_with(&columns) && names.iter().all(stays))
        };
        if let Some(old) = live.indexes.iter().find(serves) {
            kept.push((index.name.clone(), old.clone()));
        }
    }
    for (name, old) in kept {
        desired.table.indexes.retain(|index| index.name != name);
        if desired.table.index(&old.name).is_none() {
            desired.table.indexes.push(old);
        }
    }
}

/// Returns whether an index was added for a foreign key: no manifest names it, and it has the key's name and columns.
fn backs(desired: &DesiredTable, index: &Index) -> bool {
    let columns = index.column_names();
    let is_of = |key: &schema::ir::ForeignKey| {
        let own: Vec<&str> = key.columns.iter().map(String::as_str).collect();
        index.name.starts_with(&key.label()) && columns.as_ref() == Some(&own)
    };
    let is_named = desired.managed.contains(&Facet::IndexName(index.name.clone()));
    !is_named && desired.table.foreign_keys.iter().any(is_of)
}

#[cfg(test)]
mod tests {
    use schema::ir::{
        Column, ForeignKey, IndexColumn, IndexOrigin, PrimaryKey, ReferentialAction, TableName,
    };

    use super::*;

    fn table(columns: &[(&str, &str)]) -> Table {
        let column = |(name, type_): &(&str, &str)| Column {
            name: (*name).to_owned(),
            type_: (*type_).to_owned(),
            ..Column::default()
        };
        Table {
            columns: columns.iter().map(column).collect(),
            ..Table::new(TableName::unqualified("t"))
        }
    }

    fn index(name: &str, columns: &[&str], unique: bool) -> Index {
        Index {
            name: name.to_owned(),
            columns: columns.iter().map(|name| IndexColumn::column(*name)).collect(),
            unique,
            origin: IndexOrigin::Index,
            method: None,
            with: Vec::new(),
            extra: None,
            valid: true,
        }
    }

    fn settled(declared: Table, live: Table, managed: &[Facet]) -> DesiredTable {
        let name = declared.name.clone();
        let table = DesiredTable {
            table: declared,
            managed: managed.iter().cloned().collect(),
            ..DesiredTable::default()
        };
        let mut desired = Desired::default();
        desired.tables.insert(name.clone(), table);
        settle(&mut desired, &Schema::from_iter([live]));
        desired.tables.remove(&name).unwrap()
    }

    #[test]
    fn columns_and_the_keys_over_them_are_spelled_as_they_are_live() {
        let mut declared = table(&[("ID", "int"), ("new", "int")]);
        declared.primary_key = Some(PrimaryKey {
            columns: vec!["ID".to_owned()],
            ..PrimaryKey::default()
        });
        declared.indexes = vec![index("i", &["ID", "new"], false)];
        let managed = [Facet::ColumnCollation("ID".to_owned())];
        let settled = settled(declared, table(&[("Id", "int")]), &managed);
        assert_eq!(settled.table.columns[0].name, "Id");
        assert_eq!(settled.table.primary_key.unwrap().columns, ["Id"]);
        assert_eq!(settled.table.indexes[0].column_names().unwrap(), ["Id", "new"]);
        assert!(settled.managed.contains(&Facet::ColumnCollation("Id".to_owned())));
    }

    #[test]
    fn a_boolean_stays_one_where_no_width_is_declared() {
        let declared = table(&[("a", "tinyint"), ("b", "tinyint(1)"), ("c", "tinyint unsigned")]);
        let live = table(&[("a", "tinyint(1)"), ("b", "tinyint"), ("c", "tinyint(1)")]);
        let settled = settled(declared, live, &[]);
        let types: Vec<&str> = settled
            .table
            .columns
            .iter()
            .map(|column| column.type_.as_str())
            .collect();
        assert_eq!(types, ["tinyint(1)", "tinyint(1)", "tinyint unsigned"]);
    }

    #[test]
    fn the_live_index_that_serves_a_foreign_key_stays_and_a_unique_one_does_not_serve() {
        let key = ForeignKey {
            name: Some("k".to_owned()),
            columns: vec!["a".to_owned()],
            references: TableName::unqualified("u"),
            referenced_columns: vec!["id".to_owned()],
            on_delete: ReferentialAction::NoAction,
            on_update: ReferentialAction::NoAction,
            extra: None,
            validated: true,
        };
        let columns = [("a", "int"), ("b", "int")];
        let names = |live: Index| {
            let mut declared = table(&columns);
            declared.foreign_keys = vec![key.clone()];
            declared.indexes = vec![index("k", &["a"], false)];
            let mut there = table(&columns);
            there.indexes = vec![live];
            let settled = settled(declared, there, &[]);
            settled
                .table
                .indexes
                .into_iter()
                .map(|index| index.name)
                .collect::<Vec<_>>()
        };
        assert_eq!(names(index("mine", &["a", "b"], false)), ["mine"]);
        // `over` finds this one by its columns.
        assert_eq!(names(index("mine", &["a"], false)), ["k"]);
        assert_eq!(names(index("mine", &["a", "b"], true)), ["k"]);
        assert_eq!(names(index("mine", &["b", "a"], false)), ["k"]);
        assert_eq!(names(index("mine", &["a", "gone"], false)), ["k"]);
    }
}
