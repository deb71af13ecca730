//! The journal in the database: tables `_chancery_*`, as SQLite has no schemas to put them in.
//!
//! Times are the database's own (`strftime`), so that no clock is read here.

use schema::engine::SessionError;
use schema::journal::{FORMAT, Journal, Owner, RunRecord, StepRecord, StepState};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

/// The tables, each made when it is missing.
const TABLES: [&str; 5] = [
    "CREATE TABLE IF NOT EXISTS _chancery_format (version INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS _chancery_owner (cluster TEXT, namespace TEXT, name TEXT, epoch INTEGER NOT NULL, \
     server TEXT)",
    "CREATE TABLE IF NOT EXISTS _chancery_run (seq INTEGER PRIMARY KEY, hash TEXT NOT NULL, approved_by TEXT NOT NULL, \
     started_at TEXT NOT NULL, ended_at TEXT, error TEXT)",
    "CREATE TABLE IF NOT EXISTS _chancery_step (run INTEGER NOT NULL, n INTEGER NOT NULL, sql_sha TEXT NOT NULL, \
     state TEXT NOT NULL, started_at TEXT, ended_at TEXT, error TEXT, PRIMARY KEY (run, n)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS _chancery_expression (version TEXT NOT NULL, declared TEXT NOT NULL, answer TEXT NOT NULL)",
];

const NOW: &str = "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')";

fn failed(error: &sqlx::Error) -> SessionError {
    crate::error::statement(error, "reading or writing the journal", 0)
}

/// Reads the journal; `None` if there is none.
pub(crate) async fn read(connection: &mut SqliteConnection) -> Result<Option<Journal>, SessionError> {
    let exists = "SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name = '_chancery_format'";
    let found: i64 = sqlx::query_scalar(exists)
        .fetch_one(&mut *connection)
        .await
        .map_err(|error| failed(&error))?;
    if found == 0 {
        return Ok(None);
    }
    let version: Option<i64> = sqlx::query_scalar("SELECT max(version) FROM _chancery_format")
        .fetch_one(&mut *connection)
        .await
        .map_err(|error| failed(&error))?;
    match version {
        // The column that format 2 adds is not read: SQLite's files have no identity.
        Some(version) if (1..=i64::from(FORMAT)).contains(&version) => {}
        Some(version) if version > i64::from(FORMAT) => {
            let reason = format!(
                "it has format {version} and this version of Chancery knows {FORMAT}; use the newer version that wrote it"
            );
            return Err(SessionError::Journal { reason });
        }
        _ => {
            let reason =
                "table `_chancery_format` has no format in it; if it is no table of Chancery, rename it"
                    .to_owned();
            return Err(SessionError::Journal { reason });
        }
    }
    let owner = sqlx::query(
        "SELECT epoch, cluster, namespace, name FROM _chancery_owner ORDER BY epoch DESC LIMIT 1",
    )
    .fetch_optional(&mut *connection)
    .await
    .map_err(|error| failed(&error))?;
    let mut journal = Journal::default();
    if let Some(row) = owner {
        journal.epoch = unsigned(row.try_get(0).map_err(|error| failed(&error))?);
        let text = |at: usize| {
            row.try_get::<Option<String>, _>(at)
                .map_err(|error| failed(&error))
        };
        journal.owner = text(3)?
            .map(|name| {
                Ok::<_, SessionError>(Owner {
                    cluster: text(1)?.unwrap_or_default(),
                    namespace: text(2)?.unwrap_or_default(),
                    name,
                })
            })
            .transpose()?;
    }
    let last = sqlx::query(sqlx::AssertSqlSafe(format!("{RUN} ORDER BY seq DESC LIMIT 1")))
        .fetch_optional(&mut *connection);
    if let Some(row) = last.await.map_err(|error| failed(&error))? {
        let (seq, record) = run_record(&row)?;
        journal.last_run = seq;
        journal.last = Some(record);
    }
    Ok(Some(journal))
}

