//! An engine in memory: its statements are single words per change, its catalog is a schema.

mod engine;
mod session;
mod watcher;

use schema::declared::{Column, EngineSchema, SqliteTable, TableSpec};

pub(crate) use self::engine::FAKE;
pub(crate) use self::session::{FakeSession, Fault, Server};
pub(crate) use self::watcher::Watched;

/// A declared table with these columns, all of the type `text`.
pub(crate) fn table(name: &str, columns: &[&str]) -> TableSpec {
    let columns = columns
        .iter()
        .map(|name| Column {
            name: (*name).into(),
            type_: "text".into(),
            ..Column::default()
        })
        .collect();
    let table = SqliteTable {
        columns,
        ..SqliteTable::default()
    };
    TableSpec {
        database: "app".into(),
        name: name.into(),
        schema: Some(EngineSchema {
            sqlite: Some(table),
            ..EngineSchema::default()
        }),
        ..TableSpec::default()
    }
}
