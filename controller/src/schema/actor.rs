//! One Database: when it is looked at.

use std::sync::Arc;
use std::time::Duration;

use migrate::Stop;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::Key;
use super::decide::Next;
use super::gate;
use super::observe::{Inputs, Observed};
use super::pass;
use super::scope::Scope;
use crate::backoff;
use crate::error::Class;

/// Wait while another session migrates the database.
const SOON: Duration = Duration::from_secs(3);
/// Doublings of the shortest wait that a database is spared: an account may be locked after some failed
/// logins, and a server that comes up needs seconds.
const SPARED: u32 = 4;

/// Looks at one Database whenever there is a reason to.
pub(super) struct Actor {
    scope: Arc<Scope>,
    key: Key,
    wake: Arc<Notify>,
    stop: Stop,
    /// What the last pass was made for; `None` before the first.
    inputs: Option<Inputs>,
    /// The Migration that the last pass left waiting.
    awaited: Option<String>,
    failures: u32,
}

/// How a pass ended.
pub(super) struct Passed {
    pub(super) inputs: Inputs,
    pub(super) awaited: Option<String>,
    pub(super) next: Next,
}

impl Actor {
    pub(super) fn new(scope: Arc<Scope>, key: Key, wake: Arc<Notify>, stop: Stop) -> Self {
        Self {
            scope,
            key,
            wake,
            stop,
            inputs: None,
            awaited: None,
            failures: 0,
        }
    }

    /// Works until nothing names the Database any more, or until it is to stop.
    pub(super) async fn run(mut self) {
        let mut due = Instant::now();
        loop {
            if !self.rest(due).await {
                return;
            }
            let passed = pass::run(&self.scope, &self.key, self.failures, &self.stop).await;
            if self.stop.is_requested() {
                return;
            }
            due = Instant::now() + self.passed(passed);
            if self.scope.observe(&self.key).is_empty() {
                return;
            }
        }
    }

    /// Waits until there is a reason to look, and until changes have come to rest. Returns whether to go on.
    async fn rest(&self, due: Instant) -> bool {
        loop {
            let observed = self.scope.observe(&self.key);
            if observed.is_empty() && self.inputs.is_some() {
                return true;
            }
            match self.reason(&observed) {
                Reason::Declared => {
                    let spec = observed.database.as_ref().map(|database| &database.spec);
                    return self.come_to_rest(gate::window(spec)).await;
                }
                Reason::Decided => return !self.stop.is_requested(),
                Reason::None => {}
            }
            tokio::select! {
                () = self.stop.requested() => return false,
                () = sleep_until(due) => return true,
                () = self.wake.notified() => {}
            }
        }
    }

    fn reason(&self, observed: &Observed) -> Reason {
        let inputs = observed.inputs();
        match &self.inputs {
            // After a restart what was planned before is not news.
            None if observed.is_known() => Reason::Decided,
            None => Reason::Declared,
            Some(before) if before.declared != inputs.declared => Reason::Declared,
            Some(before) if before.decided != inputs.decided => Reason::Decided,
            Some(_) => {
                let gone = self
                    .awaited
                    .as_ref()
                    .is_some_and(|name| observed.migration(name).is_none());
                if gone { Reason::Decided } else { Reason::None }
            }
        }
    }

    /// Waits until nothing was declared anew for the window.
    async fn come_to_rest(&self, window: gate::Window) -> bool {
        let begun = Instant::now();
        let latest = window.longest.map(|longest| begun + longest);
        let mut declared = self.scope.observe(&self.key).inputs().declared;
        let mut quiet = begun + window.quiet;
        loop {
            let until = latest.map_or(quiet, |latest| quiet.min(latest));
            tokio::select! {
                () = self.stop.requested() => return false,
                () = sleep_until(until) => return true,
                () = self.wake.notified() => {
                    let now = self.scope.observe(&self.key).inputs().declared;
                    if now != declared {
                        declared = now;
                        quiet = Instant::now() + window.quiet;
                    }
                }
            }
        }
    }

    /// Notes how a pass ended, and returns for how long nothing is to be done if nothing changes.
    fn passed(&mut self, passed: Result<Passed, crate::error::Error>) -> Duration {
        let next = match passed {
            Ok(passed) => {
                self.inputs = Some(passed.inputs);
                self.awaited = passed.awaited;
                passed.next
            }
            Err(error) => {
                let (namespace, name) = &self.key;
                match error.class() {
                    // Someone else wrote: look again at once, at what is there then.
                    Class::Conflict => {
                        tracing::debug!(namespace, name, "{error}");
                        self.inputs = Some(self.scope.observe(&self.key).inputs());
                        return backoff::delay(1, backoff::jitter(&self.key, self.failures));
                    }
                    Class::Gone => Next::Recheck,
                    Class::Transient | Class::Terminal => {
                        tracing::warn!(namespace, name, reason = error.reason(), "{error}");
                        self.inputs = Some(self.scope.observe(&self.key).inputs());
                        Next::Retry
                    }
                }
            }
        };
        match next {
            Next::Recheck => {
                self.failures = 0;
                let interval = self.scope.context.pace.recheck_interval;
                // From 90 % to 110 %, so that many databases don't come all at once.
                interval.mul_f64(0.9 + 0.2 * backoff::jitter(&self.key, jitter_seed()))
            }
            Next::Soon => SOON,
            Next::Retry => {
                self.failures = self.failures.saturating_add(1);
                let attempts = self.failures.saturating_add(SPARED);
                backoff::delay(attempts, backoff::jitter(&self.key, attempts))
            }
        }
    }
}

/// Why to look.
enum Reason {
    None,
    /// Something was declared: more of it may follow in a moment.
    Declared,
    /// Somebody decided.
    Decided,
}

fn jitter_seed() -> u32 {
    u32::try_from(crate::context::random_number() & 0xffff).unwrap_or_default()
}
