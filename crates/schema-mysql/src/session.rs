//! One connection to one database. All SQL that is not fixed text passes through here.

use std::time::Duration;

use async_trait::async_trait;
use schema::ServerFacts;
use schema::desired::Desired;
use schema::engine::{OpeningWatcher, Resolution, Session, SessionError, Timeouts};
use schema::ir::{Schema, TableName};
use schema::journal::{Journal, Owner, RunRecord, StepRecord};
use sqlx::mysql::{MySqlArguments, MySqlConnection, MySqlRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, MySql, Row};

use crate::catalog::{self, ReadError};
use crate::render::quote;
use crate::target::Target;
use crate::{error, journal, lock, open, resolve, version, watch};

/// How often a catalog that changes while it is read is read again.
const READINGS: u32 = 5;

/// The timeouts of everything that is not a step: reading the catalog, probing, the journal.
pub(crate) const OWN: Timeouts = Timeouts {
    lock_ms: 5_000,
    statement_ms: 120_000,
};

/// The longest time that the server waits for a lock, a year: what stands for "for ever".
const LONGEST_SECONDS: u64 = 31_536_000;

/// A session with pinned settings, so that the server prints everything in one way.
pub(crate) struct MysqlSession {
    pub(crate) connection: MySqlConnection,
    pub(crate) facts: ServerFacts,
    pub(crate) has_journal: bool,
    /// Whether the server gives a `timestamp NOT NULL` a default that no one declared.
    pub(crate) implicit_timestamps: bool,
    /// The name of the database, as the server has it.
    database: String,
    target: Target,
    /// The number of the connection.
    id: u64,
    /// The name of the migration lock.
    lock: String,
    server: String,
    label: String,
    in_transaction: bool,
    /// What the server's timeouts are set to, as far as it is known.
    timeouts: Option<Timeouts>,
}

/// Connects, and leaves the settings of the session as they are.
pub(crate) async fn connect(target: &Target) -> Result<MySqlConnection, SessionError> {
    let server = target.server();
    let options = target
        .options
        .clone()
        .charset("utf8mb4")
        // The session pins its own mode; these two would add to the server's.
        .pipes_as_concat(false)
        .no_engine_substitution(false)
        // Closing a statement has no reply, and what follows it waits 40 ms for an acknowledgement on Linux, since
        // sqlx lets TCP collect small writes: statements stay open for as long as a plan's are likely to be.
        .statement_cache_capacity(512)
        .disable_statement_logging();
    let connecting = tokio::time::timeout(target.connect_timeout, options.connect());
    let Ok(connected) = connecting.await else {
        let reason = format!("no answer within {} s", target.connect_timeout.as_secs());
        return Err(SessionError::Connect { server, reason });
    };
    connected.map_err(|error| refused(target, &error))
}

fn refused(target: &Target, error: &sqlx::Error) -> SessionError {
    let options = &target.options;
    let database = options.get_database().unwrap_or_default();
    error::connect(&target.server(), database, options.get_username(), error)
}

impl MysqlSession {
    /// Connects, pins the settings and reads the facts.
    pub(crate) async fn connect(target: &Target) -> Result<Self, SessionError> {
        let mut connection = connect(target).await?;
        let started = open::start(&mut connection)
            .await
            .map_err(|problem| match problem {
                open::StartError::Query(error) => refused(target, &error),
                open::StartError::Refused(reason) => SessionError::Connect {
                    server: target.server(),
                    reason,
                },
            })?;
        Ok(Self {
            connection,
            lock: lock::name(&started.database, started.facts.folds_table_names),
            facts: started.facts,
            has_journal: false,
            implicit_timestamps: started.implicit_timestamps,
            database: started.database,
            id: started.id,
            server: target.server(),
            label: target.to_string(),
            target: target.clone(),
            in_transaction: false,
            timeouts: None,
        })
    }