const RUN: &str = "SELECT seq, hash, approved_by, ended_at IS NOT NULL, error FROM _chancery_run";

fn run_record(row: &SqliteRow) -> Result<(u64, RunRecord), SessionError> {
    let record = RunRecord {
        hash: row.try_get(1).map_err(|error| failed(&error))?,
        approved_by: row.try_get(2).map_err(|error| failed(&error))?,
        ended: row.try_get::<i64, _>(3).map_err(|error| failed(&error))? != 0,
        error: row.try_get(4).map_err(|error| failed(&error))?,
    };
    Ok((unsigned(row.try_get(0).map_err(|error| failed(&error))?), record))
}

/// Returns the newest run of the plan with this hash.
pub(crate) async fn run_of(
    connection: &mut SqliteConnection,
    hash: &str,
) -> Result<Option<(u64, RunRecord)>, SessionError> {
    if read(connection).await?.is_none() {
        return Ok(None);
    }
    let newest = format!("{RUN} WHERE hash = ?1 ORDER BY seq DESC LIMIT 1");
    let row = sqlx::query(sqlx::AssertSqlSafe(newest))
        .bind(hash)
        .fetch_optional(&mut *connection)
        .await
        .map_err(|error| failed(&error))?;
    row.as_ref().map(run_record).transpose()
}

/// Makes the journal if there is none, raises its epoch and returns it.
pub(crate) async fn open(connection: &mut SqliteConnection) -> Result<Journal, SessionError> {
    // A newer journal is refused before anything is written.
    if read(connection).await?.is_none() {
        for table in TABLES {
            sqlx::query(table)
                .execute(&mut *connection)
                .await
                .map_err(|error| failed(&error))?;
        }
        sqlx::query("INSERT INTO _chancery_format (version) VALUES (?1)")
            .bind(FORMAT)
            .execute(&mut *connection)
            .await
            .map_err(|error| failed(&error))?;
    }
    upgrade(connection).await?;
    let raised = sqlx::query("UPDATE _chancery_owner SET epoch = epoch + 1")
        .execute(&mut *connection)
        .await
        .map_err(|error| failed(&error))?;
    if raised.rows_affected() == 0 {
        sqlx::query("INSERT INTO _chancery_owner (epoch) VALUES (1)")
            .execute(&mut *connection)
            .await
            .map_err(|error| failed(&error))?;
    }
    read(connection).await?.ok_or_else(|| SessionError::Journal {
        reason: "it was dropped while it was opened".to_owned(),
    })
}

/// Makes a journal of format 1 one of this format; the caller's transaction makes it whole.
async fn upgrade(connection: &mut SqliteConnection) -> Result<(), SessionError> {
    let version: i64 = sqlx::query_scalar("SELECT max(version) FROM _chancery_format")
        .fetch_one(&mut *connection)
        .await
        .map_err(|error| failed(&error))?;
    if version == i64::from(FORMAT) {
        return Ok(());
    }
    for statement in [
        "ALTER TABLE _chancery_owner ADD COLUMN server TEXT",
        "UPDATE _chancery_format SET version = 2",
    ] {
        sqlx::query(statement)
            .execute(&mut *connection)
            .await
            .map_err(|error| failed(&error))?;
    }
    Ok(())
}

/// Records the owner. The journal is open, so that it has its one row.
pub(crate) async fn claim(connection: &mut SqliteConnection, owner: &Owner) -> Result<(), SessionError> {
    sqlx::query("UPDATE _chancery_owner SET cluster = ?1, namespace = ?2, name = ?3, server = NULL")
        .bind(&owner.cluster)
        .bind(&owner.namespace)
        .bind(&owner.name)
        .execute(connection)
        .await
        .map(drop)
        .map_err(|error| failed(&error))
}

/// Returns the epoch; `None` without a journal.
pub(crate) async fn epoch(connection: &mut SqliteConnection) -> Result<Option<u64>, SessionError> {
    Ok(read(connection).await?.map(|journal| journal.epoch))
}

