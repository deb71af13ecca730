//! A second connection that sees what a session waits for, and can cancel its statement.

use std::time::Duration;

use async_trait::async_trait;
use schema::ServerFacts;
use schema::engine::{OpeningWatcher, SessionError, Watcher, age_in_words};
use sqlx::Connection as _;
use sqlx::mysql::{MySqlConnection, MySqlRow};

use crate::catalog::cell;
use crate::session::{assembled, connect};
use crate::target::Target;
use crate::{error, version};

/// The states in which a session waits for another's metadata lock, as both servers name them: `Waiting for table
/// metadata lock`, `Waiting for backup lock`, `Waiting for global read lock`.
const WAITING: &str = "SELECT COUNT(*) AS n FROM information_schema.PROCESSLIST \
                        WHERE ID = ? AND STATE LIKE 'Waiting for%lock'";

/// Who holds what the session has asked for, with the age of its transaction. One table's lock is asked for under its
/// schema and name; the row of a lock of the whole server or schema has neither.
const METADATA_LOCKS: &str = "\
    SELECT DISTINCT CAST(t.PROCESSLIST_ID AS SIGNED) AS id, \
           CONVERT(t.PROCESSLIST_USER USING utf8mb4) AS account, \
           CONVERT(t.PROCESSLIST_HOST USING utf8mb4) AS host, \
           CAST(t.PROCESSLIST_TIME AS SIGNED) AS age, \
           CONVERT(t.PROCESSLIST_COMMAND USING utf8mb4) AS command \
      FROM performance_schema.metadata_locks w \
      JOIN performance_schema.threads me ON me.THREAD_ID = w.OWNER_THREAD_ID \
      JOIN performance_schema.metadata_locks g \
        ON g.OBJECT_TYPE = w.OBJECT_TYPE AND g.OBJECT_SCHEMA <=> w.OBJECT_SCHEMA \
       AND g.OBJECT_NAME <=> w.OBJECT_NAME AND g.LOCK_STATUS = 'GRANTED' \
       AND g.OWNER_THREAD_ID <> w.OWNER_THREAD_ID \
      JOIN performance_schema.threads t ON t.THREAD_ID = g.OWNER_THREAD_ID \
     WHERE w.LOCK_STATUS = 'PENDING' AND me.PROCESSLIST_ID = ? \
     ORDER BY age DESC";

/// Who holds the metadata locks of the tables that a statement names, when it no longer waits for them.
const HOLDERS: &str = "\
    SELECT DISTINCT CAST(t.PROCESSLIST_ID AS SIGNED) AS id, \
           CONVERT(t.PROCESSLIST_USER USING utf8mb4) AS account, \
           CONVERT(t.PROCESSLIST_HOST USING utf8mb4) AS host, \
           CAST(t.PROCESSLIST_TIME AS SIGNED) AS age, \
           CONVERT(t.PROCESSLIST_COMMAND USING utf8mb4) AS command \
      FROM performance_schema.metadata_locks g \
      JOIN performance_schema.threads t ON t.THREAD_ID = g.OWNER_THREAD_ID \
     WHERE g.OBJECT_TYPE = 'TABLE' AND g.LOCK_STATUS = 'GRANTED' \
       AND g.OBJECT_SCHEMA = DATABASE() AND t.PROCESSLIST_ID <> CONNECTION_ID() \
       AND LOCATE(CONCAT('`', REPLACE(g.OBJECT_NAME, '`', '``'), '`'), ?) > 0 \
     ORDER BY age DESC LIMIT 1";

/// Returns what connects beside the connection of that number.
pub(crate) fn watcher(target: &Target, id: u64, facts: &ServerFacts) -> OpeningWatcher {
    let target = target.clone();
    let has_metadata_locks = !version::is_mariadb(facts);
    Box::pin(async move {
        let watcher: Box<dyn Watcher> = Box::new(MysqlWatcher {
            connection: connect(&target).await?,
            id: i64::try_from(id).unwrap_or(i64::MAX),
            has_metadata_locks,
        });
        Ok(Some(watcher))
    })
}

