//! The watches of one namespace, or of all, and the queue of Databases to look at.
//!
//! Every replica keeps its caches warm; only the leader has a queue.

use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};

use api::database::{Database, DatabaseSpec};
use api::migration::{Migration, MigrationSpec};
use api::table::{Table, TableSpec};
use futures::StreamExt;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::Api;
use kube::core::{DeserializeGuard, NamespaceResourceScope};
use kube::runtime::WatchStreamExt;
use kube::runtime::reflector::{self, Lookup, ObjectRef, Store};
use kube::runtime::watcher::{self, Event, watcher};
use serde::de::DeserializeOwned;
use tokio::sync::mpsc::UnboundedSender;

use super::context::SharedSchema;
use super::echoes::Echoes;
use super::observe::Observed;
use super::{Key, key};
use crate::ready::Readiness;

/// One namespace, or all of them.
pub(super) struct Scope {
    pub(super) context: SharedSchema,
    pub(super) databases: Kind<Database>,
    pub(super) tables: Kind<Table>,
    pub(super) migrations: Kind<Migration>,
    namespace: Option<String>,
    queue: Mutex<Option<UnboundedSender<Wake>>>,
}

/// Whom to wake.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wake {
    One(Key),
    All,
}

/// The cache of one kind, and our own writes to it.
pub(super) struct Kind<K: Lookup<DynamicType = ()> + 'static> {
    pub(super) cache: Store<K>,
    pub(super) echoes: Echoes<K>,
}

/// The writing ends of the caches.
pub(super) struct Writers {
    databases: reflector::store::Writer<Database>,
    tables: reflector::store::Writer<Table>,
    migrations: reflector::store::Writer<Migration>,
}

/// How one kind is watched.
struct Manner<K> {
    kind: &'static str,
    /// The Database that an object belongs to.
    owner: fn(&K) -> Key,
    /// Leaves out what the rules don't look at.
    slim: fn(&mut K),
    /// An object of which only the metadata is known.
    empty: fn(ObjectMeta) -> K,
}

impl Scope {
    /// Caches that a scope fills before it is ready.
    pub(super) const CACHES: usize = 3;

    /// Returns the scope of a namespace, `None` for all, and what [`Scope::watch`] takes.
    pub(super) fn new(context: SharedSchema, namespace: Option<String>) -> (Arc<Self>, Writers) {
        let (databases, of_databases) = reflector::store();
        let (tables, of_tables) = reflector::store();
        let (migrations, of_migrations) = reflector::store();
        let scope = Self {
            context,
            databases: Kind::new(databases),
            tables: Kind::new(tables),
            migrations: Kind::new(migrations),
            namespace,
            queue: Mutex::default(),
        };
        let writers = Writers {
            databases: of_databases,
            tables: of_tables,
            migrations: of_migrations,
        };
        (Arc::new(scope), writers)
    }

    /// Keeps the caches; it never ends by itself.
    pub(super) async fn watch(self: Arc<Self>, writers: Writers, readiness: Arc<Readiness>) {
        let databases = Manner::<Database> {
            kind: "Databases",
            owner: |database| key(&database.metadata),
            slim: |database| slim(&mut database.metadata),
            empty: |metadata| Database {
                metadata,
                ..Database::new("", DatabaseSpec::default())
            },
        };
        let tables = Manner::<Table> {
            kind: "Tables",
            owner: |table| (key(&table.metadata).0, table.spec.0.database.clone()),
            slim: |table| slim(&mut table.metadata),
            empty: |metadata| Table {
                metadata,
                ..Table::new("", TableSpec::default())
            },
        };
        let migrations = Manner::<Migration> {
            kind: "Migrations",
            owner: |migration| (key(&migration.metadata).0, migration.spec.database_name.clone()),
            slim: slim_migration,
            empty: |metadata| Migration {
                metadata,
                ..Migration::new("", MigrationSpec::default())
            },
        };
        futures::join!(
            self.watch_kind(&self.databases, writers.databases, databases, &readiness),
            self.watch_kind(&self.tables, writers.tables, tables, &readiness),
            self.watch_kind(&self.migrations, writers.migrations, migrations, &readiness),
        );
    }

    /// Returns once all caches were filled.
    pub(super) async fn filled(&self) {
        // These fail only when the watches are gone, and then the process is about to end.
        let _ = self.databases.cache.wait_until_ready().await;
        let _ = self.tables.cache.wait_until_ready().await;
        let _ = self.migrations.cache.wait_until_ready().await;
    }

    /// Sets where wakes go; `None` for nowhere.
    pub(super) fn set_queue(&self, queue: Option<UnboundedSender<Wake>>) {
        *self.queue.lock().unwrap_or_else(PoisonError::into_inner) = queue;
    }

    /// Returns everything that names the Database of that name.
    pub(super) fn observe(&self, of: &Key) -> Observed {
        let living = |metadata: &ObjectMeta| metadata.deletion_timestamp.is_none();
        let databases = self
            .databases
            .echoes
            .newest(&self.databases.cache, |database| key(&database.metadata) == *of);
        let tables = self.tables.echoes.newest(&self.tables.cache, |table| {
            table.spec.0.database == of.1
                && table.metadata.namespace.as_deref() == Some(of.0.as_str())
                && living(&table.metadata)
        });
        let migrations = self
            .migrations
            .echoes
            .newest(&self.migrations.cache, |migration| {
                migration.spec.database_name == of.1
                    && migration.metadata.namespace.as_deref() == Some(of.0.as_str())
                    && living(&migration.metadata)
            });
        Observed {
            key: of.clone(),
            database: databases.into_iter().find(|database| living(&database.metadata)),
            tables,
            migrations,
        }
    }

