//! Statements that take long: who is in their way is told, and they can be cancelled.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use migrate::{Applied, ApplyError, ApplyOptions, Event, PlanRequest, Progress, StepError, Stop};
use schema::declared::TableSpec;
use schema::engine::DeclaredTable;
use schema::plan::Policy;

use crate::apply::{apply, options, server};
use crate::fake::{FAKE, FakeSession, Fault, Watched, table};

const LONG: Duration = Duration::from_hours(1);

/// Keeps who was in the way, and asks to stop once a step begins if it has a stop.
#[derive(Default)]
struct Seen {
    blocked: Vec<Vec<String>>,
    stop: Option<Stop>,
}

impl Progress for Seen {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Blocked { by, .. } => self.blocked.push(by.to_vec()),
            Event::StepStarted(_) => {
                if let Some(stop) = &self.stop {
                    stop.request();
                }
            }
            _ => {}
        }
    }
}

/// Applies these tables, and returns what was seen.
async fn run(
    session: &mut FakeSession,
    specs: &[TableSpec],
    options: &ApplyOptions,
    stop: Option<Stop>,
) -> (Result<Applied, ApplyError>, Vec<Vec<String>>) {
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
    let mut seen = Seen {
        stop: stop.clone(),
        ..Seen::default()
    };
    let applied = migrate::apply(session, request, options, &mut seen, &stop.unwrap_or_default()).await;
    (applied, seen.blocked)
}

#[tokio::test(start_paused = true)]
async fn who_is_in_the_way_is_told_when_it_changes() {
    let watched = Watched::seeing(&[&["pid 1"], &["pid 1"], &["pid 1", "pid 2"], &[], &[]]);
    let slow = Fault::Slow(Duration::from_secs(10));
    let mut session = FakeSession::new(&server())
        .with_faults([slow])
        .watched_by(&watched);
    let (applied, blocked) = run(&mut session, &[table("a", &["id"])], &options(), None).await;
    applied.unwrap();
    assert_eq!(blocked, [vec!["pid 1"], vec!["pid 1", "pid 2"], vec![]]);
    assert_eq!(
        *watched.connections.lock().unwrap(),
        (1, 1),
        "one connection, closed"
    );
}

#[tokio::test(start_paused = true)]
async fn a_quick_statement_needs_no_second_connection() {
    let watched = Watched::seeing(&[]);
    let quick = Fault::Slow(Duration::from_millis(900));
    let mut session = FakeSession::new(&server())
        .with_faults([quick])
        .watched_by(&watched);
    run(&mut session, &[table("a", &["id"])], &options(), None)
        .await
        .0
        .unwrap();
    assert_eq!(watched.connections.lock().unwrap().0, 0);
}

#[tokio::test(start_paused = true)]
async fn one_that_ends_while_someone_is_in_the_way_says_that_nobody_is_any_more() {
    let watched = Watched::seeing(&[&["pid 1"][..]; 100]);
    let slow = Fault::Slow(Duration::from_secs(2));
    let mut session = FakeSession::new(&server())
        .with_faults([slow])
        .watched_by(&watched);
    let (applied, blocked) = run(&mut session, &[table("a", &["id"])], &options(), None).await;
    applied.unwrap();
    assert_eq!(blocked, [vec!["pid 1"], vec![]]);
}

/// A table with the column `id`, so that adding another is a step outside a transaction.
async fn with_table() -> Arc<std::sync::Mutex<crate::fake::Server>> {
    let server = server();
    apply(&mut FakeSession::new(&server), &[table("a", &["id"])])
        .await
        .unwrap();
    server
}

#[tokio::test(start_paused = true)]
async fn what_would_wait_for_ever_is_cancelled_at_the_deadline_and_names_who_is_in_the_way() {
    let server = with_table().await;
    let watched = Watched::seeing(&[&["pid 1 (idle in transaction)"][..]; 1000]);
    let mut session = FakeSession::new(&server)
        .with_faults([Fault::Slow(LONG)])
        .watched_by(&watched);
    let (applied, _) = run(&mut session, &[table("a", &["id", "x"])], &options(), None).await;
    let error = applied.unwrap_err();
    assert!(error.is_timeout() && error.is_transient(), "{error}");
    assert_eq!(error.reason(), "LockTimeout");
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("pid 1 (idle in transaction)"), "{source}");
    assert!(!server.lock().unwrap().locked);
}

