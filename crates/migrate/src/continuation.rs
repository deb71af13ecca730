//! A run that did not come to its end, and what is left of it.

use std::collections::BTreeSet;

use schema::engine::{Session, SessionError};
use schema::fingerprint::Fingerprint;
use schema::journal::{Journal, RunRecord, StepRecord, StepState};
use schema::plan::{Plan, PlanInput, Step, StepDraft, made, plan_beside};

/// The last run of the journal, killed or failed, of which a plan is just the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Continuation {
    /// Its number.
    pub run: u64,
    /// The hash of the plan that was approved.
    pub hash: String,
    /// How many of its steps are done.
    pub done: usize,
    /// How many steps it has.
    pub total: usize,
    /// Why it failed; `None` if it was killed.
    pub error: Option<String>,
    /// Steps that the journal calls begun and that the plan no longer has: they are done.
    pub(crate) found_done: Vec<StepRecord>,
    /// The number that each step of the plan has in the run; `None` for one that only removes what a step left that
    /// did not come to its end.
    pub(crate) numbers: Vec<Option<u32>>,
    /// The plan in the words of the run, where they are others.
    pub(crate) plan: Option<Box<Plan>>,
}

impl Continuation {
    /// Looks for it; `None` if the last run is done, or if the plan is not just its rest, in its own words or in those of
    /// the run.
    pub(crate) async fn find(
        session: &mut dyn Session,
        journal: &Journal,
        input: PlanInput<'_>,
        plan: &Plan,
    ) -> Result<Option<Self>, SessionError> {
        let Some(last) = journal.last.as_ref().filter(|run| !is_done(run)) else {
            return Ok(None);
        };
        let records = session.run_steps(journal.last_run).await?;
        let of = |plan: &Plan| Self::of(journal.last_run, last, &records, &plan.steps);
        if let Some(rest) = of(plan) {
            return Ok(Some(rest));
        }
        // Tables that the run itself made are live now, and a plan takes more care of those; what was approved is the
        // list in the words in which it was drawn up. A plan that can't be made is no rest.
        let begun: BTreeSet<&str> = records
            .iter()
            .filter(|record| record.state != StepState::Planned)
            .map(|record| record.sql_sha.as_str())
            .collect();
        let fresh = made(input, |draft| begun.contains(digest(draft).as_str()));
        if fresh.is_empty() {
            return Ok(None);
        }
        let again = plan_beside(input, &fresh).ok();
        Ok(again.and_then(|again| {
            of(&again).map(|rest| Self {
                plan: Some(Box::new(again)),
                ..rest
            })
        }))
    }

    /// Returns what is left of a run if that is just what the plan does; else `None`, and the plan is another one, with
    /// its own approval.
    ///
    /// A statement outside a transaction can have been done by the server after its client was gone: then the journal
    /// calls the step begun, and the plan doesn't have it. Or it was not done and left something: then the plan begins
    /// with the removal, which is the step's own undoing.
    fn of(run: u64, last: &RunRecord, records: &[StepRecord], steps: &[Step]) -> Option<Self> {
        let left: Vec<&StepRecord> = records
            .iter()
            .filter(|step| step.state != StepState::Done)
            .collect();
        let (numbers, missing) = numbered(&left, steps)?;
        let found_done = match missing.as_slice() {
            [] => Vec::new(),
            [step] if step.state == StepState::Started => vec![StepRecord {
                state: StepState::Done,
                error: None,
                ..(*step).clone()
            }],
            _ => return None,
        };
        Some(Self {
            run,
            hash: last.hash.clone(),
            done: records.len() - left.len() + found_done.len(),
            total: records.len(),
            error: last.error.clone(),
            found_done,
            numbers,
            plan: None,
        })
    }
}

/// Returns whether a run came to its end, and well.
pub(crate) fn is_done(run: &RunRecord) -> bool {
    run.ended && run.error.is_none()
}

/// Returns the digest of a step's SQL: what the journal knows the step by.
pub(crate) fn sql_sha(step: &Step) -> String {
    digest(&step.draft)
}

fn digest(draft: &StepDraft) -> String {
    Fingerprint::of_texts(draft.sql.iter().map(String::as_str)).to_string()
}

/// Returns the number of each step, and the records that no step has; `None` if a step is neither one of the records nor
/// the removal of what one of them left.
///
/// The order may be another: what a table's creation was followed by is planned by itself once the table is there. Each
/// step finds what it needs all the same.
fn numbered<'a>(left: &[&'a StepRecord], steps: &[Step]) -> Option<(Vec<Option<u32>>, Vec<&'a StepRecord>)> {
    let mut left = left.to_vec();
    let mut numbers = Vec::with_capacity(steps.len());
    for (at, step) in steps.iter().enumerate() {
        let is_of = |step: &Step| {
            let digest = sql_sha(step);
            move |record: &&StepRecord| record.sql_sha == digest
        };
        if let Some(after) = steps.get(at + 1).filter(|after| is_undoing(step, after))
            && let Some(record) = left.iter().copied().find(is_of(after))
            && matches!(record.state, StepState::Started | StepState::Failed)
        {
            numbers.push(None);
            continue;
        }
        let found = left.iter().position(is_of(step))?;
        numbers.push(Some(left.remove(found).number));
    }
    Some((numbers, left))
}

