//! The journal in the target database: schema `_chancery`, or, where the role may not create a schema, tables
//! `_chancery_…` in the default schema.

use schema::engine::{Session, SessionError};
use schema::journal::{FORMAT, Journal, Owner, RunRecord, StepRecord, StepState};
use sqlx::Row;
use sqlx::postgres::PgRow;

use crate::render::quote;
use crate::session::{PostgresSession, assembled};

mod place;

use self::place::find;
pub(crate) use self::place::{Place, SCHEMA};

/// Reads the journal, if there is one.
pub(crate) async fn read(session: &mut PostgresSession) -> Result<Option<Journal>, SessionError> {
    let Some(place) = find(session).await? else {
        return Ok(None);
    };
    let doing = "reading the journal";
    let rows = session
        .own(
            doing,
            assembled(&place.sql("SELECT max(version) AS version FROM {format}")),
        )
        .await?;
    let version: i32 = field::<Option<i32>>(&rows, "version")?.unwrap_or_default();
    if u32::try_from(version).unwrap_or_default() > FORMAT {
        let reason = format!("its format is {version} and this version knows {FORMAT}; use a newer Chancery");
        return Err(SessionError::Journal { reason });
    }
    // Format 1 has no `server`.
    let owner = if version == 1 {
        "SELECT epoch, cluster, namespace, name, NULL::text AS server FROM {owner}"
    } else {
        "SELECT epoch, cluster, namespace, name, server FROM {owner}"
    };
    let rows = session.own(doing, assembled(&place.sql(owner))).await?;
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
    let last = format!("{RUN} ORDER BY seq DESC LIMIT 1");
    let rows = session.own(doing, assembled(&place.sql(&last))).await?;
    if !rows.is_empty() {
        (journal.last_run, journal.last) = run_record(&rows).map(|(seq, run)| (seq, Some(run)))?;
    }
    Ok(Some(journal))
}

const RUN: &str = "SELECT seq, hash, approved_by, ended_at IS NOT NULL AS ended, error FROM {run}";

fn run_record(rows: &[PgRow]) -> Result<(u64, RunRecord), SessionError> {
    let record = RunRecord {
        hash: field(rows, "hash")?,
        approved_by: field(rows, "approved_by")?,
        ended: field(rows, "ended")?,
        error: field(rows, "error")?,
    };
    Ok((number(field(rows, "seq")?), record))
}

/// Returns the newest run of the plan with this hash.
pub(crate) async fn run_of(
    session: &mut PostgresSession,
    hash: &str,
) -> Result<Option<(u64, RunRecord)>, SessionError> {
    let Some(place) = find(session).await? else {
        return Ok(None);
    };
    let newest = place.sql(&format!("{RUN} WHERE hash = $1 ORDER BY seq DESC LIMIT 1"));
    let rows = session
        .own("looking for a run in the journal", assembled(&newest).bind(hash))
        .await?;
    (!rows.is_empty()).then(|| run_record(&rows)).transpose()
}

/// Makes the journal if there is none, and raises its epoch. The lock is held, so no one else does.
pub(crate) async fn open(session: &mut PostgresSession) -> Result<Journal, SessionError> {
    if read(session).await?.is_none() {
        create(session).await?;
    }
    let Some(place) = find(session).await? else {
        return Err(SessionError::Journal {
            reason: "it is gone right after it was made".to_owned(),
        });
    };
    upgrade(session, &place).await?;
    session
        .own(
            "raising the epoch",
            assembled(&place.sql("UPDATE {owner} SET epoch = epoch + 1")),
        )
        .await?;
    read(session).await?.ok_or_else(|| SessionError::Journal {
        reason: "it is gone".to_owned(),
    })
}

