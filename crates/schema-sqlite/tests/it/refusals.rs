//! What would be lost or broken without a word is refused, with the reason.

use schema::plan::{HazardCode, Policy};

use crate::database::{Database, tables};

fn table(name: &str, columns: &str) -> String {
    format!("spec: {{database: app, name: {name}, schema: {{sqlite: {{{columns}}}}}}}\n---\n")
}

/// Sets up a database, plans with everything allowed, and returns the reasons why something is not done.
async fn reasons(sql: &str, yaml: &str) -> Vec<String> {
    let database = Database::new();
    database.run(sql).await;
    let plan = database.plan(yaml, &Policy::allow_all()).await;
    assert!(plan.steps.is_empty(), "{plan:#?}");
    plan.unsupported
        .into_iter()
        .map(|unsupported| format!("{}: {}", unsupported.object, unsupported.reason))
        .collect()
}

#[tokio::test]
async fn a_column_that_something_uses_is_not_dropped() {
    let id = table("t", "columns: [{name: id, type: int}]");
    for (sql, expected) in [
        (
            "CREATE TABLE t (id int, x text); CREATE VIEW v AS SELECT x FROM t",
            "view v uses the column",
        ),
        (
            "CREATE TABLE t (id int, x text); CREATE TRIGGER g AFTER UPDATE OF x ON t BEGIN SELECT 1; END",
            "trigger g uses",
        ),
        (
            "CREATE TABLE t (id int, x text); CREATE INDEX i ON t (id) WHERE x = 'a'",
            "index i uses",
        ),
        (
            "CREATE TABLE t (id int, x text, CHECK (id > x))",
            "check `id > x` uses",
        ),
    ] {
        let reasons = reasons(sql, &id).await;
        assert!(
            reasons.iter().any(|reason| reason.contains(expected)),
            "{sql}: {reasons:?}"
        );
    }
}

#[tokio::test]
async fn a_table_that_something_needs_is_not_dropped() {
    let gone = table("p", "isDeleted: true");
    for (sql, expected) in [
        (
            "CREATE TABLE p (id int); CREATE VIEW v AS SELECT * FROM p",
            "view v needs the table",
        ),
        (
            "CREATE TABLE p (id integer primary key); CREATE TABLE c (p int REFERENCES p)",
            "foreign key of table c needs",
        ),
    ] {
        let reasons = reasons(sql, &gone).await;
        assert!(
            reasons.iter().any(|reason| reason.contains(expected)),
            "{sql}: {reasons:?}"
        );
    }
    let database = Database::new();
    database
        .run("CREATE TABLE p (id integer primary key); CREATE TABLE c (p int REFERENCES p)")
        .await;
    let both = gone + &table("c", "isDeleted: true");
    assert_eq!(
        database.apply(&both, &Policy::allow_all()).await.steps.len(),
        2,
        "together they go"
    );
}

#[tokio::test]
async fn a_table_goes_once_the_last_foreign_key_to_it_does() {
    let database = Database::new();
    database.run("CREATE TABLE p (id integer primary key); CREATE TABLE c (p int REFERENCES p (id)); INSERT INTO p VALUES (1); INSERT INTO c VALUES (1)").await;
    let yaml = table("p", "isDeleted: true") + &table("c", "columns: [{name: p, type: int}]");
    assert_eq!(database.apply(&yaml, &Policy::allow_all()).await.steps.len(), 2);
    assert_eq!(database.rows("SELECT quote(p) FROM c").await, ["1"]);
}

#[tokio::test]
async fn a_null_never_becomes_the_number_of_a_row_unseen() {
    let database = Database::new();
    database
        .run("CREATE TABLE t (id integer, x text); INSERT INTO t VALUES (7, 'a'), (NULL, 'b')")
        .await;
    let yaml = table(
        "t",
        "primaryKey: [id], columns: [{name: id, type: integer}, {name: x, type: text}]",
    );
    let error = database
        .apply_tables(&tables(&yaml), &Policy::allow_all())
        .await
        .expect_err("a NULL is there");
    assert!(error.to_string().contains("datatype mismatch"), "{error}");
    database.run("DELETE FROM t WHERE id IS NULL").await;
    database.apply(&yaml, &Policy::allow_all()).await;
    assert_eq!(database.rows("SELECT id || x FROM t").await, ["7a"]);
}

