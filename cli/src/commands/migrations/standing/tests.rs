use api::migration::MigrationSpec;
use api::table::TableSpec;
use schema::report::{PlanReport, StepReport};
use serde_json::json;

use super::*;
use crate::error::Status;

fn migration(name: &str, created: &str, status: &serde_json::Value) -> Migration {
    let spec = MigrationSpec {
        database_name: "app".to_owned(),
        plan: Some(PlanReport {
            hash: "1f0c".to_owned(),
            steps: vec![StepReport::default(), StepReport::default()],
            ..PlanReport::default()
        }),
        ..MigrationSpec::default()
    };
    let mut migration = Migration::new(name, spec);
    migration.metadata.namespace = Some("shop".to_owned());
    migration.metadata.creation_timestamp = serde_json::from_value(json!(created)).unwrap();
    migration.status = serde_json::from_value(status.clone()).unwrap();
    migration
}

fn at(phase: &str) -> Migration {
    migration(
        "app-1",
        "2026-11-23T10:00:00Z",
        &json!({"phase": phase, "run": 3, "stepsDone": 1}),
    )
}

fn listed<K: Resource>(objects: Vec<K>) -> Vec<Event<K>> {
    let begin = std::iter::once(Event::Init);
    let all = objects.into_iter().map(Event::InitApply);
    begin.chain(all).chain([Event::InitDone]).collect()
}

fn with_migrations(migrations: Vec<Migration>) -> Observed {
    let mut observed = Observed::new("shop");
    for event in listed(migrations) {
        observed.take(Change::Migration(Box::new(event)));
    }
    observed
}

fn executed() -> Goal {
    Goal::Executed("app-1".to_owned())
}

#[track_caller]
fn pending_says(standing: Option<Standing>, expected: &str) -> Option<String> {
    match standing {
        Some(Standing::Pending { said, approve }) => {
            assert!(said.contains(expected), "{said}");
            approve
        }
        other => panic!("not pending: {other:?}"),
    }
}

#[track_caller]
fn ended(standing: Option<Standing>, status: Status, expected: &str) {
    match standing {
        Some(Standing::Ended(error)) => {
            let said = error.causes().join("\n");
            assert!(said.contains(expected), "{said}");
            assert_eq!(Status::from(&error), status, "{said}");
        }
        other => panic!("not ended: {other:?}"),
    }
}

#[track_caller]
fn done(standing: Option<Standing>, expected: &str) {
    match standing {
        Some(Standing::Done(said)) => assert!(said.contains(expected), "{said}"),
        other => panic!("not done: {other:?}"),
    }
}

#[test]
fn nothing_is_said_before_all_were_listed() {
    let mut observed = Observed::new("shop");
    assert!(observed.standing(&executed()).is_none());
    observed.take(Change::Migration(Box::new(Event::Init)));
    observed.take(Change::Migration(Box::new(Event::InitApply(at("EXECUTED")))));
    assert!(observed.standing(&executed()).is_none());
    observed.take(Change::Migration(Box::new(Event::InitDone)));
    done(
        observed.standing(&executed()),
        "shop/app-1 has run (run 3, 1 of 2 steps done)",
    );
}

#[test]
fn a_migration_is_waited_for_until_its_end_and_no_longer() {
    let standing = |phase| with_migrations(vec![at(phase)]).standing(&executed());
    let approve = pending_says(standing("PLANNED"), "waits for an approval");
    assert_eq!(
        approve.as_deref(),
        Some("chancery migrations approve app-1 -n shop")
    );
    assert_eq!(pending_says(standing("APPROVED"), "is approved"), None);
    assert_eq!(
        pending_says(standing("EXECUTING"), "runs (run 3, 1 of 2 steps done)"),
        None
    );
    ended(standing("FAILED"), Status::Failed, "failed (run 3");
    ended(standing("INVALID"), Status::Failed, "no longer valid");
    ended(standing("REJECTED"), Status::Failed, "was rejected");
    let gone = with_migrations(Vec::new()).standing(&executed());
    ended(gone, Status::Failed, "no Migration `shop/app-1`");
}

#[test]
fn a_migration_that_is_deleted_while_waited_for_ends_the_wait() {
    let mut observed = with_migrations(vec![at("APPROVED")]);
    pending_says(observed.standing(&executed()), "is approved");
    observed.take(Change::Migration(Box::new(Event::Delete(at("APPROVED")))));
    ended(observed.standing(&executed()), Status::Failed, "no Migration");
}

#[test]
fn who_is_in_the_way_is_named() {
    let mut running = at("EXECUTING");
    running.status.as_mut().unwrap().blocked_by = vec!["pid 12 (role `app`)\u{1b}[2J".to_owned()];
    let standing = with_migrations(vec![running]).standing(&executed());
    pending_says(standing, "blocked by pid 12 (role `app`)\\u{1b}[2J");
}

