//! Keys and indexes, and what must hold between tables.

use std::collections::{BTreeMap, BTreeSet};

use schema::declared::{PostgresIndex, PostgresTable};
use schema::desired::{Desired, Facet};
use schema::engine::LowerError;
use schema::ir::{
    ForeignKey, Index, IndexColumn, IndexOrigin, PrimaryKey, ReferentialAction, Table, TableName,
};

use super::{Lowering, NAME_BYTES};

impl Lowering<'_> {
    pub(super) fn primary_key(&mut self, declared: &PostgresTable, table: &Table) -> Option<PrimaryKey> {
        if declared.primary_key.is_empty() {
            return None;
        }
        self.known_columns("spec.schema.postgres.primaryKey", &declared.primary_key, table);
        let name = Some(object_name(&table.name.name, "pkey"));
        Some(PrimaryKey {
            name,
            columns: declared.primary_key.clone(),
            extra: None,
        })
    }

    fn known_columns(&mut self, field: &str, columns: &[String], table: &Table) {
        let declared = self
            .declared
            .spec
            .schema
            .as_ref()
            .and_then(|schema| schema.postgres.as_ref());
        let names: Vec<&String> = declared
            .iter()
            .flat_map(|table| &table.columns)
            .map(|column| &column.name)
            .collect();
        for (at, column) in columns.iter().enumerate() {
            if !names.contains(&column) {
                let problem = format!("table {} declares no column `{column}`", table.name);
                self.error(format!("{field}[{at}]"), problem);
            } else if columns[..at].contains(column) {
                self.error(
                    format!("{field}[{at}]"),
                    format!("column `{column}` is named twice"),
                );
            }
        }
    }

    pub(super) fn indexes(
        &mut self,
        declared: &PostgresTable,
        table: &Table,
        managed: &mut BTreeSet<Facet>,
    ) -> Vec<Index> {
        let mut indexes = Vec::with_capacity(declared.indexes.len());
        for (at, index) in declared.indexes.iter().enumerate() {
            let field = format!("spec.schema.postgres.indexes[{at}]");
            if index.columns.is_empty() {
                self.error(format!("{field}.columns"), "the index has no columns");
            }
            self.known_columns(&format!("{field}.columns"), &index.columns, table);
            let name = index.name.clone().filter(|name| !name.is_empty());
            if let Some(name) = &name {
                self.name(&format!("{field}.name"), name);
                managed.insert(Facet::IndexName(name.clone()));
            }
            let name =
                name.unwrap_or_else(|| cut(&format!("idx_{}_{}", table.name.name, index.columns.join("_"))));
            let method = index.type_.as_deref().filter(|method| !method.is_empty());
            if let Some(method) = method {
                self.word(&format!("{field}.type"), method);
                managed.insert(Facet::IndexMethod(name.clone()));
            }
            if !index.with.is_empty() {
                managed.insert(Facet::IndexWith(name.clone()));
            }
            indexes.push(Index {
                columns: index.columns.iter().map(IndexColumn::column).collect(),
                unique: index.is_unique == Some(true),
                origin: IndexOrigin::Index,
                method: Some(method.unwrap_or("btree").to_ascii_lowercase()),
                with: self.parameters(&field, index),
                extra: None,
                valid: true,
                name,
            });
        }
        indexes
    }

    fn parameters(&mut self, field: &str, index: &PostgresIndex) -> Vec<String> {
        let mut parameters = Vec::with_capacity(index.with.len());
        for (key, value) in &index.with {
            self.word(&format!("{field}.with.{key}"), key);
            if value.contains('\0') {
                self.error(format!("{field}.with.{key}"), "the value holds a NUL character");
            }
            parameters.push(format!("{}={value}", key.to_ascii_lowercase()));
        }
        parameters.sort();
        parameters
    }

    fn word(&mut self, field: &str, word: &str) {
        let good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if word.is_empty() || !word.bytes().all(good) {
            self.error(
                field,
                format!(
                    "`{}` is no word of letters, digits and `_`",
                    word.escape_default()
                ),
            );
        }
    }

    pub(super) fn foreign_keys(
        &mut self,
        declared: &PostgresTable,
        table: &Table,
        managed: &mut BTreeSet<Facet>,
    ) -> Vec<ForeignKey> {
        let mut keys: Vec<ForeignKey> = Vec::with_capacity(declared.foreign_keys.len());
        for (at, key) in declared.foreign_keys.iter().enumerate() {
            let field = format!("spec.schema.postgres.foreignKeys[{at}]");
            if key.columns.is_empty() {
                self.error(format!("{field}.columns"), "the foreign key has no columns");
            }
            self.known_columns(&format!("{field}.columns"), &key.columns, table);
            self.name(&format!("{field}.references.table"), &key.references.table);
            if key.columns.len() != key.references.columns.len() {
                let (own, other) = (key.columns.len(), key.references.columns.len());
                let problem = format!("{own} columns refer to {other}; name one for each");
                self.error(format!("{field}.references.columns"), problem);
            }
            let action = key
                .on_delete
                .as_deref()
                .map(str::trim)
                .filter(|action| !action.is_empty());
            let on_delete = action.map(ReferentialAction::parse);
            if on_delete == Some(None) {
                let known = "CASCADE, SET NULL, SET DEFAULT, RESTRICT or NO ACTION";
                self.error(format!("{field}.onDelete"), format!("it is none of {known}"));
            }
            let name = key.name.clone().filter(|name| !name.is_empty());
            if let Some(name) = &name {
                self.name(&format!("{field}.name"), name);
                managed.insert(Facet::ForeignKeyName(name.clone()));
            }
            let name =
                name.unwrap_or_else(|| cut(&format!("{}_{}_fkey", table.name.name, key.columns.join("_"))));
            if keys.iter().any(|other| other.name.as_ref() == Some(&name)) {
                self.error(
                    format!("{field}.name"),
                    format!("the table has two foreign keys `{name}`"),
                );
            }
            keys.push(ForeignKey {
                name: Some(name),
                columns: key.columns.clone(),
                references: TableName {
                    schema: table.name.schema.clone(),
                    name: key.references.table.clone(),
                },
                referenced_columns: key.references.columns.clone(),
                on_delete: on_delete.flatten().unwrap_or_default(),
                on_update: ReferentialAction::NoAction,
                extra: None,
                validated: true,
            });
        }
        keys
    }
}