#[tokio::test]
async fn what_is_no_plain_table_is_left_as_it_is() {
    for sql in [
        "CREATE VIEW t AS SELECT 1 AS id",
        "CREATE VIRTUAL TABLE t USING fts5(id)",
    ] {
        assert_eq!(
            reasons(sql, &table("t", "columns: [{name: id, type: int}]"))
                .await
                .len(),
            1,
            "{sql}"
        );
    }
    let checked = "CREATE TABLE t (id int CHECK (t.id > 0))";
    let reasons = reasons(
        checked,
        &table("t", "columns: [{name: id, type: int, default: '1'}]"),
    )
    .await;
    assert!(reasons[0].contains("names its own table"), "{reasons:?}");
}

#[tokio::test]
async fn dropped_data_and_lossy_types_are_held_and_the_rest_runs() {
    let database = Database::new();
    database
        .run("CREATE TABLE t (id int, old text, n text); INSERT INTO t VALUES (1, 'x', '01')")
        .await;
    let yaml = table(
        "t",
        "columns: [{name: id, type: int, constraints: {notNull: true}}, {name: n, type: integer}, {name: new, type: text}]",
    );
    let plan = database.apply(&yaml, &Policy::default()).await;
    assert_eq!(plan.steps.len(), 1);
    let held: Vec<(&str, &[HazardCode])> = plan
        .held
        .iter()
        .map(|held| (held.step.draft.summary.as_str(), held.allow.as_slice()))
        .collect();
    assert_eq!(held.len(), 1, "{held:#?}");
    assert_eq!(held[0].1, [HazardCode::DeletesData, HazardCode::ConvertsData]);
    assert_eq!(database.rows("SELECT old || n FROM t").await, ["x01"]);
    database.apply(&yaml, &Policy::allow_all()).await;
    assert_eq!(database.rows("SELECT quote(n) FROM t").await, ["1"]);
}

#[tokio::test]
async fn a_plan_that_leaves_orphans_fails_and_names_the_row() {
    let database = Database::new();
    database
        .run(
            "PRAGMA foreign_keys = OFF; CREATE TABLE p (id integer primary key); INSERT INTO p VALUES (1);
             CREATE TABLE c (id integer primary key, p int); INSERT INTO c VALUES (5, 1), (6, 77);
             CREATE TABLE old (p int REFERENCES p (id)); INSERT INTO old VALUES (99);",
        )
        .await;
    let yaml = table("p", "primaryKey: [id], columns: [{name: id, type: integer}]")
        + &table(
            "c",
            "primaryKey: [id], columns: [{name: id, type: integer}, {name: p, type: int}],
             foreignKeys: [{columns: [p], references: {table: p, columns: [id]}}]",
        );
    let specs = tables(&yaml);
    let error = database
        .apply_tables(&specs, &Policy::default())
        .await
        .expect_err("row 6 refers to nothing")
        .to_string();
    assert!(
        error.contains("row 6 of table `c` refers to a row of `p`") && !error.contains("77"),
        "{error}"
    );
    assert!(!error.contains("more"), "the old orphan is not ours: {error}");
    database.run("DELETE FROM c WHERE id = 6").await;
    database.apply(&yaml, &Policy::default()).await;
    assert_eq!(database.rows("SELECT quote(p) FROM old").await, ["99"]);
}

#[tokio::test]
async fn a_statement_with_another_after_it_is_not_run() {
    let database = Database::new();
    let mut session = database.session().await;
    session.begin().await.expect("a transaction");
    for sql in [
        "CREATE TABLE a (id); CREATE TABLE b (id)",
        "SELECT 1;",
        "CREATE TABLE a (id DEFAULT 'open)",
    ] {
        assert!(
            session
                .execute(sql, schema::engine::Timeouts::default(), "trying")
                .await
                .is_err(),
            "{sql}"
        );
    }
    session.rollback().await.expect("rolling back");
}