async fn create(session: &mut PostgresSession) -> Result<(), SessionError> {
    let doing = "making the journal";
    let query = "SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') \
                     OR COALESCE(pg_catalog.has_schema_privilege(pg_catalog.to_regnamespace('_chancery'), 'CREATE'), \
                                 false) AS allowed, \
                        pg_catalog.to_regnamespace('_chancery') IS NOT NULL AS there";
    let rows = session.own(doing, sqlx::query(query)).await?;
    let mut statements = Vec::new();
    let place = match (
        field::<bool>(&rows, "allowed")?,
        session.facts.default_schema.clone(),
    ) {
        (true, _) => {
            if !field::<bool>(&rows, "there")? {
                statements.push(format!("CREATE SCHEMA {}", quote::identifier(SCHEMA)));
            }
            Place::schema()
        }
        (false, Some(schema)) => Place::tables(&schema),
        (false, None) => {
            let reason = "the role may not create a schema, and the search path has no schema for the tables; grant \
                          CREATE on the database";
            return Err(SessionError::Journal {
                reason: reason.to_owned(),
            });
        }
    };
    let tables = [
        "CREATE TABLE {format} (version integer PRIMARY KEY)",
        "CREATE TABLE {owner} (id integer PRIMARY KEY CHECK (id = 1), cluster text, namespace text, name text, \
         epoch bigint NOT NULL, server text)",
        "CREATE TABLE {run} (seq bigint PRIMARY KEY, hash text NOT NULL, approved_by text NOT NULL, \
         started_at timestamptz NOT NULL DEFAULT now(), ended_at timestamptz, error text)",
        "CREATE TABLE {step} (run bigint NOT NULL REFERENCES {run}, n integer NOT NULL, sql_sha text NOT NULL, \
         state text NOT NULL, started_at timestamptz, ended_at timestamptz, error text, PRIMARY KEY (run, n))",
        "INSERT INTO {owner} (id, epoch) VALUES (1, 0)",
    ];
    statements.extend(tables.iter().map(|table| place.sql(table)));
    statements.push(place.sql(&format!("INSERT INTO {{format}} VALUES ({FORMAT})")));
    together(session, doing, &statements).await
}

/// Makes a journal of format 1 one of this format.
async fn upgrade(session: &mut PostgresSession, place: &Place) -> Result<(), SessionError> {
    let doing = "bringing the journal to the format of this version";
    let version = place.sql("SELECT max(version) AS version FROM {format}");
    let rows = session.own(doing, assembled(&version)).await?;
    if field::<i32>(&rows, "version")? != 1 {
        return Ok(());
    }
    let statements = [
        "ALTER TABLE {owner} ADD COLUMN server text",
        "UPDATE {format} SET version = 2",
    ];
    let statements: Vec<String> = statements.iter().map(|sql| place.sql(sql)).collect();
    together(session, doing, &statements).await
}

/// Runs statements in one transaction.
async fn together(
    session: &mut PostgresSession,
    doing: &str,
    statements: &[String],
) -> Result<(), SessionError> {
    session.begin().await?;
    for statement in statements {
        if let Err(error) = session.own(doing, assembled(statement)).await {
            // The first failure is the one to tell; a connection that is gone has rolled back.
            let _ = session.rollback().await;
            return Err(error);
        }
    }
    session.commit().await
}

