//! The migration lock: a user-level lock of the server (`GET_LOCK`), named for the database and taken outside any
//! transaction.
//!
//! It ends with the session, so a killed migrator leaves none behind. A proxy that gives each statement another
//! session fails the proof, and nothing runs. Such a lock is one server's own: between the writers of a cluster
//! (Galera, Group Replication with several primaries) only the journal's epoch stands.

use std::time::{Duration, Instant};

use schema::engine::SessionError;
use schema::fingerprint::Fingerprint;
use sqlx::mysql::MySqlConnection;

use crate::catalog::cell;
use crate::error;

/// How often a lock that another session holds is asked for.
const PAUSE: Duration = Duration::from_millis(200);

/// Returns the name of the lock of a database. Locks are the server's, not the database's, and their names end at 64
/// characters and have no case: so it is a digest of the name.
pub(crate) fn name(database: &str, folds: bool) -> String {
    let database = if folds {
        database.to_lowercase()
    } else {
        database.to_owned()
    };
    let digest = Fingerprint::of_texts([database.as_str()]);
    format!("chancery.{}", &digest.as_str()[..40])
}

/// Takes the lock, or says who has it.
pub(crate) async fn take(
    connection: &mut MySqlConnection,
    name: &str,
    wait: Duration,
) -> Result<(), SessionError> {
    let doing = "taking the migration lock";
    let begun = Instant::now();
    loop {
        let row = sqlx::query("SELECT CAST(GET_LOCK(?, 0) AS SIGNED) AS taken")
            .bind(name)
            .fetch_one(&mut *connection)
            .await
            .map_err(|error| failed(doing, &error))?;
        let taken: Option<i64> = cell(&row, "taken").map_err(|error| failed(doing, &error))?;
        if taken == Some(1) {
            return prove(connection, name).await;
        }
        let left = wait.saturating_sub(begun.elapsed());
        if left.is_zero() {
            let waited = begun.elapsed();
            let holder = holder(connection, name).await;
            return Err(SessionError::lock_timeout(doing, waited, holder));
        }
        tokio::time::sleep(PAUSE.min(left)).await;
    }
}

/// Proves that this session holds the lock.
pub(crate) async fn prove(connection: &mut MySqlConnection, name: &str) -> Result<(), SessionError> {
    let outcome = sqlx::query("SELECT COALESCE(IS_USED_LOCK(?) = CONNECTION_ID(), 0) AS held")
        .bind(name)
        .fetch_one(connection)
        .await
        .and_then(|row| cell::<i64>(&row, "held"));
    match outcome {
        Ok(1) => Ok(()),
        Ok(_) => {
            let reason = "the server says that another session answers now, or that the lock is free; a proxy that \
                          shares connections does that: connect to the server itself";
            Err(SessionError::LockLost {
                reason: reason.to_owned(),
            })
        }
        // With the connection the lock is gone.
        Err(error) if error::is_lost(&error) => Err(SessionError::LockLost {
            reason: error::reason(&error),
        }),
        Err(error) => Err(failed("proving that the migration lock is held", &error)),
    }
}

/// Gives the lock back, however often it was taken: this session takes no other.
pub(crate) async fn give_back(connection: &mut MySqlConnection) -> Result<(), SessionError> {
    let outcome = sqlx::query("SELECT RELEASE_ALL_LOCKS() AS released")
        .fetch_one(connection)
        .await;
    outcome
        .map(|_| ())
        .map_err(|error| failed("giving the migration lock back", &error))
}

/// Returns who holds the lock; without the right to see other users' sessions only its number.
async fn holder(connection: &mut MySqlConnection, name: &str) -> Option<String> {
    let query = "SELECT CAST(held.id AS SIGNED) AS id, \
                        CONVERT(p.USER USING utf8mb4) AS account, CONVERT(p.HOST USING utf8mb4) AS host \
                   FROM (SELECT IS_USED_LOCK(?) AS id) AS held \
                   LEFT JOIN information_schema.PROCESSLIST p ON p.ID = held.id \
                  WHERE held.id IS NOT NULL";
    let row = sqlx::query(query)
        .bind(name)
        .fetch_optional(connection)
        .await
        .ok()??;
    let mut words = vec![format!("connection {}", cell::<i64>(&row, "id").ok()?)];
    let text = |field: &str| cell::<Option<String>>(&row, field).ok().flatten();
    words.extend(text("account").map(|user| format!("user `{user}`")));
    words.extend(text("host").map(|host| format!("from {host}")));
    Some(words.join(", "))
}

fn failed(doing: &str, error: &sqlx::Error) -> SessionError {
    error::statement(doing, error, Duration::ZERO, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_lock_fits_and_is_the_database_s_own() {
        let long = "x".repeat(64);
        assert!(name(&long, false).len() <= 64);
        assert_ne!(name("app", false), name("App", false));
        assert_eq!(name("app", true), name("App", true));
    }
}
