//! The case folders `testdata/schema/<engine>/<case>`: `before.yaml`, `rows.sql` and `allow.txt` may be missing,
//! `after.yaml` and `plan.sql` are always there.
//!
//! For each: the tables of `before.yaml` are applied and get their rows; the plan to `after.yaml` is `plan.sql`; it
//! is applied; the next plan has no steps; with everything allowed it has none at all; and no row is lost.

use std::fs;
use std::sync::Mutex;
use std::thread;

use migrate::report;
use schema::plan::{HazardCode, Policy};
use testkit::case::{self, Case};

use crate::database::{TestDatabase, options, specs};
use crate::rows::{live, lost, rows};

/// Set to anything, it makes the runner write `plan.sql` instead of comparing it.
const REFRESH: &str = "CHANCERY_REFRESH_CASES";

/// How many cases run at a time: most of a case is waiting for the server.
const AT_ONCE: usize = 4;

#[test]
fn sqlite_cases_have_their_plan_keep_their_rows_and_end_empty() {
    all("schema/sqlite", async || TestDatabase::sqlite());
}

#[test]
fn postgres_cases_have_their_plan_keep_their_rows_and_end_empty() {
    all("schema/postgres", TestDatabase::postgres);
}

/// Runs every case, several at a time, and fails with all that fail.
///
/// Each has a thread and a runtime of its own: dropping a database blocks, and the server drops none while a
/// connection that is being made waits for its client.
fn all(folder: &str, database: impl AsyncFn() -> TestDatabase + Sync) {
    let cases = Mutex::new(case::dirs(folder));
    let next = || cases.lock().expect("no thread panics with it").pop();
    let failures = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(case) = next() {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                    let outcome = runtime
                        .expect("a runtime")
                        .block_on(async { check(&case, &database().await).await });
                    if let Err(problem) = outcome {
                        let failure = format!("case {}: {problem}", case.path.display());
                        failures.lock().expect("no thread panics with it").push(failure);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().expect("no thread panics with it");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

async fn check(case: &Case, database: &TestDatabase) -> Result<(), String> {
    let before = specs(&case.find("before.yaml").unwrap_or_default());
    let after = specs(&case.read("after.yaml"));
    database
        .apply(&before)
        .await
        .map_err(|error| format!("before.yaml: {}", chain(&error)))?;
    empty(database, &before, "after before.yaml").await?;
    if let Some(rows) = case.find("rows.sql") {
        database.execute(&rows).await;
    }
    // All tables that are there, as the last state names them or the first.
    let schema_before = live(database, &before).await;
    let rows_before = rows(database, &schema_before).await;

    let policy = policy(case)?;
    let planned = database
        .plan(&after, &policy)
        .await
        .map_err(|error| chain(&error))?;
    golden(case, &report::script(&planned))?;
    database
        .apply_with(&after, &policy, &options())
        .await
        .map_err(|error| chain(&error))?;
    let rest = database
        .plan(&after, &policy)
        .await
        .map_err(|error| chain(&error))?;
    if !rest.plan.steps.is_empty() {
        return Err(format!("the next plan is not empty:\n{}", report::script(&rest)));
    }
    let schema_after = live(database, &after).await;
    let rows_after = rows(database, &schema_after).await;
    let lost = lost(&schema_before, &rows_before, &schema_after, &rows_after);
    if !lost.is_empty() {
        return Err(lost.join("\n"));
    }

    database
        .apply(&after)
        .await
        .map_err(|error| format!("all allowed: {}", chain(&error)))?;
    empty(database, &after, "once everything was allowed").await
}

async fn empty(
    database: &TestDatabase,
    specs: &[schema::declared::TableSpec],
    when: &str,
) -> Result<(), String> {
    let planned = database
        .plan(specs, &Policy::allow_all())
        .await
        .map_err(|error| chain(&error))?;
    if planned.plan.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "{when} the plan is not empty:\n{}",
            report::script(&planned)
        ))
    }
}

fn policy(case: &Case) -> Result<Policy, String> {
    let mut policy = Policy::default();
    for code in case.find("allow.txt").unwrap_or_default().split_whitespace() {
        policy.allow.insert(
            code.parse::<HazardCode>()
                .map_err(|error| format!("allow.txt: {error}"))?,
        );
    }
    Ok(policy)
}

fn golden(case: &Case, plan: &str) -> Result<(), String> {
    #[expect(clippy::disallowed_methods, reason = "a test has no command line of its own")]
    let refresh = std::env::var_os(REFRESH).is_some();
    if refresh {
        fs::write(case.path.join("plan.sql"), plan).map_err(|error| error.to_string())?;
    }
    let expected = case.find("plan.sql").unwrap_or_default();
    if expected == plan {
        return Ok(());
    }
    Err(format!(
        "plan.sql is another; `{REFRESH}=1` writes it anew.\n--- expected\n{expected}--- planned\n{plan}"
    ))
}

/// An error with its causes.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}
