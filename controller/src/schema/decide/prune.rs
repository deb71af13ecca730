//! Which Migrations are history that nobody needs any more.

use api::migration::Phase;

use super::work::{Entry, Work};

/// How many finished Migrations of a Database are kept.
const KEPT: usize = 20;

/// Returns the names of the Migrations to delete: the finished ones, but for the newest.
pub(super) fn prune(work: &Work<'_>) -> Vec<String> {
    let current = work.about.as_ref().and_then(|about| about.migration.as_ref());
    let current = current.or_else(|| work.decision.run.as_ref().and_then(|run| run.migration.as_ref()));
    let finished = |entry: &Entry| {
        entry.hash().is_some() && (entry.phase().is_final() || entry.phase() == Phase::Failed)
    };
    let mut history: Vec<(i64, &String)> = work
        .entries
        .iter()
        .filter(|(name, entry)| finished(entry) && Some(*name) != current)
        .map(|(name, entry)| (entry.status.planned_at.unwrap_or(0), name))
        .collect();
    history.sort_unstable();
    let surplus = history.len().saturating_sub(KEPT);
    history.truncate(surplus);
    history.into_iter().map(|(_, name)| name.clone()).collect()
}