    /// Returns the name of every Database that there is, or that a Table names.
    pub(super) fn keys(&self) -> Vec<Key> {
        let databases = self.databases.cache.state();
        let tables = self.tables.cache.state();
        let mut keys: Vec<Key> = databases
            .iter()
            .map(|database| key(&database.metadata))
            .chain(
                tables
                    .iter()
                    .map(|table| (key(&table.metadata).0, table.spec.0.database.clone())),
            )
            .collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    fn wake(&self, wake: Wake) {
        if let Some(queue) = &*self.queue.lock().unwrap_or_else(PoisonError::into_inner) {
            // The reader is gone when the Lease was lost a moment ago; the next leader looks at all.
            let _ = queue.send(wake);
        }
    }

    async fn watch_kind<K>(
        &self,
        kind: &Kind<K>,
        mut writer: reflector::store::Writer<K>,
        manner: Manner<K>,
        readiness: &Readiness,
    ) where
        K: kube::Resource<DynamicType = (), Scope = NamespaceResourceScope>
            + Clone
            + std::fmt::Debug
            + DeserializeOwned
            + Send
            + Sync
            + 'static,
    {
        let api: Api<DeserializeGuard<K>> = match &self.namespace {
            Some(namespace) => Api::namespaced(self.context.client.clone(), namespace),
            None => Api::all(self.context.client.clone()),
        };
        let mut events = pin!(watcher(api, watcher::Config::default()).default_backoff());
        let mut filled = false;
        while let Some(event) = events.next().await {
            let event = match event {
                Ok(event) => event,
                Err(error) => {
                    let namespace = self.namespace.as_deref().unwrap_or("all namespaces");
                    let what = format!("{} in {namespace}", manner.kind);
                    tracing::warn!("{}", crate::context::watch_error(&error, &what));
                    continue;
                }
            };
            let Some(event) = manner.readable(event) else {
                continue;
            };
            let mut woken = Vec::new();
            if let Event::Apply(object) | Event::Delete(object) = &event {
                let id = key(object.meta());
                // An object may have moved from one Database to another: both have something to do.
                let before = kind.cache.get(&ObjectRef::<K>::new(&id.1).within(&id.0));
                woken.extend(before.map(|before| (manner.owner)(&before)));
                woken.push((manner.owner)(object));
            }
            writer.apply_watcher_event(&event);
            match event {
                Event::Apply(object) => {
                    let version = object.meta().resource_version.as_ref();
                    kind.echoes.saw(&key(object.meta()), version);
                }
                Event::Delete(object) => kind.echoes.saw(&key(object.meta()), None),
                Event::InitDone => {
                    kind.echoes.listed();
                    self.wake(Wake::All);
                    if !std::mem::replace(&mut filled, true) {
                        readiness.cache_filled();
                    }
                }
                Event::Init | Event::InitApply(_) => {}
            }
            woken.sort_unstable();
            woken.dedup();
            for key in woken {
                self.wake(Wake::One(key));
            }
        }
    }
}

impl<K: Lookup<DynamicType = ()> + kube::Resource<DynamicType = ()> + Clone + 'static> Kind<K> {
    fn new(cache: Store<K>) -> Self {
        Self {
            cache,
            echoes: Echoes::default(),
        }
    }
}

impl<K: kube::Resource> Manner<K> {
    /// Leaves out what is not looked at, and objects that have not the shape of the kind, which a cluster
    /// may hold from before its CRD had a schema. One of them must not stop the watch of all.
    fn readable(&self, event: Event<DeserializeGuard<K>>) -> Option<Event<K>> {
        let complain = |metadata: &ObjectMeta| {
            let (namespace, name) = key(metadata);
            tracing::error!(
                namespace,
                name,
                kind = self.kind,
                "the object has not the shape of its kind and is left alone"
            );
        };
        let slim = |mut object: K| {
            (self.slim)(&mut object);
            object
        };
        Some(match event {
            Event::Apply(DeserializeGuard(Ok(object))) => Event::Apply(slim(object)),
            Event::InitApply(DeserializeGuard(Ok(object))) => Event::InitApply(slim(object)),
            Event::Delete(DeserializeGuard(Ok(object))) => Event::Delete(slim(object)),
            Event::Apply(DeserializeGuard(Err(invalid))) => {
                complain(&invalid.metadata);
                Event::Delete((self.empty)(invalid.metadata))
            }
            Event::Delete(DeserializeGuard(Err(invalid))) => Event::Delete((self.empty)(invalid.metadata)),
            Event::InitApply(DeserializeGuard(Err(invalid))) => {
                complain(&invalid.metadata);
                return None;
            }
            Event::Init => Event::Init,
            Event::InitDone => Event::InitDone,
        })
    }
}

fn slim(metadata: &mut ObjectMeta) {
    metadata.managed_fields = None;
    if let Some(annotations) = &mut metadata.annotations {
        annotations.remove(api::names::KUBECTL_LAST_APPLIED);
    }
}

/// Leaves the SQL of a Migration out: the rules look at the hash and at the number of steps, and what runs is
/// planned anew.
pub(super) fn slim_migration(migration: &mut Migration) {
    slim(&mut migration.metadata);
    migration.spec.generated_ddl = None;
    migration.spec.edited_ddl = None;
    if let Some(plan) = &mut migration.spec.plan {
        let held = plan.held.iter_mut().map(|held| &mut held.step);
        for step in plan.steps.iter_mut().chain(held) {
            step.sql = Vec::new();
            step.hazards = Vec::new();
            step.undo = None;
        }
    }
}
