//! Tables as people declare them: SchemaHero's `schemas.schemahero.io/v1alpha4`, field by field.
//!
//! These types are what the custom resource and the command line read. They hold what was written and
//! nothing more: an engine's `lower` turns them into the [`crate::ir`].

mod mysql;
mod postgres;
mod sqlite;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::mysql::{MysqlColumn, MysqlIndex, MysqlTable};
pub use self::postgres::{
    PostgresIndex, PostgresTable, Trigger, TriggerExecute, TriggerExecuteType, TriggerParam, TriggerParamMode,
};
pub use self::sqlite::SqliteTable;

/// The `spec` of a Table: one table of one database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TableSpec {
    /// The name of the Database, in the same namespace, that this table belongs to.
    pub database: String,
    /// The name of the table in the database.
    pub name: String,
    /// Names of `DatabaseExtension`s, in the same namespace, that must be applied first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<String>,
    /// The table itself, under the key of its engine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<EngineSchema>,
    /// Rows that the table is to have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed_data: Option<SeedData>,
}

/// A table's definition, one key for each engine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EngineSchema {
    /// The table on Postgres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postgres: Option<PostgresTable>,
    /// The table on CockroachDB, in the form of Postgres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cockroachdb: Option<PostgresTable>,
    /// The table on TimescaleDB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "any_object")]
    pub timescaledb: Option<serde_json::Map<String, serde_json::Value>>,
    /// The table on MySQL and MariaDB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mysql: Option<MysqlTable>,
    /// The table on SQLite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sqlite: Option<SqliteTable>,
    /// The table on rqlite, in the form of SQLite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rqlite: Option<SqliteTable>,
    /// The table on Cassandra.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "any_object")]
    pub cassandra: Option<serde_json::Map<String, serde_json::Value>>,
}

impl EngineSchema {
    /// Returns the keys that are present, in the order of the fields.
    pub fn engines(&self) -> Vec<&'static str> {
        [
            ("postgres", self.postgres.is_some()),
            ("cockroachdb", self.cockroachdb.is_some()),
            ("timescaledb", self.timescaledb.is_some()),
            ("mysql", self.mysql.is_some()),
            ("sqlite", self.sqlite.is_some()),
            ("rqlite", self.rqlite.is_some()),
            ("cassandra", self.cassandra.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, present)| present.then_some(name))
        .collect()
    }
}

/// Returns the schema of an object whose fields are kept as they are: an engine that is declared by
/// SchemaHero's manifests and not served here.
fn any_object(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": "object", "x-kubernetes-preserve-unknown-fields": true })
}

/// A column, in the form that all engines share.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Column {
    /// The name of the column.
    pub name: String,
    /// The type, as the engine spells it.
    #[serde(rename = "type")]
    pub type_: String,
    /// What `not null` and the like say of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constraints: Option<ColumnConstraints>,
    /// What the engine does to it on its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<ColumnAttributes>,
    /// The default: a literal for text types; for others a literal if it is one, else an expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
}

/// Constraints of one column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ColumnConstraints {
    /// Whether the column refuses NULL. Absent means that it takes NULL, unless it is in the primary key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_null: Option<bool>,
}

/// Attributes of one column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ColumnAttributes {
    /// Whether the engine numbers new rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_increment: Option<bool>,
}

/// A foreign key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ForeignKey {
    /// The columns of this table, in order.
    pub columns: Vec<String>,
    /// What they refer to.
    pub references: ForeignKeyReferences,
    /// What happens to rows here when the row they refer to is deleted: `CASCADE`, `SET NULL`,
    /// `SET DEFAULT`, `RESTRICT` or `NO ACTION`, in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_delete: Option<String>,
    /// The name of the constraint; `<table>_<columns>_fkey` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The referenced side of a foreign key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ForeignKeyReferences {
    /// The referenced table.
    pub table: String,
    /// Its columns, in the order of the columns that refer to them.
    pub columns: Vec<String>,
}

/// An index, in the form that SQLite and rqlite use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    /// The columns, in order.
    pub columns: Vec<String>,
    /// The name; `idx_<table>_<columns>` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether two rows may not have the same values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_unique: Option<bool>,
    /// The index method. It is read and has no effect where the engine has one method only.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_: Option<String>,
}

/// Rows that the table is to have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SeedData {
    /// The rows.
    pub rows: Vec<SeedRow>,
}

/// One row of seed data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SeedRow {
    /// Its columns.
    pub columns: Vec<SeedColumn>,
}

/// One value of seed data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SeedColumn {
    /// The name of the column.
    pub column: String,
    /// The value.
    pub value: SeedValue,
}

/// A value: a number or a text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SeedValue {
    /// The value as a whole number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub int: Option<i64>,
    /// The value as a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub str: Option<String>,
}
