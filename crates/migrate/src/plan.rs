//! From declared tables and a session to a plan.

use schema::EngineKind;
use schema::desired::Desired;
use schema::diff;
use schema::engine::{DeclaredTable, Engine, LowerError, Session, SessionError};
use schema::ir::{Schema, TableName, Unsupported};
use schema::journal::{Owner, RunRecord};
use schema::plan::{Plan, PlanError, PlanInput, Policy};

use crate::continuation::Continuation;

/// What is to be planned, and what may run.
#[derive(Clone, Copy, Debug)]
pub struct PlanRequest<'a> {
    /// The rules of the engine, which [`crate::connect`] gives together with the session.
    pub engine: &'a dyn Engine,
    /// The declared tables of one database.
    pub tables: &'a [DeclaredTable<'a>],
    /// What may run without being held.
    pub policy: &'a Policy,
}

/// A plan and what it was made from.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// The engine.
    pub engine: EngineKind,
    /// Host, port and database, or the file.
    pub label: String,
    /// The declared tables as they are.
    pub live: Schema,
    /// The names of the declared tables, those that don't exist included.
    pub tables: Vec<TableName>,
    /// The number of the last run in the journal; 0 if there was none.
    pub last_run: u64,
    /// The last run, whatever became of it.
    pub last: Option<RunRecord>,
    /// The last run, if it was killed or failed and this plan is just what is left of it.
    pub continues: Option<Continuation>,
    /// Who owns the database's migrations, if it is a Database of a cluster.
    pub owner: Option<Owner>,
    /// What is declared and not handled; `plan.unsupported` has it too, beside what is live and not handled.
    pub ignored: Vec<Unsupported>,
}

impl Planned {
    /// Returns the last run, if it did not end: the program or the connection was killed.
    pub fn unfinished(&self) -> Option<&RunRecord> {
        self.last.as_ref().filter(|run| !run.ended)
    }
}

/// Why no plan was made.
#[derive(Debug, thiserror::Error)]
pub enum PlanFailure {
    /// Declarations that the engine or the server can't take.
    #[error("{}", lines(.0))]
    Declarations(Vec<LowerError>),
    /// The session failed.
    #[error("planning for {label}: {doing} failed")]
    Session {
        /// The database.
        label: String,
        /// What was being done.
        doing: &'static str,
        /// Why.
        source: SessionError,
    },
    /// The planner failed.
    #[error("no plan can be made for {label}")]
    Plan {
        /// The database.
        label: String,
        /// Why.
        source: PlanError,
    },
}

impl PlanFailure {
    /// Returns what kind of failure it is in one word, as conditions and events have it.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Declarations(_) => "Declaration",
            Self::Session { source, .. } => source.reason(),
            Self::Plan { .. } => "PlannerFailed",
        }
    }

    /// Returns whether the same may work later, unchanged.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Declarations(_) | Self::Plan { .. } => false,
            Self::Session { source, .. } => source.is_transient(),
        }
    }
}

/// One problem as it is; several in lines of their own, so that people see them at once.
fn lines(errors: &[LowerError]) -> String {
    match errors {
        [error] => error.to_string(),
        errors => {
            let lines: Vec<String> = errors.iter().map(|error| format!("\n  {error}")).collect();
            format!(
                "{} problems in the declared tables:{}",
                errors.len(),
                lines.concat()
            )
        }
    }
}

/// Returns the plan that makes the live tables what is declared. Nothing in the database changes.
///
/// # Errors
/// [`PlanFailure::Declarations`] with every problem of the declarations, [`PlanFailure::Session`] when the database
/// doesn't answer, [`PlanFailure::Plan`] for a defect of the planner.
pub async fn plan(session: &mut dyn Session, request: PlanRequest<'_>) -> Result<Planned, PlanFailure> {
    let label = session.label().to_owned();
    let failed = |doing: &'static str| {
        let label = label.clone();
        move |source: SessionError| PlanFailure::Session { label, doing, source }
    };
    let facts = session.facts().clone();
    let mut desired: Desired = request
        .engine
        .lower(request.tables, &facts)
        .map_err(PlanFailure::Declarations)?;
    let tables: Vec<TableName> = desired.tables.keys().cloned().collect();
    let live = session
        .inspect(&tables)
        .await
        .map_err(failed("reading the catalog"))?;
    let resolution = session
        .resolve(&mut desired, &live)
        .await
        .map_err(failed("comparing types and expressions"))?;
    if !resolution.errors.is_empty() {
        return Err(PlanFailure::Declarations(resolution.errors));
    }
    let journal = session
        .journal()
        .await
        .map_err(failed("reading the journal"))?
        .unwrap_or_default();
    let input = PlanInput {
        engine: request.engine,
        facts: &facts,
        desired: &desired,
        live: &live,
        unproven: &resolution.unproven,
        policy: request.policy,
        last_run: journal.last_run,
    };
    let plan = schema::plan::plan(input).map_err(|source| PlanFailure::Plan {
        label: label.clone(),
        source,
    })?;
    let continues = Continuation::find(session, &journal, input, &plan)
        .await
        .map_err(failed("reading the steps of the last run"))?;
    Ok(Planned {
        plan,
        engine: facts.kind,
        live: diff::declared_part(&desired, &live),
        label,
        tables,
        last_run: journal.last_run,
        last: journal.last,
        continues,
        owner: journal.owner,
        ignored: desired.unsupported,
    })
}

/// Returns the number and the record of the newest run of the plan with this hash; `None` if it never ran. It tells, of
/// a program that was killed in a run, what became of it: it is done (ended without an error), it failed, or it was
/// interrupted.
///
/// # Errors
/// [`PlanFailure::Session`] when the journal can't be read.
pub async fn run_of(session: &mut dyn Session, hash: &str) -> Result<Option<(u64, RunRecord)>, PlanFailure> {
    let run = session.run_of(hash).await;
    run.map_err(|source| PlanFailure::Session {
        label: session.label().to_owned(),
        doing: "looking for a run in the journal",
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(field: &str) -> LowerError {
        LowerError {
            place: "a.yaml, document 1 (line 1)".into(),
            field: field.into(),
            problem: "no".into(),
        }
    }

    #[test]
    fn every_problem_of_the_declarations_is_shown_on_a_line_of_its_own() {
        let one = PlanFailure::Declarations(vec![error("spec.a")]);
        assert_eq!(one.to_string(), "a.yaml, document 1 (line 1): spec.a: no");
        let two = PlanFailure::Declarations(vec![error("spec.a"), error("spec.b")]);
        assert_eq!(
            two.to_string(),
            "2 problems in the declared tables:\n  a.yaml, document 1 (line 1): spec.a: no\n  \
             a.yaml, document 1 (line 1): spec.b: no"
        );
    }
}
