//! A table as declared for MySQL and MariaDB.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ColumnAttributes, ColumnConstraints, ForeignKey};

/// A table on MySQL or MariaDB.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MysqlTable {
    /// The columns of the primary key, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub primary_key: Vec<String>,
    /// The foreign keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign_keys: Vec<ForeignKey>,
    /// The indexes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<MysqlIndex>,
    /// The columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<MysqlColumn>,
    /// Whether the table is to be dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_deleted: Option<bool>,
    /// The table's default character set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_charset: Option<String>,
    /// The table's default collation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
}

/// A column on MySQL or MariaDB.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MysqlColumn {
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
    /// The default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// The character set; the table's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charset: Option<String>,
    /// The collation; the table's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
}

/// An index on MySQL or MariaDB.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MysqlIndex {
    /// The columns, in order.
    pub columns: Vec<String>,
    /// The name; `idx_<table>_<columns>` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether two rows may not have the same values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_unique: Option<bool>,
    /// The index type, such as `BTREE`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_: Option<String>,
}
