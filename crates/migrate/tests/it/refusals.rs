//! Plans that are not run, and runs that stop.

use std::collections::BTreeSet;

use migrate::{ApplyError, ApplyOptions, Approval, StepError};
use schema::ir::TableName;
use schema::journal::StepState;

use crate::apply::{apply, apply_with, options, server, states};
use crate::fake::{FakeSession, Fault, table};

fn approving(hash: &str) -> ApplyOptions {
    ApplyOptions {
        approval: Approval::Hashes(BTreeSet::from([hash.to_owned()])),
        ..options()
    }
}

#[tokio::test]
async fn only_the_plan_with_the_approved_hash_runs() {
    let server = server();
    let specs = [table("a", &["id"])];
    let error = apply_with(
        &mut FakeSession::new(&server),
        &specs,
        &approving("0123"),
        &mut (),
    )
    .await
    .unwrap_err();
    let ApplyError::NotApproved { current, .. } = &error else {
        panic!("{error}")
    };
    assert!(error.awaits_approval());
    assert!(server.lock().unwrap().journal.is_none());
    assert!(!server.lock().unwrap().locked);
    apply_with(
        &mut FakeSession::new(&server),
        &specs,
        &approving(current),
        &mut (),
    )
    .await
    .unwrap();
    assert_eq!(server.lock().unwrap().log, ["create table a"]);
}

#[tokio::test]
async fn running_a_plan_spends_its_approval() {
    let server = server();
    let specs = [table("a", &["id"])];
    let done = apply(&mut FakeSession::new(&server), &specs).await.unwrap();
    let hash = done.planned.plan.hash.to_string();
    server.lock().unwrap().schema.tables.clear();
    let error = apply_with(&mut FakeSession::new(&server), &specs, &approving(&hash), &mut ())
        .await
        .unwrap_err();
    assert!(error.awaits_approval(), "{error}");
}

#[tokio::test]
async fn a_step_that_fails_takes_its_transaction_along() {
    let server = server();
    let mut session = FakeSession::new(&server).with_faults([Fault::None, Fault::Fails]);
    let error = apply(&mut session, &[table("a", &["id"]), table("b", &["id"])])
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "step 2 of 2 on memory, create table b, failed; no step before it was run"
    );
    assert!(server.lock().unwrap().schema.tables.is_empty());
    assert_eq!(states(&server, 1), [StepState::Planned, StepState::Failed]);
    assert!(server.lock().unwrap().runs[0].0.ended);
    assert!(!server.lock().unwrap().locked);
}

#[tokio::test]
async fn a_change_by_others_between_two_steps_stops_the_run_and_is_named() {
    let server = server();
    apply(&mut FakeSession::new(&server), &[table("a", &["id"])])
        .await
        .unwrap();
    // Two columns are added outside transactions; while the first runs, someone adds another one.
    let mut session = FakeSession::new(&server).with_faults([Fault::Meddled]);
    let error = apply(&mut session, &[table("a", &["id", "x", "y"])])
        .await
        .unwrap_err();
    let ApplyError::Step {
        source: StepError::Effect { differences },
        number: 1,
        ..
    } = &error
    else {
        panic!("{error:?}")
    };
    assert_eq!(differences, &["column a.meddled"]);
    assert_eq!(states(&server, 2), [StepState::Failed, StepState::Planned]);
}

#[tokio::test]
async fn what_a_transaction_did_beyond_its_plan_is_rolled_back() {
    let server = server();
    let mut session = FakeSession::new(&server).with_faults([Fault::Meddled]);
    let error = apply(&mut session, &[table("a", &["id"])]).await.unwrap_err();
    assert!(
        matches!(
            error,
            ApplyError::Step {
                source: StepError::Effect { .. },
                ..
            }
        ),
        "{error:?}"
    );
    assert!(server.lock().unwrap().schema.tables.is_empty());
}

#[tokio::test]
async fn a_change_by_others_before_a_step_voids_the_rest_of_the_plan() {
    struct Meddler(std::sync::Arc<std::sync::Mutex<crate::fake::Server>>);
    impl migrate::Progress for Meddler {
        fn event(&mut self, event: migrate::Event<'_>) {
            if let migrate::Event::StepDone(at) = event
                && at.number == 1
            {
                self.0
                    .lock()
                    .unwrap()
                    .schema
                    .tables
                    .remove(&TableName::unqualified("a"));
            }
        }
    }
    let server = server();
    apply(&mut FakeSession::new(&server), &[table("a", &["id"])])
        .await
        .unwrap();
    let mut meddler = Meddler(std::sync::Arc::clone(&server));
    let specs = [table("a", &["id", "x", "y"])];
    let error = apply_with(&mut FakeSession::new(&server), &specs, &options(), &mut meddler)
        .await
        .unwrap_err();
    let ApplyError::Step {
        source: StepError::Changed { differences },
        number: 2,
        done: 1,
        ..
    } = &error
    else {
        panic!("{error:?}")
    };
    assert_eq!(differences, &["table a"]);
    assert!(error.hint().unwrap().contains("plan again"));
    assert_eq!(states(&server, 2), [StepState::Done, StepState::Planned]);
}

#[tokio::test]
async fn a_read_only_server_is_refused_only_when_there_is_something_to_do() {
    let server = server();
    let mut session = FakeSession::new(&server);
    session.facts.read_only = true;
    apply(&mut session, &[]).await.unwrap();
    let error = apply(&mut session, &[table("a", &["id"])]).await.unwrap_err();
    assert!(matches!(error, ApplyError::ReadOnly { .. }), "{error}");
    assert!(server.lock().unwrap().journal.is_none());
}

#[tokio::test]
async fn malformed_declarations_are_told_before_anything_runs() {
    let server = server();
    let mut spec = table("a", &["id"]);
    spec.schema = None;
    let error = apply(&mut FakeSession::new(&server), &[spec]).await.unwrap_err();
    assert_eq!(error.to_string(), "tables.yaml: spec.schema: there is no table");
}
