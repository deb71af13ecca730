//! Keys and indexes, and what must hold between tables.

use std::collections::BTreeSet;

use schema::declared::{self, MysqlTable};
use schema::desired::Facet;
use schema::ir::{
    ForeignKey, Index, IndexColumn, IndexOrigin, ObjectName, PrimaryKey, ReferentialAction, Table, TableName,
    Unsupported,
};

use super::types::{Kind, kind};
use super::{Lowering, NAME_CHARACTERS, charset, types};

/// The most bytes of a key of InnoDB with its default row format (MySQL manual, InnoDB Limits).
const KEY_BYTES: u64 = 3072;

impl Lowering<'_> {
    pub(super) fn primary_key(&mut self, declared: &MysqlTable, table: &Table) -> Option<PrimaryKey> {
        if declared.primary_key.is_empty() {
            return None;
        }
        let columns = self.key(
            "spec.schema.mysql.primaryKey",
            &declared.primary_key,
            declared,
            table,
        );
        Some(PrimaryKey {
            name: None,
            columns,
            extra: None,
        })
    }

    /// Returns the columns of a key as they are declared: the server finds them without regard to case.
    fn known_columns(
        &mut self,
        field: &str,
        names: &[String],
        declared: &MysqlTable,
        table: &Table,
    ) -> Vec<String> {
        let mut known: Vec<String> = Vec::with_capacity(names.len());
        for (at, name) in names.iter().enumerate() {
            let mut columns = declared.columns.iter().map(|column| &column.name);
            let Some(column) = columns.find(|column| same_name(column, name)) else {
                let problem = format!("table {} declares no column `{name}`", table.name);
                self.error(format!("{field}[{at}]"), problem);
                continue;
            };
            if known.contains(column) {
                self.error(
                    format!("{field}[{at}]"),
                    format!("column `{name}` is named twice"),
                );
            }
            known.push(column.clone());
        }
        known
    }

    /// As [`Lowering::known_columns`], for a key that the server keeps: its columns must fit into one.
    fn key(&mut self, field: &str, names: &[String], declared: &MysqlTable, table: &Table) -> Vec<String> {
        let columns = self.known_columns(field, names, declared, table);
        let mut bytes = 0;
        for (at, name) in columns.iter().enumerate() {
            let Some(column) = table.column(name) else {
                continue;
            };
            if kind(&column.type_).is_large() {
                let problem = format!(
                    "column `{name}` is {}, of which a key takes a prefix only, and that can't be declared; give it \
                     a varchar type",
                    column.type_
                );
                self.error(format!("{field}[{at}]"), problem);
            }
            bytes += key_bytes(&column.type_, column.collation.as_deref());
        }
        if bytes > KEY_BYTES {
            let problem =
                format!("the key may take {bytes} bytes, and the server takes {KEY_BYTES}; make it shorter");
            self.error(field, problem);
        }
        columns
    }

    pub(super) fn indexes(
        &mut self,
        declared: &MysqlTable,
        table: &Table,
        managed: &mut BTreeSet<Facet>,
    ) -> Vec<Index> {
        let mut indexes: Vec<Index> = Vec::with_capacity(declared.indexes.len());
        for (at, index) in declared.indexes.iter().enumerate() {
            let field = format!("spec.schema.mysql.indexes[{at}]");
            if index.columns.is_empty() {
                self.error(format!("{field}.columns"), "the index has no columns");
            }
            let columns = self.key(&format!("{field}.columns"), &index.columns, declared, table);
            let name = index.name.clone().filter(|name| !name.is_empty());
            if let Some(name) = &name {
                self.name(&format!("{field}.name"), name);
                managed.insert(Facet::IndexName(name.clone()));
            }
            let name =
                name.unwrap_or_else(|| cut(&format!("idx_{}_{}", table.name.name, index.columns.join("_"))));
            if same_name(&name, "PRIMARY") {
                self.error(format!("{field}.name"), "the name is that of the primary key");
            }
            if indexes.iter().any(|other| same_name(&other.name, &name)) {
                self.error(
                    format!("{field}.name"),
                    format!("the table has two indexes `{name}`"),
                );
            }
            self.index_type(&field, index, &name, &table.name);
            indexes.push(Index {
                unique: index.is_unique == Some(true),
                ..plain_index(name, &columns)
            });
        }
        indexes
    }

    fn index_type(&mut self, field: &str, index: &declared::MysqlIndex, name: &str, table: &TableName) {
        let type_ = index.type_.as_deref().unwrap_or_default().to_ascii_uppercase();
        match type_.as_str() {
            "" | "BTREE" => {}
            "HASH" => self.unsupported.push(Unsupported {
                object: ObjectName::Index(table.clone(), name.to_owned()),
                reason: "InnoDB has no HASH indexes; it is a BTREE".to_owned(),
            }),
            other => {
                let other = other.escape_default();
                let problem = format!(
                    "an index of type `{other}` is not made by this version; make it by hand, and it is kept"
                );
                self.error(format!("{field}.type"), problem);
            }
        }
    }

    pub(super) fn foreign_keys(
        &mut self,
        declared: &MysqlTable,
        table: &Table,
        managed: &mut BTreeSet<Facet>,
    ) -> Vec<ForeignKey> {
        let mut keys: Vec<ForeignKey> = Vec::with_capacity(declared.foreign_keys.len());
        for (at, key) in declared.foreign_keys.iter().enumerate() {
            let field = format!("spec.schema.mysql.foreignKeys[{at}]");
            if key.columns.is_empty() {
                self.error(format!("{field}.columns"), "the foreign key has no columns");
            }
            let columns = self.key(&format!("{field}.columns"), &key.columns, declared, table);
            self.name(&format!("{field}.references.table"), &key.references.table);
            if key.columns.len() != key.references.columns.len() {
                let (own, other) = (key.columns.len(), key.references.columns.len());
                let problem = format!("{own} columns refer to {other}; name one for each");
                self.error(format!("{field}.references.columns"), problem);
            }
            let on_delete = self.on_delete(&field, key, &columns, table);
            let name = key.name.clone().filter(|name| !name.is_empty());
            if let Some(name) = &name {
                self.name(&format!("{field}.name"), name);
                managed.insert(Facet::ForeignKeyName(name.clone()));
            }
            let name =
                name.unwrap_or_else(|| cut(&format!("{}_{}_fkey", table.name.name, key.columns.join("_"))));
            keys.push(ForeignKey {
                name: Some(name),
                columns,
                references: self.table_name(&key.references.table),
                referenced_columns: key.references.columns.clone(),
                on_delete,
                on_update: ReferentialAction::NoAction,
                extra: None,
                validated: true,
            });
        }
        keys
    }

    fn on_delete(
        &mut self,
        field: &str,
        key: &declared::ForeignKey,
        columns: &[String],
        table: &Table,
    ) -> ReferentialAction {
        let field = format!("{field}.onDelete");
        let declared = key
            .on_delete
            .as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty());
        let on_delete = declared.map(ReferentialAction::parse);
        match on_delete {
            Some(None) => {
                self.error(field, "it is none of CASCADE, SET NULL, RESTRICT or NO ACTION");
            }
            Some(Some(ReferentialAction::SetDefault)) => {
                self.error(
                    field,
                    "InnoDB has no SET DEFAULT; write SET NULL, CASCADE or RESTRICT",
                );
            }
            Some(Some(ReferentialAction::SetNull)) => {
                let refuses = |name: &&String| table.column(name).is_some_and(|column| column.not_null);
                if let Some(name) = columns.iter().find(refuses) {
                    self.error(field, format!("column `{name}` refuses NULL"));
                }
            }
            _ => {}
        }
        action(on_delete.flatten().unwrap_or_default())
    }
}

