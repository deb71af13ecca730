//! The start of a session: its pinned settings, and what the server is.

use schema::{EngineKind, ServerFacts};
use sqlx::mysql::MySqlConnection;

use crate::catalog::cell;
use crate::session::assembled;
use crate::version;

/// The statements that give a session of another program what the SQL of a plan needs to mean what it means here: the
/// connection's character set, the mode, which decides how literals are read, the time zone, and the checks. Neither
/// `ANSI_QUOTES` nor `NO_BACKSLASH_ESCAPES` nor `PIPES_AS_CONCAT` is in the mode.
pub const SCRIPT_PINS: [&str; 4] = [
    "SET NAMES utf8mb4",
    "SET SESSION sql_mode = 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,\
     ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
    "SET SESSION time_zone = '+00:00'",
    "SET SESSION foreign_key_checks = 1",
];

pub(crate) enum StartError {
    Query(sqlx::Error),
    Refused(String),
}

impl From<sqlx::Error> for StartError {
    fn from(error: sqlx::Error) -> Self {
        Self::Query(error)
    }
}

/// What is known of a session once it has begun.
pub(crate) struct Started {
    pub(crate) facts: ServerFacts,
    /// The name of the database, as the server has it.
    pub(crate) database: String,
    /// The number of the connection, by which other sessions know it.
    pub(crate) id: u64,
    /// Whether the server gives a `timestamp NOT NULL` a default that no one declared.
    pub(crate) implicit_timestamps: bool,
}

/// Pins the session's settings and returns the facts of the server.
pub(crate) async fn start(connection: &mut MySqlConnection) -> Result<Started, StartError> {
    let query = "SELECT CONVERT(VERSION() USING utf8mb4) AS version, \
                        CONVERT(DATABASE() USING utf8mb4) AS name, \
                        CAST(CONNECTION_ID() AS SIGNED) AS id, \
                        CAST(@@lower_case_table_names AS SIGNED) AS folds, \
                        CAST(@@explicit_defaults_for_timestamp AS SIGNED) AS explicit_timestamps, \
                        CAST(@@global.read_only AS SIGNED) AS read_only, \
                        CONVERT(@@collation_database USING utf8mb4) AS collation";
    let started = sqlx::query(query).fetch_one(&mut *connection).await?;
    let text: String = cell(&started, "version")?;
    let (flavour, version) = version::parse(&text).map_err(StartError::Refused)?;
    let database: Option<String> = cell(&started, "name")?;
    let collation: Option<String> = cell(&started, "collation")?;
    let mut facts = ServerFacts {
        kind: EngineKind::Mysql,
        flavour,
        version,
        default_schema: None,
        read_only: cell::<i64>(&started, "read_only")? != 0,
        identity: None,
        default_collation: collation.map(|collation| crate::lower::charset::normalised(&collation)),
        folds_table_names: cell::<i64>(&started, "folds")? != 0,
    };
    let explicit_timestamps = cell::<i64>(&started, "explicit_timestamps")? != 0;
    let implicit_timestamps = pin(connection, &facts, explicit_timestamps).await?;
    let more = if version::is_mariadb(&facts) {
        // Not every version that is served has an identity.
        "SELECT (SELECT CONVERT(VARIABLE_VALUE USING utf8mb4) FROM information_schema.GLOBAL_VARIABLES \
                  WHERE VARIABLE_NAME = 'SERVER_UID') AS identity, CAST(@@innodb_read_only AS SIGNED) AS read_only"
    } else {
        "SELECT CONVERT(@@server_uuid USING utf8mb4) AS identity, \
                CAST(@@super_read_only OR @@innodb_read_only AS SIGNED) AS read_only"
    };
    let row = sqlx::query(more).fetch_one(&mut *connection).await?;
    facts.identity = cell(&row, "identity")?;
    facts.read_only = facts.read_only || cell::<i64>(&row, "read_only")? != 0;
    let id: i64 = cell(&started, "id")?;
    Ok(Started {
        facts,
        database: database
            .ok_or_else(|| StartError::Refused("no database is chosen; name one in the URL".to_owned()))?,
        id: u64::try_from(id).unwrap_or_default(),
        implicit_timestamps,
    })
}

/// Sets what decides how the server reads and prints texts, and how long it remembers sizes. Returns whether the server
/// still gives a `timestamp NOT NULL` a default, and an `ON UPDATE`, that no one declared.
async fn pin(
    connection: &mut MySqlConnection,
    facts: &ServerFacts,
    explicit_timestamps: bool,
) -> Result<bool, StartError> {
    for pin in SCRIPT_PINS {
        sqlx::query(pin).execute(&mut *connection).await?;
    }
    let mut settings = vec![
        "unique_checks = 1",
        "sql_safe_updates = 0",
        "sql_quote_show_create = 1",
        "default_storage_engine = InnoDB",
        "autocommit = 1",
    ];
    if !version::is_mariadb(facts) {
        settings.push("information_schema_stats_expiry = 0");
        // Of SELECT only, which is what the server has.
        settings.push("max_execution_time = 120000");
    }
    if version::hides_generated_keys(facts) {
        settings.push("show_gipk_in_create_table_and_information_schema = 0");
    }
    let settings: Vec<String> = settings
        .into_iter()
        .map(|setting| format!("SESSION {setting}"))
        .collect();
    assembled(&format!("SET {}", settings.join(", ")))
        .execute(&mut *connection)
        .await?;
    if version::is_mariadb(facts) {
        // In another format the statements on temporary tables would go to the replicas. Who may not set it can't help
        // that; there they are harmless.
        let _ = sqlx::query("SET SESSION binlog_format = ROW")
            .execute(&mut *connection)
            .await;
    }
    if explicit_timestamps {
        return Ok(false);
    }
    // MySQL lets few users set it.
    let outcome = sqlx::query("SET SESSION explicit_defaults_for_timestamp = 1")
        .execute(&mut *connection)
        .await;
    Ok(outcome.is_err())
}
