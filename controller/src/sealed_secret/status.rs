//! What a SealedSecret's status and events say. Pure.

use api::conditions::{self, Condition};
use api::sealed_secret::{SealedSecretStatus, Unsealed};
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::decide::Outcome;
use crate::context::clip;
use crate::error::{Class, Error};

/// Longest message of a condition in bytes: thousands of items may fail at once.
const MESSAGE: usize = 2048;

/// What upstream says of an immutable Secret, and what helps.
pub(crate) const IMMUTABLE: &str =
    "the target Secret is immutable; delete it and it is made again from the SealedSecret";

/// What is said while someone else and this controller would otherwise write in turns.
pub(crate) const DRIFT_CONFLICT: &str = "something changes the Secret again each time it is restored; find it (the Secret's managedFields name it), \
     it is restored again in some minutes";

/// Something that did not work, in a word and a sentence. Never holds a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) reason: &'static str,
    pub(crate) message: String,
}

impl Failure {
    /// Returns a failure; the message is cut to what a condition should hold.
    pub(crate) fn new(reason: &'static str, message: impl Into<String>) -> Self {
        let message: String = message.into();
        Self {
            reason,
            message: clip(&message, MESSAGE).to_owned(),
        }
    }
}

/// Returns upstream's words about a Secret that is someone else's.
pub(crate) fn unmanaged(sealed: &ObjectMeta) -> String {
    format!(
        "Resource \"{}\" already exists and is not managed by SealedSecret",
        sealed.name.as_deref().unwrap_or_default()
    )
}

/// Returns the message about a Secret whose type is not the template's.
pub(crate) fn type_differs(actual: &str, wanted: &str) -> String {
    format!(
        "the target Secret has type `{actual}` and the template says `{wanted}`; a type cannot be changed: \
         delete the Secret and it is made again from the SealedSecret"
    )
}

/// An event to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Announcement {
    pub(crate) warning: bool,
    pub(crate) reason: &'static str,
    pub(crate) note: String,
}

/// How to tell the world about a pass.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Report {
    /// The status to write, `None` when it says all this already.
    pub(crate) status: Option<SealedSecretStatus>,
    /// The event of a transition.
    pub(crate) event: Option<Announcement>,
}

/// Returns the report of a pass that ended with an outcome.
///
/// `record` is what to remember of a Secret that is in sync, `wrote` whether it was written just now.
pub(crate) fn report(
    before: Option<&SealedSecretStatus>,
    generation: Option<i64>,
    outcome: &Outcome,
    record: Option<Unsealed>,
    wrote: bool,
    now: Timestamp,
) -> Report {
    let (said, event) = match outcome {
        Outcome::Synced { .. } => (
            conditions::Outcome::success("Unsealed", ""),
            Announcement {
                warning: false,
                reason: "Unsealed",
                note: "SealedSecret unsealed successfully".to_owned(),
            },
        ),
        Outcome::Pending(failure) => (
            conditions::Outcome::pending(failure.reason, failure.message.clone()),
            update_failed(&failure.message),
        ),
        // Upstream's status has the prefix and its event has not.
        Outcome::Blocked(failure) => (
            conditions::Outcome::permanent(failure.reason, format!("failed update: {}", failure.message)),
            update_failed(&failure.message),
        ),
        Outcome::Undecryptable(failure) => (
            conditions::Outcome::permanent(failure.reason, failure.message.clone()),
            Announcement {
                warning: true,
                reason: "ErrUnsealFailed",
                note: format!("Failed to unseal: {}", failure.message),
            },
        ),
    };
    let status = next(before, generation, &said, record, now);
    let transition = match outcome {
        Outcome::Synced { .. } => wrote || !before.is_some_and(is_synced),
        Outcome::Pending(_) => false,
        Outcome::Blocked(_) | Outcome::Undecryptable(_) => status.is_some(),
    };
    Report {
        status,
        event: transition.then_some(event),
    }
}

/// Returns the report of a pass that failed at the API server and will be tried again.
///
/// A conflict and a namespace that goes away are no news for anybody, nor is the first failure in a
/// row, `attempts` being those before: most pass within moments, and a status that flips back and
/// forth makes every GitOps tool that watches it flip too.
pub(crate) fn report_error(
    before: Option<&SealedSecretStatus>,
    generation: Option<i64>,
    error: &Error,
    attempts: u32,
    now: Timestamp,
) -> Report {
    let message = error.to_string();
    let said = match error.class() {
        Class::Conflict | Class::Gone => {
            return Report {
                status: None,
                event: None,
            };
        }
        Class::Transient if attempts == 0 => {
            return Report {
                status: None,
                event: None,
            };
        }
        Class::Transient => conditions::Outcome::transient(error.reason(), message.clone()),
        Class::Terminal => {
            conditions::Outcome::permanent(error.reason(), format!("failed update: {message}"))
        }
    };
    let status = next(before, generation, &said, None, now);
    let event = status.is_some().then(|| update_failed(&message));
    Report { status, event }
}

/// Returns whether the status says that the Secret is in sync.
pub(crate) fn is_synced(status: &SealedSecretStatus) -> bool {
    status
        .conditions
        .iter()
        .any(|c| c.type_ == conditions::SYNCED && c.status == "True")
}

fn update_failed(message: &str) -> Announcement {
    Announcement {
        warning: true,
        reason: "ErrUpdateFailed",
        note: message.to_owned(),
    }
}

/// Returns the next status, `None` when it is what is there. Without a record the last one stays: it
/// tells later whether the spec changed since the last success.
fn next(
    before: Option<&SealedSecretStatus>,
    generation: Option<i64>,
    said: &conditions::Outcome,
    record: Option<Unsealed>,
    now: Timestamp,
) -> Option<SealedSecretStatus> {
    let before = before.cloned().unwrap_or_default();
    let mut after = before.clone();
    conditions::set(&mut after.conditions, conditions::SYNCED, said, generation, now);
    after.observed_generation = generation;
    after.unsealed = record.or(after.unsealed);
    let same = if is_pruned(&before) {
        pruned(&before) == pruned(&after)
    } else {
        before == after
    };
    (!same).then_some(after)
}

/// Returns whether the installed CRD is upstream's, which drops the fields that ours adds.
fn is_pruned(status: &SealedSecretStatus) -> bool {
    let ours = |c: &&Condition| c.type_ == conditions::READY;
    status
        .conditions
        .iter()
        .find(ours)
        .is_some_and(|ready| ready.observed_generation.is_none())
}

/// Returns what upstream's CRD lets through.
fn pruned(status: &SealedSecretStatus) -> SealedSecretStatus {
    let mut status = status.clone();
    status.unsealed = None;
    for condition in &mut status.conditions {
        condition.observed_generation = None;
    }
    status
}

#[cfg(test)]
mod tests;