    /// Sets the timeouts of the session. The server counts locks in seconds, so they are rounded up. A deadline for
    /// statements of any kind is MariaDB's alone; MySQL has one for SELECT, which is pinned when the session starts.
    pub(crate) async fn set_timeouts(&mut self, timeouts: Timeouts) -> Result<(), SessionError> {
        if self.timeouts == Some(timeouts) {
            return Ok(());
        }
        let lock = match timeouts.lock_ms {
            0 => LONGEST_SECONDS,
            lock_ms => lock_ms.div_ceil(1000).min(LONGEST_SECONDS),
        };
        let mut sql =
            format!("SET SESSION lock_wait_timeout = {lock}, SESSION innodb_lock_wait_timeout = {lock}");
        if version::is_mariadb(&self.facts) {
            let statement = timeouts.statement_ms.div_ceil(1000).min(LONGEST_SECONDS);
            sql = format!("{sql}, SESSION max_statement_time = {statement}");
        }
        assembled(&sql)
            .execute(&mut self.connection)
            .await
            .map_err(|error| error::statement("setting timeouts", &error, Duration::ZERO, None))?;
        self.timeouts = Some(timeouts);
        Ok(())
    }

    /// Runs a fixed or assembled statement of our own and returns its rows.
    pub(crate) async fn own(
        &mut self,
        doing: &str,
        query: Query<'_, MySql, MySqlArguments>,
    ) -> Result<Vec<MySqlRow>, SessionError> {
        self.set_timeouts(OWN).await?;
        let outcome = query.fetch_all(&mut self.connection).await;
        outcome.map_err(|error| error::statement(doing, &error, Duration::from_millis(OWN.lock_ms), None))
    }

    /// Runs a statement that the server can't prepare: a transaction's frame.
    async fn control(&mut self, sql: &'static str, doing: &str) -> Result<(), SessionError> {
        let outcome = sqlx::raw_sql(sql).execute(&mut self.connection).await;
        outcome
            .map(|_| ())
            .map_err(|error| error::statement(doing, &error, Duration::ZERO, None))
    }
}

/// Returns a query of assembled text. Every text that comes here is built from quoted names, from literals and from
/// expressions that the lexer has seen to be one; it is prepared, never sent as text, so that the server itself refuses
/// a second statement in it, although sqlx tells it that the client could send several.
pub(crate) fn assembled<'q>(sql: &str) -> Query<'q, MySql, MySqlArguments> {
    sqlx::query(AssertSqlSafe(sql))
}

/// Returns the text that `SHOW CREATE` gives of a table or view.
///
/// It goes as text, which is safe because nothing but a quoted name is in it: a prepared statement for each of a
/// thousand tables would mean to close as many, and each close costs 40 ms.
pub(crate) async fn show_create(
    connection: &mut MySqlConnection,
    kind: &'static str,
    name: &str,
) -> Result<String, sqlx::Error> {
    let sql = format!("SHOW CREATE {kind} {}", quote::identifier(name));
    let row = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_one(connection).await?;
    row.try_get_unchecked(1)
}

#[async_trait]
impl Session for MysqlSession {
    fn facts(&self) -> &ServerFacts {
        &self.facts
    }

    fn label(&self) -> &str {
        &self.label
    }

    async fn inspect(&mut self, tables: &[TableName]) -> Result<Schema, SessionError> {
        self.set_timeouts(OWN).await?;
        let doing = "reading the catalog";
        for _ in 0..READINGS {
            match catalog::read(&mut self.connection, &self.facts, &self.database, tables).await {
                Ok(schema) => return Ok(schema),
                Err(ReadError::Moved) => {}
                Err(ReadError::NoTable(reason)) => {
                    let reason = format!("{reason}; name the table otherwise, or drop that first");
                    return Err(SessionError::Catalog {
                        server: self.server.clone(),
                        reason,
                    });
                }
                Err(ReadError::Query(error)) => {
                    let holder = if error::is_lock_timeout(&error) {
                        let names: Vec<String> = tables.iter().map(quote::table).collect();
                        watch::holder(&mut self.connection, &names.join(" ")).await
                    } else {
                        None
                    };
                    let waited = Duration::from_millis(OWN.lock_ms);
                    return Err(error::statement(doing, &error, waited, holder));
                }
            }
        }
        let reason =
            format!("the tables changed during each of {READINGS} readings; try again when it is quiet");
        Err(SessionError::Statement {
            doing: doing.to_owned(),
            reason,
            transient: true,
        })
    }

