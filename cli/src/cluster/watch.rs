//! Objects of a cluster as they change, until something has come of them.

use std::time::Duration;

use api::database::Database;
use api::migration::Migration;
use api::table::Table;
use futures::StreamExt as _;
use futures::stream::{BoxStream, SelectAll};
use kube::Api;
use kube::api::Resource;
use kube::core::NamespaceResourceScope;
use kube::runtime::WatchStreamExt as _;
use kube::runtime::watcher::{self, Event, watcher};
use serde::de::DeserializeOwned;

use super::{Cluster, ClusterError, DEADLINE};

/// How long one watch lasts before it is begun anew, in seconds: below the client's patience with a connection on which
/// nothing comes, so that a dead one is noticed and a quiet one is none.
const WATCH_SECONDS: u32 = 20;
const _: () = assert!((WATCH_SECONDS as u64) < DEADLINE.as_secs());

/// What is watched, all in one namespace.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watched {
    /// The namespace.
    pub(crate) namespace: String,
    /// Its Migrations.
    pub(crate) migrations: WatchedMigrations,
    /// The Database of this name, and all Tables.
    pub(crate) database: Option<String>,
}

/// Which Migrations are watched.
#[derive(Clone, Debug, Default)]
pub(crate) enum WatchedMigrations {
    /// None.
    #[default]
    None,
    /// All of the namespace.
    All,
    /// The one of this name.
    Named(String),
}

/// What became of an object.
#[derive(Debug)]
pub(crate) enum Change {
    /// A Migration.
    Migration(Box<Event<Migration>>),
    /// The Database.
    Database(Box<Event<Database>>),
    /// A Table.
    Table(Box<Event<Table>>),
}

/// How a watch ended.
pub(crate) enum Watch<T> {
    /// With what it was for.
    Ended(T),
    /// Too late, with the last thing that went wrong.
    TimedOut(Option<ClusterError>),
}

impl Cluster {
    /// Gives every change to `seen` until it returns something, or until the time is over. What can pass, such as an API
    /// server that does not answer, is tried again until then.
    ///
    /// # Errors
    /// [`ClusterError`], for what no waiting can help: no right to watch, no such kind.
    pub(crate) fn watch<T>(
        &self,
        watched: &Watched,
        limit: Duration,
        mut seen: impl FnMut(Change) -> Option<T>,
    ) -> Result<Watch<T>, ClusterError> {
        self.runtime.block_on(async {
            let mut changes = self.changes(watched);
            let mut trouble = None;
            let ended = tokio::time::timeout(limit, async {
                while let Some(change) = changes.next().await {
                    match change {
                        Ok(change) => {
                            trouble = None;
                            if let Some(ended) = seen(change) {
                                return Ok(Some(ended));
                            }
                        }
                        Err(error) if error.is_lasting() => return Err(error),
                        Err(error) => trouble = Some(error),
                    }
                }
                Ok(None)
            })
            .await;
            match ended {
                Ok(Ok(Some(ended))) => Ok(Watch::Ended(ended)),
                Ok(Err(error)) => Err(error),
                Ok(Ok(None)) | Err(_) => Ok(Watch::TimedOut(trouble)),
            }
        })
    }

    fn changes(&self, watched: &Watched) -> SelectAll<BoxStream<'static, Result<Change, ClusterError>>> {
        let mut all = SelectAll::new();
        let migrations = match &watched.migrations {
            WatchedMigrations::None => None,
            WatchedMigrations::All => Some(None),
            WatchedMigrations::Named(name) => Some(Some(name.as_str())),
        };
        if let Some(name) = migrations {
            all.push(self.stream(watched, "Migrations", name, Change::Migration));
        }
        if let Some(name) = &watched.database {
            all.push(self.stream(watched, "Databases", Some(name), Change::Database));
            all.push(self.stream(watched, "Tables", None, Change::Table));
        }
        all
    }

    fn stream<K>(
        &self,
        watched: &Watched,
        kind: &str,
        name: Option<&str>,
        change: fn(Box<Event<K>>) -> Change,
    ) -> BoxStream<'static, Result<Change, ClusterError>>
    where
        K: Resource<Scope = NamespaceResourceScope>
            + Clone
            + DeserializeOwned
            + std::fmt::Debug
            + Send
            + 'static,
        K::DynamicType: Default,
    {
        let namespace = &watched.namespace;
        let doing = match name {
            Some(name) => format!("watching {kind} named `{name}` in namespace `{namespace}`"),
            None => format!("watching the {kind} in namespace `{namespace}`"),
        };
        let config = watcher::Config::default().timeout(WATCH_SECONDS);
        let config = match name {
            Some(name) => config.fields(&format!("metadata.name={name}")),
            None => config,
        };
        watcher(Api::<K>::namespaced(self.client.clone(), namespace), config)
            .default_backoff()
            .map(move |event| {
                event
                    .map(|event| change(Box::new(event)))
                    .map_err(|error| ClusterError::watch(&doing, error))
            })
            .boxed()
    }
}
