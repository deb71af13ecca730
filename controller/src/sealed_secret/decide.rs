//! Every rule about what to do for a SealedSecret. Pure.
//!
//! Looking costs something: a read of the Secret is a request, opening items takes private-key
//! operations. So `decide` starts from what is in the caches and asks for more only when the answer
//! depends on it; `reconcile` fetches what it asks for and asks again.

use std::collections::BTreeMap;
use std::sync::Arc;

use api::sealed_secret::{SealedSecret, SealedSecretStatus, Unsealed};
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use manifests::unseal::{UnsealError, has_templates};
use sealing::Fingerprint;

use super::behaviour::Behaviour;
use super::claim::{Claim, claim};
use super::status::{self, Failure};
use super::target::{self, Keep};

/// What is known about a SealedSecret and its Secret. It may hold values, so it has no `Debug`.
pub(crate) struct Observed {
    /// The SealedSecret.
    pub(crate) sealed: Arc<SealedSecret>,
    /// Digest of its spec and scope.
    pub(crate) digest: String,
    /// What is wrong with its shape.
    pub(crate) malformed: Option<Arc<str>>,
    /// What flags say.
    pub(crate) behaviour: Arc<Behaviour>,
    /// Metadata of the Secret of its name, from the cache.
    pub(crate) target: Option<ObjectMeta>,
    /// The Secret itself.
    pub(crate) live: Live,
    /// Its items.
    pub(crate) items: Items,
    /// The same items failed to open with the same keys before, and status says so.
    pub(crate) hopeless: bool,
    /// Someone undid our repairs again and again a moment ago.
    pub(crate) contested: bool,
    /// Status said before that the Secret is this document's, and a pass that failed has written another since.
    pub(crate) adopted: bool,
}

/// The Secret in the cluster, as far as it was looked at.
pub(crate) enum Live {
    Unread,
    Read(Option<Box<Secret>>),
}

/// The items, as far as they were opened.
pub(crate) enum Items {
    Sealed,
    Opened(Box<Opened>),
    Failed(Failure),
}

/// What opening all items gave.
pub(crate) struct Opened {
    /// The Secret without an owner.
    pub(crate) secret: Secret,
    /// The keys that opened the items.
    pub(crate) keys: OpenedBy,
}

/// Fingerprints of the keys that opened items, and how many each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenedBy {
    /// In the order of the record.
    pub(crate) keys: Vec<String>,
    /// Empty in records of before it was counted.
    pub(crate) items: BTreeMap<String, i64>,
}

impl OpenedBy {
    /// What a record says of these keys.
    pub(crate) fn new(keys: &BTreeMap<Fingerprint, usize>) -> Self {
        // No object holds more items than fit: the API server keeps none above 1.5 MiB.
        let count = |count: &usize| i64::try_from(*count).unwrap_or(i64::MAX);
        Self {
            keys: keys.keys().map(ToString::to_string).collect(),
            items: keys
                .iter()
                .map(|(key, items)| (key.to_string(), count(items)))
                .collect(),
        }
    }
}

/// What to do next.
pub(crate) enum Decision {
    /// Nothing, until something changes.
    Rest,
    /// Read the Secret, then decide again.
    Read,
    /// Open the items, then decide again.
    Open,
    /// Do this, and be done.
    Act(Box<Act>),
}

/// A write and what it means.
pub(crate) struct Act {
    /// The write.
    pub(crate) write: Write,
    /// What status and events say once it succeeded.
    pub(crate) outcome: Outcome,
}

/// A write of the Secret.
pub(crate) enum Write {
    Nothing,
    Create(Secret),
    /// Carries the resourceVersion that was read, so that it fails when someone was faster.
    Replace(Secret),
    /// The same, to restore what someone changed.
    Heal(Secret),
}

/// How an object stands after a pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The Secret is as declared. `keys` opened the items; what the record says about the Secret is
    /// filled in from what was written.
    Synced { keys: OpenedBy },
    /// Something else must pass first.
    Pending(Failure),
    /// The Secret cannot be written, for a reason that only a person can change.
    Blocked(Failure),
    /// The items cannot be opened.
    Undecryptable(Failure),
}

