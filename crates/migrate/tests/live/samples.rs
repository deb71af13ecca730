//! Chinook, a schema that others wrote: declared, it is what its own script makes.

use schema::plan::Policy;
use testkit::case::testdata;

use crate::cases::chain;
use crate::database::{TestDatabase, specs_of};

#[tokio::test]
async fn a_database_that_its_own_script_made_needs_nothing() {
    let folder = testdata().join("samples/chinook");
    let tables = specs_of(&folder.join("postgres.yaml"));
    assert_eq!(tables.len(), 11);
    let database = TestDatabase::postgres().await;
    database
        .execute(&std::fs::read_to_string(folder.join("postgres.sql")).expect("the script"))
        .await;
    let planned = database
        .plan(&tables, &Policy::default())
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)));
    assert!(
        planned.plan.is_empty(),
        "{}",
        migrate::report::text("chinook", &planned)
    );
    assert!(
        planned.plan.unsupported.is_empty() && planned.plan.unproven.is_empty(),
        "{:?}",
        planned.plan
    );
}

/// Tables, keys and indexes come in an order that works, whatever the order of the files.
#[tokio::test]
async fn from_nothing_it_is_made_in_one_go() {
    let mut tables = specs_of(&testdata().join("samples/chinook/postgres.yaml"));
    let database = TestDatabase::postgres().await;
    tables.reverse();
    database
        .apply(&tables)
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)));
    let planned = database
        .plan(&tables, &Policy::allow_all())
        .await
        .expect("a plan");
    assert!(
        planned.plan.is_empty(),
        "{}",
        migrate::report::text("chinook", &planned)
    );
}
