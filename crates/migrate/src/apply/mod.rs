//! Runs a plan: one migrator at a time, each step checked before and after, each in the journal.

mod backoff;
mod batch;
mod compare;
mod error;
mod run;
mod undo;
mod watch;

use std::collections::BTreeSet;
use std::time::Duration;

use schema::engine::{Session, SessionError};
use schema::journal::{Journal, Owner, RunRecord, StepRecord, StepState};

use self::run::Runner;
use self::watch::Watch;
use crate::continuation::{Continuation, sql_sha};
use crate::ownership::{Ownership, ownership};
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
    /// Only a plan with one of these hashes, or the rest of a run of one that was interrupted, or failed
    /// ([`ApplyOptions::continue_failed`]).
    Hashes(BTreeSet<String>),
}

/// How a plan is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplyOptions {
    /// Which plan may run.
    pub approval: Approval,
    /// Who approved it, for the journal.
    pub approved_by: String,
    /// The Database of a cluster that runs it; `None` for a person. It is recorded with the first run, and from then on
    /// no other Database may run one.
    pub owner: Option<Owner>,
    /// Whether the owner takes the place of another, or of itself on another server.
    pub take_over: bool,
    /// Whether a failed run goes on under its approval where the plan is just what is left of it, as an interrupted one
    /// does. It keeps its error in the journal until it comes to its end.
    pub continue_failed: bool,
    /// How long to wait for another run to end.
    pub lock_wait: Duration,
    /// For how long a step is tried again that can't have its locks, and waits for others where the server sets no
    /// limit.
    pub retry_for: Duration,
    /// How long the statement that runs may go on when the run is asked to stop; then it is cancelled, where the engine
    /// can do that.
    pub stop_grace: Duration,
}

impl ApplyOptions {
    /// Returns options of a person that let any plan run, wait up to a minute for another run, try a step for a minute,
    /// and give a statement 5 s to end when asked to stop.
    pub fn approved_by(who: impl Into<String>) -> Self {
        Self {
            approval: Approval::Anything,
            approved_by: who.into(),
            owner: None,
            take_over: false,
            continue_failed: false,
            lock_wait: Duration::from_mins(1),
            retry_for: Duration::from_mins(1),
            stop_grace: Duration::from_secs(5),
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
    /// Whether an interrupted or failed run was continued.
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
    let claims = claims(session, options).await?;
    let mut planned = plan(session, request).await.map_err(ApplyError::Plan)?;
    let read_only = session.facts().read_only;
    if read_only && !planned.plan.steps.is_empty() {
        return Err(ApplyError::ReadOnly { label: planned.label });
    }
    let journal_error = |doing: &'static str| {
        let label = planned.label.clone();
        move |source: SessionError| ApplyError::Journal { label, doing, source }
    };
    if planned.plan.steps.is_empty() {
        if planned.unfinished().is_some() && !read_only {
            settle(session, &planned).await?;
        }
        if let Some(owner) = options.owner.as_ref().filter(|_| claims && options.take_over) {
            open_journal(session, &planned).await?;
            claim(session, &planned, owner).await?;
        }
        return Ok(Applied {
            planned,
            run: None,
            resumed: false,
        });
    }
    let continued = planned.continues.as_ref().filter(|run| may_go_on(run, options));
    if let (None, Approval::Hashes(hashes)) = (&continued, &options.approval)
        && !hashes.contains(planned.plan.hash.as_str())
    {
        let current = planned.plan.hash.to_string();
        return Err(ApplyError::NotApproved {
            label: planned.label,
            approved: hashes.clone(),
            current,
        });
    }
    if let Some(plan) = continued.as_ref().and_then(|run| run.plan.clone()) {
        planned.plan = *plan;
    }
    let journal = open_journal(session, &planned).await?;
    if let Some(owner) = options.owner.as_ref().filter(|_| claims) {
        claim(session, &planned, owner).await?;
    }
    let (run, numbers) = if let Some(rest) = &continued {
        for record in &rest.found_done {
            session
                .set_step(rest.run, record)
                .await
                .map_err(journal_error("recording a step of the interrupted run"))?;
        }
        progress.event(Event::Resuming {
            run: rest.run,
            done: rest.done,
        });
        (rest.run, rest.numbers.clone())
    } else {
        if planned.unfinished().is_some() {
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
        options,
        watch: Watch::default(),
    };
    let ran = runner.run().await;
    runner.watch.close().await;
    ran?;
    let resumed = continued.is_some();
    Ok(Applied {
        run: Some(run),
        resumed,
        planned,
    })
}

/// Returns whether the owner is to be recorded, once a run is.
async fn claims(session: &mut dyn Session, options: &ApplyOptions) -> Result<bool, ApplyError> {
    let Some(owner) = &options.owner else {
        return Ok(false);
    };
    let label = session.label().to_owned();
    match ownership(session, owner).await.map_err(ApplyError::Plan)? {
        Ownership::Ours => Ok(false),
        Ownership::Free => Ok(true),
        Ownership::ReadOnly => Err(ApplyError::ReadOnly { label }),
        _ if options.take_over => Ok(true),
        Ownership::Other(owner) => Err(ApplyError::OtherOwner { label, owner }),
        Ownership::Moved { recorded, live } => Err(ApplyError::WrongServer {
            label,
            recorded,
            live,
        }),
    }
}

async fn claim(session: &mut dyn Session, planned: &Planned, owner: &Owner) -> Result<(), ApplyError> {
    session.claim(owner).await.map_err(|source| ApplyError::Journal {
        label: planned.label.clone(),
        doing: "recording the owner in the journal",
        source,
    })
}

/// Returns whether a run may go on: its approval counts still, and who calls wants a failed one to be tried again.
fn may_go_on(run: &Continuation, options: &ApplyOptions) -> bool {
    let approved = match &options.approval {
        Approval::Anything => true,
        Approval::Hashes(hashes) => hashes.contains(&run.hash),
    };
    approved && (run.error.is_none() || options.continue_failed)
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
) -> Result<(u64, Vec<Option<u32>>), ApplyError> {
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
    Ok((run, steps.into_iter().map(|step| Some(step.number)).collect()))
}

/// Ends an interrupted run when there is nothing to do.
async fn settle(session: &mut dyn Session, planned: &Planned) -> Result<(), ApplyError> {
    open_journal(session, planned).await?;
    let failed = |source| ApplyError::Journal {
        label: planned.label.clone(),
        doing: "ending the interrupted run",
        source,
    };
    let rest = planned.continues.as_ref();
    for record in rest.iter().flat_map(|rest| &rest.found_done) {
        session.set_step(planned.last_run, record).await.map_err(failed)?;
    }
    let error = rest
        .is_none()
        .then_some("it was interrupted; later the database was found as declared");
    session.end_run(planned.last_run, error).await.map_err(failed)
}
