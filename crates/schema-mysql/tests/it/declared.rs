//! Declarations and facts for the tests.

use schema::declared::{EngineSchema, MysqlTable, TableSpec};
use schema::desired::Desired;
use schema::engine::{DeclaredTable, Engine as _, LowerError};
use schema::ir::{Schema, Table, TableName};
use schema::{EngineKind, ServerFacts};
use schema_mysql::ENGINE;
use serde_json::Value;

pub(crate) fn mysql() -> ServerFacts {
    server("mysql", &[8, 0, 15])
}

pub(crate) fn mariadb() -> ServerFacts {
    server("mariadb", &[10, 11, 19])
}

pub(crate) fn server(flavour: &str, version: &[u32]) -> ServerFacts {
    ServerFacts {
        kind: EngineKind::Mysql,
        flavour: flavour.to_owned(),
        version: version.to_vec(),
        default_schema: None,
        read_only: false,
        identity: None,
        default_collation: Some("utf8mb4_unicode_ci".to_owned()),
        folds_table_names: false,
    }
}

pub(crate) fn table(name: &str, mysql: Value) -> TableSpec {
    let mysql: MysqlTable = serde_json::from_value(mysql).unwrap();
    TableSpec {
        database: "db".to_owned(),
        name: name.to_owned(),
        schema: Some(EngineSchema {
            mysql: Some(mysql),
            ..EngineSchema::default()
        }),
        ..TableSpec::default()
    }
}

pub(crate) fn lower_on(tables: &[TableSpec], facts: &ServerFacts) -> Result<Desired, Vec<LowerError>> {
    let declared: Vec<DeclaredTable<'_>> = tables
        .iter()
        .map(|spec| DeclaredTable {
            place: "tables.yaml",
            spec,
        })
        .collect();
    ENGINE.lower(&declared, facts)
}

pub(crate) fn lower(tables: &[TableSpec]) -> Result<Desired, Vec<LowerError>> {
    lower_on(tables, &mysql())
}

/// The declared tables as if they were live.
pub(crate) fn live(tables: &[TableSpec], facts: &ServerFacts) -> Schema {
    let desired = lower_on(tables, facts).unwrap();
    desired.tables.into_values().map(|table| table.table).collect()
}

/// One declared table, lowered.
pub(crate) fn lowered(mysql: Value) -> Table {
    let desired = lower(&[table("t", mysql)]).unwrap();
    desired.tables[&TableName::unqualified("t")].table.clone()
}
