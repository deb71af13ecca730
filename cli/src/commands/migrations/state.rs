//! What a Migration's status says, in words.

use std::fmt::Write as _;

use api::conditions::Condition;
use api::migration::{Migration, Phase, SUCCEEDED};
use api::names;
use jiff::Timestamp;
use migrate::report::harmless;

/// The phase; a Migration that the controller has not written a status for waits, as a new one does.
pub(super) fn phase(migration: &Migration) -> Phase {
    migration
        .status
        .as_ref()
        .and_then(|status| status.phase)
        .unwrap_or_default()
}

/// The hash of its plan; `None` for one that SchemaHero made.
pub(super) fn hash(migration: &Migration) -> Option<&str> {
    migration.spec.plan.as_ref().map(|plan| plan.hash.as_str())
}

/// An annotation.
pub(super) fn annotation<'a>(migration: &'a Migration, name: &str) -> Option<&'a str> {
    let annotations = migration.metadata.annotations.as_ref()?;
    annotations.get(name).map(String::as_str)
}

/// Whether an annotation names the plan of this Migration, and the controller has yet to act on it.
pub(super) fn names_its_plan(migration: &Migration, name: &str) -> bool {
    hash(migration).is_some_and(|hash| annotation(migration, name) == Some(hash))
}

/// Whether its failed run was asked to go on, and the controller has yet to act on it.
pub(super) fn is_retried(migration: &Migration) -> bool {
    let status = migration.status.as_ref();
    let run = status.and_then(|status| status.run);
    let handled = status.and_then(|status| status.last_handled_retry.as_deref());
    annotation(migration, names::RETRY_RUN)
        .is_some_and(|asked| handled != Some(asked) && run.is_some() && retried_run(asked).0 == run)
}

/// The value that asks for a run to go on, and that the controller has not followed before.
pub(super) fn retry(migration: &Migration) -> Option<String> {
    let status = migration.status.as_ref()?;
    let run = status.run?;
    if is_retried(migration) {
        return annotation(migration, names::RETRY_RUN).map(ToOwned::to_owned);
    }
    Some(match status.last_handled_retry.as_deref().map(retried_run) {
        Some((Some(before), times)) if before == run => format!("{run}/{}", times.saturating_add(1)),
        _ => run.to_string(),
    })
}

/// Takes `RUN` or `RUN/TIMES` apart; the first time is 1.
fn retried_run(value: &str) -> (Option<u64>, u64) {
    match value.split_once('/') {
        None => (value.parse().ok(), 1),
        Some((run, times)) => (run.parse().ok(), times.parse().unwrap_or(1)),
    }
}

/// Who decided: as the controller recorded it, else as the annotation says.
pub(super) fn decided_by(migration: &Migration) -> Option<String> {
    let recorded = migration
        .status
        .as_ref()
        .and_then(|status| status.decided_by.as_deref());
    let by = |plan, by| {
        names_its_plan(migration, plan)
            .then(|| annotation(migration, by))
            .flatten()
    };
    recorded
        .or_else(|| by(names::REJECTED_PLAN, names::REJECTED_BY))
        .or_else(|| by(names::APPROVED_PLAN, names::APPROVED_BY))
        .filter(|name| !name.is_empty())
        .map(harmless)
}

/// Who approved it, if anyone did.
pub(super) fn approved_by(migration: &Migration) -> Option<String> {
    let status = migration.status.as_ref();
    let approved = status.is_some_and(|status| status.approved_at.is_some_and(|at| at > 0));
    if approved || names_its_plan(migration, names::APPROVED_PLAN) {
        decided_by(migration)
    } else {
        None
    }
}

/// A condition's message, or its reason where it has none.
pub(super) fn message(condition: &Condition) -> String {
    let said = if condition.message.is_empty() {
        &condition.reason
    } else {
        &condition.message
    };
    harmless(said)
}

/// The condition of that type.
pub(super) fn condition<'a>(conditions: &'a [Condition], type_: &str) -> Option<&'a Condition> {
    conditions.iter().find(|condition| condition.type_ == type_)
}

