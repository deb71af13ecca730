//! Reads tables from `information_schema`, with the same few queries however many tables there are, and the text of
//! `SHOW CREATE TABLE` of those whose defaults it can't tell (expressions on MySQL).
//!
//! Nothing binds these readings to one moment. What they tell must fit together; where it doesn't, all is read again.
//! Before and after each step its tables are read again and compared, so that a reading that was torn in another way
//! stops a plan, and never misleads one.

mod assemble;
mod column;
mod index;
mod show_create;
mod view;

use std::collections::BTreeMap;

use schema::ServerFacts;
use schema::ir::{Schema, TableName};
use sqlx::mysql::{MySqlConnection, MySqlRow};
use sqlx::{Decode, MySql, Row, Type};

use self::assemble::Assembly;
pub(crate) use self::show_create::defaults;
use crate::session::{assembled, show_create};
use crate::{error, version};

/// Why a reading gave nothing.
#[derive(Debug)]
pub(crate) enum ReadError {
    /// The catalog changed while it was read.
    Moved,
    /// Something else than a table has a wanted name.
    NoTable(String),
    /// A query failed.
    Query(sqlx::Error),
}

impl From<sqlx::Error> for ReadError {
    /// A table that is gone since it was listed doesn't exist any more, or was defined anew.
    fn from(error: sqlx::Error) -> Self {
        match error::number(&error) {
            Some(1146 | 1412 | 1615) => Self::Moved,
            _ => Self::Query(error),
        }
    }
}

/// Returns a cell. The labels are aliases and the types are cast in the queries, so what comes is what was asked for,
/// whatever flags the server puts on it.
pub(crate) fn cell<'r, T>(row: &'r MySqlRow, name: &str) -> Result<T, sqlx::Error>
where
    T: Decode<'r, MySql> + Type<MySql>,
{
    row.try_get_unchecked(name)
}

/// Adds a row to the tables on their way.
type Add<'a> = fn(&mut Assembly<'a>, &MySqlRow) -> Result<(), ReadError>;

/// Reads the tables of these names that exist in the database.
pub(crate) async fn read(
    connection: &mut MySqlConnection,
    facts: &ServerFacts,
    database: &str,
    tables: &[TableName],
) -> Result<Schema, ReadError> {
    // A table of another database is none of ours.
    let names: Vec<&str> = tables
        .iter()
        .filter(|table| table.schema.is_none())
        .map(|table| table.name.as_str())
        .collect();
    let mut assembly = Assembly::new(facts, database, &names);
    if names.is_empty() {
        return Ok(assembly.finish());
    }
    let checks = if version::is_mariadb(facts) {
        include_str!("queries/checks_mariadb.sql")
    } else {
        include_str!("queries/checks_mysql.sql")
    };
    let parts: [(&str, Add<'_>); 8] = [
        (include_str!("queries/tables.sql"), Assembly::table),
        (checks, Assembly::check),
        (include_str!("queries/columns.sql"), Assembly::column),
        (include_str!("queries/indexes.sql"), Assembly::index),
        (include_str!("queries/foreign_keys.sql"), Assembly::foreign_key),
        (
            include_str!("queries/foreign_key_columns.sql"),
            Assembly::foreign_key_column,
        ),
        (include_str!("queries/attachments.sql"), Assembly::attachment),
        (include_str!("queries/views.sql"), Assembly::view),
    ];
    for (query, add) in parts {
        if query.contains("CHECK_CONSTRAINTS") && !version::has_check_catalog(facts) {
            continue;
        }
        for row in &rows(connection, facts, database, &names, query).await? {
            add(&mut assembly, row)?;
        }
        // Right away: each further query would wait for such a table too.
        for table in assembly.doubtful() {
            see(connection, &table).await?;
        }
    }
    for view in assembly.hidden_views() {
        // MySQL 8.0.15 hides the text from who has the right to see it on the database, and not on the view itself.
        // One that this user may not see at all, or that is broken, is left out.
        if let Ok(text) = show_create(connection, "VIEW", &view).await {
            assembly.view_text(&view, &text);
        }
    }
    for table in assembly.unread_defaults() {
        let text = show_create(connection, "TABLE", &table).await?;
        assembly.defaults(&table, &defaults(&text))?;
    }
    if !assembly.is_whole() {
        return Err(ReadError::Moved);
    }
    Ok(assembly.finish())
}

/// Asks for a table that the catalog could not tell of.
async fn see(connection: &mut MySqlConnection, table: &str) -> Result<(), ReadError> {
    match show_create(connection, "TABLE", table).await {
        // It can be read now.
        Ok(_) => Err(ReadError::Moved),
        Err(error) if error::is_lock_timeout(&error) || error::is_lost(&error) => Err(error.into()),
        // It stays what it was told to be: one that this user can't see, or the server can't open.
        Err(_) => Ok(()),
    }
}

/// Fills in what differs between servers and the names, and runs a query.
async fn rows(
    connection: &mut MySqlConnection,
    facts: &ServerFacts,
    database: &str,
    names: &[&str],
    query: &str,
) -> Result<Vec<MySqlRow>, ReadError> {
    let is_mariadb = version::is_mariadb(facts);
    let has_expressions = version::has_functional_indexes(facts);
    let filled = [
        ("{srid}", if is_mariadb { "NULL" } else { "c.SRS_ID" }),
        (
            "{expression}",
            if has_expressions { "s.EXPRESSION" } else { "NULL" },
        ),
        (
            "{hidden}",
            if is_mariadb {
                "s.IGNORED = 'YES'"
            } else {
                "s.IS_VISIBLE = 'NO'"
            },
        ),
        ("{names}", &vec!["?"; names.len()].join(", ")),
    ]
    .into_iter()
    .fold(query.to_owned(), |sql, (place, text)| sql.replace(place, text));
    let mut prepared = assembled(&filled).bind(database);
    if query.contains("{names}") {
        for name in names {
            prepared = prepared.bind(*name);
        }
    }
    Ok(prepared.fetch_all(connection).await?)
}

/// The text after `DEFAULT` of each column that has one.
pub(crate) type Defaults = BTreeMap<String, String>;
