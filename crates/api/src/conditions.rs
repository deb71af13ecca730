//! Status conditions that kstatus, Flux, Argo CD and Helm all read the same way.
//!
//! The rules: the kind's own condition (`Synced` for a SealedSecret) stands first, because upstream's
//! printer columns read `conditions[0]`; `Ready` follows; `Reconciling` or `Stalled` is there only while
//! it is `True`, and never both; each condition carries the generation it speaks of; the transition time
//! moves only when the status does.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether the object is as declared.
pub const READY: &str = "Ready";
/// Present and `True` while work goes on or will be tried again.
pub const RECONCILING: &str = "Reconciling";
/// Present and `True` when only a change of something else can help.
pub const STALLED: &str = "Stalled";
/// A SealedSecret's own condition, upstream's only one.
pub const SYNCED: &str = "Synced";

/// Reason of `Reconciling` while nothing has failed.
pub const PROGRESSING: &str = "Progressing";
/// Reason of `Reconciling` after an error that is retried.
pub const PROGRESSING_WITH_RETRY: &str = "ProgressingWithRetry";

/// One condition.
///
/// More lenient than Kubernetes' own type: upstream's controller writes no `reason`, and an object that
/// can't be read would stop a whole watch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// Name of the condition.
    #[serde(rename = "type")]
    pub type_: String,
    /// `True`, `False` or `Unknown`.
    pub status: String,
    /// One word for programs.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// A sentence for people.
    #[serde(default)]
    pub message: String,
    /// Generation of the object that the condition speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// When `status` last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_transition_time: Option<Time>,
}

/// The four states of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Pending,
    Transient,
    Permanent,
    Success,
}

/// What happened to an object, in the words its conditions will carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    state: State,
    reason: String,
    message: String,
}

impl Outcome {
    fn new(state: State, reason: &str, message: impl Into<String>) -> Self {
        Self {
            state,
            reason: reason.to_owned(),
            message: message.into(),
        }
    }

    /// Work goes on and nothing has failed: own condition `Unknown`, `Ready` `False`, `Reconciling`.
    pub fn pending(reason: &str, message: impl Into<String>) -> Self {
        Self::new(State::Pending, reason, message)
    }

    /// An error that is retried: own condition `Unknown`, `Ready` `False`, `Reconciling`.
    pub fn transient(reason: &str, message: impl Into<String>) -> Self {
        Self::new(State::Transient, reason, message)
    }

    /// An error that waits for a change: own condition and `Ready` `False`, `Stalled`.
    pub fn permanent(reason: &str, message: impl Into<String>) -> Self {
        Self::new(State::Permanent, reason, message)
    }

    /// As declared: own condition and `Ready` `True`.
    pub fn success(reason: &str, message: impl Into<String>) -> Self {
        Self::new(State::Success, reason, message)
    }

    /// Returns the conditions of this outcome, without times.
    fn conditions(&self, own: &str, generation: Option<i64>) -> Vec<Condition> {
        let condition = |type_: &str, status: &str, reason: &str| Condition {
            type_: type_.to_owned(),
            status: status.to_owned(),
            reason: reason.to_owned(),
            message: self.message.clone(),
            observed_generation: generation,
            last_transition_time: None,
        };
        let reason = self.reason.as_str();
        let (own_status, ready, extra) = match self.state {
            State::Success => ("True", "True", None),
            State::Pending => ("Unknown", "False", Some((RECONCILING, PROGRESSING))),
            State::Transient => ("Unknown", "False", Some((RECONCILING, PROGRESSING_WITH_RETRY))),
            State::Permanent => ("False", "False", Some((STALLED, reason))),
        };
        let mut all = vec![
            condition(own, own_status, reason),
            condition(READY, ready, reason),
        ];
        all.extend(extra.map(|(type_, reason)| condition(type_, "True", reason)));
        all
    }
}

/// Brings `conditions` in line with an outcome and returns whether anything changed.
///
/// `own` is the kind's own condition, `now` becomes the transition time of conditions whose status
/// flips. Conditions of other types stay, after ours.
pub fn set(
    conditions: &mut Vec<Condition>,
    own: &str,
    outcome: &Outcome,
    generation: Option<i64>,
    now: Timestamp,
) -> bool {
    let mut wanted = outcome.conditions(own, generation);
    for condition in &mut wanted {
        let before = conditions.iter().find(|old| old.type_ == condition.type_);
        let unchanged = before.filter(|old| old.status == condition.status);
        // The API keeps whole seconds; more would look like a change when it is read back.
        let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
        condition.last_transition_time = unchanged
            .and_then(|old| old.last_transition_time.clone())
            .or(Some(Time(now)));
    }
    let ours = [own, READY, RECONCILING, STALLED];
    wanted.extend(
        conditions
            .iter()
            .filter(|old| !ours.contains(&old.type_.as_str()))
            .cloned(),
    );
    let changed = wanted != *conditions;
    *conditions = wanted;
    changed
}

#[cfg(test)]
mod tests;
