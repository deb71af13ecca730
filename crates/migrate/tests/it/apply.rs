//! Runs that go well, or wait.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use migrate::{Applied, ApplyError, ApplyOptions, Event, PlanRequest, Progress, Stop};
use schema::declared::TableSpec;
use schema::engine::DeclaredTable;
use schema::journal::StepState;
use schema::plan::Policy;

use crate::fake::{FAKE, FakeSession, Fault, Server, table};

/// A server in memory.
pub(crate) fn server() -> Arc<Mutex<Server>> {
    Arc::default()
}

/// Applies these tables, everything allowed, and tries for a second.
pub(crate) async fn apply_with(
    session: &mut FakeSession,
    specs: &[TableSpec],
    options: &ApplyOptions,
    progress: &mut dyn Progress,
) -> Result<Applied, ApplyError> {
    let tables: Vec<DeclaredTable<'_>> = specs
        .iter()
        .map(|spec| DeclaredTable {
            place: "tables.yaml",
            spec,
        })
        .collect();
    let policy = Policy::allow_all();
    let request = PlanRequest {
        engine: &FAKE,
        tables: &tables,
        policy: &policy,
    };
    migrate::apply(session, request, options, progress, &Stop::default()).await
}

/// As [`apply_with`], whatever the plan is.
pub(crate) async fn apply(session: &mut FakeSession, specs: &[TableSpec]) -> Result<Applied, ApplyError> {
    apply_with(session, specs, &options(), &mut ()).await
}

/// Options that give up soon.
pub(crate) fn options() -> ApplyOptions {
    ApplyOptions {
        retry_for: Duration::from_secs(1),
        ..ApplyOptions::approved_by("a test")
    }
}

/// The states of a run's steps.
pub(crate) fn states(server: &Mutex<Server>, run: usize) -> Vec<StepState> {
    server.lock().unwrap().runs[run - 1]
        .1
        .iter()
        .map(|step| step.state)
        .collect()
}

#[tokio::test]
async fn steps_run_once_and_are_in_the_journal() {
    let server = server();
    let specs = [table("a", &["id", "x"]), table("b", &["id"])];
    // The fake makes a table with the column `id` alone, so start from there.
    apply(
        &mut FakeSession::new(&server),
        &[table("a", &["id"]), table("b", &["id"])],
    )
    .await
    .unwrap();
    let applied = apply(&mut FakeSession::new(&server), &specs).await.unwrap();
    assert_eq!(applied.run, Some(2));
    assert_eq!(
        server.lock().unwrap().log,
        ["create table a", "create table b", "add column a.x"]
    );
    assert_eq!(states(&server, 2), [StepState::Done]);
    let run = server.lock().unwrap().runs[1].0.clone();
    assert!(run.ended && run.error.is_none());
    assert_eq!(run.approved_by, "a test");
    assert!(!server.lock().unwrap().locked);
}

#[tokio::test]
async fn with_nothing_to_do_nothing_is_written() {
    let server = server();
    apply(&mut FakeSession::new(&server), &[]).await.unwrap();
    assert!(server.lock().unwrap().journal.is_none());
    let specs = [table("a", &["id"])];
    apply(&mut FakeSession::new(&server), &specs).await.unwrap();
    let epoch = server.lock().unwrap().journal.clone().unwrap().epoch;
    let again = apply(&mut FakeSession::new(&server), &specs).await.unwrap();
    assert_eq!(again.run, None);
    assert_eq!(server.lock().unwrap().journal.clone().unwrap().epoch, epoch);
    assert_eq!(server.lock().unwrap().runs.len(), 1);
}

/// Keeps what waits.
#[derive(Default)]
struct Waits(Vec<String>);

impl Progress for Waits {
    fn event(&mut self, event: Event<'_>) {
        if let Event::Waiting { reason, .. } = event {
            self.0.push(reason.to_owned());
        }
    }
}

#[tokio::test]
async fn a_step_that_cannot_have_its_lock_is_tried_again_and_the_holder_is_named() {
    let server = server();
    let mut session = FakeSession::new(&server).with_faults([Fault::None, Fault::LockTimeout]);
    let mut waits = Waits::default();
    let specs = [table("a", &["id"]), table("b", &["id"])];
    apply_with(&mut session, &specs, &options(), &mut waits)
        .await
        .unwrap();
    assert_eq!(waits.0.len(), 1);
    assert!(waits.0[0].contains("pid 42"), "{:?}", waits.0);
    // The first attempt was rolled back as a whole, with what it had done.
    assert_eq!(server.lock().unwrap().log, ["create table a", "create table b"]);
}

#[tokio::test]
async fn a_step_outside_a_transaction_is_tried_again_too() {
    let server = server();
    apply(&mut FakeSession::new(&server), &[table("a", &["id"])])
        .await
        .unwrap();
    let mut session = FakeSession::new(&server).with_faults([Fault::LockTimeout]);
    apply(&mut session, &[table("a", &["id", "x"])]).await.unwrap();
    assert_eq!(states(&server, 2), [StepState::Done]);
}

#[tokio::test]
async fn at_the_deadline_the_run_ends_as_timed_out() {
    let server = server();
    let mut session = FakeSession::new(&server).with_faults(std::iter::repeat_n(Fault::LockTimeout, 100));
    let options = ApplyOptions {
        retry_for: Duration::from_millis(300),
        ..options()
    };
    let error = apply_with(&mut session, &[table("a", &["id"])], &options, &mut ())
        .await
        .unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert_eq!(states(&server, 1), [StepState::Failed]);
    assert!(
        server.lock().unwrap().runs[0]
            .0
            .error
            .as_ref()
            .unwrap()
            .contains("pid 42")
    );
}

#[tokio::test]
async fn another_run_is_waited_for_and_named() {
    let server = server();
    server.lock().unwrap().locked = true;
    let error = apply(&mut FakeSession::new(&server), &[table("a", &["id"])])
        .await
        .unwrap_err();
    assert!(error.is_timeout());
    assert!(
        std::error::Error::source(&error)
            .unwrap()
            .to_string()
            .contains("session 7 of alice")
    );
    assert!(server.lock().unwrap().log.is_empty());
}

#[tokio::test]
async fn a_wish_to_stop_rolls_back_and_says_where() {
    struct StopAtSecond(Stop, usize);
    impl Progress for StopAtSecond {
        fn event(&mut self, event: Event<'_>) {
            if let Event::StepStarted(_) = event {
                self.1 += 1;
                if self.1 == 1 {
                    self.0.request();
                }
            }
        }
    }
    let server = server();
    let stop = Stop::default();
    let mut progress = StopAtSecond(stop.clone(), 0);
    let specs = [table("a", &["id"]), table("b", &["id"])];
    let tables = specs.each_ref().map(|spec| DeclaredTable {
        place: "t.yaml",
        spec,
    });
    let request = PlanRequest {
        engine: &FAKE,
        tables: &tables,
        policy: &Policy::default(),
    };
    let mut session = FakeSession::new(&server);
    let error = migrate::apply(&mut session, request, &options(), &mut progress, &stop)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "step 2 of 2 on memory, create table b, did not run; no step before it was run"
    );
    let server = server.lock().unwrap();
    assert!(server.schema.tables.is_empty());
    assert!(server.runs[0].0.ended);
    assert_eq!(server.runs[0].0.error.as_deref(), Some("it was asked to stop"));
}
