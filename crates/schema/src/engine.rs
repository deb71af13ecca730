//! What an engine is: pure rules ([`Engine`]) and one connection ([`Session`]).

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use async_trait::async_trait;

use crate::change::Change;
use crate::declared::TableSpec;
use crate::desired::Desired;
use crate::facts::{EngineKind, ServerFacts};
use crate::ir::{Schema, Table, TableName, Unsupported};
use crate::journal::{Journal, Owner, RunRecord, StepRecord};
use crate::plan::{Hazard, StepDraft};

/// A declared table with the place that it was read from.
#[derive(Clone, Debug)]
pub struct DeclaredTable<'a> {
    /// The file, document and line, or the object, for errors.
    pub place: &'a str,
    /// The declaration.
    pub spec: &'a TableSpec,
}

/// A declaration that can't be lowered. All of a run are collected, so that people see them at once.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {field}: {problem}")]
pub struct LowerError {
    /// The place of the table.
    pub place: String,
    /// The path of the field, such as `spec.schema.postgres.columns[2].type`.
    pub field: String,
    /// What is wrong with it and what to write instead.
    pub problem: String,
}

/// What an engine needs to draw up the steps of a change.
#[derive(Clone, Copy, Debug)]
pub struct StepContext<'a> {
    /// The server.
    pub facts: &'a ServerFacts,
    /// The schema as it will be just before the change.
    pub before: &'a Schema,
    /// The schema that the whole plan leads to.
    pub target: &'a Schema,
    /// The live schema at the start of the plan; what is not in it is made by the plan itself and used by no one.
    pub live: &'a Schema,
}

impl StepContext<'_> {
    /// Returns whether the table exists before the plan, so that others may be using it.
    pub fn is_live(&self, table: &TableName) -> bool {
        self.live.table(table).is_some()
    }

    /// Returns the table as it will be just before the change.
    pub fn table(&self, table: &TableName) -> Option<&Table> {
        self.before.table(table)
    }
}

/// The rules of one engine. All of it is pure: no clock, no connection.
pub trait Engine: Send + Sync + fmt::Debug {
    /// Returns which engine it is.
    fn kind(&self) -> EngineKind;

