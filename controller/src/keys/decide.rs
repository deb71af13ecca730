//! The rules of sealing keys. Pure.

use std::time::Duration;

use api::names;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sealing::Fingerprint;

use crate::args::KeyOrder;

/// Longest name of a Secret.
const NAME: usize = 253;
/// How long the other replicas leave it to the leader to store a key again: as long as a Lease lasts.
const PATIENCE: Duration = Duration::from_secs(15);

/// What a Secret of the controller's namespace is to the key ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A key in use.
    Active,
    /// An empty Secret that asks for a key.
    Requested,
    /// A key that someone took out of use by another value of the label, such as `compromised`.
    Disabled,
    /// A key that was stored for later, out of use. It says nothing about other Secrets that have the same key.
    Archived,
    /// Not a key.
    Other,
}

/// Returns the role of a Secret.
///
/// The label's value `active` makes a key, any other value disables it, as upstream reads it; so upstream's controller
/// passes over a request. One Secret named exactly like the prefix, without the label, is a key of upstream's first
/// versions.
pub(crate) fn role(metadata: &ObjectMeta, prefix: &str) -> Role {
    let label = metadata
        .labels
        .as_ref()
        .and_then(|labels| labels.get(names::SEALING_KEY_LABEL));
    match label.map(String::as_str) {
        Some(names::SEALING_KEY_ACTIVE) => Role::Active,
        Some(names::SEALING_KEY_REQUESTED) => Role::Requested,
        Some(names::SEALING_KEY_ARCHIVED) => Role::Archived,
        Some(_) => Role::Disabled,
        None if metadata.name.as_deref() == Some(prefix) => Role::Active,
        None => Role::Other,
    }
}

/// What is known when asking what must be done about the keys.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that are independent of each other"
)]
pub(crate) struct Observed {
    /// This replica leads.
    pub(crate) leader: bool,
    /// The key Secrets were listed, and that of upstream's first kind must be looked at.
    pub(crate) legacy: bool,
    /// Every kind of key was looked at once.
    pub(crate) synced: bool,
    /// When the newest key in use came to be, whether its Secret still exists or not; nothing where there is no key.
    pub(crate) newest: Option<Timestamp>,
    /// What time it is.
    pub(crate) now: Timestamp,
    /// Someone asked this process for a key, by a signal.
    pub(crate) signalled: bool,
    /// Requests for a key that can be filled.
    pub(crate) requests: usize,
    /// For how long a key waits to be stored under a name of its own.
    pub(crate) unkept: Option<Duration>,
}

/// When keys are made unasked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Habit {
    /// Keys are made unasked at all.
    pub(crate) unasked: bool,
    /// At which age of the newest key another is made; `None` for never.
    pub(crate) period: Option<Duration>,
    /// The moment before which the newest key must not have come to be.
    pub(crate) cutoff: Option<Timestamp>,
}

impl Habit {
    /// Returns how long it is until a key must be made unasked, where `newest` is when the newest came to be; `None` for
    /// never.
    ///
    /// A cutoff that lies in the future counts once it has come: a key that is made before would be too old again, and
    /// upstream makes one more at every start until then.
    pub(crate) fn next(&self, newest: Option<Timestamp>, now: Timestamp) -> Option<Duration> {
        if !self.unasked {
            return None;
        }
        let Some(newest) = newest else {
            return Some(Duration::ZERO);
        };
        let until =
            |moment: Timestamp| Duration::try_from(moment.duration_since(now)).unwrap_or(Duration::ZERO);
        let renewal = self.period.and_then(|period| {
            let period = SignedDuration::try_from(period).ok()?;
            newest.checked_add(period).ok()
        });
        let cutoff = self.cutoff.filter(|cutoff| newest < *cutoff);
        renewal.into_iter().chain(cutoff).map(until).min()
    }
}

/// What a replica has to do by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Due {
    /// Look at the Secret of upstream's first kind.
    Legacy,
    /// Store a key under a name of its own.
    Keep,
    /// Make the key that a signal asked for, or ask the leader for one.
    Obey,
    /// Make a key for those who asked for one.
    Fill,
    /// Make a key unasked.
    Generate,
}

/// Returns what this replica must do, and how long it has to leave it be, most urgent first.
///
/// Keys are made unasked as the habit says: the first one, and those that replace an old one. A key whose Secret was
/// deleted while we run counts, since it still opens what was sealed to it; making another in silence would hide the loss
/// from whoever could still restore it.
/// Where someone asked for a key, that one is also the first, unless it can't be stored: what is against one request, such
/// as an admission webhook, must not leave everybody without a key.
///
/// A key that must be stored again is in the memory of those who saw it before, and only there. So the others do it when
/// the leader does not, who may have come after the change: the name of the copy follows from the key, and the second
/// create fails.
pub(crate) fn due(observed: &Observed, habit: &Habit) -> Vec<(Due, Duration)> {
    let mut all = Vec::new();
    if observed.legacy {
        all.push((Due::Legacy, Duration::ZERO));
    }
    if let Some(since) = observed.unkept {
        let wait = if observed.leader {
            Duration::ZERO
        } else {
            PATIENCE.saturating_sub(since)
        };
        all.push((Due::Keep, wait));
    }
    if observed.synced && observed.signalled {
        all.push((Due::Obey, Duration::ZERO));
    }
    if observed.leader && observed.synced {
        if observed.requests > 0 {
            all.push((Due::Fill, Duration::ZERO));
        }
        if let Some(wait) = habit.next(observed.newest, observed.now) {
            all.push((Due::Generate, wait));
        }
    }
    all
}

/// Returns when a key came to be, by which keys are ordered: `begun` is its certificate's `NotBefore`, `stored` when its
/// Secret was made.
///
/// A copy of a key is not newer than its certificate: it is made when its key is replaced, and would be the newest of all.
pub(crate) fn created(
    order: KeyOrder,
    begun: Timestamp,
    stored: Option<Timestamp>,
    is_copy: bool,
) -> Timestamp {
    match (order, stored) {
        (KeyOrder::SecretCreationTimestamp, Some(stored)) if is_copy => stored.min(begun),
        (KeyOrder::SecretCreationTimestamp, Some(stored)) => stored,
        (KeyOrder::CertNotBefore, _) | (_, None) => begun,
    }
}

/// Returns the name for a new key Secret in a namespace that has the key Secrets `uids` now.
///
/// The name follows from what was there before. So of two replicas that both believe to lead and
/// both saw no key, the second fails to create its key: the name is taken.
pub(crate) fn secret_name(prefix: &str, namespace: &str, uids: &[String]) -> String {
    use sha2::{Digest, Sha256};

    // Kubernetes' own alphabet for suffixes: no vowels, no digits that look like letters.
    const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
    let mut sorted: Vec<&str> = uids.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    let mut hash = Sha256::new();
    for part in std::iter::once(namespace).chain(sorted) {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let suffix = hash
        .finalize()
        .iter()
        .take(5)
        .map(|byte| char::from(ALPHABET[usize::from(*byte) % 27]))
        .collect::<String>();
    format!("{prefix}{suffix}")
}

/// Returns the name for the copy of a key that was found in the Secret `from`. The same key has the same name, whoever
/// copies it.
pub(crate) fn copy_name(from: &str, key: &Fingerprint) -> String {
    let suffix = key.short();
    let most = from.floor_char_boundary(NAME.saturating_sub(suffix.len() + 1));
    let from = from.get(..most).unwrap_or(from).trim_end_matches(['-', '.']);
    format!("{from}-{suffix}")
}

#[cfg(test)]
mod tests;
