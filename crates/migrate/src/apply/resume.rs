//! A run that was killed, and what is left of it.

use schema::engine::{Session, SessionError};
use schema::journal::{RunRecord, StepRecord, StepState};
use schema::plan::Step;

use super::{Approval, sql_sha};
use crate::plan::Planned;

/// The last run of the journal, which did not end.
#[derive(Debug)]
pub(super) struct Unfinished {
    run: RunRecord,
    steps: Vec<StepRecord>,
}

/// The steps that are left.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rest {
    /// How many are done.
    pub(super) done: usize,
    /// Steps that the journal calls begun and that the new plan no longer has: they are done.
    pub(super) found_done: Vec<StepRecord>,
    /// The number that each step of the new plan has in the run.
    pub(super) numbers: Vec<u32>,
}

impl Unfinished {
    /// Reads it; `None` if the last run ended.
    pub(super) async fn read(
        session: &mut dyn Session,
        planned: &Planned,
    ) -> Result<Option<Self>, SessionError> {
        let Some(run) = planned.unfinished.clone() else {
            return Ok(None);
        };
        let steps = session.run_steps(planned.last_run).await?;
        Ok(Some(Self { run, steps }))
    }

    /// Returns whether its approval counts still.
    pub(super) fn is_approved(&self, approval: &Approval) -> bool {
        match approval {
            Approval::Anything => true,
            Approval::Hashes(hashes) => hashes.contains(&self.run.hash),
        }
    }

    /// Returns what is left of it if that is just what the new plan does; else `None`, and the new plan is another
    /// one, with its own approval.
    ///
    /// A statement outside a transaction can have been done by the server after its client was gone: then the
    /// journal calls the step begun, and the new plan doesn't have it.
    pub(super) fn rest(&self, steps: &[Step]) -> Option<Rest> {
        let left: Vec<&StepRecord> = self
            .steps
            .iter()
            .filter(|step| step.state != StepState::Done)
            .collect();
        let done = self.steps.len() - left.len();
        let planned: Vec<String> = steps.iter().map(sql_sha).collect();
        let equals = |left: &[&StepRecord]| left.iter().map(|step| &step.sql_sha).eq(planned.iter());
        let numbers = |left: &[&StepRecord]| left.iter().map(|step| step.number).collect();
        if equals(&left) {
            return Some(Rest {
                done,
                found_done: Vec::new(),
                numbers: numbers(&left),
            });
        }
        let (first, others) = left.split_first()?;
        (first.state == StepState::Started && equals(others)).then(|| Rest {
            done: done + 1,
            found_done: vec![StepRecord {
                state: StepState::Done,
                error: None,
                ..(*first).clone()
            }],
            numbers: numbers(others),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use schema::ir::{ObjectName, TableName};
    use schema::plan::{LockClass, StepDraft, TransactionClass};

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
                undo: None,
            },
            bytes: None,
            before: BTreeMap::new(),
            after: BTreeMap::new(),
        }
    }

    fn run(steps: &[(&str, StepState)]) -> Unfinished {
        let steps = (1..)
            .zip(steps)
            .map(|(number, (sql, state))| StepRecord {
                number,
                sql_sha: sql_sha(&step(sql)),
                state: *state,
                error: None,
            })
            .collect();
        Unfinished {
            run: RunRecord::default(),
            steps,
        }
    }

    #[test]
    fn the_rest_keeps_the_numbers_of_the_run() {
        use StepState::{Done, Planned};
        let run = run(&[("a", Done), ("b", Planned), ("c", Planned)]);
        let rest = run.rest(&[step("b"), step("c")]);
        assert_eq!(
            rest,
            Some(Rest {
                done: 1,
                found_done: vec![],
                numbers: vec![2, 3]
            })
        );
    }

    #[test]
    fn a_begun_step_that_the_plan_no_longer_has_is_done() {
        use StepState::{Done, Planned, Started};
        let rest = run(&[("a", Done), ("b", Started), ("c", Planned)])
            .rest(&[step("c")])
            .unwrap();
        assert_eq!(rest.done, 2);
        assert_eq!(rest.numbers, [3]);
        assert_eq!(rest.found_done[0].number, 2);
        assert_eq!(rest.found_done[0].state, Done);
    }

    #[test]
    fn another_list_of_steps_is_no_rest() {
        use StepState::{Done, Planned, Started};
        let interrupted = run(&[("a", Done), ("b", Planned), ("c", Planned)]);
        for steps in [
            vec![step("c")],
            vec![step("c"), step("b")],
            vec![step("b")],
            vec![step("a"), step("b"), step("c")],
        ] {
            assert_eq!(interrupted.rest(&steps), None);
        }
        assert_eq!(run(&[("b", Started), ("c", Started)]).rest(&[]), None);
    }
}
