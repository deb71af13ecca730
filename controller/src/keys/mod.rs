//! Sealing keys: every replica holds them, the leader makes the first one.

mod decide;
mod holdings;
mod store;

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use api::names;
use futures::StreamExt;
use k8s_openapi::api::core::v1::Secret;
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Resource, ResourceExt};
use sealing::KeyRing;
use tokio::sync::watch;

use crate::args::KeyArgs;
use crate::backoff;
use crate::context::{Shared, watch_error};
use decide::{Observed, Role};
use holdings::{Holdings, Notice};
use store::{Made, Store};

/// What the rest of the controller sees of the keys.
#[derive(Clone, Default)]
pub(crate) struct Keys {
    /// All keys held.
    pub(crate) ring: Arc<KeyRing>,
    /// Changes with the ring.
    pub(crate) version: u64,
    /// The certificate to seal with, PEM.
    pub(crate) certificate: Option<Arc<str>>,
    /// The key Secrets were listed.
    pub(crate) synced: bool,
}

/// What the keeper has to do by itself.
#[derive(Clone, Copy)]
enum Due {
    Legacy,
    Generate,
}

/// The task that owns the keys.
pub(crate) struct Keeper {
    context: Shared,
    store: Store,
    holdings: Holdings,
    publish: watch::Sender<Keys>,
    leader: watch::Receiver<bool>,
    /// Names in a list that has begun.
    listing: BTreeSet<String>,
    /// A list came to its end.
    listed: bool,
    attempts: u32,
}

impl Keeper {
    /// Returns the keeper of the keys in a namespace; `publish` is where the others see them.
    pub(crate) fn new(
        context: Shared,
        namespace: &str,
        args: KeyArgs,
        publish: watch::Sender<Keys>,
        leader: watch::Receiver<bool>,
    ) -> Self {
        let store = Store {
            client: context.client.clone(),
            namespace: namespace.to_owned(),
            args,
        };
        let (holdings, listing) = (Holdings::default(), BTreeSet::new());
        Self {
            context,
            store,
            holdings,
            publish,
            leader,
            listing,
            listed: false,
            attempts: 0,
        }
    }

    /// Follows the key Secrets, and makes a key when this replica leads and there is none. Never ends.
    pub(crate) async fn run(mut self) {
        let config = watcher::Config::default().labels(names::SEALING_KEY_LABEL);
        let mut events = pin!(watcher(self.store.api(), config).default_backoff());
        let mut leader = self.leader.clone();
        loop {
            let due = self.due();
            let wait = match self.attempts {
                0 => Duration::ZERO,
                attempts => backoff::delay(attempts, backoff::jitter(&"key", attempts)),
            };
            tokio::select! {
                biased;
                event = events.next() => match event {
                    Some(Ok(event)) => self.apply(event).await,
                    Some(Err(error)) => {
                        let what = format!("key Secrets in {}", self.store.namespace);
                        tracing::warn!("{}", watch_error(&error, &what));
                    }
                    None => return,
                },
                changed = leader.changed() => if changed.is_err() { return },
                () = tokio::time::sleep(wait), if due.is_some() => match due {
                    Some(Due::Legacy) => self.legacy().await,
                    _ => self.generate().await,
                },
            }
        }
    }

    fn due(&self) -> Option<Due> {
        let (leader, synced) = (*self.leader.borrow(), self.publish.borrow().synced);
        let observed = Observed {
            leader,
            synced,
            held: self.holdings.len(),
        };
        if self.listed && !synced {
            Some(Due::Legacy)
        } else if decide::must_generate(&observed) {
            Some(Due::Generate)
        } else {
            None
        }
    }

    async fn apply(&mut self, event: Event<Secret>) {
        match event {
            Event::Init => self.listing.clear(),
            Event::InitApply(secret) => {
                self.listing.insert(secret.name_any());
                self.take(&secret).await;
            }
            Event::Apply(secret) => self.take(&secret).await,
            Event::Delete(secret) => {
                let notices = self.holdings.gone(&secret.name_any());
                self.tell(&secret, notices).await;
            }
            Event::InitDone => self.listed().await,
        }
        self.show();
    }

