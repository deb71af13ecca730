//! What a run tells while it goes on, for the status of its Migration.

use migrate::{Event, Progress};
use tokio::sync::watch;

/// How far a run is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RunProgress {
    /// Whether the lock is held and the plan is still the approved one.
    pub(super) begun: bool,
    pub(super) done: usize,
    pub(super) blocked_by: Vec<String>,
}

/// Keeps the newest state of a run for whoever writes it down: a status is no place for every step.
pub(super) struct Told(watch::Sender<RunProgress>);

impl Told {
    /// Returns it, and what is told to it.
    pub(super) fn new() -> (Self, watch::Receiver<RunProgress>) {
        let (sender, receiver) = watch::channel(RunProgress::default());
        (Self(sender), receiver)
    }
}

impl Progress for Told {
    fn event(&mut self, event: Event<'_>) {
        self.0.send_if_modified(|state| {
            let before = state.clone();
            match event {
                Event::Locking { .. } => {}
                Event::Resuming { done, .. } => {
                    state.begun = true;
                    state.done = done;
                }
                Event::StepStarted(_) => state.begun = true,
                Event::StepDone(_) | Event::StepFoundDone(_) => {
                    state.begun = true;
                    state.done += 1;
                    state.blocked_by.clear();
                }
                Event::Waiting { reason, .. } => state.blocked_by = vec![reason.to_owned()],
                Event::Blocked { by, .. } => state.blocked_by = by.to_vec(),
            }
            *state != before
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_is_gone_on_with_counts_from_where_it_was() {
        let (mut told, state) = Told::new();
        told.event(Event::Locking { label: "db" });
        assert_eq!(*state.borrow(), RunProgress::default());
        told.event(Event::Resuming { run: 7, done: 3 });
        let state = state.borrow().clone();
        assert!(state.begun);
        assert_eq!(state.done, 3);
    }
}
