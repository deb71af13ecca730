//! One pass over a SealedSecret: fetch what `decide` asks for, do what it says, tell the world.

use std::cell::OnceCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use api::names;
use api::sealed_secret::{SealedSecret, SealedSecretStatus, Unsealed};
use aws_lc_rs::rand::SystemRandom;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;
use kube::api::{Api, PostParams};
use kube::runtime::controller::Action;
use manifests::digest::digest;
use manifests::unseal::{Before, Terms, World};
use sealing::Fingerprint;

use super::decide::{self, Act, Decision, Items, Live, Observed, Opened, OpenedBy, Outcome, Write};
use super::memory::Key;
use super::scope::Scope;
use super::status::{self, Failure, Report};
use super::stored::Stored;
use crate::backoff;
use crate::context::{Work, request};
use crate::error::{Class, Error};
use crate::keys::Keys;
use crate::metrics::Failed;

/// How long the templates of one object may keep a core busy. What they may do is bounded besides, so this is
/// reached on a machine that has no time for anything.
const RENDERING: Duration = Duration::from_secs(5);

/// A pass under way.
struct Pass<'a> {
    scope: &'a Scope,
    key: Key,
    keys: Keys,
    observed: Observed,
    /// resourceVersions in the caches when the pass began, for the memory of our own writes.
    cached_sealed: Option<String>,
    cached_target: Option<String>,
    /// Something about the Secret must change before more can be done.
    waits: bool,
    /// The templates did not come to their end in the time that they have.
    late: bool,
}

/// Brings the Secret of a SealedSecret in line with it.
///
/// # Errors
/// An API server that did not do as asked; status says so already, if it could be written.
pub(super) async fn reconcile(cached: Arc<Stored>, scope: Arc<Scope>) -> Result<Action, Error> {
    let begun = Instant::now();
    let key = super::key(&cached.sealed.metadata);
    scope.context.metrics.pass_begins(&key);
    let cached_sealed = cached.sealed.metadata.resource_version.clone();
    let sealed = scope.memory.newest_sealed(&key, Arc::clone(&cached.sealed));
    let sealed = scope.memory.completed(&key, &sealed);
    let (target, cached_target) = scope.memory.newest_target(&key, || scope.target(&key));
    let keys = scope.context.keys.borrow().clone();
    let digest = digest(&sealed);
    let observed = Observed {
        target,
        contested: scope
            .memory
            .contested_for(&key, (scope.context.clock)())
            .is_some(),
        hopeless: scope.memory.is_hopeless(&key, &digest, keys.version),
        adopted: scope
            .memory
            .adopted(&key, &digest, decide::is_synced_without_record(&sealed)),
        live: Live::Unread,
        items: Items::Sealed,
        malformed: cached.malformed.clone(),
        behaviour: Arc::clone(&scope.behaviour),
        sealed,
        digest,
    };
    let mut pass = Pass {
        scope: &scope,
        key,
        keys,
        observed,
        cached_sealed,
        cached_target,
        waits: false,
        late: false,
    };
    let ended = pass.run().await;
    scope.context.metrics.pass_took(begun.elapsed());
    match ended {
        // Whether the time is enough depends on what else the machine does.
        Ok(()) if pass.late => Ok(Action::requeue(pause(&scope, &pass.key))),
        Ok(()) => {
            scope.memory.succeeded(&pass.key);
            Ok(next(&scope, &pass.key, pass.waits))
        }
        Err(error) => {
            pass.report_error(&error).await;
            Err(error)
        }
    }
}

/// Returns when to look at an object again whose pass came to its end: when something wakes it. A
/// key that came while the pass was under way has woken those that had failed by then, so this one
/// is looked at once more. Where Secrets are not watched, nothing wakes what `waits` for one.
fn next(scope: &Scope, key: &Key, waits: bool) -> Action {
    let keys = scope.context.keys.borrow().version;
    if scope.memory.is_outdated(key, keys) {
        return Action::requeue(Duration::ZERO);
    }
    let pause = scope.memory.contested_for(key, (scope.context.clock)());
    let unwatched = waits && !scope.behaviour.recreates;
    let pause = pause.or_else(|| unwatched.then_some(backoff::LONGEST));
    pause.map_or_else(Action::await_change, Action::requeue)
}

/// Returns when to look at an object again whose pass failed.
pub(super) fn retry(sealed: &SealedSecret, error: &Error, scope: &Scope) -> Action {
    if error.class() == Class::Gone {
        return Action::await_change();
    }
    let key = super::key(&sealed.metadata);
    Action::requeue(pause(scope, &key).max(error.retry_after().unwrap_or_default()))
}

/// Notes one more failure, and returns how long to wait before the next try.
fn pause(scope: &Scope, key: &Key) -> Duration {
    let attempts = scope.memory.failed(key);
    backoff::delay(attempts, backoff::jitter(key, attempts))
}

