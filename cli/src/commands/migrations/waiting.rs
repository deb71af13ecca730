//! Waiting for Migrations and Databases, with progress on a terminal.

use std::io::{self, IsTerminal as _};
use std::time::{Duration, Instant};

use api::migration::Migration;

use super::standing::{Goal, Observed, Standing};
use crate::cluster::{Cluster, Watch, Watched, WatchedMigrations};
use crate::context::Context;
use crate::error::CommandError;

/// Longest that is waited.
const MOST: Duration = Duration::from_hours(24);

/// Whether and how long a command waits for what it asked for.
#[derive(clap::Args, Clone, Copy, Debug)]
pub(super) struct WaitFlags {
    /// Wait until it has run
    #[arg(long)]
    pub(super) wait: bool,
    /// How long to wait, such as 90s, 5m or 2h
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = timeout, requires = "wait")]
    pub(super) timeout: Duration,
}

/// Parses how long to wait.
///
/// # Errors
/// When it is no time between a second and a day.
pub(crate) fn timeout(text: &str) -> Result<Duration, String> {
    text.parse::<jiff::SignedDuration>()
        .ok()
        .and_then(|time| Duration::try_from(time).ok())
        .filter(|time| (Duration::from_secs(1)..=MOST).contains(time))
        .ok_or_else(|| "use a time such as 90s, 5m or 2h, a second at least and a day at most".to_owned())
}

/// Waits until all have run.
///
/// # Errors
/// As [`until`].
pub(super) fn until_executed(
    cluster: &Cluster,
    migrations: &[Migration],
    limit: Duration,
    context: &Context,
) -> Result<(), CommandError> {
    let begun = Instant::now();
    for migration in migrations {
        let namespace = migration.metadata.namespace.clone().unwrap_or_default();
        let goal = Goal::Executed(migration.metadata.name.clone().unwrap_or_default());
        let left = limit.saturating_sub(begun.elapsed());
        until(cluster, &namespace, &goal, left, context)?;
    }
    Ok(())
}

/// Waits until the goal has come, and says so.
///
/// # Errors
/// When it will not come, with the reason (exit code 1; 4 for what is held); when the time is over (5; 4 while it waits
/// for an approval); when it can't be watched.
pub(super) fn until(
    cluster: &Cluster,
    namespace: &str,
    goal: &Goal,
    limit: Duration,
    context: &Context,
) -> Result<(), CommandError> {
    let shows_progress = io::stderr().is_terminal();
    let mut observed = Observed::new(namespace);
    let mut last: Option<(String, Option<String>)> = None;
    let ended = cluster.watch(&watched(namespace, goal), limit, |change| {
        observed.take(change);
        match observed.standing(goal)? {
            Standing::Done(said) => Some(Ok(said)),
            Standing::Ended(error) => Some(Err(error)),
            Standing::Pending { said, approve } => {
                if shows_progress && last.as_ref().is_none_or(|(before, _)| *before != said) {
                    context.printer.note(&said);
                }
                last = Some((said, approve));
                None
            }
        }
    })?;
    match (ended, last) {
        (Watch::Ended(Ok(said)), _) => {
            context.printer.note(&said);
            Ok(())
        }
        (Watch::Ended(Err(error)), _) => Err(error),
        (Watch::TimedOut(_), Some((said, Some(approve)))) => {
            Err(CommandError::message(late(limit, &said)).held().hint(approve))
        }
        (Watch::TimedOut(Some(trouble)), _) => Err(CommandError::from(trouble)
            .context(late(limit, "the cluster can't be watched"))
            .timed_out()),
        (Watch::TimedOut(None), Some((said, None))) => Err(CommandError::message(late(limit, &said))
            .timed_out()
            .hint("does the schema controller run? --timeout waits longer")),
        (Watch::TimedOut(None), None) => {
            Err(CommandError::message(late(limit, "the cluster did not answer")).timed_out())
        }
    }
}

fn late(limit: Duration, said: &str) -> String {
    format!("not within {} s: {said}", limit.as_secs())
}

/// The least to watch: rights may be given for one object.
fn watched(namespace: &str, goal: &Goal) -> Watched {
    let (migrations, database) = match goal {
        Goal::Executed(name) => (WatchedMigrations::Named(name.clone()), None),
        Goal::NewestExecuted(_) => (WatchedMigrations::All, None),
        Goal::Ready { database, migration } => {
            let migrations = migration
                .clone()
                .map_or(WatchedMigrations::None, WatchedMigrations::Named);
            (migrations, Some(database.clone()))
        }
    };
    Watched {
        namespace: namespace.to_owned(),
        migrations,
        database,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_is_between_a_second_and_a_day() {
        assert_eq!(timeout("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(timeout("1h30m"), Ok(Duration::from_mins(90)));
        for text in ["", "5", "0s", "-5m", "25h", "soon", "99999999999999999999h"] {
            assert!(timeout(text).is_err(), "{text:?}");
        }
    }
}