/// Cuts a name as the server does: at 63 bytes, not inside a character.
fn cut(name: &str) -> String {
    name[..name.floor_char_boundary(NAME_BYTES)].to_owned()
}

/// Returns the name that the server makes of a table's name and a label: the table's name is what is cut.
pub(crate) fn object_name(table: &str, label: &str) -> String {
    let room = NAME_BYTES - label.len() - 1;
    format!("{}_{label}", &table[..table.floor_char_boundary(room)])
}

/// A referenced table is in the schema of the one that refers to it; `schema.table` names another schema, unless a
/// table is really called that.
pub(super) fn settle_references(desired: &mut Desired) {
    let names: BTreeSet<TableName> = desired.tables.keys().cloned().collect();
    for key in desired
        .tables
        .values_mut()
        .flat_map(|table| &mut table.table.foreign_keys)
    {
        if names.contains(&key.references) {
            continue;
        }
        if let Some((schema, name)) = key.references.name.split_once('.') {
            key.references = TableName::new(schema, name);
        }
    }
}

pub(super) fn check_references(desired: &Desired, errors: &mut Vec<LowerError>) {
    let field = "spec.schema.postgres.foreignKeys";
    desired.check_references(field, errors, |table, target, key| {
        if has_key(target, &key.referenced_columns) {
            return incomparable(table, target, key);
        }
        Some(format!(
            "table {} has no primary key and no unique index over ({}); add one",
            key.references,
            key.referenced_columns.join(", ")
        ))
    });
}

/// Returns what is wrong with the types of a foreign key: the server refuses one between types that no operator
/// compares, such as a text and a number, and it does so only when other steps may have run.
fn incomparable(table: &Table, target: &Table, key: &ForeignKey) -> Option<String> {
    let pairs = key.columns.iter().zip(&key.referenced_columns);
    pairs.into_iter().find_map(|(column, referenced)| {
        let (own, other) = (table.column(column)?, target.column(referenced)?);
        let differ = family(&own.type_)? != family(&other.type_)?;
        differ.then(|| {
            format!(
                "column `{column}` is {}, and `{referenced}` of table {} is {}, which can't be compared; give both \
                 the same type",
                own.type_, key.references, other.type_
            )
        })
    })
}

/// Returns the family of a built-in type whose members compare with each other and with no other family's; `None` for
/// all other types, of which the server decides.
fn family(type_: &str) -> Option<&'static str> {
    let base = type_.split_once('(').map_or(type_, |(base, _)| base).trim_end();
    Some(match base {
        "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" => "number",
        "text" | "character varying" | "character" => "text",
        "date" | "timestamp without time zone" | "timestamp with time zone" => "date",
        "boolean" | "uuid" | "bytea" => {
            return ["boolean", "uuid", "bytea"]
                .into_iter()
                .find(|name| *name == base);
        }
        _ => return None,
    })
}

/// Returns whether a foreign key may refer to these columns, in whatever order.
fn has_key(table: &Table, columns: &[String]) -> bool {
    let wanted: BTreeSet<&str> = columns.iter().map(String::as_str).collect();
    let primary = table
        .primary_key
        .iter()
        .map(|key| key.columns.iter().map(String::as_str).collect());
    let unique = table
        .indexes
        .iter()
        .filter(|index| index.unique)
        .filter_map(Index::column_names);
    primary
        .chain(unique)
        .any(|key: Vec<&str>| key.len() == wanted.len() && key.into_iter().collect::<BTreeSet<_>>() == wanted)
}

/// Tables and indexes of one schema share their names.
pub(super) fn check_names(desired: &Desired, errors: &mut Vec<LowerError>) {
    let mut seen: BTreeMap<(&Option<String>, &str), &str> = BTreeMap::new();
    for table in desired.tables.values().filter(|table| !table.deleted) {
        let schema = &table.table.name.schema;
        let key = table
            .table
            .primary_key
            .as_ref()
            .and_then(|key| key.name.as_deref());
        let names = std::iter::once(table.table.name.name.as_str())
            .chain(key)
            .chain(table.table.indexes.iter().map(|index| index.name.as_str()));
        for name in names {
            if let Some(first) = seen.insert((schema, name), &table.place) {
                let problem = format!("the name `{name}` is taken by another table or index (see {first})");
                let field = "spec.schema.postgres.indexes".to_owned();
                errors.push(LowerError {
                    place: table.place.clone(),
                    field,
                    problem,
                });
            }
        }
    }
}
