//! How to connect: the engines that SchemaHero knows, each with its fields.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ValueOrValueFrom;
use super::value::ValueOrSecret;

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
#[serde(rename_all = "camelCase")]
pub struct PostgresConnection {
    /// The whole as a URI; of the other fields, `schema`, `ca`, `clientCertificate`, `clientKey` and `connectTimeout`
    /// have an effect then.
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
    /// The certificates, in PEM, of the authorities that the server's certificate is checked against; those that the
    /// system trusts when absent. With it, and without a TLS mode, the certificate and the host's name are checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<ValueOrSecret>")]
    pub ca: Option<ValueOrValueFrom>,
    /// The certificate that is shown to the server, in PEM; it needs `clientKey`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<ValueOrSecret>")]
    pub client_certificate: Option<ValueOrValueFrom>,
    /// The private key of `clientCertificate`, in PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<ValueOrSecret>")]
    pub client_key: Option<ValueOrValueFrom>,
    /// How many seconds the connection may take to come up; 10 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<i32>", range(min = 1))]
    pub connect_timeout: Option<u32>,
}

/// A connection to MySQL or MariaDB: a URI, or its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MysqlConnection {
    /// The whole, as a URI or as go-sql-driver's DSN; of the other fields, `ca`, `clientCertificate`, `clientKey` and
    /// `connectTimeout` have an effect then.
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
    /// The database's default character set. Kept, without effect: tables declare theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_charset: Option<String>,
    /// The database's default collation. Kept, without effect: tables declare theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// The TLS mode: `disable`, `prefer`, `require`, `verify-ca` or `verify-full`, or MySQL's words for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<ValueOrSecret>")]
    pub sslmode: Option<ValueOrValueFrom>,
    /// The certificates, in PEM, of the authorities that the server's certificate is checked against; those that the
    /// system trusts when absent. With it, and without a TLS mode, the certificate and the host's name are checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<ValueOrSecret>")]
    pub ca: Option<ValueOrValueFrom>,
    /// The certificate that is shown to the server, in PEM; it needs `clientKey`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<ValueOrSecret>")]
    pub client_certificate: Option<ValueOrValueFrom>,
    /// The private key of `clientCertificate`, in PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<ValueOrSecret>")]
    pub client_key: Option<ValueOrValueFrom>,
    /// How many seconds the connection may take to come up; 10 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<i32>", range(min = 1))]
    pub connect_timeout: Option<u32>,
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