impl Pass<'_> {
    async fn run(&mut self) -> Result<(), Error> {
        loop {
            match decide::decide(&self.observed) {
                Decision::Rest => return Ok(()),
                Decision::Read => self.observed.live = Live::Read(self.read().await?.map(Box::new)),
                Decision::Open => self.observed.items = self.open().await,
                Decision::Act(act) => return self.act(*act).await,
            }
        }
    }

    async fn read(&self) -> Result<Option<Secret>, Error> {
        request("read", &self.secret(), self.secrets().get_opt(&self.key.1))
            .await
            .inspect_err(|_| self.failed(Failed::Update))
    }

    /// Opens the items on the CPU pool, trying the keys first that opened them last.
    async fn open(&mut self) -> Items {
        let record = self
            .observed
            .sealed
            .status
            .as_ref()
            .and_then(|status| status.unsealed.as_ref());
        let hints: Vec<Fingerprint> = record
            .map(|record| record.keys.iter().filter_map(|key| key.parse().ok()).collect())
            .unwrap_or_default();
        let (sealed, ring) = (Arc::clone(&self.observed.sealed), Arc::clone(&self.keys.ring));
        Work::count(&self.scope.context.work.unseals);
        let live = match &self.observed.live {
            Live::Read(live) => live.clone(),
            Live::Unread => None,
        };
        let is_same_document = decide::is_of_this_document(&self.observed);
        let now = (self.scope.context.clock)();
        let late = Arc::new(AtomicBool::new(false));
        let noted = Arc::clone(&late);
        let opening = move || {
            // Opening thousands of items takes its own time; the templates' begins with the first of them.
            let begun = OnceCell::new();
            let expired = || {
                let over = begun.get_or_init(Instant::now).elapsed() > RENDERING;
                noted.fetch_or(over, Ordering::Relaxed);
                over
            };
            let random = SystemRandom::new();
            let mut terms = Terms::new(World {
                now,
                random: &random,
                expired: &expired,
            });
            terms.before = Some(Before {
                secret: live.as_deref(),
                is_same_document,
            });
            manifests::unseal::unseal(&sealed, &ring, &hints, &terms)
        };
        let opened = self.scope.context.cpu.run(opening).await;
        self.late = opened.is_err() && late.load(Ordering::Relaxed);
        match opened {
            Ok(unsealed) => Items::Opened(Box::new(Opened {
                secret: unsealed.secret,
                keys: OpenedBy::new(&unsealed.keys),
            })),
            Err(error) => Items::Failed(super::opening_failure(&error, &self.keys)),
        }
    }

    async fn act(&mut self, act: Act) -> Result<(), Error> {
        let written = self.write(act.write).await;
        let written = written.inspect_err(|_| self.failed(Failed::Update))?;
        let wrote = written.is_some();
        let target = written.or_else(|| self.observed_target());
        let record = match &act.outcome {
            Outcome::Synced { keys } => target.map(|target| self.record(keys.clone(), target)),
            _ => None,
        };
        let sealed = &self.observed.sealed;
        let report = status::report(
            sealed.status.as_ref(),
            sealed.metadata.generation,
            &act.outcome,
            record,
            wrote,
            (self.scope.context.clock)(),
        );
        self.waits = matches!(act.outcome, Outcome::Pending(_) | Outcome::Blocked(_));
        self.log(&act.outcome, wrote);
        self.count(&act.outcome);
        self.publish(report).await?;
        let is_hopeless = matches!(act.outcome, Outcome::Undecryptable(_)) && !self.late;
        let hopeless = is_hopeless.then(|| (self.observed.digest.clone(), self.keys.version));
        self.scope.memory.set_hopeless(&self.key, hopeless);
        Ok(())
    }

    /// Writes the Secret and returns its metadata, `None` when there was nothing to write.
    async fn write(&self, write: Write) -> Result<Option<ObjectMeta>, Error> {
        let params = PostParams {
            field_manager: Some(names::SECRETS_FIELD_MANAGER.to_owned()),
            ..PostParams::default()
        };
        let written = match write {
            Write::Nothing => return Ok(None),
            Write::Create(secret) => {
                request("create", &self.secret(), self.secrets().create(&params, &secret)).await?
            }
            Write::Replace(secret) => self.update(&params, &secret).await?,
            Write::Heal(secret) => {
                let written = self.update(&params, &secret).await?;
                self.scope.memory.healed(&self.key, (self.scope.context.clock)());
                written
            }
        };
        Work::count(&self.scope.context.work.secret_writes);
        self.scope
            .memory
            .wrote_target(&self.key, self.cached_target.clone(), written.metadata.clone());
        Ok(Some(written.metadata))
    }

    async fn update(&self, params: &PostParams, secret: &Secret) -> Result<Secret, Error> {
        request(
            "update",
            &self.secret(),
            self.secrets().replace(&self.key.1, params, secret),
        )
        .await
    }

    /// Writes status and publishes the event, as far as a report has them.
    async fn publish(&mut self, report: Report) -> Result<(), Error> {
        if let Some(status) = report.status {
            let written = self.write_status(status).await;
            written.inspect_err(|_| self.failed(Failed::Status))?;
        }
        if let Some(event) = report.event {
            let about = self.observed.sealed.object_ref(&());
            self.scope
                .context
                .event(&about, event.warning, event.reason, &event.note)
                .await;
        }
        Ok(())
    }

    /// Writes status, on condition that the object is the one that was looked at. One that is gone
    /// needs no status. A whole status by PUT, as upstream writes it: its roles give no right to more.
    async fn write_status(&mut self, status: SealedSecretStatus) -> Result<(), Error> {
        if !self.scope.behaviour.writes_status {
            self.scope.memory.said(&self.key, status.clone());
            Arc::make_mut(&mut self.observed.sealed).status = Some(status);
            return Ok(());
        }
        let params = PostParams {
            field_manager: Some(names::SECRETS_FIELD_MANAGER.to_owned()),
            ..PostParams::default()
        };
        let metadata = &self.observed.sealed.metadata;
        let metadata = ObjectMeta {
            name: metadata.name.clone(),
            namespace: metadata.namespace.clone(),
            uid: metadata.uid.clone(),
            resource_version: metadata.resource_version.clone(),
            ..ObjectMeta::default()
        };
        let record = status.unsealed.clone();
        let carrier = Stored::status(metadata, status);
        let object = format!("status of SealedSecret {}/{}", self.key.0, self.key.1);
        let api: Api<Stored> = Api::namespaced(self.scope.context.client.clone(), &self.key.0);
        let written = api.replace_status(&self.key.1, &params, &carrier);
        let written = match request("write", &object, written).await {
            Err(error) if error.is_not_found() => return Ok(()),
            written => written?.sealed,
        };
        Work::count(&self.scope.context.work.status_writes);
        if let Some(record) = record {
            self.scope.memory.unsealed(&self.key, record);
        }
        self.scope
            .memory
            .wrote_sealed(&self.key, self.cached_sealed.clone(), Arc::clone(&written));
        self.observed.sealed = written;
        Ok(())
    }

    /// Says in status that a pass failed and will be tried again. An API server that is away cannot
    /// be told, and is the likeliest reason to be here: that is logged and nothing more.
    async fn report_error(&mut self, error: &Error) {
        let (namespace, name) = &self.key;
        tracing::warn!(namespace, name, reason = error.reason(), "{error}");
        let sealed = &self.observed.sealed;
        let report = status::report_error(
            sealed.status.as_ref(),
            sealed.metadata.generation,
            error,
            self.scope.memory.attempts(&self.key),
            (self.scope.context.clock)(),
        );
        if let Err(error) = self.publish(report).await {
            let (namespace, name) = &self.key;
            tracing::warn!(namespace, name, reason = error.reason(), "{error}");
        }
    }

    fn record(&self, keys: OpenedBy, target: ObjectMeta) -> Unsealed {
        Unsealed {
            spec: self.observed.digest.clone(),
            keys: keys.keys,
            items: keys.items,
            secret_resource_version: target.resource_version.unwrap_or_default(),
            secret_uid: target.uid.unwrap_or_default(),
        }
    }

    fn observed_target(&self) -> Option<ObjectMeta> {
        match &self.observed.live {
            Live::Read(live) => live.as_ref().map(|live| live.metadata.clone()),
            Live::Unread => self.observed.target.clone(),
        }
    }

    fn log(&self, outcome: &Outcome, wrote: bool) {
        let (namespace, name) = &self.key;
        match outcome {
            Outcome::Synced { .. } if wrote => tracing::info!(namespace, name, "Secret written"),
            Outcome::Synced { .. } => tracing::debug!(namespace, name, "Secret is up to date"),
            Outcome::Pending(Failure { reason, message }) => {
                tracing::info!(namespace, name, reason, "{message}");
            }
            Outcome::Blocked(Failure { reason, message })
            | Outcome::Undecryptable(Failure { reason, message }) => {
                tracing::warn!(namespace, name, reason, "{message}");
            }
        }
    }

    /// Counts an outcome that is a failure, by upstream's reasons.
    fn count(&self, outcome: &Outcome) {
        match outcome {
            Outcome::Synced { .. } | Outcome::Pending(_) => {}
            Outcome::Undecryptable(_) => self.failed(Failed::Unseal),
            Outcome::Blocked(failure) if failure.reason == "Unmanaged" => self.failed(Failed::Unmanaged),
            Outcome::Blocked(_) => self.failed(Failed::Update),
        }
    }

    fn failed(&self, at: Failed) {
        self.scope.context.metrics.failed(at, &self.key.0);
    }

    fn secrets(&self) -> Api<Secret> {
        Api::namespaced(self.scope.context.client.clone(), &self.key.0)
    }

    fn secret(&self) -> String {
        format!("Secret {}/{}", self.key.0, self.key.1)
    }
}
