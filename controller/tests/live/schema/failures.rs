//! Runs that stop at an error.

use api::migration::{Migration, Phase};
use api::names;
use kube::ResourceExt;
use serde_json::json;

use super::world::{message, phase_of, table, world};

#[tokio::test]
async fn a_step_that_rows_refuse_waits_for_a_person_who_mends_them() {
    let world = world("failed").await;
    let _controller = world.controller(&["--recheck-interval=1s"]).await;
    world.declare_database(json!({ "immediateDeploy": true })).await;
    world.declare_table("users", &[("email", "text")]).await;
    world.database("Synced").await;
    world
        .postgres
        .execute("INSERT INTO users VALUES (1, 'canary@x'), (2, 'canary@x')")
        .await;
    let mut unique = table("users", &[("email", "text")]);
    unique["spec"]["schema"]["postgres"]["indexes"] = json!([{ "columns": ["email"], "isUnique": true }]);
    world.apply(unique).await;
    let failed = world.migration(Phase::Failed).await;
    let database = world.database("Failed").await;
    assert!(
        message(&database).contains("chancery migrations retry"),
        "{}",
        message(&database)
    );
    world.table("users", "Failed").await;
    let status = failed.status.as_ref().unwrap();
    assert!(!format!("{status:?}").contains("canary"), "{status:?}");
    let run = status.run.unwrap();
    assert!(
        world
            .events("Migration", &failed.name_any())
            .await
            .contains(&"Failed".to_owned())
    );
    let invalid = "SELECT 'x' FROM pg_index WHERE NOT indisvalid";
    assert_eq!(world.postgres.texts(invalid).await, Vec::<String>::new());

    // Asked without anything mended, it fails again, and once only.
    let name = failed.name_any();
    world
        .annotate::<Migration>(&name, names::RETRY_RUN, &run.to_string())
        .await;
    testkit::eventually("it was tried again", async || {
        let all = world.migrations().await;
        let migration = all.iter().find(|migration| migration.name_any() == name).unwrap();
        let status = migration.status.as_ref().unwrap();
        status.last_handled_retry.is_some() && phase_of(migration) == Some(Phase::Failed)
    })
    .await;
    world.postgres.execute("DELETE FROM users WHERE id = 2").await;
    world
        .annotate::<Migration>(&name, names::RETRY_RUN, &format!("{run}/2"))
        .await;
    world.database("Synced").await;
    let all = world.migrations().await;
    let migration = all.iter().find(|migration| migration.name_any() == name).unwrap();
    assert_eq!(phase_of(migration), Some(Phase::Executed));
    assert_eq!(world.runs().await.len(), 2);
}

#[tokio::test]
async fn a_new_declaration_takes_the_place_of_a_run_that_failed() {
    let world = world("replaced").await;
    let _controller = world.controller(&[]).await;
    world.declare_database(json!({ "immediateDeploy": true })).await;
    world.declare_table("users", &[("email", "text")]).await;
    world.database("Synced").await;
    world
        .postgres
        .execute("INSERT INTO users VALUES (1, 'a'), (2, 'a')")
        .await;
    let mut unique = table("users", &[("email", "text")]);
    unique["spec"]["schema"]["postgres"]["indexes"] = json!([{ "columns": ["email"], "isUnique": true }]);
    world.apply(unique).await;
    world.migration(Phase::Failed).await;
    world.database("Failed").await;
    world
        .declare_table("users", &[("email", "text"), ("name", "text")])
        .await;
    world.database("Synced").await;
    assert_eq!(world.columns("users").await, ["id", "email", "name"]);
    world.migration(Phase::Failed).await;
}
