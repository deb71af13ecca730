//! SchemaHero's tutorial, from its own manifests.

use schema::plan::Policy;
use testkit::case::testdata;

use crate::cases::chain;
use crate::database::{TestDatabase, specs, specs_of};

#[tokio::test]
async fn the_tutorial_is_planned_applied_changed_and_applied_again() {
    let folder = testdata().join("samples/schemahero-tutorial");
    let mut tables = Vec::new();
    for file in ["airport-table.yaml", "schedule.yaml", "reservation-table.yaml"] {
        tables.extend(specs_of(&folder.join(file)));
    }
    let database = TestDatabase::postgres().await;
    let planned = database
        .plan(&tables, &Policy::default())
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)));
    assert_eq!(planned.plan.steps.len(), 3);
    database
        .apply(&tables)
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)));
    assert!(
        database
            .plan(&tables, &Policy::allow_all())
            .await
            .expect("a plan")
            .plan
            .is_empty()
    );
    database
        .execute("INSERT INTO airport VALUES ('LHR', 'Heathrow')")
        .await;

    // The tutorial's next page adds columns and makes one wider.
    let yaml = std::fs::read_to_string(folder.join("airport-table.yaml")).expect("the manifest");
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
        ["column public.airport.city", "column public.airport.name"]
    );
    database
        .apply_with(
            &tables,
            &Policy::default(),
            &crate::database::approving(planned.plan.hash.as_str()),
        )
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)));
    assert!(
        database
            .plan(&tables, &Policy::allow_all())
            .await
            .expect("a plan")
            .plan
            .is_empty()
    );
    assert_eq!(
        database.texts("SELECT name::text FROM airport").await,
        ["Heathrow"]
    );
}
