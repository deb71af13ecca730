//! The watches of one namespace, or of all, and the queue of objects to look at.
//!
//! Every replica keeps its caches warm; only the leader has a queue. Of Secrets only metadata is
//! watched, and of that only what the rules need is kept: a cluster may have tens of thousands that
//! are none of our business.

use std::collections::HashSet;
use std::convert::Infallible;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};

use api::names;
use api::sealed_secret::{SealedSecret, SealedSecretSpec};
use futures::channel::mpsc::{self, UnboundedSender};
use futures::{FutureExt, StreamExt};
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::Api;
use kube::core::PartialObjectMeta;
use kube::runtime::WatchStreamExt;
use kube::runtime::reflector::{self, ObjectRef, Store};
use kube::runtime::watcher::{self, Event, watcher};
use kube::runtime::{applier, controller};

use super::behaviour::Behaviour;
use super::collect::collect;
use super::memory::{Key, Memory};
use super::reconcile::{reconcile, retry};
use super::stored::Stored;
use super::{claim, key};
use crate::context::Shared;
use crate::error::Error;
use crate::ready::Readiness;

/// Objects in the works at the same time, for each scope. Most of a pass is waiting for the API
/// server; private-key operations have their own, smaller bound.
const PARALLEL: u16 = 32;

type Metadata = PartialObjectMeta<Secret>;

/// One namespace, or all of them.
pub(crate) struct Scope {
    pub(super) context: Shared,
    pub(super) memory: Memory,
    pub(super) behaviour: Arc<Behaviour>,
    namespace: Option<String>,
    sealed: Store<Stored>,
    targets: Store<Metadata>,
    queue: Mutex<Option<UnboundedSender<ObjectRef<Stored>>>>,
    deleted: Mutex<Option<UnboundedSender<ObjectMeta>>>,
}

impl Scope {
    /// Caches that a scope fills before it is ready.
    pub(crate) const CACHES: usize = 2;

    /// Returns the scope of a namespace (`None` for all), and the future that keeps its caches; it
    /// never ends by itself.
    pub(crate) fn new(
        context: Shared,
        namespace: Option<String>,
        behaviour: Arc<Behaviour>,
        readiness: Arc<Readiness>,
    ) -> (Arc<Self>, impl Future<Output = ()> + Send) {
        let (sealed, sealed_writer) = reflector::store();
        let (targets, targets_writer) = reflector::store();
        let (memory, queue, deleted) = (Memory::default(), Mutex::default(), Mutex::default());
        let scope = Arc::new(Self {
            context,
            memory,
            behaviour,
            namespace,
            sealed,
            targets,
            queue,
            deleted,
        });
        let watching = Arc::clone(&scope);
        let watches = async move {
            let sealed = watching.watch_sealed(sealed_writer, &readiness);
            let targets = watching.watch_targets(targets_writer, &readiness);
            futures::join!(sealed, targets);
        };
        (scope, watches)
    }