    /// Returns the declared tables as the catalog would report them, expressions not settled.
    ///
    /// # Errors
    /// Every field that the engine can't take, with the place and the path of each.
    fn lower(&self, tables: &[DeclaredTable<'_>], facts: &ServerFacts) -> Result<Desired, Vec<LowerError>>;

    /// Returns the hazards of a change that lie in the change itself and not in how it is made: what is lost or
    /// converted. They decide whether it is held, before the steps are drawn up.
    fn hazards(&self, change: &Change, context: &StepContext<'_>) -> Vec<Hazard>;

    /// Returns the changes of one live table, with those merged into a [`Change::Rebuild`] that the engine can't
    /// make in place. `after` is the table with all of them made.
    fn merge(&self, before: &Table, after: &Table, changes: Vec<Change>, facts: &ServerFacts) -> Vec<Change>;

    /// Returns whether a foreign key may be made only when the table that it refers to, and a key over the columns,
    /// exist.
    fn foreign_keys_need_target(&self) -> bool;

    /// Returns whether two tables of a schema may each have an index of the same name; mostly they share their names.
    fn index_names_are_the_tables_own(&self) -> bool {
        false
    }

    /// Returns the steps of a change, in the order in which they run.
    ///
    /// # Errors
    /// [`Unsupported`] when the engine can't make this change, with the reason and what to do instead; the plan
    /// reports it and makes what does not depend on it.
    fn steps(&self, change: &Change, context: &StepContext<'_>) -> Result<Vec<StepDraft>, Unsupported>;

    /// Returns the statements that give a role the least rights that plan and apply need, each whole and without a
    /// semicolon at its end, with `--` comments in statements' place for what only a person can decide.
    ///
    /// # Errors
    /// Why the engine can't say it, and what to do instead: it has no roles, or it needs to know more.
    fn grants(&self, request: &GrantRequest<'_>) -> Result<Vec<String>, String>;
}

/// For whom the rights are that [`Engine::grants`] states. All are names as they are, not quoted.
#[derive(Clone, Copy, Debug)]
pub struct GrantRequest<'a> {
    /// The role or user.
    pub role: &'a str,
    /// From where it connects, on engines whose users have a host; any host when absent.
    pub host: Option<&'a str>,
    /// The database.
    pub database: &'a str,
    /// The schema whose tables are managed, on engines with schemas; the default one when absent.
    pub schema: Option<&'a str>,
}

/// What went wrong with a connection or a statement. No variant holds a password or a connection string.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The server could not be reached or refused the connection.
    #[error("cannot connect to {server}: {reason}")]
    Connect {
        /// Host and port, or the file.
        server: String,
        /// Why, without any secret.
        reason: String,
    },
    /// A statement failed.
    #[error("{doing}: {reason}")]
    Statement {
        /// What was being done, with the object.
        doing: String,
        /// What the server said.
        reason: String,
        /// Whether the same may work later, unchanged.
        transient: bool,
    },
    /// A lock was not to be had in time.
    #[error("{doing}: waited {waited_ms} ms for a lock{}", .holder.as_ref().map(|h| format!(" that {h} holds")).unwrap_or_default())]
    LockTimeout {
        /// What was being done, with the object.
        doing: String,
        /// How long it waited.
        waited_ms: u64,
        /// The session that holds it, where the server tells: pid, user, age of its transaction.
        holder: Option<String>,
    },
    /// The session no longer holds the migration lock, or never really did (a transaction-mode pooler).
    #[error("the session does not hold the migration lock any more: {reason}")]
    LockLost {
        /// How it was seen.
        reason: String,
    },
    /// The journal in the database is of another kind.
    #[error("the journal in the database can't be used: {reason}")]
    Journal {
        /// Why, and what to do.
        reason: String,
    },
    /// The catalog says something that Chancery can't read.
    #[error("reading the catalog of {server}: {reason}")]
    Catalog {
        /// Host and port, or the file.
        server: String,
        /// What was being read and what came.
        reason: String,
    },
}

impl SessionError {
    /// Returns that a lock was not to be had in `waited`. `doing` is what was being done, `holder` who has the lock, where
    /// the server tells.
    pub fn lock_timeout(doing: &str, waited: Duration, holder: Option<String>) -> Self {
        Self::LockTimeout {
            doing: doing.to_owned(),
            waited_ms: u64::try_from(waited.as_millis()).unwrap_or(u64::MAX),
            holder,
        }
    }

    /// Returns what is wrong with an encrypted connection, from the words of the driver. What it can't read it quotes, which
    /// may be a private key: such words are replaced.
    pub fn tls_failure(words: &str) -> String {
        if words.contains("-----") || words.contains('\n') {
            return "TLS failed: a certificate or key that was given can't be read; give it whole, in PEM"
                .to_owned();
        }
        if words.contains("HandshakeFailure") {
            return format!(
                "TLS failed: {words}: the server has no cipher in common with this client, as old builds of MySQL; use \
                 another build, or turn TLS off where the network is safe"
            );
        }
        format!("TLS failed: {words}")
    }

    /// Returns what kind of failure it is in one word, as conditions and events have it.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Connect { .. } => "Unreachable",
            Self::Statement { .. } => "StatementFailed",
            Self::LockTimeout { .. } => "LockTimeout",
            Self::LockLost { .. } => "LockLost",
            Self::Journal { .. } => "JournalUnusable",
            Self::Catalog { .. } => "CatalogUnreadable",
        }
    }

    /// Returns whether the same may work later, unchanged.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Connect { .. } | Self::LockTimeout { .. } | Self::LockLost { .. } => true,
            Self::Statement { transient, .. } => *transient,
            Self::Journal { .. } | Self::Catalog { .. } => false,
        }
    }
}

/// How long a statement may wait and run. 0 is for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timeouts {
    /// For a lock, in milliseconds.
    pub lock_ms: u64,
    /// In all, in milliseconds.
    pub statement_ms: u64,
}

/// An expression that could not be compared, and why. It is shown, and neither equal nor altered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unproven {
    /// The object whose expression it is.
    pub object: crate::ir::ObjectName,
    /// Why.
    pub reason: String,
}

/// What came of settling the expressions of the desired tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolution {
    /// What could not be compared.
    pub unproven: Vec<Unproven>,
    /// What the server refuses, with the place and the field of each: no plan is made then.
    pub errors: Vec<LowerError>,
}

/// One connection to one database.
///
/// The steps of a plan run on the session that holds the lock, and nowhere else.
#[async_trait]
pub trait Session: Send {
    /// Returns the facts of the server, read when the connection was made.
    fn facts(&self) -> &ServerFacts;

    /// Returns host, port and database, or the file: what people call the database, without any secret.
    fn label(&self) -> &str;

    /// Reads the tables of these names, those of them that exist, and what depends on them, with a number of
    /// queries that does not grow with the number of tables. Inside [`Session::begin`] it reads as of that
    /// transaction.
    async fn inspect(&mut self, tables: &[TableName]) -> Result<Schema, SessionError>;

    /// Settles the expressions of the desired tables: after it, an expression that means what the live one means
    /// has the live one's text, and any other has the text that the server would report for it.
    ///
    /// Returns what could not be settled, where the target keeps the live expression, and what the server refuses: a
    /// type that it doesn't know, a default that is no expression. Nothing is asked of the server when the texts are
    /// equal, and nothing in the database changes.
    async fn resolve(&mut self, desired: &mut Desired, live: &Schema) -> Result<Resolution, SessionError>;

    /// Takes the lock of the database's migrations, outside any transaction, and holds it until
    /// [`Session::unlock`] or the end of the session.
    ///
    /// # Errors
    /// [`SessionError::LockTimeout`], naming the holder, when another session holds it for longer than `wait`.
    async fn lock(&mut self, wait: Duration) -> Result<(), SessionError>;

