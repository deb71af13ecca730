//! Where a database is, and with which password: read once, never printed.

use std::fmt;

use schema::EngineKind;

use crate::engines::{self, Target};

/// The address of a database, its credentials included. `Debug` and `Display` give host, port and database, or the
/// file, and nothing else.
///
/// ```compile_fail
/// // The text itself can't be had back.
/// let url: String = migrate::DatabaseUrl::parse("postgres://a:b@c/d").unwrap().into();
/// ```
#[derive(Clone)]
pub struct DatabaseUrl {
    target: Target,
    has_password: bool,
}

/// A text that is no address of a database. No variant holds the text: it may contain a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseUrlError {
    /// There is nothing.
    #[error("the database URL is empty; write one such as `postgres://user@host/database` or `sqlite:FILE`")]
    Empty,
    /// It begins with no scheme.
    #[error("the database URL begins with no scheme; it is one of {}", engines::schemes())]
    NoScheme,
    /// An engine that SchemaHero knows and that is not served.
    #[error(
        "`{scheme}` databases are not served by this version; the schemes served are {}",
        engines::schemes()
    )]
    NotServed {
        /// The scheme.
        scheme: String,
    },
    /// A scheme of no database.
    #[error(
        "`{scheme}` is the scheme of no database; the schemes served are {}",
        engines::schemes()
    )]
    UnknownScheme {
        /// The scheme.
        scheme: String,
    },
    /// The engine can't read the rest.
    #[error("{reason}")]
    Malformed {
        /// Why, without any secret.
        reason: String,
    },
}

/// The schemes of engines that manifests of SchemaHero can name, and that are not served.
const NOT_SERVED: [&str; 6] = [
    "cockroachdb",
    "cockroach",
    "timescaledb",
    "rqlite",
    "cassandra",
    "sqlserver",
];

impl DatabaseUrl {
    pub(crate) fn new(target: Target, has_password: bool) -> Self {
        Self { target, has_password }
    }

    pub(crate) fn into_target(self) -> Target {
        self.target
    }

    /// Reads a URL, such as `postgres://user:password@host:5432/database?sslmode=require` or `sqlite:FILE`. White
    /// space around it is left out: files end with a line break.
    ///
    /// # Errors
    /// [`DatabaseUrlError`], which never contains the text.
    pub fn parse(text: &str) -> Result<Self, DatabaseUrlError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(DatabaseUrlError::Empty);
        }
        let Some((scheme, rest)) = text.split_once(':') else {
            return Err(DatabaseUrlError::NoScheme);
        };
        let scheme = scheme.to_ascii_lowercase();
        let Some(kind) = engines::by_scheme(&scheme) else {
            return Err(if !rest.starts_with("//") || !is_scheme(&scheme) {
                // What stands before the colon may be anything, a password too.
                DatabaseUrlError::NoScheme
            } else if NOT_SERVED.contains(&scheme.as_str()) {
                DatabaseUrlError::NotServed { scheme }
            } else {
                DatabaseUrlError::UnknownScheme { scheme }
            });
        };
        let target = Target::parse(kind, text).map_err(|reason| DatabaseUrlError::Malformed { reason })?;
        Ok(Self {
            target,
            has_password: has_password(text),
        })
    }

    /// Returns the address of a SQLite database from SchemaHero's `dsn`: a path or a `file:` URI. A relative path is
    /// relative to the folder that the program runs in, as SchemaHero's is.
    ///
    /// # Errors
    /// [`DatabaseUrlError::Empty`], [`DatabaseUrlError::Malformed`].
    pub fn from_sqlite_dsn(dsn: &str) -> Result<Self, DatabaseUrlError> {
        if dsn.trim().is_empty() {
            return Err(DatabaseUrlError::Empty);
        }
        let target = Target::parse(EngineKind::Sqlite, dsn)
            .map_err(|reason| DatabaseUrlError::Malformed { reason })?;
        Ok(Self {
            target,
            has_password: false,
        })
    }

    /// Returns the engine.
    pub fn engine(&self) -> EngineKind {
        self.target.kind()
    }

    /// Returns whether the text held a password, so that a caller can warn about where it came from.
    pub fn has_password(&self) -> bool {
        self.has_password
    }

    pub(crate) fn target(&self) -> &Target {
        &self.target
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.engine(), self.target)
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

/// A scheme as RFC 3986 (3.1) has it.
fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.len() <= 32
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

/// A password stands after a colon before the last `@` of the authority, or in a parameter of that name.
fn has_password(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else {
        return false;
    };
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let in_authority = rest.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'));
    in_authority
        || query
            .split('&')
            .any(|pair| pair.to_ascii_lowercase().starts_with("password="))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        DatabaseUrl::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn an_engine_that_is_not_served_is_told_with_those_that_are() {
        let message = error("sqlserver://root:canary@host/db");
        assert!(
            message.starts_with("`sqlserver` databases are not served by this version"),
            "{message}"
        );
        assert!(
            message.contains("postgres") && message.contains("sqlite"),
            "{message}"
        );
        assert!(!message.contains("canary"), "{message}");
    }

    #[test]
    fn a_text_without_a_scheme_is_not_repeated() {
        for text in ["user:canary@host/db", "canary", "p@ss:canary", "//host:canary"] {
            let message = error(text);
            assert!(!message.contains("canary"), "{message}");
        }
    }

    #[test]
    fn neither_debug_nor_display_shows_the_password() {
        let url =
            DatabaseUrl::parse("postgres://me:canary@db.example.org:5433/app?password=canary\n").unwrap();
        assert!(url.has_password());
        for text in [url.to_string(), format!("{url:?}"), format!("{url:#?}")] {
            assert!(!text.contains("canary"), "{text}");
            assert!(text.contains("db.example.org"), "{text}");
            assert!(text.contains("5433"), "{text}");
        }
    }

    #[test]
    fn a_password_is_seen_wherever_it_stands() {
        for text in [
            "postgres://a:b@c/d",
            "postgres://a:b@x@c/d",
            "postgres://c/d?x=y&password=b",
        ] {
            assert!(has_password(text), "{text}");
        }
        for text in [
            "postgres://a@c:5432/d",
            "postgres://c:5432/d",
            "sqlite:a@b:c.db",
            "sqlite://a:b.db",
        ] {
            assert!(!has_password(text), "{text}");
        }
    }
}
