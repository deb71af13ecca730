//! SchemaHero's tutorial, from its own manifests; on the other engines with the engine's key in the place of `postgres`.

use schema::declared::TableSpec;
use schema::plan::Policy;
use testkit::case::testdata;

use crate::cases::chain;
use crate::database::{TestDatabase, approving, specs};

#[tokio::test]
async fn the_tutorial_is_planned_applied_changed_and_applied_again() {
    follow(&TestDatabase::postgres().await, "postgres", "public.airport").await;
}

#[tokio::test]
async fn the_tutorial_works_on_mysql() {
    follow(&TestDatabase::mysql().await, "mysql", "airport").await;
}

#[tokio::test]
async fn the_tutorial_works_on_mariadb() {
    follow(&TestDatabase::mariadb().await, "mysql", "airport").await;
}

/// Reads a manifest of the tutorial, for the engine of this key.
fn manifest(file: &str, engine: &str) -> String {
    let path = testdata().join("samples/schemahero-tutorial").join(file);
    let yaml = std::fs::read_to_string(path).expect("the manifest");
    yaml.replace("    postgres:\n", &format!("    {engine}:\n"))
}

/// Goes through the tutorial; `airport` is what reports call that table.
async fn follow(database: &TestDatabase, engine: &str, airport: &str) {
    let mut tables: Vec<TableSpec> = Vec::new();
    for file in ["airport-table.yaml", "schedule.yaml", "reservation-table.yaml"] {
        tables.extend(specs(&manifest(file, engine)));
    }
    let planned = database
        .plan(&tables, &Policy::default())
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)));
    assert_eq!(planned.plan.steps.len(), 3);
    database
        .apply(&tables)
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)));
    is_done(database, &tables).await;
    database
        .execute("INSERT INTO airport VALUES ('LHR', 'Heathrow')")
        .await;

    // The tutorial's next page adds columns and makes one wider.
    let yaml = manifest("airport-table.yaml", engine);
    let wider = format!(
        "{}\n        - name: city\n          type: varchar(40)\n",
        yaml.trim_end().replace("varchar(255)", "varchar(300)")
    );
    tables[0] = specs(&wider).remove(0);
    let planned = database
        .plan(&tables, &Policy::default())
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)));
    assert!(planned.plan.held.is_empty());
    let objects: Vec<String> = planned
        .plan
        .steps
        .iter()
        .map(|step| step.object.to_string())
        .collect();
    assert_eq!(
        objects,
        ["city", "name"].map(|column| format!("column {airport}.{column}"))
    );
    let approval = approving(planned.plan.hash.as_str());
    database
        .apply_with(&tables, &Policy::default(), &approval)
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)));
    is_done(database, &tables).await;
    assert_eq!(database.texts("SELECT name FROM airport").await, ["Heathrow"]);
}

async fn is_done(database: &TestDatabase, tables: &[TableSpec]) {
    let planned = database.plan(tables, &Policy::allow_all()).await.expect("a plan");
    assert!(planned.plan.is_empty());
}
