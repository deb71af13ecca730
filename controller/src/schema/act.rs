//! The effects of a decision on the cluster: objects, statuses, events.

use std::sync::Arc;

use api::database::Database;
use api::migration::{Migration, MigrationStatus};
use api::names;
use api::table::{Table, TableStatus};
use k8s_openapi::api::core::v1::ObjectReference;
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams};
use kube::core::NamespaceResourceScope;
use kube::{Resource, ResourceExt};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::context::SchemaWork;
use super::decide::{About, Announcement, Decision};
use super::echoes::version;
use super::observe::Observed;
use super::scope::{Kind, Scope, slim_migration};
use super::{key, status};
use crate::context::request;
use crate::error::Error;

/// Performs decisions about what was observed.
pub(super) struct Act<'a> {
    scope: &'a Scope,
    observed: &'a Observed,
}

impl<'a> Act<'a> {
    pub(super) fn new(scope: &'a Scope, observed: &'a Observed) -> Self {
        Self { scope, observed }
    }

    /// Performs a decision, in an order in which each write is true when it is made: a Migration exists
    /// before anything names it. Events come after the statuses that they speak of, so that a pass that
    /// lost against another writer says nothing.
    ///
    /// # Errors
    /// The first write that the API server did not take; what follows it is not done.
    pub(super) async fn act(&self, decision: &mut Decision) -> Result<(), Error> {
        let mut created = None;
        if let Some(migration) = decision.create.take() {
            created = Some(self.create(&migration).await?);
        }
        for (name, after) in &decision.migrations {
            let migration = created
                .as_ref()
                .filter(|created| created.name_any() == *name)
                .or_else(|| self.observed.migration(name));
            if let Some(migration) = migration {
                self.migration(migration, after).await?;
            }
        }
        for (name, after) in &decision.tables {
            if let Some(table) = self
                .observed
                .tables
                .iter()
                .find(|table| table.name_any() == *name)
            {
                self.table(table, after).await?;
            }
        }
        if let (Some(after), Some(database)) = (&decision.database, &self.observed.database) {
            let before = database.status.as_ref();
            if let Some(patch) = status::patch(before, after) {
                self.write(
                    &self.scope.databases,
                    database,
                    json!({ "status": patch }),
                    "Database",
                )
                .await?;
            }
        }
        for event in decision.events.drain(..) {
            self.event(&event, created.as_deref()).await;
        }
        for name in &decision.prune {
            self.prune(name).await?;
        }
        Ok(())
    }

    async fn create(&self, migration: &Migration) -> Result<Arc<Migration>, Error> {
        let (namespace, name) = key(&migration.metadata);
        let object = format!("Migration {namespace}/{name}");
        let api: Api<Migration> = Api::namespaced(self.scope.context.client.clone(), &namespace);
        let params = PostParams {
            field_manager: Some(names::SCHEMA_FIELD_MANAGER.to_owned()),
            ..PostParams::default()
        };
        let mut created = request("create", &object, api.create(&params, migration)).await?;
        SchemaWork::count(&self.scope.context.work.writes);
        slim_migration(&mut created);
        let created = Arc::new(created);
        let id = (namespace, name);
        self.scope
            .migrations
            .echoes
            .wrote(&id, None, Arc::clone(&created));
        Ok(created)
    }

    /// Writes the status of a Migration on condition that nobody wrote the object since: its phase must
    /// never go back.
    async fn migration(&self, migration: &Arc<Migration>, after: &MigrationStatus) -> Result<(), Error> {
        let Some(patch) = status::patch(migration.status.as_ref(), after) else {
            return Ok(());
        };
        let body = json!({
            "metadata": { "resourceVersion": migration.metadata.resource_version },
            "status": patch,
        });
        self.write(&self.scope.migrations, migration, body, "Migration")
            .await
    }

    async fn table(&self, table: &Arc<Table>, after: &TableStatus) -> Result<(), Error> {
        match status::patch(table.status.as_ref(), after) {
            Some(patch) => {
                self.write(&self.scope.tables, table, json!({ "status": patch }), "Table")
                    .await
            }
            None => Ok(()),
        }
    }

    /// Patches the status of an object. One that is gone needs none.
    async fn write<K>(
        &self,
        kind: &Kind<K>,
        object: &Arc<K>,
        body: Value,
        what: &'static str,
    ) -> Result<(), Error>
    where
        K: Resource<DynamicType = (), Scope = NamespaceResourceScope>
            + Clone
            + std::fmt::Debug
            + DeserializeOwned
            + Slim
            + 'static,
    {
        let id = key(object.meta());
        let api: Api<K> = Api::namespaced(self.scope.context.client.clone(), &id.0);
        let named = format!("status of {what} {}/{}", id.0, id.1);
        let patch = Patch::Merge(body);
        let params = PatchParams {
            field_manager: Some(names::SCHEMA_FIELD_MANAGER.to_owned()),
            ..PatchParams::default()
        };
        let mut written = match request("write", &named, api.patch_status(&id.1, &params, &patch)).await {
            Err(error) if error.is_not_found() => return Ok(()),
            written => written?,
        };
        SchemaWork::count(&self.scope.context.work.writes);
        written.slim();
        kind.echoes.wrote(&id, version(object.meta()), Arc::new(written));
        Ok(())
    }

    async fn event(&self, event: &Announcement, created: Option<&Migration>) {
        let about: Option<ObjectReference> = match &event.about {
            About::Database => self
                .observed
                .database
                .as_ref()
                .map(|database| database.object_ref(&())),
            About::Table(name) => {
                let tables = &self.observed.tables;
                let table = tables.iter().find(|table| table.name_any() == *name);
                table.map(|table| table.object_ref(&()))
            }
            About::Migration(name) => created
                .filter(|created| created.name_any() == *name)
                .or_else(|| self.observed.migration(name).map(AsRef::as_ref))
                .map(|migration| migration.object_ref(&())),
        };
        if let Some(about) = about {
            self.scope.context.event(&about, event).await;
        }
    }

    async fn prune(&self, name: &str) -> Result<(), Error> {
        let namespace = &self.observed.key.0;
        let object = format!("Migration {namespace}/{name}");
        let api: Api<Migration> = Api::namespaced(self.scope.context.client.clone(), namespace);
        match request("delete", &object, api.delete(name, &DeleteParams::background())).await {
            Err(error) if error.is_not_found() => Ok(()),
            deleted => {
                SchemaWork::count(&self.scope.context.work.writes);
                deleted.map(|_| ())
            }
        }
    }
}

/// What an answer of the API server holds beyond what is kept.
pub(super) trait Slim {
    /// Leaves it out.
    fn slim(&mut self);
}

impl Slim for Database {
    fn slim(&mut self) {
        self.metadata.managed_fields = None;
    }
}

impl Slim for Table {
    fn slim(&mut self) {
        self.metadata.managed_fields = None;
    }
}

impl Slim for Migration {
    fn slim(&mut self) {
        slim_migration(self);
    }
}
