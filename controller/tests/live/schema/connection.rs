//! The gate to the database.

use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, Patch, PatchParams};
use serde_json::{Value, json};

use super::world::{World, database, message, world};

/// Writes the Secret `access` with these parts of a connection.
async fn access(world: &World, data: Value) {
    let api: Api<Secret> = world.namespace.api();
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "access" }, "stringData": data,
    });
    api.patch(
        "access",
        &PatchParams::apply("test").force(),
        &Patch::Apply(secret),
    )
    .await
    .unwrap();
}

/// Returns the Database with its address in that Secret.
fn by_secret(key: &str) -> Value {
    let mut object = database("", &json!({ "immediateDeploy": true }));
    object["spec"]["connection"]["postgres"]["uri"] =
        json!({ "valueFrom": { "secretKeyRef": { "name": "access", "key": key } } });
    object
}

#[tokio::test]
async fn a_secret_that_comes_later_or_is_mended_is_read_anew() {
    let world = world("secret").await;
    let controller = world.controller(&[]).await;
    world.apply(by_secret("uri")).await;
    let missing = world.database("SecretMissing").await;
    assert!(message(&missing).contains("`access`"), "{}", message(&missing));
    access(&world, json!({ "url": "canary-value" })).await;
    let mended = json!({ "uri": world.postgres.url() });
    access(&world, mended).await;
    world.database("Synced").await;
    assert!(!controller.text().contains("canary"), "{}", controller.text());
}

#[tokio::test]
async fn a_password_that_is_rotated_is_used_from_then_on_and_never_told() {
    let world = world("rotate").await;
    let controller = world.controller(&["--recheck-interval=1s"]).await;
    access(&world, json!({ "uri": world.postgres.url() })).await;
    world.apply(by_secret("uri")).await;
    world.declare_table("users", &[]).await;
    world.database("Synced").await;
    let role = world.postgres.name();
    world
        .postgres
        .execute(&format!("ALTER ROLE \"{role}\" PASSWORD 'canary-new'"))
        .await;
    let refused = world.database("Unreachable").await;
    assert_eq!(refused.status.as_ref().unwrap().is_connected, Some(false));
    let url = world.postgres.url_for(role, "canary-new");
    access(&world, json!({ "uri": url })).await;
    world.database("Synced").await;
    let old = world.postgres.url();
    let password = old.split(':').nth(2).unwrap().split('@').next().unwrap();
    for secret in ["canary-new", password] {
        assert!(!controller.text().contains(secret), "{}", controller.text());
        assert!(!message(&refused).contains(secret), "{}", message(&refused));
    }
}

#[tokio::test]
async fn an_engine_or_a_source_that_is_not_served_is_told() {
    let world = world("engine").await;
    let _controller = world.controller(&[]).await;
    let mut object = database("", &json!({}));
    object["spec"]["connection"] = json!({ "cassandra": { "hosts": ["a"], "keyspace": { "value": "k" } } });
    world.apply(object.clone()).await;
    world.database("UnsupportedEngine").await;
    object["spec"]["connection"] = json!({ "postgres": { "uri": { "valueFrom": {
        "vault": { "secret": "s", "role": "r" } } } } });
    world.apply(object.clone()).await;
    world.database("UnsupportedSource").await;
    object["spec"]["connection"] = json!({});
    world.apply(object).await;
    world.database("InvalidConnection").await;
}
