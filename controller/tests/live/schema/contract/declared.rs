//! Declarations that can't be followed, and plans that they leave behind.

use api::database::Database;
use api::migration::Phase;
use kube::api::{Api, DeleteParams};
use serde_json::json;

use super::samples;
use crate::schema::world::{World, database, table, world};

#[tokio::test]
async fn what_cannot_be_followed_failed_and_what_waits_for_it_is_in_progress() {
    // What is left of a case goes at the end: that takes time in which the others would not look.
    let _worlds = futures::join!(
        tables(),
        connections(),
        is_unproven(),
        is_restored(),
        is_deleted()
    );
}

async fn tables() -> World {
    let world = world("tables").await;
    let _controller = world.controller(&[]).await;
    world.declare_database(json!({})).await;
    world.declare_table("users", &[]).await;
    world.migration(Phase::Planned).await;
    let mut samples = samples();
    let mut orders = table("orders", &[("x", "no_such_type")]);
    world.apply(orders.clone()).await;
    samples.add("invalid", &world.database("InvalidTables").await, "Failed");
    let waiting = world.table("users", "WaitsForOtherTables").await;
    samples.add("beside an invalid one", &waiting, "InProgress");
    let invalid = world.table("orders", "InvalidSpec").await;
    samples.add("invalid", &invalid, "Failed");
    let pending = world.migration(Phase::Invalid).await;
    samples.add("left behind", &pending, "Failed");

    orders = table("orders", &[]);
    orders["spec"]["requires"] = json!(["postgis"]);
    world.apply(orders).await;
    world.declare_database(json!({ "immediateDeploy": true })).await;
    let unsupported = world.table("orders", "Unsupported").await;
    samples.add("unsupported", &unsupported, "Failed");
    samples.add("unsupported", &world.database("Unsupported").await, "Failed");
    let unaffected = world.table("users", "Synced").await;
    samples.add("beside one that is unsupported", &unaffected, "Current");
    world.declare_database(json!({ "batchWindow": "soon" })).await;
    samples.add("window", &world.database("InvalidSpec").await, "Failed");
    samples.judge().await;
    world
}

async fn connections() -> World {
    let world = world("connections").await;
    let _controller = world.controller(&[]).await;
    world.declare_table("users", &[]).await;
    let mut samples = samples();
    let from_vault = json!({ "valueFrom": { "vault": { "secret": "s", "role": "r" } } });
    for (reason, connection) in [
        ("InvalidConnection", json!({})),
        ("UnsupportedSource", json!({ "postgres": { "uri": from_vault } })),
        (
            "UnsupportedEngine",
            json!({ "cassandra": { "hosts": ["a"], "keyspace": { "value": "k" } } }),
        ),
    ] {
        let mut object = database("", &json!({}));
        object["spec"]["connection"] = connection;
        world.apply(object).await;
        samples.add(reason, &world.database(reason).await, "Failed");
        let table = world.table("users", "DatabaseNotReady").await;
        samples.add(reason, &table, "InProgress");
    }
    samples.judge().await;
    world
}

/// A role that lacks a right with which the default could be compared.
async fn is_unproven() -> World {
    let world = world("unproven").await;
    let name = world.postgres.name();
    world
        .postgres
        .execute_as_superuser(&format!(
            "REVOKE TEMPORARY ON DATABASE \"{name}\" FROM PUBLIC, \"{name}\""
        ))
        .await;
    world
        .postgres
        .execute("CREATE TABLE users (id integer PRIMARY KEY, n integer DEFAULT 1 + 1)")
        .await;
    let _controller = world.controller(&[]).await;
    world.declare_database(json!({ "immediateDeploy": true })).await;
    let mut users = table("users", &[("n", "integer")]);
    users["spec"]["schema"]["postgres"]["columns"][1]["default"] = json!("(random() * 10)::int");
    world.apply(users).await;
    let mut samples = samples();
    samples.all(&world, "Unproven", "Unproven", "Failed").await;
    samples.judge().await;
    world
}

/// A backup was restored: the cluster knows of a run that the database knows nothing of.
async fn is_restored() -> World {
    let world = world("restored").await;
    let _controller = world.controller(&["--recheck-interval=1s"]).await;
    world.declare_database(json!({ "immediateDeploy": true })).await;
    world.declare_table("users", &[]).await;
    world.database("Synced").await;
    world
        .postgres
        .execute("DROP TABLE users; DROP SCHEMA _chancery CASCADE")
        .await;
    let mut samples = samples();
    samples.add("restored", &world.database("Restored").await, "Failed");
    let executed = world.migration(Phase::Executed).await;
    samples.add("of another past", &executed, "Current");
    samples.judge().await;
    world
}

/// A Database that goes while its plan waits.
async fn is_deleted() -> World {
    let world = world("deleted").await;
    let _controller = world.controller(&[]).await;
    world.declare_database(json!({})).await;
    world.declare_table("users", &[]).await;
    world.migration(Phase::Planned).await;
    let databases: Api<Database> = world.namespace.api();
    databases.delete("db", &DeleteParams::default()).await.unwrap();
    let mut samples = samples();
    let orphan = world.table("users", "DatabaseMissing").await;
    samples.add("without its Database", &orphan, "InProgress");
    let invalid = world.migration(Phase::Invalid).await;
    samples.add("without its Database", &invalid, "Failed");
    samples.judge().await;
    world
}
