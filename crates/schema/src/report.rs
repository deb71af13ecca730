//! A plan as it is written down: in `plan -o json`, and in a Migration.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::{HeldStep, Plan, Step};

/// A plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanReport {
    /// The engine, such as `postgres`.
    pub engine: String,
    /// The name of the Database.
    pub database: String,
    /// The fingerprint of the declared tables as they are.
    pub fingerprint: String,
    /// What an approval names.
    pub hash: String,
    /// The steps that run, in order.
    #[serde(default)]
    pub steps: Vec<StepReport>,
    /// The steps that are held, in order.
    #[serde(default)]
    pub held: Vec<HeldReport>,
    /// The expressions that could not be compared.
    #[serde(default)]
    pub unproven: Vec<Remark>,
    /// What is declared or live and not handled.
    #[serde(default)]
    pub unsupported: Vec<Remark>,
    /// The product and its version, such as `postgres 15.18`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub server: String,
    /// Host, port and database, or the file.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub target: String,
}

// Kubernetes knows signed formats alone.
/// A step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepReport {
    /// What it changes, such as `column public.users.email`.
    pub object: String,
    /// What it does.
    pub summary: String,
    /// The statements, without a semicolon at their ends.
    #[serde(default)]
    pub sql: Vec<String>,
    /// Its hazards.
    #[serde(default)]
    pub hazards: Vec<HazardReport>,
    /// `with-others`, `alone` or `none`.
    pub transaction: String,
    /// `none`, `shared`, `blocks-writes` or `exclusive`.
    pub lock: String,
    /// The statement that removes what a failure leaves, where it can leave anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<String>,
    /// How long each statement may wait for a lock, in milliseconds; 0 is for ever.
    #[schemars(with = "i64")]
    pub lock_timeout_ms: u64,
    /// How long each statement may run, in milliseconds; 0 is for ever.
    #[schemars(with = "i64")]
    pub statement_timeout_ms: u64,
    /// The bytes of the table, where the server tells.
    #[serde(default)]
    #[schemars(with = "Option<i64>")]
    pub bytes: Option<u64>,
    /// The table that the object is or belongs to.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub table: String,
}

/// A step that is held.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HeldReport {
    /// The step.
    #[serde(flatten)]
    pub step: StepReport,
    /// The codes to allow.
    pub allow: Vec<String>,
    /// The objects whose held steps it waits for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waits_for: Vec<String>,
}

/// A hazard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HazardReport {
    /// Its code.
    pub code: String,
    /// `info`, `warning` or `destructive`.
    pub severity: String,
    /// Why, about this object.
    pub reason: String,
}

/// Something about an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Remark {
    /// The object.
    pub object: String,
    /// What is to be said.
    pub reason: String,
}

impl PlanReport {
    /// Returns the report of a plan for the Database of that name. `engine` is the engine's name and `target` what
    /// people call the database, without any secret.
    pub fn new(engine: &str, database: &str, target: &str, plan: &Plan) -> Self {
        Self {
            engine: engine.to_owned(),
            server: plan.server.clone(),
            target: target.to_owned(),
            database: database.to_owned(),
            fingerprint: plan.fingerprint.to_string(),
            hash: plan.hash.to_string(),
            steps: plan.steps.iter().map(StepReport::new).collect(),
            held: plan.held.iter().map(HeldReport::new).collect(),
            unproven: plan
                .unproven
                .iter()
                .map(|part| Remark::new(part.object.to_string(), &part.reason))
                .collect(),
            unsupported: plan
                .unsupported
                .iter()
                .map(|part| Remark::new(part.object.to_string(), &part.reason))
                .collect(),
        }
    }
}

impl PlanReport {
    /// Returns the report with the keys of the stable interface `plan -o json` alone: without the server, the target and
    /// the tables, which are for people who have nothing but the report.
    #[must_use]
    pub fn stable(mut self) -> Self {
        self.server.clear();
        self.target.clear();
        for step in &mut self.steps {
            step.table.clear();
        }
        for held in &mut self.held {
            held.step.table.clear();
            held.waits_for.clear();
        }
        self
    }
}

impl Remark {
    fn new(object: String, reason: &str) -> Self {
        Self {
            object,
            reason: reason.to_owned(),
        }
    }
}

impl StepReport {
    fn new(step: &Step) -> Self {
        let draft = &step.draft;
        let hazards = draft.hazards.iter().map(|hazard| HazardReport {
            code: hazard.code.as_str().to_owned(),
            severity: hazard.code.severity().as_str().to_owned(),
            reason: hazard.reason.clone(),
        });
        Self {
            object: step.object.to_string(),
            table: step.object.table().to_string(),
            summary: draft.summary.clone(),
            sql: draft.sql.clone(),
            hazards: hazards.collect(),
            transaction: draft.transaction.as_str().to_owned(),
            lock: draft.lock.as_str().to_owned(),
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
            allow: held.allow.iter().map(|code| code.as_str().to_owned()).collect(),
            waits_for: held.waits_for.iter().map(ToString::to_string).collect(),
        }
    }
}