/// Why it stands where it stands, in the controller's words.
pub(super) fn why(migration: &Migration) -> Option<String> {
    let status = migration.status.as_ref()?;
    condition(&status.conditions, SUCCEEDED)
        .map(message)
        .filter(|said| !said.is_empty())
}

/// Unix seconds as a time; `None` before it came.
pub(super) fn time(seconds: Option<i64>) -> Option<Timestamp> {
    let seconds = seconds.filter(|seconds| *seconds > 0)?;
    Timestamp::from_second(seconds).ok()
}

/// When the API server took it.
pub(super) fn created(migration: &Migration) -> Option<Timestamp> {
    migration.metadata.creation_timestamp.as_ref().map(|time| time.0)
}

/// How much of its run is done, such as `run 7, 2 of 5 steps done, begun again 1 time`.
pub(super) fn run(migration: &Migration) -> Option<String> {
    let status = migration.status.as_ref()?;
    let mut text = format!("run {}", status.run?);
    let steps = migration.spec.plan.as_ref().map_or(0, |plan| plan.steps.len());
    if let Some(done) = status.steps_done {
        let _ = write!(text, ", {done} of {} done", count(steps, "step", "steps"));
    }
    match status.attempts {
        None | Some(0) => {}
        Some(1) => text.push_str(", begun again once after an error"),
        Some(times) => {
            let _ = write!(text, ", begun again {times} times after errors");
        }
    }
    Some(text)
}

/// The codes that would release what is held, with commas between.
pub(super) fn allow(migration: &Migration) -> String {
    let plan = migration.spec.plan.as_ref();
    let mut codes: Vec<&str> = plan
        .iter()
        .flat_map(|plan| &plan.held)
        .flat_map(|held| &held.allow)
        .map(String::as_str)
        .collect();
    codes.sort_unstable();
    codes.dedup();
    harmless(&codes.join(","))
}

/// Whether it has nothing that can run: all its steps are held.
pub(super) fn is_held(migration: &Migration) -> bool {
    let plan = migration.spec.plan.as_ref();
    plan.is_some_and(|plan| plan.steps.is_empty() && !plan.held.is_empty())
}

/// How to release what is held.
pub(super) fn release(migration: &Migration) -> String {
    format!(
        "allow it in Git, on the Database `{}`: annotation {}: {}; a new plan is made then",
        harmless(&migration.spec.database_name),
        names::ALLOW,
        allow(migration)
    )
}

/// A command about this Migration.
pub(super) fn command(word: &str, migration: &Migration) -> String {
    format!(
        "chancery migrations {word} {} -n {}",
        migration.metadata.name.as_deref().unwrap_or_default(),
        migration.metadata.namespace.as_deref().unwrap_or_default()
    )
}

/// A command about its Database.
pub(super) fn database_command(word: &str, migration: &Migration) -> String {
    format!(
        "chancery migrations {word} -d {} -n {}",
        harmless(&migration.spec.database_name),
        migration.metadata.namespace.as_deref().unwrap_or_default()
    )
}

/// What a person can do next.
pub(super) fn next(migration: &Migration) -> String {
    match phase(migration) {
        _ if hash(migration).is_none() => {
            "SchemaHero made it; it is never run, the controller plans anew".to_owned()
        }
        Phase::Planned if is_held(migration) => release(migration),
        Phase::Planned if names_its_plan(migration, names::REJECTED_PLAN) => {
            "it is rejected; the controller has yet to see it".to_owned()
        }
        Phase::Planned if !names_its_plan(migration, names::APPROVED_PLAN) => command("approve", migration),
        Phase::Planned | Phase::Approved | Phase::Executing => command("wait", migration),
        Phase::Executed => database_command("wait", migration),
        Phase::Failed if is_retried(migration) => command("wait", migration),
        Phase::Failed => format!("mend the cause, then {}", command("retry", migration)),
        Phase::Invalid => database_command("show", migration),
        Phase::Rejected => "change the Tables: a new plan is made for them".to_owned(),
    }
}

/// A number with its noun.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
