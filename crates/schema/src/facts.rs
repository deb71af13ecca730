//! What is known of a server before anything is lowered for it.

use std::fmt;

/// An engine that Chancery serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EngineKind {
    /// PostgreSQL.
    Postgres,
    /// MySQL and MariaDB.
    Mysql,
    /// SQLite.
    Sqlite,
}

impl EngineKind {
    /// Returns the name, which is the key of the engine in manifests: `postgres`, `mysql`, `sqlite`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
            Self::Sqlite => "sqlite",
        }
    }
}

impl fmt::Display for EngineKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The facts of a server that decide how a declaration reads there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerFacts {
    /// The engine.
    pub kind: EngineKind,
    /// The product where several share an engine, such as `postgres`, `mysql` or `mariadb`.
    pub flavour: String,
    /// The version, most significant part first, such as `[15, 18]`.
    pub version: Vec<u32>,
    /// The schema in which unqualified names are made; `None` on engines without schemas.
    pub default_schema: Option<String>,
    /// Whether the server takes no writes (a standby, a read-only file).
    pub read_only: bool,
    /// What tells this server's data from a copy of it: Postgres' system identifier, MySQL's server UUID. `None` where
    /// there is none, and for a server that is only described.
    pub identity: Option<String>,
    /// The collation of a new table that says none, which implies its character set; `None` on engines where a
    /// table has none.
    pub default_collation: Option<String>,
    /// Whether the server compares the names of tables without regard to case, and keeps them in lower case.
    pub folds_table_names: bool,
}

impl ServerFacts {
    /// Returns flavour and version for people and for the hash of a plan, such as `postgres 15.18`.
    pub fn label(&self) -> String {
        let version: Vec<String> = self.version.iter().map(u32::to_string).collect();
        format!("{} {}", self.flavour, version.join("."))
    }
}
