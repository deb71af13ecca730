//! Plans wait for an approval, and run once for it.

use api::database::Database;
use api::migration::{Migration, Phase};
use api::names;
use kube::ResourceExt;
use serde_json::json;

use super::world::{message, phase_of, world};

#[tokio::test]
async fn a_plan_runs_when_its_migration_is_approved_and_not_before() {
    let world = world("approve").await;
    let _controller = world.controller(&[]).await;
    world.declare_database(json!({})).await;
    world.declare_table("users", &[("email", "text")]).await;
    let planned = world.migration(Phase::Planned).await;
    let database = world.database("AwaitingApproval").await;
    assert!(message(&database).contains(&format!("chancery migrations approve {}", planned.name_any())));
    world.table("users", "AwaitingApproval").await;
    let plan = planned.spec.plan.as_ref().unwrap();
    assert!(planned.name_any().ends_with(&plan.hash[..10]));
    assert!(
        planned
            .spec
            .generated_ddl
            .as_ref()
            .unwrap()
            .contains("CREATE TABLE")
    );

    // For ten digits, or for another hash, nothing runs.
    world
        .annotate::<Migration>(&planned.name_any(), names::APPROVED_PLAN, &plan.hash[..10])
        .await;
    world
        .annotate::<Database>("db", names::RECONCILE_REQUESTED, "now")
        .await;
    testkit::eventually("the request was followed", async || {
        let database = world.database("AwaitingApproval").await;
        database.status.unwrap().last_handled_reconcile_at.as_deref() == Some("now")
    })
    .await;
    assert_eq!(world.columns("users").await, Vec::<String>::new());

    world
        .annotate::<Migration>(&planned.name_any(), names::APPROVED_BY, "jo")
        .await;
    world.approve(&planned).await;
    let executed = world.migration(Phase::Executed).await;
    let status = executed.status.unwrap();
    assert_eq!((status.run, status.steps_done), (Some(1), Some(1)));
    assert_eq!(status.decided_by.as_deref(), Some("jo"));
    assert_eq!(
        (status.ready, status.conditions[0].type_.as_str()),
        (Some(true), "Succeeded")
    );
    world.database("Synced").await;
    world.table("users", "Synced").await;
    assert_eq!(world.columns("users").await, ["id", "email"]);
    let events = world.events("Migration", &planned.name_any()).await;
    for reason in ["Planned", "Approved", "Executed"] {
        assert!(events.iter().any(|event| event == reason), "{reason}: {events:?}");
    }
}

#[tokio::test]
async fn a_plan_runs_when_the_database_in_git_names_its_hash() {
    let world = world("git").await;
    let _controller = world.controller(&[]).await;
    world.declare_database(json!({})).await;
    world.declare_table("users", &[]).await;
    let planned = world.migration(Phase::Planned).await;
    let hash = planned.spec.plan.unwrap().hash;
    world
        .annotate::<Database>("db", names::APPROVED_PLAN, &hash)
        .await;
    world.migration(Phase::Executed).await;
    world.database("Synced").await;
    // It is spent: what changes now waits again.
    world.declare_table("users", &[("email", "text")]).await;
    world.database("AwaitingApproval").await;
    assert_eq!(world.columns("users").await, ["id"]);
}

#[tokio::test]
async fn a_rejected_plan_stays_until_something_else_is_declared() {
    let world = world("reject").await;
    let _controller = world.controller(&[]).await;
    world.declare_database(json!({})).await;
    world.declare_table("users", &[]).await;
    let planned = world.migration(Phase::Planned).await;
    let hash = planned.spec.plan.as_ref().unwrap().hash.clone();
    world
        .annotate::<Migration>(&planned.name_any(), names::REJECTED_PLAN, &hash)
        .await;
    world.database("Rejected").await;
    world.approve(&planned).await;
    world.declare_table("users", &[("email", "text")]).await;
    world.database("AwaitingApproval").await;
    assert_eq!(world.columns("users").await, Vec::<String>::new());
    let phases: Vec<_> = world.migrations().await.iter().map(phase_of).collect();
    assert_eq!(phases, [Some(Phase::Rejected), Some(Phase::Planned)]);
}

#[tokio::test]
async fn a_migration_that_is_deleted_while_it_waits_is_planned_again() {
    let world = world("again").await;
    let _controller = world.controller(&[]).await;
    world.declare_database(json!({})).await;
    world.declare_table("users", &[]).await;
    let planned = world.migration(Phase::Planned).await;
    let api: kube::Api<Migration> = world.namespace.api();
    api.delete(&planned.name_any(), &kube::api::DeleteParams::default())
        .await
        .unwrap();
    testkit::eventually("there is another one", async || {
        let all = world.migrations().await;
        all.len() == 1 && all[0].metadata.uid != planned.metadata.uid
    })
    .await;
    world.migration(Phase::Planned).await;
}