/// Returns what to do next for an object.
pub(crate) fn decide(observed: &Observed) -> Decision {
    let sealed = &observed.sealed.metadata;
    // The garbage collector deletes the Secret. Restoring it now would race with that.
    if sealed.deletion_timestamp.is_some() {
        return Decision::Rest;
    }
    if let Some(failure) = unreadable(observed) {
        return act(Write::Nothing, Outcome::Undecryptable(failure));
    }
    // Secrets are not watched then, so that no right to that is needed: the cache knows of none.
    if !observed.behaviour.recreates && matches!(observed.live, Live::Unread) {
        return Decision::Read;
    }
    let target = known_target(observed);
    if is_left_alone(observed, target) {
        return Decision::Rest;
    }
    if let Some(target) = target {
        if claim(sealed, target) == Claim::Foreign {
            return blocked("Unmanaged", status::unmanaged(sealed));
        }
        if let Some(keys) = up_to_date(observed, target) {
            return act(Write::Nothing, Outcome::Synced { keys });
        }
        if target.deletion_timestamp.is_some() {
            let message = "the Secret is being deleted; it is made again when it is gone";
            let failure = Failure::new("TargetTerminating", message);
            return act(Write::Nothing, Outcome::Pending(failure));
        }
    }
    if observed.contested && target.is_some_and(|target| is_heal(observed, claim(sealed, target))) {
        let failure = Failure::new("DriftConflict", status::DRIFT_CONFLICT);
        return act(Write::Nothing, Outcome::Pending(failure));
    }
    if observed.hopeless {
        return Decision::Rest;
    }
    match (&observed.items, &observed.live) {
        (Items::Failed(failure), _) => act(Write::Nothing, Outcome::Undecryptable(failure.clone())),
        // What is kept is in the Secret.
        (Items::Sealed, Live::Unread) if target.is_some() && has_templates(&observed.sealed) => {
            Decision::Read
        }
        (Items::Sealed, _) => Decision::Open,
        (Items::Opened(_), Live::Unread) if target.is_some() => Decision::Read,
        (Items::Opened(opened), Live::Read(Some(live))) => update(observed, opened, live),
        (Items::Opened(opened), Live::Unread | Live::Read(None)) => {
            let secret = target::created(sealed, &opened.secret);
            act(
                Write::Create(secret),
                Outcome::Synced {
                    keys: opened.keys.clone(),
                },
            )
        }
    }
}

/// Returns whether what others did to the Secret stays, until the spec changes: it was deleted, or changed since it was
/// written. Of one that upstream's controller wrote it is not known whether it was changed; and what status calls failed
/// is dealt with, or it would stay so.
fn is_left_alone(observed: &Observed, target: Option<&ObjectMeta>) -> bool {
    if observed.behaviour.recreates || !is_same_spec(observed) {
        return false;
    }
    let sealed = &observed.sealed;
    let is_changed = |target| {
        let ours = !matches!(claim(&sealed.metadata, target), Claim::Foreign | Claim::TakeOver);
        let synced = sealed.status.as_ref().is_some_and(status::is_synced);
        ours && synced && recorded(sealed).is_some() && up_to_date(observed, target).is_none()
    };
    target.is_none_or(is_changed)
}

/// Returns whether the Secret was made from this very document, whatever was done to it since.
pub(crate) fn is_of_this_document(observed: &Observed) -> bool {
    let claim = known_target(observed).map(|target| claim(&observed.sealed.metadata, target));
    claim.is_some_and(|claim| is_heal(observed, claim))
}

/// Returns the metadata of the Secret as it was read, else as it is in the cache.
fn known_target(observed: &Observed) -> Option<&ObjectMeta> {
    match &observed.live {
        Live::Unread => observed.target.as_ref(),
        Live::Read(live) => live.as_ref().map(|live| &live.metadata),
    }
}

