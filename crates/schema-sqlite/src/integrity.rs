//! What must not get worse by a plan: references of rows, and views that work.
//!
//! Foreign keys are off while tables are made anew (step 1 of the order that SQLite's documentation gives), so that
//! they are checked before the plan ends (step 10). Only what was right before and is not after it fails the plan.

use std::collections::BTreeMap;

use schema::engine::SessionError;
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};

use crate::error::{reason, statement};
use crate::render::quote::identifier;

/// What is wrong with a database at some time.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Defects {
    /// How often a row of a table refers to no row of another: child, parent, number of the row.
    orphans: BTreeMap<(String, String, Option<i64>), u64>,
    /// Tables whose foreign keys can't be checked at all, and why.
    mismatches: BTreeMap<String, String>,
    /// Views that don't work, and why.
    views: BTreeMap<String, String>,
}

const DOING: &str = "checking foreign keys and views";

/// Returns the defects. It reads every row of every table that has a foreign key.
pub(crate) async fn defects(connection: &mut SqliteConnection) -> Result<Defects, SessionError> {
    let failed = |error: sqlx::Error| statement(&error, DOING, 0);
    let mut defects = Defects::default();
    let children: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT m.name FROM main.sqlite_schema AS m, pragma_foreign_key_list(m.name, 'main') \
         WHERE m.type = 'table' AND m.sql NOT LIKE 'create virtual%' ORDER BY 1",
    )
    .fetch_all(&mut *connection)
    .await
    .map_err(failed)?;
    for child in children {
        let query = "SELECT \"rowid\", parent FROM pragma_foreign_key_check(?1, 'main')";
        match sqlx::query(query).bind(&child).fetch_all(&mut *connection).await {
            Ok(rows) => {
                for row in rows {
                    let (row, parent): (Option<i64>, String) =
                        (row.try_get(0).map_err(failed)?, row.try_get(1).map_err(failed)?);
                    let key = (child.to_ascii_lowercase(), parent.to_ascii_lowercase(), row);
                    *defects.orphans.entry(key).or_default() += 1;
                }
            }
            Err(error) => {
                defects
                    .mismatches
                    .insert(child.to_ascii_lowercase(), reason(&error));
            }
        }
    }
    let views: Vec<String> =
        sqlx::query_scalar("SELECT name FROM main.sqlite_schema WHERE type = 'view' ORDER BY 1")
            .fetch_all(&mut *connection)
            .await
            .map_err(failed)?;
    for view in views {
        let query = format!("SELECT 1 FROM main.{} LIMIT 0", identifier(&view));
        if let Err(error) = sqlx::query(AssertSqlSafe(query))
            .persistent(false)
            .execute(&mut *connection)
            .await
        {
            defects.views.insert(view.clone(), reason(&error));
        }
    }
    Ok(defects)
}

impl Defects {
    /// Returns what is wrong now and was not before, in words that name tables and rows, never a value.
    pub(crate) fn new_since(&self, before: &Self) -> Option<String> {
        if let Some((table, why)) = self
            .mismatches
            .iter()
            .find(|(table, _)| !before.mismatches.contains_key(*table))
        {
            return Some(format!(
                "the foreign keys of table `{table}` don't fit the tables that they refer to: {why}"
            ));
        }
        let is_new = |key: &(String, String, Option<i64>), count: u64| {
            before.orphans.get(key).copied().unwrap_or(0) < count
        };
        let mut new = self
            .orphans
            .iter()
            .filter(|(key, count)| is_new(key, **count))
            .map(|(key, _)| key);
        if let Some((child, parent, row)) = new.next() {
            let row = row.map_or_else(
                || "a row of table".to_owned(),
                |row| format!("row {row} of table"),
            );
            let more = match new.count() {
                0 => String::new(),
                more => format!(" ({more} more like it)"),
            };
            return Some(format!(
                "{row} `{child}` refers to a row of `{parent}` that does not exist{more}; correct or delete these rows first"
            ));
        }
        self.views
            .iter()
            .find(|(view, _)| !before.views.contains_key(*view))
            .map(|(view, why)| format!("view `{view}` would not work any more: {why}"))
    }
}
