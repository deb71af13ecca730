//! The Database: `databases.schemahero.io/v1alpha4`, as SchemaHero has it, with a status that tools can read.

use std::collections::BTreeMap;

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::conditions::Condition;

mod value;

pub use self::value::{SecretKeyRef, SsmRef, SsmValue, SsmValueFrom, ValueFrom, ValueOrValueFrom, VaultRef};

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
    /// How long to wait for more changes before a plan is made, as a Go duration. Kept; tables of a database are
    /// always planned together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_window: Option<String>,
    /// Settings of the workload that SchemaHero makes for each database. Kept, without effect: there is none here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schemahero: Option<SchemaHeroWorkload>,
    /// Metadata of that workload. Kept, without effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<DatabaseTemplate>,
}

/// The engines, of which one is to be given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DatabaseConnection {
    /// Postgres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postgres: Option<PostgresConnection>,
    /// CockroachDB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cockroachdb: Option<PostgresConnection>,
    /// TimescaleDB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timescaledb: Option<PostgresConnection>,
    /// MySQL and MariaDB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mysql: Option<MysqlConnection>,
    /// Cassandra.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cassandra: Option<CassandraConnection>,
    /// SQLite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sqlite: Option<SqliteConnection>,
    /// rqlite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rqlite: Option<RqliteConnection>,
}

impl DatabaseConnection {
    /// Returns the keys that are present, in the order of the fields. One is right; none or several are an error
    /// that the caller reports.
    pub fn engines(&self) -> Vec<&'static str> {
        [
            ("postgres", self.postgres.is_some()),
            ("cockroachdb", self.cockroachdb.is_some()),
            ("timescaledb", self.timescaledb.is_some()),
            ("mysql", self.mysql.is_some()),
            ("cassandra", self.cassandra.is_some()),
            ("sqlite", self.sqlite.is_some()),
            ("rqlite", self.rqlite.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, present)| present.then_some(name))
        .collect()
    }
}

/// A connection to Postgres: a URI, or its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PostgresConnection {
    /// The whole as a URI; the other fields have no effect then, but for `schema`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<ValueOrValueFrom>,
    /// The host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<ValueOrValueFrom>,
    /// The port; 5432 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<ValueOrValueFrom>,
    /// The user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<ValueOrValueFrom>,
    /// The password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<ValueOrValueFrom>,
    /// The name of the database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dbname: Option<ValueOrValueFrom>,
    /// The TLS mode: `disable`, `allow`, `prefer`, `require`, `verify-ca` or `verify-full`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sslmode: Option<ValueOrValueFrom>,
    /// The schema that is first in the `search_path`: tables without a schema of their own are made there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<ValueOrValueFrom>,
}

/// A connection to MySQL or MariaDB: a URI, or its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MysqlConnection {
    /// The whole as a URI; the other fields have no effect then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<ValueOrValueFrom>,
    /// The host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<ValueOrValueFrom>,
    /// The port; 3306 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<ValueOrValueFrom>,
    /// The user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<ValueOrValueFrom>,
    /// The password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<ValueOrValueFrom>,
    /// The name of the database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dbname: Option<ValueOrValueFrom>,
    /// Whether the connection is made without TLS.
    #[serde(default, rename = "disableTLS", skip_serializing_if = "Option::is_none")]
    pub disable_tls: Option<bool>,
    /// The database's default character set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_charset: Option<String>,
    /// The database's default collation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
}

/// A connection to Cassandra.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CassandraConnection {
    /// The hosts.
    pub hosts: Vec<String>,
    /// The keyspace.
    pub keyspace: ValueOrValueFrom,
    /// The user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<ValueOrValueFrom>,
    /// The password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<ValueOrValueFrom>,
}

/// A connection to SQLite.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SqliteConnection {
    /// The file, as a path or as a `file:` URI.
    pub dsn: String,
}

/// A connection to rqlite: a URI, or its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RqliteConnection {
    /// The whole as a URI; the other fields have no effect then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<ValueOrValueFrom>,
    /// The host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<ValueOrValueFrom>,
    /// The port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<ValueOrValueFrom>,
    /// The user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<ValueOrValueFrom>,
    /// The password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<ValueOrValueFrom>,
    /// Whether the connection is made without TLS.
    #[serde(default, rename = "disableTLS", skip_serializing_if = "Option::is_none")]
    pub disable_tls: Option<bool>,
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
    /// When it was last asked, in RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_ping: Option<String>,
    /// What is known of the object; `Ready` stands first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// Generation that the status speaks of; -1 until the controller has seen the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
}