/// Returns why an object is not even looked into.
fn unreadable(observed: &Observed) -> Option<Failure> {
    if let Some(malformed) = &observed.malformed {
        return Some(Failure::new("Malformed", &**malformed));
    }
    let is_deprecated = observed.sealed.spec.data.is_some();
    (is_deprecated && !observed.behaviour.accepts_deprecated)
        .then(|| super::unseal_failure(&UnsealError::Deprecated))
}

/// Returns the keys that opened the items, if the Secret is still what was last written from them.
fn up_to_date(observed: &Observed, target: &ObjectMeta) -> Option<OpenedBy> {
    let record = recorded(&observed.sealed)?;
    let same = record.spec == observed.digest
        && Some(&record.secret_uid) == target.uid.as_ref()
        && Some(&record.secret_resource_version) == target.resource_version.as_ref();
    same.then(|| OpenedBy {
        keys: record.keys.clone(),
        items: record.items.clone(),
    })
}

/// Decides about a Secret that exists and may be written.
fn update(observed: &Observed, opened: &Opened, live: &Secret) -> Decision {
    let sealed = &observed.sealed.metadata;
    let claim = claim(sealed, &live.metadata);
    // A template without a type leaves the type alone; the server made it `Opaque` at the creation.
    // What is only patched keeps its type: it is somebody else's Secret.
    let wanted = opened.secret.type_.as_deref().filter(|type_| !type_.is_empty());
    let wanted = wanted.filter(|_| !matches!(claim, Claim::Patch { .. }));
    let actual = live.type_.as_deref().unwrap_or("Opaque");
    if let Some(wanted) = wanted
        && wanted != actual
    {
        return blocked("TypeDiffers", status::type_differs(actual, wanted));
    }
    let updated = target::updated(sealed, &opened.secret, live, claim, keep(observed, claim));
    if live.immutable == Some(true) && !target::same_data(&updated, live) {
        return blocked("Immutable", status::IMMUTABLE);
    }
    let write = match (updated == *live, is_heal(observed, claim)) {
        (true, _) => Write::Nothing,
        (false, true) => Write::Heal(updated),
        (false, false) => Write::Replace(updated),
    };
    act(
        write,
        Outcome::Synced {
            keys: opened.keys.clone(),
        },
    )
}

/// Returns whether additions of others stay: until the spec changes.
fn keep(observed: &Observed, claim: Claim) -> Keep {
    if is_heal(observed, claim) {
        Keep::Additions
    } else {
        Keep::Nothing
    }
}

/// Returns whether a write now would only restore what was there before.
fn is_heal(observed: &Observed, claim: Claim) -> bool {
    claim != Claim::TakeOver && is_same_spec(observed)
}

/// Returns whether the spec is the one of the last success.
fn is_same_spec(observed: &Observed) -> bool {
    match recorded(&observed.sealed) {
        Some(record) => record.spec == observed.digest,
        None => observed.adopted || is_synced_without_record(&observed.sealed),
    }
}

/// Returns whether status says that the Secret is this document's, and nothing more: upstream's CRD prunes the record,
/// and upstream's controller writes none.
pub(crate) fn is_synced_without_record(sealed: &SealedSecret) -> bool {
    let says = |status: &SealedSecretStatus| {
        status.observed_generation == sealed.metadata.generation && status::is_synced(status)
    };
    recorded(sealed).is_none() && sealed.status.as_ref().is_some_and(says)
}

fn recorded(sealed: &SealedSecret) -> Option<&Unsealed> {
    sealed.status.as_ref()?.unsealed.as_ref()
}

fn act(write: Write, outcome: Outcome) -> Decision {
    Decision::Act(Box::new(Act { write, outcome }))
}

fn blocked(reason: &'static str, message: impl Into<String>) -> Decision {
    act(Write::Nothing, Outcome::Blocked(Failure::new(reason, message)))
}

#[cfg(test)]
mod tests;
