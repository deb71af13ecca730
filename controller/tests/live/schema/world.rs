//! A namespace with a Database, its Tables, and the real database behind it.

use std::fmt::Debug;

use api::database::Database;
use api::migration::{Migration, Phase};
use api::table::Table;
use kube::api::{Api, ListParams, Patch, PatchParams};
use kube::{Resource, ResourceExt};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use testkit::{Cluster, PostgresDatabase, TestNamespace, eventually};

use crate::process::Controller;

/// A namespace, and a Postgres database for it.
pub(super) struct World {
    pub(super) cluster: Cluster,
    pub(super) namespace: TestNamespace,
    pub(super) postgres: PostgresDatabase,
}

/// What a schema controller did, by its own count.
#[derive(Debug, PartialEq, Eq, serde::Deserialize)]
pub(super) struct Work {
    pub(super) connections: u64,
    pub(super) plans: u64,
    pub(super) runs: u64,
    pub(super) writes: u64,
}

/// Returns a world with our CRDs.
pub(super) async fn world(prefix: &str) -> World {
    let cluster = testkit::cluster().await;
    for crd in api::crds::all() {
        let path = testkit::case::testdata()
            .join("../crds")
            .join(api::crds::file_name(&crd));
        cluster.install_crd(&path).await;
    }
    let namespace = cluster.namespace(prefix).await;
    World {
        namespace,
        postgres: testkit::postgres().await,
        cluster,
    }
}

impl World {
    /// Starts a controller for the namespace.
    pub(super) async fn controller(&self, args: &[&str]) -> Controller {
        Controller::schema(&self.cluster, &self.namespace, args).await
    }

    /// Applies an object as `kubectl apply --server-side` does; the namespace is put in.
    pub(super) async fn apply(&self, mut object: Value) {
        object["metadata"]["namespace"] = json!(self.namespace.name());
        let applied = self.cluster.apply(&object, &object.to_string(), false).await;
        assert!(applied.is_clean(), "{applied:?}");
    }

    /// Declares the Database `db` over the world's Postgres, with these fields beside its connection.
    pub(super) async fn declare_database(&self, fields: Value) {
        self.apply(database(&self.postgres.url(), &fields)).await;
    }

    /// Declares a table of `db` with a key `id` and these columns.
    pub(super) async fn declare_table(&self, name: &str, columns: &[(&str, &str)]) {
        self.apply(table(name, columns)).await;
    }

    /// Sets an annotation of an object.
    pub(super) async fn annotate<K>(&self, name: &str, annotation: &str, value: &str)
    where
        K: Resource<DynamicType = (), Scope = kube::core::NamespaceResourceScope>
            + Clone
            + DeserializeOwned
            + Debug,
    {
        let api: Api<K> = self.namespace.api();
        let patch = json!({ "metadata": { "annotations": { annotation: value } } });
        api.patch(name, &PatchParams::default(), &Patch::Merge(patch))
            .await
            .unwrap();
    }

    /// Waits until the Database speaks of its generation with this reason, and returns it.
    pub(super) async fn database(&self, reason: &str) -> Database {
        let api: Api<Database> = self.namespace.api();
        eventually(&format!("the Database is {reason}"), async || {
            let database = api.get("db").await.map_err(|error| error.to_string())?;
            let status = database.status.clone().unwrap_or_default();
            let current = status.observed_generation == database.metadata.generation;
            if current && status.phase.as_deref() == Some(reason) {
                Ok(database)
            } else {
                Err(format!("{status:?}"))
            }
        })
        .await
    }

    /// Waits until a Table speaks of its generation with this reason, and returns it.
    pub(super) async fn table(&self, name: &str, reason: &str) -> Table {
        let api: Api<Table> = self.namespace.api();
        eventually(&format!("the Table {name} is {reason}"), async || {
            let table = api.get(name).await.map_err(|error| error.to_string())?;
            let status = table.status.clone().unwrap_or_default();
            let current = status.observed_generation == table.metadata.generation;
            if current && status.phase.as_deref() == Some(reason) {
                Ok(table)
            } else {
                Err(format!("{status:?}"))
            }
        })
        .await
    }

