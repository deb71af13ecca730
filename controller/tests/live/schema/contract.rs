//! What GitOps tools make of the objects, by their own code, in every state.

use std::sync::atomic::{AtomicU32, Ordering};

use api::database::Database;
use api::migration::{Migration, MigrationStatus, Phase};
use api::names;
use api::table::Table;
use kube::ResourceExt;
use serde_json::{Value, json};
use testkit::eventually;

use super::world::{World, phase_of, table, world};
use crate::samples::Samples;

mod blocked;
mod declared;
mod reached;
mod seen;

/// Returns no samples yet. Flux is told of the conditions that Database, Table and Migration share.
fn samples() -> Samples {
    Samples::new(
        "status.conditions.exists(e, e.type == 'Stalled' && e.status == 'True')",
        "status.conditions.filter(e, e.type == 'Ready').all(e, e.status == 'True')",
    )
}

impl Samples {
    /// Adds the Database and the Table `users` as soon as they have these reasons.
    async fn all(&mut self, world: &World, reason: &str, of_table: &str, verdict: &'static str) {
        self.add(reason, &world.database(reason).await, verdict);
        self.add(reason, &world.table("users", of_table).await, verdict);
    }
}

/// Has the controller look at the Database now, without a change of what is declared.
async fn look(world: &World) {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let value = ASKED.fetch_add(1, Ordering::Relaxed).to_string();
    annotate_database(world, names::RECONCILE_REQUESTED, &value).await;
}

/// Waits for a Migration whose status is so, and returns it.
async fn migration(world: &World, what: &str, is: impl Fn(&MigrationStatus) -> bool) -> Migration {
    eventually(&format!("a Migration {what}"), async || {
        let all = world.migrations().await;
        let found = all.iter().find(|one| one.status.as_ref().is_some_and(&is));
        found.cloned().ok_or_else(|| {
            let statuses: Vec<_> = all.into_iter().map(|one| one.status).collect();
            format!("{statuses:?}")
        })
    })
    .await
}

async fn annotate_database(world: &World, name: &str, value: &str) {
    world.annotate::<Database>("db", name, value).await;
}

#[tokio::test]
async fn every_state_reads_the_same_to_kstatus_flux_and_its_checker() {
    let world = world("contract").await;
    let _controller = world.controller(&["--recheck-interval=2s"]).await;
    let mut samples = samples();
    world.declare_table("users", &[("email", "text")]).await;
    let table: Table = world.table("users", "DatabaseMissing").await;
    samples.add("missing", &table, "InProgress");
    world.declare_database(json!({})).await;
    samples
        .all(&world, "AwaitingApproval", "AwaitingApproval", "InProgress")
        .await;
    let planned = world.migration(Phase::Planned).await;
    samples.add("planned", &planned, "InProgress");

    let hash = planned.spec.plan.as_ref().unwrap().hash.clone();
    world
        .annotate::<Migration>(&planned.name_any(), names::REJECTED_PLAN, &hash)
        .await;
    samples.all(&world, "Rejected", "Rejected", "Failed").await;
    samples.add("rejected", &world.migration(Phase::Rejected).await, "Failed");
    world
        .annotate::<Migration>(&planned.name_any(), names::REJECTED_PLAN, "")
        .await;
    world.approve(&planned).await;
    samples.all(&world, "Synced", "Synced", "Current").await;
    samples.add("executed", &world.migration(Phase::Executed).await, "Current");

    world
        .postgres
        .execute("ALTER TABLE users DROP COLUMN email")
        .await;
    samples.add("drift", &world.table("users", "Drifted").await, "InProgress");
    world.declare_table("users", &[]).await;
    world.database("Synced").await;
    samples.add("superseded", &world.migration(Phase::Invalid).await, "Failed");

    world
        .postgres
        .execute("ALTER TABLE users ADD COLUMN extra text")
        .await;
    samples.all(&world, "Held", "Held", "Failed").await;
    annotate_database(&world, names::PAUSED, "true").await;
    samples.all(&world, "Paused", "Paused", "InProgress").await;
    annotate_database(&world, names::PAUSED, "").await;
    world
        .postgres
        .execute("ALTER TABLE users DROP COLUMN extra")
        .await;
    world.database("Synced").await;

    world.postgres.execute("INSERT INTO users VALUES (1)").await;
    annotate_database(&world, names::ALLOW, "nonsense").await;
    samples.add("annotation", &world.database("InvalidAnnotation").await, "Failed");
    annotate_database(&world, names::ALLOW, "").await;
    world.declare_table("users", &[("x", "no_such_type")]).await;
    samples
        .all(&world, "InvalidTables", "InvalidSpec", "Failed")
        .await;
    failed(&world, &mut samples).await;
    samples.judge().await;
}

/// Adds the samples of a run that failed.
async fn failed(world: &World, samples: &mut Samples) {
    world
        .apply(super::world::database(
            &world.postgres.url(),
            &json!({ "immediateDeploy": true }),
        ))
        .await;
    world.declare_table("users", &[("n", "integer")]).await;
    world.database("Synced").await;
    world
        .postgres
        .execute("INSERT INTO users VALUES (2, 7), (3, 7)")
        .await;
    let mut unique: Value = table("users", &[("n", "integer")]);
    unique["spec"]["schema"]["postgres"]["indexes"] = json!([{ "columns": ["n"], "isUnique": true }]);
    world.apply(unique).await;
    samples.all(world, "Failed", "Failed", "Failed").await;
    let failed = world.migration(Phase::Failed).await;
    assert_eq!(phase_of(&failed), Some(Phase::Failed));
    samples.add("failed", &failed, "Failed");
}
