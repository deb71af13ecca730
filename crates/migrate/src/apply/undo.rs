//! Removes what a step leaves that did not come to its end.

use std::time::Duration;

use schema::change::Change;
use schema::engine::Timeouts;
use schema::ir::Schema;

use super::run::Runner;
use super::watch::Statement;

/// How long the removal may take, and how long it may be in someone's queue: the error of the step is what people wait
/// for, and the next plan finds and removes what is left.
const LONGEST: Duration = Duration::from_mins(1);
const BLOCKED: Duration = Duration::from_secs(5);

impl Runner<'_> {
    /// Drops what a failed or cancelled step leaves: an index that the server doesn't use, a check that was to go
    /// again.
    ///
    /// It looks before it drops, because the step may have failed on another object of that name. It says nothing of
    /// its own failure.
    pub(super) async fn undo(&mut self, at: usize) {
        let planned = self.planned;
        let step = &planned.plan.steps[at];
        let Some(undo) = &step.draft.undo else { return };
        let Ok(live) = self.inspect(step.before.keys()).await else {
            return;
        };
        if !step.draft.effects.iter().any(|effect| is_left(effect, &live))
            || self.session.prove_lock(self.epoch).await.is_err()
        {
            return;
        }
        let longest = u64::try_from(LONGEST.as_millis()).unwrap_or(u64::MAX);
        let statement_ms = match step.draft.statement_timeout_ms {
            0 => longest,
            timeout => timeout.min(longest),
        };
        let statement = Statement {
            sql: undo,
            timeouts: Timeouts {
                lock_ms: step.draft.lock_timeout_ms,
                statement_ms,
            },
            doing: "removing what is left of a step",
            blocked_for: BLOCKED,
            stop: None,
        };
        let _ = self.watch.execute(self.session, &statement, &mut |_| {}).await;
    }
}

/// Returns whether a step with this effect failed and left something behind.
fn is_left(effect: &Change, live: &Schema) -> bool {
    let Some(table) = live.table(effect.table()) else {
        return false;
    };
    match effect {
        Change::AddIndex(_, index) => table.index(&index.name).is_some_and(|found| !found.valid),
        Change::ValidateCheck(_, check) | Change::DropCheck(_, check) => {
            table.checks.iter().any(|found| found.name == check.name)
        }
        _ => false,
    }
}
