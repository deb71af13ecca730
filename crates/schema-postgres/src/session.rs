//! One connection to one database. All SQL that is not fixed text passes through here.

use std::time::Duration;

use async_trait::async_trait;
use schema::ServerFacts;
use schema::desired::Desired;
use schema::engine::{OpeningWatcher, Resolution, Session, SessionError, Timeouts};
use schema::ir::{Schema, TableName};
use schema::journal::{Journal, Owner, RunRecord, StepRecord};
use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Postgres};

use crate::catalog::{self, ReadError};
use crate::render::quote;
use crate::target::Target;
use crate::{error, journal, lock, open, resolve, watch};

/// How often a catalog that changes while it is read is read again.
const READINGS: u32 = 5;

/// The timeouts of everything that is not a step: reading the catalog, probing, the journal.
pub(crate) const OWN: Timeouts = Timeouts {
    lock_ms: 5_000,
    statement_ms: 120_000,
};

/// A session with pinned settings, so that the server prints everything in one way.
pub(crate) struct PostgresSession {
    pub(crate) connection: PgConnection,
    pub(crate) facts: ServerFacts,
    pub(crate) place: Option<journal::Place>,
    target: Target,
    /// The server's process.
    pid: i32,
    server: String,
    label: String,
    in_transaction: bool,
    /// What the server's timeouts are set to, as far as it is known.
    timeouts: Option<Timeouts>,
}

impl PostgresSession {
    /// Connects, pins the settings and reads the facts.
    pub(crate) async fn connect(target: &Target) -> Result<Self, SessionError> {
        let mut connection = connect(target, open::APPLICATION).await?;
        let started = open::start(&mut connection, target)
            .await
            .map_err(|problem| match problem {
                open::StartError::Query(error) => not_connected(target, &error),
                open::StartError::Refused(reason) => SessionError::Connect {
                    server: target.server(),
                    reason,
                },
            })?;
        Ok(Self {
            connection,
            facts: started.facts,
            place: None,
            target: target.clone(),
            pid: started.pid,
            server: target.server(),
            label: target.to_string(),
            in_transaction: false,
            timeouts: None,
        })
    }

    /// Sets the timeouts: for the transaction when there is one, else for the session.
    pub(crate) async fn set_timeouts(&mut self, timeouts: Timeouts) -> Result<(), SessionError> {
        if self.timeouts == Some(timeouts) {
            return Ok(());
        }
        let query = "SELECT set_config('lock_timeout', $1, $3), set_config('statement_timeout', $2, $3)";
        sqlx::query(query)
            .bind(timeouts.lock_ms.to_string())
            .bind(timeouts.statement_ms.to_string())
            .bind(self.in_transaction)
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
        query: Query<'_, Postgres, PgArguments>,
    ) -> Result<Vec<PgRow>, SessionError> {
        self.set_timeouts(OWN).await?;
        let outcome = query.fetch_all(&mut self.connection).await;
        outcome.map_err(|error| error::statement(doing, &error, Duration::from_millis(OWN.lock_ms), None))
    }

    pub(crate) fn server(&self) -> &str {
        &self.server
    }

    async fn control(&mut self, sql: &'static str, doing: &str) -> Result<(), SessionError> {
        self.timeouts = None;
        let outcome = sqlx::query(sql).execute(&mut self.connection).await;
        outcome
            .map(|_| ())
            .map_err(|error| error::statement(doing, &error, Duration::ZERO, None))
    }

    /// Rolls back what a failed statement left, so that the server can be asked who is in the way.
    async fn holder(&mut self, sql: &str) -> Option<String> {
        if self.in_transaction {
            self.rollback().await.ok()?;
        }
        lock::holder_of_relations(&mut self.connection, sql).await
    }
}

/// Connects with the settings of a target, and that name in `pg_stat_activity`.
pub(crate) async fn connect(target: &Target, application: &str) -> Result<PgConnection, SessionError> {
    let options = target
        .options
        .clone()
        .application_name(application)
        // Definitions are read once; the few catalog queries are worth keeping.
        .statement_cache_capacity(32)
        .disable_statement_logging();
    let Ok(connected) = tokio::time::timeout(target.connect_timeout, options.connect()).await else {
        let reason = format!("no answer within {} s", target.connect_timeout.as_secs());
        return Err(SessionError::Connect {
            server: target.server(),
            reason,
        });
    };
    connected.map_err(|error| not_connected(target, &error))
}

fn not_connected(target: &Target, error: &sqlx::Error) -> SessionError {
    let user = target.options.get_username();
    let database = target.options.get_database().unwrap_or(user);
    error::connect(&target.server(), database, user, error)
}

/// Returns a query of assembled text. Every text that comes here is built from quoted names, from literals and from
/// expressions that the lexer has seen to be one; it goes as one statement in one extended-protocol message, so that
/// the server itself refuses a second statement in it.
pub(crate) fn assembled<'q>(sql: &str) -> Query<'q, Postgres, PgArguments> {
    sqlx::query(AssertSqlSafe(sql)).persistent(false)
}

#[async_trait]
impl Session for PostgresSession {
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
            match catalog::read(&mut self.connection, tables, self.in_transaction).await {
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
                        self.holder(&names.join(" ")).await
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
        lock::take(&mut self.connection, wait).await
    }

    async fn prove_lock(&mut self, epoch: u64) -> Result<(), SessionError> {
        lock::prove(&mut self.connection).await?;
        journal::prove_epoch(self, epoch).await
    }

    async fn unlock(&mut self) -> Result<(), SessionError> {
        lock::give_back(&mut self.connection).await
    }

    async fn begin(&mut self) -> Result<(), SessionError> {
        self.control(
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
            "beginning a transaction",
        )
        .await?;
        self.in_transaction = true;
        Ok(())
    }

    async fn commit(&mut self) -> Result<(), SessionError> {
        if !self.in_transaction {
            let reason = "it was rolled back when a statement failed".to_owned();
            return Err(SessionError::Statement {
                doing: "committing".to_owned(),
                reason,
                transient: false,
            });
        }
        self.in_transaction = false;
        self.control("COMMIT", "committing").await
    }

    /// Rolls back; nothing happens when a failed statement did already.
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
            self.holder(sql).await
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
        watch::watcher(&self.target, self.pid)
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
