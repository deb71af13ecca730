//! What holds after any kill, once a run has come to its end.
//!
//! D1: what ran is the plan that was approved, and its run is the only one. D2: each statement of a step took effect
//! once. D3: no two sessions were in the plan at a time. D4: nothing that is held ran. D5: the journal calls the run done,
//! and what is declared is live but for what is held. No row is lost, and nothing of ours is left.

use schema::declared::TableSpec;
use schema::plan::{Step, TransactionClass};
use testkit::database_proxy::{Statement, StatementKind};
use testkit::eventually;

use super::attempt::look;
use super::scenario::{HELD, ROWS};
use super::server::CrashDatabase;

/// What there is to judge.
pub(crate) struct Outcome<'a> {
    pub(crate) database: &'a CrashDatabase,
    pub(crate) specs: &'a [TableSpec],
    pub(crate) hash: &'a str,
    pub(crate) steps: &'a [Step],
    pub(crate) rows: &'a [Vec<String>],
    /// What went through the proxy, if all did.
    pub(crate) sent: Option<Sent<'a>>,
}

/// What clients sent.
pub(crate) struct Sent<'a> {
    pub(crate) statements: &'a [Statement],
    /// A statement of a step that was sent once more than it had an effect.
    pub(crate) again: Option<&'a str>,
}

/// Reads the rows of the live tables.
pub(crate) async fn rows(database: &CrashDatabase) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for query in ROWS {
        rows.push(database.texts(query).await);
    }
    rows
}

/// Returns the first invariant that does not hold.
pub(crate) async fn check(outcome: &Outcome<'_>) -> Result<(), String> {
    only_what_was_approved(outcome).await?;
    each_step_once(outcome).await?;
    one_session_at_a_time(outcome)?;
    the_truth_is_told(outcome).await?;
    equal("the rows", &rows(outcome.database).await, outcome.rows)?;
    nothing_is_left(outcome.database).await
}

/// D1, and that the journal has every step as done.
async fn only_what_was_approved(outcome: &Outcome<'_>) -> Result<(), String> {
    let [run, step] = match outcome.database {
        CrashDatabase::Postgres(_) => ["_chancery.run", "_chancery.step"],
        CrashDatabase::Mysql(_) => ["_chancery_run", "_chancery_step"],
    };
    let texts = async |sql: String| outcome.database.texts(&sql).await;
    let runs = texts(format!("SELECT CONCAT(hash, ' ', approved_by) FROM {run}")).await;
    equal("D1: the runs", &runs, &[format!("{} a test", outcome.hash)])?;
    let states = texts(format!("SELECT state FROM {step} ORDER BY n")).await;
    equal(
        "the steps in the journal",
        &states,
        &vec!["done"; outcome.steps.len()],
    )
}

/// D2. A step in a transaction may have been sent and undone; Postgres has recorded what stayed.
async fn each_step_once(outcome: &Outcome<'_>) -> Result<(), String> {
    let recorded = match outcome.database {
        CrashDatabase::Postgres(database) => Some(database.recorded_ddl().await),
        CrashDatabase::Mysql(_) => None,
    };
    for step in outcome.steps {
        let undone = recorded.is_some() && step.draft.transaction != TransactionClass::None;
        for sql in &step.draft.sql {
            if let Some(recorded) = &recorded {
                let times = recorded.iter().filter(|recorded| *recorded == sql).count();
                equal(&format!("D2: how often `{sql}` took effect"), &times, &1)?;
            }
            let Some(sent) = outcome.sent.as_ref().filter(|_| !undone) else {
                continue;
            };
            let times = sent
                .statements
                .iter()
                .filter(|statement| is_run_of(statement, sql));
            let again = sent.again.is_some_and(|again| again == sql);
            equal(
                &format!("D2: how often `{sql}` was sent"),
                &times.count(),
                &(1 + usize::from(again)),
            )?;
        }
    }
    Ok(())
}

/// D3, and D4: nothing was sent that drops what is held.
fn one_session_at_a_time(outcome: &Outcome<'_>) -> Result<(), String> {
    let Some(sent) = &outcome.sent else {
        return Ok(());
    };
    let sql: Vec<&String> = outcome.steps.iter().flat_map(|step| &step.draft.sql).collect();
    let connections: Vec<usize> = sent
        .statements
        .iter()
        .filter(|statement| sql.iter().any(|sql| is_run_of(statement, sql)))
        .map(|statement| statement.connection)
        .collect();
    if !connections.is_sorted() {
        return Err(format!("D3: the steps ran on the connections {connections:?}"));
    }
    let drops = |statement: &&Statement| {
        let upper = statement.sql.to_uppercase();
        upper.contains("DROP COLUMN") || upper.contains("DROP TABLE")
    };
    match sent.statements.iter().find(drops) {
        Some(statement) => Err(format!("D4: `{}` was sent", statement.sql)),
        None => Ok(()),
    }
}

/// D5.
async fn the_truth_is_told(outcome: &Outcome<'_>) -> Result<(), String> {
    let found = look(&outcome.database.url(), outcome.specs, Some(outcome.hash)).await?;
    let run = found.run.ok_or("D5: the journal has no run of the plan")?;
    equal("D5: the run", &(run.ended, run.error), &(true, None))?;
    let left: Vec<_> = found
        .planned
        .plan
        .steps
        .iter()
        .map(|step| &step.draft.summary)
        .collect();
    equal("D5: the steps that are left", &left.len(), &0)?;
    let held: Vec<bool> = found
        .planned
        .plan
        .held
        .iter()
        .map(|held| format!("{held:?}").contains(HELD))
        .collect();
    equal("D5: whether what is held is the one that was", &held, &[true])
}

async fn nothing_is_left(database: &CrashDatabase) -> Result<(), String> {
    no_session(database).await;
    if let CrashDatabase::Postgres(_) = database {
        let leftovers = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid OR NOT indisready \
                         UNION ALL SELECT conname::text FROM pg_constraint \
                                    WHERE NOT convalidated OR conname LIKE 'chancery%'";
        equal("what is left", &database.texts(leftovers).await, &[] as &[&str])?;
    }
    Ok(())
}

/// Waits until no session of a migrator is in the database.
pub(crate) async fn no_session(database: &CrashDatabase) {
    let sessions = match database {
        CrashDatabase::Postgres(_) => {
            "SELECT application_name || ' ' || state FROM pg_stat_activity \
              WHERE datname = current_database() AND application_name LIKE 'chancery%'"
        }
        CrashDatabase::Mysql(_) => {
            "SELECT CONCAT(ID, ' ', COMMAND) FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID()"
        }
    };
    eventually("no session of ours is left", async || {
        let left = database.texts(sessions).await;
        if left.is_empty() {
            Ok(())
        } else {
            Err(left.join(", "))
        }
    })
    .await;
}

fn is_run_of(statement: &Statement, sql: &str) -> bool {
    statement.kind != StatementKind::Prepare && statement.sql == sql
}

fn equal<A, B>(what: &str, found: &A, expected: &B) -> Result<(), String>
where
    A: PartialEq<B> + std::fmt::Debug + ?Sized,
    B: std::fmt::Debug + ?Sized,
{
    if found == expected {
        Ok(())
    } else {
        Err(format!("{what}: found {found:?}, expected {expected:?}"))
    }
}
