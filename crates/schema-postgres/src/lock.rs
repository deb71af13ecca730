//! The migration lock: a session-level advisory lock of the database, taken outside any transaction.
//!
//! It ends with the session, so a killed migrator leaves none behind. A transaction-mode pooler gives each transaction
//! another session: there the proof fails, and nothing runs.

use std::time::{Duration, Instant};

use schema::engine::SessionError;
use sqlx::Row;
use sqlx::postgres::{PgConnection, PgRow};

use crate::error;

/// The key: `chancery` in ASCII, a number that no one else is likely to have.
const KEY: i64 = 0x6368_616e_6365_7279;

/// How often a lock that another session holds is asked for.
const PAUSE: Duration = Duration::from_millis(200);

/// Takes the lock, or says who has it.
pub(crate) async fn take(connection: &mut PgConnection, wait: Duration) -> Result<(), SessionError> {
    let doing = "taking the migration lock";
    let begun = Instant::now();
    loop {
        let row = sqlx::query("SELECT pg_catalog.pg_try_advisory_lock($1) AS taken")
            .bind(KEY)
            .fetch_one(&mut *connection)
            .await
            .map_err(|error| failed(doing, &error))?;
        if row.try_get("taken").map_err(|error| failed(doing, &error))? {
            return prove(connection).await;
        }
        let left = wait.saturating_sub(begun.elapsed());
        if left.is_zero() {
            let waited = begun.elapsed();
            let holder = holder_of_lock(connection).await;
            return Err(SessionError::lock_timeout(doing, waited, holder));
        }
        tokio::time::sleep(PAUSE.min(left)).await;
    }
}

/// Proves that this session holds the lock.
pub(crate) async fn prove(connection: &mut PgConnection) -> Result<(), SessionError> {
    let query = "SELECT EXISTS (SELECT FROM pg_catalog.pg_locks \
                                 WHERE locktype = 'advisory' AND granted AND pid = pg_catalog.pg_backend_pid() \
                                   AND database = (SELECT oid FROM pg_catalog.pg_database \
                                                    WHERE datname = pg_catalog.current_database()) \
                                   AND classid::int8 = $1 >> 32 AND objid::int8 = $1 & 4294967295 \
                                   AND objsubid = 1) AS held";
    let outcome = sqlx::query(query)
        .bind(KEY)
        .fetch_one(connection)
        .await
        .and_then(|row| row.try_get("held"));
    match outcome {
        Ok(true) => Ok(()),
        Ok(false) => {
            let reason = "the server says that another session answers now; a pooler in transaction mode does that: \
                          connect to the server itself, or through a pooler in session mode";
            Err(SessionError::LockLost {
                reason: reason.to_owned(),
            })
        }
        // With the connection the lock is gone.
        Err(sqlx::Error::Io(_)) => Err(SessionError::LockLost {
            reason: "the connection is lost".to_owned(),
        }),
        Err(error) if error::code(&error).is_some_and(|code| code.starts_with("57P")) => {
            Err(SessionError::LockLost {
                reason: error::reason(&error),
            })
        }
        Err(error) => Err(failed("proving that the migration lock is held", &error)),
    }
}

/// Gives the lock back, however often it was taken.
pub(crate) async fn give_back(connection: &mut PgConnection) -> Result<(), SessionError> {
    let outcome = sqlx::query("SELECT pg_catalog.pg_advisory_unlock($1)")
        .bind(KEY)
        .execute(connection)
        .await;
    outcome
        .map(|_| ())
        .map_err(|error| failed("giving the migration lock back", &error))
}

async fn holder_of_lock(connection: &mut PgConnection) -> Option<String> {
    let query = "SELECT l.pid, a.usename::text AS role, NULLIF(a.application_name, '') AS application, \
                        extract(epoch FROM clock_timestamp() - a.backend_start)::int8 AS age \
                   FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid \
                  WHERE l.locktype = 'advisory' AND l.granted \
                    AND l.database = (SELECT oid FROM pg_catalog.pg_database \
                                       WHERE datname = pg_catalog.current_database()) \
                    AND l.classid::int8 = $1 >> 32 AND l.objid::int8 = $1 & 4294967295 AND l.objsubid = 1";
    let row = sqlx::query(query)
        .bind(KEY)
        .fetch_optional(connection)
        .await
        .ok()??;
    described(&row, "connected for")
}

/// Returns who holds a lock on one of the tables or indexes whose quoted names are in a statement, the session with
/// the oldest transaction first.
pub(crate) async fn holder_of_relations(connection: &mut PgConnection, sql: &str) -> Option<String> {
    let query = "SELECT l.pid, a.usename::text AS role, NULLIF(a.application_name, '') AS application, \
                        extract(epoch FROM clock_timestamp() - a.xact_start)::int8 AS age \
                   FROM pg_catalog.pg_locks l \
                   JOIN pg_catalog.pg_class c ON c.oid = l.relation \
                   JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                   LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid \
                  WHERE l.locktype = 'relation' AND l.granted AND l.pid <> pg_catalog.pg_backend_pid() \
                    AND l.database = (SELECT oid FROM pg_catalog.pg_database \
                                       WHERE datname = pg_catalog.current_database()) \
                    AND strpos($1, '\"' || replace(n.nspname, '\"', '\"\"') || '\".\"' \
                                   || replace(c.relname, '\"', '\"\"') || '\"') > 0 \
                  ORDER BY a.xact_start NULLS LAST LIMIT 1";
    let row = sqlx::query(query)
        .bind(sql)
        .fetch_optional(connection)
        .await
        .ok()??;
    described(&row, "in a transaction for")
}

fn described(row: &PgRow, since: &str) -> Option<String> {
    let pid: i32 = row.try_get("pid").ok()?;
    let text = |field: &str| row.try_get::<Option<String>, _>(field).ok().flatten();
    let mut words = vec![format!("pid {pid}")];
    words.extend(text("role").map(|role| format!("role `{role}`")));
    words.extend(text("application").map(|application| format!("application `{application}`")));
    words.extend(
        row.try_get::<Option<i64>, _>("age")
            .ok()
            .flatten()
            .map(|age| format!("{since} {age} s")),
    );
    Some(words.join(", "))
}

fn failed(doing: &str, error: &sqlx::Error) -> SessionError {
    error::statement(doing, error, Duration::ZERO, None)
}
