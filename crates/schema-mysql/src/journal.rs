//! The journal in the target database: tables `_chancery_…` beside the others.
//!
//! Making it can't be one transaction here. The row of its format is written last: a journal without it was left by a
//! migrator that was killed while it made it, holds nothing, and is completed by the next.

use schema::engine::{Session, SessionError};
use schema::journal::{FORMAT, Journal, Owner, RunRecord, StepRecord, StepState};
use sqlx::mysql::MySqlRow;
use sqlx::{Decode, MySql, Type};

use crate::catalog;
use crate::session::MysqlSession;

/// The tables, and last the row that says that they are whole. Times are UTC, as the session's are. Their collation is
/// binary: nothing in them is compared otherwise.
const TABLES: [&str; 6] = [
    "CREATE TABLE IF NOT EXISTS _chancery_owner (id INT NOT NULL PRIMARY KEY, cluster TEXT, namespace TEXT, \
     name TEXT, epoch BIGINT NOT NULL, server TEXT) ENGINE = InnoDB COLLATE = utf8mb4_bin",
    "CREATE TABLE IF NOT EXISTS _chancery_run (seq BIGINT NOT NULL PRIMARY KEY, hash VARCHAR(128) NOT NULL, \
     approved_by TEXT NOT NULL, started_at DATETIME(6) NOT NULL, ended_at DATETIME(6), error MEDIUMTEXT) \
     ENGINE = InnoDB COLLATE = utf8mb4_bin",
    "CREATE TABLE IF NOT EXISTS _chancery_step (run BIGINT NOT NULL, n INT NOT NULL, sql_sha VARCHAR(128) NOT NULL, \
     state VARCHAR(16) NOT NULL, started_at DATETIME(6), ended_at DATETIME(6), error MEDIUMTEXT, \
     PRIMARY KEY (run, n)) ENGINE = InnoDB COLLATE = utf8mb4_bin",
    "CREATE TABLE IF NOT EXISTS _chancery_format (version INT NOT NULL PRIMARY KEY) ENGINE = InnoDB",
    "INSERT IGNORE INTO _chancery_owner (id, epoch) VALUES (1, 0)",
    // Its one parameter is the format.
    "INSERT INTO _chancery_format (version) VALUES (?)",
];

const RUN: &str = "SELECT seq, hash, approved_by, ended_at IS NOT NULL AS ended, error FROM _chancery_run \
                    ORDER BY seq DESC LIMIT 1";

/// Returns whether there is a journal that is whole.
async fn is_there(session: &mut MysqlSession) -> Result<bool, SessionError> {
    if session.has_journal {
        return Ok(true);
    }
    let doing = "looking for the journal";
    let query = "SELECT COUNT(*) AS n FROM information_schema.TABLES \
                  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '_chancery_format'";
    let rows = session.own(doing, sqlx::query(query)).await?;
    if field::<i64>(&rows, "n")? == 0 {
        return Ok(false);
    }
    let rows = session
        .own(
            doing,
            sqlx::query("SELECT MAX(version) AS version FROM _chancery_format"),
        )
        .await?;
    let Some(version) = field::<Option<i64>>(&rows, "version")? else {
        return Ok(false);
    };
    if version > i64::from(FORMAT) {
        let reason = format!("its format is {version} and this version knows {FORMAT}; use a newer Chancery");
        return Err(SessionError::Journal { reason });
    }
    session.has_journal = true;
    Ok(true)
}

/// Reads the journal, if there is one.
pub(crate) async fn read(session: &mut MysqlSession) -> Result<Option<Journal>, SessionError> {
    if !is_there(session).await? {
        return Ok(None);
    }
    let doing = "reading the journal";
    let owner = "SELECT epoch, cluster, namespace, name, server FROM _chancery_owner";
    let rows = session.own(doing, sqlx::query(owner)).await?;
    let mut journal = Journal {
        epoch: number(field(&rows, "epoch")?),
        ..Journal::default()
    };
    if let Some(name) = field::<Option<String>>(&rows, "name")? {
        journal.owner = Some(Owner {
            cluster: field::<Option<String>>(&rows, "cluster")?.unwrap_or_default(),
            namespace: field::<Option<String>>(&rows, "namespace")?.unwrap_or_default(),
            name,
        });
        journal.server = field(&rows, "server")?;
    }
    let rows = session.own(doing, sqlx::query(RUN)).await?;
    if !rows.is_empty() {
        (journal.last_run, journal.last) = run_record(&rows).map(|(seq, run)| (seq, Some(run)))?;
    }
    Ok(Some(journal))
}