#[test]
fn a_failure_from_before_the_retry_is_not_the_end() {
    let mut failed = at("FAILED");
    failed.metadata.annotations = Some([(names::RETRY_RUN.to_owned(), "3".to_owned())].into());
    let standing = with_migrations(vec![failed.clone()]).standing(&executed());
    pending_says(standing, "about to be tried again");
    failed.status.as_mut().unwrap().last_handled_retry = Some("3".to_owned());
    ended(
        with_migrations(vec![failed]).standing(&executed()),
        Status::Failed,
        "failed",
    );
}

#[test]
fn the_newest_migration_of_the_database_counts() {
    let old = migration("app-9", "2026-11-23T10:00:00Z", &json!({"phase": "EXECUTED"}));
    let new = migration("app-0", "2026-11-23T11:00:00Z", &json!({"phase": "PLANNED"}));
    let mut other = migration("other", "2026-11-23T12:00:00Z", &json!({"phase": "FAILED"}));
    other.spec.database_name = "other".to_owned();
    let goal = Goal::NewestExecuted("app".to_owned());
    let observed = with_migrations(vec![old, new, other]);
    pending_says(observed.standing(&goal), "shop/app-0 waits");
    pending_says(
        with_migrations(Vec::new()).standing(&goal),
        "has no Migration yet",
    );
    let over = migration("app-0", "2026-11-23T11:00:00Z", &json!({"phase": "INVALID"}));
    pending_says(
        with_migrations(vec![over]).standing(&goal),
        "there is no newer one",
    );
}

fn condition(type_: &str, status: &str, reason: &str) -> serde_json::Value {
    json!({"type": type_, "status": status, "reason": reason, "message": format!("because {reason}")})
}

fn database(observed: i64, conditions: &[serde_json::Value]) -> Database {
    serde_json::from_value(json!({
        "apiVersion": "databases.schemahero.io/v1alpha4", "kind": "Database",
        "metadata": {"name": "app", "namespace": "shop", "generation": 2},
        "spec": {},
        "status": {"observedGeneration": observed, "conditions": conditions, "migration": "app-1"},
    }))
    .unwrap()
}

fn table(database: &str, observed: i64, conditions: &[serde_json::Value]) -> Table {
    let mut table = Table::new("users", TableSpec::default());
    table.spec.0.database = database.to_owned();
    table.metadata.namespace = Some("shop".to_owned());
    table.metadata.generation = Some(2);
    table.status =
        serde_json::from_value(json!({"observedGeneration": observed, "conditions": conditions})).unwrap();
    table
}

fn ready(database: Database, tables: Vec<Table>) -> Option<Standing> {
    let mut observed = Observed::new("shop");
    for event in listed(vec![database]) {
        observed.take(Change::Database(Box::new(event)));
    }
    for event in listed(tables) {
        observed.take(Change::Table(Box::new(event)));
    }
    observed.standing(&Goal::Ready {
        database: "app".to_owned(),
        migration: None,
    })
}

#[test]
fn a_database_is_ready_when_it_and_all_its_tables_are() {
    let yes = [condition(READY, "True", "Synced")];
    let no = [condition(READY, "False", "AwaitingApproval")];
    done(
        ready(database(2, &yes), vec![table("app", 2, &yes)]),
        "as its 1 Table declare",
    );
    // Another database's tables are not waited for.
    done(ready(database(2, &yes), vec![table("other", 1, &no)]), "0 Tables");
    let waits = ready(database(2, &no), vec![table("app", 2, &no)]);
    let approve = pending_says(waits, "because AwaitingApproval");
    assert_eq!(
        approve.as_deref(),
        Some("chancery migrations approve app-1 -n shop")
    );
    pending_says(
        ready(database(2, &yes), vec![table("app", 2, &no)]),
        "Table shop/users: because",
    );
}

#[test]
fn what_is_said_of_an_older_declaration_does_not_count() {
    let yes = [condition(READY, "True", "Synced")];
    let stalled = [condition(STALLED, "True", "InvalidTables")];
    pending_says(
        ready(database(2, &yes), vec![table("app", 1, &yes)]),
        "Table shop/users is yet to be",
    );
    pending_says(
        ready(database(-1, &[]), Vec::new()),
        "Database shop/app is yet to be",
    );
    pending_says(
        ready(database(2, &stalled), vec![table("app", 1, &yes)]),
        "yet to be looked at",
    );
}

#[test]
fn a_stalled_database_or_table_ends_the_wait() {
    let yes = [condition(READY, "True", "Synced")];
    let stalled = |reason| [condition(STALLED, "True", reason)];
    let standing = ready(database(2, &yes), vec![table("app", 2, &stalled("InvalidSpec"))]);
    ended(
        standing,
        Status::Failed,
        "`Table shop/users` is stalled: because InvalidSpec",
    );
    ended(
        ready(database(2, &stalled("Held")), Vec::new()),
        Status::Held,
        "because Held",
    );
}
