//! An installation with its policies, the schema controller's account, and people with and without the right to decide.

use api::database::Database;
use api::migration::Migration;
use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{Role, RoleBinding};
use kube::api::{Patch, PatchParams, PostParams};
use kube::{Api, Client};
use serde_json::{Value, json};
use testkit::{Cluster, TestNamespace, eventually};

use super::printed::{apply_all, install};

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// May read and write everything of the schema half, and decide.
    Approver,
    /// May read and write everything of the schema half, and not decide.
    Writer,
    /// The schema controller.
    Controller,
}

/// An installation in force for one namespace.
pub(super) struct Installed {
    cluster: Cluster,
    own: TestNamespace,
    pub(super) watched: TestNamespace,
    approver: Client,
    writer: Client,
    controller: Client,
}

impl Installed {
    /// Installs what the tests of policies need and waits until the policies are in force.
    pub(super) async fn new() -> Self {
        Self::with(&[], true).await
    }

    /// As [`Self::new`], as it would be on a Kubernetes without mutating policies.
    pub(super) async fn without_mutation() -> Self {
        Self::with(&["--kubernetes-version", "1.30"], false).await
    }

    async fn with(version: &[&str], mutates: bool) -> Self {
        let cluster = testkit::cluster().await;
        let (own, watched) = (cluster.namespace("own").await, cluster.namespace("watched").await);
        let arguments = [
            "--controller-namespace",
            own.name(),
            "--namespace",
            watched.name(),
        ];
        let parts = ["--only", "crds,schema,policies"];
        let printed = install(&[&arguments, parts.as_slice(), version].concat()).stdout;
        apply_all(&cluster, &printed, false).await;
        for name in ["approver", "writer"] {
            account(&watched, name).await;
        }
        let token = cluster.service_account_token(own.name(), "chancery-schema").await;
        let controller = cluster.client_with_token(&token);
        let of = async |name: &str| {
            cluster.client_with_token(&cluster.service_account_token(watched.name(), name).await)
        };
        let installed = Self {
            approver: of("approver").await,
            writer: of("writer").await,
            cluster: cluster.clone(),
            own,
            watched,
            controller,
        };
        installed.in_force(mutates).await;
        installed
    }

    /// A policy takes a moment from its creation on, and roles too; each is asked for something that only it refuses or
    /// does.
    async fn in_force(&self, mutates: bool) {
        self.make("probe").await;
        eventually("the policies are in force", async || {
            let by = json!({"chancery.dev/approved-plan": "abc", "chancery.dev/approved-by": self.user(Who::Approver)});
            self.try_change(annotations(&by)).await?;
            let plan = json!({"chancery.dev/approved-plan": "abc"});
            let named = self.try_change(annotations(&plan)).await.is_ok();
            let hero = self.try_change(json!({"status": {"phase": "REJECTED"}})).await?;
            let params = PostParams {
                dry_run: true,
                ..PostParams::default()
            };
            let standing = self.databases(Who::Writer).create(&params, &database("probe", true)).await;
            let state = (
                named,
                hero.get("chancery.dev/rejected-plan").is_some(),
                standing.is_err(),
            );
            if state == (mutates, mutates, true) {
                Ok(())
            } else {
                Err(format!("{state:?}"))
            }
        })
        .await;
    }

    /// Returns the annotations that the probe would have after a change by the approver.
    async fn try_change(&self, change: Value) -> Result<Value, String> {
        let dry = PatchParams {
            dry_run: true,
            ..PatchParams::default()
        };
        let migrations = self.migrations(Who::Approver);
        let answer = migrations.patch("probe", &dry, &Patch::Merge(change)).await;
        answer
            .map(|migration| json!(migration.metadata.annotations.unwrap_or_default()))
            .map_err(|error| error.to_string())
    }

    /// The user name of someone.
    pub(super) fn user(&self, who: Who) -> String {
        let (namespace, name) = match who {
            Who::Approver => (self.watched.name(), "approver"),
            Who::Writer => (self.watched.name(), "writer"),
            Who::Controller => (self.own.name(), "chancery-schema"),
        };
        format!("system:serviceaccount:{namespace}:{name}")
    }

    /// The Migrations, as someone sees them.
    pub(super) fn migrations(&self, who: Who) -> Api<Migration> {
        Api::namespaced(self.client(who), self.watched.name())
    }

