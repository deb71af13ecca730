//! Declarations change, and so do the plans for them.

use api::database::Database;
use api::migration::{Migration, Phase};
use api::names;
use api::table::Table;
use kube::ResourceExt;
use kube::api::{Api, DeleteParams};
use serde_json::json;
use testkit::eventually;

use super::world::{World, database, message, phase_of, table, world};

async fn delete_table(world: &World, name: &str) {
    let api: Api<Table> = world.namespace.api();
    api.delete(name, &DeleteParams::default()).await.unwrap();
}

#[tokio::test]
async fn a_declaration_that_changes_while_its_plan_waits_makes_that_plan_invalid() {
    let world = world("supersede").await;
    let _controller = world.controller(&[]).await;
    world.declare_database(json!({})).await;
    world.declare_table("users", &[]).await;
    let first = world.migration(Phase::Planned).await;
    world.declare_table("users", &[("email", "text")]).await;
    let old = world.migration(Phase::Invalid).await;
    assert_eq!(old.name_any(), first.name_any());
    let second = world.migration(Phase::Planned).await;
    let why = &old.status.as_ref().unwrap().conditions[0].message;
    assert!(why.contains(&second.name_any()), "{why}");
    // An approval of the old one lets nothing run.
    world.approve(&old).await;
    world.approve(&second).await;
    world.database("Synced").await;
    assert_eq!(world.columns("users").await, ["id", "email"]);
    assert_eq!(world.runs().await.len(), 1);
}

#[tokio::test]
async fn all_tables_of_a_database_are_one_plan_in_an_order_that_works() {
    let world = world("batch").await;
    let _controller = world.controller(&[]).await;
    world.declare_database(json!({ "immediateDeploy": true })).await;
    let mut child = table("a-child", &[("parent", "integer")]);
    child["spec"]["schema"]["postgres"]["foreignKeys"] =
        json!([{ "columns": ["parent"], "references": { "table": "z-parent", "columns": ["id"] } }]);
    world.apply(child).await;
    world.declare_table("z-parent", &[]).await;
    world.database("Synced").await;
    let all = world.migrations().await;
    assert_eq!(all.len(), 1);
    let names: Vec<&str> = all[0]
        .spec
        .tables
        .iter()
        .map(|table| table.name.as_str())
        .collect();
    assert_eq!(names, ["a-child", "z-parent"]);
}

#[tokio::test]
async fn a_drop_stays_held_for_a_standing_approval_and_the_rest_runs() {
    let world = world("held").await;
    let _controller = world.controller(&[]).await;
    world.declare_database(json!({ "immediateDeploy": true })).await;
    world.declare_table("users", &[("old", "text")]).await;
    world.database("Synced").await;
    world.declare_table("users", &[("new", "text")]).await;
    let held = world.database("Held").await;
    assert_eq!(world.columns("users").await, ["id", "old", "new"]);
    assert!(
        message(&held).contains("chancery.dev/allow: deletes-data"),
        "{}",
        message(&held)
    );
    world.table("users", "Held").await;
    eventually("an event tells it", async || {
        world.events("Database", "db").await.contains(&"Held".to_owned())
    })
    .await;
    world
        .annotate::<Database>("db", names::ALLOW, "deletes-data")
        .await;
    world.database("Synced").await;
    assert_eq!(world.columns("users").await, ["id", "new"]);
}

#[tokio::test]
async fn a_table_that_is_no_longer_declared_stays_in_the_database() {
    let world = world("undeclare").await;
    let _controller = world.controller(&[]).await;
    world.declare_database(json!({ "immediateDeploy": true })).await;
    world.declare_table("users", &[]).await;
    world.declare_table("posts", &[]).await;
    world.database("Synced").await;
    delete_table(&world, "posts").await;
    eventually("one table is declared", async || {
        message(&world.database("Synced").await) == "the declared table is as declared"
    })
    .await;
    assert_eq!(world.columns("posts").await, ["id"]);
    delete_table(&world, "users").await;
    eventually("none is declared", async || {
        message(&world.database("Synced").await) == "no tables are declared"
    })
    .await;
    assert_eq!(world.columns("users").await, ["id"]);
}

