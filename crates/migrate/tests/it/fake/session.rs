//! A server in memory, and sessions with it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use schema::desired::Desired;
use schema::engine::{OpeningWatcher, Resolution, Session, SessionError, Timeouts, Watcher};
use schema::ir::{Column, Schema, Table, TableName};
use schema::journal::{Journal, Owner, RunRecord, StepRecord, StepState};
use schema::{EngineKind, ServerFacts};

use super::watcher::{FakeWatcher, Watched};

/// What goes wrong the next time that a statement runs.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// Nothing: the statement runs.
    None,
    /// It can't have its lock.
    LockTimeout,
    /// It fails for good.
    Fails,
    /// It runs, and someone else changes the table too.
    Meddled,
    /// It runs, and the session is lost before its answer comes.
    KilledAfter,
    /// The session is lost before it runs.
    KilledBefore,
    /// It runs after this time, unless it is cancelled before.
    Slow(Duration),
    /// It can't have its lock, which shows after this time.
    SlowLockTimeout(Duration),
}

/// What the server keeps.
#[derive(Clone, Debug, Default)]
pub(crate) struct Server {
    pub(crate) schema: Schema,
    pub(crate) journal: Option<Journal>,
    pub(crate) runs: Vec<(RunRecord, Vec<StepRecord>)>,
    /// Every statement that ran.
    pub(crate) log: Vec<String>,
    pub(crate) locked: bool,
}

/// A session; clones of `server` see what it does.
pub(crate) struct FakeSession {
    pub(crate) server: Arc<Mutex<Server>>,
    pub(crate) faults: VecDeque<Fault>,
    pub(crate) facts: ServerFacts,
    /// What a second connection sees; none can be made without.
    pub(crate) watched: Option<Arc<Watched>>,
    saved: Option<Server>,
    dead: bool,
}

impl FakeSession {
    pub(crate) fn new(server: &Arc<Mutex<Server>>) -> Self {
        let facts = ServerFacts {
            kind: EngineKind::Sqlite,
            flavour: "memory".into(),
            version: vec![1],
            default_schema: None,
            read_only: false,
            identity: None,
            default_collation: None,
            folds_table_names: false,
        };
        Self {
            server: Arc::clone(server),
            faults: VecDeque::new(),
            facts,
            watched: None,
            saved: None,
            dead: false,
        }
    }

    pub(crate) fn with_faults(mut self, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.faults.extend(faults);
        self
    }

    pub(crate) fn watched_by(mut self, watched: &Arc<Watched>) -> Self {
        self.watched = Some(Arc::clone(watched));
        self
    }

    fn alive(&self) -> Result<(), SessionError> {
        if self.dead { Err(lost()) } else { Ok(()) }
    }

    fn kill(&mut self) -> SessionError {
        self.dead = true;
        let mut server = self.server.lock().expect("no test panicked");
        if let Some(saved) = self.saved.take() {
            *server = saved;
        }
        server.locked = false;
        lost()
    }
}

fn lost() -> SessionError {
    SessionError::Statement {
        doing: "asking".into(),
        reason: "the connection is lost".into(),
        transient: true,
    }
}

/// Does what a statement says: `create table T(…)` gets its columns from the target that the test declared.
fn run(server: &mut Server, sql: &str) {
    let words: Vec<&str> = sql.split(' ').collect();
    match words.as_slice() {
        ["create", "table", name] => {
            let mut table = Table::new(TableName::unqualified(*name));
            table.columns.push(text("id"));
            server.schema.insert(table);
        }
        [verb, "column", path] => {
            let (table, column) = path.split_once('.').expect("a column of a table");
            let table = server
                .schema
                .tables
                .get_mut(&TableName::unqualified(table))
                .expect("the table exists");
            match *verb {
                "add" => table.columns.push(text(column)),
                _ => table.columns.retain(|old| old.name != column),
            }
        }
        other => unreachable!("no such statement: {other:?}"),
    }
}

pub(crate) fn text(name: &str) -> Column {
    Column {
        name: name.into(),
        type_: "text".into(),
        ..Column::default()
    }
}

#[async_trait]
impl Session for FakeSession {
    fn facts(&self) -> &ServerFacts {
        &self.facts
    }

    fn label(&self) -> &str {
        &self.facts.flavour
    }

    async fn inspect(&mut self, tables: &[TableName]) -> Result<Schema, SessionError> {
        self.alive()?;
        let server = self.server.lock().expect("no test panicked");
        Ok(tables
            .iter()
            .filter_map(|name| server.schema.table(name))
            .cloned()
            .collect())
    }

    async fn resolve(&mut self, _: &mut Desired, _: &Schema) -> Result<Resolution, SessionError> {
        Ok(Resolution::default())
    }

    async fn lock(&mut self, wait: Duration) -> Result<(), SessionError> {
        let mut server = self.server.lock().expect("no test panicked");
        if server.locked {
            let waited_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            let holder = Some("session 7 of alice".to_owned());
            return Err(SessionError::LockTimeout {
                doing: "taking the lock".into(),
                waited_ms,
                holder,
            });
        }
        server.locked = true;
        Ok(())
    }

    async fn prove_lock(&mut self, epoch: u64) -> Result<(), SessionError> {
        self.alive()?;
        let server = self.server.lock().expect("no test panicked");
        let now = server.journal.as_ref().map(|journal| journal.epoch);
        if server.locked && now == Some(epoch) {
            return Ok(());
        }
        Err(SessionError::LockLost {
            reason: format!("the epoch is {now:?}"),
        })
    }

