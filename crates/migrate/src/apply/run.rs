//! Runs the steps, group by group.

use std::collections::BTreeMap;
use std::ops::Range;

use schema::engine::{Session, SessionError, Timeouts};
use schema::fingerprint::Fingerprint;
use schema::ir::{Schema, TableName};
use schema::journal::{StepRecord, StepState};
use schema::plan::{Step, TransactionClass};
use tokio::time::Instant;

use super::ApplyOptions;
use super::backoff::pause;
use super::batch::batches;
use super::compare::{differences, fingerprints, follow, part};
use super::error::{ApplyError, StepError};
use super::watch::{Statement, Watch};
use crate::continuation::sql_sha;
use crate::plan::Planned;
use crate::progress::{Event, Progress, StepAt};
use crate::stop::Stop;

/// A run that has begun.
pub(super) struct Runner<'a> {
    pub(super) session: &'a mut dyn Session,
    pub(super) progress: &'a mut dyn Progress,
    pub(super) stop: &'a Stop,
    pub(super) planned: &'a Planned,
    /// The declared tables as they are to be now.
    pub(super) expected: Schema,
    /// The number of each step in the journal; `None` for one that it doesn't have.
    pub(super) numbers: Vec<Option<u32>>,
    pub(super) run: u64,
    pub(super) epoch: u64,
    pub(super) options: &'a ApplyOptions,
    pub(super) watch: Watch,
}

/// What the tables of a group look like before it runs.
enum Situation {
    /// As the plan expects them.
    Before,
    /// As they are after it.
    After,
}

/// An error, the step that it happened in, and whether the session can go on.
struct Trouble {
    at: usize,
    error: StepError,
    usable: bool,
}

