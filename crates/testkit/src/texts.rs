//! What a database holds, as texts to compare: for tests of crates that have no SQL client of their own.

use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, Row};

use crate::fail::OrFail;
use crate::mysql::MysqlDatabase;
use crate::postgres::PostgresDatabase;

impl PostgresDatabase {
    /// Returns the rows of a query of one column of the type `text`, as the owner; NULL is `NULL`.
    ///
    /// # Panics
    /// When the query fails or its column is of another type.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let mut connection = self.connect().await;
        let rows: Vec<Option<String>> = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_all(&mut connection)
            .await
            .or_fail(|| format!("running `{sql}` in the database `{}`", self.name()));
        rows.into_iter().map(or_null).collect()
    }
}

impl MysqlDatabase {
    /// Returns the rows of a query of one column, as the owner, in the server's writing whatever the column's
    /// type is; NULL is `NULL`. Of several columns it is the last: the statement in SHOW CREATE TABLE.
    ///
    /// # Panics
    /// When the query fails, or a value is not UTF-8.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let doing = || format!("running `{sql}` in the database `{}`", self.name());
        let mut connection = self.connect().await;
        // The protocol of texts, not of prepared statements: numbers come written out.
        let rows = connection
            .fetch_all(sqlx::raw_sql(AssertSqlSafe(sql)))
            .await
            .or_fail(doing);
        rows.iter()
            .map(|row| {
                let last = row.len().saturating_sub(1);
                or_null(row.try_get_unchecked(last).or_fail(doing))
            })
            .collect()
    }
}

/// Returns the rows of a query of one column of texts in a SQLite file; NULL is `NULL`.
///
/// # Panics
/// When the file is missing, the query fails, or its column is of another type.
pub async fn sqlite_texts(file: &Path, sql: &str) -> Vec<String> {
    let doing = || format!("running `{sql}` in `{}`", file.display());
    let mut connection = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(false)
        .connect()
        .await
        .or_fail(doing);
    let rows: Vec<Option<String>> = sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_all(&mut connection)
        .await
        .or_fail(doing);
    connection.close().await.or_fail(doing);
    rows.into_iter().map(or_null).collect()
}

/// Runs statements in a SQLite file, which is made when it is missing.
///
/// # Panics
/// When a statement fails.
pub async fn sqlite_execute(file: &Path, sql: &str) {
    let doing = || format!("running `{sql}` in `{}`", file.display());
    let mut connection = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .connect()
        .await
        .or_fail(doing);
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&mut connection)
        .await
        .or_fail(doing);
    connection.close().await.or_fail(doing);
}

fn or_null(text: Option<String>) -> String {
    text.unwrap_or_else(|| "NULL".to_owned())
}
