//! One pass over a Database: look, decide, act, and after a run look again.

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::apps::v1::StatefulSet;
use kube::api::Api;
use migrate::{DatabaseUrl, Stop};
use schema::engine::{Engine, Session};
use schema::journal::Owner;
use schema::plan::Policy;

use super::act::Act;
use super::actor::Passed;
use super::context::{SchemaContext, SchemaWork};
use super::decide::{self, Decision, Next, Run, Terms};
use super::found::{Class, Found, Ran, Refusal};
use super::look::{self, Target};
use super::observe::{Inputs, Observed};
use super::scope::Scope;
use super::{Key, connection, execute, gate};
use crate::context::request;
use crate::error::Error;

/// How long connecting may take, where the Database does not say less.
const CONNECT: Duration = Duration::from_mins(1);
/// How long the good-bye may take.
const CLOSE: Duration = Duration::from_secs(5);
/// Runs that one pass may make. There is no plan that needs more than two: what is left after a run is
/// held, or waits for an approval. A database that changes all the time is left to the next pass.
const RUNS: usize = 3;

/// A connection with the rules of its engine.
struct Connected {
    session: Box<dyn Session>,
    engine: &'static dyn Engine,
    owner: Owner,
    policy: Policy,
}

/// Makes a pass, and returns for what it was made and when to look again. It ends early when it is to stop,
/// but a run that was begun comes to an end that can be gone on from.
///
/// # Errors
/// An API server that did not do as asked.
pub(super) async fn run(scope: &Arc<Scope>, key: &Key, failures: u32, stop: &Stop) -> Result<Passed, Error> {
    let mut pass = Pass {
        scope,
        key,
        failures,
        connected: None,
        ran: None,
    };
    let passed = pass.run(stop).await;
    if let Some(connected) = pass.connected.take()
        && tokio::time::timeout(CLOSE, connected.session.close())
            .await
            .is_err()
    {
        tracing::debug!(
            namespace = key.0,
            name = key.1,
            "the database was left without a good-bye"
        );
    }
    passed
}

struct Pass<'a> {
    scope: &'a Arc<Scope>,
    key: &'a Key,
    failures: u32,
    connected: Option<Connected>,
    /// What this pass ran last.
    ran: Option<Ran>,
}

impl Pass<'_> {
    async fn run(&mut self, stop: &Stop) -> Result<Passed, Error> {
        let mut inputs = None;
        for _ in 0..=RUNS {
            let looked = tokio::select! {
                looked = self.look_and_act() => looked?,
                () = stop.requested() => return Ok(interrupted(inputs)),
            };
            let (observed, decision) = looked;
            // What came after the first look is news for the next pass.
            let first = inputs.get_or_insert_with(|| observed.inputs()).clone();
            let awaited = awaited(&observed, &decision);
            let Some(run) = decision.run else {
                return Ok(Passed {
                    inputs: first,
                    awaited,
                    next: decision.next,
                });
            };
            self.execute(&observed, &run, stop).await;
            if stop.is_requested() {
                return Ok(interrupted(inputs));
            }
        }
        Ok(Passed {
            inputs: inputs.unwrap_or_default(),
            awaited: None,
            next: Next::Retry,
        })
    }

    async fn look_and_act(&mut self) -> Result<(Observed, Decision), Error> {
        let observed = self.scope.observe(self.key);
        let permit = self.scope.context.looks.acquire().await;
        let found = self.look(&observed).await;
        drop(permit);
        let terms = Terms {
            max_attempts: self.scope.context.pace.max_attempts,
            failures: self.failures,
            now: (self.scope.context.clock)(),
        };
        log(self.key, &found);
        let mut decision = decide::decide(&observed, &found, self.ran.as_ref(), terms);
        Act::new(self.scope, &observed).act(&mut decision).await?;
        Ok((observed, decision))
    }

    /// Looks at the database, over the connection that is there.
    async fn look(&mut self, observed: &Observed) -> Found {
        let policy = match gate::policy(observed) {
            Ok(policy) => policy,
            Err(refusal) => return Found::Refused(refusal),
        };
        if let Some(connected) = &mut self.connected {
            connected.policy = policy;
        } else {
            match connect(self.scope, self.key, observed, policy).await {
                Ok(Ok(connected)) => self.connected = Some(connected),
                Ok(Err(refusal)) => return Found::Refused(refusal),
                // A right that is missing is told where people look; when the API server is away, so is
                // the place to tell it.
                Err(error) => {
                    let refusal = Refusal::new(Class::Transient, error.reason(), error.to_string());
                    return Found::Refused(refusal);
                }
            }
        }
        let (Some(connected), Some(database)) = (&mut self.connected, &observed.database) else {
            return Found::Refused(Refusal::new(
                Class::Waiting,
                "DatabaseMissing",
                "the Database is gone",
            ));
        };
        SchemaWork::count(&self.scope.context.work.plans);
        let mut target = Target {
            session: connected.session.as_mut(),
            engine: connected.engine,
            database,
            owner: &connected.owner,
            policy: &connected.policy,
        };
        let found = look::look(&mut target, observed).await;
        if let Found::Refused(refusal) = &found
            && refusal.class == Class::Transient
        {
            // Whatever is wrong with the connection, the next one is another.
            self.connected = None;
        }
        found
    }

    /// Runs, and remembers how it ended. Not to be dropped while it goes on.
    async fn execute(&mut self, observed: &Observed, run: &Run, stop: &Stop) {
        let Some(connected) = &mut self.connected else {
            return;
        };
        let permit = tokio::select! {
            permit = self.scope.context.runs.acquire() => permit,
            () = stop.requested() => return,
        };
        SchemaWork::count(&self.scope.context.work.runs);
        let running = execute::Running {
            scope: self.scope,
            observed,
            run,
            session: connected.session.as_mut(),
            engine: connected.engine,
            owner: &connected.owner,
            policy: &connected.policy,
        };
        let (ran, broken) = running.execute(stop).await;
        drop(permit);
        self.ran = Some(ran);
        if broken {
            self.connected = None;
        }
    }
}

