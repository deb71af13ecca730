//! Answers to callers, counted under upstream's names.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::exposition::{Exposition, Kind, number};
use super::histogram::{self, Histogram};

/// Methods that are told apart, as upstream's library writes them. A caller may send any word.
const METHODS: [&str; 9] = [
    "get", "put", "head", "post", "delete", "connect", "options", "trace", "patch",
];
/// All other methods.
const UNKNOWN: &str = "unknown";

/// Answers by path, status and method. The paths are those that are served, so there are few of each.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    counts: Mutex<BTreeMap<(&'static str, u16, &'static str), u64>>,
    durations: Mutex<BTreeMap<(&'static str, &'static str), Histogram>>,
}

impl Requests {
    /// Counts an answer.
    pub(crate) fn count(&self, path: &'static str, method: &str, status: u16, took: Duration) {
        let known = METHODS
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(method));
        let method = known.unwrap_or(UNKNOWN);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry((path, status, method)).or_default() += 1;
        drop(counts);
        let mut durations = self.durations.lock().unwrap_or_else(PoisonError::into_inner);
        durations
            .entry((path, method))
            .or_insert_with(|| Histogram::new(histogram::ANSWERS))
            .observe(took);
    }

    /// Writes all of it.
    pub(super) fn write(&self, to: &mut Exposition) {
        let mut family = to.family(
            "sealed_secrets_controller_http_requests_total",
            Kind::Counter,
            "Answers by path, status and method.",
        );
        for ((path, status, method), count) in &*self.counts.lock().unwrap_or_else(PoisonError::into_inner) {
            let labels = [
                ("code", &*status.to_string()),
                ("method", *method),
                ("path", *path),
            ];
            family.sample(&labels, number(*count));
        }
        let mut family = to.histograms(
            "sealed_secrets_controller_http_request_duration_seconds",
            "How long answers took, by path and method.",
        );
        for ((path, method), durations) in &*self.durations.lock().unwrap_or_else(PoisonError::into_inner) {
            family.histogram(&[("method", method), ("path", path)], &durations.counted());
        }
    }
}
