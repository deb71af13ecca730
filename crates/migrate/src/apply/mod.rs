//! Runs a plan: one migrator at a time, each step checked before and after, each in the journal.

mod backoff;
mod batch;
mod compare;
mod error;
mod resume;
mod run;

use std::collections::BTreeSet;
use std::time::Duration;

use schema::engine::{Session, SessionError};
use schema::fingerprint::Fingerprint;
use schema::journal::{Journal, RunRecord, StepRecord, StepState};
use schema::plan::Step;

use self::resume::Unfinished;
use self::run::Runner;
use crate::plan::{PlanRequest, Planned, plan};
use crate::progress::{Event, Progress};
use crate::stop::Stop;

pub(crate) use self::batch::batches;
pub use self::error::{ApplyError, StepError};

/// Which plans may run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Approval {
    /// Whatever the plan is when the lock is held.
    #[default]
    Anything,
    /// Only a plan with one of these hashes, or the rest of an interrupted run of one.
    Hashes(BTreeSet<String>),
}

/// How a plan is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplyOptions {
    /// Which plan may run.
    pub approval: Approval,
    /// Who approved it, for the journal.
    pub approved_by: String,
    /// How long to wait for another run to end.
    pub lock_wait: Duration,
    /// For how long a step is tried again that can't have its locks.
    pub retry_for: Duration,
}

impl ApplyOptions {
    /// Returns options that let any plan run, wait up to a minute for another run, and try a step for a minute.
    pub fn approved_by(who: impl Into<String>) -> Self {
        Self {
            approval: Approval::Anything,
            approved_by: who.into(),
            lock_wait: Duration::from_mins(1),
            retry_for: Duration::from_mins(1),
        }
    }
}

/// What was done.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The plan as it was made under the lock.
    pub planned: Planned,
    /// The number of the run in the journal; `None` if there was nothing to run.
    pub run: Option<u64>,
    /// Whether an interrupted run was continued.
    pub resumed: bool,
}

/// Makes the plan anew under the database's lock, checks that it may run, and runs it.
///
/// # Expected flow
/// Steps that share a transaction are committed together with their journal rows. Before each such group, and before
/// each step outside a transaction, the session proves that it holds the lock, and the tables that it touches are
/// read: as the plan expects them, it runs; as they are after it, it is recorded as done; else the run stops. Then
/// they are read again, and what is not as the plan says is rolled back.
///
/// # Guarantees
/// No step runs twice. After an error the journal says how far the run came, unless the connection was lost; then
/// the next run finds out. With nothing to do nothing is written.
///
/// # Errors
/// [`ApplyError`]; [`ApplyError::hint`] says what to do.
pub async fn apply(
    session: &mut dyn Session,
    request: PlanRequest<'_>,
    options: &ApplyOptions,
    progress: &mut dyn Progress,
    stop: &Stop,
) -> Result<Applied, ApplyError> {
    let label = session.label().to_owned();
    progress.event(Event::Locking { label: &label });
    tokio::select! {
        locked = session.lock(options.lock_wait) => {
            locked.map_err(|source| ApplyError::Lock { label: label.clone(), source })?;
        }
        () = stop.requested() => return Err(ApplyError::StoppedBefore { label }),
    }
    let result = under_lock(session, request, options, progress, stop).await;
    let unlocked = session.unlock().await;
    let applied = result?;
    unlocked.map_err(|source| ApplyError::Journal {
        label,
        doing: "giving the migration lock back",
        source,
    })?;
    Ok(applied)
}

