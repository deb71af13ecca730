//! The Table: `schemas.schemahero.io/v1alpha4`, as SchemaHero has it, with a status that tools can read.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::conditions::Condition;

// The schema core has the fields, so that there is one definition of what is declared.
/// The declared half: the table, and the Database that it belongs to.
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
    printcolumn = r#"{"name":"Ready","type":"string","jsonPath":".status.conditions[?(@.type==\"Ready\")].status"}"#,
    printcolumn = r#"{"name":"Reason","type":"string","jsonPath":".status.conditions[?(@.type==\"Ready\")].reason"}"#,
    printcolumn = r#"{"name":"Age","type":"date","jsonPath":".metadata.creationTimestamp"}"#
)]
#[serde(transparent)]
pub struct TableSpec(pub schema::declared::TableSpec);

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
    /// What is known of the object; `Synced` stands first, then `Ready`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// Generation that the status speaks of; -1 until the controller has seen the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// The reason of `Ready` as a scalar, for tools that read no conditions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// `Ready` as a scalar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready: Option<bool>,
    /// The Migration that has steps for this table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub migration: Option<String>,
}
