//! The Database: `databases.schemahero.io/v1alpha4`, as SchemaHero has it, with a status that tools can read.

use std::collections::BTreeMap;

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::conditions::Condition;

mod connection;
mod declared;
mod value;

pub use self::connection::{
    CassandraConnection, DatabaseConnection, MysqlConnection, PostgresConnection, RqliteConnection,
    SqliteConnection,
};
pub use self::declared::{ConnectionProblem, DeclaredConnection, Field};
pub use self::value::{
    SecretKeyRef, Source, SsmRef, SsmValue, SsmValueFrom, ValueFrom, ValueOrValueFrom, VaultRef,
};

/// The declared half: where the database is and how its migrations run.
#[derive(CustomResource, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "databases.schemahero.io",
    version = "v1alpha4",
    kind = "Database",
    namespaced,
    status = "DatabaseStatus",
    derive = "PartialEq",
    doc = "A database whose tables are declared.",
    printcolumn = r#"{"name":"Namespace","type":"string","jsonPath":".metadata.namespace","priority":1}"#,
    printcolumn = r#"{"name":"Deploy Immediately","type":"boolean","jsonPath":".spec.immediateDeploy","priority":1}"#,
    printcolumn = r#"{"name":"Ready","type":"string","jsonPath":".status.conditions[?(@.type==\"Ready\")].status"}"#,
    printcolumn = r#"{"name":"Reason","type":"string","jsonPath":".status.conditions[?(@.type==\"Ready\")].reason"}"#,
    printcolumn = r#"{"name":"Age","type":"date","jsonPath":".metadata.creationTimestamp"}"#
)]
#[serde(rename_all = "camelCase")]
pub struct DatabaseSpec {
    /// How to connect: one engine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<DatabaseConnection>,
    /// SchemaHero's `shell` command is not served; the field is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enable_shell_command: Option<bool>,
    /// Whether migrations run without an approval. Held steps stay held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub immediate_deploy: Option<bool>,
    /// Whether seed data is part of plans.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deploy_seed_data: Option<bool>,
    /// How long nothing must change before a plan is made, as a Go duration such as `30s`; one second when absent. The
    /// tables of a database are always planned together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_window: Option<String>,
    /// Settings of the workload that SchemaHero makes for each database. Kept, without effect: there is none here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schemahero: Option<SchemaHeroWorkload>,
    /// Metadata of that workload. Kept, without effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<DatabaseTemplate>,
}

/// SchemaHero's settings for the workload of one database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SchemaHeroWorkload {
    /// Its image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The labels of the nodes that it may run on.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub node_selector: BTreeMap<String, String>,
    /// The taints that it tolerates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tolerations: Vec<SchemaHeroToleration>,
}

/// A taint that is tolerated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SchemaHeroToleration {
    /// The effect of the taint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<String>,
    /// Its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// How key and value are compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// Its value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// Metadata of SchemaHero's workload.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DatabaseTemplate {
    /// Labels and annotations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<DatabaseTemplateMetadata>,
}

/// Labels and annotations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DatabaseTemplateMetadata {
    /// The labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// The annotations.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

/// The observed half.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DatabaseStatus {
    /// Whether the database answered last time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_connected: Option<bool>,
    /// When [`Self::is_connected`] last became what it is, in RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_ping: Option<String>,
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
    /// The server that answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<DatabaseServer>,
    /// The Migration that the state speaks of: waiting, running, or failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub migration: Option<String>,
    /// The last value of `reconcile.fluxcd.io/requestedAt` that was followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_handled_reconcile_at: Option<String>,
}

/// A server, without any secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DatabaseServer {
    /// Product and version, such as `postgres 15.18`.
    pub version: String,
    /// What tells its data from a copy of it; absent where the server has nothing such.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
}
