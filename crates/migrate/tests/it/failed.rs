//! Runs that failed, and the runs after them.

use std::collections::BTreeSet;

use migrate::{ApplyOptions, Approval, PlanRequest, Planned};
use schema::declared::TableSpec;
use schema::engine::DeclaredTable;
use schema::journal::StepState;
use schema::plan::Policy;

use crate::apply::{apply, apply_with, options, server, states};
use crate::fake::{FAKE, FakeSession, Fault, Server, table};

type Shared = std::sync::Arc<std::sync::Mutex<Server>>;

fn specs() -> [TableSpec; 1] {
    [table("a", &["id", "x", "y", "z"])]
}

/// Adds the columns x, y and z to a table, and the second fails.
async fn failed() -> (Shared, String) {
    let server = server();
    apply(&mut FakeSession::new(&server), &[table("a", &["id"])])
        .await
        .unwrap();
    let mut session = FakeSession::new(&server).with_faults([Fault::None, Fault::Fails]);
    let error = apply(&mut session, &specs()).await.unwrap_err();
    assert_eq!((error.reason(), error.is_transient()), ("StepFailed", false));
    let hash = server.lock().unwrap().runs[1].0.hash.clone();
    (server, hash)
}

fn continuing(hash: &str) -> ApplyOptions {
    ApplyOptions {
        approval: Approval::Hashes(BTreeSet::from([hash.to_owned()])),
        continue_failed: true,
        ..options()
    }
}

async fn planned(server: &Shared, specs: &[TableSpec]) -> Planned {
    let tables: Vec<DeclaredTable<'_>> = specs
        .iter()
        .map(|spec| DeclaredTable {
            place: "t.yaml",
            spec,
        })
        .collect();
    let request = PlanRequest {
        engine: &FAKE,
        tables: &tables,
        policy: &Policy::allow_all(),
    };
    migrate::plan(&mut FakeSession::new(server), request)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_failed_run_has_spent_its_approval_unless_it_is_to_go_on() {
    let (server, hash) = failed().await;
    let options = ApplyOptions {
        continue_failed: false,
        ..continuing(&hash)
    };
    let error = apply_with(&mut FakeSession::new(&server), &specs(), &options, &mut ())
        .await
        .unwrap_err();
    assert!(error.awaits_approval(), "{error}");
    let applied = apply_with(
        &mut FakeSession::new(&server),
        &specs(),
        &continuing(&hash),
        &mut (),
    )
    .await
    .unwrap();
    assert!(applied.resumed);
    assert_eq!(applied.run, Some(2));
    assert_eq!(states(&server, 2), [StepState::Done; 3]);
    let run = server.lock().unwrap().runs[1].0.clone();
    assert!(run.ended && run.error.is_none(), "{run:?}");
    assert_eq!(server.lock().unwrap().log.len(), 4, "no step ran twice");
}

#[tokio::test]
async fn a_failed_run_goes_on_only_with_just_the_rest_of_its_steps() {
    let (server, hash) = failed().await;
    for other in [
        table("a", &["id", "x", "y"]),
        table("a", &["id", "x", "y", "z", "w"]),
    ] {
        let error = apply_with(
            &mut FakeSession::new(&server),
            &[other],
            &continuing(&hash),
            &mut (),
        )
        .await
        .unwrap_err();
        assert!(error.awaits_approval(), "{error}");
    }
}

#[tokio::test]
async fn a_run_that_goes_on_and_is_killed_goes_on_again() {
    let (server, hash) = failed().await;
    let mut session = FakeSession::new(&server).with_faults([Fault::None, Fault::KilledBefore]);
    apply_with(&mut session, &specs(), &continuing(&hash), &mut ())
        .await
        .unwrap_err();
    let applied = apply_with(
        &mut FakeSession::new(&server),
        &specs(),
        &continuing(&hash),
        &mut (),
    )
    .await
    .unwrap();
    assert_eq!((applied.run, applied.resumed), (Some(2), true));
    assert_eq!(server.lock().unwrap().log.len(), 4);
}

#[tokio::test]
async fn a_plan_tells_that_it_is_the_rest_of_a_run_and_why_that_ended() {
    let (server, hash) = failed().await;
    let rest = planned(&server, &specs()).await.continues.unwrap();
    assert_eq!((rest.run, &rest.hash, rest.done, rest.total), (2, &hash, 1, 3));
    assert_eq!(rest.error.as_deref(), Some("add column a.y: no"));
    let other = planned(&server, &[table("a", &["id", "x"])]).await;
    assert_eq!(other.continues, None);
    assert_eq!(other.last.unwrap().hash, hash);
}

#[tokio::test]
async fn what_became_of_a_plan_is_found_by_its_hash_after_later_runs_too() {
    let (server, hash) = failed().await;
    let mut session = FakeSession::new(&server);
    let (number, record) = migrate::run_of(&mut session, &hash).await.unwrap().unwrap();
    assert_eq!((number, record.ended, record.error.is_some()), (2, true, true));
    assert!(migrate::run_of(&mut session, "0123").await.unwrap().is_none());
    apply_with(
        &mut FakeSession::new(&server),
        &specs(),
        &continuing(&hash),
        &mut (),
    )
    .await
    .unwrap();
    apply(&mut FakeSession::new(&server), &[table("a", &["id"])])
        .await
        .unwrap();
    let (number, record) = migrate::run_of(&mut session, &hash).await.unwrap().unwrap();
    assert_eq!((number, record.ended, record.error), (2, true, None));
}
