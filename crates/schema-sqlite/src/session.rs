//! One connection to one file.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use schema::ServerFacts;
use schema::desired::Desired;
use schema::engine::{OpeningWatcher, Resolution, Session, SessionError, Timeouts};
use schema::ir::{Schema, TableName};
use schema::journal::{Journal, Owner, RunRecord, StepRecord};
use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};

use crate::error::{Failure, reason, statement};
use crate::integrity::{Defects, defects};
use crate::lock::{BUSY_MS, run};
use crate::open::{open, refusal};
use crate::target::Target;
use crate::{catalog, journal, lexer, lock, resolve, watch};

/// A connection, and which transaction is open on it.
pub(crate) struct SqliteSession {
    connection: SqliteConnection,
    target: Target,
    label: String,
    facts: ServerFacts,
    /// Whether the file is not there yet; then the connection is to an empty database in memory.
    missing: bool,
    state: State,
    /// What was wrong when the steps began.
    before: Defects,
}

/// Which transaction is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// None.
    Idle,
    /// The one that is the lock ([`lock`]).
    Locked,
    /// The one of the steps: a savepoint in the lock, or on its own when nobody took the lock.
    Steps { locked: bool },
}

impl SqliteSession {
    /// Returns the session of a connection that was just opened.
    pub(crate) fn new(
        connection: SqliteConnection,
        target: &Target,
        facts: ServerFacts,
        missing: bool,
    ) -> Self {
        let (label, target) = (target.to_string(), target.clone());
        Self {
            connection,
            target,
            label,
            facts,
            missing,
            state: State::Idle,
            before: Defects::default(),
        }
    }

    async fn foreign_keys(&mut self, on: bool) -> Result<(), SessionError> {
        let sql = if on {
            "PRAGMA foreign_keys = ON"
        } else {
            "PRAGMA foreign_keys = OFF"
        };
        run(&mut self.connection, sql, "switching foreign keys").await
    }

    /// Makes the file if it is missing, so that it can be written to.
    async fn writable(&mut self) -> Result<(), SessionError> {
        let refuse = |reason: &str| SessionError::Connect {
            server: self.label.clone(),
            reason: reason.to_owned(),
        };
        let Some(path) = self.target.path() else {
            return Err(refuse(
                "a database in memory is gone when the command ends; name a file",
            ));
        };
        if self.missing {
            let connection = open(Some(path), &self.target, true).await?;
            std::mem::replace(&mut self.connection, connection)
                .close()
                .await
                .map_err(|error| refusal(&self.target, &error))?;
            self.missing = false;
        }
        Ok(())
    }

    /// Writes to the journal, in the transaction that is open or in one of its own.
    async fn begin_journal(&mut self) -> Result<(), SessionError> {
        let sql = if self.state == State::Idle {
            "BEGIN IMMEDIATE"
        } else {
            "SAVEPOINT journal"
        };
        run(&mut self.connection, sql, "writing the journal").await
    }

    async fn end_journal<T>(&mut self, result: Result<T, SessionError>) -> Result<T, SessionError> {
        let own = self.state == State::Idle;
        let sql = match (&result, own) {
            (Ok(_), true) => "COMMIT",
            (Ok(_), false) => "RELEASE journal",
            (Err(_), true) => "ROLLBACK",
            (Err(_), false) => "ROLLBACK TO journal",
        };
        let ended = run(&mut self.connection, sql, "writing the journal").await;
        // The first error is the one to tell; SQLite may have rolled back on its own.
        if result.is_ok() { ended.and(result) } else { result }
    }

    /// Ends the transaction without keeping anything; SQLite may have ended it already.
    async fn abandon(&mut self) -> Result<(), SessionError> {
        self.state = State::Idle;
        if lock::prove(&mut self.connection).await.is_ok() {
            run(&mut self.connection, "ROLLBACK", "rolling back").await?;
        }
        self.foreign_keys(true).await
    }
}

#[async_trait]
impl Session for SqliteSession {
    fn facts(&self) -> &ServerFacts {
        &self.facts
    }

    fn label(&self) -> &str {
        &self.label
    }