/// Adds a run with its steps and returns its number.
pub(crate) async fn add_run(
    connection: &mut SqliteConnection,
    run: &RunRecord,
    steps: &[StepRecord],
) -> Result<u64, SessionError> {
    let insert = format!(
        "INSERT INTO _chancery_run (hash, approved_by, started_at, ended_at, error) \
         VALUES (?1, ?2, {NOW}, CASE WHEN ?3 THEN {NOW} END, ?4) RETURNING seq"
    );
    let seq: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(insert))
        .bind(&run.hash)
        .bind(&run.approved_by)
        .bind(run.ended)
        .bind(&run.error)
        .fetch_one(&mut *connection)
        .await
        .map_err(|error| failed(&error))?;
    for step in steps {
        sqlx::query("INSERT INTO _chancery_step (run, n, sql_sha, state, error) VALUES (?1, ?2, ?3, ?4, ?5)")
            .bind(seq)
            .bind(step.number)
            .bind(&step.sql_sha)
            .bind(step.state.as_str())
            .bind(&step.error)
            .execute(&mut *connection)
            .await
            .map_err(|error| failed(&error))?;
    }
    Ok(unsigned(seq))
}

/// Sets the state of a step.
pub(crate) async fn set_step(
    connection: &mut SqliteConnection,
    run: u64,
    step: &StepRecord,
) -> Result<(), SessionError> {
    let begun = matches!(step.state, StepState::Started);
    let column = if begun { "started_at" } else { "ended_at" };
    let update = format!(
        "UPDATE _chancery_step SET state = ?1, error = ?2, {column} = {NOW} WHERE run = ?3 AND n = ?4"
    );
    let set = sqlx::query(sqlx::AssertSqlSafe(update))
        .bind(step.state.as_str())
        .bind(&step.error)
        .bind(signed(run))
        .bind(step.number)
        .execute(connection)
        .await
        .map_err(|error| failed(&error))?;
    if set.rows_affected() == 1 {
        Ok(())
    } else {
        Err(missing(run))
    }
}

/// Ends a run.
pub(crate) async fn end_run(
    connection: &mut SqliteConnection,
    run: u64,
    error: Option<&str>,
) -> Result<(), SessionError> {
    let update = format!("UPDATE _chancery_run SET ended_at = {NOW}, error = ?1 WHERE seq = ?2");
    let set = sqlx::query(sqlx::AssertSqlSafe(update))
        .bind(error)
        .bind(signed(run))
        .execute(connection)
        .await
        .map_err(|error| failed(&error))?;
    if set.rows_affected() == 1 {
        Ok(())
    } else {
        Err(missing(run))
    }
}

/// Returns the steps of a run in their order.
pub(crate) async fn run_steps(
    connection: &mut SqliteConnection,
    run: u64,
) -> Result<Vec<StepRecord>, SessionError> {
    let rows = sqlx::query("SELECT n, sql_sha, state, error FROM _chancery_step WHERE run = ?1 ORDER BY n")
        .bind(signed(run))
        .fetch_all(connection)
        .await
        .map_err(|error| failed(&error))?;
    rows.iter()
        .map(|row| {
            let word: String = row.try_get(2).map_err(|error| failed(&error))?;
            Ok(StepRecord {
                number: row.try_get(0).map_err(|error| failed(&error))?,
                sql_sha: row.try_get(1).map_err(|error| failed(&error))?,
                state: StepState::parse(&word).ok_or_else(|| SessionError::Journal {
                    reason: format!(
                        "a step of run {run} has the state `{word}`, which this version doesn't know"
                    ),
                })?,
                error: row.try_get(3).map_err(|error| failed(&error))?,
            })
        })
        .collect()
}

fn missing(run: u64) -> SessionError {
    SessionError::Journal {
        reason: format!("run {run} or a step of it is not there any more; plan again"),
    }
}

/// SQLite's whole numbers have a sign; ours start at 1 and count up.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}
