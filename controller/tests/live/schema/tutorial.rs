//! SchemaHero's tutorial, from its own manifests, and the same for MySQL and MariaDB.

use api::database::Database;
use api::migration::{Migration, Phase};
use api::names;
use api::table::Table;
use kube::ResourceExt;
use kube::api::Api;
use serde_json::{Value, json};
use testkit::eventually;

use super::world::{World, phase_of, world};

/// Returns a manifest of the tutorial, as it is.
fn manifest(file: &str) -> Value {
    let folder = testkit::case::testdata().join("samples/schemahero-tutorial");
    let yaml = std::fs::read(folder.join(file)).unwrap();
    let documents = manifests::documents::read(file, &yaml).unwrap();
    documents[0].to().unwrap()
}

/// Returns a Table of the tutorial for an engine.
fn table(file: &str, engine: &str) -> Value {
    let mut object = manifest(file);
    let schema = &mut object["spec"]["schema"];
    let postgres = schema.as_object_mut().unwrap().remove("postgres").unwrap();
    schema[engine] = postgres;
    object
}

/// Applies the tutorial with this address.
async fn declare(world: &World, engine: &str, url: &str, immediate: bool) {
    let mut database = manifest("airlinedb.yaml");
    database["spec"]["immediateDeploy"] = json!(immediate);
    database["spec"]["connection"] = json!({ engine: { "uri": { "value": url } } });
    world.apply(database).await;
    for file in ["airport-table.yaml", "schedule.yaml", "reservation-table.yaml"] {
        world.apply(table(file, engine)).await;
    }
}

async fn all_ready(world: &World) {
    let databases: Api<Database> = world.namespace.api();
    let tables: Api<Table> = world.namespace.api();
    eventually("the Database and its Tables are ready", async || {
        let database = databases
            .get("airlinedb")
            .await
            .map_err(|error| error.to_string())?;
        let status = database.status.unwrap_or_default();
        if status.ready != Some(true) {
            return Err(format!("{status:?}"));
        }
        for name in ["airport", "reservation", "schedule"] {
            let table = tables.get(name).await.map_err(|error| error.to_string())?;
            let status = table.status.unwrap_or_default();
            if status.ready != Some(true) || status.observed_generation != table.metadata.generation {
                return Err(format!("{name}: {status:?}"));
            }
        }
        Ok(())
    })
    .await;
}

/// Goes through the tutorial with a standing approval, and to its next page by approving its plan.
async fn tutorial(world: &World, engine: &str, url: &str) {
    let _controller = world.controller(&[]).await;
    declare(world, engine, url, true).await;
    all_ready(world).await;
    for migration in world.migrations().await {
        assert_eq!(phase_of(&migration), Some(Phase::Executed));
        let status = migration.status.unwrap();
        assert_eq!(status.decided_by.as_deref(), Some("immediateDeploy"));
    }

    declare(world, engine, url, false).await;
    let mut airport = table("airport-table.yaml", engine);
    let columns = &mut airport["spec"]["schema"][engine]["columns"];
    columns[1]["type"] = json!("varchar(300)");
    let city = json!({ "name": "city", "type": "varchar(40)" });
    columns.as_array_mut().unwrap().push(city);
    world.apply(airport).await;
    let planned = world.migration(Phase::Planned).await;
    world
        .annotate::<Migration>(&planned.name_any(), names::APPROVED_BY, "jo")
        .await;
    world.approve(&planned).await;
    all_ready(world).await;
    let api: Api<Migration> = world.namespace.api();
    let status = api.get(&planned.name_any()).await.unwrap().status.unwrap();
    assert_eq!(
        (status.phase, status.decided_by.as_deref()),
        (Some(Phase::Executed), Some("jo"))
    );
}

#[tokio::test]
async fn the_tutorial_as_it_is_but_for_its_address_becomes_ready() {
    let world = world("tutorial").await;
    let url = world.postgres.url();
    tutorial(&world, "postgres", &url).await;
    assert_eq!(world.columns("airport").await, ["code", "name", "city"]);
    assert_eq!(world.runs().await.len(), 2);
}

#[tokio::test]
async fn the_tutorial_becomes_ready_on_mysql() {
    let world = world("mysql").await;
    let database = testkit::mysql().await;
    tutorial(&world, "mysql", &database.url()).await;
    let columns = database
        .texts("SELECT column_name FROM information_schema.columns WHERE table_name = 'airport' AND table_schema = database() ORDER BY ordinal_position")
        .await;
    assert_eq!(columns, ["code", "name", "city"]);
}

#[tokio::test]
async fn the_tutorial_becomes_ready_on_mariadb() {
    let world = world("mariadb").await;
    let database = testkit::mariadb().await;
    tutorial(&world, "mysql", &database.url()).await;
    let columns = database
        .texts("SELECT column_name FROM information_schema.columns WHERE table_name = 'airport' AND table_schema = database() ORDER BY ordinal_position")
        .await;
    assert_eq!(columns, ["code", "name", "city"]);
}