    /// Works through the queue until `stop`, then lets what has begun come to its end. Dropping the
    /// future stops at once, which is what the loss of the Lease asks for.
    pub(crate) async fn lead(self: Arc<Self>, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop.fuse());
        let mut keys = self.context.keys.clone();
        let filled = async {
            // Without the keys everything would look as if it did not open.
            let _ = keys.wait_for(|keys| keys.synced).await;
            // These fail only when the watches are gone, and then the process is about to end.
            let _ = self.sealed.wait_until_ready().await;
            if self.behaviour.recreates {
                let _ = self.targets.wait_until_ready().await;
            }
        };
        futures::select_biased! {
            () = stop => return,
            () = filled.boxed().fuse() => {}
        }
        let (sender, queue) = mpsc::unbounded();
        self.set_queue(Some(sender));
        let (sender, deleted) = mpsc::unbounded();
        *self.deleted.lock().unwrap_or_else(PoisonError::into_inner) =
            self.behaviour.deletes.then_some(sender);
        let mut deletions = pin!(collect(&self.context, deleted).fuse());
        self.wake_all();
        let passes = applier(
            |stored, scope| reconcile(stored, scope).boxed(),
            |stored: Arc<Stored>, error: &Error, scope: Arc<Self>| retry(&stored.sealed, error, &scope),
            Arc::clone(&self),
            self.sealed.clone(),
            queue.map(Ok::<_, Infallible>),
            controller::Config::default().concurrency(PARALLEL),
        );
        // Errors were logged where they happened, with their object.
        let mut passes = pin!(passes.for_each(|_| std::future::ready(())).fuse());
        let mut keys = pin!(self.wake_on_keys().fuse());
        loop {
            futures::select_biased! {
                () = passes => return,
                () = keys => {}
                () = deletions => {}
                () = stop => self.set_queue(None),
            }
        }
    }

    /// Returns the objects in the cache. Those whose status is not written have it as it would be, and no spec: a copy
    /// of all specs at each scrape would be the whole cache once more.
    pub(crate) fn objects(&self) -> Vec<Arc<SealedSecret>> {
        let told = |stored: &Arc<Stored>| {
            let sealed = &stored.sealed;
            let Some(status) = self.memory.unwritten(&key(&sealed.metadata)) else {
                return Arc::clone(sealed);
            };
            let mut told = SealedSecret::new("", SealedSecretSpec::default());
            told.metadata = sealed.metadata.clone();
            told.status = Some(status);
            Arc::new(told)
        };
        self.sealed.state().iter().map(told).collect()
    }

    /// Returns the metadata of the Secret of an object, from the cache.
    pub(super) fn target(&self, key: &Key) -> Option<ObjectMeta> {
        let reference = ObjectRef::new(&key.1).within(&key.0);
        self.targets.get(&reference).map(|target| target.metadata.clone())
    }

    /// Wakes the objects that failed for want of a key whenever the keys change.
    async fn wake_on_keys(&self) {
        let mut keys = self.context.keys.clone();
        let mut version = keys.borrow_and_update().version;
        while keys.changed().await.is_ok() {
            let now = keys.borrow_and_update().version;
            if now != version {
                version = now;
                self.memory.hopeless().iter().for_each(|key| self.wake(key));
            }
        }
    }

    fn set_queue(&self, queue: Option<UnboundedSender<ObjectRef<Stored>>>) {
        *self.queue.lock().unwrap_or_else(PoisonError::into_inner) = queue;
    }

    /// Queues an object, if this replica leads and there is such an object.
    fn wake(&self, key: &Key) {
        let reference = ObjectRef::new(&key.1).within(&key.0);
        if self.sealed.get(&reference).is_none() {
            return;
        }
        if let Some(queue) = &*self.queue.lock().unwrap_or_else(PoisonError::into_inner) {
            self.context.metrics.waits(key);
            // The reader is gone when the Lease was lost a moment ago; the next leader looks at all.
            if queue.unbounded_send(reference).is_err() {
                self.context.metrics.no_longer_waits(key);
            }
        }
    }

    fn wake_all(&self) {
        self.sealed
            .state()
            .iter()
            .for_each(|stored| self.wake(&key(&stored.sealed.metadata)));
    }

    async fn watch_sealed(&self, mut writer: reflector::store::Writer<Stored>, readiness: &Readiness) {
        let mut config = watcher::Config::default();
        config.label_selector.clone_from(&self.behaviour.label_selector);
        let mut events = pin!(watcher(self.api(), config).default_backoff());
        let mut filling = Filling::Awaited;
        while let Some(event) = events.next().await {
            let Some(event) = self.readable(event, "SealedSecrets", &mut filling, readiness) else {
                continue;
            };
            writer.apply_watcher_event(&event);
            match event {
                Event::Apply(stored) => self.wake(&key(&stored.sealed.metadata)),
                Event::Delete(stored) => self.gone(&stored.sealed.metadata),
                Event::InitDone => {
                    let all = self.sealed.state();
                    let known: HashSet<Key> = all.iter().map(|stored| key(&stored.sealed.metadata)).collect();
                    self.memory.keep(&known);
                    self.wake_all();
                    filling.filled(readiness);
                }
                Event::Init | Event::InitApply(_) => {}
            }
        }
    }

    async fn watch_targets(&self, mut writer: reflector::store::Writer<Metadata>, readiness: &Readiness) {
        if !self.behaviour.recreates {
            // Who says so may have no right to list Secrets: that is what upstream has the flag for.
            readiness.cache_not_kept();
            return std::future::pending().await;
        }
        let api: Api<Metadata> = self.api();
        let mut events = pin!(watcher(api, watcher::Config::default()).default_backoff());
        let mut filling = Filling::Awaited;
        while let Some(event) = events.next().await {
            let Some(event) = self.readable(event, "metadata of Secrets", &mut filling, readiness) else {
                continue;
            };
            let event = slim(event);
            writer.apply_watcher_event(&event);
            match event {
                Event::Apply(target) => {
                    let key = key(&target.metadata);
                    self.memory
                        .saw_target(&key, target.metadata.resource_version.as_deref());
                    self.wake(&key);
                }
                Event::Delete(target) => {
                    let key = key(&target.metadata);
                    self.memory.saw_target(&key, None);
                    if claim::deletion_matters(&target.metadata) {
                        self.wake(&key);
                    }
                }
                Event::InitDone => {
                    self.memory.targets_listed();
                    self.wake_all();
                    filling.filled(readiness);
                }
                Event::Init | Event::InitApply(_) => {}
            }
        }
    }

    fn api<K>(&self) -> Api<K>
    where
        K: kube::Resource<DynamicType = (), Scope = kube::core::NamespaceResourceScope>,
    {
        match &self.namespace {
            Some(namespace) => Api::namespaced(self.context.client.clone(), namespace),
            None => Api::all(self.context.client.clone()),
        }
    }

    /// Forgets a SealedSecret that is not there any more, or none of ours.
    fn gone(&self, sealed: &ObjectMeta) {
        let key = key(sealed);
        self.memory.forget(&key);
        self.context.metrics.no_longer_waits(&key);
        if let Some(deleted) = &*self.deleted.lock().unwrap_or_else(PoisonError::into_inner) {
            // As in `wake`.
            let _ = deleted.unbounded_send(sealed.clone());
        }
    }

    fn readable<K>(
        &self,
        event: watcher::Result<Event<K>>,
        what: &'static str,
        filling: &mut Filling,
        readiness: &Readiness,
    ) -> Option<Event<K>> {
        event
            .inspect_err(|error| {
                // A namespace may get its Role later, or never. The watch goes on asking.
                if self.behaviour.passes_over_refused && is_forbidden(error) {
                    filling.refused(readiness);
                }
                let namespace = self.namespace.as_deref().unwrap_or("all namespaces");
                tracing::warn!(
                    "{}",
                    crate::context::watch_error(error, &format!("{what} in {namespace}"))
                );
            })
            .ok()
    }
}

