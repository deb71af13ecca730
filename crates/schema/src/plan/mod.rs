//! Plans: the changes as ordered steps, those that are not allowed held back.

mod cycles;
mod draw;
mod hazard;
mod hold;
mod made;
mod order;
mod policy;
mod resource;
mod step;

use std::collections::BTreeSet;

use crate::change::Change;
use crate::desired::Desired;
use crate::diff;
use crate::engine::{Engine, StepContext, Unproven};
use crate::facts::ServerFacts;
use crate::fingerprint::Fingerprint;
use crate::ir::{Schema, TableName, Unsupported};
use crate::simulate::SimulateError;

pub use self::hazard::{Hazard, HazardCode, Severity, UnknownHazard};
pub use self::made::made;
pub use self::policy::Policy;
pub use self::step::{HeldStep, LockClass, SizeClass, Step, StepDraft, TransactionClass};

/// All that a plan is made from.
#[derive(Clone, Copy, Debug)]
pub struct PlanInput<'a> {
    /// The rules of the engine.
    pub engine: &'a dyn Engine,
    /// The server.
    pub facts: &'a ServerFacts,
    /// What the manifests ask for, expressions settled.
    pub desired: &'a Desired,
    /// What is live, of at least the declared tables.
    pub live: &'a Schema,
    /// The expressions that could not be settled.
    pub unproven: &'a [Unproven],
    /// What the caller accepted.
    pub policy: &'a Policy,
    /// The number of the database's last journalled run; 0 if there was none.
    pub last_run: u64,
}

/// A plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What it is for, such as `postgres 15.18`.
    pub server: String,
    /// The fingerprint of the declared tables as they are.
    pub fingerprint: Fingerprint,
    /// What an approval names: it changes with each step, the sizes, the server, the policy and each run.
    pub hash: Fingerprint,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// The steps that are not allowed, in order.
    pub held: Vec<HeldStep>,
    /// The expressions that could not be compared.
    pub unproven: Vec<Unproven>,
    /// What is declared or live and not handled.
    pub unsupported: Vec<Unsupported>,
}

impl Plan {
    /// Returns whether there is nothing to do, allowed or not.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.held.is_empty()
    }
}

/// Why no plan could be made. Each is a defect of Chancery, never of the input.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Changes depend on each other in a circle.
    #[error("these changes depend on each other in a circle: {}; please report this", .0.join(", "))]
    Circle(Vec<String>),
    /// A change doesn't fit.
    #[error("the plan is inconsistent; please report this")]
    Simulate(#[from] SimulateError),
    /// The steps of a change don't do what the change says.
    #[error("the steps for {object} do not have the effect of the change; please report this")]
    Effect {
        /// The object of the change.
        object: String,
    },
}

/// Makes the plan that turns what is live into what is desired.
///
/// The steps alone lead to the target without its held parts; then the held steps, once allowed, lead to the target.
/// Every step is checked in memory: the effects of its drafts are those of its change.
///
/// # Errors
/// [`PlanError`], each of them a defect of the planner or of the engine.
pub fn plan(input: PlanInput<'_>) -> Result<Plan, PlanError> {
    plan_beside(input, &BTreeSet::new())
}

