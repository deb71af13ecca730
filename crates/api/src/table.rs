//! The Table: `schemas.schemahero.io/v1alpha4`, as SchemaHero has it, with a status that tools can read.

use kube::CustomResource;
use schema::declared::{EngineSchema, SeedData, TableSpec as Declared};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::conditions::Condition;

/// The declared half: the same fields as [`schema::declared::TableSpec`], which [`TableSpec::declared`] gives.
#[derive(CustomResource, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "schemas.schemahero.io",
    version = "v1alpha4",
    kind = "Table",
    namespaced,
    status = "TableStatus",
    derive = "PartialEq",
    doc = "A table of a database.",
    printcolumn = r#"{"name":"Namespace","type":"string","jsonPath":".metadata.namespace","priority":1}"#,
    printcolumn = r#"{"name":"Table","type":"string","jsonPath":".spec.name"}"#,
    printcolumn = r#"{"name":"Database","type":"string","jsonPath":".spec.database"}"#,
    printcolumn = r#"{"name":"Age","type":"date","jsonPath":".metadata.creationTimestamp"}"#
)]
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

impl TableSpec {
    /// Returns the declaration as the schema core reads it.
    pub fn declared(self) -> Declared {
        let Self {
            database,
            name,
            requires,
            schema,
            seed_data,
        } = self;
        Declared {
            database,
            name,
            requires,
            schema,
            seed_data,
        }
    }
}

/// The observed half.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TableStatus {
    /// SchemaHero's digest of the spec that it planned last. Kept as found, never written.
    #[serde(
        default,
        rename = "lastPlannedTableSpecSHA",
        skip_serializing_if = "Option::is_none"
    )]
    pub last_planned_table_spec_sha: Option<String>,
    /// See [`crate::conditions`]; `Ready` stands first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// Generation that the status speaks of; -1 until the controller has seen the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
}
