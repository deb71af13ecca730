//! Reads tables from the catalog, with the same few queries however many tables there are.
//!
//! The queries are bound by one snapshot, but the server's functions that write definitions are not: they see what is
//! committed when they run. So a mark over all catalog rows of the tables is read before and after, and everything is
//! read again when it moved, or when such a function found nothing any more.

mod assemble;

use schema::ir::{Schema, TableName};
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Connection, Row};

use self::assemble::Assembly;

/// What the checks that exist only while a plan runs are read as, whatever the server prints of them.
pub(crate) const TEMPORARY_CHECK: &str = "a check of a running plan";

/// Why a reading gave nothing.
#[derive(Debug)]
pub(crate) enum ReadError {
    /// The catalog changed while it was read.
    Moved,
    /// A relation of a wanted name is no table.
    NoTable(String),
    /// A query failed.
    Query(sqlx::Error),
}

impl From<sqlx::Error> for ReadError {
    /// A definition function whose object is gone says `cache lookup failed` or that a relation doesn't exist.
    fn from(error: sqlx::Error) -> Self {
        let gone = error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
            .is_some_and(|code| matches!(code.as_ref(), "XX000" | "42P01" | "42704" | "42703"));
        if gone { Self::Moved } else { Self::Query(error) }
    }
}

/// Reads the tables of these names that exist. `in_transaction` says that the caller has one open.
pub(crate) async fn read(
    connection: &mut PgConnection,
    names: &[TableName],
    in_transaction: bool,
) -> Result<Schema, ReadError> {
    let (schemas, tables): (Vec<&str>, Vec<&str>) = names
        .iter()
        .filter_map(|name| Some((name.schema.as_deref()?, name.name.as_str())))
        .unzip();
    let before = mark(connection, &schemas, &tables).await?;
    let schema = if in_transaction {
        read_all(connection, &schemas, &tables).await?
    } else {
        let mut transaction = connection
            .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .await?;
        let schema = read_all(&mut transaction, &schemas, &tables).await?;
        transaction.commit().await?;
        schema
    };
    let after = mark(connection, &schemas, &tables).await?;
    if before == after {
        Ok(schema)
    } else {
        Err(ReadError::Moved)
    }
}

async fn mark(connection: &mut PgConnection, schemas: &[&str], tables: &[&str]) -> Result<String, ReadError> {
    let row = sqlx::query(include_str!("queries/mark.sql"))
        .bind(schemas)
        .bind(tables)
        .fetch_one(connection)
        .await?;
    Ok(row.try_get("mark")?)
}

/// Adds a row to the tables on their way.
type Add = fn(&mut Assembly, &PgRow) -> Result<(), ReadError>;

async fn read_all(
    connection: &mut PgConnection,
    schemas: &[&str],
    tables: &[&str],
) -> Result<Schema, ReadError> {
    let rows = sqlx::query(include_str!("queries/tables.sql"))
        .bind(schemas)
        .bind(tables)
        .fetch_all(&mut *connection)
        .await?;
    let mut assembly = Assembly::default();
    for row in &rows {
        assembly.table(row)?;
    }
    let relations = assembly.relations();
    let parts: [(&'static str, Add); 5] = [
        (include_str!("queries/columns.sql"), Assembly::column),
        (include_str!("queries/indexes.sql"), Assembly::index),
        (include_str!("queries/constraints.sql"), Assembly::constraint),
        (include_str!("queries/attachments.sql"), Assembly::attachment),
        (include_str!("queries/dependents.sql"), Assembly::dependent),
    ];
    for (query, add) in parts {
        for row in &sqlx::query(query)
            .bind(&relations)
            .fetch_all(&mut *connection)
            .await?
        {
            add(&mut assembly, row)?;
        }
    }
    Ok(assembly.finish())
}
