//! Columns of live tables.

use schema::plan::Policy;
use serde_json::json;

use crate::driver::{Fixture, hazards, sql, table};

fn with(column: serde_json::Value) -> [schema::declared::TableSpec; 1] {
    [table(
        "t",
        json!({"primaryKey": ["id"], "columns": [{"name": "id", "type": "int"}, column]}),
    )]
}

async fn started(column: serde_json::Value, rows: &str) -> Fixture {
    let mut fixture = Fixture::new().await;
    fixture.apply(&with(column)).await;
    fixture.sql(rows).await;
    fixture
}

async fn value(fixture: &Fixture, expression: &str) -> Option<String> {
    use sqlx::Row as _;
    let mut connection = fixture.database.connect().await;
    let query = format!("SELECT ({expression})::text FROM t WHERE id = 1");
    sqlx::query(sqlx::AssertSqlSafe(query))
        .fetch_one(&mut connection)
        .await
        .unwrap()
        .get(0)
}

#[tokio::test]
async fn types_are_widened_narrowed_and_converted_with_their_rows_and_defaults() {
    let changes = [
        ("varchar(10)", "ab", "varchar(20)", "ab", "ab", ""),
        ("varchar(10)", "ab", "text", "ab", "ab", ""),
        (
            "text",
            "ab",
            "varchar(5)",
            "cd",
            "ab",
            "converts-data rewrites-table",
        ),
        ("int", "7", "bigint", "7", "7", "rewrites-table"),
        ("int", "7", "text", "x", "7", "rewrites-table"),
        ("text", "7", "int", "8", "7", "converts-data rewrites-table"),
        ("bool", "true", "int", "0", "1", "rewrites-table"),
        ("numeric(10,2)", "1.5", "numeric(12,2)", "1.5", "1.50", ""),
        (
            "timestamp",
            "2026-01-02 03:04:05",
            "timestamptz",
            "now()",
            "2026-01-02 03:04:05+00",
            "converts-data rewrites-table",
        ),
        ("text", "ab", "text[]", "{}", "{ab}", "rewrites-table"),
        (
            "json",
            "{\"a\": 1}",
            "jsonb",
            "{}",
            "{\"a\": 1}",
            "converts-data rewrites-table",
        ),
    ];
    for (from, old, to, new, kept, codes) in changes {
        let mut fixture = started(
            json!({"name": "c", "type": from, "default": old}),
            "INSERT INTO t (id) VALUES (1)",
        )
        .await;
        fixture.sql("ALTER ROLE CURRENT_USER SET TimeZone TO 'UTC'").await;
        let plan = fixture
            .apply(&with(json!({"name": "c", "type": to, "default": new})))
            .await;
        assert_eq!(
            value(&fixture, "c").await.as_deref(),
            Some(kept),
            "{from} -> {to}"
        );
        assert_eq!(hazards(&plan).join(" "), codes, "{from} -> {to}");
    }
}

#[tokio::test]
async fn a_narrower_type_never_cuts_a_value_and_is_held_until_allowed() {
    let mut fixture = started(
        json!({"name": "c", "type": "text"}),
        "INSERT INTO t VALUES (1, 'long enough')",
    )
    .await;
    let narrow = with(json!({"name": "c", "type": "varchar(4)"}));
    let held = fixture.plan(&narrow, &Policy::default()).await;
    assert!(held.steps.is_empty() && held.held.len() == 1, "{held:?}");
    let plan = fixture.plan(&narrow, &Policy::allow_all()).await;
    let error = fixture.run(&plan.steps[0]).await.unwrap_err();
    assert!(
        error.to_string().contains("22001") && !error.to_string().contains("long enough"),
        "{error}"
    );
    assert_eq!(value(&fixture, "c").await.as_deref(), Some("long enough"));
}

#[tokio::test]
async fn a_serial_column_and_its_sequence_grow_together() {
    let mut fixture = Fixture::new().await;
    let declared = |type_: &str| {
        [table(
            "t",
            json!({"primaryKey": ["id"], "columns": [{"name": "id", "type": type_}]}),
        )]
    };
    fixture.apply(&declared("serial")).await;
    fixture.apply(&declared("bigserial")).await;
    fixture
        .sql("SELECT setval('t_id_seq', 3000000000); INSERT INTO t DEFAULT VALUES")
        .await;
}

