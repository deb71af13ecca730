//! What people decide about Migrations: all are checked, then each is written, as it was checked.

use std::collections::BTreeMap;

use api::migration::{Migration, Phase};
use api::names;
use migrate::report::harmless;

use super::state;
use crate::cluster::{Cluster, ClusterError, label};
use crate::error::CommandError;

/// How often a Migration that changes between check and write is read again. The controller writes its status a few
/// times a second at most.
const ATTEMPTS: usize = 20;

/// What is decided.
#[derive(Clone, Debug)]
pub(super) enum Decision {
    /// It may run, if its plan has this hash; any, if none is named.
    Approve(Option<String>),
    /// It shall not run, for this reason.
    Reject(Option<String>),
    /// Its failed run goes on.
    Retry,
}

impl Decision {
    /// Returns the decision in a sentence's place: `approving Migration …`.
    fn doing(&self) -> &'static str {
        match self {
            Self::Approve(_) => "approving",
            Self::Reject(_) => "rejecting",
            Self::Retry => "retrying",
        }
    }

    fn done(&self) -> &'static str {
        match self {
            Self::Approve(_) => "approved",
            Self::Reject(_) => "rejected",
            Self::Retry => "retried",
        }
    }

    /// Checks that it can be decided of this Migration, as it is now.
    ///
    /// # Errors
    /// Why not, and what to do instead. Exit code 4 when all that it has is held.
    pub(super) fn check(&self, migration: &Migration) -> Result<(), CommandError> {
        if state::hash(migration).is_none() {
            return Err(CommandError::message(format!(
                "Migration `{}` was made by SchemaHero and has no plan: it is never run",
                label(migration)
            ))
            .hint("the schema controller plans anew; `chancery migrations list` shows its Migrations"));
        }
        match self {
            Self::Approve(hash) => check_approval(migration, hash.as_deref()),
            Self::Reject(_) => match state::phase(migration) {
                Phase::Planned | Phase::Approved | Phase::Failed => Ok(()),
                _ => Err(stands(migration)),
            },
            Self::Retry => match state::phase(migration) {
                Phase::Failed
                    if migration
                        .status
                        .as_ref()
                        .is_some_and(|status| status.run.is_some()) =>
                {
                    Ok(())
                }
                Phase::Failed => Err(CommandError::message(format!(
                    "Migration `{}` failed before it had a run, so that there is none to go on with{}",
                    label(migration),
                    because(migration)
                ))),
                _ => Err(stands(migration).hint("only a Migration that failed can be tried again")),
            },
        }
    }

    /// Returns the annotations that say it, of the user of that name.
    fn annotations(&self, migration: &Migration, user: Option<&str>) -> BTreeMap<&'static str, String> {
        let hash = state::hash(migration).unwrap_or_default().to_owned();
        let by = |name| user.map(|user| (name, user.to_owned()));
        match self {
            Self::Approve(_) => [(names::APPROVED_PLAN, hash)]
                .into_iter()
                .chain(by(names::APPROVED_BY))
                .collect(),
            Self::Reject(reason) => [(names::REJECTED_PLAN, hash)]
                .into_iter()
                .chain(by(names::REJECTED_BY))
                .chain(reason.clone().map(|reason| (names::REJECTED_REASON, reason)))
                .collect(),
            Self::Retry => state::retry(migration)
                .map(|run| (names::RETRY_RUN, run))
                .into_iter()
                .collect(),
        }
    }
}

fn check_approval(migration: &Migration, hash: Option<&str>) -> Result<(), CommandError> {
    let current = state::hash(migration).unwrap_or_default();
    if let Some(reviewed) = hash
        && reviewed != current
    {
        return Err(CommandError::message(format!(
            "Migration `{}` has the plan {}, not {}: what was reviewed is not what is there",
            label(migration),
            harmless(current),
            harmless(reviewed)
        ))
        .held()
        .hint(format!("review it: {}", state::command("show", migration))));
    }
    if state::phase(migration) != Phase::Planned || state::names_its_plan(migration, names::REJECTED_PLAN) {
        return Err(stands(migration));
    }
    if state::is_held(migration) {
        return Err(CommandError::message(format!(
            "Migration `{}` has nothing to run: all its steps are held",
            label(migration)
        ))
        .held()
        .hint(state::release(migration)));
    }
    Ok(())
}

