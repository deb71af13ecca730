//! Why a run did not come to its end.

use std::collections::BTreeSet;

use schema::engine::SessionError;
use schema::journal::Owner;

use crate::plan::PlanFailure;

/// Why a plan was not run, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// There is no plan.
    #[error(transparent)]
    Plan(PlanFailure),
    /// The lock was not to be had.
    #[error("taking the migration lock of {label} failed")]
    Lock {
        /// The database.
        label: String,
        /// Why.
        source: SessionError,
    },
    /// The plan is not one that was approved.
    #[error(
        "the plan for {label} is not the one that was approved: its hash is {current}, approved is {}",
        .approved.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
    )]
    NotApproved {
        /// The database.
        label: String,
        /// What was approved.
        approved: BTreeSet<String>,
        /// The hash of the plan as it is now.
        current: String,
    },
    /// The server takes no writes.
    #[error("{label} takes no writes: it is a standby or is set to read-only")]
    ReadOnly {
        /// The database.
        label: String,
    },
    /// The migrations are another's.
    #[error("the migrations of {label} are those of {owner}")]
    OtherOwner {
        /// The database.
        label: String,
        /// Whose they are.
        owner: Owner,
    },
    /// It is not the server on which the owner was recorded.
    #[error(
        "{label} is another server than the one whose migrations were run: it was {recorded}, and this one {}",
        .live.as_ref().map_or_else(|| "doesn't tell what it is".to_owned(), |live| format!("is {live}"))
    )]
    WrongServer {
        /// The database.
        label: String,
        /// The identity of the server that the journal has.
        recorded: String,
        /// The identity of this one, if it tells it.
        live: Option<String>,
    },
    /// Another run came in between although the lock is held.
    #[error(
        "run {run} of another session was recorded in {label} while this one held the migration lock: \
         the connection goes through a pooler that changes servers between transactions"
    )]
    OtherRun {
        /// The database.
        label: String,
        /// The number of the other run.
        run: u64,
    },
    /// The journal could not be read or written.
    #[error("{doing} of {label} failed")]
    Journal {
        /// The database.
        label: String,
        /// What was being done.
        doing: &'static str,
        /// Why.
        source: SessionError,
    },
    /// It was asked to stop before the first step.
    #[error("stopped before the first step; nothing in {label} was changed")]
    StoppedBefore {
        /// The database.
        label: String,
    },
    /// A step did not run, or not as planned.
    #[error("step {number} of {total} on {label}, {summary}, {outcome}; {}", done_steps(*.done))]
    Step {
        /// The database.
        label: String,
        /// Its position, from 1.
        number: usize,
        /// How many steps there are.
        total: usize,
        /// How many are done and committed.
        done: usize,
        /// What it does.
        summary: String,
        /// What became of it: "failed", "did not run".
        outcome: &'static str,
        /// Why.
        source: StepError,
    },
    /// All steps ran, and the tables are not as declared.
    #[error("all steps ran on {label}, and yet it differs from the plan in: {}", .differences.join(", "))]
    Unexpected {
        /// The database.
        label: String,
        /// The objects that differ.
        differences: Vec<String>,
    },
}

fn done_steps(done: usize) -> String {
    match done {
        0 => "no step before it was run".to_owned(),
        1 => "the 1 step before it is done".to_owned(),
        done => format!("the {done} steps before it are done"),
    }
}

/// Why a step did not run, or not as planned.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The session failed.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Someone changed what it works on.
    #[error("these were changed since the plan was made: {}", .differences.join(", "))]
    Changed {
        /// The objects that are not as planned.
        differences: Vec<String>,
    },
    /// It ran, and what it did is not what the plan says.
    #[error("afterwards these were not as planned: {}", .differences.join(", "))]
    Effect {
        /// The objects that are not as planned.
        differences: Vec<String>,
    },
    /// It was asked to stop.
    #[error("it was asked to stop")]
    Stopped,
}

impl StepError {
    /// Returns what became of the step, as the end of "step 3 …".
    pub(super) fn outcome(&self) -> &'static str {
        match self {
            Self::Session(_) | Self::Effect { .. } => "failed",
            Self::Changed { .. } | Self::Stopped => "did not run",
        }
    }
}

