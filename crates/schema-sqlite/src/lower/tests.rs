use schema::EngineKind;
use schema::declared::{
    ColumnAttributes, ColumnConstraints, EngineSchema, ForeignKey, ForeignKeyReferences, Index,
    PostgresTable, SeedData, SeedRow, TableSpec,
};
use schema::ir::ReferentialAction;

use super::*;

fn facts() -> ServerFacts {
    ServerFacts {
        kind: EngineKind::Sqlite,
        flavour: "sqlite".into(),
        version: vec![3, 51, 3],
        default_schema: None,
        read_only: false,
        identity: None,
        default_collation: None,
        folds_table_names: false,
    }
}

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

fn column(name: &str, type_: &str) -> DeclaredColumn {
    DeclaredColumn {
        name: name.into(),
        type_: type_.into(),
        ..DeclaredColumn::default()
    }
}

fn users() -> SqliteTable {
    SqliteTable {
        columns: vec![column("id", "integer"), column("email", "text")],
        primary_key: vec!["id".into()],
        ..SqliteTable::default()
    }
}

fn names(columns: &[&str]) -> Vec<String> {
    columns.iter().map(ToString::to_string).collect()
}

fn lowered(specs: &[TableSpec]) -> Result<Desired, Vec<LowerError>> {
    let declared: Vec<DeclaredTable<'_>> = specs
        .iter()
        .map(|spec| DeclaredTable {
            place: "a.yaml",
            spec,
        })
        .collect();
    lower(&declared, &facts())
}

#[track_caller]
fn check_refused(specs: &[TableSpec], field: &str, problem: &str) {
    let errors = lowered(specs).expect_err(problem);
    let found = errors
        .iter()
        .any(|error| error.field == field && error.problem.contains(problem));
    assert!(found, "{field}: {problem} is not in {errors:#?}");
}

#[test]
fn a_table_gets_generated_names_and_implied_not_null() {
    let mut table = users();
    table.columns[0].attributes = Some(ColumnAttributes {
        auto_increment: Some(true),
    });
    table.indexes.push(Index {
        columns: names(&["EMAIL", "id"]),
        is_unique: Some(true),
        ..Index::default()
    });
    table.foreign_keys.push(ForeignKey {
        columns: names(&["email"]),
        references: ForeignKeyReferences {
            table: "others".into(),
            columns: names(&["email"]),
        },
        on_delete: Some("set  Null".into()),
        name: None,
    });
    let desired = lowered(&[spec("users", table)]).expect("a table");
    let table = &desired.tables[&TableName::unqualified("users")];
    assert!(table.table.columns[0].not_null && !table.table.columns[1].not_null);
    assert_eq!(table.table.columns[0].auto_increment, Some(AutoIncrement::Native));
    assert_eq!(
        table.table.indexes[0].name, "idx_users_EMAIL_id",
        "as SchemaHero names it"
    );
    assert_eq!(table.table.indexes[0].column_names(), Some(vec!["email", "id"]));
    assert_eq!(
        table.table.foreign_keys[0].name.as_deref(),
        Some("users_email_fkey")
    );
    assert_eq!(table.table.foreign_keys[0].on_delete, ReferentialAction::SetNull);
    assert!(table.managed.is_empty(), "generated names are not managed");
}

#[test]
fn strict_is_managed_only_when_it_is_said() {
    let said = |strict| {
        let desired = lowered(&[spec("users", SqliteTable { strict, ..users() })]).expect("a table");
        let table = desired.tables.values().next().expect("one").clone();
        (
            table.managed.contains(&Facet::Option("STRICT".into())),
            table.table.options,
        )
    };
    assert_eq!(said(None), (false, vec![]));
    assert_eq!(said(Some(false)), (true, vec![]));
    assert_eq!(said(Some(true)), (true, vec!["STRICT".to_owned()]));
}

#[test]
fn a_deleted_table_needs_nothing_but_its_name() {
    let desired = lowered(&[spec(
        "users",
        SqliteTable {
            is_deleted: Some(true),
            ..SqliteTable::default()
        },
    )]);
    assert!(
        desired
            .expect("a table")
            .tables
            .values()
            .all(|table| table.deleted)
    );
}

#[test]
fn what_sqlite_has_nothing_for_is_said() {
    let mut table = users();
    table.indexes.push(Index {
        columns: names(&["email"]),
        type_: Some("hash".into()),
        ..Index::default()
    });
    let mut spec = spec("users", table);
    spec.requires = names(&["postgis"]);
    spec.seed_data = Some(SeedData {
        rows: vec![SeedRow::default()],
    });
    assert_eq!(lowered(&[spec]).expect("a table").unsupported.len(), 3);
}