    async fn inspect(&mut self, tables: &[TableName]) -> Result<Schema, SessionError> {
        let doing = "reading the catalog";
        let own = self.state == State::Idle;
        if own {
            run(&mut self.connection, "BEGIN", doing).await?;
        }
        let schema = catalog::inspect(&mut self.connection, tables).await;
        if own {
            run(&mut self.connection, "COMMIT", doing).await?;
        }
        schema.map_err(|error| match Failure::of(&error) {
            Failure::Other => SessionError::Catalog {
                server: self.label.clone(),
                reason: reason(&error),
            },
            _ => statement(&error, doing, BUSY_MS),
        })
    }

    async fn resolve(&mut self, desired: &mut Desired, live: &Schema) -> Result<Resolution, SessionError> {
        resolve::settle(desired, live);
        let errors = resolve::refused(desired, live)
            .await
            .map_err(|error| statement(&error, "trying defaults", 0))?;
        Ok(Resolution {
            unproven: Vec::new(),
            errors,
        })
    }

    async fn lock(&mut self, wait: Duration) -> Result<(), SessionError> {
        if self.state != State::Idle {
            return Ok(());
        }
        self.writable().await?;
        self.foreign_keys(false).await?;
        // Where nobody can write there is nothing to lock, and any write is refused by SQLite.
        let taken = if self.facts.read_only {
            run(&mut self.connection, "BEGIN", "reading").await
        } else {
            lock::take(&mut self.connection, wait).await
        };
        match taken {
            Ok(()) => {
                self.state = State::Locked;
                Ok(())
            }
            Err(error) => {
                self.foreign_keys(true).await?;
                Err(error)
            }
        }
    }

    async fn prove_lock(&mut self, epoch: u64) -> Result<(), SessionError> {
        if !matches!(self.state, State::Locked | State::Steps { locked: true }) {
            return Err(SessionError::LockLost {
                reason: "the transaction that is the lock has ended".to_owned(),
            });
        }
        if let Err(error) = lock::prove(&mut self.connection).await {
            self.state = State::Idle;
            return Err(error);
        }
        match journal::epoch(&mut self.connection).await? {
            Some(found) if found == epoch => Ok(()),
            found => {
                let found = found.map_or_else(|| "gone".to_owned(), |found| found.to_string());
                let reason =
                    format!("another run took the lock: the journal's epoch is {found} and not {epoch}");
                Err(SessionError::LockLost { reason })
            }
        }
    }

    async fn unlock(&mut self) -> Result<(), SessionError> {
        if self.state == State::Idle {
            return Ok(());
        }
        if let Err(error) = lock::give_back(&mut self.connection).await {
            self.abandon().await?;
            return Err(error);
        }
        self.state = State::Idle;
        self.foreign_keys(true).await
    }

    async fn begin(&mut self) -> Result<(), SessionError> {
        let doing = "beginning the steps";
        match self.state {
            State::Idle => {
                self.writable().await?;
                self.foreign_keys(false).await?;
                lock::take(&mut self.connection, Duration::from_millis(BUSY_MS)).await?;
                self.state = State::Steps { locked: false };
            }
            State::Locked => {
                run(&mut self.connection, "SAVEPOINT steps", doing).await?;
                self.state = State::Steps { locked: true };
            }
            State::Steps { .. } => return Ok(()),
        }
        self.before = defects(&mut self.connection).await?;
        Ok(())
    }

    async fn commit(&mut self) -> Result<(), SessionError> {
        let State::Steps { locked } = self.state else {
            return Ok(());
        };
        let after = defects(&mut self.connection).await?;
        if let Some(reason) = after.new_since(&self.before) {
            let doing = "checking foreign keys and views before the end of the plan".to_owned();
            return Err(SessionError::Statement {
                doing,
                reason,
                transient: false,
            });
        }
        run(&mut self.connection, "COMMIT", "writing the steps to the file").await?;
        self.state = State::Idle;
        // The steps are done, whatever comes now: who gets the lock in between raises the epoch.
        if locked && lock::take(&mut self.connection, Duration::ZERO).await.is_ok() {
            self.state = State::Locked;
            return Ok(());
        }
        self.foreign_keys(true).await
    }

    async fn rollback(&mut self) -> Result<(), SessionError> {
        match self.state {
            State::Idle | State::Locked => Ok(()),
            State::Steps { locked: false } => self.abandon().await,
            State::Steps { locked: true } => {
                let doing = "rolling back the steps";
                let back = run(&mut self.connection, "ROLLBACK TO steps", doing).await;
                if back.is_ok() && run(&mut self.connection, "RELEASE steps", doing).await.is_ok() {
                    self.state = State::Locked;
                    return Ok(());
                }
                // SQLite rolled back everything on its own, and the lock is gone with it.
                self.abandon().await
            }
        }
    }

