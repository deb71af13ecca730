//! What every part of the controller shares.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::ObjectReference;
use kube::Client;
use kube::runtime::events::{Event, EventType, Recorder};
use kube::runtime::watcher;
use tokio::sync::watch;

use crate::cpu::CpuPool;
use crate::error::Error;
use crate::events::{Announcement, Announcer};
use crate::keys::Keys;
use crate::metrics::Metrics;
use crate::pace;

/// Limit of one request to the API server. Without it a connection that swallows packets would hold
/// an object, and its place among the parallel ones, for minutes.
pub(crate) const REQUEST: Duration = Duration::from_secs(20);
/// Longest note that the events API takes, in bytes.
const NOTE: usize = 1024;

/// Reads the clock. The one place that does is `run`.
pub(crate) type Clock = fn() -> Timestamp;

/// Client, announcer, keys, clock, CPU pool and numbers.
pub(crate) struct Context {
    pub(crate) client: Client,
    pub(crate) announcer: Announcer,
    pub(crate) keys: watch::Receiver<Keys>,
    pub(crate) clock: Clock,
    pub(crate) cpu: CpuPool,
    pub(crate) work: Work,
    pub(crate) metrics: Arc<Metrics>,
}

/// How much was done since the process started; logged when it stops.
#[derive(Debug, Default)]
pub(crate) struct Work {
    /// Objects whose items were opened: each takes at least one private-key operation an item.
    pub(crate) unseals: AtomicU64,
    /// Writes of Secrets.
    pub(crate) secret_writes: AtomicU64,
    /// Writes of a SealedSecret's status.
    pub(crate) status_writes: AtomicU64,
}

impl Work {
    /// Adds one to a counter.
    pub(crate) fn count(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Logs the totals.
    pub(crate) fn log(&self) {
        tracing::info!(
            unseals = self.unseals.load(Ordering::Relaxed),
            secret_writes = self.secret_writes.load(Ordering::Relaxed),
            status_writes = self.status_writes.load(Ordering::Relaxed),
            "work done"
        );
    }
}

impl Context {
    /// Publishes an event about an object. That an event could not be published is logged and nothing
    /// more: status says the same.
    pub(crate) async fn event(&self, about: &ObjectReference, is_warning: bool, reason: &str, note: &str) {
        let event = Announcement {
            about,
            is_warning,
            reason,
            note,
        };
        if let Err(error) = self.announcer.announce(&event, (self.clock)()).await {
            tracing::warn!(reason, "{error}");
        }
    }
}

/// Publishes an event about an object. That an event could not be published is logged and nothing more:
/// status says the same.
pub(crate) async fn publish(
    recorder: &Recorder,
    about: &ObjectReference,
    warning: bool,
    reason: &str,
    action: &str,
    note: &str,
) {
    let event = Event {
        type_: if warning {
            EventType::Warning
        } else {
            EventType::Normal
        },
        reason: reason.to_owned(),
        note: Some(clip(note, NOTE).to_owned()),
        action: action.to_owned(),
        secondary: None,
    };
    let object = about.name.clone().unwrap_or_default();
    match tokio::time::timeout(REQUEST, recorder.publish(&event, about)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::warn!(reason, "{}", Error::api("publish an event about", object, &error));
        }
        Err(_) => tracing::warn!(reason, "{}", Error::timeout("publish an event about", object)),
    }
}

/// Awaits a request with the limit that all requests have.
///
/// # Errors
/// What the API server answered, and a time-out, both with the verb and the object.
pub(crate) async fn request<T>(
    verb: &'static str,
    object: &str,
    request: impl Future<Output = Result<T, kube::Error>>,
) -> Result<T, Error> {
    match pace::within(REQUEST, request).await {
        Some(answer) => answer.map_err(|error| Error::api(verb, object, &error)),
        None => Err(Error::timeout(verb, object)),
    }
}

/// Returns the error of a watch, which goes on by itself after a wait.
pub(crate) fn watch_error(error: &watcher::Error, what: &str) -> Error {
    match error {
        watcher::Error::InitialListFailed(error) => Error::api("list", what, error),
        watcher::Error::WatchStartFailed(error) | watcher::Error::WatchFailed(error) => {
            Error::api("watch", what, error)
        }
        watcher::Error::WatchError(status) => Error::api("watch", what, &kube::Error::Api(status.clone())),
        watcher::Error::NoResourceVersion => Error::unreadable("watch", what),
    }
}

/// Returns the text cut to at most `most` bytes, at the end of a character.
pub(crate) fn clip(text: &str, most: usize) -> &str {
    text.get(..text.floor_char_boundary(most)).unwrap_or(text)
}

/// Returns a number that no other process has. Good for names, not for keys.
pub(crate) fn random_number() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// Shared as `Arc` everywhere.
pub(crate) type Shared = Arc<Context>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_cut_between_characters() {
        assert_eq!(clip("abc", 10), "abc");
        assert_eq!(clip("aéb", 2), "a");
        assert_eq!(clip("aéb", 3), "aé");
        assert_eq!(clip("", 0), "");
    }
}
