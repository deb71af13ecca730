//! Someone else changes the database.

use api::migration::Phase;
use serde_json::json;
use testkit::eventually;

use super::world::world;

#[tokio::test]
async fn a_change_by_someone_else_is_told_and_waits_for_an_approval() {
    let world = world("drift").await;
    let _controller = world.controller(&["--recheck-interval=2s"]).await;
    world.declare_database(json!({})).await;
    world.declare_table("users", &[("email", "text")]).await;
    let planned = world.migration(Phase::Planned).await;
    world.approve(&planned).await;
    world.database("Synced").await;
    world
        .postgres
        .execute("ALTER TABLE users DROP COLUMN email")
        .await;
    let table = world.table("users", "Drifted").await;
    let text = &table.status.unwrap().conditions[0].message;
    assert!(text.contains("column public.users.email"), "{text}");
    world.database("AwaitingApproval").await;
    eventually("an event tells it", async || {
        world
            .events("Table", "users")
            .await
            .contains(&"Drifted".to_owned())
    })
    .await;
    assert_eq!(world.columns("users").await, ["id"]);
    let mends = world.migration(Phase::Planned).await;
    world.approve(&mends).await;
    world.table("users", "Synced").await;
    assert_eq!(world.columns("users").await, ["id", "email"]);
}

#[tokio::test]
async fn a_standing_approval_mends_it() {
    let world = world("heal").await;
    let _controller = world.controller(&["--recheck-interval=2s"]).await;
    world.declare_database(json!({ "immediateDeploy": true })).await;
    world.declare_table("users", &[("email", "text")]).await;
    world.database("Synced").await;
    world
        .postgres
        .execute("ALTER TABLE users DROP COLUMN email")
        .await;
    eventually("the column is back", async || {
        world.columns("users").await == ["id", "email"]
    })
    .await;
    eventually("an event tells it", async || {
        world
            .events("Table", "users")
            .await
            .contains(&"Drifted".to_owned())
    })
    .await;
}
