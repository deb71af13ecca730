//! What is said when there is no plan.

use api::conditions;
use api::database::DatabaseServer;
use api::migration::Phase;

use super::super::fixtures::{Builder, observed, terms};
use super::super::{Decision, Next, Terms, decide};
use crate::schema::found::{Class, Found, Refusal};

fn refused(builder: Builder, class: Class, reason: &'static str, failures: u32) -> Decision {
    let refusal = Refusal::new(class, reason, "why").connected(false);
    let terms = Terms { failures, ..terms() };
    decide(&builder.build(), &Found::Refused(refusal), None, terms)
}

fn server() -> DatabaseServer {
    DatabaseServer::default()
}

#[test]
fn a_table_without_a_database_waits_for_one() {
    let decision = refused(
        observed()
            .without_database()
            .table("a")
            .migration('a', Phase::Planned, |_| {}),
        Class::Waiting,
        "DatabaseMissing",
        0,
    );
    assert_eq!(decision.table("a"), "DatabaseMissing");
    assert!(decision.database.is_none());
    assert_eq!(decision.phase('a'), "INVALID Superseded");
}

#[test]
fn a_stalled_database_is_told_with_an_event_and_its_tables_wait() {
    let decision = refused(observed().table("a"), Class::Permanent, "OtherOwner", 0);
    assert_eq!(
        (decision.of_database(), decision.table("a")),
        ("OtherOwner", "DatabaseNotReady")
    );
    assert_eq!((decision.events.len(), decision.next), (1, Next::Recheck));
    let status = decision.database.unwrap();
    let types: Vec<&str> = status.conditions.iter().map(|c| c.type_.as_str()).collect();
    assert_eq!(
        types,
        [conditions::SYNCED, conditions::READY, conditions::STALLED]
    );
}

#[test]
fn the_first_failure_of_a_ready_database_is_not_told_and_the_second_is() {
    let ready = || {
        observed().table("a").database(|database| {
            let status = database.status.get_or_insert_default();
            (status.ready, status.observed_generation) = (Some(true), Some(1));
        })
    };
    let first = refused(ready(), Class::Transient, "Unreachable", 0);
    assert_eq!(
        (first.of_database(), first.table("a"), first.next),
        ("-", "-", Next::Retry)
    );
    let second = refused(ready(), Class::Transient, "Unreachable", 1);
    assert_eq!((second.of_database(), second.next), ("Unreachable", Next::Retry));
    assert_eq!(second.database.unwrap().is_connected, Some(false));
}

#[test]
fn one_table_that_can_not_be_planned_makes_all_of_them_wait() {
    let observed = observed()
        .table("a")
        .table("b")
        .migration('a', Phase::Planned, |_| {})
        .build();
    let found = Found::Undeclarable {
        server: server(),
        problems: vec![("b".into(), "spec.schema: it is missing".into())],
    };
    let decision = decide(&observed, &found, None, terms());
    assert_eq!(
        (decision.table("a"), decision.table("b")),
        ("WaitsForOtherTables", "InvalidSpec")
    );
    assert_eq!(decision.of_database(), "InvalidTables");
    assert_eq!(decision.phase('a'), "INVALID Superseded");
}

#[test]
fn nothing_is_said_of_a_run_that_another_session_makes() {
    let found = Found::Busy {
        server: server(),
        why: "pid 7 holds the lock".into(),
    };
    let ours = observed()
        .table("a")
        .migration('a', Phase::Executing, |_| {})
        .build();
    let decision = decide(&ours, &found, None, terms());
    assert!(decision.database.is_none() && decision.migrations.is_empty());
    assert_eq!(decision.next, Next::Soon);
    let theirs = observed().table("a").build();
    assert_eq!(
        decide(&theirs, &found, None, terms()).of_database(),
        "MigrationRunning"
    );
}

#[test]
fn a_database_without_tables_is_ready_when_it_answers() {
    let observed = observed().migration('a', Phase::Planned, |_| {}).build();
    let decision = decide(&observed, &Found::Bare { server: server() }, None, terms());
    assert_eq!(decision.of_database(), "Synced");
    assert_eq!(decision.phase('a'), "INVALID Superseded");
}
