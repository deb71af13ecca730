//! Indexes of live tables.

use schema::plan::{Policy, TransactionClass};
use serde_json::json;

use crate::driver::{Fixture, hazards, sql, table};

fn with(indexes: serde_json::Value) -> [schema::declared::TableSpec; 1] {
    let columns =
        json!([{"name": "a", "type": "int"}, {"name": "b", "type": "int"}, {"name": "c", "type": "text"}]);
    [table("t", json!({"columns": columns, "indexes": indexes}))]
}

async fn started(indexes: serde_json::Value) -> Fixture {
    let mut fixture = Fixture::new().await;
    fixture.apply(&with(indexes)).await;
    fixture.sql("INSERT INTO t VALUES (1, 1, 'x'), (2, 1, 'y')").await;
    fixture
}

#[tokio::test]
async fn indexes_of_live_tables_are_built_and_dropped_concurrently() {
    let mut fixture = started(json!([])).await;
    let plan = fixture
        .apply(&with(
            json!([{"columns": ["a"], "isUnique": true}, {"columns": ["b"]}]),
        ))
        .await;
    assert!(
        plan.steps
            .iter()
            .all(|step| step.draft.transaction == TransactionClass::None),
        "{}",
        sql(&plan)
    );
    assert!(plan.steps.iter().all(|step| step.draft.lock_timeout_ms == 0));
    assert_eq!(
        hazards(&plan),
        ["builds-index", "depends-on-rows", "builds-index"]
    );
    let plan = fixture.apply(&with(json!([]))).await;
    assert!(
        sql(&plan).starts_with("DROP INDEX CONCURRENTLY"),
        "{}",
        sql(&plan)
    );
}

#[tokio::test]
async fn an_index_of_the_same_name_with_other_columns_takes_the_place_of_the_old_one() {
    let mut fixture = started(json!([{"columns": ["a"], "name": "by"}])).await;
    let plan = fixture
        .apply(&with(json!([{"columns": ["a", "b"], "name": "by"}])))
        .await;
    assert_eq!(plan.steps.len(), 3, "{}", sql(&plan));
    fixture
        .apply(&with(json!([{"columns": ["b"], "name": "by", "type": "hash"}])))
        .await;
    fixture
        .apply(&with(
            json!([{"columns": ["b"], "name": "renamed", "type": "hash"}]),
        ))
        .await;
    let plan = fixture
        .apply(&with(
            json!([{"columns": ["b"], "name": "renamed", "with": {"fillfactor": "50"}}]),
        ))
        .await;
    assert!(
        sql(&plan).contains("SET (\"fillfactor\" = '50')"),
        "{}",
        sql(&plan)
    );
    fixture
        .apply(&with(
            json!([{"columns": ["a"], "name": "renamed", "isUnique": true}]),
        ))
        .await;
}

#[tokio::test]
async fn an_invalid_index_that_a_killed_build_left_is_built_anew() {
    let mut fixture = started(json!([])).await;
    let unique = with(json!([{"columns": ["b"], "isUnique": true, "name": "only_b"}]));
    let plan = fixture.plan(&unique, &Policy::default()).await;
    let error = fixture.run(&plan.steps[0]).await.unwrap_err();
    assert!(
        error.to_string().contains("23505") && !error.to_string().contains("(b)=(1)"),
        "{error}"
    );
    assert!(!fixture.inspect("t").await.unwrap().index("only_b").unwrap().valid);
    fixture.sql("UPDATE t SET b = a").await;
    let plan = fixture.apply(&unique).await;
    assert!(
        sql(&plan).starts_with("DROP INDEX CONCURRENTLY \"public\".\"only_b\""),
        "{}",
        sql(&plan)
    );
}

#[tokio::test]
async fn a_live_unique_constraint_stands_for_a_unique_index() {
    let mut fixture = started(json!([])).await;
    fixture
        .sql("ALTER TABLE t ADD CONSTRAINT only_a UNIQUE (a)")
        .await;
    let plan = fixture
        .plan(
            &with(json!([{"columns": ["a"], "isUnique": true}])),
            &Policy::allow_all(),
        )
        .await;
    assert!(plan.is_empty(), "{}", sql(&plan));
    fixture
        .apply(&with(
            json!([{"columns": ["a"], "isUnique": true, "name": "renamed"}]),
        ))
        .await;
    let plan = fixture
        .apply(&with(
            json!([{"columns": ["a", "b"], "isUnique": true, "name": "renamed"}]),
        ))
        .await;
    assert!(
        sql(&plan).contains("DROP CONSTRAINT \"renamed\""),
        "{}",
        sql(&plan)
    );
    fixture.sql("ALTER TABLE t ADD CONSTRAINT extra UNIQUE (c)").await;
    fixture.apply(&with(json!([]))).await;
}

#[tokio::test]
async fn indexes_that_the_declared_form_cannot_say_are_kept_and_read_in_full() {
    let mut fixture = started(json!([])).await;
    fixture
        .sql(
            "CREATE INDEX lower_c ON t (lower(c) text_pattern_ops DESC, a) INCLUDE (b) WHERE a > 0;
              CREATE UNIQUE INDEX odd ON t (a) NULLS NOT DISTINCT;
              CREATE INDEX collated ON t (c COLLATE \"C\")",
        )
        .await;
    assert!(
        fixture
            .plan(&with(json!([])), &Policy::allow_all())
            .await
            .is_empty()
    );
    let table = fixture.inspect("t").await.unwrap();
    let extra = |name: &str| table.index(name).unwrap().extra.clone().unwrap();
    assert_eq!(
        extra("lower_c"),
        "(lower(c) pg_catalog.text_pattern_ops DESC, a) INCLUDE (b) WHERE (a > 0)"
    );
    assert_eq!(extra("odd"), "NULLS NOT DISTINCT");
    assert_eq!(extra("collated"), "(c COLLATE \"C\")");
    // A column that such an index needs stays: the index would go with it.
    let without = [crate::driver::table(
        "t",
        json!({"columns": [{"name": "c", "type": "text"}]}),
    )];
    let plan = fixture.plan(&without, &Policy::allow_all()).await;
    assert!(
        plan.unsupported
            .iter()
            .any(|part| part.reason.contains("index lower_c")),
        "{:?}",
        plan.unsupported
    );
    assert!(!sql(&plan).contains("DROP COLUMN"), "{}", sql(&plan));
}
