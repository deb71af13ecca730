//! The lock of the database's migrations.
//!
//! SQLite has no advisory lock. Its own write lock is one, and better: `BEGIN IMMEDIATE` takes it, the kernel gives it
//! back when the process dies, and no second writer of any kind gets in between. So the lock *is* a transaction that
//! is open from [`take`] to [`give_back`], in which the journal is written and the steps run under a savepoint.
//! Committing the steps ends that transaction and begins the next at once; who got in between then has raised the
//! journal's epoch, which the proof sees.

use std::time::{Duration, Instant};

use schema::engine::SessionError;
use sqlx::SqliteConnection;

use crate::error::{Failure, OTHER_WRITER, statement};

/// How long a statement that is no attempt at the lock waits for one, in milliseconds.
pub(crate) const BUSY_MS: u64 = 5_000;

/// How long to wait between two attempts.
const PAUSE: Duration = Duration::from_millis(20);

/// Takes the lock, for at most `wait`. Foreign keys must be off already: SQLite ignores the switch in a transaction.
pub(crate) async fn take(connection: &mut SqliteConnection, wait: Duration) -> Result<(), SessionError> {
    let doing = "taking the lock of the file";
    let start = Instant::now();
    // Waiting is done here and not in SQLite, so that it can be given up.
    run(connection, "PRAGMA busy_timeout = 0", doing).await?;
    let taken = loop {
        match sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await {
            Ok(_) => break Ok(()),
            Err(error) if Failure::of(&error) != Failure::Locked => break Err(statement(&error, doing, 0)),
            Err(_) if start.elapsed() >= wait => {
                let holder = Some(OTHER_WRITER.to_owned());
                break Err(SessionError::lock_timeout(doing, start.elapsed(), holder));
            }
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    };
    run(connection, "PRAGMA busy_timeout = 5000", doing).await?;
    taken
}

/// Proves that the transaction is still open: SQLite ends one on its own when the disk fails or is full.
pub(crate) async fn prove(connection: &mut SqliteConnection) -> Result<(), SessionError> {
    // One can't begin within another.
    if sqlx::query("BEGIN").execute(&mut *connection).await.is_err() {
        return Ok(());
    }
    run(connection, "ROLLBACK", "giving up a transaction").await?;
    Err(SessionError::LockLost {
        reason: "SQLite ended the transaction that was the lock".to_owned(),
    })
}

/// Gives the lock back, and what was written under it to the file.
pub(crate) async fn give_back(connection: &mut SqliteConnection) -> Result<(), SessionError> {
    run(connection, "COMMIT", "writing to the file").await
}

/// Runs a statement that is always the same.
pub(crate) async fn run(
    connection: &mut SqliteConnection,
    sql: &'static str,
    doing: &str,
) -> Result<(), SessionError> {
    sqlx::query(sql)
        .execute(connection)
        .await
        .map(drop)
        .map_err(|error| statement(&error, doing, BUSY_MS))
}
