//! Primary keys and foreign keys of live tables.

use schema::plan::Policy;
use serde_json::json;

use crate::driver::{Fixture, hazards, sql, table};

fn parent(key: &[&str]) -> schema::declared::TableSpec {
    let columns = json!([{"name": "id", "type": "int"}, {"name": "code", "type": "int"}]);
    table(
        "parent",
        json!({"primaryKey": key, "columns": columns,
        "indexes": [{"columns": ["code", "id"], "isUnique": true}]}),
    )
}

fn child(keys: serde_json::Value) -> schema::declared::TableSpec {
    let columns = json!([{"name": "id", "type": "int"}, {"name": "parent_id", "type": "int"}, {"name": "code", "type": "int"}]);
    table("child", json!({"columns": columns, "foreignKeys": keys}))
}

fn to_parent(on_delete: &str) -> serde_json::Value {
    json!({"columns": ["parent_id"], "references": {"table": "parent", "columns": ["id"]}, "onDelete": on_delete})
}

#[tokio::test]
async fn a_foreign_key_is_added_unchecked_first_and_then_checked() {
    let mut fixture = Fixture::new().await;
    fixture.apply(&[parent(&["id"]), child(json!([]))]).await;
    fixture
        .sql("INSERT INTO parent VALUES (1, 1); INSERT INTO child VALUES (1, 2, 1)")
        .await;
    let both = [parent(&["id"]), child(json!([to_parent("")]))];
    let plan = fixture.plan(&both, &Policy::default()).await;
    assert_eq!(plan.steps.len(), 2, "{}", sql(&plan));
    fixture.run(&plan.steps[0]).await.unwrap();
    let error = fixture.run(&plan.steps[1]).await.unwrap_err();
    assert!(
        error.to_string().contains("23503") && !error.to_string().contains("(2)"),
        "{error}"
    );
    fixture.sql("DELETE FROM child").await;
    let plan = fixture.apply(&both).await;
    assert_eq!(
        plan.steps.len(),
        1,
        "what the failed run left is checked: {}",
        sql(&plan)
    );
}

#[tokio::test]
async fn every_action_on_delete_can_follow_every_other() {
    let mut fixture = Fixture::new().await;
    for action in [
        "CASCADE",
        "set null",
        "Restrict",
        "SET DEFAULT",
        "no action",
        "cascade",
    ] {
        fixture
            .apply(&[parent(&["id"]), child(json!([to_parent(action)]))])
            .await;
    }
    let renamed = json!({"columns": ["parent_id"], "references": {"table": "parent", "columns": ["id"]},
                         "onDelete": "cascade", "name": "renamed"});
    let plan = fixture.apply(&[parent(&["id"]), child(json!([renamed]))]).await;
    assert!(sql(&plan).contains("RENAME CONSTRAINT"), "{}", sql(&plan));
    let plan = fixture.apply(&[parent(&["id"]), child(json!([]))]).await;
    assert_eq!(hazards(&plan), ["weakens-integrity"]);
}

#[tokio::test]
async fn two_foreign_keys_and_composite_ones_are_told_apart() {
    let mut fixture = Fixture::new().await;
    let composite = json!({"columns": ["code", "parent_id"], "references": {"table": "parent", "columns": ["code", "id"]}});
    let itself = json!({"columns": ["code"], "references": {"table": "child", "columns": ["id"]}});
    let mut with_key = child(json!([to_parent("cascade"), composite, itself]));
    if let Some(postgres) = with_key
        .schema
        .as_mut()
        .and_then(|schema| schema.postgres.as_mut())
    {
        postgres.primary_key = vec!["id".to_owned()];
    }
    fixture.apply(&[parent(&["id"]), with_key]).await;
}

#[tokio::test]
async fn a_primary_key_is_added_changed_and_dropped_without_blocking_for_the_build() {
    let mut fixture = Fixture::new().await;
    fixture.apply(&[parent(&[])]).await;
    fixture.sql("INSERT INTO parent VALUES (1, 1)").await;
    let plan = fixture.apply(&[parent(&["id"])]).await;
    assert!(sql(&plan).contains("PRIMARY KEY USING INDEX"), "{}", sql(&plan));
    let plan = fixture.apply(&[parent(&["code", "id"])]).await;
    assert!(
        sql(&plan).contains("DROP CONSTRAINT \"parent_pkey\""),
        "{}",
        sql(&plan)
    );
    fixture.apply(&[parent(&[])]).await;
}

#[tokio::test]
async fn a_key_that_an_undeclared_table_refers_to_is_not_dropped() {
    let mut fixture = Fixture::new().await;
    fixture.apply(&[parent(&["id"])]).await;
    fixture
        .sql("CREATE TABLE stranger (p int CONSTRAINT to_parent REFERENCES parent)")
        .await;
    let plan = fixture.plan(&[parent(&["code"])], &Policy::allow_all()).await;
    assert!(
        plan.unsupported
            .iter()
            .any(|part| part.reason.contains("to_parent on public.stranger")),
        "{plan:?}"
    );
    assert!(
        !sql(&plan).contains("parent_pkey") && !sql(&plan).contains("DROP NOT NULL"),
        "{}",
        sql(&plan)
    );
}

#[tokio::test]
async fn tables_that_refer_to_each_other_are_dropped_together() {
    let mut fixture = Fixture::new().await;
    fixture
        .apply(&[parent(&["id"]), child(json!([to_parent("")]))])
        .await;
    let gone = |name: &str| table(name, json!({"isDeleted": true}));
    fixture.apply(&[gone("parent"), gone("child")]).await;
}

#[tokio::test]
async fn a_foreign_key_keeps_what_the_declared_form_cannot_say() {
    let mut fixture = Fixture::new().await;
    fixture.apply(&[parent(&["id"]), child(json!([]))]).await;
    fixture
        .sql(
            "ALTER TABLE child ADD CONSTRAINT odd FOREIGN KEY (parent_id) REFERENCES parent
              MATCH FULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED",
        )
        .await;
    let plan = fixture
        .plan(
            &[parent(&["id"]), child(json!([to_parent("")]))],
            &Policy::allow_all(),
        )
        .await;
    assert!(plan.is_empty(), "{}", sql(&plan));
    let key = fixture.inspect("child").await.unwrap().foreign_keys.remove(0);
    assert_eq!(
        key.extra.as_deref(),
        Some("MATCH FULL DEFERRABLE INITIALLY DEFERRED")
    );
    let plan = fixture
        .plan(
            &[parent(&["id"]), child(json!([to_parent("cascade")]))],
            &Policy::allow_all(),
        )
        .await;
    assert!(
        plan.steps.is_empty() && plan.unsupported[0].reason.contains("MATCH FULL"),
        "{plan:?}"
    );
}