/// Records the owner, with the identity of the server.
pub(crate) async fn claim(session: &mut PostgresSession, owner: &Owner) -> Result<(), SessionError> {
    let place = opened(session).await?;
    let sql = place.sql("UPDATE {owner} SET cluster = $1, namespace = $2, name = $3, server = $4");
    let identity = session.facts.identity.clone();
    let query = assembled(&sql)
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
pub(crate) async fn prove_epoch(session: &mut PostgresSession, epoch: u64) -> Result<(), SessionError> {
    let Some(place) = find(session).await? else {
        return Err(SessionError::LockLost {
            reason: "the journal is gone".to_owned(),
        });
    };
    let rows = session
        .own(
            "reading the journal's epoch",
            assembled(&place.sql("SELECT epoch FROM {owner}")),
        )
        .await?;
    let found = number(field(&rows, "epoch")?);
    if found == epoch {
        return Ok(());
    }
    let reason =
        format!("the journal's epoch is {found} and was {epoch}: another migrator took the lock since");
    Err(SessionError::LockLost { reason })
}

/// Adds a run with all its steps in one statement, so that there is never one without the other.
pub(crate) async fn add_run(
    session: &mut PostgresSession,
    run: &RunRecord,
    steps: &[StepRecord],
) -> Result<u64, SessionError> {
    let place = opened(session).await?;
    let sql = place.sql(
        "WITH new AS (INSERT INTO {run} (seq, hash, approved_by) \
                      SELECT COALESCE(max(seq), 0) + 1, $1, $2 FROM {run} RETURNING seq), \
              added AS (INSERT INTO {step} (run, n, sql_sha, state) \
                        SELECT new.seq, planned.n, planned.sha, planned.state \
                          FROM new, unnest($3::int4[], $4::text[], $5::text[]) AS planned(n, sha, state)) \
         SELECT seq FROM new",
    );
    let numbers: Vec<i32> = steps
        .iter()
        .map(|step| i32::try_from(step.number).unwrap_or(i32::MAX))
        .collect();
    let shas: Vec<&str> = steps.iter().map(|step| step.sql_sha.as_str()).collect();
    let states: Vec<&str> = steps.iter().map(|step| step.state.as_str()).collect();
    let query = assembled(&sql)
        .bind(&run.hash)
        .bind(&run.approved_by)
        .bind(numbers)
        .bind(shas)
        .bind(states);
    let rows = session.own("adding a run to the journal", query).await?;
    Ok(number(field(&rows, "seq")?))
}

/// Sets the state of a step, with the time.
pub(crate) async fn set_step(
    session: &mut PostgresSession,
    run: u64,
    step: &StepRecord,
) -> Result<(), SessionError> {
    let place = opened(session).await?;
    let sql = place.sql(
        "UPDATE {step} SET state = $3, error = $4, \
                started_at = COALESCE(started_at, clock_timestamp()), \
                ended_at = CASE WHEN $3 IN ('done', 'failed') THEN clock_timestamp() END \
          WHERE run = $1 AND n = $2 RETURNING n",
    );
    let query = assembled(&sql)
        .bind(i64::try_from(run).unwrap_or(i64::MAX))
        .bind(i32::try_from(step.number).unwrap_or(i32::MAX))
        .bind(step.state.as_str())
        .bind(&step.error);
    let rows = session.own("writing a step to the journal", query).await?;
    if rows.is_empty() {
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
    session: &mut PostgresSession,
    run: u64,
    error: Option<&str>,
) -> Result<(), SessionError> {
    let place = opened(session).await?;
    let sql = place.sql("UPDATE {run} SET ended_at = clock_timestamp(), error = $2 WHERE seq = $1");
    let query = assembled(&sql)
        .bind(i64::try_from(run).unwrap_or(i64::MAX))
        .bind(error);
    session
        .own("ending a run in the journal", query)
        .await
        .map(|_| ())
}

/// Returns the steps of a run in their order.
pub(crate) async fn run_steps(
    session: &mut PostgresSession,
    run: u64,
) -> Result<Vec<StepRecord>, SessionError> {
    let place = opened(session).await?;
    let sql = place.sql("SELECT n, sql_sha, state, error FROM {step} WHERE run = $1 ORDER BY n");
    let query = assembled(&sql).bind(i64::try_from(run).unwrap_or(i64::MAX));
    let rows = session.own("reading the steps of a run", query).await?;
    rows.iter()
        .map(|row| {
            let number = u32::try_from(cell::<i32>(row, "n")?).unwrap_or_default();
            Ok(StepRecord {
                number,
                sql_sha: cell(row, "sql_sha")?,
                state: StepState::read(&cell::<String>(row, "state")?)?,
                error: cell(row, "error")?,
            })
        })
        .collect()
}

async fn opened(session: &mut PostgresSession) -> Result<Place, SessionError> {
    let reason = "there is none; it is made when a run begins".to_owned();
    find(session).await?.ok_or(SessionError::Journal { reason })
}

/// Returns a cell of the first row.
fn field<'r, T>(rows: &'r [PgRow], name: &str) -> Result<T, SessionError>
where
    T: sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    let reason = || format!("a row with `{name}` is missing; restore the journal or drop it");
    cell(
        rows.first()
            .ok_or_else(|| SessionError::Journal { reason: reason() })?,
        name,
    )
}

fn cell<'r, T>(row: &'r PgRow, name: &str) -> Result<T, SessionError>
where
    T: sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    let reason = |_| format!("its `{name}` is not of the type that this version writes");
    row.try_get(name).map_err(|error| SessionError::Journal {
        reason: reason(error),
    })
}

fn number(value: i64) -> u64 {
    u64::try_from(value).unwrap_or_default()
}