/// Returns the action that InnoDB takes: to it, RESTRICT and NO ACTION are one, and catalogs say now one, now the
/// other for a key that says neither.
pub(crate) fn action(action: ReferentialAction) -> ReferentialAction {
    match action {
        ReferentialAction::Restrict => ReferentialAction::NoAction,
        other => other,
    }
}

/// Returns whether two names of columns, indexes or constraints are one to the server.
pub(crate) fn same_name(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}

fn plain_index(name: String, columns: &[String]) -> Index {
    Index {
        name,
        columns: columns.iter().map(IndexColumn::column).collect(),
        unique: false,
        origin: IndexOrigin::Index,
        method: None,
        with: Vec::new(),
        extra: None,
        valid: true,
    }
}

/// Returns how many bytes a column takes in a key, as far as its length can be long.
fn key_bytes(type_: &str, collation: Option<&str>) -> u64 {
    let length = types::numbers(type_).first().copied().unwrap_or_default();
    match kind(type_) {
        Kind::Character => {
            let charset = collation.map(charset::of_collation);
            length * charset.and_then(charset::bytes_per_character).unwrap_or(1)
        }
        Kind::Binary => length,
        _ => 0,
    }
}

/// Returns whether a key of the table begins with these columns, in this order.
pub(crate) fn begins_a_key(table: &Table, columns: &[&str]) -> bool {
    let primary = table
        .primary_key
        .iter()
        .map(|key| key.columns.iter().map(String::as_str).collect::<Vec<_>>());
    let indexes = table
        .indexes
        .iter()
        .filter(|index| index.is_plain())
        .filter_map(Index::column_names);
    primary.chain(indexes).any(|key| key.starts_with(columns))
}

/// Gives each foreign key the index that it needs, unless a declared key serves. The server would make it by itself,
/// under the name of the key, and drop it again once another serves; stated, it is an index as any other.
pub(super) fn add_backing_indexes(table: &mut Table) {
    for key in table.foreign_keys.clone() {
        let columns: Vec<&str> = key.columns.iter().map(String::as_str).collect();
        if columns.is_empty() || begins_a_key(table, &columns) {
            continue;
        }
        let base = key.label();
        let taken = |name: &str| table.indexes.iter().any(|index| same_name(&index.name, name));
        let mut name = base.clone();
        let mut next = 2_u32;
        while taken(&name) {
            let end = format!("_{next}");
            let kept: String = base.chars().take(NAME_CHARACTERS - end.len()).collect();
            name = kept + &end;
            next += 1;
        }
        table.indexes.push(plain_index(name, &key.columns));
    }
}

/// Cuts a name to what the server takes.
fn cut(name: &str) -> String {
    name.chars().take(NAME_CHARACTERS).collect()
}
