//! Runs that wait, that are cut off, and that give up.

use api::conditions::READY;
use api::migration::{MigrationStatus, Phase};
use api::table::Table;
use kube::api::Api;
use serde_json::json;
use testkit::OpenSession;

use super::{look, migration, samples};
use crate::schema::world::{World, world};

/// Locks out every run: the number is that of the lock that keeps migrators apart.
const HOLD_MIGRATIONS: &str = "SELECT pg_advisory_lock(x'6368616e63657279'::bit(64)::bigint)";

#[tokio::test]
async fn a_run_that_waits_or_is_cut_off_is_in_progress_and_one_that_gave_up_failed() {
    // What is left of a case goes at the end: that takes time in which the others would not look.
    let _worlds = futures::join!(waits(), is_cut_off(), gives_up(), is_of_another_session());
}

/// Declares the Database and its Table and waits until they are so.
async fn made(world: &World) {
    world.declare_database(json!({ "immediateDeploy": true })).await;
    world.declare_table("users", &[]).await;
    world.database("Synced").await;
}

/// Reads the table in a transaction that stays open: nobody can alter it.
async fn reader(world: &World) -> OpenSession {
    world.postgres.open_session("BEGIN; SELECT FROM users").await
}

fn is_blocked(status: &MigrationStatus) -> bool {
    status.phase == Some(Phase::Executing) && !status.blocked_by.is_empty()
}

fn reason(status: &MigrationStatus) -> &str {
    let ready = status.conditions.iter().find(|one| one.type_ == READY);
    ready.map_or("", |ready| ready.reason.as_str())
}

/// Waits for the migration lock, then for the lock of a table.
async fn waits() -> World {
    let world = world("waits").await;
    let _controller = world.controller(&[]).await;
    made(&world).await;
    let migrator = world.postgres.open_session(HOLD_MIGRATIONS).await;
    world.declare_table("users", &[("email", "text")]).await;
    let mut samples = samples();
    samples.all(&world, "Executing", "Executing", "InProgress").await;
    samples.add("approved", &world.migration(Phase::Approved).await, "InProgress");
    let reader = reader(&world).await;
    drop(migrator);
    let blocked = migration(&world, "is blocked", is_blocked).await;
    samples.add("blocked", &blocked, "InProgress");
    samples.all(&world, "Executing", "Executing", "InProgress").await;
    world
        .declare_table("users", &[("email", "text"), ("name", "text")])
        .await;
    let tables: Api<Table> = world.namespace.api();
    let changed = tables.get("users").await.unwrap();
    samples.add("changed while a run waits", &changed, "InProgress");
    drop(reader);
    samples.all(&world, "Synced", "Synced", "Current").await;
    for executed in world.migrations().await {
        samples.add("executed", &executed, "Current");
    }
    samples.judge().await;
    world
}

/// Loses the database in the middle, and finds out later how far it came.
async fn is_cut_off() -> World {
    let world = world("cut-off").await;
    let _controller = world.controller(&[]).await;
    made(&world).await;
    let _reader = reader(&world).await;
    world.declare_table("users", &[("email", "text")]).await;
    migration(&world, "is blocked", is_blocked).await;
    let role = world.postgres.name();
    let url = world.postgres.url();
    let password = url.split(':').nth(2).unwrap().split('@').next().unwrap();
    world
        .postgres
        .execute_as_superuser(&format!(
            "ALTER ROLE \"{role}\" PASSWORD 'another'; \
             SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'"
        ))
        .await;
    let mut samples = samples();
    let unknown = migration(&world, "is not known", |status| reason(status) == "Unknown").await;
    samples.add("unknown", &unknown, "InProgress");
    samples
        .all(&world, "Unreachable", "DatabaseNotReady", "InProgress")
        .await;
    world
        .postgres
        .execute_as_superuser(&format!("ALTER ROLE \"{role}\" PASSWORD '{password}'"))
        .await;
    look(&world).await;
    samples.all(&world, "Synced", "Synced", "Current").await;
    samples.judge().await;
    world
}

/// Meets the same error that may pass until its attempts are used up.
async fn gives_up() -> World {
    let world = world("gives-up").await;
    let _controller = world
        .controller(&["--lock-retry-for=1s", "--max-attempts=2"])
        .await;
    made(&world).await;
    let _reader = reader(&world).await;
    world.declare_table("users", &[("email", "text")]).await;
    let mut samples = samples();
    samples
        .all(&world, "LockTimeout", "LockTimeout", "InProgress")
        .await;
    let again = migration(&world, "is tried again", |status| reason(status) == "LockTimeout").await;
    samples.add("tried again", &again, "InProgress");
    look(&world).await;
    samples.all(&world, "Failed", "Failed", "Failed").await;
    samples.add("given up", &world.migration(Phase::Failed).await, "Failed");
    samples.judge().await;
    world
}

/// Another session runs a migration, as the command line does.
async fn is_of_another_session() -> World {
    let world = world("another").await;
    let _controller = world.controller(&["--recheck-interval=1s"]).await;
    made(&world).await;
    let migrator = world.postgres.open_session(HOLD_MIGRATIONS).await;
    world
        .postgres
        .execute("INSERT INTO _chancery.run (seq, hash, approved_by) VALUES (2, 'other', 'someone')")
        .await;
    let mut samples = samples();
    let running = world.database("MigrationRunning").await;
    samples.add("of another session", &running, "InProgress");
    drop(migrator);
    samples.all(&world, "Synced", "Synced", "Current").await;
    samples.judge().await;
    world
}