async fn under_lock(
    session: &mut dyn Session,
    request: PlanRequest<'_>,
    options: &ApplyOptions,
    progress: &mut dyn Progress,
    stop: &Stop,
) -> Result<Applied, ApplyError> {
    let planned = plan(session, request).await.map_err(ApplyError::Plan)?;
    let read_only = session.facts().read_only;
    if read_only && !planned.plan.steps.is_empty() {
        return Err(ApplyError::ReadOnly { label: planned.label });
    }
    let journal_error = |doing: &'static str| {
        let label = planned.label.clone();
        move |source: SessionError| ApplyError::Journal { label, doing, source }
    };
    let unfinished = Unfinished::read(session, &planned)
        .await
        .map_err(journal_error("reading the interrupted run"))?;
    if planned.plan.steps.is_empty() {
        if let Some(unfinished) = unfinished.filter(|_| !read_only) {
            settle(session, &planned, unfinished).await?;
        }
        return Ok(Applied {
            planned,
            run: None,
            resumed: false,
        });
    }
    let resumed = unfinished
        .as_ref()
        .filter(|unfinished| unfinished.is_approved(&options.approval))
        .and_then(|unfinished| unfinished.rest(&planned.plan.steps));
    if let (None, Approval::Hashes(hashes)) = (&resumed, &options.approval)
        && !hashes.contains(planned.plan.hash.as_str())
    {
        let current = planned.plan.hash.to_string();
        return Err(ApplyError::NotApproved {
            label: planned.label,
            approved: hashes.clone(),
            current,
        });
    }
    let journal = open_journal(session, &planned).await?;
    let (run, numbers) = if let Some(rest) = &resumed {
        for record in &rest.found_done {
            session
                .set_step(planned.last_run, record)
                .await
                .map_err(journal_error("recording a step of the interrupted run"))?;
        }
        progress.event(Event::Resuming {
            run: planned.last_run,
            done: rest.done,
        });
        (planned.last_run, rest.numbers.clone())
    } else {
        if unfinished.is_some() {
            let reason = "it was interrupted, and another plan took its place";
            session
                .end_run(planned.last_run, Some(reason))
                .await
                .map_err(journal_error("ending the interrupted run"))?;
        }
        add_run(session, &planned, options).await?
    };
    let mut runner = Runner {
        session,
        progress,
        stop,
        planned: &planned,
        expected: planned.live.clone(),
        numbers,
        run,
        epoch: journal.epoch,
        retry_for: options.retry_for,
    };
    runner.run().await?;
    Ok(Applied {
        run: Some(run),
        resumed: resumed.is_some(),
        planned,
    })
}

/// Opens the journal and checks that no other run came in between: a lock that holds makes that impossible, and a
/// pooler that hands out another server connection for each transaction makes the lock hold nothing.
async fn open_journal(session: &mut dyn Session, planned: &Planned) -> Result<Journal, ApplyError> {
    let label = planned.label.clone();
    let journal = session
        .open_journal()
        .await
        .map_err(|source| ApplyError::Journal {
            label: label.clone(),
            doing: "opening the journal",
            source,
        })?;
    if journal.last_run == planned.last_run {
        Ok(journal)
    } else {
        Err(ApplyError::OtherRun {
            label,
            run: journal.last_run,
        })
    }
}

async fn add_run(
    session: &mut dyn Session,
    planned: &Planned,
    options: &ApplyOptions,
) -> Result<(u64, Vec<u32>), ApplyError> {
    let record = RunRecord {
        hash: planned.plan.hash.to_string(),
        approved_by: options.approved_by.clone(),
        ended: false,
        error: None,
    };
    let steps: Vec<StepRecord> = (1..)
        .zip(&planned.plan.steps)
        .map(|(number, step)| StepRecord {
            number,
            sql_sha: sql_sha(step),
            state: StepState::Planned,
            error: None,
        })
        .collect();
    let run = session
        .add_run(&record, &steps)
        .await
        .map_err(|source| ApplyError::Journal {
            label: planned.label.clone(),
            doing: "adding the run to the journal",
            source,
        })?;
    Ok((run, steps.into_iter().map(|step| step.number).collect()))
}

/// Ends an interrupted run that has nothing left to do.
async fn settle(
    session: &mut dyn Session,
    planned: &Planned,
    unfinished: Unfinished,
) -> Result<(), ApplyError> {
    open_journal(session, planned).await?;
    let failed = |source| ApplyError::Journal {
        label: planned.label.clone(),
        doing: "ending the interrupted run",
        source,
    };
    let rest = unfinished.rest(&[]);
    for record in rest.iter().flat_map(|rest| &rest.found_done) {
        session.set_step(planned.last_run, record).await.map_err(failed)?;
    }
    let error = rest
        .is_none()
        .then_some("it was interrupted; later the database was found as declared");
    session.end_run(planned.last_run, error).await.map_err(failed)
}

/// Returns the digest of a step's SQL: what the journal knows the step by.
fn sql_sha(step: &Step) -> String {
    Fingerprint::of_texts(step.draft.sql.iter().map(String::as_str)).to_string()
}
