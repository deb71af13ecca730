//! Errors: of the text that names a database, and of SQLite itself in the terms of [`SessionError`].

use schema::engine::SessionError;

/// What is wrong with the text that names a database. No variant holds the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// It is the URL of another kind of database.
    #[error("`{scheme}://` is no SQLite database; write `sqlite:PATH`, `file:PATH` or a path")]
    Scheme {
        /// The scheme.
        scheme: String,
    },
    /// It names no file.
    #[error("no path is given; write `sqlite:PATH`, `file:PATH` or a path")]
    NoPath,
    /// It names another machine.
    #[error("a `file://` URL can't name a host; write `file:///PATH`")]
    Authority,
    /// A `%` is not followed by two hexadecimal digits, or what they give is no UTF-8.
    #[error("a `%` must be followed by two hexadecimal digits that give UTF-8; write `%25` for `%`")]
    Percent,
    /// The path has a NUL byte.
    #[error("the path has a NUL byte")]
    Nul,
    /// `mode` has a value that SQLite doesn't know.
    #[error("parameter `mode` must be `ro`, `rw`, `rwc` or `memory`")]
    Mode,
    /// A parameter asks for something that is not there.
    #[error("parameter `{name}` is not served: only plain SQLite files can be opened")]
    Parameter {
        /// Its name.
        name: &'static str,
    },
}

/// What kind of failure SQLite reports, by its primary result code (<https://sqlite.org/rescode.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Another connection has the lock (`SQLITE_BUSY`, `SQLITE_LOCKED`).
    Locked,
    /// The statement was stopped by our own deadline (`SQLITE_INTERRUPT`).
    Interrupted,
    /// The disk is full or failed, or there is no memory: the same may work later.
    Resources,
    /// Anything else.
    Other,
}

impl Failure {
    pub(crate) fn of(error: &sqlx::Error) -> Self {
        let code = error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
            .and_then(|code| code.parse::<u32>().ok());
        match code.map(|code| code & 0xff) {
            Some(5 | 6) => Self::Locked,
            Some(9) => Self::Interrupted,
            Some(7 | 10 | 13 | 14) => Self::Resources,
            _ => Self::Other,
        }
    }
}

/// Returns the message of SQLite. It names tables and columns, never the value of a row.
pub(crate) fn reason(error: &sqlx::Error) -> String {
    let text = match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        other => other.to_string(),
    };
    // The name under which a rebuild makes the new table says nothing to people.
    text.replace(crate::render::NEW_TABLE_PREFIX, "")
}

/// Returns the error of a statement. `doing` says what it was for.
pub(crate) fn statement(error: &sqlx::Error, doing: &str, waited_ms: u64) -> SessionError {
    match Failure::of(error) {
        Failure::Locked => SessionError::LockTimeout {
            doing: doing.to_owned(),
            waited_ms,
            holder: Some(OTHER_WRITER.to_owned()),
        },
        failure => SessionError::Statement {
            doing: doing.to_owned(),
            reason: reason(error),
            transient: matches!(failure, Failure::Interrupted | Failure::Resources),
        },
    }
}

/// All that SQLite tells of who holds the lock of a file.
pub(crate) const OTHER_WRITER: &str = "another connection to the file";
