//! Whatever a table is turned into, step by step: its rows, its triggers and the views of it stay, and nothing is left
//! to do afterwards.

use proptest::prelude::*;
use proptest::sample::subsequence;
use schema::declared::{
    Column, ColumnAttributes, ColumnConstraints, EngineSchema, ForeignKey, ForeignKeyReferences, Index,
    SqliteTable, TableSpec,
};
use schema::plan::Policy;

use crate::database::Database;

const NAMES: [&str; 5] = ["a", "B b", "c", "order", "ünï"];

fn spec(name: &str, table: SqliteTable) -> TableSpec {
    let schema = Some(EngineSchema {
        sqlite: Some(table),
        ..EngineSchema::default()
    });
    TableSpec {
        database: "app".into(),
        name: name.into(),
        schema,
        ..TableSpec::default()
    }
}

fn column(name: &str, type_: &str) -> Column {
    Column {
        name: name.into(),
        type_: type_.into(),
        ..Column::default()
    }
}

fn parent() -> TableSpec {
    let columns = vec![column("id", "integer"), column("name", "text")];
    spec(
        "parent",
        SqliteTable {
            columns,
            primary_key: vec!["id".into()],
            ..SqliteTable::default()
        },
    )
}

/// A column of the pool with a type, a default and NOT NULL that its rows can always take.
fn any_column(name: &'static str) -> impl Strategy<Value = Column> {
    let types = prop_oneof![
        "text",
        "varchar\\(20\\)",
        "integer",
        "INT",
        "real",
        "blob",
        "decimal\\(10,2\\)",
        "boolean"
    ];
    let default = prop_oneof![
        Just(None),
        Just(Some("5")),
        Just(Some("1 + 1")),
        Just(Some("CURRENT_TIMESTAMP"))
    ];
    (types, default, any::<bool>()).prop_map(move |(type_, default, not_null)| Column {
        default: default.map(str::to_owned),
        constraints: not_null.then_some(ColumnConstraints { not_null: Some(true) }),
        ..column(name, &type_)
    })
}

prop_compose! {
    fn any_table()(
        names in subsequence(NAMES.to_vec(), 1..=NAMES.len()),
    )(
        columns in names.iter().map(|name| any_column(name)).collect::<Vec<_>>(),
        key in 0..4_u8,
        indexed in subsequence(names.clone(), 0..=names.len()),
        unique in any::<bool>(),
        refers in any::<bool>(),
        on_delete in prop_oneof![Just(None), Just(Some("cascade")), Just(Some("set null"))],
    ) -> TableSpec {
        let mut table = SqliteTable { columns: vec![column("id", "integer"), column("parent", "integer")], ..SqliteTable::default() };
        match key {
            0 => {}
            1 => table.primary_key = vec!["id".into()],
            2 => {
                table.primary_key = vec!["id".into()];
                table.columns[0].attributes = Some(ColumnAttributes { auto_increment: Some(true) });
            }
            _ => table.primary_key = vec!["parent".into(), "id".into()],
        }
        table.columns.extend(columns);
        if !indexed.is_empty() {
            // With the row's own number in it, a unique index fits any rows.
            let mut columns: Vec<String> = indexed.iter().map(ToString::to_string).collect();
            columns.push("id".into());
            table.indexes.push(Index { columns, is_unique: Some(unique), ..Index::default() });
        }
        if refers {
            table.foreign_keys.push(ForeignKey {
                columns: vec!["parent".into()],
                references: ForeignKeyReferences { table: "parent".into(), columns: vec!["id".into()] },
                on_delete: on_delete.map(str::to_owned),
                name: None,
            });
        }
        spec("child", table)
    }
}

fn columns_of(spec: &TableSpec) -> &[Column] {
    spec.schema
        .as_ref()
        .and_then(|schema| schema.sqlite.as_ref())
        .map_or(&[], |table| &table.columns)
}

/// Returns the columns that both definitions have with the same type: what must read the same in both.
fn common(before: &TableSpec, after: &TableSpec) -> Vec<String> {
    let same = |column: &&Column| {
        columns_of(after)
            .iter()
            .any(|other| other.name == column.name && other.type_ == column.type_)
    };
    columns_of(before)
        .iter()
        .filter(same)
        .map(|column| format!("quote(\"{}\")", column.name))
        .collect()
}

async fn evolve(tables: Vec<TableSpec>) {
    let database = Database::new();
    let policy = Policy::allow_all();
    let mut current = tables[0].clone();
    database
        .apply_tables(&[parent(), current.clone()], &policy)
        .await
        .expect("a new database takes any table");
    database
        .run(
            "INSERT INTO parent (id, name) VALUES (1, 'one'), (2, 'two');
             INSERT INTO child (id, parent) SELECT 1, 1 WHERE (SELECT count(*) FROM pragma_table_info('child') WHERE \"notnull\" AND dflt_value IS NULL AND pk = 0) = 0;
             INSERT INTO child (id, parent) SELECT 2, 2 WHERE EXISTS (SELECT 1 FROM child);
             CREATE TABLE seen (id INTEGER);
             CREATE TRIGGER watch AFTER INSERT ON child BEGIN INSERT INTO seen VALUES (NEW.id); SELECT ';'; END;
             CREATE VIEW ids AS SELECT id FROM child;",
        )
        .await;
    for (at, next) in tables.iter().enumerate().skip(1) {
        let values = format!(
            "SELECT {} FROM child ORDER BY id",
            common(&current, next).join(" || '|' || ")
        );
        let before = database.rows(&values).await;
        let statement = database.statement("child").await;
        match database.apply_tables(&[parent(), next.clone()], &policy).await {
            Ok(_) => {
                current = next.clone();
                assert_eq!(
                    database.rows(&values).await,
                    before,
                    "after {statement}\n{}",
                    database.statement("child").await
                );
            }
            // NOT NULL without a default, or a NULL in a key, is refused when rows are there; then nothing has changed.
            Err(error) => {
                assert!(error.to_string().contains("NOT NULL"), "step {at}: {error}");
                assert_eq!(database.statement("child").await, statement);
            }
        }
        assert_eq!(
            database
                .rows("SELECT name FROM sqlite_schema WHERE name IN ('watch', 'ids') ORDER BY 1")
                .await,
            ["ids", "watch"]
        );
        assert_eq!(
            database
                .rows("SELECT quote(count(*)) FROM pragma_foreign_key_check")
                .await,
            ["0"]
        );
        assert_eq!(
            database.rows("SELECT quote(count(*)) FROM ids").await,
            [before.len().to_string()]
        );
        assert_eq!(
            database
                .rows("SELECT integrity_check FROM pragma_integrity_check")
                .await,
            ["ok"]
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn rows_survive_any_sequence_of_definitions(tables in proptest::collection::vec(any_table(), 2..6)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(evolve(tables));
    }
}
