//! A run: what was approved is applied, and the Migration tells how far it is.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use api::migration::{Migration, Phase};
use api::names;
use k8s_openapi::api::core::v1::ObjectReference;
use kube::Resource;
use kube::api::{Api, Patch, PatchParams};
use migrate::{ApplyError, ApplyOptions, Approval, PlanRequest, Stop};
use schema::engine::{Engine, Session};
use schema::journal::Owner;
use schema::plan::Policy;
use serde_json::json;
use tokio::sync::watch;
use tokio::time::sleep;

use super::context::SchemaWork;
use super::decide::{About, Announcement, Run};
use super::echoes::version;
use super::found::{Ran, RunEnd};
use super::look;
use super::observe::Observed;
use super::progress::{RunProgress, Told};
use super::scope::{Scope, slim_migration};
use crate::context::request;

/// How long to wait for another session's run.
const LOCK_WAIT: Duration = Duration::from_secs(20);
/// The shortest time between two writes of how far a run is.
const BETWEEN_WRITES: Duration = Duration::from_secs(2);

/// A run, the connection that it takes, and what it is checked against.
pub(super) struct Running<'a> {
    pub(super) scope: &'a Scope,
    pub(super) observed: &'a Observed,
    pub(super) run: &'a Run,
    pub(super) session: &'a mut dyn Session,
    pub(super) engine: &'static dyn Engine,
    pub(super) owner: &'a Owner,
    pub(super) policy: &'a Policy,
}

impl Running<'_> {
    /// Runs what was approved; returns how it ended, and whether the connection is not to be used again.
    pub(super) async fn execute(self, stop: &Stop) -> (Ran, bool) {
        let Running {
            scope,
            observed,
            run,
            session,
            engine,
            owner,
            policy,
        } = self;
        let places = look::places(observed);
        let tables = look::declared(observed, &places);
        let request = PlanRequest {
            engine,
            tables: &tables,
            policy,
        };
        let options = ApplyOptions {
            approval: Approval::Hashes(BTreeSet::from([run.hash.clone()])),
            owner: Some(owner.clone()),
            take_over: run.accept_server,
            continue_failed: run.continue_failed,
            lock_wait: LOCK_WAIT,
            retry_for: scope.context.pace.lock_retry_for,
            ..ApplyOptions::approved_by(run.approved_by.clone())
        };
        let (namespace, database) = &observed.key;
        let migration = run.migration.as_deref().unwrap_or_default();
        tracing::info!(
            namespace,
            database,
            migration,
            hash = run.hash,
            by = run.approved_by,
            "run begins"
        );
        let (mut told, state) = Told::new();
        let writer = tell(scope, observed, run, state);
        let applying = async {
            let applied = migrate::apply(session, request, &options, &mut told, stop).await;
            // The writer ends with it, after the write that is under way: a write that came later than the
            // one of the end would say that the run still goes on.
            drop(told);
            applied
        };
        let (applied, ()) = futures::join!(applying, writer);
        let end = match &applied {
            Ok(_) => RunEnd::Done,
            Err(ApplyError::NotApproved { .. }) => RunEnd::Void,
            Err(error) => RunEnd::Failed {
                reason: error.reason(),
                message: message(error),
                transient: error.is_transient(),
            },
        };
        match &end {
            RunEnd::Done => tracing::info!(namespace, database, migration, "run ended"),
            RunEnd::Void => tracing::info!(namespace, database, migration, "the plan is another one now"),
            RunEnd::Failed { reason, message, .. } => {
                tracing::warn!(namespace, database, migration, reason, "{message}");
            }
        }
        let broken = applied.is_err_and(|error| error.is_transient());
        let ran = Ran {
            hash: run.hash.clone(),
            end,
        };
        (ran, broken)
    }
}

/// Returns an error with its causes, and what to do next where that is not to try again: of a step the hint speaks of
/// the command line, and what is done in a cluster is said of the Database.
fn message(error: &ApplyError) -> String {
    let text = look::chain(error);
    match error.hint().filter(|_| !matches!(error, ApplyError::Step { .. })) {
        Some(hint) => format!("{text}; {hint}"),
        None => text,
    }
}

/// Writes how far the run is, not too often, until nothing is told any more. That a write fails is logged
/// and nothing more: the journal has the truth, and the pass writes it at the end.
async fn tell(scope: &Scope, observed: &Observed, run: &Run, mut state: watch::Receiver<RunProgress>) {
    let Some(migration) = run
        .migration
        .as_deref()
        .and_then(|name| current(scope, observed, name))
    else {
        while state.changed().await.is_ok() {}
        return;
    };
    let mut blocked = false;
    while state.changed().await.is_ok() {
        let now = state.borrow_and_update().clone();
        if now.begun {
            write(scope, &migration, &now).await;
        }
        if !blocked && !now.blocked_by.is_empty() {
            blocked = true;
            let event = Announcement {
                about: About::Database,
                warning: true,
                reason: "Blocked",
                note: format!("a step waits for {}", now.blocked_by.join(", ")),
            };
            let about: ObjectReference = migration.object_ref(&());
            scope.context.event(&about, &event).await;
        }
        // Until the next write, or until the run ended.
        let mut ended = state.clone();
        tokio::select! {
            () = sleep(BETWEEN_WRITES) => {}
            () = async { while ended.changed().await.is_ok() {} } => {}
        }
    }
}

/// Returns the Migration as our own last write left it.
fn current(scope: &Scope, observed: &Observed, name: &str) -> Option<Arc<Migration>> {
    scope.observe(&observed.key).migration(name).cloned()
}

async fn write(scope: &Scope, migration: &Arc<Migration>, now: &RunProgress) {
    let id = super::key(&migration.metadata);
    let body = json!({ "status": {
        "phase": Phase::Executing,
        "stepsDone": now.done,
        "blockedBy": if now.blocked_by.is_empty() { None } else { Some(&now.blocked_by) },
    }});
    let params = PatchParams {
        field_manager: Some(names::SCHEMA_FIELD_MANAGER.to_owned()),
        ..PatchParams::default()
    };
    let api: Api<Migration> = Api::namespaced(scope.context.client.clone(), &id.0);
    let object = format!("status of Migration {}/{}", id.0, id.1);
    let patch = Patch::Merge(body);
    match request("write", &object, api.patch_status(&id.1, &params, &patch)).await {
        Ok(mut written) => {
            SchemaWork::count(&scope.context.work.writes);
            let before = scope
                .observe(&(id.0.clone(), migration.spec.database_name.clone()))
                .migration(&id.1)
                .and_then(|known| version(&known.metadata));
            slim_migration(&mut written);
            scope.migrations.echoes.wrote(&id, before, Arc::new(written));
        }
        Err(error) if error.is_not_found() => {}
        Err(error) => tracing::warn!(namespace = id.0, name = id.1, reason = error.reason(), "{error}"),
    }
}