    async fn resolve(&mut self, desired: &mut Desired, live: &Schema) -> Result<Resolution, SessionError> {
        resolve::resolve(self, desired, live).await
    }

    async fn lock(&mut self, wait: Duration) -> Result<(), SessionError> {
        self.set_timeouts(OWN).await?;
        lock::take(&mut self.connection, &self.lock, wait).await
    }

    async fn prove_lock(&mut self, epoch: u64) -> Result<(), SessionError> {
        lock::prove(&mut self.connection, &self.lock).await?;
        journal::prove_epoch(self, epoch).await
    }

    async fn unlock(&mut self) -> Result<(), SessionError> {
        lock::give_back(&mut self.connection).await
    }

    /// Begins a transaction. A statement that changes a definition ends it (MySQL, "Statements That Cause an Implicit
    /// Commit"), so no step of this engine asks for one.
    async fn begin(&mut self) -> Result<(), SessionError> {
        self.control("START TRANSACTION", "beginning a transaction")
            .await?;
        self.in_transaction = true;
        Ok(())
    }

    async fn commit(&mut self) -> Result<(), SessionError> {
        self.in_transaction = false;
        self.control("COMMIT", "committing").await
    }

    /// Rolls back; nothing happens when there is no transaction.
    async fn rollback(&mut self) -> Result<(), SessionError> {
        if !self.in_transaction {
            return Ok(());
        }
        self.in_transaction = false;
        self.control("ROLLBACK", "rolling back").await
    }

    async fn execute(&mut self, sql: &str, timeouts: Timeouts, doing: &str) -> Result<(), SessionError> {
        self.set_timeouts(timeouts).await?;
        let Err(failure) = assembled(sql).execute(&mut self.connection).await else {
            return Ok(());
        };
        let holder = if error::is_lock_timeout(&failure) {
            watch::holder(&mut self.connection, sql).await
        } else {
            None
        };
        Err(error::statement(
            doing,
            &failure,
            Duration::from_millis(timeouts.lock_ms),
            holder,
        ))
    }

    fn watcher(&self) -> OpeningWatcher {
        watch::watcher(&self.target, self.id, &self.facts)
    }

    async fn journal(&mut self) -> Result<Option<Journal>, SessionError> {
        journal::read(self).await
    }

    async fn open_journal(&mut self) -> Result<Journal, SessionError> {
        journal::open(self).await
    }

    async fn claim(&mut self, owner: &Owner) -> Result<(), SessionError> {
        journal::claim(self, owner).await
    }

    async fn add_run(&mut self, run: &RunRecord, steps: &[StepRecord]) -> Result<u64, SessionError> {
        journal::add_run(self, run, steps).await
    }

    async fn set_step(&mut self, run: u64, step: &StepRecord) -> Result<(), SessionError> {
        journal::set_step(self, run, step).await
    }

    async fn end_run(&mut self, run: u64, error: Option<&str>) -> Result<(), SessionError> {
        journal::end_run(self, run, error).await
    }

    async fn run_of(&mut self, hash: &str) -> Result<Option<(u64, RunRecord)>, SessionError> {
        journal::run_of(self, hash).await
    }

    async fn run_steps(&mut self, run: u64) -> Result<Vec<StepRecord>, SessionError> {
        journal::run_steps(self, run).await
    }

    async fn close(self: Box<Self>) -> Result<(), SessionError> {
        let closed = self.connection.close().await;
        closed.map_err(|error| error::statement("closing the connection", &error, Duration::ZERO, None))
    }
}