/// Connects to the database of a Database. No reference to a session is held meanwhile: sessions are not shared
/// between threads.
async fn connect(
    scope: &Scope,
    key: &Key,
    observed: &Observed,
    policy: Policy,
) -> Result<Result<Connected, Refusal>, Error> {
    let Some(database) = &observed.database else {
        return Ok(Err(Refusal::new(
            Class::Waiting,
            "DatabaseMissing",
            "the Database is gone",
        )));
    };
    let context = &scope.context;
    let (namespace, name) = key;
    if let Some(refusal) = other_migrator(context, key).await? {
        return Ok(Err(refusal));
    }
    let owner = Owner {
        cluster: context.cluster().await?.to_owned(),
        namespace: namespace.clone(),
        name: name.clone(),
    };
    let url: DatabaseUrl = match connection::url(context, namespace, database).await? {
        Ok(url) => url,
        Err(refusal) => return Ok(Err(refusal)),
    };
    SchemaWork::count(&context.work.connections);
    let connected = if let Ok(connected) = tokio::time::timeout(CONNECT, migrate::connect(&url)).await {
        connected.map_err(|error| look::broken(&error))
    } else {
        let text = format!("cannot connect to {url}: no answer in {CONNECT:?}");
        Err(Refusal::new(Class::Transient, "Unreachable", text).connected(false))
    };
    Ok(connected.map(|(engine, session)| Connected {
        session,
        engine,
        owner,
        policy,
    }))
}

/// Returns why a database is not to be touched that SchemaHero's own workload still migrates.
async fn other_migrator(context: &SchemaContext, key: &Key) -> Result<Option<Refusal>, Error> {
    let (namespace, database) = key;
    let name = format!("{database}-controller");
    let api: Api<StatefulSet> = Api::namespaced(context.client.clone(), namespace);
    let object = format!("StatefulSet {namespace}/{name}");
    let found = request("read", &object, api.get_opt(&name)).await?;
    let replicas = found
        .and_then(|found| found.spec)
        .map_or(0, |spec| spec.replicas.unwrap_or(1));
    Ok((replicas > 0).then(|| {
        let text = format!(
            "SchemaHero's StatefulSet `{name}` migrates this database; scale it to 0 or delete it, and its manager \
             first"
        );
        Refusal::new(Class::Permanent, "OtherMigrator", text)
    }))
}

fn interrupted(inputs: Option<Inputs>) -> Passed {
    Passed {
        inputs: inputs.unwrap_or_default(),
        awaited: None,
        next: Next::Recheck,
    }
}

/// Returns the Migration that a pass leaves waiting.
fn awaited(observed: &Observed, decision: &Decision) -> Option<String> {
    let status = decision.database.as_ref().or_else(|| observed.status());
    status.and_then(|status| status.migration.clone())
}

fn log(key: &Key, found: &Found) {
    let (namespace, name) = key;
    match found {
        // A right that the installation lacks: for whoever installs, and of no use in a status only.
        Found::Refused(Refusal {
            reason: reason @ "Forbidden",
            message,
            ..
        }) => tracing::warn!(namespace, name, reason, "{message}"),
        Found::Refused(Refusal { reason, message, .. }) => {
            tracing::info!(namespace, name, reason, "{message}");
        }
        Found::Undeclarable { problems, .. } => {
            tracing::info!(
                namespace,
                name,
                problems = problems.len(),
                "Tables can't be planned"
            );
        }
        Found::Busy { why, .. } => tracing::info!(namespace, name, "{why}"),
        Found::Bare { .. } => tracing::debug!(namespace, name, "no tables are declared"),
        Found::Planned(view) if view.is_empty() => {
            tracing::debug!(namespace, name, "the database is as declared");
        }
        Found::Planned(view) => tracing::info!(
            namespace,
            name,
            hash = view.report.hash,
            steps = view.report.steps.len(),
            held = view.report.held.len(),
            "planned"
        ),
    }
}