/// Why nothing can be decided of a Migration any more.
fn stands(migration: &Migration) -> CommandError {
    let name = label(migration);
    let by = state::decided_by(migration).map_or_else(String::new, |by| format!(" by {by}"));
    let run = state::run(migration).map_or_else(String::new, |run| format!(" ({run})"));
    let why = because(migration);
    let error = |text: String| CommandError::message(text);
    match state::phase(migration) {
        Phase::Planned if state::names_its_plan(migration, names::REJECTED_PLAN) => {
            error(format!("Migration `{name}` is rejected{by}")).hint(state::command("wait", migration))
        }
        Phase::Planned => error(format!("Migration `{name}` waits for an approval"))
            .hint(state::command("approve", migration)),
        Phase::Approved => error(format!("Migration `{name}` is approved already{by}"))
            .hint(state::command("wait", migration)),
        Phase::Executing => {
            error(format!("Migration `{name}` runs already{run}")).hint(state::command("wait", migration))
        }
        Phase::Executed => error(format!("Migration `{name}` has run already{run}")),
        Phase::Failed => error(format!("Migration `{name}` failed{run}{why}")).hint(format!(
            "once the cause is mended: {}",
            state::command("retry", migration)
        )),
        Phase::Invalid => error(format!("Migration `{name}` is no longer valid{why}")).hint(format!(
            "the newest of its Database: {}",
            state::database_command("show", migration)
        )),
        Phase::Rejected => error(format!("Migration `{name}` was rejected{by}"))
            .hint("change the Tables: a new plan is made for them"),
    }
}

fn because(migration: &Migration) -> String {
    state::why(migration).map_or_else(String::new, |why| format!(": {why}"))
}

/// Reads and checks all, shows each, then writes the decision on one after the other, and returns them as they are then.
///
/// # Errors
/// When one can't be read, or the decision can't be made of it: then nothing is written. When the cluster refuses one:
/// those before it are written, and the error names them.
pub(super) fn decide(
    cluster: &Cluster,
    namespace: &str,
    names: &[String],
    decision: &Decision,
    mut show: impl FnMut(&Migration),
) -> Result<Vec<Migration>, CommandError> {
    let mut checked: Vec<Migration> = Vec::with_capacity(names.len());
    for (at, name) in names.iter().enumerate() {
        if !names[..at].contains(name) {
            let migration = cluster.migration(namespace, name)?;
            decision.check(&migration)?;
            checked.push(migration);
        }
    }
    checked.iter().for_each(&mut show);
    let user = match decision {
        Decision::Retry => None,
        Decision::Approve(_) | Decision::Reject(_) => cluster.user()?,
    };
    let mut written: Vec<Migration> = Vec::with_capacity(checked.len());
    for migration in checked {
        match write(cluster, migration, decision, user.as_deref()) {
            Ok(migration) => written.push(migration),
            Err(error) if written.is_empty() => return Err(error),
            Err(error) => {
                let before: Vec<String> = written.iter().map(label).collect();
                return Err(error.hint(format!("{} before it: {}", decision.done(), before.join(", "))));
            }
        }
    }
    Ok(written)
}

fn write(
    cluster: &Cluster,
    mut migration: Migration,
    decision: &Decision,
    user: Option<&str>,
) -> Result<Migration, CommandError> {
    let doing = format!("{} Migration `{}`", decision.doing(), label(&migration));
    let namespace = migration.metadata.namespace.clone().unwrap_or_default();
    let name = migration.metadata.name.clone().unwrap_or_default();
    for _ in 0..ATTEMPTS {
        let annotations = decision.annotations(&migration, user);
        let written = cluster
            .annotate(&doing, &migration, &annotations)
            .map_err(|error| with_right(error, &namespace))?;
        if let Some(written) = written {
            return Ok(written);
        }
        let before = state::hash(&migration).map(ToOwned::to_owned);
        migration = cluster.migration(&namespace, &name)?;
        decision.check(&migration)?;
        // One that was deleted and made again has other steps than those that were shown.
        if state::hash(&migration) != before.as_deref() {
            return Err(CommandError::message(format!(
                "Migration `{}` has another plan than a moment ago; nothing was written",
                label(&migration)
            ))
            .held()
            .hint(format!("review it: {}", state::command("show", &migration))));
        }
    }
    Err(CommandError::message(format!(
        "failed: {doing}: it changed {ATTEMPTS} times between check and write"
    ))
    .hint("try again when less is going on"))
}

fn with_right(error: ClusterError, namespace: &str) -> CommandError {
    let by_right = matches!(error, ClusterError::Denied { .. } | ClusterError::Refused { .. });
    let error = CommandError::from(error);
    if by_right {
        error.hint(format!(
            "to decide about Migrations is a right of its own: kubectl -n {namespace} create rolebinding NAME \
             --clusterrole=chancery-migration-approver --user=USER"
        ))
    } else {
        error
    }
}

#[cfg(test)]
mod tests;
