//! The Migration: `schemas.schemahero.io/v1alpha4`, as SchemaHero has it, with the plan that it stands for.

use kube::CustomResource;
use schema::report::PlanReport;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::conditions::Condition;

/// Own condition of a Migration: whether its run came to its end.
pub const SUCCEEDED: &str = "Succeeded";

/// The declared half: one plan for all tables of one Database. It never changes once it is made.
#[derive(CustomResource, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "schemas.schemahero.io",
    version = "v1alpha4",
    kind = "Migration",
    namespaced,
    status = "MigrationStatus",
    derive = "PartialEq",
    doc = "A plan for the tables of a database: waiting for an approval, run, or no longer valid.",
    printcolumn = r#"{"name":"Database","type":"string","jsonPath":".spec.databaseName"}"#,
    printcolumn = r#"{"name":"Table","type":"string","jsonPath":".spec.tableName"}"#,
    printcolumn = r#"{"name":"Namespace","type":"string","jsonPath":".metadata.namespace","priority":1}"#,
    printcolumn = r#"{"name":"Phase","type":"string","jsonPath":".status.phase"}"#,
    printcolumn = r#"{"name":"Age","type":"date","jsonPath":".metadata.creationTimestamp"}"#,
    validation = Rule::new("!has(oldSelf.spec.plan) || self.spec == oldSelf.spec")
        .message("the plan of a Migration never changes; change the Tables, and a new one is planned")
)]
#[serde(rename_all = "camelCase")]
pub struct MigrationSpec {
    /// The Database.
    #[serde(default)]
    pub database_name: String,
    /// The first table that the plan changes.
    pub table_name: String,
    /// Its namespace, which is the Database's.
    pub table_namespace: String,
    /// Every table that the plan changes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<MigrationTable>,
    /// The statements, for people. What runs is planned anew under the database's lock and must have the same hash.
    #[serde(default, rename = "generatedDDL", skip_serializing_if = "Option::is_none")]
    pub generated_ddl: Option<String>,
    /// SchemaHero never read it; it is kept and never run.
    #[serde(default, rename = "editedDDL", skip_serializing_if = "Option::is_none")]
    pub edited_ddl: Option<String>,
    /// The plan. A Migration without one was made by SchemaHero: it is shown and never run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanReport>,
}

/// A Table.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct MigrationTable {
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
}

/// Where a Migration stands. The first five words are SchemaHero's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Phase {
    /// It waits for an approval.
    #[default]
    Planned,
    /// It may run.
    Approved,
    /// It runs.
    Executing,
    /// It ran to its end.
    Executed,
    /// It stopped at an error and waits for a person, or for a new plan.
    Failed,
    /// Something changed, and another plan took its place.
    Invalid,
    /// It shall not run.
    Rejected,
}

impl Phase {
    /// Returns the word of the field.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "PLANNED",
            Self::Approved => "APPROVED",
            Self::Executing => "EXECUTING",
            Self::Executed => "EXECUTED",
            Self::Failed => "FAILED",
            Self::Invalid => "INVALID",
            Self::Rejected => "REJECTED",
        }
    }

    /// Returns whether nothing will happen to the Migration any more.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Executed | Self::Invalid | Self::Rejected)
    }
}

/// The observed half. Times are Unix seconds, as SchemaHero writes them; 0 or absent before they come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MigrationStatus {
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Phase>,
    /// When it was planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_at: Option<i64>,
    /// When another plan took its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invalidated_at: Option<i64>,
    /// When it was approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_at: Option<i64>,
    /// When it was rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejected_at: Option<i64>,
    /// When its run ended well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub executed_at: Option<i64>,
    /// Who approved or rejected it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// The number of its run in the database's journal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<i64>")]
    pub run: Option<u64>,
    /// How many of its steps are done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<i64>")]
    pub steps_done: Option<u32>,
    /// How often its run was begun again after an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<i64>")]
    pub attempts: Option<u32>,
    /// The last value of `chancery.dev/retry-run` that was followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_handled_retry: Option<String>,
    /// The sessions that are in the way of the step that runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocked_by: Vec<String>,
    /// `Ready` as a scalar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready: Option<bool>,
    /// What is known of the object; `Succeeded` stands first, then `Ready`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// Generation that the status speaks of; -1 until the controller has seen the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
}
