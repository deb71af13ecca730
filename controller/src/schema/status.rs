//! What the statuses of Databases, Tables and Migrations say. Pure.

use api::conditions::{self, Outcome, SYNCED};
use api::database::{Database, DatabaseServer, DatabaseStatus};
use api::migration::{MigrationStatus, SUCCEEDED};
use api::names;
use api::table::{Table, TableStatus};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::annotation;
use crate::context::clip;

/// Longest message of a condition in bytes.
pub(super) const MESSAGE: usize = 2048;

/// What to say of a Database.
#[derive(Clone, Debug)]
pub(super) struct AboutDatabase {
    pub(super) outcome: Outcome,
    /// Whether it answered; `None` if it was not asked.
    pub(super) connected: Option<bool>,
    pub(super) server: Option<DatabaseServer>,
    pub(super) migration: Option<String>,
}

/// Returns the status of a Database after a pass.
pub(super) fn of_database(database: &Database, about: AboutDatabase, now: Timestamp) -> DatabaseStatus {
    let mut status = database.status.clone().unwrap_or_default();
    let generation = database.metadata.generation;
    conditions::set(&mut status.conditions, SYNCED, &about.outcome, generation, now);
    (status.phase, status.ready) = scalars(&status.conditions);
    status.observed_generation = generation;
    if let Some(connected) = about.connected {
        if status.is_connected != Some(connected) {
            let second = Timestamp::from_second(now.as_second()).unwrap_or(now);
            status.last_ping = Some(second.to_string());
        }
        status.is_connected = Some(connected);
    }
    if let Some(server) = about.server {
        status.server = Some(server);
    }
    status.migration = about.migration;
    status.last_handled_reconcile_at = annotation(&database.metadata, names::RECONCILE_REQUESTED)
        .map(ToOwned::to_owned)
        .or(status.last_handled_reconcile_at);
    status
}

/// Returns the status of a Table after a pass.
pub(super) fn of_table(
    table: &Table,
    outcome: &Outcome,
    migration: Option<String>,
    now: Timestamp,
) -> TableStatus {
    let mut status = table.status.clone().unwrap_or_default();
    let generation = table.metadata.generation;
    conditions::set(&mut status.conditions, SYNCED, outcome, generation, now);
    (status.phase, status.ready) = scalars(&status.conditions);
    status.observed_generation = generation;
    status.migration = migration;
    status
}

/// Brings the conditions of a Migration in line with an outcome.
pub(super) fn conclude(
    status: &mut MigrationStatus,
    outcome: &Outcome,
    generation: Option<i64>,
    now: Timestamp,
) {
    conditions::set(&mut status.conditions, SUCCEEDED, outcome, generation, now);
    (_, status.ready) = scalars(&status.conditions);
    status.observed_generation = generation;
}

/// Returns the reason of `Ready`, and whether it is true.
fn scalars(conditions: &[conditions::Condition]) -> (Option<String>, Option<bool>) {
    let ready = conditions.iter().find(|c| c.type_ == conditions::READY);
    (
        ready.map(|ready| ready.reason.clone()),
        ready.map(|ready| ready.status == "True"),
    )
}

/// Returns the reason of `Ready` that conditions hold.
pub(super) fn reason(conditions: &[conditions::Condition]) -> &str {
    conditions
        .iter()
        .find(|c| c.type_ == conditions::READY)
        .map_or("", |ready| ready.reason.as_str())
}

/// Returns a message that a condition can hold.
pub(super) fn message(text: impl AsRef<str>) -> String {
    clip(text.as_ref(), MESSAGE).to_owned()
}

/// Returns the merge patch (RFC 7386) that makes one status of another, `None` if they are equal. What is
/// gone is named with `null`: a merge patch leaves alone what it does not name.
pub(super) fn patch(before: Option<&impl Serialize>, after: &impl Serialize) -> Option<Value> {
    let fields = |status: serde_json::Result<Value>| match status {
        Ok(Value::Object(fields)) => fields,
        // A status is an object of texts, numbers and lists: it has no form that JSON lacks.
        _ => Map::new(),
    };
    let before = before.map_or_else(Map::new, |before| fields(serde_json::to_value(before)));
    difference(&before, &fields(serde_json::to_value(after)))
}

fn difference(before: &Map<String, Value>, after: &Map<String, Value>) -> Option<Value> {
    let mut patch = Map::new();
    for (name, new) in after {
        match (before.get(name), new) {
            (Some(old), new) if old == new => {}
            (Some(Value::Object(old)), Value::Object(new)) => {
                patch.extend(difference(old, new).map(|inner| (name.clone(), inner)));
            }
            _ => {
                patch.insert(name.clone(), new.clone());
            }
        }
    }
    for name in before.keys().filter(|name| !after.contains_key(*name)) {
        patch.insert(name.clone(), Value::Null);
    }
    (!patch.is_empty()).then_some(Value::Object(patch))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(before: &Value, after: &Value, expected: Option<&Value>) {
        assert_eq!(
            patch(Some(before), after).as_ref(),
            expected,
            "{before} -> {after}"
        );
    }

    #[test]
    fn a_patch_names_what_changed_and_what_is_gone() {
        check(&json!({"a": 1}), &json!({"a": 1}), None);
        check(
            &json!({"a": 1, "b": [1]}),
            &json!({"a": 2}),
            Some(&json!({"a": 2, "b": null})),
        );
        check(
            &json!({"server": {"version": "1", "identity": "x"}}),
            &json!({"server": {"version": "2"}}),
            Some(&json!({"server": {"version": "2", "identity": null}})),
        );
        assert_eq!(patch(None::<&Value>, &json!({})), None);
    }

    #[test]
    fn a_database_that_says_the_same_again_has_the_same_status() {
        let mut database = Database::new("db", api::database::DatabaseSpec::default());
        database.metadata.generation = Some(3);
        let about = AboutDatabase {
            outcome: Outcome::success("Synced", "as declared"),
            connected: Some(true),
            server: None,
            migration: None,
        };
        let at = |second| Timestamp::from_second(second).unwrap();
        let first = of_database(&database, about.clone(), at(100));
        assert_eq!(
            (first.phase.as_deref(), first.ready),
            (Some("Synced"), Some(true))
        );
        assert_eq!(first.last_ping.as_deref(), Some("1970-01-01T00:01:40Z"));
        database.status = Some(first.clone());
        assert_eq!(of_database(&database, about, at(200)), first);
    }
}
