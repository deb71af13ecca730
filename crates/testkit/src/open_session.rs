//! Sessions that stay open and are in the way of others.

use sqlx::{AssertSqlSafe, Executor, MySqlConnection, PgConnection};

use crate::fail::OrFail;
use crate::mysql::MysqlDatabase;
use crate::postgres::PostgresDatabase;

/// A session of a database's owner that did something and stays open with the locks that it has. It ends when this
/// is dropped: the server sees that soon after, and rolls back.
#[must_use = "the session ends when this is dropped"]
pub struct OpenSession(#[expect(dead_code, reason = "it is what stays open")] Connection);

enum Connection {
    Postgres(#[expect(dead_code, reason = "it is what stays open")] Box<PgConnection>),
    Mysql(#[expect(dead_code, reason = "it is what stays open")] Box<MySqlConnection>),
}

impl PostgresDatabase {
    /// Opens a session, runs the statements in it and leaves it open.
    ///
    /// # Panics
    /// When a statement fails.
    pub async fn open_session(&self, sql: &str) -> OpenSession {
        let mut connection = self.connect().await;
        connection
            .execute(sqlx::raw_sql(AssertSqlSafe(sql)))
            .await
            .or_fail(|| format!("running `{sql}` in the database `{}`", self.name()));
        OpenSession(Connection::Postgres(Box::new(connection)))
    }
}

impl MysqlDatabase {
    /// Opens a session, runs the statements in it and leaves it open.
    ///
    /// # Panics
    /// When a statement fails.
    pub async fn open_session(&self, sql: &str) -> OpenSession {
        let mut connection = self.connect().await;
        connection
            .execute(sqlx::raw_sql(AssertSqlSafe(sql)))
            .await
            .or_fail(|| format!("running `{sql}` in the database `{}`", self.name()));
        OpenSession(Connection::Mysql(Box::new(connection)))
    }
}
