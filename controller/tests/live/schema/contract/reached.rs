//! Databases that are not reached, and those that are another's.

use api::database::Database;
use api::names;
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams};
use serde_json::{Value, json};

use super::{look, samples};
use crate::samples::Samples;
use crate::schema::world::{World, database, world};

#[tokio::test]
async fn what_may_pass_is_in_progress_and_a_database_that_is_not_ours_failed() {
    // What is left of a case goes at the end: that takes time in which the others would not look.
    let _worlds = futures::join!(comes_and_goes(), is_anothers());
}

/// Writes the address into the Secret that the Database names.
async fn tell(world: &World, url: &str) {
    let api: Api<Secret> = world.namespace.api();
    let secret: Value = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "access" }, "stringData": { "uri": url },
    });
    let params = PatchParams::apply("test").force();
    api.patch("access", &params, &Patch::Apply(secret)).await.unwrap();
    look(world).await;
}

async fn comes_and_goes() -> World {
    let world = world("reached").await;
    let _controller = world.controller(&["--recheck-interval=1s"]).await;
    let mut samples = samples();
    let mut object = database("", &json!({ "immediateDeploy": true }));
    object["spec"]["connection"]["postgres"]["uri"] =
        json!({ "valueFrom": { "secretKeyRef": { "name": "access", "key": "uri" } } });
    world.apply(object).await;
    world.declare_table("users", &[]).await;
    not_ready(&mut samples, &world, "SecretMissing", "InProgress").await;
    let away = format!("postgres://a:b@127.0.0.1:{}/x", testkit::free_port());
    tell(&world, &away).await;
    not_ready(&mut samples, &world, "Unreachable", "InProgress").await;
    tell(&world, &world.postgres.url()).await;
    samples.all(&world, "Synced", "Synced", "Current").await;
    tell(&world, &away).await;
    not_ready(&mut samples, &world, "Unreachable", "InProgress").await;
    tell(&world, &world.postgres.url()).await;
    samples.all(&world, "Synced", "Synced", "Current").await;
    samples.judge().await;
    world
}

async fn not_ready(samples: &mut Samples, world: &World, reason: &str, verdict: &'static str) {
    samples.add(reason, &world.database(reason).await, verdict);
    let table = world.table("users", "DatabaseNotReady").await;
    samples.add(reason, &table, "InProgress");
}

async fn is_anothers() -> World {
    let world = world("anothers").await;
    let first = world
        .controller(&["--recheck-interval=1s", "--cluster-id=first"])
        .await;
    world.declare_database(json!({ "immediateDeploy": true })).await;
    world.declare_table("users", &[]).await;
    world.database("Synced").await;
    let mut samples = samples();

    let role = world.postgres.name();
    let writes = async |mode: &str| {
        let sql = format!("ALTER ROLE \"{role}\" SET default_transaction_read_only = {mode}");
        world.postgres.execute_as_superuser(&sql).await;
        look(&world).await;
    };
    writes("on").await;
    not_ready(&mut samples, &world, "WrongServer", "Failed").await;
    writes("off").await;
    samples.all(&world, "Synced", "Synced", "Current").await;

    let workloads: Api<StatefulSet> = world.namespace.api();
    workloads
        .create(&PostParams::default(), &schemahero())
        .await
        .unwrap();
    not_ready(&mut samples, &world, "OtherMigrator", "Failed").await;
    workloads
        .delete("db-controller", &DeleteParams::background())
        .await
        .unwrap();
    world.database("Synced").await;

    let other = testkit::postgres().await;
    let fields = json!({ "immediateDeploy": true });
    world.apply(database(&other.url(), &fields)).await;
    not_ready(&mut samples, &world, "WrongServer", "Failed").await;
    world.declare_database(fields).await;
    samples.all(&world, "Synced", "Synced", "Current").await;

    first.kill().await;
    let _second = world.controller(&["--cluster-id=second"]).await;
    world
        .annotate::<Database>("db", names::RECONCILE_REQUESTED, "by the second")
        .await;
    not_ready(&mut samples, &world, "OtherOwner", "Failed").await;
    samples.judge().await;
    world
}

/// Returns the workload that SchemaHero's manager makes for the Database.
fn schemahero() -> StatefulSet {
    let container = json!({ "name": "manager", "image": "schemahero/schemahero-manager" });
    let value = json!({
        "metadata": { "name": "db-controller" },
        "spec": {
            "replicas": 1, "serviceName": "db-controller",
            "selector": { "matchLabels": { "a": "b" } },
            "template": { "metadata": { "labels": { "a": "b" } }, "spec": { "containers": [container] } },
        },
    });
    serde_json::from_value(value).unwrap()
}