/// Whether a cache has told `ready` how it stands.
#[derive(PartialEq, Eq)]
enum Filling {
    Awaited,
    Refused,
    Filled,
}

impl Filling {
    fn filled(&mut self, readiness: &Readiness) {
        match std::mem::replace(self, Self::Filled) {
            Self::Awaited => readiness.cache_filled(),
            Self::Refused => readiness.cache_filled_after_all(),
            Self::Filled => {}
        }
    }

    fn refused(&mut self, readiness: &Readiness) {
        if *self == Self::Awaited {
            *self = Self::Refused;
            readiness.cache_refused();
        }
    }
}

fn is_forbidden(error: &watcher::Error) -> bool {
    match error {
        watcher::Error::InitialListFailed(kube::Error::Api(status))
        | watcher::Error::WatchStartFailed(kube::Error::Api(status)) => status.code == 403,
        _ => false,
    }
}

/// Keeps of a Secret's metadata what the rules look at.
fn slim(event: Event<Metadata>) -> Event<Metadata> {
    const ANNOTATIONS: [&str; 3] = [names::MANAGED, names::PATCH, names::SKIP_SET_OWNER_REFERENCES];
    let slim = |mut target: Metadata| {
        let full = std::mem::take(&mut target.metadata);
        let annotations = full.annotations.map(|mut annotations| {
            annotations.retain(|name, _| ANNOTATIONS.contains(&name.as_str()));
            annotations
        });
        target.metadata = ObjectMeta {
            name: full.name,
            namespace: full.namespace,
            uid: full.uid,
            resource_version: full.resource_version,
            deletion_timestamp: full.deletion_timestamp,
            owner_references: full.owner_references,
            annotations: annotations.filter(|annotations| !annotations.is_empty()),
            ..ObjectMeta::default()
        };
        target
    };
    match event {
        Event::Apply(target) => Event::Apply(slim(target)),
        Event::InitApply(target) => Event::InitApply(slim(target)),
        event => event,
    }
}

#[cfg(test)]
mod tests;