    /// Proves that this very session still holds the lock and that the journal's epoch is still `epoch`.
    ///
    /// # Errors
    /// [`SessionError::LockLost`] when either is not so.
    async fn prove_lock(&mut self, epoch: u64) -> Result<(), SessionError>;

    /// Gives the lock back.
    async fn unlock(&mut self) -> Result<(), SessionError>;

    /// Begins a transaction for steps.
    async fn begin(&mut self) -> Result<(), SessionError>;

    /// Commits it. Before that, an engine that suspends checks of its own for the steps (SQLite's foreign keys)
    /// makes them.
    async fn commit(&mut self) -> Result<(), SessionError>;

    /// Rolls it back.
    async fn rollback(&mut self) -> Result<(), SessionError>;

    /// Runs one statement of a step. `doing` says what it is for, in errors.
    async fn execute(&mut self, sql: &str, timeouts: Timeouts, doing: &str) -> Result<(), SessionError>;

    /// Returns what opens a second connection that sees what this session waits for, and can cancel its statement;
    /// `None` comes of it where the engine has no such thing. It never runs a step. It holds nothing of the session, so
    /// that it can be opened while the session runs a statement, and does nothing until it is awaited.
    fn watcher(&self) -> OpeningWatcher;

    /// Reads the journal; `None` if the database has none. Makes nothing.
    async fn journal(&mut self) -> Result<Option<Journal>, SessionError>;

    /// Makes the journal if there is none, raises its epoch and returns it. Needs the lock.
    async fn open_journal(&mut self) -> Result<Journal, SessionError>;

    /// Records who owns the database's migrations, together with the identity of this server. Needs the lock and an
    /// open journal. Another owner is replaced: whether that may be is the caller's to know.
    async fn claim(&mut self, owner: &Owner) -> Result<(), SessionError>;

    /// Adds a run with all its steps, as planned, in one transaction of its own, and returns its number.
    async fn add_run(&mut self, run: &RunRecord, steps: &[StepRecord]) -> Result<u64, SessionError>;

    /// Sets the state of a step; inside [`Session::begin`] it commits together with the step.
    async fn set_step(&mut self, run: u64, step: &StepRecord) -> Result<(), SessionError>;

    /// Ends a run: with no error it is done, else it failed.
    async fn end_run(&mut self, run: u64, error: Option<&str>) -> Result<(), SessionError>;

    /// Returns the newest run of the plan with this hash, with its number; `None` if there was none, or no journal.
    /// Makes nothing.
    async fn run_of(&mut self, hash: &str) -> Result<Option<(u64, RunRecord)>, SessionError>;

    /// Returns the steps of a run in their order.
    async fn run_steps(&mut self, run: u64) -> Result<Vec<StepRecord>, SessionError>;

    /// Ends the connection in good order.
    async fn close(self: Box<Self>) -> Result<(), SessionError>;
}

/// A [`Watcher`] that is not connected yet: [`Session::watcher`].
pub type OpeningWatcher =
    Pin<Box<dyn Future<Output = Result<Option<Box<dyn Watcher>>, SessionError>> + Send>>;

/// A second connection beside a session: it sees who is in the session's way, and can end what it does.
#[async_trait]
pub trait Watcher: Send {
    /// Returns the sessions that the watched session waits for now, each as people know it: process number, user, what
    /// it does or how long its transaction is open; empty while it waits for none. What the role may not see is left
    /// out of the words, never guessed. An age is in whole minutes or coarser, so that the words of a session that stays
    /// in the way stay the same for a while; and no text of a statement is in them, which may hold values.
    async fn blockers(&mut self) -> Result<Vec<String>, SessionError>;

    /// Asks the server to cancel the statement that the watched session runs.
    async fn cancel(&mut self) -> Result<(), SessionError>;

    /// Ends the connection in good order.
    async fn close(self: Box<Self>) -> Result<(), SessionError>;
}

/// Returns an age in words that stay the same for a while, as [`Watcher::blockers`] wants them: "4 min".
pub fn age_in_words(seconds: i64) -> String {
    match seconds {
        ..60 => "less than a minute".to_owned(),
        60..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::{SessionError, age_in_words};

    #[test]
    fn an_age_has_the_unit_that_people_would_use() {
        let words = [59, 60, 7_199, 7_200, 172_799, 172_800].map(age_in_words);
        assert_eq!(
            words,
            ["less than a minute", "1 min", "119 min", "2 h", "47 h", "2 days"]
        );
    }

    #[test]
    fn what_a_driver_says_of_certificates_is_passed_on_only_where_it_quotes_none() {
        let told = SessionError::tls_failure("invalid peer certificate: UnknownIssuer");
        assert_eq!(told, "TLS failed: invalid peer certificate: UnknownIssuer");
        let hidden = SessionError::tls_failure("Invalid certificate -----BEGIN PRIVATE KEY-----canary");
        assert!(!hidden.contains("canary"), "{hidden}");
    }
}