    /// Takes note of a key Secret as it is now.
    async fn take(&mut self, secret: &Secret) {
        let name = secret.name_any();
        let notices = match decide::role(secret.meta(), &self.store.args.key_prefix) {
            Role::Active => match store::parse(secret) {
                Ok(key) => self.holdings.stored(&name, [key]),
                Err(problem) => {
                    // One bad Secret must not take the others down; upstream's process dies of it.
                    tracing::error!(secret = name, "cannot use this key Secret: {problem}");
                    let about = secret.object_ref(&());
                    self.context
                        .event(&about, true, "InvalidSealingKey", "LoadKey", &problem)
                        .await;
                    self.holdings.gone(&name)
                }
            },
            Role::Disabled => self.holdings.disabled(&name),
            Role::Other => Vec::new(),
        };
        self.tell(secret, notices).await;
    }

    async fn listed(&mut self) {
        // The legacy key is in no list; it is looked at only at the start.
        self.listing.insert(self.store.args.key_prefix.clone());
        let notices = self.holdings.listed(&std::mem::take(&mut self.listing));
        notices.iter().for_each(log);
        self.listed = true;
        if !self.publish.borrow().synced {
            self.legacy().await;
        }
    }

    /// Looks once, at the start, for a key of upstream's first versions: no label tells the watch of
    /// it. Until that worked no key may be made, since this one may be all there is.
    async fn legacy(&mut self) {
        match self.store.legacy().await {
            Ok(secret) => {
                self.attempts = 0;
                if let Some(secret) = secret {
                    self.take(&secret).await;
                }
                self.show();
                self.publish.send_modify(|keys| keys.synced = true);
            }
            Err(error) => {
                self.attempts = self.attempts.saturating_add(1);
                tracing::warn!(reason = error.reason(), "{error}");
            }
        }
    }

    async fn tell(&self, secret: &Secret, notices: Vec<Notice>) {
        for notice in &notices {
            log(notice);
            if let Notice::Lost { fingerprint, .. } = notice {
                let note =
                    format!("{fingerprint} is no longer stored: restore it before the controller restarts");
                self.context
                    .event(&secret.object_ref(&()), true, "SealingKeyLost", "LoadKey", &note)
                    .await;
            }
        }
    }

    /// Shows the others what is held now, if it differs from what they see.
    fn show(&self) {
        let ring = self.holdings.ring();
        let certificate = self.holdings.certificate();
        self.publish.send_if_modified(|keys| {
            let fingerprints =
                |ring: &KeyRing| -> Vec<_> { ring.iter().map(|k| k.key.fingerprint().clone()).collect() };
            let same_ring = fingerprints(&keys.ring) == fingerprints(&ring);
            if same_ring && keys.certificate == certificate {
                return false;
            }
            if !same_ring {
                keys.ring = Arc::new(ring.clone());
                keys.version += 1;
            }
            keys.certificate.clone_from(&certificate);
            true
        });
    }

    async fn generate(&mut self) {
        match self.store.make(&self.context.cpu, (self.context.clock)()).await {
            Ok(Made::Stored(secret)) => {
                self.attempts = 0;
                let certificate = store::certificate(&secret).unwrap_or_default();
                tracing::info!(
                    secret = secret.name_any(),
                    "new sealing key stored; its certificate is\n{certificate}"
                );
                self.take(&secret).await;
                self.show();
            }
            // The watch brings the key that was faster; until then there is nothing to hurry for.
            Ok(Made::NotNeeded) => self.attempts = self.attempts.saturating_add(1),
            Err(error) => {
                self.attempts = self.attempts.saturating_add(1);
                tracing::warn!(reason = error.reason(), "{error}");
            }
        }
    }
}

fn log(notice: &Notice) {
    match notice {
        Notice::Added { secret, fingerprint } => tracing::info!(secret, %fingerprint, "sealing key in use"),
        Notice::Disabled { secret, fingerprint } => {
            tracing::warn!(secret, %fingerprint, "sealing key disabled by its label");
        }
        Notice::Lost { secret, fingerprint } => tracing::error!(
            secret, %fingerprint,
            "sealing key is no longer stored; it opens items until this process ends: restore its Secret before"
        ),
    }
}
