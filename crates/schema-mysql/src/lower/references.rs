//! What must hold between declared tables: foreign keys refer to keys that are there, of equal types.

use std::collections::BTreeMap;

use schema::desired::Desired;
use schema::engine::LowerError;
use schema::ir::{ForeignKey, Table, TableName};

use super::keys::{begins_a_key, same_name};
use super::types::{Kind, kind};
use super::{charset, types};

/// A referenced table is in the database of the one that refers to it; `database.table` names another database, unless
/// a table is really called that. Its columns are spelled as they are declared.
pub(super) fn settle(desired: &mut Desired) {
    let names: BTreeMap<TableName, Vec<String>> = desired
        .tables
        .iter()
        .map(|(name, table)| {
            let columns = table.table.columns.iter().map(|column| column.name.clone());
            (name.clone(), columns.collect())
        })
        .collect();
    for key in desired
        .tables
        .values_mut()
        .flat_map(|table| &mut table.table.foreign_keys)
    {
        if let Some(columns) = names.get(&key.references) {
            for referenced in &mut key.referenced_columns {
                if let Some(column) = columns.iter().find(|column| same_name(column, referenced)) {
                    referenced.clone_from(column);
                }
            }
        } else if let Some((database, name)) = key.references.name.split_once('.') {
            key.references = TableName::new(database, name);
        }
    }
}

pub(super) fn check(desired: &Desired, errors: &mut Vec<LowerError>) {
    let field = "spec.schema.mysql.foreignKeys";
    desired.check_references(field, errors, |table, target, key| {
        let referenced: Vec<&str> = key.referenced_columns.iter().map(String::as_str).collect();
        if begins_a_key(target, &referenced) {
            return incomparable(table, target, key);
        }
        Some(format!(
            "no primary key and no index of table {} begins with ({}); add one",
            key.references,
            referenced.join(", ")
        ))
    });
}

/// Returns what is wrong with the types of a foreign key, which the server refuses (MySQL manual, FOREIGN KEY
/// Constraints) only when other steps may have run: whole numbers of another size or sign, texts of another collation,
/// or types that have nothing to do with each other.
fn incomparable(table: &Table, target: &Table, key: &ForeignKey) -> Option<String> {
    let pairs = key.columns.iter().zip(&key.referenced_columns);
    pairs.into_iter().find_map(|(column, referenced)| {
        let (own, other) = (table.column(column)?, target.column(referenced)?);
        let unsigned = |type_: &str| type_.contains(" unsigned");
        let known = |collation: &Option<String>| {
            collation
                .clone()
                .filter(|collation| !collation.starts_with(charset::PLACEHOLDER))
        };
        let differ = match (kind(&own.type_), kind(&other.type_)) {
            (Kind::Integer, Kind::Integer) => {
                types::base(&own.type_) != types::base(&other.type_)
                    || unsigned(&own.type_) != unsigned(&other.type_)
            }
            (Kind::Character, Kind::Character) => {
                let (own, other) = (known(&own.collation), known(&other.collation));
                own.is_some() && other.is_some() && own != other
            }
            (one, other) => one != other,
        };
        let words = |column: &schema::ir::Column| match &column.collation {
            Some(collation) => format!("{} with collation {collation}", column.type_),
            None => column.type_.clone(),
        };
        differ.then(|| {
            format!(
                "column `{column}` is {}, and `{referenced}` of table {} is {}; the server wants them equal",
                words(own),
                key.references,
                words(other)
            )
        })
    })
}

/// Foreign keys of one database share their names; indexes of one table do.
pub(super) fn check_names(desired: &Desired, errors: &mut Vec<LowerError>) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for table in desired.tables.values().filter(|table| !table.deleted) {
        for key in &table.table.foreign_keys {
            let name = key.label();
            if let Some(first) = seen.insert(name.to_lowercase(), &table.place) {
                errors.push(LowerError {
                    place: table.place.clone(),
                    field: "spec.schema.mysql.foreignKeys".to_owned(),
                    problem: format!(
                        "the name `{name}` is taken by another foreign key (see {first}); give it one"
                    ),
                });
            }
        }
    }
}
