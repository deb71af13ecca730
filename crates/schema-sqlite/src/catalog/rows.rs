//! The rows of the catalog, by the lower-case names of what they belong to.

use std::collections::{BTreeMap, BTreeSet};

use schema::ir::TableName;
use sqlx::{Row as _, SqliteConnection};

use crate::lexer::{Kind, Token, tokens};

/// The rows of the catalog that tables are put together from.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// Tables and views.
    pub(super) tables: BTreeMap<String, TableRow>,
    /// The statements of indexes.
    pub(super) statements: BTreeMap<String, String>,
    /// The triggers of each table or view.
    pub(super) triggers: BTreeMap<String, Vec<Body>>,
    /// Triggers and views, by each table that their statements name.
    pub(super) users: BTreeMap<String, Vec<Body>>,
    /// The columns of each table.
    pub(super) columns: BTreeMap<String, Vec<ColumnRow>>,
    /// The parts of the indexes of each table.
    pub(super) indexes: BTreeMap<String, Vec<IndexRow>>,
    /// The columns of foreign keys, by the table that they refer to.
    pub(super) references: BTreeMap<String, Vec<ReferenceRow>>,
}

/// A table or a view.
#[derive(Debug)]
pub(super) struct TableRow {
    /// `table`, `view`, `virtual`, `shadow`.
    pub(super) kind: String,
    pub(super) sql: String,
}

/// A trigger or a view.
#[derive(Clone, Debug)]
pub(super) struct Body {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) sql: String,
}

/// A row of `pragma_table_xinfo`.
#[derive(Debug)]
pub(super) struct ColumnRow {
    pub(super) name: String,
    pub(super) not_null: bool,
    pub(super) default: Option<String>,
    /// The position in the primary key, from 1; 0 outside of it.
    pub(super) key: i64,
}

/// A row of `pragma_index_xinfo`: one part of an index.
#[derive(Debug)]
pub(super) struct IndexRow {
    pub(super) index: String,
    pub(super) unique: bool,
    /// `c`: CREATE INDEX; `u`: UNIQUE; `pk`: PRIMARY KEY.
    pub(super) origin: String,
    /// `None` for an expression.
    pub(super) column: Option<String>,
}

/// A row of `pragma_foreign_key_list`: one column of a foreign key.
#[derive(Debug)]
pub(super) struct ReferenceRow {
    /// The table that has the foreign key.
    pub(super) table: String,
    /// The column that is referred to; `None` for the primary key.
    pub(super) column: Option<String>,
}

/// Reads the rows, with five queries.
pub(super) async fn read(
    connection: &mut SqliteConnection,
    names: &[TableName],
) -> Result<Rows, sqlx::Error> {
    let names = super::json(names);
    let mut rows = Rows::default();
    let objects = include_str!("queries/objects.sql");
    for row in sqlx::query(objects).fetch_all(&mut *connection).await? {
        let (kind, name, table, sql): (String, String, String, String) =
            (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
        rows.object(kind, name, &table, sql);
    }
    let tables = include_str!("queries/tables.sql");
    for row in sqlx::query(tables).fetch_all(&mut *connection).await? {
        if let Some(table) = rows.tables.get_mut(&lower(row.try_get(0)?)) {
            table.kind = row.try_get(1)?;
        }
    }
    let columns = include_str!("queries/columns.sql");
    for row in sqlx::query(columns).fetch_all(&mut *connection).await? {
        let (name, not_null, default, key) = (
            row.try_get(1)?,
            row.try_get::<i64, _>(2)? != 0,
            row.try_get(3)?,
            row.try_get(4)?,
        );
        let column = ColumnRow {
            name,
            not_null,
            default,
            key,
        };
        rows.columns
            .entry(lower(row.try_get(0)?))
            .or_default()
            .push(column);
    }
    let indexes = include_str!("queries/indexes.sql");
    for row in sqlx::query(indexes)
        .bind(&names)
        .fetch_all(&mut *connection)
        .await?
    {
        let (index, unique, origin, column) = (
            row.try_get(1)?,
            row.try_get::<i64, _>(2)? != 0,
            row.try_get(3)?,
            row.try_get(4)?,
        );
        let part = IndexRow {
            index,
            unique,
            origin,
            column,
        };
        rows.indexes.entry(lower(row.try_get(0)?)).or_default().push(part);
    }
    let foreign_keys = include_str!("queries/foreign_keys.sql");
    for row in sqlx::query(foreign_keys)
        .bind(&names)
        .fetch_all(&mut *connection)
        .await?
    {
        let (table, column) = (row.try_get(0)?, row.try_get(2)?);
        rows.references
            .entry(lower(row.try_get(1)?))
            .or_default()
            .push(ReferenceRow { table, column });
    }
    Ok(rows)
}

/// Returns a name as it is looked up: SQLite ignores the case of ASCII letters, and of no others.
pub(super) fn lower(name: &str) -> String {
    name.to_ascii_lowercase()
}

impl Rows {
    fn object(&mut self, kind: String, name: String, table: &str, sql: String) {
        if kind == "index" {
            self.statements.insert(lower(&name), sql);
            return;
        }
        if kind == "table" || kind == "view" {
            self.tables.insert(
                lower(&name),
                TableRow {
                    kind: kind.clone(),
                    sql: sql.clone(),
                },
            );
        }
        if kind == "table" {
            return;
        }
        let body = Body { kind, name, sql };
        let own = (body.kind == "trigger").then(|| lower(table));
        for named in tokens(&body.sql)
            .map(|tokens| named_tables(&tokens))
            .unwrap_or_default()
        {
            if own.as_ref() != Some(&named) {
                self.users.entry(named).or_default().push(body.clone());
            }
        }
        if let Some(own) = own {
            self.triggers.entry(own).or_default().push(body);
        }
    }
}

/// Returns the names that stand where a table is named, in lower case; a column of the same name does not.
fn named_tables(tokens: &[Token<'_>]) -> BTreeSet<String> {
    const BEFORE: [&str; 12] = [
        "FROM", "JOIN", "INTO", "UPDATE", "TABLE", "IN", "ON", "REPLACE", "IGNORE", "ABORT", "ROLLBACK",
        "FAIL",
    ];
    let in_place = |before: &Token<'_>| {
        BEFORE.iter().any(|word| before.is_word(word))
            || [",", "(", "."].iter().any(|mark| before.is_symbol(mark))
    };
    tokens
        .windows(2)
        .filter(|pair| in_place(&pair[0]) && pair[1].kind != Kind::Text)
        .filter_map(|pair| pair[1].name())
        .map(|name| lower(&name))
        .collect()
}
