//! Restarts, and two controllers at one database.

use std::collections::BTreeSet;

use serde_json::json;
use testkit::eventually;

use super::world::{Work, world};

#[tokio::test]
async fn a_restart_with_nothing_changed_writes_nothing() {
    let world = world("idle").await;
    let first = world.controller(&[]).await;
    world.declare_database(json!({ "immediateDeploy": true })).await;
    world.declare_table("users", &[("email", "text")]).await;
    world.declare_table("posts", &[]).await;
    world.database("Synced").await;
    let (status, work): (_, Work) = first.terminate_with().await;
    assert_eq!(status.code(), Some(0));
    assert_eq!(work.runs, 1, "{work:?}");
    let second = world.controller(&["--recheck-interval=1s"]).await;
    eventually("it looked some times", async || {
        second.text().matches("the database is as declared").count() >= 3
    })
    .await;
    let (_, work): (_, Work) = second.terminate_with().await;
    assert_eq!((work.writes, work.runs), (0, 0), "{work:?}");
    assert!(work.connections >= 3, "{work:?}");
    // No connection is kept between looks.
    let name = world.postgres.name();
    let sessions = world
        .postgres
        .texts(&format!(
            "SELECT application_name FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()"
        ))
        .await;
    assert_eq!(sessions, Vec::<String>::new());
}

#[tokio::test]
async fn two_controllers_without_an_election_apply_each_of_a_hundred_changes_once() {
    let world = world("two").await;
    let first = world.controller(&[]).await;
    let second = world.controller(&[]).await;
    world
        .declare_database(json!({ "immediateDeploy": true, "batchWindow": "50ms" }))
        .await;
    let names: Vec<String> = (0..100).map(|n| format!("c{n:03}")).collect();
    for n in 0..100 {
        let columns: Vec<(&str, &str)> = names[..=n].iter().map(|name| (name.as_str(), "text")).collect();
        world.declare_table("users", &columns).await;
        eventually(&format!("column {n} is there"), async || {
            world.columns("users").await.len() == n + 2
        })
        .await;
    }
    world.database("Synced").await;
    // Every step of every run that ended is done, and no statement was run twice.
    let done = world
        .postgres
        .texts("SELECT sql_sha FROM _chancery.step WHERE state = 'done'")
        .await;
    let distinct: BTreeSet<&String> = done.iter().collect();
    assert_eq!(distinct.len(), done.len());
    let open = world
        .postgres
        .texts("SELECT state FROM _chancery.step WHERE state <> 'done'")
        .await;
    assert_eq!(open, Vec::<String>::new());
    let hashes: Vec<String> = world.runs().await;
    assert!(hashes.iter().all(|run| run.ends_with(" ok")), "{hashes:?}");
    assert_eq!(hashes.len(), 100);
    let work: (Work, Work) = (first.terminate_with().await.1, second.terminate_with().await.1);
    assert!(work.0.runs > 0 && work.1.runs > 0, "both had a part: {work:?}");
}
