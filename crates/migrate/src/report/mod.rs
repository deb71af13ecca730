//! Plans as data: for programs ([`PlanReport`], JSON), for people ([`text`]), for a database's own shell ([`sql`]).

mod sql;
mod text;

use std::fmt;

use schema::plan::{HazardCode, HeldStep, LockClass, Step};
use serde::Serialize;

use crate::plan::Planned;

pub use self::sql::{script, sql};
pub use self::text::text;

/// A plan, in the stable form of `plan -o json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanReport {
    /// The engine: `postgres`, `sqlite`.
    pub engine: &'static str,
    /// The name of the Database.
    pub database: String,
    /// The fingerprint of the declared tables as they are.
    pub fingerprint: String,
    /// What an approval names.
    pub hash: String,
    /// The steps that run, in order.
    pub steps: Vec<StepReport>,
    /// The steps that are held, in order.
    pub held: Vec<HeldReport>,
    /// The expressions that could not be compared.
    pub unproven: Vec<Remark>,
    /// What is declared or live and not handled.
    pub unsupported: Vec<Remark>,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StepReport {
    /// What it changes, such as `column public.users.email`.
    pub object: String,
    /// What it does.
    pub summary: String,
    /// The statements, without a semicolon at their ends.
    pub sql: Vec<String>,
    /// Its hazards.
    pub hazards: Vec<HazardReport>,
    /// `with-others`, `alone` or `none`.
    pub transaction: &'static str,
    /// `none`, `shared`, `blocks-writes` or `exclusive`.
    pub lock: &'static str,
    /// The statement that removes what a failure leaves, where it can leave anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo: Option<String>,
    /// How long each statement may wait for a lock; 0 is for ever.
    pub lock_timeout_ms: u64,
    /// How long each statement may run; 0 is for ever.
    pub statement_timeout_ms: u64,
    /// The bytes of the table, where the server tells.
    pub bytes: Option<u64>,
}

/// A step that is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeldReport {
    /// The step.
    #[serde(flatten)]
    pub step: StepReport,
    /// The codes to allow.
    pub allow: Vec<&'static str>,
    /// The objects whose held steps it waits for.
    #[serde(skip)]
    pub waits_for: Vec<String>,
}

/// A hazard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HazardReport {
    /// Its code.
    pub code: &'static str,
    /// `info`, `warning` or `destructive`.
    pub severity: &'static str,
    /// Why, about this object.
    pub reason: String,
}

/// Something about an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// The object.
    pub object: String,
    /// What is to be said.
    pub reason: String,
}

impl PlanReport {
    /// Returns the report of a plan for the Database of that name.
    pub fn new(database: impl Into<String>, planned: &Planned) -> Self {
        let plan = &planned.plan;
        let remark = |object: &dyn fmt::Display, reason: &str| Remark {
            object: object.to_string(),
            reason: reason.to_owned(),
        };
        Self {
            engine: planned.engine.as_str(),
            database: database.into(),
            fingerprint: plan.fingerprint.to_string(),
            hash: plan.hash.to_string(),
            steps: plan.steps.iter().map(StepReport::new).collect(),
            held: plan.held.iter().map(HeldReport::new).collect(),
            unproven: plan
                .unproven
                .iter()
                .map(|part| remark(&part.object, &part.reason))
                .collect(),
            unsupported: plan
                .unsupported
                .iter()
                .map(|part| remark(&part.object, &part.reason))
                .collect(),
        }
    }
}

impl StepReport {
    fn new(step: &Step) -> Self {
        let draft = &step.draft;
        let hazards = draft.hazards.iter().map(|hazard| HazardReport {
            code: hazard.code.as_str(),
            severity: hazard.code.severity().as_str(),
            reason: hazard.reason.clone(),
        });
        Self {
            object: step.object.to_string(),
            summary: draft.summary.clone(),
            sql: draft.sql.clone(),
            hazards: hazards.collect(),
            transaction: draft.transaction.as_str(),
            lock: draft.lock.as_str(),
            undo: draft.undo.clone(),
            lock_timeout_ms: draft.lock_timeout_ms,
            statement_timeout_ms: draft.statement_timeout_ms,
            bytes: step.bytes,
        }
    }
}

impl HeldReport {
    fn new(held: &HeldStep) -> Self {
        Self {
            step: StepReport::new(&held.step),
            allow: held.allow.iter().map(|code| code.as_str()).collect(),
            waits_for: held.waits_for.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Returns what a lock does to others, for people; `None` if nothing.
fn lock_words(lock: LockClass) -> Option<&'static str> {
    match lock {
        LockClass::None => None,
        LockClass::Shared => Some("other schema changes wait"),
        LockClass::BlocksWrites => Some("writes wait"),
        LockClass::Exclusive => Some("reads and writes wait"),
    }
}

/// Returns what a person can do about a hazard.
fn advice(code: HazardCode) -> Option<&'static str> {
    match code {
        HazardCode::DeletesData => Some("make sure that nothing needs the data, or back it up"),
        HazardCode::ConvertsData => Some("look for values that don't fit first"),
        HazardCode::RewritesTable => Some("run it when little is going on, and have room for a second copy"),
        HazardCode::ScansTable => Some("run it when little is going on"),
        HazardCode::WeakensIntegrity => Some("make sure that the application keeps the rule itself"),
        HazardCode::DependsOnRows => Some("if it fails, nothing has changed: mend the rows and apply again"),
        HazardCode::BuildsIndex | HazardCode::DropsIndex => None,
    }
}

/// Returns a text with control characters written as escapes: names come from manifests, and a line break or a
/// terminal's escape in one must not become part of the output.
fn harmless(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control()
            || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        {
            safe.extend(character.escape_default());
        } else {
            safe.push(character);
        }
    }
    safe
}

#[cfg(test)]
mod tests;
