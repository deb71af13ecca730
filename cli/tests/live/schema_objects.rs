//! Databases, Tables and Migrations of a test, as the schema controller would leave them.

use std::path::PathBuf;

use api::migration::Migration;
use kube::Api;
use kube::api::{Patch, PatchParams, PostParams, Resource};
use kube::core::NamespaceResourceScope;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::{Cluster, TestNamespace};

use crate::program::{Run, chancery};

/// The hash of every plan here.
pub(crate) const HASH: &str = "1f0c9a2b3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8";

/// A namespace of the private API server with the CRDs of schemas, and a kubeconfig for it.
pub(crate) struct Fixture {
    pub(crate) cluster: Cluster,
    pub(crate) namespace: TestNamespace,
    pub(crate) folder: TempDir,
    pub(crate) kubeconfig: PathBuf,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        let cluster = testkit::cluster().await;
        let folder = tempfile::tempdir().unwrap();
        for crd in api::crds::all() {
            if crd.spec.group.ends_with("schemahero.io") {
                let file = folder.path().join(api::crds::file_name(&crd));
                std::fs::write(&file, manifests::yaml::to_string(&crd).unwrap()).unwrap();
                cluster.install_crd(&file).await;
            }
        }
        let namespace = cluster.namespace("migrations").await;
        let kubeconfig = cluster.kubeconfig(folder.path());
        Self {
            cluster,
            namespace,
            folder,
            kubeconfig,
        }
    }

    /// Runs `chancery migrations …` in the namespace, as the administrator.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_as(&self.kubeconfig, arguments)
    }

    pub(crate) fn run_as(&self, kubeconfig: &std::path::Path, arguments: &[&str]) -> Run {
        let kubeconfig = kubeconfig.display().to_string();
        let place = ["--kubeconfig", &kubeconfig, "-n", self.namespace.name()];
        let all = [&["migrations"], arguments, &place].concat();
        chancery(self.folder.path(), &all, "")
    }

    /// The same while the test goes on.
    pub(crate) fn start(&self, arguments: &[&str]) -> tokio::task::JoinHandle<Run> {
        let folder = self.folder.path().to_owned();
        let kubeconfig = self.kubeconfig.display().to_string();
        let place = ["--kubeconfig", &kubeconfig, "-n", self.namespace.name()];
        let all: Vec<String> = [&["migrations"], arguments, &place]
            .concat()
            .into_iter()
            .map(ToOwned::to_owned)
            .collect();
        tokio::task::spawn_blocking(move || {
            let all: Vec<&str> = all.iter().map(String::as_str).collect();
            chancery(&folder, &all, "")
        })
    }

    /// Makes a Migration of the Database `app` with a step to run and a step that is held.
    pub(crate) async fn migration(&self, name: &str, status: Value) -> Migration {
        let hazard = json!({"code": "scans-table", "severity": "warning", "reason": "every row is read"});
        let step = |summary: &str, sql: &str, hazards: &[Value]| {
            json!({
                "object": "column public.users.x", "table": "table public.users", "summary": summary, "sql": [sql],
                "hazards": hazards, "transaction": "with-others", "lock": "exclusive", "lockTimeoutMs": 3000,
                "statementTimeoutMs": 60000, "bytes": 8192,
            })
        };
        let mut held = step("drop column `old`", "ALTER TABLE users DROP COLUMN old", &[]);
        held["allow"] = json!(["deletes-data"]);
        let plan = json!({
            "engine": "postgres", "server": "postgres 15.18", "target": "db:5432/app", "database": "app",
            "fingerprint": "f", "hash": HASH, "held": [held],
            "steps": [step("add column `email`", "ALTER TABLE users ADD COLUMN email text", &[hazard])],
        });
        let spec = json!({
            "databaseName": "app", "tableName": "users", "tableNamespace": self.namespace.name(), "plan": plan,
            "generatedDDL": "ALTER TABLE users ADD COLUMN email text;\n",
        });
        self.object::<Migration>("schemas.schemahero.io/v1alpha4", "Migration", name, spec, status)
            .await
    }

    /// Makes an object with a status.
    pub(crate) async fn object<K>(
        &self,
        version: &str,
        kind: &str,
        name: &str,
        spec: Value,
        status: Value,
    ) -> K
    where
        K: Resource<Scope = NamespaceResourceScope> + Clone + std::fmt::Debug + DeserializeOwned + Serialize,
        K::DynamicType: Default,
    {
        let object: K = serde_json::from_value(json!({
            "apiVersion": version, "kind": kind, "metadata": {"name": name}, "spec": spec,
        }))
        .unwrap();
        let api: Api<K> = self.namespace.api();
        api.create(&PostParams::default(), &object).await.unwrap();
        self.status(name, status).await
    }

    /// Writes a status, as the controller does.
    pub(crate) async fn status<K>(&self, name: &str, status: Value) -> K
    where
        K: Resource<Scope = NamespaceResourceScope> + Clone + std::fmt::Debug + DeserializeOwned,
        K::DynamicType: Default,
    {
        let patch = Patch::Merge(json!({"status": status}));
        let api: Api<K> = self.namespace.api();
        api.patch_status(name, &PatchParams::default(), &patch)
            .await
            .unwrap()
    }

    pub(crate) async fn read(&self, name: &str) -> Migration {
        self.namespace.api::<Migration>().get(name).await.unwrap()
    }

    pub(crate) async fn annotation(&self, name: &str, annotation: &str) -> Option<String> {
        let migration = self.read(name).await;
        migration
            .metadata
            .annotations
            .unwrap_or_default()
            .remove(annotation)
    }
}