    async fn execute(&mut self, sql: &str, timeouts: Timeouts, doing: &str) -> Result<(), SessionError> {
        let refuse = |reason: String| SessionError::Statement {
            doing: doing.to_owned(),
            reason,
            transient: false,
        };
        // SQLite would run everything after a `;`; only the body of a trigger has one.
        let tokens =
            lexer::tokens(sql).map_err(|error| refuse(format!("the statement can't be read: {error}")))?;
        let trigger = tokens.first().is_some_and(|token| token.is_word("CREATE"))
            && tokens.iter().take(3).any(|token| token.is_word("TRIGGER"));
        if !trigger && tokens.iter().any(|token| token.is_symbol(";")) {
            return Err(refuse("it is more than one statement".to_owned()));
        }
        let failed = |error: &sqlx::Error| match Failure::of(error) {
            Failure::Interrupted => SessionError::Statement {
                doing: doing.to_owned(),
                reason: format!("it took longer than {} ms", timeouts.statement_ms),
                transient: true,
            },
            _ => statement(error, doing, BUSY_MS),
        };
        if timeouts.statement_ms > 0 {
            let end = Instant::now() + Duration::from_millis(timeouts.statement_ms);
            let mut handle = self
                .connection
                .lock_handle()
                .await
                .map_err(|error| failed(&error))?;
            handle.set_progress_handler(10_000, move || Instant::now() < end);
        }
        let rows = sqlx::query(AssertSqlSafe(sql))
            .persistent(false)
            .fetch_all(&mut self.connection)
            .await;
        if timeouts.statement_ms > 0 {
            self.connection
                .lock_handle()
                .await
                .map_err(|error| failed(&error))?
                .remove_progress_handler();
        }
        let rows = rows.map_err(|error| failed(&error))?;
        // Only a check gives rows in a step, and `ok` is its only good answer.
        let words = rows.iter().filter_map(|row| row.try_get::<String, _>(0).ok());
        match words
            .into_iter()
            .find(|word| word != "ok")
            .filter(|_| sql.starts_with("PRAGMA quick_check"))
        {
            Some(defect) => Err(refuse(format!("the table is not in order afterwards: {defect}"))),
            None => Ok(()),
        }
    }

    fn watcher(&self) -> OpeningWatcher {
        watch::watcher()
    }

    async fn journal(&mut self) -> Result<Option<Journal>, SessionError> {
        journal::read(&mut self.connection).await
    }

    async fn open_journal(&mut self) -> Result<Journal, SessionError> {
        self.begin_journal().await?;
        let journal = journal::open(&mut self.connection).await;
        self.end_journal(journal).await
    }

    async fn claim(&mut self, owner: &Owner) -> Result<(), SessionError> {
        journal::claim(&mut self.connection, owner).await
    }

    async fn add_run(&mut self, record: &RunRecord, steps: &[StepRecord]) -> Result<u64, SessionError> {
        self.begin_journal().await?;
        let run = journal::add_run(&mut self.connection, record, steps).await;
        self.end_journal(run).await
    }

    async fn set_step(&mut self, run: u64, step: &StepRecord) -> Result<(), SessionError> {
        journal::set_step(&mut self.connection, run, step).await
    }

    async fn end_run(&mut self, run: u64, error: Option<&str>) -> Result<(), SessionError> {
        journal::end_run(&mut self.connection, run, error).await
    }

    async fn run_of(&mut self, hash: &str) -> Result<Option<(u64, RunRecord)>, SessionError> {
        journal::run_of(&mut self.connection, hash).await
    }

    async fn run_steps(&mut self, run: u64) -> Result<Vec<StepRecord>, SessionError> {
        journal::run_steps(&mut self.connection, run).await
    }

    async fn close(mut self: Box<Self>) -> Result<(), SessionError> {
        if self.state != State::Idle {
            self.abandon().await?;
        }
        let label = self.label;
        self.connection
            .close()
            .await
            .map_err(|error| SessionError::Statement {
                doing: format!("closing {label}"),
                reason: reason(&error),
                transient: true,
            })
    }
}
