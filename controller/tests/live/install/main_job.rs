//! The main job of both halves, through both controllers at once.

use api::names;
use testkit::PostgresDatabase;

use super::installed::Installed;
use super::running::Running;
use super::schema::{database, planned, run, served, table};
use super::secrets::certificate;
use crate::cluster::{apply, sealed, secret, synced};

/// Returns the columns of the table that the tests declare.
async fn columns(postgres: &PostgresDatabase) -> Vec<String> {
    let sql =
        "SELECT column_name::text FROM information_schema.columns WHERE table_name = 'airport' ORDER BY 1";
    postgres.texts(sql).await
}

#[tokio::test]
async fn a_sealed_address_is_opened_and_the_database_behind_it_is_migrated_after_an_approval() {
    let postgres = testkit::postgres().await;
    let installed = Installed::new("crds,secrets,schema,policies").await;
    served(&installed).await;
    let _secrets = Running::start(&installed, "chancery-secrets", None, &["--key-size=2048"]).await;
    let _schema = Running::start(&installed, "chancery-schema", None, &[]).await;
    let watched = &installed.watched;
    let address = secret(watched, "address", &[("uri", &postgres.url())]);
    installed.apply(database()).await;
    installed.apply(table(&["name"])).await;
    apply(watched, &sealed(&address, &certificate(&installed).await)).await;
    synced(watched, "address", "True").await;
    run(&installed, &planned(&installed).await).await;
    assert_eq!(columns(&postgres).await, ["code", "name"]);
    // A plan that nobody approved changes nothing.
    installed.apply(table(&["name", "city"])).await;
    let plan = planned(&installed).await;
    assert_eq!(columns(&postgres).await, ["code", "name"]);
    let done = run(&installed, &plan).await;
    // The administrator of the tests, as the admission policy wrote it.
    assert_eq!(done.metadata.annotations.unwrap()[names::APPROVED_BY], "admin");
    assert_eq!(done.status.unwrap().decided_by.as_deref(), Some("admin"));
    assert_eq!(columns(&postgres).await, ["city", "code", "name"]);
}
