//! Two runs at once.

use std::time::Duration;

use migrate::ApplyOptions;
use schema::declared::TableSpec;
use schema::plan::Policy;

use crate::cases::chain;
use crate::database::{TestDatabase, options, specs};

fn tables(engine: &str) -> Vec<TableSpec> {
    let table = |number: usize| {
        format!(
            "spec:\n  database: app\n  name: t{number}\n  schema:\n    {engine}:\n      primaryKey: [id]\n      columns:\n        - {{name: id, type: integer}}\n        - {{name: x, type: text}}\n      indexes:\n        - columns: [x]\n"
        )
    };
    let yaml: Vec<String> = (0..12).map(table).collect();
    specs(&yaml.join("---\n"))
}

/// Four runs at once make each table once: one run does it all, the others wait and find nothing to do.
async fn check(database: &TestDatabase, engine: &str) {
    let specs = tables(engine);
    let (a, b, c, d) = tokio::join!(
        Box::pin(database.apply(&specs)),
        Box::pin(database.apply(&specs)),
        Box::pin(database.apply(&specs)),
        Box::pin(database.apply(&specs))
    );
    let runs: Vec<_> = [a, b, c, d]
        .into_iter()
        .filter_map(|applied| applied.unwrap_or_else(|error| panic!("{}", chain(&error))).run)
        .collect();
    assert_eq!(runs, [1]);
    let planned = database.plan(&specs, &Policy::allow_all()).await.expect("a plan");
    assert!(planned.plan.is_empty());
    assert_eq!(planned.last_run, 1);
    assert!(planned.unfinished().is_none());
}

#[tokio::test]
async fn runs_at_once_on_postgres_do_each_step_once() {
    check(&TestDatabase::postgres().await, "postgres").await;
}

#[tokio::test]
async fn runs_at_once_on_sqlite_do_each_step_once() {
    check(&TestDatabase::sqlite(), "sqlite").await;
}

/// A run that doesn't want to wait is refused, with the name of who holds the lock.
async fn refused(database: &TestDatabase, engine: &str) {
    let (_, mut holder) = database.connect().await;
    holder
        .lock(Duration::from_secs(5))
        .await
        .expect("the lock is free");
    let options = ApplyOptions {
        lock_wait: Duration::from_millis(200),
        ..options()
    };
    let error = database
        .apply_with(&tables(engine), &Policy::default(), &options)
        .await
        .expect_err("the lock is held");
    assert!(error.is_timeout(), "{}", chain(&error));
    holder.unlock().await.expect("the lock was held");
    database
        .apply(&tables(engine))
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)));
}

#[tokio::test]
async fn on_postgres_a_run_that_waits_too_long_is_refused() {
    refused(&TestDatabase::postgres().await, "postgres").await;
}

#[tokio::test]
async fn on_sqlite_a_run_that_waits_too_long_is_refused() {
    refused(&TestDatabase::sqlite(), "sqlite").await;
}
