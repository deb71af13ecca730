//! The case folders `testdata/schema/<engine>/<case>`: `before.yaml`, `rows.sql` and `allow.txt` may be missing,
//! `after.yaml` and `plan.sql` are always there.
//!
//! For each: the tables of `before.yaml` are applied and get their rows; the plan to `after.yaml` is `plan.sql`; it
//! is applied; the next plan has no steps; with everything allowed it has none at all; and no row is lost.
//!
//! The cases of an engine that serves several products run on each of them. Where the plan of one is another, its
//! `plan.sql` is in a folder of the case that is called after it.

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
    all("schema/sqlite", None, async || TestDatabase::sqlite());
}

#[test]
fn postgres_cases_have_their_plan_keep_their_rows_and_end_empty() {
    all("schema/postgres", None, TestDatabase::postgres);
}

#[test]
fn mysql_cases_have_their_plan_keep_their_rows_and_end_empty() {
    all("schema/mysql", None, TestDatabase::mysql);
}

#[test]
fn mariadb_has_the_plans_of_the_mysql_cases_or_its_own_and_they_end_empty() {
    all("schema/mysql", Some("mariadb"), TestDatabase::mariadb);
}

/// Runs every case, several at a time, and fails with all that fail.
///
/// Each has a thread and a runtime of its own: dropping a database blocks, and the server drops none while a
/// connection that is being made waits for its client.
fn all(folder: &str, product: Option<&str>, database: impl AsyncFn() -> TestDatabase + Sync) {
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
                        .block_on(async { check(&case, product, &database().await).await });
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

async fn check(case: &Case, product: Option<&str>, database: &TestDatabase) -> Result<(), String> {
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
    golden(case, product, &report::script(&planned))?;
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

/// Compares a plan with the golden one: the product's own, where it has one.
fn golden(case: &Case, product: Option<&str>, plan: &str) -> Result<(), String> {
    #[expect(clippy::disallowed_methods, reason = "a test has no command line of its own")]
    let refresh = std::env::var_os(REFRESH).is_some();
    let shared = case.find("plan.sql").unwrap_or_default();
    let own = product.map(|product| case.path.join(product));
    let file = match &own {
        Some(own) if own.join("plan.sql").exists() || (refresh && shared != plan) => own.join("plan.sql"),
        _ => case.path.join("plan.sql"),
    };
    if refresh {
        let write = || {
            if let Some(own) = &own {
                if shared == plan {
                    // It is no plan of its own any more.
                    return if own.exists() {
                        fs::remove_dir_all(own)
                    } else {
                        Ok(())
                    };
                }
                fs::create_dir_all(own)?;
            }
            fs::write(&file, plan)
        };
        write().map_err(|error| error.to_string())?;
        return Ok(());
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    if expected == plan {
        return Ok(());
    }
    Err(format!(
        "{} is another; `{REFRESH}=1` writes it anew.\n--- expected\n{expected}--- planned\n{plan}",
        file.display()
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
