//! Tables.

use super::{Check, Column, ForeignKey, Index, ObjectName, PrimaryKey, TableName};

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: TableName,
    /// Its columns, in the order of the catalog. Order is kept for reading; it is no difference.
    pub columns: Vec<Column>,
    /// Its primary key.
    pub primary_key: Option<PrimaryKey>,
    /// Its indexes and unique constraints.
    pub indexes: Vec<Index>,
    /// Its foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
    /// Its checks.
    pub checks: Vec<Check>,
    /// Options of the table in the engine's words, such as `STRICT`, sorted.
    pub options: Vec<String>,
    /// Triggers and the like that belong to the table and that no step may lose.
    pub attachments: Vec<Attachment>,
    /// Objects outside the declared tables that need this one. No part of the fingerprint.
    pub dependents: Vec<Dependent>,
    /// What the IR cannot hold of the live table. No part of the fingerprint: it is reported, and what
    /// it names is never altered.
    pub unsupported: Vec<Unsupported>,
    /// The bytes that the table and its indexes take, where the server tells. No part of the fingerprint.
    pub bytes: Option<u64>,
}

impl Table {
    /// Returns an empty table of that name.
    pub fn new(name: TableName) -> Self {
        Self {
            name,
            ..Self::default()
        }
    }

    /// Returns the column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Returns the index of that name.
    pub fn index(&self, name: &str) -> Option<&Index> {
        self.indexes.iter().find(|index| index.name == name)
    }
}

/// Something that belongs to a table and that is carried along, such as a trigger.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attachment {
    /// The kind, such as `trigger`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its definition, in the catalog's words.
    pub definition: String,
}

/// An object that needs this table and is not part of it, such as a view.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dependent {
    /// The kind, such as `view` or `foreign key`.
    pub kind: String,
    /// Its name, for people.
    pub name: String,
    /// The columns of this table that it needs; empty when it needs the table as a whole.
    pub columns: Vec<String>,
}

/// A part of a live table, or of a declared one, that is not handled, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unsupported {
    /// What it is.
    pub object: ObjectName,
    /// Why it is left as it is.
    pub reason: String,
}
