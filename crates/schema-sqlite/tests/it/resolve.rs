//! What is written differently and means the same makes no plan.

use schema::plan::Policy;

use crate::database::{Database, tables};

async fn check_equal(sql: &str, columns: &str) {
    let database = Database::new();
    database.run(sql).await;
    let plan = database
        .plan(
            &format!("spec: {{database: app, name: t, schema: {{sqlite: {{{columns}}}}}}}"),
            &Policy::default(),
        )
        .await;
    let steps: Vec<_> = plan.steps.iter().map(|step| &step.draft.sql).collect();
    assert!(plan.is_empty(), "{sql}\n{columns}\n{steps:#?}");
}

#[tokio::test]
async fn case_and_white_space_are_no_difference() {
    check_equal(
        "CREATE TABLE T (ID Integer PRIMARY KEY, Name VARCHAR (10) NOT NULL, UNIQUE (NAME))",
        "primaryKey: [Id], columns: [{name: id, type: INTEGER}, {name: name, type: 'varchar( 10 )', constraints: {notNull: true}}],
         indexes: [{columns: [NAME], isUnique: true, name: t_name}]",
    )
    .await;
    check_equal(
        "CREATE TABLE t (p int REFERENCES Parent (ID)); CREATE TABLE Parent (ID integer primary key); CREATE INDEX Idx ON t (P)",
        "columns: [{name: P, type: int}], indexes: [{columns: [p], name: IDX}],
         foreignKeys: [{columns: [p], references: {table: parent, columns: [id]}}]",
    )
    .await;
}

#[tokio::test]
async fn defaults_are_compared_by_what_they_mean() {
    for (sql, declared) in [
        ("a int DEFAULT ( 1+1 )", "{name: a, type: int, default: '(1+1)'}"),
        ("a int DEFAULT '5'", "{name: a, type: int, default: '5'}"),
        ("a int DEFAULT 5", "{name: a, type: int, default: \"'5'\"}"),
        ("a int DEFAULT (5)", "{name: a, type: int, default: '5'}"),
        ("a text DEFAULT '5'", "{name: a, type: text, default: '5'}"),
        (
            "a text DEFAULT (lower('X'))",
            "{name: a, type: text, default: lower('X')}",
        ),
        (
            "a text DEFAULT current_timestamp",
            "{name: a, type: text, default: CURRENT_TIMESTAMP}",
        ),
        ("a text DEFAULT 5", "{name: a, type: text, default: '5'}"),
        ("a text DEFAULT NULL", "{name: a, type: text, default: 'NULL'}"),
        ("a int DEFAULT NULL", "{name: a, type: int}"),
        ("a int", "{name: a, type: int, default: 'null'}"),
        ("a", "{name: a, type: blob}"),
    ] {
        check_equal(
            &format!("CREATE TABLE t ({sql})"),
            &format!("columns: [{declared}]"),
        )
        .await;
    }
}

#[tokio::test]
async fn defaults_that_differ_are_changed() {
    for (sql, declared) in [
        ("a text DEFAULT 'A'", "{name: a, type: text, default: a}"),
        ("a text DEFAULT '5'", "{name: a, type: text, default: '5.0'}"),
        ("a text DEFAULT 05", "{name: a, type: text, default: '05'}"),
        ("a int DEFAULT 1", "{name: a, type: int, default: '2'}"),
        (
            "a text DEFAULT CURRENT_TIMESTAMP",
            "{name: a, type: text, default: current}",
        ),
    ] {
        let database = Database::new();
        database.run(&format!("CREATE TABLE t ({sql})")).await;
        let yaml = format!("spec: {{database: app, name: t, schema: {{sqlite: {{columns: [{declared}]}}}}}}");
        assert_eq!(
            database.apply(&yaml, &Policy::default()).await.steps.len(),
            1,
            "{sql}"
        );
    }
}

#[tokio::test]
async fn a_default_that_sqlite_refuses_is_an_error_of_its_field() {
    for (default, expected) in [
        ("nosuch(1)", "unknown function"),
        ("b + 1", "not constant"),
        ("1 +", "syntax error"),
    ] {
        let database = Database::new();
        let yaml = format!(
            "spec: {{database: app, name: t, schema: {{sqlite: {{columns: [{{name: a, type: int, default: '{default}'}}, {{name: b, type: int}}]}}}}}}"
        );
        let errors = database
            .plan_tables(&tables(&yaml), &Policy::default())
            .await
            .expect_err(default);
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].to_string().contains(expected), "{}", errors[0]);
        assert!(
            errors[0].field.contains(".columns[") && errors[0].field.ends_with(".default"),
            "{}",
            errors[0].field
        );
        assert!(!database.path().exists());
    }
}