impl StepError {
    fn reason(&self) -> &'static str {
        match self {
            // Whatever the server said, a statement of a plan failed.
            Self::Session(SessionError::Statement { .. }) => "StepFailed",
            Self::Session(error) => error.reason(),
            Self::Changed { .. } => "Drifted",
            Self::Effect { .. } => "Unexpected",
            Self::Stopped => "Stopped",
        }
    }
}

impl ApplyError {
    /// Returns what kind of failure it is in one word, as conditions and events have it.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Plan(failure) => failure.reason(),
            Self::Lock { source, .. } | Self::Journal { source, .. } => source.reason(),
            Self::NotApproved { .. } => "NotApproved",
            Self::ReadOnly { .. } => "ReadOnly",
            Self::OtherOwner { .. } => "OtherOwner",
            Self::WrongServer { .. } => "WrongServer",
            Self::OtherRun { .. } => "OtherRun",
            Self::StoppedBefore { .. } => "Stopped",
            Self::Step { source, .. } => source.reason(),
            Self::Unexpected { .. } => "Unexpected",
        }
    }

    /// Returns whether the same may work later, unchanged, without a person.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Plan(failure) => failure.is_transient(),
            Self::Lock { source, .. }
            | Self::Journal { source, .. }
            | Self::Step {
                source: StepError::Session(source),
                ..
            } => source.is_transient(),
            Self::StoppedBefore { .. }
            | Self::Step {
                source: StepError::Stopped,
                ..
            } => true,
            Self::NotApproved { .. }
            | Self::ReadOnly { .. }
            | Self::OtherOwner { .. }
            | Self::WrongServer { .. }
            | Self::OtherRun { .. }
            | Self::Step { .. }
            | Self::Unexpected { .. } => false,
        }
    }

    /// Returns whether something did not become free in time.
    pub fn is_timeout(&self) -> bool {
        matches!(
            self,
            Self::Lock {
                source: SessionError::LockTimeout { .. },
                ..
            } | Self::Step {
                source: StepError::Session(SessionError::LockTimeout { .. }),
                ..
            }
        )
    }

    /// Returns whether a plan is there that waits for an approval.
    pub fn awaits_approval(&self) -> bool {
        matches!(self, Self::NotApproved { .. })
    }

    /// Returns what to do next, in a sentence without a full stop; `None` where the message says all.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Lock {
                source: SessionError::LockTimeout { .. },
                ..
            } => "another run holds the lock; try again when it has ended",
            Self::NotApproved { .. } => {
                "the declarations, the database or the policy changed, or the plan was run; look at the plan again, \
                 and approve its hash"
            }
            Self::ReadOnly { .. } => "connect to the primary server",
            Self::OtherOwner { .. } => {
                "delete that Database, or let this one take over, if it shall run the migrations from now on"
            }
            Self::WrongServer { .. } => {
                "look at what the name of the server leads to; let the Database take over if the data was moved on \
                 purpose"
            }
            Self::OtherRun { .. } => "connect to the server itself, or to a pooler in session mode",
            Self::Journal { .. } => {
                "the role needs the right to create the journal's tables, and to write them"
            }
            Self::Step {
                source: StepError::Changed { .. },
                ..
            } => "someone else changes this database; plan again, look at the plan, and apply it",
            Self::Step {
                source: StepError::Effect { .. },
                ..
            }
            | Self::Unexpected { .. } => {
                "plan again to see what is missing; if nobody else changed the database, please report this"
            }
            Self::Step {
                source: StepError::Session(SessionError::LockTimeout { .. }),
                ..
            } => "let the session that holds the lock end, then apply again; what is done stays done",
            Self::Step {
                source: StepError::Session(SessionError::LockLost { .. }),
                ..
            } => "connect to the server itself, or to a pooler in session mode, and apply again",
            Self::Step { .. } => "apply again to go on from there: what is done stays done",
            Self::Plan(_) | Self::Lock { .. } | Self::StoppedBefore { .. } => return None,
        })
    }
}
