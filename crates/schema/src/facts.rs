//! What is known of a server before anything is lowered for it.

use std::fmt;

/// An engine that Chancery serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EngineKind {
    /// PostgreSQL.
    Postgres,
    /// SQLite.
    Sqlite,
}

impl EngineKind {
    /// Returns the name, which is the key of the engine in manifests: `postgres`, `sqlite`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
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
    /// The product where several share an engine, such as `postgres`.
    pub flavour: String,
    /// The version, most significant part first, such as `[15, 18]`.
    pub version: Vec<u32>,
    /// The schema in which unqualified names are made; `None` on engines without schemas.
    pub default_schema: Option<String>,
    /// Whether the server takes no writes (a standby, a read-only file).
    pub read_only: bool,
}

impl ServerFacts {
    /// Returns flavour and version for people and for the hash of a plan, such as `postgres 15.18`.
    pub fn label(&self) -> String {
        let version: Vec<String> = self.version.iter().map(u32::to_string).collect();
        format!("{} {}", self.flavour, version.join("."))
    }
}
