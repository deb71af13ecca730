//! A table as declared for Postgres and CockroachDB.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Column, ForeignKey};

/// A table on Postgres.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PostgresTable {
    /// The schema (namespace) of the table; the first of the connection's `search_path` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The columns of the primary key, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub primary_key: Vec<String>,
    /// The foreign keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign_keys: Vec<ForeignKey>,
    /// The indexes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<PostgresIndex>,
    /// The columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Column>,
    /// Whether the table is to be dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_deleted: Option<bool>,
    /// The triggers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub triggers: Vec<Trigger>,
    /// The triggers, under the key that an earlier version of the CRD had.
    #[serde(default, rename = "json:triggers", skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub json_triggers: Vec<Trigger>,
}

/// An index on Postgres.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PostgresIndex {
    /// The columns, in order.
    pub columns: Vec<String>,
    /// The name; `idx_<table>_<columns>` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether two rows may not have the same values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_unique: Option<bool>,
    /// The index method, such as `btree` or `gin`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_: Option<String>,
    /// The storage parameters.
    #[serde(default, rename = "with", skip_serializing_if = "BTreeMap::is_empty")]
    pub with: BTreeMap<String, String>,
}

/// A trigger on Postgres.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Trigger {
    /// The name of the trigger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it is a constraint trigger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constraint_trigger: Option<bool>,
    /// The events that fire it.
    pub events: Vec<String>,
    /// Whether it fires once a statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_each_statement: Option<bool>,
    /// Whether it fires for each row. The key is SchemaHero's.
    #[serde(default, rename = "forEachRun", skip_serializing_if = "Option::is_none")]
    pub for_each_row: Option<bool>,
    /// When it fires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// What it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execute: Option<TriggerExecute>,
    /// What it runs, in the older form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execute_procedure: Option<String>,
}

/// What a trigger runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TriggerExecute {
    /// Whether it is a procedure or a function.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_: Option<TriggerExecuteType>,
    /// The schema of the function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The name of the function.
    pub name: String,
    /// Its parameters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub params: Vec<TriggerParam>,
}

/// The kind of thing that a trigger runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum TriggerExecuteType {
    /// A procedure.
    Procedure,
    /// A function.
    Function,
}

/// A parameter of a trigger's function.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TriggerParam {
    /// Its mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<TriggerParamMode>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its type.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_: Option<String>,
}

/// The mode of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum TriggerParamMode {
    /// Read.
    In,
    /// Written.
    Out,
    /// Read and written.
    InOut,
    /// The rest of the arguments.
    Variadic,
}
