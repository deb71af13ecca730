//! The controller that migrates, with exactly its rights.

use api::database::Database;
use api::migration::{Migration, Phase};
use api::names;
use api::table::Table;
use futures::StreamExt as _;
use futures::stream;
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, ListParams, Patch, PatchParams, PostParams};
use kube::{Resource, ResourceExt as _};
use serde_json::{Value, json};
use testkit::{PostgresDatabase, eventually};

use super::installed::Installed;
use super::running::{AT_A_TIME, Running};

const NAME: &str = "chancery-schema";

/// More finished Migrations than are kept.
const HISTORY: usize = 22;

/// A Database of the tests, its address in a Secret.
pub(super) fn database() -> Value {
    json!({
        "apiVersion": "databases.schemahero.io/v1alpha4",
        "kind": "Database",
        "metadata": {"name": "airlinedb"},
        "spec": {
            "immediateDeploy": false,
            "connection": {"postgres": {"uri": {"valueFrom": {"secretKeyRef": {"name": "address", "key": "uri"}}}}},
        },
    })
}

/// A Table with these columns besides its key.
pub(super) fn table(columns: &[&str]) -> Value {
    let columns: Vec<Value> = ["code"]
        .iter()
        .chain(columns)
        .map(|name| json!({"name": name, "type": "varchar(40)"}))
        .collect();
    json!({
        "apiVersion": "schemas.schemahero.io/v1alpha4",
        "kind": "Table",
        "metadata": {"name": "airport"},
        "spec": {
            "database": "airlinedb",
            "name": "airport",
            "schema": {"postgres": {"primaryKey": ["code"], "columns": columns}},
        },
    })
}

/// Waits until all kinds are served: a definition takes a moment.
pub(super) async fn served(installed: &Installed) {
    async fn one<K>(installed: &Installed)
    where
        K: Resource<DynamicType = (), Scope = kube::core::NamespaceResourceScope>
            + Clone
            + serde::de::DeserializeOwned
            + std::fmt::Debug,
    {
        let objects = installed.watched.api::<K>();
        eventually("a kind is served", async || {
            objects.list(&ListParams::default().limit(1)).await
        })
        .await;
    }
    one::<Database>(installed).await;
    one::<Table>(installed).await;
    one::<Migration>(installed).await;
}

/// Waits for a plan that waits for its approval.
pub(super) async fn planned(installed: &Installed) -> Migration {
    let migrations = installed.watched.api::<Migration>();
    eventually("there is a plan", async || {
        let all = migrations.list(&ListParams::default()).await.unwrap().items;
        let phase = |migration: &Migration| migration.status.as_ref().and_then(|status| status.phase);
        all.into_iter()
            .find(|migration| phase(migration) == Some(Phase::Planned))
    })
    .await
}

/// Approves a plan, waits until the Database is as declared, and returns the Migration.
pub(super) async fn run(installed: &Installed, planned: &Migration) -> Migration {
    let migrations = installed.watched.api::<Migration>();
    let hash = &planned.spec.plan.as_ref().unwrap().hash;
    let approval = Patch::Merge(json!({"metadata": {"annotations": {names::APPROVED_PLAN: hash}}}));
    migrations
        .patch(&planned.name_any(), &PatchParams::default(), &approval)
        .await
        .unwrap();
    let run = eventually("the plan has run", async || {
        let migration = migrations.get(&planned.name_any()).await.unwrap();
        let status = migration.status.clone().unwrap_or_default();
        if status.phase == Some(Phase::Executed) {
            Ok(migration)
        } else {
            Err(format!("{status:?}"))
        }
    })
    .await;
    let databases = installed.watched.api::<Database>();
    eventually("the Database is as declared", async || {
        let status = databases
            .get("airlinedb")
            .await
            .unwrap()
            .status
            .unwrap_or_default();
        if status.ready == Some(true) {
            Ok(())
        } else {
            Err(format!("{status:?}"))
        }
    })
    .await;
    run
}

/// Makes Migrations that ran long ago, as the controller does: nobody else may.
async fn history(installed: &Installed) {
    let client = installed.cluster.client_with_token(&installed.token(NAME).await);
    let migrations: Api<Migration> = Api::namespaced(client, installed.watched.name());
    for number in 0..HISTORY {
        let name = format!("airlinedb-{number:010}");
        let migration: Migration = serde_json::from_value(json!({
            "metadata": {"name": name, "labels": {names::DATABASE_LABEL: "airlinedb"}},
            "spec": {
                "databaseName": "airlinedb",
                "tableName": "airport",
                "tableNamespace": installed.watched.name(),
                "plan": {"engine": "postgres", "database": "airlinedb", "fingerprint": "f", "hash": format!("{number:064}")},
            },
        }))
        .unwrap();
        eventually("the role is in force", async || {
            migrations.create(&PostParams::default(), &migration).await
        })
        .await;
        let status = json!({"status": {"phase": "EXECUTED", "plannedAt": number, "executedAt": number}});
        migrations
            .patch_status(&name, &PatchParams::default(), &Patch::Merge(status))
            .await
            .unwrap();
    }
}

/// The main job: a plan for what is declared, its approval and run, twice; then twice a repair of what someone did to the
/// database, whose second event is told by a patch of the first.
async fn work(installed: &Installed, postgres: &PostgresDatabase) {
    let secret: Secret = serde_json::from_value(json!({
        "metadata": {"name": "address"}, "stringData": {"uri": postgres.url()},
    }))
    .unwrap();
    installed
        .watched
        .api::<Secret>()
        .create(&PostParams::default(), &secret)
        .await
        .unwrap();
    installed.apply(database()).await;
    for columns in [["name"].as_slice(), &["name", "city"]] {
        installed.apply(table(columns)).await;
        run(installed, &planned(installed).await).await;
    }
    let databases = installed.watched.api::<Database>();
    for round in ["1", "2"] {
        postgres.execute("ALTER TABLE airport DROP COLUMN city").await;
        let look = Patch::Merge(json!({"metadata": {"annotations": {names::RECONCILE_REQUESTED: round}}}));
        databases
            .patch("airlinedb", &PatchParams::default(), &look)
            .await
            .unwrap();
        run(installed, &planned(installed).await).await;
    }
}

#[tokio::test]
async fn the_controller_that_migrates_uses_every_right_it_has_and_no_other() {
    let postgres = testkit::postgres().await;
    let installed = Installed::new("crds,schema").await;
    served(&installed).await;
    history(&installed).await;
    let controller = Running::start(&installed, NAME, None, &[]).await;
    work(&installed, &postgres).await;
    controller.uses_exactly(&installed.granted(NAME)).await;
}

#[tokio::test]
async fn the_controller_that_migrates_says_so_when_a_right_is_missing() {
    let granted = Installed::new("crds,schema").await.granted(NAME);
    let each = stream::iter(granted).for_each_concurrent(AT_A_TIME, async |taken| {
        let postgres = testkit::postgres().await;
        let installed = Installed::new("crds,schema").await;
        served(&installed).await;
        if taken.is_of_deletion() {
            history(&installed).await;
        }
        let controller = Running::start(&installed, NAME, Some(taken.clone()), &[]).await;
        tokio::select! {
            () = controller.complains(&taken) => {}
            () = async { work(&installed, &postgres).await; std::future::pending().await } => {}
        }
    });
    each.await;
}
