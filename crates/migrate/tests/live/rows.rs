//! The rows of tables before and after a plan.

use std::collections::BTreeMap;

use migrate::PlanRequest;
use schema::declared::TableSpec;
use schema::ir::{Schema, Table, TableName};
use schema::plan::Policy;

use crate::database::{TestDatabase, declared};

/// The values of each column of each table, as texts, in the order of the rows' texts.
pub(crate) type Rows = BTreeMap<TableName, BTreeMap<String, Vec<String>>>;

/// Reads the declared tables as they are.
pub(crate) async fn live(database: &TestDatabase, specs: &[TableSpec]) -> Schema {
    let (engine, mut session) = database.connect().await;
    let tables = declared(specs);
    let policy = Policy::default();
    let request = PlanRequest {
        engine,
        tables: &tables,
        policy: &policy,
    };
    let planned = migrate::plan(session.as_mut(), request).await.expect("a plan");
    session.close().await.expect("the connection ends");
    planned.live
}

/// Reads the rows of these tables.
pub(crate) async fn rows(database: &TestDatabase, schema: &Schema) -> Rows {
    let mut rows = Rows::new();
    for table in schema.tables.values() {
        let mut columns = BTreeMap::new();
        for column in &table.columns {
            columns.insert(
                column.name.clone(),
                database.texts(&query(database, table, &column.name)).await,
            );
        }
        rows.insert(table.name.clone(), columns);
    }
    rows
}

fn query(database: &TestDatabase, table: &Table, column: &str) -> String {
    let quote = match database {
        TestDatabase::Mysql(_) => "`",
        _ => "\"",
    };
    let quoted = |name: &str| format!("{quote}{}{quote}", name.replace(quote, &quote.repeat(2)));
    let name = match &table.name.schema {
        Some(schema) => format!("{}.{}", quoted(schema), quoted(&table.name.name)),
        None => quoted(&table.name.name),
    };
    let value = match database {
        TestDatabase::Postgres(_) => format!("{}::text", quoted(column)),
        // Whatever the type and the character set are.
        TestDatabase::Mysql(_) => format!("CONVERT({} USING utf8mb4)", quoted(column)),
        TestDatabase::Sqlite(_) => format!("quote({})", quoted(column)),
    };
    format!("SELECT {value} FROM {name} ORDER BY 1")
}

/// Returns what was lost: a row, or a value of a column that is there before and after with the same type.
pub(crate) fn lost(before: &Schema, rows_before: &Rows, after: &Schema, rows_after: &Rows) -> Vec<String> {
    let mut lost = Vec::new();
    for (name, columns) in rows_before {
        let (Some(old), Some(new)) = (before.table(name), after.table(name)) else {
            continue;
        };
        let count = |columns: &BTreeMap<String, Vec<String>>| {
            columns.values().map(Vec::len).max().unwrap_or_default()
        };
        let (had, has) = (count(columns), rows_after.get(name).map_or(0, count));
        if had != has {
            lost.push(format!("{name} had {had} rows and has {has}"));
        }
        for (column, values) in columns {
            let (Some(old), Some(new)) = (old.column(column), new.column(column)) else {
                continue;
            };
            let now = rows_after.get(name).and_then(|columns| columns.get(column));
            if old.type_ == new.type_ && now != Some(values) {
                lost.push(format!("column {name}.{column} had {values:?} and has {now:?}"));
            }
        }
    }
    lost
}
