//! Statements that wait for others on a real server: they are told of, and given up, and nothing is left behind.

use std::time::Duration;

use migrate::{Applied, ApplyError, ApplyOptions, Event, PlanRequest, Progress, StepError, Stop};
use schema::declared::TableSpec;
use schema::engine::Timeouts;
use schema::plan::Policy;

use crate::cases::chain;
use crate::database::{TestDatabase, approving, declared, options, specs};

const INDEX: &str = "      indexes:\n        - {columns: [a], name: by_a}\n";

fn book(indexes: &str) -> Vec<TableSpec> {
    specs(&format!(
        "spec:\n  database: app\n  name: book\n  schema:\n    postgres:\n      primaryKey: [id]\n      columns:\n        - {{name: id, type: integer}}\n        - {{name: a, type: text}}\n{indexes}"
    ))
}

/// Keeps who was in the way, and asks to stop once someone is.
#[derive(Default)]
struct Seen {
    blocked: Vec<Vec<String>>,
    stop: Option<Stop>,
}

impl Progress for Seen {
    fn event(&mut self, event: Event<'_>) {
        if let Event::Blocked { by, .. } = event {
            self.blocked.push(by.to_vec());
            if let Some(stop) = &self.stop {
                stop.request();
            }
        }
    }
}

/// Builds the index while someone has written to the table and not committed, and returns what came of it.
async fn build(
    database: &TestDatabase,
    options: &ApplyOptions,
    seen: &mut Seen,
) -> Result<Applied, ApplyError> {
    let (_, mut writer) = database.connect().await;
    writer.begin().await.expect("a transaction");
    let insert = "INSERT INTO book VALUES (1, 'canary')";
    writer
        .execute(insert, Timeouts::default(), "writing")
        .await
        .expect("a row");
    let (engine, mut session) = database.connect().await;
    let tables = book(INDEX);
    let tables = declared(&tables);
    let request = PlanRequest {
        engine,
        tables: &tables,
        policy: &Policy::default(),
    };
    let stop = seen.stop.clone().unwrap_or_default();
    let applied = migrate::apply(session.as_mut(), request, options, seen, &stop).await;
    session.close().await.expect("the connection ends");
    writer.rollback().await.expect("the transaction ends");
    writer.close().await.expect("the connection ends");
    applied
}

async fn with_book() -> TestDatabase {
    let database = TestDatabase::postgres().await;
    database
        .apply(&book(""))
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)));
    database
}

async fn none_is_left(database: &TestDatabase) {
    let left = "SELECT application_name::text FROM pg_stat_activity \
                 WHERE application_name LIKE 'chancery%' AND datname = current_database()";
    testkit::eventually("no session of ours is left", async || {
        database.texts(left).await.is_empty()
    })
    .await;
}

#[tokio::test]
async fn a_build_that_waits_for_a_transaction_too_long_names_it_and_goes_on_under_its_approval() {
    let database = with_book().await;
    let hash = database
        .plan(&book(INDEX), &Policy::default())
        .await
        .expect("a plan")
        .plan
        .hash
        .to_string();
    let short = ApplyOptions {
        retry_for: Duration::from_secs(1),
        ..approving(&hash)
    };
    let mut seen = Seen::default();
    let error = build(&database, &short, &mut seen)
        .await
        .expect_err("it is blocked");
    let text = chain(&error);
    assert!(error.is_timeout() && error.is_transient(), "{text}");
    assert!(
        text.contains("pid ") && text.contains("idle in transaction"),
        "{text}"
    );
    assert!(
        !text.contains("canary") && !format!("{:?}", seen.blocked).contains("canary"),
        "{text}"
    );
    assert!(
        seen.blocked[0][0].contains("idle in transaction"),
        "{:?}",
        seen.blocked
    );
    none_is_left(&database).await;
    // Whatever the cancelled build left is part of the rest, and goes first.
    let again = ApplyOptions {
        continue_failed: true,
        ..approving(&hash)
    };
    let applied = database
        .apply_with(&book(INDEX), &Policy::default(), &again)
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)));
    assert!(applied.resumed);
    let invalid = "SELECT count(*)::text FROM pg_index WHERE NOT indisvalid";
    assert_eq!(database.texts(invalid).await, ["0"]);
}

#[tokio::test]
async fn a_wish_to_stop_cancels_a_build_that_waits_and_leaves_no_session() {
    let database = with_book().await;
    let mut seen = Seen {
        stop: Some(Stop::default()),
        ..Seen::default()
    };
    let soon = ApplyOptions {
        stop_grace: Duration::from_millis(100),
        ..options()
    };
    let error = build(&database, &soon, &mut seen)
        .await
        .expect_err("it was stopped");
    assert!(
        matches!(
            &error,
            ApplyError::Step {
                source: StepError::Stopped,
                ..
            }
        ),
        "{}",
        chain(&error)
    );
    none_is_left(&database).await;
    let planned = database
        .plan(&book(INDEX), &Policy::default())
        .await
        .expect("a plan");
    let rest = planned.continues.expect("it can be continued");
    assert_eq!(rest.error.as_deref(), Some("it was asked to stop"));
    database
        .apply(&book(INDEX))
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)));
}

/// What the application asks for meanwhile waits no longer than the step may.
#[tokio::test]
async fn who_comes_later_waits_no_longer_than_the_step_may() {
    let database = with_book().await;
    let (_, mut reader) = database.connect().await;
    reader.begin().await.expect("a transaction");
    reader
        .execute("TABLE book", Timeouts::default(), "reading")
        .await
        .expect("the rows");
    let wider = specs(
        "spec:\n  database: app\n  name: book\n  schema:\n    postgres:\n      primaryKey: [id]\n      columns:\n        - {name: id, type: integer}\n        - {name: a, type: text}\n        - {name: b, type: text}\n",
    );
    let brief = ApplyOptions {
        retry_for: Duration::ZERO,
        ..options()
    };
    let policy = Policy::default();
    let (applied, waited) = tokio::join!(database.apply_with(&wider, &policy, &brief), async {
        let queued = "SELECT count(*)::text FROM pg_locks WHERE NOT granted";
        testkit::eventually("the step waits", async || database.texts(queued).await != ["0"]).await;
        let begun = std::time::Instant::now();
        database.texts("SELECT a FROM book").await;
        begun.elapsed()
    });
    let error = applied.expect_err("the table is in use");
    assert!(error.is_timeout(), "{}", chain(&error));
    assert!(chain(&error).contains("idle in transaction"), "{}", chain(&error));
    assert!(waited < Duration::from_secs(5), "{waited:?}");
}