#[tokio::test]
async fn a_live_column_can_be_numbered_from_behind_its_rows() {
    let mut fixture = Fixture::new().await;
    let declared = |type_: &str| {
        [table(
            "t",
            json!({"primaryKey": ["id"], "columns": [{"name": "id", "type": type_}, {"name": "x", "type": "int"}]}),
        )]
    };
    fixture.apply(&declared("int")).await;
    fixture.sql("INSERT INTO t VALUES (1, 0), (41, 0)").await;
    fixture.apply(&declared("serial")).await;
    fixture
        .sql("INSERT INTO t (x) VALUES (9); DO $$ BEGIN ASSERT (SELECT id FROM t WHERE x = 9) = 42; END $$")
        .await;
    // A serial that is declared as its plain type stays one: the word is for making it only.
    assert!(
        fixture
            .plan(&declared("int"), &Policy::allow_all())
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn not_null_is_checked_beside_the_work_of_others_and_fails_with_null_rows() {
    let mut fixture = started(
        json!({"name": "c", "type": "text"}),
        "INSERT INTO t VALUES (1, NULL)",
    )
    .await;
    let refusing = with(json!({"name": "c", "type": "text", "constraints": {"notNull": true}}));
    let plan = fixture.plan(&refusing, &Policy::default()).await;
    assert_eq!(plan.steps.len(), 3, "{}", sql(&plan));
    fixture.run(&plan.steps[0]).await.unwrap();
    let error = fixture.run(&plan.steps[1]).await.unwrap_err();
    assert!(error.to_string().contains("23514"), "{error}");
    // The check that the failed run left is used, and goes.
    fixture.sql("UPDATE t SET c = 'x'").await;
    let plan = fixture.apply(&refusing).await;
    assert_eq!(plan.steps.len(), 2, "{}", sql(&plan));
    assert!(fixture.inspect("t").await.unwrap().checks.is_empty());
    let plan = fixture.apply(&with(json!({"name": "c", "type": "text"}))).await;
    assert_eq!(hazards(&plan), ["weakens-integrity"]);
}

#[tokio::test]
async fn columns_are_added_with_the_hazard_that_they_have() {
    let cases = [
        (json!({"name": "c", "type": "text"}), ""),
        (
            json!({"name": "c", "type": "text", "default": "x", "constraints": {"notNull": true}}),
            "",
        ),
        (
            json!({"name": "c", "type": "timestamptz", "default": "now()"}),
            "",
        ),
        (
            json!({"name": "c", "type": "uuid", "default": "gen_random_uuid()"}),
            "rewrites-table",
        ),
        (json!({"name": "c", "type": "serial"}), "rewrites-table"),
        (
            json!({"name": "c", "type": "text", "constraints": {"notNull": true}}),
            "depends-on-rows",
        ),
    ];
    for (column, codes) in cases {
        let mut fixture = Fixture::new().await;
        fixture.sql("CREATE TABLE t (id int PRIMARY KEY)").await;
        let plan = fixture.apply(&with(column)).await;
        assert_eq!(hazards(&plan).join(" "), codes, "{}", sql(&plan));
    }
}

#[tokio::test]
async fn drops_are_held_and_what_needs_the_column_is_named() {
    let mut fixture = started(
        json!({"name": "c", "type": "text"}),
        "CREATE VIEW sees AS SELECT c FROM t",
    )
    .await;
    let without = [table(
        "t",
        json!({"primaryKey": ["id"], "columns": [{"name": "id", "type": "int"}]}),
    )];
    let held = fixture.plan(&without, &Policy::default()).await;
    assert!(held.steps.is_empty());
    let plan = fixture.plan(&without, &Policy::allow_all()).await;
    assert!(
        plan.steps.is_empty() && plan.unsupported[0].reason.contains("view public.sees"),
        "{plan:?}"
    );
    let plan = fixture
        .plan(&with(json!({"name": "c", "type": "int"})), &Policy::allow_all())
        .await;
    assert!(
        plan.steps.is_empty() && plan.unsupported[0].reason.contains("view public.sees"),
        "{plan:?}"
    );
    fixture.sql("DROP VIEW sees").await;
    fixture.apply(&without).await;
}

#[tokio::test]
async fn a_table_is_dropped_when_declared_deleted_unless_something_else_needs_it() {
    let mut fixture = started(
        json!({"name": "c", "type": "text"}),
        "CREATE TABLE other (t int REFERENCES t)",
    )
    .await;
    let gone = [table("t", json!({"isDeleted": true}))];
    assert_eq!(
        fixture.plan(&gone, &Policy::default()).await.held.len(),
        0,
        "it is unsupported, not held"
    );
    fixture.sql("DROP TABLE other").await;
    assert_eq!(fixture.plan(&gone, &Policy::default()).await.held.len(), 1);
    fixture.apply(&gone).await;
    assert!(fixture.inspect("t").await.is_none());
}