#[tokio::test]
async fn a_table_comes_before_its_database_and_outlives_it() {
    let world = world("orphan").await;
    let _controller = world.controller(&[]).await;
    world.declare_table("users", &[]).await;
    world.table("users", "DatabaseMissing").await;
    world.declare_database(json!({ "immediateDeploy": true })).await;
    world.table("users", "Synced").await;
    let api: Api<Database> = world.namespace.api();
    api.delete("db", &DeleteParams::default()).await.unwrap();
    world.table("users", "DatabaseMissing").await;
    assert_eq!(world.columns("users").await, ["id"]);
    assert_eq!(world.migrations().await.len(), 1);
    // It comes back, and nothing is left to do.
    world.declare_database(json!({})).await;
    world.table("users", "Synced").await;
}

#[tokio::test]
async fn one_table_that_can_not_be_planned_keeps_the_others_from_running() {
    let world = world("invalid").await;
    let _controller = world.controller(&[]).await;
    world.declare_table("good", &[]).await;
    world.declare_table("bad", &[("x", "no_such_type")]).await;
    world.declare_database(json!({ "immediateDeploy": true })).await;
    world.database("InvalidTables").await;
    let bad = world.table("bad", "InvalidSpec").await;
    let text = &bad.status.unwrap().conditions[0].message;
    assert!(text.contains("no_such_type"), "{text}");
    world.table("good", "WaitsForOtherTables").await;
    assert_eq!(world.columns("good").await, Vec::<String>::new());
    let mut twice = table("twice", &[]);
    twice["spec"]["name"] = json!("good");
    world.declare_table("bad", &[("x", "text")]).await;
    world.apply(twice).await;
    world.database("InvalidTables").await;
    delete_table(&world, "twice").await;
    world.database("Synced").await;
}

#[tokio::test]
async fn a_paused_database_rests() {
    let world = world("paused").await;
    let _controller = world.controller(&[]).await;
    let mut paused = database(&world.postgres.url(), &json!({ "immediateDeploy": true }));
    paused["metadata"]["annotations"] = json!({ names::PAUSED: "true" });
    world.apply(paused).await;
    world.declare_table("users", &[]).await;
    world.database("Paused").await;
    world.table("users", "Paused").await;
    world.annotate::<Database>("db", names::PAUSED, "false").await;
    world.database("Synced").await;
}

#[tokio::test]
async fn a_plan_too_long_for_an_object_runs_all_the_same() {
    let world = world("long").await;
    let _controller = world.controller(&[]).await;
    world.declare_database(json!({})).await;
    // Forty tables with long defaults: about 800 KiB of SQL.
    let long = "x".repeat(20_000);
    for n in 0..40 {
        let mut table = table(&format!("t{n:02}"), &[("c", "text")]);
        table["spec"]["schema"]["postgres"]["columns"][1]["default"] = json!(long);
        world.apply(table).await;
    }
    eventually("one plan has them all", async || {
        let all = world.migrations().await;
        let planned: Vec<&Migration> = all
            .iter()
            .filter(|migration| phase_of(migration) == Some(Phase::Planned))
            .collect();
        match planned.as_slice() {
            [one] if one.spec.tables.len() == 40 => Ok(()),
            _ => Err(planned.len()),
        }
    })
    .await;
    let planned = world.migration(Phase::Planned).await;
    let plan = planned.spec.plan.as_ref().unwrap();
    assert_eq!(plan.steps.len(), 40);
    assert!(plan.steps.iter().all(|step| step.sql.is_empty()));
    world.approve(&planned).await;
    world.database("Synced").await;
    assert_eq!(world.columns("t39").await, ["id", "c"]);
}