/// Makes the journal if there is none, and raises its epoch. The lock is held, so no one else does.
pub(crate) async fn open(session: &mut MysqlSession) -> Result<Journal, SessionError> {
    if !is_there(session).await? {
        let doing = "making the journal";
        for sql in TABLES {
            let query = sqlx::query(sql);
            let query = if sql.contains('?') {
                query.bind(i64::from(FORMAT))
            } else {
                query
            };
            session.own(doing, query).await?;
        }
    }
    let raise = "UPDATE _chancery_owner SET epoch = epoch + 1";
    session.own("raising the epoch", sqlx::query(raise)).await?;
    read(session).await?.ok_or_else(|| SessionError::Journal {
        reason: "it is gone right after it was made".to_owned(),
    })
}

/// Records the owner, with the identity of this server.
pub(crate) async fn claim(session: &mut MysqlSession, owner: &Owner) -> Result<(), SessionError> {
    opened(session).await?;
    let identity = session.facts.identity.clone();
    let query = sqlx::query("UPDATE _chancery_owner SET cluster = ?, namespace = ?, name = ?, server = ?")
        .bind(&owner.cluster)
        .bind(&owner.namespace)
        .bind(&owner.name)
        .bind(identity);
    session
        .own("recording the owner in the journal", query)
        .await
        .map(|_| ())
}

/// Returns [`SessionError::LockLost`] when another session has taken the lock since the epoch was this one.
pub(crate) async fn prove_epoch(session: &mut MysqlSession, epoch: u64) -> Result<(), SessionError> {
    if !is_there(session).await? {
        return Err(SessionError::LockLost {
            reason: "the journal is gone".to_owned(),
        });
    }
    let query = sqlx::query("SELECT epoch FROM _chancery_owner");
    let rows = session.own("reading the journal's epoch", query).await?;
    let found = number(field(&rows, "epoch")?);
    if found == epoch {
        return Ok(());
    }
    let reason =
        format!("the journal's epoch is {found} and was {epoch}: another migrator took the lock since");
    Err(SessionError::LockLost { reason })
}

/// Adds a run with all its steps in one transaction, so that there is never one without the other.
pub(crate) async fn add_run(
    session: &mut MysqlSession,
    run: &RunRecord,
    steps: &[StepRecord],
) -> Result<u64, SessionError> {
    opened(session).await?;
    session.begin().await?;
    match add_rows(session, run, steps).await {
        Ok(seq) => session.commit().await.map(|()| seq),
        Err(error) => {
            // The first failure is the one to tell; a connection that is gone has rolled back.
            let _ = session.rollback().await;
            Err(error)
        }
    }
}

async fn add_rows(
    session: &mut MysqlSession,
    run: &RunRecord,
    steps: &[StepRecord],
) -> Result<u64, SessionError> {
    let doing = "adding a run to the journal";
    let next = sqlx::query("SELECT CAST(COALESCE(MAX(seq), 0) + 1 AS SIGNED) AS seq FROM _chancery_run");
    let rows = session.own(doing, next).await?;
    let seq: i64 = field(&rows, "seq")?;
    let query = sqlx::query(
        "INSERT INTO _chancery_run (seq, hash, approved_by, started_at) VALUES (?, ?, ?, UTC_TIMESTAMP(6))",
    )
    .bind(seq)
    .bind(&run.hash)
    .bind(&run.approved_by);
    session.own(doing, query).await?;
    for step in steps {
        let query = sqlx::query("INSERT INTO _chancery_step (run, n, sql_sha, state) VALUES (?, ?, ?, ?)")
            .bind(seq)
            .bind(i64::from(step.number))
            .bind(&step.sql_sha)
            .bind(step.state.as_str());
        session.own(doing, query).await?;
    }
    Ok(number(seq))
}

