//! Sessions that are in the way of a run, and SIGTERM meanwhile.

use std::time::{Duration, Instant};

use api::migration::Phase;
use serde_json::json;
use testkit::eventually;

use super::world::{Work, World, world};

/// Declares a table, makes it, and returns once another session reads it in a transaction that lasts until
/// [`release`]. The future that holds it is to be polled beside the test.
async fn hold(world: &World) {
    world
        .postgres
        .execute(
            "SET application_name = 'in-the-way'; BEGIN; LOCK TABLE users IN ACCESS SHARE MODE; \
             DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM go) LOOP PERFORM pg_sleep(0.05); END LOOP; END $$; COMMIT",
        )
        .await;
}

async fn held(world: &World) {
    let waiting = "SELECT 'x' FROM pg_locks JOIN pg_class ON pg_class.oid = relation \
                   WHERE relname = 'users' AND mode = 'AccessShareLock' AND granted";
    eventually("the table is locked", async || {
        world.postgres.texts(waiting).await.len() == 1
    })
    .await;
}

async fn release(world: &World) {
    world.postgres.execute("INSERT INTO go VALUES (1)").await;
}

async fn made(prefix: &str) -> World {
    let world = world(prefix).await;
    world.postgres.execute("CREATE TABLE go (x integer)").await;
    let controller = world.controller(&[]).await;
    world.declare_database(json!({ "immediateDeploy": true })).await;
    world.declare_table("users", &[]).await;
    world.database("Synced").await;
    controller.kill().await;
    world
}

#[tokio::test]
async fn a_session_that_is_in_the_way_is_named_until_it_ends() {
    let world = made("blocked").await;
    let test = async {
        held(&world).await;
        let _controller = world.controller(&[]).await;
        world.declare_table("users", &[("email", "text")]).await;
        let name = eventually("the Migration names who is in the way", async || {
            let all = world.migrations().await;
            let found = all.iter().find_map(|migration| {
                let status = migration.status.as_ref()?;
                let named = status.blocked_by.iter().any(|by| by.contains("in-the-way"));
                (named && status.phase == Some(Phase::Executing)).then(|| migration.metadata.name.clone())
            });
            found.flatten().ok_or_else(|| {
                let statuses: Vec<_> = all.into_iter().map(|migration| migration.status).collect();
                format!("{statuses:?}")
            })
        })
        .await;
        eventually("an event tells it", async || {
            world
                .events("Migration", &name)
                .await
                .contains(&"Blocked".to_owned())
        })
        .await;
        release(&world).await;
        world.database("Synced").await;
        let all = world.migrations().await;
        let status = all
            .iter()
            .find(|m| m.metadata.name.as_ref() == Some(&name))
            .unwrap()
            .status
            .clone()
            .unwrap();
        assert_eq!(
            (status.phase, status.blocked_by.len()),
            (Some(Phase::Executed), 0)
        );
        assert_eq!(world.columns("users").await, ["id", "email"]);
    };
    tokio::join!(hold(&world), test);
}

#[tokio::test]
async fn a_run_that_is_told_to_stop_ends_in_time_and_is_gone_on_with() {
    let world = made("sigterm").await;
    let test = async {
        held(&world).await;
        let controller = world.controller(&[]).await;
        world.declare_table("users", &[("email", "text")]).await;
        world.migration(Phase::Executing).await;
        let begun = Instant::now();
        let (status, _): (_, Work) = controller.terminate_with().await;
        assert_eq!(status.code(), Some(0));
        assert!(begun.elapsed() < Duration::from_secs(25), "{:?}", begun.elapsed());
        let left = world
            .postgres
            .texts("SELECT application_name::text FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'chancery%'")
            .await;
        assert_eq!(left, Vec::<String>::new());
        release(&world).await;
        let _controller = world.controller(&[]).await;
        world.database("Synced").await;
        assert_eq!(world.columns("users").await, ["id", "email"]);
        assert_eq!(world.runs().await.len(), 2, "the same run went on");
        assert_eq!(world.migrations().await.len(), 2);
    };
    tokio::join!(hold(&world), test);
}
