//! Numbers for Prometheus: upstream's, by its names and labels, and ours, which begin with `chancery_secrets_`.
//!
//! What is counted as it happens is in [`Metrics`]; everything else is read from the caches at each scrape ([`Seen`]), so
//! that nothing is left of an object that is gone. No label holds anything of a value.

mod exposition;
mod histogram;
mod keys;
mod objects;
mod process;
mod requests;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use api::sealed_secret::SealedSecret;

pub(crate) use self::exposition::Format;
use self::exposition::{Exposition, Kind, number};
use self::histogram::Histogram;
pub(crate) use self::requests::Requests;
use crate::context::Work;
use crate::keys::Keys;
use crate::sealed_secret::key;

/// What an unsealing failed at, in upstream's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Failed {
    /// Its items don't open, or its template doesn't render.
    Unseal,
    /// The Secret is someone else's.
    Unmanaged,
    /// The Secret could not be read or written.
    Update,
    /// Status could not be written.
    Status,
}

impl Failed {
    /// Returns the value of the label. Upstream's fifth, `fetch`, is a cache that fails, which ours can't.
    fn word(self) -> &'static str {
        match self {
            Self::Unseal => "unseal",
            Self::Unmanaged => "unmanaged",
            Self::Update => "update",
            Self::Status => "status",
        }
    }
}

/// What is counted while the process runs.
#[derive(Debug)]
pub(crate) struct Metrics {
    version: &'static str,
    /// Whether labels may hold names and namespaces.
    names: bool,
    /// Answers to callers.
    pub(crate) requests: Arc<Requests>,
    unseals: AtomicU64,
    failed: Mutex<BTreeMap<(Failed, String), u64>>,
    passes: Histogram,
    /// Objects that were woken and wait for their pass.
    waiting: Mutex<HashSet<Object>>,
}

/// An object by namespace and name.
pub(crate) type Object = (String, String);

/// What a scrape looks at besides.
pub(crate) struct Seen<'a> {
    /// This replica works on objects.
    pub(crate) leads: bool,
    /// Keys that are held.
    pub(crate) keys: &'a Keys,
    /// Objects in the caches.
    pub(crate) objects: &'a [Arc<SealedSecret>],
    /// Totals.
    pub(crate) work: &'a Work,
}

impl Metrics {
    /// Returns numbers that are all zero, of a controller of this version. With `omit_names` no label holds the name or
    /// namespace of an object.
    pub(crate) fn new(version: &'static str, omit_names: bool) -> Self {
        Self {
            version,
            names: !omit_names,
            requests: Arc::default(),
            unseals: AtomicU64::new(0),
            failed: Mutex::default(),
            passes: Histogram::new(histogram::PASSES),
            waiting: Mutex::default(),
        }
    }

    /// Counts a pass over an object that begins.
    pub(crate) fn pass_begins(&self, object: &Object) {
        self.unseals.fetch_add(1, Ordering::Relaxed);
        self.no_longer_waits(object);
    }

    /// Counts a pass that ended, however it did.
    pub(crate) fn pass_took(&self, took: Duration) {
        self.passes.observe(took);
    }

    /// Counts a failure at an object of this namespace.
    pub(crate) fn failed(&self, at: Failed, namespace: &str) {
        let namespace = if self.names { namespace } else { "" };
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        *failed.entry((at, namespace.to_owned())).or_default() += 1;
    }

    /// Notes that an object was woken.
    pub(crate) fn waits(&self, object: &Object) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.insert(object.clone());
    }

    /// Notes that an object is looked at now, or is gone.
    pub(crate) fn no_longer_waits(&self, object: &Object) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.remove(object);
    }

    /// Notes that this replica looks at no objects any more.
    pub(crate) fn none_waits(&self) {
        self.waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// Returns how many objects wait that there are. One that was deleted while its watch was interrupted never has its
    /// turn.
    fn waiting(&self, objects: &[Arc<SealedSecret>]) -> u64 {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if !waiting.is_empty() {
            let known: HashSet<Object> = objects.iter().map(|object| key(&object.metadata)).collect();
            waiting.retain(|object| known.contains(object));
        }
        waiting.len() as u64
    }

    /// Returns everything as text.
    pub(crate) fn page(&self, format: Format, seen: &Seen<'_>) -> String {
        let mut text = Exposition::new(format);
        let to = &mut text;
        to.family(
            "sealed_secrets_controller_build_info",
            Kind::Gauge,
            "Build information.",
        )
        .sample(&[("revision", self.version)], 1.0);
        to.one(
            "sealed_secrets_controller_unseal_requests_total",
            Kind::Counter,
            "Passes over SealedSecrets.",
            number(self.unseals.load(Ordering::Relaxed)),
        );
        self.write_failed(to, seen.objects);
        self.requests.write(to);
        let leading = if seen.leads { seen.objects } else { &[] };
        if self.names {
            objects::write_conditions(to, leading);
        }
        objects::write_failing(to, leading);
        keys::write(to, seen.keys);
        self.write_work(to, seen);
        process::write(to);
        text.end()
    }

    /// Writes the failures; those in namespaces that have no object any more are forgotten.
    fn write_failed(&self, to: &mut Exposition, objects: &[Arc<SealedSecret>]) {
        let of = |object: &SealedSecret| object.metadata.namespace.clone().unwrap_or_default();
        let namespaces: BTreeSet<String> = objects.iter().map(|object| of(object)).collect();
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.retain(|(_, namespace), _| namespace.is_empty() || namespaces.contains(namespace));
        let mut family = to.family(
            "sealed_secrets_controller_unseal_errors_total",
            Kind::Counter,
            "Passes that failed, by what failed.",
        );
        for ((at, namespace), count) in &*failed {
            let labels = [("reason", at.word()), ("namespace", namespace.as_str())];
            family.sample(&labels, number(*count));
        }
    }

    fn write_work(&self, to: &mut Exposition, seen: &Seen<'_>) {
        let total = |counter: &AtomicU64| number(counter.load(Ordering::Relaxed));
        let (counter, gauge) = (Kind::Counter, Kind::Gauge);
        let waiting = self.waiting(seen.objects);
        for (name, kind, help, value) in [
            (
                "chancery_secrets_leader",
                gauge,
                "1 where this replica holds the Lease and works on objects.",
                f64::from(u8::from(seen.leads)),
            ),
            (
                "chancery_secrets_objects",
                gauge,
                "SealedSecrets in the cache.",
                number(seen.objects.len() as u64),
            ),
            (
                "chancery_secrets_queue_depth",
                gauge,
                "SealedSecrets that wait to be looked at.",
                number(waiting),
            ),
            (
                "chancery_secrets_opened_total",
                counter,
                "SealedSecrets whose items were opened.",
                total(&seen.work.unseals),
            ),
            (
                "chancery_secrets_secret_writes_total",
                counter,
                "Writes of Secrets.",
                total(&seen.work.secret_writes),
            ),
            (
                "chancery_secrets_status_writes_total",
                counter,
                "Writes of a status.",
                total(&seen.work.status_writes),
            ),
        ] {
            to.one(name, kind, help, value);
        }
        to.histograms(
            "chancery_secrets_reconcile_duration_seconds",
            "How long a pass over a SealedSecret took.",
        )
        .histogram(&[], &self.passes.counted());
    }
}

#[cfg(test)]
mod tests;