/// Returns whether a step does just what undoes a failed attempt of another.
fn is_undoing(step: &Step, other: &Step) -> bool {
    match (step.draft.sql.as_slice(), &other.draft.undo) {
        ([sql], Some(undo)) => sql == undo,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use schema::ir::{ObjectName, TableName};
    use schema::plan::{LockClass, TransactionClass};

    use super::*;

    fn step(sql: &str) -> Step {
        Step {
            object: ObjectName::Table(TableName::unqualified("t")),
            draft: StepDraft {
                summary: String::new(),
                sql: vec![sql.into()],
                hazards: Vec::new(),
                transaction: TransactionClass::None,
                lock: LockClass::None,
                lock_timeout_ms: 0,
                statement_timeout_ms: 0,
                effects: Vec::new(),
                undo: Some(format!("undo {sql}")),
            },
            bytes: None,
            before: BTreeMap::new(),
            after: BTreeMap::new(),
        }
    }

    /// What is left of run 7 with these steps, for a plan with those.
    fn left(records: &[(&str, StepState)], steps: &[&str]) -> Option<Continuation> {
        let records: Vec<StepRecord> = (1..)
            .zip(records)
            .map(|(number, (sql, state))| StepRecord {
                number,
                sql_sha: sql_sha(&step(sql)),
                state: *state,
                error: None,
            })
            .collect();
        let steps: Vec<Step> = steps.iter().map(|sql| step(sql)).collect();
        Continuation::of(7, &RunRecord::default(), &records, &steps)
    }

    use StepState::{Done, Failed, Planned, Started};

    #[test]
    fn the_rest_keeps_the_numbers_of_the_run() {
        let rest = left(&[("a", Done), ("b", Failed), ("c", Planned)], &["b", "c"]).unwrap();
        assert_eq!((rest.run, rest.done, rest.total), (7, 1, 3));
        assert_eq!(rest.numbers, [Some(2), Some(3)]);
        assert!(rest.found_done.is_empty());
    }

    #[test]
    fn a_begun_step_that_the_plan_no_longer_has_is_done() {
        let rest = left(&[("a", Done), ("b", Started), ("c", Planned)], &["c"]).unwrap();
        assert_eq!(rest.done, 2);
        assert_eq!(rest.numbers, [Some(3)]);
        assert_eq!(rest.found_done[0].number, 2);
        assert_eq!(rest.found_done[0].state, Done);
    }

    #[test]
    fn a_failed_step_that_the_plan_no_longer_has_is_not_ours() {
        assert_eq!(left(&[("a", Done), ("b", Failed), ("c", Planned)], &["c"]), None);
    }

    #[test]
    fn the_removal_of_what_a_begun_step_left_is_part_of_the_rest() {
        for state in [Started, Failed] {
            let rest = left(
                &[("a", Done), ("b", state), ("c", Planned)],
                &["undo b", "b", "c"],
            )
            .unwrap();
            assert_eq!(rest.numbers, [None, Some(2), Some(3)]);
        }
        assert_eq!(
            left(&[("b", Planned)], &["undo b", "b"]),
            None,
            "a step that never began left nothing"
        );
        assert_eq!(left(&[("b", Started)], &["undo b"]), None);
        assert_eq!(left(&[("b", Started)], &["undo c", "b"]), None);
    }

    #[test]
    fn another_list_of_steps_is_no_rest() {
        for steps in [
            &["c"][..],
            &["b"],
            &["a", "b", "c"],
            &["b", "c", "d"],
            &["b", "b"],
            &[],
        ] {
            assert_eq!(
                left(&[("a", Done), ("b", Planned), ("c", Planned)], steps),
                None,
                "{steps:?}"
            );
        }
        assert_eq!(left(&[("b", Started), ("c", Started)], &[]), None);
    }

    #[test]
    fn the_same_steps_in_another_order_are_the_rest_too() {
        let rest = left(
            &[("a", Done), ("b", Started), ("c", Planned), ("d", Planned)],
            &["d", "b", "c"],
        )
        .unwrap();
        assert_eq!(rest.numbers, [Some(4), Some(2), Some(3)]);
    }

    #[test]
    fn a_run_with_all_steps_done_is_the_rest_of_nothing_to_do() {
        let rest = left(&[("a", Done)], &[]).unwrap();
        assert_eq!((rest.done, rest.total), (1, 1));
    }
}
