//! What a run tells while it goes on.

use schema::plan::Step;

/// Something that happened in a run.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// The lock of the database's migrations is being taken; another run may hold it.
    Locking {
        /// The database.
        label: &'a str,
    },
    /// An interrupted run is continued under the approval that it had.
    Resuming {
        /// Its number in the journal.
        run: u64,
        /// How many of its steps are done.
        done: usize,
    },
    /// A step begins.
    StepStarted(StepAt<'a>),
    /// A step is done and committed.
    StepDone(StepAt<'a>),
    /// A step was found done: an interrupted run did it.
    StepFoundDone(StepAt<'a>),
    /// A step could not have its lock in time and is tried again.
    Waiting {
        /// The step.
        at: StepAt<'a>,
        /// What it waits for, with the session that holds the lock where the server tells.
        reason: &'a str,
    },
    /// The sessions that the statement of a step waits for are others than before.
    Blocked {
        /// The step.
        at: StepAt<'a>,
        /// Who they are: process number, user, what they do and for how long; empty once nobody is in the way.
        by: &'a [String],
    },
}

/// A step and its place among the steps.
#[derive(Clone, Copy, Debug)]
pub struct StepAt<'a> {
    /// Its position, from 1.
    pub number: usize,
    /// How many there are.
    pub total: usize,
    /// The step.
    pub step: &'a Step,
}

/// Where events go: the screen, or the record of a controller.
pub trait Progress: Send {
    /// Takes an event.
    fn event(&mut self, event: Event<'_>);
}

/// Nobody listens.
impl Progress for () {
    fn event(&mut self, _: Event<'_>) {}
}