#[test]
fn names_that_are_not_free_are_refused() {
    for name in ["", "a\0b", "sqlite_master", "_chancery_run"] {
        let errors = lowered(&[spec(name, users())]).expect_err(name);
        assert_eq!(errors[0].field, "spec.name", "{name}");
    }
    check_refused(
        &[spec("Users", users()), spec("users", users())],
        "spec.name",
        "declared twice",
    );
}

#[test]
fn a_table_of_another_engine_names_what_it_has() {
    let schema = EngineSchema {
        postgres: Some(PostgresTable::default()),
        ..EngineSchema::default()
    };
    let other = TableSpec {
        schema: Some(schema),
        ..spec("users", users())
    };
    check_refused(&[other], "spec.schema", "it has postgres");
    check_refused(
        &[TableSpec {
            schema: None,
            ..spec("users", users())
        }],
        "spec.schema",
        "it has none",
    );
}

#[test]
fn columns_that_are_no_columns_are_refused() {
    let with = |change: fn(&mut SqliteTable)| {
        let mut table = users();
        change(&mut table);
        [spec("users", table)]
    };
    let root = "spec.schema.sqlite";
    let field = |rest: &str| format!("{root}.{rest}");
    check_refused(
        &with(|table| table.columns.clear()),
        &field("columns"),
        "no columns",
    );
    check_refused(
        &with(|table| table.columns.push(column("ID", "int"))),
        &field("columns[2].name"),
        "declared twice",
    );
    check_refused(
        &with(|table| table.columns.push(column("", "int"))),
        &field("columns[2].name"),
        "empty",
    );
    check_refused(
        &with(|table| table.columns[1].type_ = "text); --".into()),
        &field("columns[1].type"),
        "is no type",
    );
    check_refused(
        &with(|table| {
            table.columns.push(DeclaredColumn {
                default: Some("0); DROP TABLE x; --".into()),
                ..column("n", "int")
            });
        }),
        &field("columns[2].default"),
        "not one expression",
    );
    check_refused(
        &with(|table| table.primary_key.push("no".into())),
        &field("primaryKey[1]"),
        "no column `no`",
    );
    check_refused(
        &with(|table| table.primary_key.push("id".into())),
        &field("primaryKey[1]"),
        "named twice",
    );
    check_refused(
        &with(|table| table.strict = Some(true)).map(|mut spec| {
            spec.schema
                .as_mut()
                .and_then(|schema| schema.sqlite.as_mut())
                .expect("a section")
                .columns[1]
                .type_ = "date".into();
            spec
        }),
        &field("columns[1].type"),
        "strict table",
    );
    check_refused(
        &with(|table| {
            table.columns[1].attributes = Some(ColumnAttributes {
                auto_increment: Some(true),
            });
        }),
        &field("columns[1].attributes.autoIncrement"),
        "whole primary key",
    );
}

#[test]
fn indexes_and_foreign_keys_must_fit() {
    let index = |columns: &[&str]| SqliteTable {
        indexes: vec![Index {
            columns: names(columns),
            ..Index::default()
        }],
        ..users()
    };
    let root = "spec.schema.sqlite";
    check_refused(
        &[spec("users", index(&[]))],
        &format!("{root}.indexes[0].columns"),
        "no columns",
    );
    check_refused(
        &[spec("users", index(&["no"]))],
        &format!("{root}.indexes[0].columns[0]"),
        "no column",
    );
    let key = |columns: &[&str], to: &[&str], on_delete: Option<&str>| SqliteTable {
        columns: vec![column("user", "int"), column("b", "int")],
        foreign_keys: vec![ForeignKey {
            columns: names(columns),
            references: ForeignKeyReferences {
                table: "users".into(),
                columns: names(to),
            },
            on_delete: on_delete.map(str::to_owned),
            name: None,
        }],
        ..SqliteTable::default()
    };
    let posts = |table| [spec("users", users()), spec("posts", table)];
    let root = format!("{root}.foreignKeys");
    check_refused(
        &posts(key(&["user"], &["id", "x"], None)),
        &format!("{root}[0].references.columns"),
        "refer to 2",
    );
    check_refused(
        &posts(key(&["no"], &["id"], None)),
        &format!("{root}[0].columns[0]"),
        "no column",
    );
    check_refused(
        &posts(key(&["user"], &["id"], Some("explode"))),
        &format!("{root}[0].onDelete"),
        "none of",
    );
    check_refused(
        &posts(key(&["user"], &["email"], None)),
        &root,
        "neither its primary key nor a unique index",
    );
    assert!(lowered(&posts(key(&["user"], &["ID"], None))).is_ok());
}

#[test]
fn all_errors_of_a_run_come_at_once() {
    let mut table = users();
    table.columns[0].type_ = "1".into();
    table.columns[1].constraints = Some(ColumnConstraints { not_null: Some(true) });
    table.columns[1].type_ = "2".into();
    let errors = lowered(&[spec("users", table), spec("sqlite_x", users())]).expect_err("three");
    assert_eq!(errors.len(), 3, "{errors:#?}");
}