struct MysqlWatcher {
    connection: MySqlConnection,
    /// The number of the watched connection.
    id: i64,
    /// Whether the server tells who holds a metadata lock. MariaDB does with a plugin only, and then not who waits.
    has_metadata_locks: bool,
}

#[async_trait]
impl Watcher for MysqlWatcher {
    async fn blockers(&mut self) -> Result<Vec<String>, SessionError> {
        let doing = "asking who is in the way";
        let waiting = sqlx::query(WAITING)
            .bind(self.id)
            .fetch_one(&mut self.connection)
            .await
            .and_then(|row| cell::<i64>(&row, "n"))
            .map_err(|error| failed(doing, &error))?;
        if waiting == 0 {
            return Ok(Vec::new());
        }
        let mut blockers = Vec::new();
        if self.has_metadata_locks {
            match sqlx::query(METADATA_LOCKS)
                .bind(self.id)
                .fetch_all(&mut self.connection)
                .await
            {
                Ok(rows) => blockers.extend(rows.iter().filter_map(described)),
                // The role may not read it; that someone is in the way is still known.
                Err(error) if error::is_denied(&error) => {}
                Err(error) => return Err(failed(doing, &error)),
            }
        }
        if blockers.is_empty() {
            blockers.push("a session that the server does not name to this user".to_owned());
        }
        Ok(blockers)
    }

    /// After a restart of the server the number may be another's; so the session is looked for by what it has too.
    async fn cancel(&mut self) -> Result<(), SessionError> {
        let doing = "cancelling a statement";
        let query = "SELECT COUNT(*) AS n FROM information_schema.PROCESSLIST \
                      WHERE ID = ? AND DB = DATABASE() AND USER = SUBSTRING_INDEX(USER(), '@', 1)";
        let there = sqlx::query(query)
            .bind(self.id)
            .fetch_one(&mut self.connection)
            .await
            .and_then(|row| cell::<i64>(&row, "n"))
            .map_err(|error| failed(doing, &error))?;
        if there == 0 {
            return Ok(());
        }
        let outcome = assembled(&format!("KILL QUERY {}", self.id))
            .execute(&mut self.connection)
            .await;
        match outcome {
            Ok(_) => Ok(()),
            // It has ended by itself.
            Err(error) if error::number(&error) == Some(1094) => Ok(()),
            Err(error) => Err(failed(doing, &error)),
        }
    }

    async fn close(self: Box<Self>) -> Result<(), SessionError> {
        let closed = self.connection.close().await;
        closed.map_err(|error| failed("closing the watching connection", &error))
    }
}

/// Returns who holds a lock on a table that a statement names, the longest in its state first; `None` where the server
/// doesn't tell.
pub(crate) async fn holder(connection: &mut MySqlConnection, sql: &str) -> Option<String> {
    let row = sqlx::query(HOLDERS)
        .bind(sql)
        .fetch_optional(connection)
        .await
        .ok()??;
    described(&row)
}

/// Returns a session as people know it, such as "connection 12 (user `app`, from 10.0.0.7, idle for 4 min)".
fn described(row: &MySqlRow) -> Option<String> {
    let id = cell::<Option<i64>>(row, "id").ok()??;
    let text = |field: &str| cell::<Option<String>>(row, field).ok().flatten();
    let mut words = Vec::new();
    words.extend(text("account").map(|user| format!("user `{user}`")));
    words.extend(text("host").map(|host| format!("from {host}")));
    let age = cell::<Option<i64>>(row, "age").ok().flatten();
    if let (Some(age), Some(command)) = (age, text("command")) {
        let doing = if command == "Sleep" { "idle" } else { "busy" };
        words.push(format!("{doing} for {}", age_in_words(age)));
    }
    if words.is_empty() {
        return Some(format!("connection {id}"));
    }
    Some(format!("connection {id} ({})", words.join(", ")))
}

fn failed(doing: &str, error: &sqlx::Error) -> SessionError {
    error::statement(doing, error, Duration::ZERO, None)
}