    /// Returns the Migrations, oldest plan first.
    pub(super) async fn migrations(&self) -> Vec<Migration> {
        let api: Api<Migration> = self.namespace.api();
        let mut all = api.list(&ListParams::default()).await.unwrap().items;
        all.sort_by_key(|migration| {
            let planned = migration.status.as_ref().and_then(|status| status.planned_at);
            (
                planned,
                migration.metadata.creation_timestamp.clone(),
                migration.name_any(),
            )
        });
        all
    }

    /// Waits until exactly one Migration is in this phase, and returns it.
    pub(super) async fn migration(&self, phase: Phase) -> Migration {
        eventually(&format!("one Migration is {}", phase.as_str()), async || {
            let all = self.migrations().await;
            let mut found: Vec<Migration> = all
                .iter()
                .filter(|migration| phase_of(migration) == Some(phase))
                .cloned()
                .collect();
            match found.len() {
                1 => Ok(found.remove(0)),
                _ => Err(all
                    .iter()
                    .map(|migration| format!("{} {:?}", migration.name_any(), migration.status))
                    .collect::<Vec<_>>()),
            }
        })
        .await
    }

    /// Approves a plan as the command line does.
    pub(super) async fn approve(&self, migration: &Migration) {
        let hash = &migration.spec.plan.as_ref().unwrap().hash;
        self.annotate::<Migration>(&migration.name_any(), api::names::APPROVED_PLAN, hash)
            .await;
    }

    /// Returns the columns of a table, in order; empty if there is no such table.
    pub(super) async fn columns(&self, table: &str) -> Vec<String> {
        self.postgres
            .texts(&format!(
                "SELECT column_name::text FROM information_schema.columns \
                 WHERE table_schema = 'public' AND table_name = '{table}' ORDER BY ordinal_position"
            ))
            .await
    }

    /// Returns `hash error` of each run in the journal.
    pub(super) async fn runs(&self) -> Vec<String> {
        self.postgres
            .texts("SELECT hash || ' ' || coalesce(error, 'ok') FROM _chancery.run ORDER BY seq")
            .await
    }

    /// Returns the reasons of the events about an object.
    pub(super) async fn events(&self, kind: &str, name: &str) -> Vec<String> {
        let api: Api<k8s_openapi::api::events::v1::Event> = self.namespace.api();
        let events = api.list(&ListParams::default()).await.unwrap();
        events
            .items
            .into_iter()
            .filter(|event| {
                event.regarding.as_ref().is_some_and(|object| {
                    object.kind.as_deref() == Some(kind) && object.name.as_deref() == Some(name)
                })
            })
            .filter_map(|event| event.reason)
            .collect()
    }
}

/// Returns the phase of a Migration.
pub(super) fn phase_of(migration: &Migration) -> Option<Phase> {
    migration.status.as_ref().and_then(|status| status.phase)
}

/// Returns the message of `Ready` of a Database.
pub(super) fn message(database: &Database) -> String {
    let status = database.status.as_ref().unwrap();
    status.conditions[1].message.clone()
}

/// Returns the Database `db` at this address, with these fields beside its connection.
pub(super) fn database(url: &str, fields: &Value) -> Value {
    let mut spec = json!({ "connection": { "postgres": { "uri": { "value": url } } } });
    for (name, value) in fields.as_object().unwrap() {
        spec[name] = value.clone();
    }
    json!({
        "apiVersion": "databases.schemahero.io/v1alpha4",
        "kind": "Database",
        "metadata": { "name": "db" },
        "spec": spec,
    })
}

/// Returns a Table of `db` with a key `id` and these columns.
pub(super) fn table(name: &str, columns: &[(&str, &str)]) -> Value {
    let columns: Vec<Value> = [("id", "integer")]
        .iter()
        .chain(columns)
        .map(|(name, type_)| json!({ "name": name, "type": type_ }))
        .collect();
    json!({
        "apiVersion": "schemas.schemahero.io/v1alpha4",
        "kind": "Table",
        "metadata": { "name": name },
        "spec": {
            "database": "db",
            "name": name,
            "schema": { "postgres": { "primaryKey": ["id"], "columns": columns } },
        },
    })
}
