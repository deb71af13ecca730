//! One case: a fresh database, a run that is killed, and another one that brings the plan to its end.

use std::fmt;
use std::sync::Arc;

use schema::declared::TableSpec;
use schema::plan::Step;
use testkit::database_proxy::{Moment, Statement};
use testkit::{DatabaseProxy, database_proxy};
use tokio::sync::Notify;

use super::attempt::{Begun, attempt, look};
use super::boundary::{Boundary, reached};
use super::invariants::{self, Outcome, Sent};
use super::scenario;
use super::server::{CrashDatabase, CrashServer, Flavour, blocking};

/// What is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Victim {
    /// The connection, on both ends.
    Connection,
    /// The session, by the server, and then the connection.
    Session,
    /// The server.
    Server,
}

/// What is killed, and when.
#[derive(Clone, Debug)]
pub(crate) struct Kill {
    pub(crate) boundary: Boundary,
    pub(crate) moment: Moment,
    pub(crate) victim: Victim,
    /// Whether another run waits for the lock meanwhile.
    pub(crate) rival: bool,
}

impl fmt::Display for Kill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (victim, moment, boundary) = (self.victim, self.moment, &self.boundary);
        let start: String = boundary.sql.chars().take(100).collect();
        let rival = if self.rival { ", with a rival" } else { "" };
        write!(
            f,
            "{victim:?} killed {moment:?} number {} of `{start}`{rival}",
            boundary.occurrence
        )
    }
}

/// A clean run: its statements, the name of its database and the statements of its steps.
pub(crate) struct Clean {
    pub(crate) statements: Vec<Statement>,
    pub(crate) database: String,
    pub(crate) steps: Vec<String>,
}

/// Runs the plan without any kill, checks the invariants, and returns what was sent.
pub(crate) async fn clean(server: &CrashServer, flavour: Flavour) -> Result<Clean, String> {
    let case = Case::prepare(server, flavour).await?;
    case.converge().await?;
    let statements = case.proxy.statements();
    case.check(None).await?;
    let steps = case.steps.iter().flat_map(|step| step.draft.sql.clone());
    Ok(Clean {
        statements,
        database: case.database.name().to_owned(),
        steps: steps.collect(),
    })
}

/// Runs a case.
pub(crate) async fn killed(server: &Arc<CrashServer>, flavour: Flavour, kill: &Kill) -> Result<(), String> {
    let case = Case::prepare(server, flavour).await?;
    let (shared, database, victim) = (Arc::clone(server), Arc::clone(&case.database), kill.victim);
    let reached = reached(&kill.boundary, case.database.name());
    case.proxy.rule(kill.moment, reached, move |_| match victim {
        // The proxy does that.
        Victim::Connection => {}
        Victim::Session => blocking(|| database.end_session()),
        Victim::Server => shared.kill(),
    });
    if kill.rival {
        case.with_rival().await?;
    } else {
        let first = case.attempt(&mut ()).await;
        server.start().await;
        case.check_meanwhile(first.is_ok()).await?;
        case.converge().await?;
    }
    if !case.proxy.has_fired() {
        return Err("the run never came to that statement".to_owned());
    }
    // The proxy notes also what it then did not send.
    let unsent = (kill.moment == Moment::BeforeSend).then_some(kill.boundary.sql.as_str());
    case.check(unsent).await
}

/// A fresh database, and a plan for it that is approved.
pub(crate) struct Case {
    pub(crate) database: Arc<CrashDatabase>,
    proxy: DatabaseProxy,
    pub(crate) specs: Vec<TableSpec>,
    pub(crate) hash: String,
    pub(crate) steps: Vec<Step>,
    rows: Vec<Vec<String>>,
}

impl Case {
    /// Makes the database and the plan, and approves it.
    pub(crate) async fn prepare(server: &CrashServer, flavour: Flavour) -> Result<Self, String> {
        let database = server.database().await;
        scenario::prepare(&database).await;
        let specs = scenario::declared(flavour);
        let found = look(&database.url(), &specs, None).await?;
        let rows = invariants::rows(&database).await;
        // The oldest session is the one to end.
        invariants::no_session(&database).await;
        Ok(Self {
            proxy: database_proxy(&server.address()).await,
            rows,
            database: Arc::new(database),
            specs,
            hash: found.planned.plan.hash.to_string(),
            steps: found.planned.plan.steps,
        })
    }

    async fn attempt(&self, progress: &mut dyn migrate::Progress) -> Result<(), String> {
        let url = self.proxy.url(&self.database.url());
        let applied = attempt(&url, &self.specs, &self.hash, progress).await;
        applied.map(|_| ())
    }

    /// Runs what is left, under the one approval that there is.
    pub(crate) async fn converge(&self) -> Result<(), String> {
        let done = self.attempt(&mut ()).await;
        done.map_err(|error| format!("the next run: {error}"))
    }

    /// Runs the plan twice at once, the second time from when the first holds the lock, or is gone.
    async fn with_rival(&self) -> Result<(), String> {
        let begun = Arc::new(Notify::new());
        let first = async {
            // A kill is what is to be expected.
            let _ = self.attempt(&mut Begun(Arc::clone(&begun))).await;
            begun.notify_one();
        };
        let second = async {
            begun.notified().await;
            self.converge().await
        };
        tokio::join!(first, second).1
    }

    /// Checks what is told of the plan between the kill and the next run: nothing but the truth.
    pub(crate) async fn check_meanwhile(&self, said_done: bool) -> Result<(), String> {
        let found = look(&self.database.url(), &self.specs, Some(&self.hash)).await?;
        let left = found.planned.plan.steps.len();
        let recorded_done = found.run.is_some_and(|run| run.ended && run.error.is_none());
        if left > 0 && (said_done || recorded_done) {
            return Err(format!("false success: {left} steps are left"));
        }
        Ok(())
    }

    async fn check(&self, sent_again: Option<&str>) -> Result<(), String> {
        let statements = self.proxy.statements();
        invariants::check(&self.outcome(Some(Sent {
            statements: &statements,
            again: sent_again,
        })))
        .await
    }

    /// Checks what can be seen in the database alone: a run that did not go through the case's proxy was killed.
    pub(crate) async fn check_without_count(&self) -> Result<(), String> {
        invariants::check(&self.outcome(None)).await
    }

    fn outcome<'a>(&'a self, sent: Option<Sent<'a>>) -> Outcome<'a> {
        Outcome {
            database: &self.database,
            specs: &self.specs,
            hash: &self.hash,
            steps: &self.steps,
            rows: &self.rows,
            sent,
        }
    }
}