#[tokio::test(start_paused = true)]
async fn a_statement_that_ends_before_the_server_says_so_was_cancelled_all_the_same() {
    let server = with_table().await;
    let watched = Watched::seeing(&[&["pid 1 (idle in transaction)"][..]; 1000]);
    watched.unanswered.store(true, Ordering::Relaxed);
    let mut session = FakeSession::new(&server)
        .with_faults([Fault::Slow(LONG)])
        .watched_by(&watched);
    let (applied, _) = run(&mut session, &[table("a", &["id", "x"])], &options(), None).await;
    let error = applied.unwrap_err();
    assert!(error.is_timeout() && error.is_transient(), "{error}");
    assert_eq!(error.reason(), "LockTimeout");
}

#[tokio::test(start_paused = true)]
async fn one_that_is_in_nobodys_queue_may_take_as_long_as_it_does() {
    let server = with_table().await;
    let watched = Watched::seeing(&[&[], &["pid 1"], &[]]);
    let mut session = FakeSession::new(&server)
        .with_faults([Fault::Slow(LONG)])
        .watched_by(&watched);
    let (applied, _) = run(&mut session, &[table("a", &["id", "x"])], &options(), None).await;
    applied.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_lock_timeout_names_who_was_seen_in_the_way_of_that_statement_and_of_no_other() {
    for (faults, expected) in [
        (vec![Fault::SlowLockTimeout(Duration::from_secs(3))], "pid 9"),
        (
            vec![Fault::Slow(Duration::from_secs(3)), Fault::LockTimeout],
            "pid 42",
        ),
    ] {
        let watched = Watched::seeing(&[&["pid 9"][..]; 100]);
        let mut session = FakeSession::new(&server())
            .with_faults(faults)
            .watched_by(&watched);
        let options = ApplyOptions {
            retry_for: Duration::ZERO,
            ..options()
        };
        let specs = [table("a", &["id"]), table("b", &["id"])];
        let error = run(&mut session, &specs, &options, None).await.0.unwrap_err();
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert!(source.contains(expected), "{source}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wish_to_stop_lets_a_statement_end_that_soon_does() {
    let server = with_table().await;
    let watched = Watched::seeing(&[]);
    let soon = Fault::Slow(Duration::from_secs(4));
    let mut session = FakeSession::new(&server).with_faults([soon]).watched_by(&watched);
    let specs = [table("a", &["id", "x", "y"])];
    let error = run(&mut session, &specs, &options(), Some(Stop::default()))
        .await
        .0
        .unwrap_err();
    assert!(
        error.to_string().starts_with("step 2 of 2"),
        "the first step is done: {error}"
    );
    assert_eq!(server.lock().unwrap().log, ["create table a", "add column a.x"]);
}

#[tokio::test(start_paused = true)]
async fn a_wish_to_stop_cancels_a_statement_that_goes_on_and_the_run_can_be_continued() {
    let server = with_table().await;
    let watched = Watched::seeing(&[]);
    let mut session = FakeSession::new(&server)
        .with_faults([Fault::None, Fault::Slow(LONG)])
        .watched_by(&watched);
    let specs = [table("a", &["id", "x", "y"])];
    let stop = Stop::default();
    let later = stop.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_mins(10)).await;
        later.request();
    });
    let begun = tokio::time::Instant::now();
    let tables = specs.each_ref().map(|spec| DeclaredTable {
        place: "t.yaml",
        spec,
    });
    let request = PlanRequest {
        engine: &FAKE,
        tables: &tables,
        policy: &Policy::allow_all(),
    };
    let error = migrate::apply(&mut session, request, &options(), &mut (), &stop)
        .await
        .unwrap_err();
    assert!(
        matches!(
            &error,
            ApplyError::Step {
                source: StepError::Stopped,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!((error.reason(), error.is_transient()), ("Stopped", true));
    assert!(
        begun.elapsed() < Duration::from_secs(606),
        "{:?}",
        begun.elapsed()
    );
    let record = server.lock().unwrap().runs[1].0.clone();
    assert_eq!(record.error.as_deref(), Some("it was asked to stop"));
    let options = ApplyOptions {
        continue_failed: true,
        ..options()
    };
    let applied = run(&mut FakeSession::new(&server), &specs, &options, None)
        .await
        .0
        .unwrap();
    assert!(applied.resumed);
    let log = server.lock().unwrap().log.clone();
    assert_eq!(log, ["create table a", "add column a.x", "add column a.y"]);
}

#[tokio::test(start_paused = true)]
async fn without_a_second_connection_a_wish_to_stop_waits_for_the_statement() {
    let server = with_table().await;
    let mut session = FakeSession::new(&server).with_faults([Fault::Slow(LONG)]);
    let specs = [table("a", &["id", "x"])];
    let applied = run(&mut session, &specs, &options(), Some(Stop::default()))
        .await
        .0;
    applied.unwrap();
}