/// Makes the plan as [`plan`] does, and takes these live tables for tables that the plan itself makes and that no one
/// uses: they were made by the beginning of the very same plan, which was killed. What is left of it is then drawn up in
/// the words in which it was.
///
/// # Errors
/// As [`plan`].
pub fn plan_beside(input: PlanInput<'_>, fresh: &BTreeSet<TableName>) -> Result<Plan, PlanError> {
    let live = diff::declared_part(input.desired, input.live);
    let mut used = live.clone();
    used.tables.retain(|name, _| !fresh.contains(name));
    let target = diff::target(input.desired, input.live);
    let changes = cycles_split(input.engine, diff::diff(&live, &target));
    let context = StepContext {
        facts: input.facts,
        before: &live,
        target: &target,
        live: &used,
    };
    let hazards: Vec<Vec<Hazard>> = changes
        .iter()
        .map(|change| change_hazards(input.engine, change, &context))
        .collect();
    let graph = order::Graph::new(&changes, order::Rules::of(input.engine));
    let holds = hold::held(&changes, &hazards, &graph, input.policy);
    let (mut runnable, mut withheld) = (Vec::new(), Vec::new());
    for (at, change) in changes.into_iter().enumerate() {
        match holds.get(&at) {
            Some(hold) => withheld.push((change, hold.clone())),
            None => runnable.push(change),
        }
    }

    let mut drawing = draw::Drawing::new(input, &live, &used);
    let steps = drawing.steps(runnable)?;
    let (held_changes, held_holds): (Vec<Change>, Vec<hold::Hold>) = withheld.into_iter().unzip();
    let held = drawing.held(held_changes, &held_holds)?;

    let mut unsupported = input.desired.unsupported.clone();
    unsupported.extend(
        target
            .tables
            .values()
            .flat_map(|table| table.unsupported.iter().cloned()),
    );
    unsupported.extend(drawing.unsupported);
    unsupported.sort();
    unsupported.dedup();
    let fingerprint = Fingerprint::of_tables(&live, input.desired.tables.keys());
    let hash = hash(input, &steps, &held);
    let mut unproven = input.unproven.to_vec();
    unproven.sort();
    Ok(Plan {
        server: input.facts.label(),
        fingerprint,
        hash,
        steps,
        held,
        unproven,
        unsupported,
    })
}

fn cycles_split(engine: &dyn Engine, changes: Vec<Change>) -> Vec<Change> {
    if engine.foreign_keys_need_target() {
        cycles::split(changes)
    } else {
        changes
    }
}

/// Returns the hazards of a change: those that any engine has, and the engine's own.
fn change_hazards(engine: &dyn Engine, change: &Change, context: &StepContext<'_>) -> Vec<Hazard> {
    let mut hazards = match change {
        Change::DropTable(table) => {
            vec![Hazard::new(
                HazardCode::DeletesData,
                format!("all rows of {} are deleted", table.name),
            )]
        }
        Change::DropColumn(table, column) => {
            let reason = format!("the values of column {} of {table} are deleted", column.name);
            vec![Hazard::new(HazardCode::DeletesData, reason)]
        }
        Change::Rebuild(rebuild) => rebuild
            .changes
            .iter()
            .flat_map(|change| change_hazards(engine, change, context))
            .collect(),
        _ => Vec::new(),
    };
    hazards.extend(engine.hazards(change, context));
    hazards
}

/// Returns the hash of the plan (design, Identity): each step's SQL, transaction class, hazard codes and size class,
/// the server, the policy, and the number of the last run.
fn hash(input: PlanInput<'_>, steps: &[Step], held: &[HeldStep]) -> Fingerprint {
    let mut texts = vec![
        "plan.1".to_owned(),
        input.facts.label(),
        input.policy.label(),
        input.last_run.to_string(),
    ];
    let mut add = |mark: &str, step: &Step| {
        texts.push(mark.to_owned());
        texts.push(step.draft.transaction.as_str().to_owned());
        texts.push(SizeClass::of(step.bytes).as_str().to_owned());
        let codes: Vec<&str> = step
            .draft
            .hazards
            .iter()
            .map(|hazard| hazard.code.as_str())
            .collect();
        texts.push(codes.join(","));
        texts.push(step.draft.sql.len().to_string());
        texts.extend(step.draft.sql.iter().cloned());
        texts.push(step.draft.undo.clone().unwrap_or_default());
    };
    for step in steps {
        add("step", step);
    }
    for held in held {
        add("held", &held.step);
    }
    Fingerprint::of_texts(texts.iter().map(String::as_str))
}
