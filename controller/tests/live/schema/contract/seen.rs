//! Objects that no controller has seen yet, as they are now or at all, and those that are about to go.

use std::fmt::Debug;

use api::database::Database;
use api::table::Table;
use kube::api::{Api, DeleteParams, Patch, PatchParams};
use kube::core::NamespaceResourceScope;
use kube::{Resource, ResourceExt};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::samples;
use crate::samples::Samples;
use crate::schema::world::{World, database, table, world};

#[tokio::test]
async fn what_no_controller_has_seen_is_in_progress() {
    let world = world("unseen").await;
    world.declare_database(json!({ "immediateDeploy": true })).await;
    world.declare_table("users", &[]).await;
    let (databases, tables): (Api<Database>, Api<Table>) = (world.namespace.api(), world.namespace.api());
    let mut samples = samples();
    samples.add_unseen("created", &databases.get("db").await.unwrap());
    samples.add_unseen("created", &tables.get("users").await.unwrap());
    let controller = world.controller(&[]).await;
    world.database("Synced").await;
    controller.kill().await;
    world.declare_database(json!({ "immediateDeploy": false })).await;
    world.declare_table("users", &[("email", "text")]).await;
    samples.add("changed", &databases.get("db").await.unwrap(), "InProgress");
    samples.add("changed", &tables.get("users").await.unwrap(), "InProgress");
    samples.judge().await;
}

#[tokio::test]
async fn what_is_being_deleted_is_left_to_its_finalizers_and_terminates() {
    let world = world("deleting").await;
    let _controller = world.controller(&[]).await;
    world
        .apply(held(database(
            &world.postgres.url(),
            &json!({ "immediateDeploy": true }),
        )))
        .await;
    world.apply(held(table("users", &[]))).await;
    world.declare_table("orders", &[]).await;
    world.database("Synced").await;
    let mut samples = samples();
    deleting::<Table>(&world, "users", &mut samples).await;
    deleting::<Database>(&world, "db", &mut samples).await;
    let orphan = world.table("orders", "DatabaseMissing").await;
    samples.add("of a Database that goes", &orphan, "InProgress");
    assert_eq!(world.columns("users").await, ["id"]);
    samples.judge().await;
}

/// Returns the object with a finalizer.
fn held(mut object: Value) -> Value {
    object["metadata"]["finalizers"] = json!(["test.example/hold"]);
    object
}

/// Adds the object as it is between its deletion and its end, and lets it go.
async fn deleting<K>(world: &World, name: &str, samples: &mut Samples)
where
    K: Resource<DynamicType = (), Scope = NamespaceResourceScope>
        + Clone
        + Debug
        + Serialize
        + DeserializeOwned,
{
    let api: Api<K> = world.namespace.api();
    api.delete(name, &DeleteParams::default()).await.unwrap();
    let object = api.get(name).await.unwrap();
    assert!(
        object.meta().deletion_timestamp.is_some(),
        "{}",
        object.name_any()
    );
    samples.add_deleting("deleting", &object);
    let released = json!({ "metadata": { "finalizers": null } });
    api.patch(name, &PatchParams::default(), &Patch::Merge(released))
        .await
        .unwrap();
}
