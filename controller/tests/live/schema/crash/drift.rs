//! A database that changes between the approval of a plan and its run.

use api::migration::Phase;
use kube::ResourceExt;

use super::life::{Approved, begin, declare};
use crate::schema::world::phase_of;

/// The controller is away when the plan is approved and the table is changed by hand: what was approved is void.
#[tokio::test]
async fn an_approval_is_void_when_the_database_was_changed_before_the_controller_came_back() {
    let world = begin().await;
    let first = world.controller(&[]).await;
    declare(&world, &world.postgres.url(), Approved::ByPerson).await;
    let planned = world.migration(Phase::Planned).await;
    first.kill().await;
    world
        .postgres
        .execute("ALTER TABLE book ADD COLUMN note text")
        .await;
    world.approve(&planned).await;
    let _second = world.controller(&[]).await;
    let invalid = world.migration(Phase::Invalid).await;
    assert_eq!(invalid.name_any(), planned.name_any());
    world.database("AwaitingApproval").await;
    let other = world.migration(Phase::Planned).await;
    assert_ne!(other.name_any(), planned.name_any());
    assert_eq!(world.columns("book").await, ["id", "title", "note"]);
    assert!(
        world
            .migrations()
            .await
            .iter()
            .all(|m| phase_of(m) != Some(Phase::Executed)),
        "nothing ran"
    );
    let events = world.events("Migration", &planned.name_any()).await;
    assert!(events.iter().any(|reason| reason == "Invalidated"), "{events:?}");
}