/// Sets the state of a step, with the time.
pub(crate) async fn set_step(
    session: &mut MysqlSession,
    run: u64,
    step: &StepRecord,
) -> Result<(), SessionError> {
    opened(session).await?;
    let doing = "writing a step to the journal";
    let state = step.state.as_str();
    let query = sqlx::query(
        "UPDATE _chancery_step SET state = ?, error = ?, \
                started_at = COALESCE(started_at, UTC_TIMESTAMP(6)), \
                ended_at = IF(? IN ('done', 'failed'), UTC_TIMESTAMP(6), NULL) \
          WHERE run = ? AND n = ?",
    )
    .bind(state)
    .bind(&step.error)
    .bind(state)
    .bind(i64::try_from(run).unwrap_or(i64::MAX))
    .bind(i64::from(step.number));
    session.own(doing, query).await?;
    // What the server calls changed is not what it found: so the row is looked for.
    let query = sqlx::query("SELECT COUNT(*) AS n FROM _chancery_step WHERE run = ? AND n = ?")
        .bind(i64::try_from(run).unwrap_or(i64::MAX))
        .bind(i64::from(step.number));
    let rows = session.own(doing, query).await?;
    if field::<i64>(&rows, "n")? == 0 {
        let reason = format!(
            "it has no step {} of run {run}; another program changed it",
            step.number
        );
        return Err(SessionError::Journal { reason });
    }
    Ok(())
}

/// Ends a run.
pub(crate) async fn end_run(
    session: &mut MysqlSession,
    run: u64,
    error: Option<&str>,
) -> Result<(), SessionError> {
    opened(session).await?;
    let query = sqlx::query("UPDATE _chancery_run SET ended_at = UTC_TIMESTAMP(6), error = ? WHERE seq = ?")
        .bind(error)
        .bind(i64::try_from(run).unwrap_or(i64::MAX));
    session
        .own("ending a run in the journal", query)
        .await
        .map(|_| ())
}

/// Returns the newest run of the plan with this hash.
pub(crate) async fn run_of(
    session: &mut MysqlSession,
    hash: &str,
) -> Result<Option<(u64, RunRecord)>, SessionError> {
    if !is_there(session).await? {
        return Ok(None);
    }
    let query = sqlx::query(
        "SELECT seq, hash, approved_by, ended_at IS NOT NULL AS ended, error FROM _chancery_run \
          WHERE hash = ? ORDER BY seq DESC LIMIT 1",
    )
    .bind(hash);
    let rows = session.own("looking for a run in the journal", query).await?;
    (!rows.is_empty()).then(|| run_record(&rows)).transpose()
}

/// Returns the steps of a run in their order.
pub(crate) async fn run_steps(session: &mut MysqlSession, run: u64) -> Result<Vec<StepRecord>, SessionError> {
    opened(session).await?;
    let query = sqlx::query("SELECT n, sql_sha, state, error FROM _chancery_step WHERE run = ? ORDER BY n")
        .bind(i64::try_from(run).unwrap_or(i64::MAX));
    let rows = session.own("reading the steps of a run", query).await?;
    rows.iter()
        .map(|row| {
            let number = u32::try_from(cell::<i64>(row, "n")?).unwrap_or_default();
            Ok(StepRecord {
                number,
                sql_sha: cell(row, "sql_sha")?,
                state: StepState::read(&cell::<String>(row, "state")?)?,
                error: cell(row, "error")?,
            })
        })
        .collect()
}

fn run_record(rows: &[MySqlRow]) -> Result<(u64, RunRecord), SessionError> {
    let record = RunRecord {
        hash: field(rows, "hash")?,
        approved_by: field(rows, "approved_by")?,
        ended: field::<i64>(rows, "ended")? != 0,
        error: field(rows, "error")?,
    };
    Ok((number(field(rows, "seq")?), record))
}

async fn opened(session: &mut MysqlSession) -> Result<(), SessionError> {
    if is_there(session).await? {
        return Ok(());
    }
    let reason = "there is none; it is made when a run begins".to_owned();
    Err(SessionError::Journal { reason })
}

/// Returns a cell of the first row.
fn field<'r, T>(rows: &'r [MySqlRow], name: &str) -> Result<T, SessionError>
where
    T: Decode<'r, MySql> + Type<MySql>,
{
    let row = rows.first().ok_or_else(|| SessionError::Journal {
        reason: format!("a row with `{name}` is missing; restore the journal or drop it"),
    })?;
    cell(row, name)
}

fn cell<'r, T>(row: &'r MySqlRow, name: &str) -> Result<T, SessionError>
where
    T: Decode<'r, MySql> + Type<MySql>,
{
    catalog::cell(row, name).map_err(|_| SessionError::Journal {
        reason: format!("its `{name}` is not of the type that this version writes"),
    })
}

fn number(value: i64) -> u64 {
    u64::try_from(value).unwrap_or_default()
}
