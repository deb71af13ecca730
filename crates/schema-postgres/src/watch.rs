//! A second connection beside a session: it names the sessions that are in the way, and cancels a statement.

use std::time::Duration;

use async_trait::async_trait;
use schema::engine::{OpeningWatcher, SessionError, Watcher, age_in_words};
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Connection, Row};

use crate::session::connect;
use crate::target::Target;
use crate::{error, open};

/// The name that the connection has in `pg_stat_activity`.
const APPLICATION: &str = "chancery-watch";

/// What a question of the watcher may take, in milliseconds: it looks at the server's memory only.
const STATEMENT_MS: &str = "5000";

/// Returns what connects beside the session of that process number.
pub(crate) fn watcher(target: &Target, pid: i32) -> OpeningWatcher {
    let target = target.clone();
    Box::pin(async move {
        let mut connection = connect(&target, APPLICATION).await?;
        let pins = "SELECT set_config('search_path', 'pg_catalog', false), set_config('statement_timeout', $1, false)";
        sqlx::query(pins)
            .bind(STATEMENT_MS)
            .execute(&mut connection)
            .await
            .map_err(|error| failed("pinning the settings of the watching connection", &error))?;
        let watcher: Box<dyn Watcher> = Box::new(PostgresWatcher { connection, pid });
        Ok(Some(watcher))
    })
}

struct PostgresWatcher {
    connection: PgConnection,
    /// The process that is watched.
    pid: i32,
}

#[async_trait]
impl Watcher for PostgresWatcher {
    /// What a build `CONCURRENTLY` waits for is another's virtual transaction, one after the other;
    /// `pg_blocking_pids` tells that too. A prepared transaction has the process number 0.
    async fn blockers(&mut self) -> Result<Vec<String>, SessionError> {
        let query = "SELECT b.pid, a.usename::text AS role, NULLIF(a.application_name, '') AS application, a.state, \
                            extract(epoch FROM clock_timestamp() - a.xact_start)::int8 AS age \
                       FROM (SELECT DISTINCT unnest(pg_catalog.pg_blocking_pids($1))) AS b(pid) \
                       LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid \
                      ORDER BY a.xact_start NULLS LAST, b.pid";
        let doing = "asking who is in the way";
        let rows = sqlx::query(query)
            .bind(self.pid)
            .fetch_all(&mut self.connection)
            .await
            .map_err(|error| failed(doing, &error))?;
        rows.iter()
            .map(|row| described(row).map_err(|error| failed(doing, &error)))
            .collect()
    }

    /// The process number may be another's by now; so it is asked for together with what only our session has.
    async fn cancel(&mut self) -> Result<(), SessionError> {
        let query = "SELECT pg_catalog.pg_cancel_backend(pid) FROM pg_catalog.pg_stat_activity \
                      WHERE pid = $1 AND application_name = $2 AND datname = pg_catalog.current_database() \
                        AND usename = current_user";
        sqlx::query(query)
            .bind(self.pid)
            .bind(open::APPLICATION)
            .execute(&mut self.connection)
            .await
            .map(drop)
            .map_err(|error| failed("cancelling the statement", &error))
    }

    async fn close(self: Box<Self>) -> Result<(), SessionError> {
        let closed = self.connection.close().await;
        closed.map_err(|error| failed("closing the watching connection", &error))
    }
}

/// Returns a session as people know it, such as
/// "pid 123 (role `app`, application `report`, idle in transaction for 4 min)".
fn described(row: &PgRow) -> Result<String, sqlx::Error> {
    let pid: i32 = row.try_get("pid")?;
    if pid == 0 {
        return Ok("a prepared transaction (see pg_prepared_xacts)".to_owned());
    }
    let mut words = Vec::new();
    words.extend(
        row.try_get::<Option<String>, _>("role")?
            .map(|role| format!("role `{role}`")),
    );
    words.extend(
        row.try_get::<Option<String>, _>("application")?
            .map(|application| format!("application `{application}`")),
    );
    // Both are hidden from roles that may not read the statistics of others.
    let state: Option<String> = row.try_get("state")?;
    let age: Option<i64> = row.try_get("age")?;
    words.extend(match (state.as_deref(), age) {
        (Some(state), Some(age)) if state.starts_with("idle") => {
            Some(format!("{state} for {}", age_in_words(age)))
        }
        (_, Some(age)) => Some(format!("in a transaction for {}", age_in_words(age))),
        (Some(state), None) => Some(state.to_owned()),
        (None, None) => None,
    });
    if words.is_empty() {
        return Ok(format!("pid {pid}"));
    }
    Ok(format!("pid {pid} ({})", words.join(", ")))
}

fn failed(doing: &str, error: &sqlx::Error) -> SessionError {
    error::statement(doing, error, Duration::ZERO, None)
}
