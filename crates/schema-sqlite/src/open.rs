//! Opening a file: what is there, what is missing, and what is no database.

use std::path::{Path, PathBuf};
use std::time::Duration;

use schema::engine::{Session, SessionError};
use schema::{EngineKind, ServerFacts};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, SqliteConnection};

use crate::error::reason;
use crate::lock::BUSY_MS;
use crate::session::SqliteSession;
use crate::target::{Mode, Target};
use crate::version;

/// Opens the file of a target. A missing file is read as an empty database and made only by [`Session::lock`], so
/// that a plan leaves nothing behind.
///
/// # Errors
/// [`SessionError::Connect`], naming the file, when it or its folder can't be opened or is no SQLite database.
pub async fn connect(target: &Target) -> Result<Box<dyn Session>, SessionError> {
    let missing = is_missing(target)?;
    let path = target.path().filter(|_| !missing);
    let mut connection = open(path, target, false).await?;
    let refused = |error: sqlx::Error| refusal(target, &error);
    let text: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(&mut connection)
        .await
        .map_err(refused)?;
    // The first page is read only when it is asked for.
    sqlx::query("PRAGMA schema_version")
        .fetch_one(&mut connection)
        .await
        .map_err(refused)?;
    let read_only = target.mode() == Mode::ReadOnly
        || path
            .and_then(|path| path.metadata().ok())
            .is_some_and(|metadata| metadata.permissions().readonly());
    let facts = ServerFacts {
        kind: EngineKind::Sqlite,
        flavour: "sqlite".to_owned(),
        version: version::parse(&text),
        default_schema: None,
        read_only,
        identity: None,
        default_collation: None,
        folds_table_names: false,
    };
    Ok(Box::new(SqliteSession::new(connection, target, facts, missing)))
}

/// Returns the error of a file that can't be opened.
pub(crate) fn refusal(target: &Target, error: &sqlx::Error) -> SessionError {
    SessionError::Connect {
        server: target.to_string(),
        reason: reason(error),
    }
}

fn is_missing(target: &Target) -> Result<bool, SessionError> {
    let Some(path) = target.path() else {
        return Ok(true);
    };
    let refuse = |reason: String| {
        Err(SessionError::Connect {
            server: target.to_string(),
            reason,
        })
    };
    match path.metadata() {
        Ok(metadata) if metadata.is_dir() => {
            refuse("it is a folder; name the file of the database".to_owned())
        }
        Ok(_) => Ok(false),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let folder = path
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty())
                .unwrap_or_else(|| Path::new("."));
            if !folder.is_dir() {
                return refuse(format!(
                    "the folder {} does not exist; make it first",
                    folder.display()
                ));
            }
            match target.mode() {
                Mode::Create => Ok(true),
                _ => refuse("the file does not exist, and `mode` says that it must".to_owned()),
            }
        }
        Err(error) => refuse(error.to_string()),
    }
}

/// Opens a file, or an empty database in memory.
pub(crate) async fn open(
    path: Option<&Path>,
    target: &Target,
    create: bool,
) -> Result<SqliteConnection, SessionError> {
    let options = SqliteConnectOptions::new()
        .busy_timeout(Duration::from_millis(BUSY_MS))
        .foreign_keys(true)
        .create_if_missing(create)
        .read_only(target.mode() == Mode::ReadOnly && path.is_some());
    let options = match path {
        // A relative name that starts with `file:` would be read as a URI.
        Some(path) if path.is_relative() => options.filename(PathBuf::from(".").join(path)),
        Some(path) => options.filename(path),
        None => options.filename(":memory:"),
    };
    options
        .disable_statement_logging()
        .connect()
        .await
        .map_err(|error| refusal(target, &error))
}
