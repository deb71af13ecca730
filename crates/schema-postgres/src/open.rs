//! The start of a session: its pinned settings, and what the server is.

use schema::{EngineKind, ServerFacts};
use sqlx::{PgConnection, Row as _};

use crate::render::quote;
use crate::target::Target;
use crate::version;

/// The name that sessions have in `pg_stat_activity`.
pub(crate) const APPLICATION: &str = "chancery";

/// What a session is told when it begins.
pub(crate) struct Started {
    pub(crate) facts: ServerFacts,
    /// The server's process for the session.
    pub(crate) pid: i32,
}

pub(crate) enum StartError {
    Query(sqlx::Error),
    Refused(String),
}

impl From<sqlx::Error> for StartError {
    fn from(error: sqlx::Error) -> Self {
        Self::Query(error)
    }
}

/// Pins the session's settings and returns the facts of the server.
///
/// Its identity is the system identifier, which a physical copy shares, with the number of the database, which a
/// dump that is restored into another database does not.
///
/// The search path is what the connection names, else what the role has, with `pg_temp` last: nothing temporary then
/// stands for a table or type of the same name, and what we probe with temporary tables prints as it does for real
/// ones.
pub(crate) async fn start(connection: &mut PgConnection, target: &Target) -> Result<Started, StartError> {
    let query = "SELECT current_setting('server_version_num')::int4 AS version, \
                        pg_catalog.pg_backend_pid() AS pid, \
                        pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') AS known, \
                        current_database()::text AS database, \
                        pg_catalog.pg_is_in_recovery() \
                          OR current_setting('default_transaction_read_only') = 'on' AS read_only, \
                        CASE WHEN cardinality($1::text[]) = 0 THEN pg_catalog.current_schemas(false)::text[] \
                             ELSE ARRAY(SELECT named FROM unnest($1::text[]) AS named \
                                         WHERE EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = named)) \
                        END AS path";
    let row = sqlx::query(query)
        .bind(&target.search_path)
        .fetch_one(&mut *connection)
        .await?;
    let path: Vec<String> = row.try_get("path")?;
    if let Some(first) = target.search_path.first().filter(|first| !path.contains(first)) {
        let database: String = row.try_get("database")?;
        let reason =
            format!("there is no schema `{first}` in database `{database}`; create it, or name another");
        return Err(StartError::Refused(reason));
    }
    let version: i32 = row.try_get("version")?;
    let version = u32::try_from(version).unwrap_or_default();
    let (major, minor) = (version / 10_000, version % 10_000);
    if major < version::OLDEST {
        let oldest = version::OLDEST;
        return Err(StartError::Refused(format!(
            "it is Postgres {major}, and {oldest} is the oldest that is served"
        )));
    }
    let mut entries: Vec<String> = path.iter().map(|schema| quote::identifier(schema)).collect();
    entries.push("pg_temp".to_owned());
    let pins = "SELECT set_config('search_path', $1, false), \
                       set_config('DateStyle', 'ISO, YMD', false), \
                       set_config('IntervalStyle', 'postgres', false), \
                       set_config('TimeZone', 'UTC', false), \
                       set_config('bytea_output', 'hex', false), \
                       set_config('standard_conforming_strings', 'on', false), \
                       set_config('client_min_messages', 'warning', false), \
                       set_config('idle_in_transaction_session_timeout', '600000', false)";
    sqlx::query(pins)
        .bind(entries.join(", "))
        .execute(&mut *connection)
        .await?;
    // A function that one may not execute is refused even where it is not called, so it has its own question.
    let identity = if row.try_get("known")? {
        let query = "SELECT s.system_identifier::text || '/' || d.oid::text AS identity \
                       FROM pg_catalog.pg_control_system() s, pg_catalog.pg_database d \
                      WHERE d.datname = pg_catalog.current_database()";
        let known = sqlx::query(query).fetch_one(&mut *connection).await?;
        Some(known.try_get("identity")?)
    } else {
        None
    };
    let facts = ServerFacts {
        kind: EngineKind::Postgres,
        flavour: "postgres".to_owned(),
        version: vec![major, minor],
        default_schema: path.into_iter().next(),
        read_only: row.try_get("read_only")?,
        identity,
        default_collation: None,
        folds_table_names: false,
    };
    let pid = row.try_get("pid")?;
    Ok(Started { facts, pid })
}
