//! Whose database it is.

use api::database::Database;
use api::names;
use k8s_openapi::api::apps::v1::StatefulSet;
use kube::api::{Api, DeleteParams, PostParams};
use serde_json::{Value, json};
use testkit::eventually;

use super::world::{message, world};

fn workload() -> StatefulSet {
    let value: Value = json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet",
        "metadata": { "name": "db-controller" },
        "spec": {
            "replicas": 1, "serviceName": "db-controller",
            "selector": { "matchLabels": { "a": "b" } },
            "template": {
                "metadata": { "labels": { "a": "b" } },
                "spec": { "containers": [{ "name": "manager", "image": "schemahero/schemahero-manager" }] },
            },
        },
    });
    serde_json::from_value(value).unwrap()
}

#[tokio::test]
async fn a_database_that_schemahero_still_migrates_is_left_alone() {
    let world = world("schemahero").await;
    let api: Api<StatefulSet> = world.namespace.api();
    api.create(&PostParams::default(), &workload()).await.unwrap();
    let _controller = world.controller(&["--recheck-interval=1s"]).await;
    world.declare_database(json!({ "immediateDeploy": true })).await;
    world.declare_table("users", &[]).await;
    let stalled = world.database("OtherMigrator").await;
    assert!(message(&stalled).contains("db-controller"));
    world.table("users", "DatabaseNotReady").await;
    assert_eq!(world.columns("users").await, Vec::<String>::new());
    api.delete("db-controller", &DeleteParams::background())
        .await
        .unwrap();
    world.database("Synced").await;
}

#[tokio::test]
async fn a_database_of_another_cluster_is_left_alone() {
    let world = world("owner").await;
    let first = world.controller(&["--cluster-id=first"]).await;
    world.declare_database(json!({ "immediateDeploy": true })).await;
    world.declare_table("users", &[]).await;
    world.database("Synced").await;
    first.kill().await;
    let _second = world.controller(&["--cluster-id=second"]).await;
    world.declare_table("users", &[("email", "text")]).await;
    let stalled = world.database("OtherOwner").await;
    assert!(
        message(&stalled).contains("cluster first"),
        "{}",
        message(&stalled)
    );
    assert_eq!(world.columns("users").await, ["id"]);
}

#[tokio::test]
async fn another_server_behind_the_name_is_refused_until_it_is_accepted() {
    let world = world("server").await;
    let _controller = world.controller(&[]).await;
    world.declare_database(json!({ "immediateDeploy": true })).await;
    world.declare_table("users", &[]).await;
    let ready = world.database("Synced").await;
    assert!(ready.status.unwrap().server.unwrap().identity.is_some());
    // Another database of the same server has another identity.
    let other = testkit::postgres().await;
    world
        .apply(super::world::database(
            &other.url(),
            &json!({ "immediateDeploy": true }),
        ))
        .await;
    let stalled = world.database("WrongServer").await;
    assert_eq!(
        other
            .texts("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
            .await,
        Vec::<String>::new()
    );
    let text = message(&stalled);
    let identity = text.rsplit(": ").next().unwrap().trim_end_matches('`');
    world
        .annotate::<Database>("db", names::ACCEPT_SERVER, identity)
        .await;
    world.database("Synced").await;
    eventually("the table is there", async || {
        other
            .texts("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
            .await
            == ["users"]
    })
    .await;
}
