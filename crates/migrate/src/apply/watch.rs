//! Runs a statement while a second connection looks who is in its way, and can cancel it.

use std::collections::VecDeque;
use std::time::Duration;

use schema::engine::{OpeningWatcher, Session, SessionError, Timeouts, Watcher};
use tokio::time::Instant;

use super::error::StepError;
use crate::stop::Stop;

/// How long a statement runs before anyone looks: most are done by then, and cost no second connection.
const FIRST_LOOK: Duration = Duration::from_secs(1);

/// How long it is from one look to the next.
const EVERY: Duration = Duration::from_millis(500);

/// How often a second connection is tried for one statement; each time it waits twice as long as before.
const CONNECTIONS: u32 = 10;

/// How long the second connection may take to end.
const CLOSING: Duration = Duration::from_secs(2);

/// A statement, and when it is given up.
pub(super) struct Statement<'a> {
    pub(super) sql: &'a str,
    pub(super) timeouts: Timeouts,
    /// What it is for, in errors.
    pub(super) doing: &'a str,
    /// How long it may be in someone's queue if the server doesn't end that itself.
    pub(super) blocked_for: Duration,
    /// A wish to stop, and how long the statement may go on after it.
    pub(super) stop: Option<(&'a Stop, Duration)>,
}

/// Why a statement was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cancelled {
    /// Someone wishes to stop.
    Stopped,
    /// It waited for others for too long.
    Blocked,
}

/// The second connection of a run, made when a statement takes long.
#[derive(Default)]
pub(super) struct Watch {
    watcher: Option<Box<dyn Watcher>>,
    /// Whether the engine has none.
    absent: bool,
    /// Who is in the way, as it was told last.
    told: Vec<String>,
    /// Why the statement that runs is being cancelled. It is set before the server is asked: the statement's end often
    /// arrives before the answer to the wish to cancel it.
    cancelled: Option<Cancelled>,
}

impl Watch {
    /// Runs a statement and tells of each change of who is in its way.
    pub(super) async fn execute(
        &mut self,
        session: &mut dyn Session,
        statement: &Statement<'_>,
        tell: &mut (dyn FnMut(&[String]) + Send),
    ) -> Result<(), StepError> {
        let begun = Instant::now();
        self.cancelled = None;
        // The session can't be asked for more while it runs the statement.
        let openings = (0..CONNECTIONS).map(|_| session.watcher()).collect();
        let mut running = session.execute(statement.sql, statement.timeouts, statement.doing);
        let ended = tokio::select! {
            biased;
            result = &mut running => Some(result),
            () = self.look(openings, statement, tell) => None,
        };
        let result = match ended {
            Some(result) => result,
            None => running.await,
        };
        if result.is_ok() && !self.told.is_empty() {
            self.told.clear();
            tell(&[]);
        }
        self.judged(statement, begun, result)
    }

    /// Ends the second connection in good order, if that is quick.
    pub(super) async fn close(&mut self) {
        if let Some(watcher) = self.watcher.take() {
            // Nothing depends on it, and a connection that is dropped ends too.
            let _ = tokio::time::timeout(CLOSING, watcher.close()).await;
        }
    }

    /// Looks until the statement is to be given up, and cancels it. What is dropped in the middle of a look takes the
    /// connection along, which may have an answer under way.
    async fn look(
        &mut self,
        mut openings: VecDeque<OpeningWatcher>,
        statement: &Statement<'_>,
        tell: &mut (dyn FnMut(&[String]) + Send),
    ) {
        let mut next = Instant::now() + FIRST_LOOK;
        let mut pause = FIRST_LOOK;
        let mut blocked_since: Option<Instant> = None;
        let mut stop_at: Option<Instant> = None;
        loop {
            tokio::select! {
                () = tokio::time::sleep_until(next) => {}
                at = wished(statement), if stop_at.is_none() => {
                    stop_at = Some(at);
                    next = next.min(at);
                    continue;
                }
            }
            let Some(mut watcher) = self.opened(&mut openings).await else {
                if self.absent || openings.is_empty() {
                    return std::future::pending().await;
                }
                pause *= 2;
                next = Instant::now() + pause;
                continue;
            };
            let Ok(blockers) = watcher.blockers().await else {
                next = Instant::now() + EVERY;
                continue;
            };
            let now = Instant::now();
            blocked_since = (!blockers.is_empty()).then(|| blocked_since.unwrap_or(now));
            if blockers != self.told {
                tell(&blockers);
                self.told = blockers;
            }
            let waits_for_ever = statement.timeouts.lock_ms == 0;
            self.cancelled = if stop_at.is_some_and(|at| at <= now) {
                Some(Cancelled::Stopped)
            } else if waits_for_ever
                && blocked_since.is_some_and(|since| now - since >= statement.blocked_for)
            {
                Some(Cancelled::Blocked)
            } else {
                None
            };
            if self.cancelled.is_some() && watcher.cancel().await.is_ok() {
                self.watcher = Some(watcher);
                return;
            }
            self.cancelled = None;
            self.watcher = Some(watcher);
            next = stop_at
                .filter(|at| *at > now)
                .map_or(now + EVERY, |at| at.min(now + EVERY));
        }
    }

    /// Takes the connection that is there, or makes one.
    async fn opened(&mut self, openings: &mut VecDeque<OpeningWatcher>) -> Option<Box<dyn Watcher>> {
        if let Some(watcher) = self.watcher.take() {
            return Some(watcher);
        }
        match openings.pop_front()?.await {
            Ok(None) => {
                self.absent = true;
                None
            }
            Ok(watcher) => watcher,
            // Without one the statement runs as well; it is tried again.
            Err(_) => None,
        }
    }

    /// Returns what became of a statement, with the names of those in the way.
    fn judged(
        &self,
        statement: &Statement<'_>,
        begun: Instant,
        result: Result<(), SessionError>,
    ) -> Result<(), StepError> {
        let waited_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let names = (!self.told.is_empty()).then(|| self.told.join("; "));
        let timeouts = statement.timeouts;
        let timed_out = timeouts.statement_ms > 0 && waited_ms >= timeouts.statement_ms;
        match (result, self.cancelled) {
            (Ok(()), _) => Ok(()),
            (Err(SessionError::Statement { transient: true, .. }), Some(Cancelled::Stopped)) => {
                Err(StepError::Stopped)
            }
            (
                Err(SessionError::Statement {
                    doing,
                    transient: true,
                    ..
                }),
                cancelled,
            ) if cancelled == Some(Cancelled::Blocked) || (timed_out && names.is_some()) => {
                Err(StepError::Session(SessionError::LockTimeout {
                    doing,
                    waited_ms,
                    holder: names,
                }))
            }
            (
                Err(SessionError::LockTimeout {
                    doing,
                    waited_ms,
                    holder,
                }),
                _,
            ) => Err(StepError::Session(SessionError::LockTimeout {
                doing,
                waited_ms,
                holder: names.or(holder),
            })),
            (Err(error), _) => Err(StepError::Session(error)),
        }
    }
}

/// Returns when the statement is to end, once someone wishes to stop.
async fn wished(statement: &Statement<'_>) -> Instant {
    match statement.stop {
        Some((stop, grace)) => {
            stop.requested().await;
            Instant::now() + grace
        }
        None => std::future::pending().await,
    }
}
