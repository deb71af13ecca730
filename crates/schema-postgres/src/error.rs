//! Failures of the server as errors for people: classified by SQLSTATE, never by text.

use std::io;
use std::time::Duration;

use schema::engine::SessionError;
use sqlx::postgres::PgDatabaseError;

/// Returns the SQLSTATE of a failure of the server.
pub(crate) fn code(error: &sqlx::Error) -> Option<String> {
    error
        .as_database_error()
        .and_then(|error| error.code().map(std::borrow::Cow::into_owned))
}

/// Returns whether the server gave up waiting for a lock.
pub(crate) fn is_lock_timeout(error: &sqlx::Error) -> bool {
    code(error).as_deref() == Some("55P03")
}

/// Returns the error of a statement. Where it is one of a lock, `waited` is how long the statement was to wait.
pub(crate) fn statement(
    doing: &str,
    error: &sqlx::Error,
    waited: Duration,
    holder: Option<String>,
) -> SessionError {
    if is_lock_timeout(error) {
        return SessionError::lock_timeout(doing, waited, holder);
    }
    SessionError::Statement {
        doing: doing.to_owned(),
        reason: reason(error),
        transient: is_transient(error),
    }
}

/// Returns what went wrong, without any value of a row.
///
/// The server's detail is left out where it holds such values: class 23 (a key, a failing row) and 22 (a datum). Its
/// message of class 22 quotes the datum too, so of that only the meaning of the code is kept.
pub(crate) fn reason(error: &sqlx::Error) -> String {
    let Some(server) = error
        .as_database_error()
        .and_then(|error| error.try_downcast_ref::<PgDatabaseError>())
    else {
        return match error {
            sqlx::Error::Io(error) => format!("the connection is lost: {error}"),
            sqlx::Error::Tls(_) => "the encrypted connection failed".to_owned(),
            sqlx::Error::Protocol(text) => {
                format!("the server and Chancery don't understand each other: {text}")
            }
            sqlx::Error::ColumnDecode { index, .. } => format!("column {index} of an answer can't be read"),
            sqlx::Error::ColumnNotFound(column) => format!("an answer has no column {column}"),
            sqlx::Error::RowNotFound => "an answer has no row".to_owned(),
            _ => "the client failed".to_owned(),
        };
    };
    let code = server.code();
    let mut reason = match code {
        _ if !code.starts_with("22") => server.message().to_owned(),
        "22001" => "a value is too long for the type".to_owned(),
        "22003" => "a number is out of the type's range".to_owned(),
        "22P02" | "22007" => "a value can't be read as the type".to_owned(),
        "22008" => "a date or time is out of range".to_owned(),
        "22012" => "a division by zero".to_owned(),
        _ => "a value does not fit".to_owned(),
    };
    let quotes_values = code.starts_with("22") || code.starts_with("23");
    if let (Some(detail), false) = (server.detail(), quotes_values) {
        reason.push_str("; ");
        reason.push_str(detail.trim_end_matches('.'));
    }
    if let Some(hint) = server.hint() {
        reason.push_str("; hint: ");
        reason.push_str(hint.trim_end_matches('.'));
    }
    format!("{reason} (SQLSTATE {code})")
}

/// Returns whether the same may work later, unchanged: a lost connection, a deadlock, a serialisation failure, a
/// server that stops or starts, a statement that ran out of its time.
pub(crate) fn is_transient(error: &sqlx::Error) -> bool {
    match code(error).as_deref() {
        Some(
            "40001" | "40P01" | "55P03" | "55006" | "57014" | "53300" | "57P01" | "57P02" | "57P03" | "57P05",
        ) => true,
        Some(code) => code.starts_with("08"),
        None => matches!(
            error,
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_)
        ),
    }
}

/// Returns the error of a connection that did not come up, with what to look at.
pub(crate) fn connect(server: &str, database: &str, user: &str, error: &sqlx::Error) -> SessionError {
    let reason = match code(error).as_deref() {
        Some("28P01") => format!("the password of role `{user}` is wrong"),
        Some("28000") => format!("the server refuses role `{user}` ({})", reason(error)),
        Some("3D000") => format!("there is no database `{database}`"),
        Some("53300") => "the server has no free connection".to_owned(),
        Some("57P03") => "the server is starting or stopping".to_owned(),
        _ => match error {
            // What the TLS library says of the server's certificate comes so.
            sqlx::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
                SessionError::tls_failure(&error.to_string())
            }
            sqlx::Error::Io(error) => error.to_string(),
            sqlx::Error::Tls(error) => SessionError::tls_failure(&error.to_string()),
            // The driver's own words quote the character.
            sqlx::Error::Configuration(error) if error.to_string().contains("saslprep") => {
                "the name of the role or its password has a character that the driver can't send: one that RFC 4013 \
                 forbids, or that is newer than Unicode 3.2, such as an emoji; choose another password"
                    .to_owned()
            }
            other => reason(other),
        },
    };
    SessionError::Connect {
        server: server.to_owned(),
        reason,
    }
}
