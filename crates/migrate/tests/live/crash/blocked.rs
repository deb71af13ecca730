//! Steps that wait for a transaction of someone else: killed while they do, and not in the way of others.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use migrate::{Event, Progress};
use testkit::{database_proxy, eventually};

use super::attempt::attempt;
use super::case::{Case, Victim};
use super::server::{CrashDatabase, CrashServer, Flavour};

/// What a statement of a step may take beside waiting for a lock, on a busy machine.
const SLACK: Duration = Duration::from_secs(2);

/// Kills a run in each way while a statement of it waits: on Postgres the build of an index CONCURRENTLY, for a
/// transaction that is older; on MySQL a change of a table, for a transaction that has read it.
pub(crate) async fn killed(flavour: Flavour) {
    let server = CrashServer::create(flavour).await;
    for victim in [Victim::Connection, Victim::Session, Victim::Server] {
        let outcome = killed_by(&server, flavour, victim).await;
        outcome.unwrap_or_else(|problem| panic!("{victim:?} killed: {problem}"));
    }
}

async fn killed_by(server: &CrashServer, flavour: Flavour, victim: Victim) -> Result<(), String> {
    let case = Case::prepare(server, flavour).await?;
    let database = &case.database;
    let holder = database
        .open_session(match flavour {
            // No lock, only an old snapshot: nothing but such a build waits for it.
            Flavour::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class",
            Flavour::Mysql | Flavour::Mariadb => READING,
        })
        .await;
    let proxy = database_proxy(&server.address()).await;
    let url = proxy.url(&database.url());
    let mut nobody = ();
    let first = attempt(&url, &case.specs, &case.hash, &mut nobody);
    let kill = async {
        let id = waiting(database).await;
        match victim {
            // The server doesn't see it yet: the statement goes on, and comes to its end without its client.
            Victim::Connection => drop(proxy),
            Victim::Session => end(database, &id).await,
            Victim::Server => server.kill(),
        }
        drop(holder);
    };
    let (first, ()) = tokio::join!(first, kill);
    if first.is_ok() {
        return Err("false success: the run was killed and says that it is done".to_owned());
    }
    server.start().await;
    case.check_meanwhile(false).await?;
    case.converge().await?;
    case.check_without_count().await
}

const READING: &str = "BEGIN; SELECT * FROM book LIMIT 1";

/// Returns which session of a migrator waits, once one does.
async fn waiting(database: &CrashDatabase) -> String {
    let query = match database {
        CrashDatabase::Postgres(_) => {
            "SELECT pid::text FROM pg_stat_activity WHERE datname = current_database() \
                AND application_name = 'chancery' AND wait_event_type = 'Lock'"
        }
        CrashDatabase::Mysql(_) => {
            "SELECT ID FROM information_schema.PROCESSLIST WHERE STATE LIKE 'Waiting for table metadata lock%'"
        }
    };
    eventually("a step waits for the transaction", async || {
        database.texts(query).await.into_iter().next()
    })
    .await
}

async fn end(database: &CrashDatabase, id: &str) {
    match database {
        CrashDatabase::Postgres(database) => {
            let ended = database
                .texts(&format!("SELECT pg_terminate_backend({id}, 10000)::text"))
                .await;
            assert_eq!(ended, ["true"], "the session ends");
        }
        CrashDatabase::Mysql(database) => database.execute(&format!("KILL {id}")).await,
    }
}

/// A long transaction has read a table that a step changes: the step is tried again and again, who is in the way is
/// told, and a query of an application is never behind the step for longer than the step waits for its lock.
pub(crate) async fn patient(flavour: Flavour) {
    let server = CrashServer::create(flavour).await;
    let case = Case::prepare(&server, flavour).await.expect("a plan");
    let database: &CrashDatabase = &case.database;
    if let CrashDatabase::Mysql(mysql) = database {
        // Without this right it is told only that someone is in the way.
        let user = mysql.name();
        let grant = format!("GRANT SELECT ON performance_schema.* TO '{user}'@'%'");
        mysql.execute_as_superuser(&grant).await;
    }
    let holder = database.open_session(READING).await;
    let holder_id = database
        .texts(match database {
            CrashDatabase::Postgres(_) => {
                "SELECT pid::text FROM pg_stat_activity WHERE datname = current_database() \
                    AND state = 'idle in transaction'"
            }
            CrashDatabase::Mysql(_) => {
                "SELECT ID FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID()"
            }
        })
        .await
        .concat();
    let told = Arc::new(Mutex::new(Told::default()));
    let url = database.url();
    let mut progress = Listener(Arc::clone(&told));
    let run = attempt(&url, &case.specs, &case.hash, &mut progress);
    let application = async {
        let mut longest = Duration::ZERO;
        // Twice without its lock, and once more.
        while told.lock().expect("no one panics with it").waits < 2 {
            let asked = Instant::now();
            database.texts("SELECT title FROM book WHERE id = 1").await;
            longest = longest.max(asked.elapsed());
            // Others may have the processor between two queries.
            tokio::task::yield_now().await;
        }
        drop(holder);
        longest
    };
    let (run, longest) = tokio::join!(run, application);
    run.unwrap_or_else(|error| panic!("{error}"));
    let longest_wait = case.steps.iter().map(|step| step.draft.lock_timeout_ms).max();
    let limit = Duration::from_millis(longest_wait.unwrap_or_default()) + SLACK;
    assert!(
        longest < limit,
        "a query took {longest:?}, and a step waits for at most {limit:?}"
    );
    let named = told.lock().expect("no one panics with it").named.join("\n");
    let name = format!("{holder_id} ");
    assert!(
        named.contains(&name) && named.contains(database.name()),
        "{holder_id} of the user {} is in the way, and it was told: {named}",
        database.name()
    );
}

/// What a run told.
#[derive(Default)]
struct Told {
    /// How often a step could not have its lock.
    waits: usize,
    /// Who was in the way.
    named: Vec<String>,
}

struct Listener(Arc<Mutex<Told>>);

impl Progress for Listener {
    fn event(&mut self, event: Event<'_>) {
        let mut told = self.0.lock().expect("no one panics with it");
        match event {
            Event::Waiting { reason, .. } => {
                told.waits += 1;
                told.named.push(reason.to_owned());
            }
            Event::Blocked { by, .. } => told.named.extend(by.iter().cloned()),
            _ => {}
        }
    }
}
