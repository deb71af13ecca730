//! Asks the server how it prints defaults, without changing anything: a temporary table, made and dropped, each in one
//! statement after the lexer has seen each text to be one balanced expression.

use std::time::Duration;

use schema::ServerFacts;
use schema::desired::TEMPORARY_CHECKS;
use schema::engine::SessionError;
use schema::ir::Column;
use sqlx::Row as _;

use crate::catalog::{Defaults, defaults};
use crate::error;
use crate::lower::charset;
use crate::render::{default_value, quote};
use crate::session::{MysqlSession, OWN, assembled};

/// What the server prints of the defaults, by column.
pub(crate) type Probed = Defaults;

/// Why a probe gave nothing.
pub(crate) enum Failure {
    /// The user may not make temporary tables.
    Denied,
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
    if error::is_denied(&error) {
        Failure::Denied
    } else if error.as_database_error().is_some() && !error::is_transient(&error) {
        Failure::Refused(error)
    } else {
        Failure::Session(error::statement(
            "asking the server what a default means",
            &error,
            Duration::ZERO,
            None,
        ))
    }
}

impl MysqlSession {
    /// Makes a temporary table of these columns, those at these positions with their defaults, and returns what the
    /// server prints of the defaults. The others are there because an expression may name them.
    pub(crate) async fn print_defaults(
        &mut self,
        columns: &[Column],
        with_default: &[usize],
    ) -> Result<Probed, Failure> {
        self.set_timeouts(OWN).await?;
        let parts: Vec<String> = columns
            .iter()
            .enumerate()
            .map(|(at, column)| definition(column, with_default.contains(&at), &self.facts))
            .collect();
        // A name of a table that exists would stand for that table.
        let name = quote::identifier(&format!("{TEMPORARY_CHECKS}probe"));
        let create = format!(
            "CREATE TEMPORARY TABLE {name} ({}) ENGINE = InnoDB",
            parts.join(", ")
        );
        assembled(&create)
            .execute(&mut self.connection)
            .await
            .map_err(refusal)?;
        let show = format!("SHOW CREATE TABLE {name}");
        let shown = assembled(&show).fetch_one(&mut self.connection).await;
        // It goes whatever was read; with the connection it is gone too.
        let dropped = assembled(&format!("DROP TEMPORARY TABLE {name}"))
            .execute(&mut self.connection)
            .await;
        let text: String = shown.and_then(|row| row.try_get_unchecked(1)).map_err(refusal)?;
        dropped.map_err(refusal)?;
        Ok(defaults(&text))
    }
}

/// Every column takes NULL, so that none needs a default of the server's own.
fn definition(column: &Column, with_default: bool, facts: &ServerFacts) -> String {
    let mut text = format!("{} {}", quote::identifier(&column.name), column.type_);
    if let Some(collation) = &column.collation {
        text.push_str(" COLLATE ");
        text.push_str(&charset::spelled(collation, facts));
    }
    text.push_str(" NULL");
    if let Some(default) = column.default.as_ref().filter(|_| with_default) {
        text.push_str(" DEFAULT ");
        text.push_str(&default_value(column, default, facts));
    }
    text
}