impl Runner<'_> {
    /// Runs all steps and checks that the tables are as the plan says.
    pub(super) async fn run(&mut self) -> Result<(), ApplyError> {
        for batch in batches(&self.planned.plan.steps) {
            if let Err(trouble) = self.until_done(batch.clone()).await {
                self.undo(trouble.at).await;
                return Err(self.fail(batch.start, trouble).await);
            }
        }
        self.check_target().await?;
        self.session
            .end_run(self.run, None)
            .await
            .map_err(|source| self.journal("ending the run", source))
    }

    /// Runs a group, again and again while it can't have its locks.
    async fn until_done(&mut self, batch: Range<usize>) -> Result<(), Trouble> {
        let deadline = Instant::now() + self.options.retry_for;
        let mut failures = 0;
        loop {
            if self.stop.is_requested() {
                return Err(Trouble {
                    at: batch.start,
                    error: StepError::Stopped,
                    usable: true,
                });
            }
            let result = if self.steps()[batch.start].draft.transaction == TransactionClass::None {
                self.outside(batch.start, failures == 0).await
            } else {
                self.inside(batch.clone(), failures == 0).await
            };
            let trouble = match result {
                Ok(()) => return Ok(()),
                Err(trouble) => trouble,
            };
            let StepError::Session(error) = &trouble.error else {
                return Err(trouble);
            };
            let may_retry = match error {
                SessionError::LockTimeout { .. } => true,
                // A deadlock, for instance. The server has undone it all.
                SessionError::Statement { transient, .. } => *transient,
                _ => false,
            };
            failures += 1;
            let wait = pause(failures);
            if !may_retry || !trouble.usable || Instant::now() + wait > deadline {
                return Err(trouble);
            }
            let reason = error.to_string();
            let at = step_at(self.planned, trouble.at);
            self.progress.event(Event::Waiting { at, reason: &reason });
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.stop.requested() => {}
            }
        }
    }

    /// Runs a group in a transaction, together with its journal rows.
    async fn inside(&mut self, batch: Range<usize>, first_try: bool) -> Result<(), Trouble> {
        let start = batch.start;
        if let Err(error) = self.session.begin().await {
            let usable = is_lock_timeout(&error);
            return Err(Trouble {
                at: start,
                error: error.into(),
                usable,
            });
        }
        let situation = match self.within(batch.clone(), first_try).await {
            Ok(situation) => situation,
            Err((at, error)) => {
                let usable = self.session.rollback().await.is_ok();
                return Err(Trouble { at, error, usable });
            }
        };
        if let Err(error) = self.session.commit().await {
            let usable = self.session.rollback().await.is_ok();
            return Err(Trouble {
                at: batch.end - 1,
                error: error.into(),
                usable,
            });
        }
        self.done(batch, &situation);
        Ok(())
    }

    async fn within(
        &mut self,
        batch: Range<usize>,
        first_try: bool,
    ) -> Result<Situation, (usize, StepError)> {
        let start = batch.start;
        let situation = self.before(&batch).await.map_err(|error| (start, error))?;
        if let Situation::Before = situation {
            for at in batch.clone() {
                self.execute(at, first_try).await.map_err(|error| (at, error))?;
            }
            self.check_effects(&batch)
                .await
                .map_err(|error| (batch.end - 1, error))?;
        }
        for at in batch {
            self.record(at, StepState::Done, None)
                .await
                .map_err(|error| (at, error.into()))?;
        }
        Ok(situation)
    }

    /// Runs a step outside any transaction, with a journal row before it and a check after.
    async fn outside(&mut self, at: usize, first_try: bool) -> Result<(), Trouble> {
        let batch = at..at + 1;
        let result = async {
            let situation = self.before(&batch).await?;
            if let Situation::Before = situation {
                self.record(at, StepState::Started, None).await?;
                self.execute(at, first_try).await?;
                self.check_effects(&batch).await?;
            }
            self.record(at, StepState::Done, None).await?;
            Ok(situation)
        }
        .await;
        match result {
            Ok(situation) => {
                self.done(batch, &situation);
                Ok(())
            }
            // What a statement outside a transaction left behind is not undone, and nothing tells a deadlock from a
            // lost connection here: only a lock that was not to be had is surely no more than that.
            Err(error) => {
                let usable = matches!(&error, StepError::Session(error) if is_lock_timeout(error));
                Err(Trouble { at, error, usable })
            }
        }
    }

    /// Proves the lock and reads the tables of a group.
    async fn before(&mut self, batch: &Range<usize>) -> Result<Situation, StepError> {
        self.session.prove_lock(self.epoch).await?;
        let steps = &self.planned.plan.steps[batch.clone()];
        let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
        for step in steps {
            for (table, fingerprint) in &step.before {
                before.entry(table.clone()).or_insert_with(|| fingerprint.clone());
            }
            after.extend(step.after.clone());
        }
        let live = self.inspect(before.keys()).await?;
        let now = fingerprints(&live, before.keys());
        if now == before {
            Ok(Situation::Before)
        } else if now == after {
            Ok(Situation::After)
        } else {
            let expected = part(&self.expected, before.keys());
            Err(StepError::Changed {
                differences: differences(&expected, &live, before.keys()),
            })
        }
    }

    async fn execute(&mut self, at: usize, first_try: bool) -> Result<(), StepError> {
        if self.stop.is_requested() {
            return Err(StepError::Stopped);
        }
        let place = step_at(self.planned, at);
        if first_try {
            self.progress.event(Event::StepStarted(place));
        }
        let draft = &place.step.draft;
        let timeouts = Timeouts {
            lock_ms: draft.lock_timeout_ms,
            statement_ms: draft.statement_timeout_ms,
        };
        let (session, watch, progress) = (&mut *self.session, &mut self.watch, &mut *self.progress);
        for sql in &draft.sql {
            let statement = Statement {
                sql,
                timeouts,
                doing: &draft.summary,
                blocked_for: self.options.retry_for,
                stop: Some((self.stop, self.options.stop_grace)),
            };
            let mut tell = |by: &[String]| progress.event(Event::Blocked { at: place, by });
            watch.execute(session, &statement, &mut tell).await?;
        }
        Ok(())
    }

    /// Reads the tables of a group again and compares them with what the plan says of them.
    async fn check_effects(&mut self, batch: &Range<usize>) -> Result<(), StepError> {
        let steps = &self.planned.plan.steps[batch.clone()];
        let mut after: BTreeMap<TableName, Option<Fingerprint>> = BTreeMap::new();
        for step in steps {
            after.extend(step.after.clone());
        }
        let live = self.inspect(after.keys()).await?;
        if fingerprints(&live, after.keys()) == after {
            return Ok(());
        }
        let mut expected = part(&self.expected, after.keys());
        follow(&mut expected, steps);
        Err(StepError::Effect {
            differences: differences(&expected, &live, after.keys()),
        })
    }

    /// Checks all declared tables once the last step is done.
    async fn check_target(&mut self) -> Result<(), ApplyError> {
        let names = self.planned.tables.clone();
        let live = match self.inspect(names.iter()).await {
            Ok(live) => live,
            Err(source) => return Err(self.journal("reading the catalog after the last step", source)),
        };
        if fingerprints(&live, names.iter()) == fingerprints(&self.expected, names.iter()) {
            return Ok(());
        }
        let differences = differences(&self.expected, &live, names.iter());
        let error = ApplyError::Unexpected {
            label: self.planned.label.clone(),
            differences,
        };
        // The error is what matters; a journal that can't be written leaves the run unended, which is true too.
        let _ = self.session.end_run(self.run, Some(&error.to_string())).await;
        Err(error)
    }

    fn done(&mut self, batch: Range<usize>, situation: &Situation) {
        follow(&mut self.expected, &self.planned.plan.steps[batch.clone()]);
        for at in batch {
            let place = step_at(self.planned, at);
            self.progress.event(match situation {
                Situation::Before => Event::StepDone(place),
                Situation::After => Event::StepFoundDone(place),
            });
        }
    }

    /// Records that a step failed and that the run has ended, as far as the session still can, and returns the
    /// error. A journal that can't be written leaves the run unended, and the next run finds out how far it came.
    async fn fail(&mut self, done: usize, trouble: Trouble) -> ApplyError {
        let place = step_at(self.planned, trouble.at);
        let outcome = trouble.error.outcome();
        let text = trouble.error.to_string();
        if outcome == "failed" {
            let _ = self
                .record(trouble.at, StepState::Failed, Some(text.clone()))
                .await;
        }
        let _ = self.session.end_run(self.run, Some(&text)).await;
        ApplyError::Step {
            label: self.planned.label.clone(),
            number: place.number,
            total: place.total,
            done,
            summary: place.step.draft.summary.clone(),
            outcome,
            source: trouble.error,
        }
    }

    async fn record(
        &mut self,
        at: usize,
        state: StepState,
        error: Option<String>,
    ) -> Result<(), SessionError> {
        let Some(number) = self.numbers[at] else {
            return Ok(());
        };
        let sql_sha = sql_sha(&self.steps()[at]);
        let record = StepRecord {
            number,
            sql_sha,
            state,
            error,
        };
        self.session.set_step(self.run, &record).await
    }

    pub(super) async fn inspect(
        &mut self,
        names: impl Iterator<Item = &TableName>,
    ) -> Result<Schema, SessionError> {
        let names: Vec<TableName> = names.cloned().collect();
        self.session.inspect(&names).await
    }

    fn steps(&self) -> &[Step] {
        &self.planned.plan.steps
    }

    fn journal(&self, doing: &'static str, source: SessionError) -> ApplyError {
        ApplyError::Journal {
            label: self.planned.label.clone(),
            doing,
            source,
        }
    }
}

fn is_lock_timeout(error: &SessionError) -> bool {
    matches!(error, SessionError::LockTimeout { .. })
}

fn step_at(planned: &Planned, at: usize) -> StepAt<'_> {
    let steps = &planned.plan.steps;
    StepAt {
        number: at + 1,
        total: steps.len(),
        step: &steps[at],
    }
}
