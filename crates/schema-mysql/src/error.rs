//! Failures of the server as errors for people: classified by error number, never by text.

use std::io;
use std::time::Duration;

use schema::engine::SessionError;
use sqlx::mysql::MySqlDatabaseError;

/// A lock was not to be had in time: row and metadata locks alike.
const LOCK_WAIT: [u16; 2] = [1205, 3572];

/// The connection is gone, or the server goes.
const CONNECTION_LOST: [u16; 7] = [1053, 1077, 1079, 1927, 2006, 2013, 4031];

/// The same may work later: a deadlock, too many connections, a statement that was cancelled or ran out of its time, a
/// definition that changed meanwhile.
const TRANSIENT: [u16; 12] = [
    1040, 1129, 1203, 1213, 1226, 1317, 1412, 1615, 1969, 3024, 3168, 3169,
];

/// Returns the error number of a failure of the server.
pub(crate) fn number(error: &sqlx::Error) -> Option<u16> {
    server(error).map(MySqlDatabaseError::number)
}

fn server(error: &sqlx::Error) -> Option<&MySqlDatabaseError> {
    error
        .as_database_error()
        .and_then(|error| error.try_downcast_ref::<MySqlDatabaseError>())
}

/// Returns whether the server gave up waiting for a lock.
pub(crate) fn is_lock_timeout(error: &sqlx::Error) -> bool {
    number(error).is_some_and(|number| LOCK_WAIT.contains(&number))
}

/// Returns whether the connection is gone, and with it the lock.
pub(crate) fn is_lost(error: &sqlx::Error) -> bool {
    match number(error) {
        Some(number) => CONNECTION_LOST.contains(&number),
        None => matches!(
            error,
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_)
        ),
    }
}

/// Returns whether the role lacks a right for what was asked.
pub(crate) fn is_denied(error: &sqlx::Error) -> bool {
    matches!(
        number(error),
        Some(1044 | 1045 | 1142 | 1143 | 1227 | 1370 | 1419)
    )
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
/// The messages of some errors quote the value that did not fit: of a key that is there twice, of a text, number or
/// date of another type. Of these, and of all of SQLSTATE class 22, only the meaning is kept.
pub(crate) fn reason(error: &sqlx::Error) -> String {
    let Some(server) = server(error) else {
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
    let number = server.number();
    let class = server.code().and_then(|code| code.get(..2));
    let meaning = match number {
        1062 | 1557 | 1569 | 1586 | 1859 => duplicate(server.message()),
        1264 | 1690 => "a number is out of the column's range".to_owned(),
        1265 | 1292 | 1366 | 1367 | 1411 | 1525 | 1918 | 1919 => {
            "a value can't be read as the column's type".to_owned()
        }
        1300 | 3854 => "a text does not fit the character set".to_owned(),
        1365 => "a division by zero".to_owned(),
        1406 => "a value is too long for the column".to_owned(),
        1416 | 3140 | 3141 | 3156 | 3617 | 4038 => "a value does not fit".to_owned(),
        1526 => "a row fits no partition".to_owned(),
        _ if class == Some("22") => "a value does not fit".to_owned(),
        _ => server.message().trim_end_matches('.').to_owned(),
    };
    format!("{meaning} (error {number})")
}

/// Returns what is there twice, without the value: the message is `Duplicate entry 'VALUE' for key 'KEY'`.
fn duplicate(message: &str) -> String {
    let key = message
        .rsplit_once(" for key '")
        .and_then(|(_, rest)| rest.strip_suffix('\''))
        .filter(|key| !key.contains('\''));
    match key {
        Some(key) => format!("rows have the same values of the unique key `{key}`"),
        None => "rows have the same values of a unique key".to_owned(),
    }
}

/// Returns whether the same may work later, unchanged: a lost connection, a deadlock, a server that stops or starts, a
/// statement that ran out of its time.
pub(crate) fn is_transient(error: &sqlx::Error) -> bool {
    is_lost(error)
        || number(error).is_some_and(|number| LOCK_WAIT.contains(&number) || TRANSIENT.contains(&number))
}

/// Returns the error of a connection that did not come up, with what to look at.
pub(crate) fn connect(server: &str, database: &str, user: &str, error: &sqlx::Error) -> SessionError {
    let reason = match number(error) {
        Some(1045 | 1698) => format!("the password of user `{user}` is wrong, or there is no such user"),
        Some(1044) => format!("the user `{user}` has no rights on database `{database}`"),
        Some(1049) => format!("there is no database `{database}`"),
        Some(1040 | 1203) => "the server has no free connection".to_owned(),
        Some(3159) => "the server takes only encrypted connections; set ssl-mode=required".to_owned(),
        _ => match error {
            // What the TLS library says of the server's certificate comes so.
            sqlx::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
                SessionError::tls_failure(&error.to_string())
            }
            sqlx::Error::Io(error) => error.to_string(),
            sqlx::Error::Tls(error) => SessionError::tls_failure(&error.to_string()),
            // A path of a certificate that can't be read; sqlx names it.
            sqlx::Error::Configuration(error) => error.to_string(),
            other => reason(other),
        },
    };
    SessionError::Connect {
        server: server.to_owned(),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_that_fails_for_its_certificates_quotes_none_of_them() {
        let driver = sqlx::Error::Tls("Invalid certificate -----BEGIN PRIVATE KEY-----\ncanary".into());
        let error = connect("db:3306", "app", "u", &driver).to_string();
        assert!(!error.contains("canary") && error.contains("in PEM"), "{error}");
        let alert = io::Error::new(
            io::ErrorKind::InvalidData,
            "received fatal alert: HandshakeFailure",
        );
        let error = connect("db:3306", "app", "u", &sqlx::Error::Io(alert)).to_string();
        assert!(error.contains("no cipher in common"), "{error}");
    }

    #[test]
    fn a_duplicate_is_told_by_its_key_and_never_by_its_value() {
        assert_eq!(
            duplicate("Duplicate entry 'canary' for key 'users.email'"),
            "rows have the same values of the unique key `users.email`"
        );
        for message in [
            "Duplicate entry 'a for key 'canary' for key 'it's'",
            "Can't write, because of unique constraint, to table 'canary'",
        ] {
            assert!(!duplicate(message).contains("canary"), "{message}");
        }
    }
}
