//! What every part of the schema controller shares.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use k8s_openapi::api::core::v1::{Namespace, ObjectReference};
use kube::Client;
use kube::api::Api;
use kube::runtime::events::Recorder;
use tokio::sync::{OnceCell, Semaphore};

use super::decide::Announcement;
use crate::args::PaceArgs;
use crate::context::{Clock, publish, request};
use crate::error::Error;

/// Databases that are looked at at the same time.
const LOOKS: usize = 8;
/// Runs at the same time. More than looks, since a run may take hours and most of it is waiting.
const RUNS: usize = 32;
/// The namespace whose UID tells a cluster from others: it is made with the cluster and never anew.
const KUBE_SYSTEM: &str = "kube-system";

/// Client, recorder, clock, limits and counters.
pub(super) struct SchemaContext {
    pub(super) client: Client,
    pub(super) recorder: Recorder,
    pub(super) clock: Clock,
    pub(super) pace: PaceArgs,
    pub(super) looks: Semaphore,
    pub(super) runs: Semaphore,
    pub(super) work: SchemaWork,
    cluster: OnceCell<String>,
}

/// Shared as `Arc` everywhere.
pub(super) type SharedSchema = Arc<SchemaContext>;

/// How much was done since the process started; logged when it stops.
#[derive(Debug, Default)]
pub(super) struct SchemaWork {
    /// Connections to databases.
    pub(super) connections: AtomicU64,
    /// Plans made.
    pub(super) plans: AtomicU64,
    /// Runs begun or gone on with.
    pub(super) runs: AtomicU64,
    /// Writes to the API server, Leases and events left out.
    pub(super) writes: AtomicU64,
}

impl SchemaWork {
    /// Adds one to a counter.
    pub(super) fn count(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Logs the totals.
    pub(super) fn log(&self) {
        tracing::info!(
            connections = self.connections.load(Ordering::Relaxed),
            plans = self.plans.load(Ordering::Relaxed),
            runs = self.runs.load(Ordering::Relaxed),
            writes = self.writes.load(Ordering::Relaxed),
            "work done"
        );
    }
}

impl SchemaContext {
    /// Returns the context; `cluster` is what to call the cluster, its own identity when `None`.
    pub(super) fn new(
        client: Client,
        recorder: Recorder,
        clock: Clock,
        pace: PaceArgs,
        cluster: Option<String>,
    ) -> Self {
        Self {
            client,
            recorder,
            clock,
            pace,
            looks: Semaphore::new(LOOKS),
            runs: Semaphore::new(RUNS),
            work: SchemaWork::default(),
            cluster: OnceCell::new_with(cluster),
        }
    }

    /// Returns what tells this cluster from others.
    ///
    /// # Errors
    /// When the API server does not give the namespace `kube-system`; the next call asks again.
    pub(super) async fn cluster(&self) -> Result<&str, Error> {
        let ask = async || {
            let object = format!("Namespace {KUBE_SYSTEM}");
            let api: Api<Namespace> = Api::all(self.client.clone());
            let namespace = request("read", &object, api.get(KUBE_SYSTEM)).await?;
            namespace
                .metadata
                .uid
                .ok_or_else(|| Error::unreadable("read", object))
        };
        self.cluster.get_or_try_init(ask).await.map(String::as_str)
    }

    /// Publishes an event.
    pub(super) async fn event(&self, about: &ObjectReference, event: &Announcement) {
        let action = "Migrate";
        publish(
            &self.recorder,
            about,
            event.warning,
            event.reason,
            action,
            &event.note,
        )
        .await;
    }
}
