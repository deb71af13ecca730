//! Names of objects, exactly as the catalog stores them.

use std::fmt;

/// The name of a table: the schema that it is in, where the engine has schemas, and its own name.
///
/// Both are the stored spelling, without quotes; two names are equal when the catalog says so.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName {
    /// The schema (namespace); `None` on engines that have none.
    pub schema: Option<String>,
    /// The table.
    pub name: String,
}

impl TableName {
    /// Returns the name of a table in a schema.
    pub fn new(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            schema: Some(schema.into()),
            name: name.into(),
        }
    }

    /// Returns the name of a table on an engine that has no schemas.
    pub fn unqualified(name: impl Into<String>) -> Self {
        Self {
            schema: None,
            name: name.into(),
        }
    }
}

/// Writes the name for people, `schema.table`, without quotes; it is no SQL.
impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// The name of anything that a plan can speak of, for people and for reports.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectName {
    /// A table.
    Table(TableName),
    /// A column of a table.
    Column(TableName, String),
    /// The primary key of a table.
    PrimaryKey(TableName),
    /// An index of a table, by its name.
    Index(TableName, String),
    /// A foreign key of a table, by its name or by its columns where it has none.
    ForeignKey(TableName, String),
    /// A check of a table.
    Check(TableName, String),
    /// The seed data of a table.
    SeedData(TableName),
    /// A trigger of a table.
    Trigger(TableName, String),
}

impl ObjectName {
    /// Returns the table that the object is or belongs to.
    pub fn table(&self) -> &TableName {
        match self {
            Self::Table(table)
            | Self::Column(table, _)
            | Self::PrimaryKey(table)
            | Self::Index(table, _)
            | Self::ForeignKey(table, _)
            | Self::Check(table, _)
            | Self::SeedData(table)
            | Self::Trigger(table, _) => table,
        }
    }
}

/// Writes the kind and the name, such as `column public.users.email`.
impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table(table) => write!(f, "table {table}"),
            Self::Column(table, column) => write!(f, "column {table}.{column}"),
            Self::PrimaryKey(table) => write!(f, "primary key of {table}"),
            Self::Index(table, index) => write!(f, "index {index} on {table}"),
            Self::ForeignKey(table, key) => write!(f, "foreign key {key} on {table}"),
            Self::Check(table, check) => write!(f, "check {check} on {table}"),
            Self::SeedData(table) => write!(f, "seed data of {table}"),
            Self::Trigger(table, trigger) => write!(f, "trigger {trigger} on {table}"),
        }
    }
}
