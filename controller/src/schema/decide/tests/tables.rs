//! What is said of Tables, and of drift.

use api::conditions::Outcome;
use api::database::{DatabaseServer, DatabaseStatus};
use api::table::Table;
use jiff::Timestamp;
use std::sync::Arc;

use super::super::fixtures::{decided, observed, plan};
use crate::schema::found::Flaw;
use crate::schema::observe::Observed;
use crate::schema::status;

/// Tables `a` and `b`, as declared at the generation that they have.
fn in_sync() -> Observed {
    let mut observed = observed()
        .table("a")
        .table("b")
        .database(|database| {
            database.status = Some(DatabaseStatus {
                observed_generation: Some(1),
                server: Some(DatabaseServer {
                    version: "postgres 15.18".into(),
                    identity: Some("1".into()),
                }),
                ..DatabaseStatus::default()
            });
        })
        .build();
    for table in &mut observed.tables {
        ready(Arc::make_mut(table));
    }
    observed
}

fn ready(table: &mut Table) {
    let outcome = Outcome::success("Synced", "the table is as declared");
    table.status = Some(status::of_table(table, &outcome, None, Timestamp::UNIX_EPOCH));
}

fn flaw(table: &str) -> Vec<Flaw> {
    vec![Flaw {
        table: format!("public.{table}"),
        object: format!("column public.{table}.x"),
        reason: "it can't be compared".into(),
    }]
}

#[test]
fn a_database_as_declared_is_ready_and_nothing_is_written_twice() {
    let mut observed = in_sync();
    let decision = decided(&observed, plan('a', &[]), None);
    assert_eq!(decision.of_database(), "Synced");
    assert!(decision.tables.is_empty() && decision.migrations.is_empty());
    let database = observed.database.as_mut().unwrap();
    Arc::make_mut(database).status = decision.database;
    assert_eq!(decided(&observed, plan('a', &[]), None).of_database(), "-");
}

#[test]
fn what_can_not_be_compared_is_not_ready() {
    let mut view = plan('a', &[]);
    view.unproven = flaw("a");
    let decision = decided(&observed().table("a").table("b").build(), view, None);
    assert_eq!((decision.table("a"), decision.table("b")), ("Unproven", "Synced"));
    assert_eq!(decision.of_database(), "Unproven");
    let mut view = plan('a', &[]);
    view.ignored = flaw("b");
    let decision = decided(&observed().table("a").table("b").build(), view, None);
    assert_eq!(
        (decision.table("a"), decision.table("b")),
        ("Synced", "Unsupported")
    );
    assert_eq!(decision.of_database(), "Unsupported");
}

#[test]
fn a_field_of_the_connection_that_is_not_handled_is_not_ready() {
    let observed = observed().table("a").database(|database| {
        let connection = database.spec.connection.get_or_insert_default();
        let mysql = connection.mysql.get_or_insert_default();
        mysql.default_charset = Some("utf8mb4".into());
    });
    let decision = decided(&observed.build(), plan('a', &[]), None);
    assert_eq!(
        (decision.of_database(), decision.table("a")),
        ("Unsupported", "Synced")
    );
}

#[test]
fn a_table_that_someone_else_changed_has_drifted_and_still_waits_for_an_approval() {
    let observed = in_sync();
    let decision = decided(&observed, plan('a', &["a"]), None);
    assert_eq!(
        (decision.table("a"), decision.of_database()),
        ("Drifted", "AwaitingApproval")
    );
    let reasons: Vec<&str> = decision.events.iter().map(|event| event.reason).collect();
    assert!(reasons.contains(&"Drifted"), "{reasons:?}");
    let drift = decision
        .events
        .iter()
        .find(|event| event.reason == "Drifted")
        .unwrap();
    assert!(
        drift.warning && drift.note.contains("table public.a"),
        "{drift:?}"
    );
    assert_eq!(decision.run, None);
}

#[test]
fn drift_is_told_once_and_stays_told() {
    let mut observed = in_sync();
    let first = decided(&observed, plan('a', &["a"]), None);
    let table = Arc::make_mut(&mut observed.tables[0]);
    table.status = Some(first.tables[0].1.clone());
    let second = decided(&observed, plan('a', &["a"]), None);
    assert_eq!(second.table("a"), "-");
    assert!(second.events.iter().all(|event| event.reason != "Drifted"));
}

#[test]
fn a_change_of_the_declaration_or_of_the_server_is_no_drift() {
    let mut changed = in_sync();
    Arc::make_mut(&mut changed.tables[0]).metadata.generation = Some(2);
    assert_eq!(
        decided(&changed, plan('a', &["a"]), None).table("a"),
        "AwaitingApproval"
    );
    let mut moved = in_sync();
    let database = Arc::make_mut(moved.database.as_mut().unwrap());
    database.metadata.generation = Some(2);
    assert_eq!(
        decided(&moved, plan('a', &["a"]), None).table("a"),
        "AwaitingApproval"
    );
}
