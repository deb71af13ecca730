//! Runs that were killed, and the runs after them.

use std::collections::BTreeSet;

use migrate::{Applied, ApplyOptions, Approval};
use schema::declared::TableSpec;
use schema::journal::StepState;

use crate::apply::{apply, apply_with, options, server, states};
use crate::fake::{FakeSession, Fault, Server, table};

type Shared = std::sync::Arc<std::sync::Mutex<Server>>;

/// Adds the columns x, y and z to a table, and is killed in that way at the second.
async fn killed(fault: Fault) -> (Shared, String) {
    let server = server();
    apply(&mut FakeSession::new(&server), &[table("a", &["id"])])
        .await
        .unwrap();
    let mut session = FakeSession::new(&server).with_faults([Fault::None, fault]);
    apply(&mut session, &specs()).await.unwrap_err();
    let hash = server.lock().unwrap().runs[1].0.hash.clone();
    assert!(!server.lock().unwrap().runs[1].0.ended);
    (server, hash)
}

fn specs() -> [TableSpec; 1] {
    [table("a", &["id", "x", "y", "z"])]
}

async fn continued(server: &Shared, hash: &str) -> Result<Applied, migrate::ApplyError> {
    let approval = Approval::Hashes(BTreeSet::from([hash.to_owned()]));
    let options = ApplyOptions {
        approval,
        ..options()
    };
    apply_with(&mut FakeSession::new(server), &specs(), &options, &mut ()).await
}

#[tokio::test]
async fn the_rest_of_a_killed_run_is_done_under_its_approval() {
    let (server, hash) = killed(Fault::KilledBefore).await;
    assert_eq!(
        states(&server, 2),
        [StepState::Done, StepState::Started, StepState::Planned]
    );
    let applied = continued(&server, &hash).await.unwrap();
    assert!(applied.resumed);
    assert_eq!(applied.run, Some(2));
    assert_eq!(states(&server, 2), [StepState::Done; 3]);
    assert_eq!(
        server.lock().unwrap().log,
        [
            "create table a",
            "add column a.x",
            "add column a.y",
            "add column a.z"
        ]
    );
}

#[tokio::test]
async fn a_statement_whose_answer_was_lost_is_not_run_again() {
    let (server, hash) = killed(Fault::KilledAfter).await;
    let applied = continued(&server, &hash).await.unwrap();
    assert!(applied.resumed);
    assert_eq!(states(&server, 2), [StepState::Done; 3]);
    let log = server.lock().unwrap().log.clone();
    assert_eq!(
        log,
        [
            "create table a",
            "add column a.x",
            "add column a.y",
            "add column a.z"
        ]
    );
}

#[tokio::test]
async fn an_approval_covers_no_other_rest() {
    let (server, hash) = killed(Fault::KilledBefore).await;
    let approval = Approval::Hashes(BTreeSet::from([hash]));
    let options = ApplyOptions {
        approval,
        ..options()
    };
    let other = [table("a", &["id", "x", "y"])];
    let error = apply_with(&mut FakeSession::new(&server), &other, &options, &mut ())
        .await
        .unwrap_err();
    assert!(error.awaits_approval(), "{error}");
}

#[tokio::test]
async fn another_plan_ends_the_killed_run_first() {
    let (server, _) = killed(Fault::KilledBefore).await;
    let applied = apply(&mut FakeSession::new(&server), &[table("a", &["id", "x", "q"])])
        .await
        .unwrap();
    assert!(!applied.resumed);
    assert_eq!(applied.run, Some(3));
    let runs = &server.lock().unwrap().runs;
    assert!(runs[1].0.ended);
    assert!(
        runs[1]
            .0
            .error
            .as_ref()
            .unwrap()
            .contains("another plan took its place")
    );
}

#[tokio::test]
async fn a_run_killed_at_its_very_end_is_ended_by_the_next() {
    let server = server();
    apply(&mut FakeSession::new(&server), &[table("a", &["id"])])
        .await
        .unwrap();
    let specs = [table("a", &["id", "x"])];
    apply(
        &mut FakeSession::new(&server).with_faults([Fault::KilledAfter]),
        &specs,
    )
    .await
    .unwrap_err();
    assert_eq!(states(&server, 2), [StepState::Started]);
    let applied = apply(&mut FakeSession::new(&server), &specs).await.unwrap();
    assert_eq!(applied.run, None);
    let run = server.lock().unwrap().runs[1].0.clone();
    assert!(run.ended && run.error.is_none(), "{run:?}");
    assert_eq!(states(&server, 2), [StepState::Done]);
    assert_eq!(server.lock().unwrap().log.len(), 2);
}

#[tokio::test]
async fn a_transaction_that_was_killed_leaves_nothing_and_runs_whole_the_next_time() {
    let server = server();
    let specs = [table("a", &["id"]), table("b", &["id"])];
    let mut session = FakeSession::new(&server).with_faults([Fault::None, Fault::KilledAfter]);
    apply(&mut session, &specs).await.unwrap_err();
    assert!(server.lock().unwrap().schema.tables.is_empty());
    assert_eq!(states(&server, 1), [StepState::Planned; 2]);
    let applied = apply(&mut FakeSession::new(&server), &specs).await.unwrap();
    assert!(applied.resumed);
    assert_eq!(states(&server, 1), [StepState::Done; 2]);
}
