//! Asks the server how it reads expressions, without changing anything: one statement in one message each, after the
//! lexer has seen each text to be one balanced expression.

use std::time::Duration;

use schema::engine::SessionError;
use sqlx::Row;

use crate::error;
use crate::lower::TEMPORARY;
use crate::render::quote;
use crate::session::{OWN, PostgresSession, assembled};

/// Why a probe gave nothing.
pub(crate) enum Failure {
    /// The server refuses what was asked.
    Refused(sqlx::Error),
    /// The session failed.
    Session(SessionError),
}

impl From<SessionError> for Failure {
    fn from(error: SessionError) -> Self {
        Self::Session(error)
    }
}

/// Returns why a probe failed: refused for what it says, or not answered at all.
fn refusal(error: sqlx::Error) -> Failure {
    if error.as_database_error().is_some() && !error::is_transient(&error) {
        Failure::Refused(error)
    } else {
        Failure::Session(error::statement(
            "asking the server what an expression means",
            &error,
            Duration::ZERO,
            None,
        ))
    }
}

impl PostgresSession {
    /// Returns how the server's planner prints each expression.
    pub(crate) async fn explain(&mut self, expressions: &[String]) -> Result<Vec<String>, Failure> {
        let sql = format!(
            "EXPLAIN (VERBOSE, COSTS OFF, FORMAT JSON) SELECT {}",
            expressions.join(", ")
        );
        self.set_timeouts(OWN).await?;
        let row = assembled(&sql)
            .fetch_one(&mut self.connection)
            .await
            .map_err(refusal)?;
        let text: String = row.try_get_unchecked(0).map_err(refusal)?;
        let plan: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        let outputs = plan[0]["Plan"]["Output"].as_array().cloned().unwrap_or_default();
        Ok(outputs
            .iter()
            .filter_map(|output| output.as_str().map(str::to_owned))
            .collect())
    }

    /// Makes a temporary table of these types and defaults, and returns what the server prints of the defaults.
    pub(crate) async fn print_defaults(
        &mut self,
        columns: &[(String, String)],
    ) -> Result<Vec<Option<String>>, Failure> {
        self.set_timeouts(OWN).await?;
        let parts: Vec<String> = columns
            .iter()
            .enumerate()
            .map(|(at, (type_, text))| {
                format!(
                    "{} {type_} DEFAULT ({text})",
                    quote::identifier(&format!("c{at}"))
                )
            })
            .collect();
        let name = quote::identifier(&format!("{TEMPORARY}probe"));
        let sql = format!(
            "CREATE TEMPORARY TABLE {name} ({}) ON COMMIT DROP",
            parts.join(", ")
        );
        assembled(&sql)
            .execute(&mut self.connection)
            .await
            .map_err(refusal)?;
        let query = "SELECT (SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attrdef d \
                              WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum) AS text \
                       FROM pg_catalog.pg_attribute a \
                      WHERE a.attrelid = pg_catalog.to_regclass('pg_temp.' || $1) AND a.attnum > 0 ORDER BY a.attnum";
        let rows = sqlx::query(query)
            .bind(&name)
            .fetch_all(&mut self.connection)
            .await
            .map_err(refusal)?;
        if rows.len() != columns.len() {
            let reason = "the temporary table of the defaults can't be read back".to_owned();
            let server = self.server().to_owned();
            return Err(Failure::Session(SessionError::Catalog { server, reason }));
        }
        rows.iter()
            .map(|row| row.try_get("text").map_err(refusal))
            .collect()
    }
}
