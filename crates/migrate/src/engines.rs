//! The registry of engines: the only place that knows which there are.

use std::fmt;
use std::time::Duration;

use schema::EngineKind;
use schema::engine::{Engine, Session, SessionError, Timeouts};
use zeroize::Zeroizing;

use crate::database_url::DatabaseUrl;

/// Each scheme of a URL, with the engine that it stands for.
const SCHEMES: [(&str, EngineKind); 6] = [
    ("postgres", EngineKind::Postgres),
    ("postgresql", EngineKind::Postgres),
    ("mysql", EngineKind::Mysql),
    ("mariadb", EngineKind::Mysql),
    ("sqlite", EngineKind::Sqlite),
    ("file", EngineKind::Sqlite),
];

/// Returns the rules of an engine.
pub fn engine(kind: EngineKind) -> &'static dyn Engine {
    match kind {
        EngineKind::Postgres => &schema_postgres::ENGINE,
        EngineKind::Mysql => &schema_mysql::ENGINE,
        EngineKind::Sqlite => &schema_sqlite::ENGINE,
    }
}

/// Returns the rules of the engine of that name, such as `postgres`; a scheme of its URLs is a name too.
///
/// # Errors
/// The names that there are, for people.
pub fn engine_named(name: &str) -> Result<&'static dyn Engine, String> {
    by_scheme(name).map(engine).ok_or_else(|| {
        format!(
            "there is no engine `{name}`; there are {}",
            served_engines().join(", ")
        )
    })
}

/// Returns the names of the engines that are served, as manifests have them.
pub fn served_engines() -> Vec<&'static str> {
    let mut names: Vec<&str> = SCHEMES.into_iter().map(|(_, kind)| kind.as_str()).collect();
    names.dedup();
    names
}

/// Returns the engine of that name in manifests, if it is served.
pub(crate) fn by_name(name: &str) -> Option<EngineKind> {
    let mut kinds = SCHEMES.into_iter().map(|(_, kind)| kind);
    kinds.find(|kind| kind.as_str() == name)
}

/// Connects to a database and returns its engine and the session. Nothing is made or changed.
///
/// # Errors
/// [`SessionError::Connect`], naming host and port or the file, never the password.
pub async fn connect(url: &DatabaseUrl) -> Result<(&'static dyn Engine, Box<dyn Session>), SessionError> {
    let session = match url.target() {
        Target::Postgres(target) => schema_postgres::connect(target).await?,
        Target::Mysql(target) => schema_mysql::connect(target).await?,
        Target::Sqlite(target) => schema_sqlite::connect(target).await?,
    };
    Ok((engine(url.engine()), session))
}

/// Returns the schemes that are served, for people.
pub(crate) fn schemes() -> String {
    SCHEMES.map(|(scheme, _)| format!("`{scheme}`")).join(", ")
}

/// Returns whether a database of the engine is a file, for which a manifest has nothing but a `dsn`.
pub(crate) fn is_a_file(kind: EngineKind) -> bool {
    matches!(kind, EngineKind::Sqlite)
}

/// Returns whether the engine's users write addresses without a scheme too, such as Go's driver for MySQL takes.
pub(crate) fn has_bare_form(kind: EngineKind) -> bool {
    matches!(kind, EngineKind::Mysql)
}

/// Returns the engine of a scheme in lower case.
pub(crate) fn by_scheme(scheme: &str) -> Option<EngineKind> {
    SCHEMES
        .into_iter()
        .find(|(known, _)| *known == scheme)
        .map(|(_, kind)| kind)
}

/// A certificate or key in PEM.
pub(crate) type Pem = Zeroizing<Vec<u8>>;

/// What a manifest says of a connection's encryption and patience, beside its address.
pub(crate) struct Security {
    /// The certificates of the authorities that the server's is checked against, in PEM.
    pub(crate) ca: Option<Pem>,
    /// The client's certificate and its private key, in PEM.
    pub(crate) client: Option<(Pem, Pem)>,
    /// How long the connection may take to come up.
    pub(crate) connect_timeout: Option<Duration>,
}

/// The settings of a connection, as the engine reads them.
#[derive(Clone)]
pub(crate) enum Target {
    /// Of Postgres.
    Postgres(Box<schema_postgres::Target>),
    /// Of MySQL and MariaDB.
    Mysql(Box<schema_mysql::Target>),
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
            EngineKind::Mysql => {
                let target = text
                    .parse()
                    .map_err(|error: schema_mysql::TargetError| error.to_string())?;
                Ok(Self::Mysql(Box::new(target)))
            }
            EngineKind::Sqlite => text
                .parse()
                .map(Self::Sqlite)
                .map_err(|error: schema_sqlite::TargetError| error.to_string()),
        }
    }

    /// Returns the settings with these; a file has none of them.
    pub(crate) fn secured(self, security: &Security) -> Self {
        let Security {
            ca,
            client,
            connect_timeout,
        } = security;
        match self {
            Self::Postgres(mut target) => {
                if let Some(ca) = ca {
                    *target = target.with_ca(ca);
                }
                if let Some((certificate, key)) = client {
                    *target = target.with_client_certificate(certificate, key);
                }
                if let Some(timeout) = connect_timeout {
                    *target = target.with_connect_timeout(*timeout);
                }
                Self::Postgres(target)
            }
            Self::Mysql(mut target) => {
                if let Some(ca) = ca {
                    *target = target.with_ca(ca);
                }
                if let Some((certificate, key)) = client {
                    *target = target.with_client_certificate(certificate, key);
                }
                if let Some(timeout) = connect_timeout {
                    *target = target.with_connect_timeout(*timeout);
                }
                Self::Mysql(target)
            }
            Self::Sqlite(target) => Self::Sqlite(target),
        }
    }

    pub(crate) fn kind(&self) -> EngineKind {
        match self {
            Self::Postgres(_) => EngineKind::Postgres,
            Self::Mysql(_) => EngineKind::Mysql,
            Self::Sqlite(_) => EngineKind::Sqlite,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postgres(target) => target.fmt(f),
            Self::Mysql(target) => target.fmt(f),
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
        // The mode decides what a literal means. The server counts locks in seconds, and has no deadline for
        // statements in general.
        EngineKind::Mysql => Script {
            preamble: &schema_mysql::SCRIPT_PINS,
            timeouts: |timeouts| {
                let seconds = timeouts.lock_ms.div_ceil(1000).max(1);
                vec![
                    format!("SET SESSION lock_wait_timeout = {seconds}"),
                    format!("SET SESSION innodb_lock_wait_timeout = {seconds}"),
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
            assert_eq!(engine_named(kind.as_str()).unwrap().kind(), kind);
        }
        assert_eq!(by_scheme("cassandra"), None);
        assert!(
            engine_named("oracle")
                .unwrap_err()
                .ends_with("there are postgres, mysql, sqlite")
        );
    }
}
