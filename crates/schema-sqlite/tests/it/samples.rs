//! Databases that other people made: they are read, a manifest that says the same changes nothing, and making every
//! table anew loses nothing.

use schema::declared::{
    Column, ColumnAttributes, ColumnConstraints, EngineSchema, ForeignKey, ForeignKeyReferences, Index,
    SqliteTable, TableSpec,
};
use schema::ir::{IndexOrigin, ReferentialAction, Table};
use schema::plan::Policy;

use crate::database::Database;
use crate::inspect::ODD;

const CHINOOK: &str = include_str!("../../../../testdata/samples/chinook/sqlite.sql");
const SAKILA: &str = include_str!("../../../../testdata/samples/sakila/sqlite-schema.sql");

/// Returns the manifest that says what SQLite says of a table, as far as a manifest can.
fn declared(table: &Table) -> TableSpec {
    let default = |text: &str| match text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
        Some(content) => content.replace("''", "'"),
        None => text.to_owned(),
    };
    let columns = table.columns.iter().map(|column| Column {
        name: column.name.clone(),
        type_: if column.type_.is_empty() {
            "blob".to_owned()
        } else {
            column.type_.clone()
        },
        constraints: Some(ColumnConstraints {
            not_null: Some(column.not_null),
        }),
        attributes: column.auto_increment.map(|_| ColumnAttributes {
            auto_increment: Some(true),
        }),
        default: column.default.as_ref().map(|text| default(&text.text)),
    });
    let indexes = table.indexes.iter().map(|index| Index {
        columns: index
            .columns
            .iter()
            .filter_map(|part| part.column.clone())
            .collect(),
        name: Some(index.name.clone()).filter(|_| index.origin == IndexOrigin::Index),
        is_unique: Some(index.unique),
        type_: None,
    });
    let foreign_keys = table.foreign_keys.iter().map(|key| ForeignKey {
        columns: key.columns.clone(),
        references: ForeignKeyReferences {
            table: key.references.name.clone(),
            columns: key.referenced_columns.clone(),
        },
        on_delete: Some(key.on_delete)
            .filter(|it| *it != ReferentialAction::NoAction)
            .map(|it| it.as_sql().to_owned()),
        name: None,
    });
    TableSpec {
        database: "sample".into(),
        name: table.name.name.clone(),
        schema: Some(EngineSchema {
            sqlite: Some(SqliteTable {
                primary_key: table
                    .primary_key
                    .as_ref()
                    .map(|key| key.columns.clone())
                    .unwrap_or_default(),
                columns: columns.collect(),
                indexes: indexes.collect(),
                foreign_keys: foreign_keys.collect(),
                ..SqliteTable::default()
            }),
            ..EngineSchema::default()
        }),
        ..TableSpec::default()
    }
}

async fn check(sql: &str, tables: usize) {
    let database = Database::new();
    database.run(sql).await;
    let names = database
        .rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY 1")
        .await;
    assert_eq!(names.len(), tables);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let live = database.inspect(&names).await;
    assert_eq!(live.tables.len(), tables);
    for table in live.tables.values() {
        assert_eq!(table.unsupported, [], "all of {} is read", table.name);
    }
    let mut specs: Vec<TableSpec> = live.tables.values().map(declared).collect();
    let plan = database
        .plan_tables(&specs, &Policy::default())
        .await
        .expect("a plan");
    // A primary key that takes NULL is the one thing that a manifest says otherwise.
    let left: Vec<&str> = plan
        .steps
        .iter()
        .map(|step| step.draft.summary.as_str())
        .collect();
    assert!(
        left.iter().all(|summary| summary.contains("set not null")),
        "{left:#?}"
    );

    let dump = |database| dump(database, names.clone());
    let before = dump(&database).await;
    for spec in &mut specs {
        // A default for the last column can't be set in place.
        let table = spec
            .schema
            .as_mut()
            .and_then(|schema| schema.sqlite.as_mut())
            .expect("a section");
        if let Some(column) = table.columns.last_mut() {
            column.default = Some("42".to_owned());
        }
    }
    let triggers = "SELECT name || sql FROM sqlite_schema WHERE type IN ('trigger', 'view') ORDER BY 1";
    let attached = database.rows(triggers).await;
    let plan = database
        .apply_tables(&specs, &Policy::allow_all())
        .await
        .expect("every table is made anew");
    assert_eq!(plan.steps.len(), tables);
    assert_eq!(dump(&database).await, before);
    assert_eq!(database.rows(triggers).await, attached);
    assert_eq!(
        database
            .rows("SELECT integrity_check FROM pragma_integrity_check")
            .await,
        ["ok"]
    );
}

async fn dump(database: &Database, names: Vec<&str>) -> Vec<String> {
    let mut dump = Vec::new();
    for name in names {
        let columns = database
            .rows(&format!(
                "SELECT 'quote(\"' || name || '\")' FROM pragma_table_info('{name}')"
            ))
            .await;
        dump.extend(
            database
                .rows(&format!(
                    "SELECT {} FROM \"{name}\" ORDER BY 1",
                    columns.join(" || '|' || ")
                ))
                .await,
        );
    }
    dump
}

#[tokio::test]
async fn chinook_is_read_and_made_anew_without_a_loss() {
    check(CHINOOK, 11).await;
}

#[tokio::test]
async fn sakila_is_read_and_made_anew_without_a_loss() {
    check(SAKILA, 16).await;
}

#[tokio::test]
async fn odd_statements_survive_being_made_anew() {
    for sql in ODD {
        let database = Database::new();
        database.run(sql).await;
        let before = database.inspect(&["t"]).await;
        let mut table = before.tables.into_values().next().expect("the table");
        let mut spec = declared(&table);
        let section = spec
            .schema
            .as_mut()
            .and_then(|schema| schema.sqlite.as_mut())
            .expect("a section");
        for column in &mut section.columns {
            column.type_.retain(|c| !"'[]".contains(c));
        }
        let extra = Column {
            name: "extra".into(),
            type_: "int".into(),
            default: Some("1 + 1".into()),
            ..Column::default()
        };
        section.columns.push(extra);
        let plan = database
            .apply_tables(&[spec], &Policy::allow_all())
            .await
            .expect(sql);
        assert_eq!(plan.steps.len(), 1, "{sql}: {plan:#?}");
        let mut after = database
            .inspect(&["t"])
            .await
            .tables
            .into_values()
            .next()
            .expect("the table");
        assert_eq!(
            after.columns.pop().map(|column| column.name).as_deref(),
            Some("extra")
        );
        for (column, old) in after.columns.iter_mut().zip(&table.columns) {
            // A primary key is not null from now on.
            column.not_null = old.not_null;
        }
        table.dependents = after.dependents.clone();
        assert_eq!(after, table, "{sql}");
    }
}