    async fn unlock(&mut self) -> Result<(), SessionError> {
        self.alive()?;
        self.server.lock().expect("no test panicked").locked = false;
        Ok(())
    }

    async fn begin(&mut self) -> Result<(), SessionError> {
        self.alive()?;
        self.saved = Some(self.server.lock().expect("no test panicked").clone());
        Ok(())
    }

    async fn commit(&mut self) -> Result<(), SessionError> {
        self.alive()?;
        self.saved = None;
        Ok(())
    }

    async fn rollback(&mut self) -> Result<(), SessionError> {
        self.alive()?;
        if let Some(saved) = self.saved.take() {
            *self.server.lock().expect("no test panicked") = saved;
        }
        Ok(())
    }

    async fn execute(&mut self, sql: &str, _: Timeouts, doing: &str) -> Result<(), SessionError> {
        self.alive()?;
        let fault = self.faults.pop_front().unwrap_or(Fault::None);
        let doing = doing.to_owned();
        if let Fault::SlowLockTimeout(time) = fault {
            tokio::time::sleep(time).await;
        }
        match fault {
            Fault::LockTimeout | Fault::SlowLockTimeout(_) => {
                return Err(SessionError::LockTimeout {
                    doing,
                    waited_ms: 100,
                    holder: Some("pid 42".into()),
                });
            }
            Fault::Fails => {
                return Err(SessionError::Statement {
                    doing,
                    reason: "no".into(),
                    transient: false,
                });
            }
            Fault::KilledBefore => return Err(self.kill()),
            Fault::Slow(time) => {
                let cancelled = async {
                    match &self.watched {
                        Some(watched) => watched.cancelled.notified().await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    () = tokio::time::sleep(time) => {}
                    () = cancelled => {
                        return Err(SessionError::Statement {
                            doing,
                            reason: "it was cancelled".into(),
                            transient: true,
                        });
                    }
                }
            }
            Fault::None | Fault::Meddled | Fault::KilledAfter => {}
        }
        let mut server = self.server.lock().expect("no test panicked");
        run(&mut server, sql);
        server.log.push(sql.to_owned());
        if let Fault::Meddled = fault {
            for table in server.schema.tables.values_mut() {
                table.columns.push(text("meddled"));
            }
        }
        drop(server);
        if let Fault::KilledAfter = fault {
            Err(self.kill())
        } else {
            Ok(())
        }
    }

    fn watcher(&self) -> OpeningWatcher {
        let watched = self.watched.clone();
        Box::pin(async move {
            Ok(watched.map(|watched| {
                watched.connections.lock().expect("no test panicked").0 += 1;
                Box::new(FakeWatcher(watched)) as Box<dyn Watcher>
            }))
        })
    }

    async fn journal(&mut self) -> Result<Option<Journal>, SessionError> {
        self.alive()?;
        let server = self.server.lock().expect("no test panicked");
        let Some(mut journal) = server.journal.clone() else {
            return Ok(None);
        };
        journal.last_run = server.runs.len() as u64;
        journal.last = server.runs.last().map(|(run, _)| run.clone());
        Ok(Some(journal))
    }

    async fn open_journal(&mut self) -> Result<Journal, SessionError> {
        self.alive()?;
        self.server
            .lock()
            .expect("no test panicked")
            .journal
            .get_or_insert_default()
            .epoch += 1;
        Ok(self.journal().await?.expect("it was just made"))
    }

    async fn claim(&mut self, owner: &Owner) -> Result<(), SessionError> {
        self.alive()?;
        let mut server = self.server.lock().expect("no test panicked");
        let journal = server.journal.as_mut().expect("the journal is open");
        journal.owner = Some(owner.clone());
        journal.server.clone_from(&self.facts.identity);
        Ok(())
    }

    async fn add_run(&mut self, run: &RunRecord, steps: &[StepRecord]) -> Result<u64, SessionError> {
        self.alive()?;
        let mut server = self.server.lock().expect("no test panicked");
        server.runs.push((run.clone(), steps.to_vec()));
        Ok(server.runs.len() as u64)
    }

    async fn set_step(&mut self, run: u64, step: &StepRecord) -> Result<(), SessionError> {
        self.alive()?;
        let mut server = self.server.lock().expect("no test panicked");
        let at = usize::try_from(run).expect("few runs") - 1;
        let old = server.runs[at]
            .1
            .iter_mut()
            .find(|old| old.number == step.number)
            .expect("the step is there");
        assert!(
            old.state != StepState::Done || step.state == StepState::Done,
            "a done step is never undone"
        );
        *old = step.clone();
        Ok(())
    }

    async fn end_run(&mut self, run: u64, error: Option<&str>) -> Result<(), SessionError> {
        self.alive()?;
        let mut server = self.server.lock().expect("no test panicked");
        let record = &mut server.runs[usize::try_from(run).expect("few runs") - 1].0;
        record.ended = true;
        record.error = error.map(str::to_owned);
        Ok(())
    }

    async fn run_of(&mut self, hash: &str) -> Result<Option<(u64, RunRecord)>, SessionError> {
        self.alive()?;
        let server = self.server.lock().expect("no test panicked");
        let found = server.runs.iter().rposition(|(run, _)| run.hash == hash);
        Ok(found.map(|at| (at as u64 + 1, server.runs[at].0.clone())))
    }

    async fn run_steps(&mut self, run: u64) -> Result<Vec<StepRecord>, SessionError> {
        self.alive()?;
        Ok(
            self.server.lock().expect("no test panicked").runs[usize::try_from(run).expect("few runs") - 1]
                .1
                .clone(),
        )
    }

    async fn close(self: Box<Self>) -> Result<(), SessionError> {
        Ok(())
    }
}
