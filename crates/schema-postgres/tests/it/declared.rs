//! Declarations and facts for the tests.

use schema::declared::{EngineSchema, PostgresTable, TableSpec};
use schema::desired::Desired;
use schema::engine::{DeclaredTable, Engine as _, LowerError};
use schema::{EngineKind, ServerFacts};
use schema_postgres::ENGINE;
use serde_json::Value;

pub(crate) fn facts() -> ServerFacts {
    ServerFacts {
        kind: EngineKind::Postgres,
        flavour: "postgres".to_owned(),
        version: vec![15, 18],
        default_schema: Some("public".to_owned()),
        read_only: false,
        identity: None,
        default_collation: None,
        folds_table_names: false,
    }
}

pub(crate) fn table(name: &str, postgres: Value) -> TableSpec {
    let postgres: PostgresTable = serde_json::from_value(postgres).unwrap();
    TableSpec {
        database: "db".to_owned(),
        name: name.to_owned(),
        schema: Some(EngineSchema {
            postgres: Some(postgres),
            ..EngineSchema::default()
        }),
        ..TableSpec::default()
    }
}

pub(crate) fn lower(tables: &[TableSpec]) -> Result<Desired, Vec<LowerError>> {
    let declared: Vec<DeclaredTable<'_>> = tables
        .iter()
        .map(|spec| DeclaredTable {
            place: "tables.yaml",
            spec,
        })
        .collect();
    ENGINE.lower(&declared, &facts())
}
