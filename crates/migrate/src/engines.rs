//! The registry of engines: the only place that knows which there are.

use std::fmt;

use schema::EngineKind;
use schema::engine::{Engine, Session, SessionError, Timeouts};

use crate::database_url::DatabaseUrl;

/// Each scheme of a URL, with the engine that it stands for.
const SCHEMES: [(&str, EngineKind); 4] = [
    ("postgres", EngineKind::Postgres),
    ("postgresql", EngineKind::Postgres),
    ("sqlite", EngineKind::Sqlite),
    ("file", EngineKind::Sqlite),
];

/// Returns the rules of an engine.
pub fn engine(kind: EngineKind) -> &'static dyn Engine {
    match kind {
        EngineKind::Postgres => &schema_postgres::ENGINE,
        EngineKind::Sqlite => &schema_sqlite::ENGINE,
    }
}

/// Connects to a database and returns its engine and the session. Nothing is made or changed.
///
/// # Errors
/// [`SessionError::Connect`], naming host and port or the file, never the password.
pub async fn connect(url: &DatabaseUrl) -> Result<(&'static dyn Engine, Box<dyn Session>), SessionError> {
    let session = match url.target() {
        Target::Postgres(target) => schema_postgres::connect(target).await?,
        Target::Sqlite(target) => schema_sqlite::connect(target).await?,
    };
    Ok((engine(url.engine()), session))
}

/// Returns the schemes that are served, for people.
pub(crate) fn schemes() -> String {
    SCHEMES.map(|(scheme, _)| format!("`{scheme}`")).join(", ")
}

/// Returns the engine of a scheme in lower case.
pub(crate) fn by_scheme(scheme: &str) -> Option<EngineKind> {
    SCHEMES
        .into_iter()
        .find(|(known, _)| *known == scheme)
        .map(|(_, kind)| kind)
}

/// The settings of a connection, as the engine reads them.
#[derive(Clone)]
pub(crate) enum Target {
    /// Of Postgres.
    Postgres(Box<schema_postgres::Target>),
    /// Of SQLite.
    Sqlite(schema_sqlite::Target),
}

impl Target {
    /// Reads a URL for an engine.
    ///
    /// # Errors
    /// Why the engine can't take it, without any secret.
    pub(crate) fn parse(kind: EngineKind, text: &str) -> Result<Self, String> {
        match kind {
            EngineKind::Postgres => {
                let target = text
                    .parse()
                    .map_err(|error: schema_postgres::TargetError| error.to_string())?;
                Ok(Self::Postgres(Box::new(target)))
            }
            EngineKind::Sqlite => text
                .parse()
                .map(Self::Sqlite)
                .map_err(|error: schema_sqlite::TargetError| error.to_string()),
        }
    }

    pub(crate) fn kind(&self) -> EngineKind {
        match self {
            Self::Postgres(_) => EngineKind::Postgres,
            Self::Sqlite(_) => EngineKind::Sqlite,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postgres(target) => target.fmt(f),
            Self::Sqlite(target) => target.fmt(f),
        }
    }
}

/// How the steps of an engine are written into a script that people run with the engine's own program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Script {
    /// What stands before the steps.
    pub(crate) preamble: &'static [&'static str],
    /// The statements that set the timeouts of what follows.
    pub(crate) timeouts: fn(Timeouts) -> Vec<String>,
}

/// Returns how scripts of an engine are written.
pub(crate) fn script(kind: EngineKind) -> Script {
    match kind {
        EngineKind::Postgres => Script {
            preamble: &[],
            timeouts: |timeouts| {
                vec![
                    format!("SET lock_timeout = {}", timeouts.lock_ms),
                    format!("SET statement_timeout = {}", timeouts.statement_ms),
                ]
            },
        },
        // The shell may have been built with foreign keys on, and inside a transaction it can't turn them off: a
        // table that is made anew would then take the rows that refer to it along.
        EngineKind::Sqlite => Script {
            preamble: &["PRAGMA foreign_keys = OFF"],
            timeouts: |_| Vec::new(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scheme_leads_to_an_engine_of_its_kind() {
        for (scheme, kind) in SCHEMES {
            assert_eq!(by_scheme(scheme), Some(kind));
            assert_eq!(engine(kind).kind(), kind);
        }
        assert_eq!(by_scheme("mysql"), None);
    }
}
