//! The start of a session: its pinned settings, and what the server is.

use schema::{EngineKind, ServerFacts};
use sqlx::{PgConnection, Row as _};

use crate::render::quote;
use crate::target::Target;
use crate::version;

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
/// The search path is what the connection names, else what the role has, with `pg_temp` last: nothing temporary then
/// stands for a table or type of the same name, and what we probe with temporary tables prints as it does for real
/// ones.
pub(crate) async fn start(connection: &mut PgConnection, target: &Target) -> Result<ServerFacts, StartError> {
    let query = "SELECT current_setting('server_version_num')::int4 AS version, \
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
    Ok(ServerFacts {
        kind: EngineKind::Postgres,
        flavour: "postgres".to_owned(),
        version: vec![major, minor],
        default_schema: path.into_iter().next(),
        read_only: row.try_get("read_only")?,
    })
}