    /// The Databases, as someone sees them.
    pub(super) fn databases(&self, who: Who) -> Api<Database> {
        Api::namespaced(self.client(who), self.watched.name())
    }

    fn client(&self, who: Who) -> Client {
        match who {
            Who::Approver => self.approver.clone(),
            Who::Writer => self.writer.clone(),
            Who::Controller => self.controller.clone(),
        }
    }

    /// Lets the controller make a Migration that waits for an approval; its plan's hash is `abc`.
    pub(super) async fn make(&self, name: &str) {
        let migrations = self.migrations(Who::Controller);
        // A role that was bound a moment ago may not be in force at the first request.
        eventually("the controller may make a Migration", async || {
            migrations.create(&PostParams::default(), &migration(name)).await
        })
        .await;
        self.phase(name, "PLANNED").await;
    }

    /// Lets the controller say where a Migration stands.
    pub(super) async fn phase(&self, name: &str, phase: &str) {
        let status = Patch::Merge(json!({"status": {"phase": phase}}));
        self.migrations(Who::Controller)
            .patch_status(name, &PatchParams::default(), &status)
            .await
            .unwrap();
    }

    /// Lets someone change annotations of a Migration and returns them, or the words of the refusal.
    pub(super) async fn annotate(&self, who: Who, name: &str, change: Value) -> Result<Value, String> {
        let patched = self
            .migrations(who)
            .patch(name, &PatchParams::default(), &Patch::Merge(annotations(&change)))
            .await;
        patched
            .map(|migration| json!(migration.metadata.annotations.unwrap_or_default()))
            .map_err(|error| error.to_string())
    }

    /// The name of an object of the whole cluster.
    pub(super) fn cluster_name(&self, name: &str) -> String {
        format!("{name}-{}", self.own.name())
    }

    /// A client with every right.
    pub(super) fn admin(&self) -> Client {
        self.cluster.client.clone()
    }
}

/// A merge patch of annotations.
pub(super) fn annotations(change: &Value) -> Value {
    json!({"metadata": {"annotations": change}})
}

/// A Migration with a plan.
pub(super) fn migration(name: &str) -> Migration {
    serde_json::from_value(json!({
        "apiVersion": "schemas.schemahero.io/v1alpha4",
        "kind": "Migration",
        "metadata": {"name": name},
        "spec": {
            "databaseName": "db",
            "tableName": "airport",
            "tableNamespace": "watched",
            "generatedDDL": "create table airport (code char(4))",
            "plan": {"engine": "postgres", "database": "db", "fingerprint": "f", "hash": "abc"},
        },
    }))
    .unwrap()
}

/// A Database.
pub(super) fn database(name: &str, immediate: bool) -> Database {
    serde_json::from_value(json!({
        "apiVersion": "databases.schemahero.io/v1alpha4",
        "kind": "Database",
        "metadata": {"name": name},
        "spec": {"immediateDeploy": immediate},
    }))
    .unwrap()
}

/// Someone who may write all objects of the schema half. The approver gets the role that is installed besides.
async fn account(namespace: &TestNamespace, name: &str) {
    let create = PostParams::default();
    let named = json!({"metadata": {"name": name}});
    let account: ServiceAccount = serde_json::from_value(named).unwrap();
    namespace
        .api::<ServiceAccount>()
        .create(&create, &account)
        .await
        .unwrap();
    let role: Role = serde_json::from_value(json!({
        "metadata": {"name": name},
        "rules": [{
            "apiGroups": ["schemas.schemahero.io", "databases.schemahero.io"],
            "resources": ["migrations", "databases"],
            "verbs": ["get", "create", "update", "patch"],
        }],
    }))
    .unwrap();
    namespace.api::<Role>().create(&create, &role).await.unwrap();
    let mut bindings = vec![(name.to_owned(), "Role", name)];
    if name == "approver" {
        bindings.push(("decides".to_owned(), "ClusterRole", "chancery-migration-approver"));
    }
    for (binding, kind, role) in bindings {
        let binding: RoleBinding = serde_json::from_value(json!({
            "metadata": {"name": binding},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": role},
            "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": namespace.name()}],
        }))
        .unwrap();
        namespace
            .api::<RoleBinding>()
            .create(&create, &binding)
            .await
            .unwrap();
    }
}
