//! The task that owns the keys: follows their Secrets, and does what is due.

mod perform;

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use api::names;
use futures::{StreamExt, stream};
use k8s_openapi::api::core::v1::Secret;
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Resource, ResourceExt};
use sealing::KeyRing;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::Keys;
use super::ahead::Ahead;
use super::decide::{self, Due, Habit, Observed, Role};
use super::holdings::Holdings;
use super::notice::Notice;
use super::request::{Standing, standing};
use super::store::{self, Store};
use super::tries::Tries;
use crate::args::KeyArgs;
use crate::context::{Shared, watch_error};

/// Longest time until it is asked again what is due: clocks are set, and machines sleep.
const LOOK: Duration = Duration::from_mins(10);

/// The task that owns the keys.
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that are independent of each other"
)]
pub(crate) struct Keeper {
    context: Shared,
    store: Store,
    holdings: Holdings,
    /// Requests that can be filled.
    requests: BTreeSet<String>,
    publish: watch::Sender<Keys>,
    leader: watch::Receiver<bool>,
    habit: Habit,
    /// Brings one for each signal that asks for a key.
    signals: mpsc::UnboundedReceiver<()>,
    /// A signal asked for a key, and there is none yet.
    signalled: bool,
    /// It was said that there is no key and that none will be made.
    complained: bool,
    /// Secrets of which more is known than the watch told.
    ahead: Ahead,
    /// Names in a list that has begun.
    listing: BTreeSet<String>,
    /// A list came to its end.
    listed: bool,
    /// The Secret of upstream's first kind must be looked at.
    legacy: bool,
    /// Since when a key waits to be stored under a name of its own.
    unkept: Option<Instant>,
    tries: Tries,
}

/// Which watch an event is from.
#[derive(Clone, Copy)]
enum Source {
    /// The one of Secrets with the label.
    Label,
    /// The one of the Secret that is named like the prefix: a key of upstream's first versions has no label.
    Name,
}

impl Keeper {
    /// Returns the keeper of the keys in a namespace; `publish` is where the others see them, and `signals` brings one
    /// for each signal that asks for a key.
    pub(crate) fn new(
        context: Shared,
        namespace: &str,
        args: KeyArgs,
        publish: watch::Sender<Keys>,
        leader: watch::Receiver<bool>,
        signals: mpsc::UnboundedReceiver<()>,
    ) -> Self {
        let habit = Habit {
            unasked: args.generate_keys,
            period: args.renew.period,
            cutoff: args.key_cutoff_time.0,
        };
        publish.send_modify(|keys| keys.may_generate = habit.unasked);
        let store = Store {
            client: context.client.clone(),
            namespace: namespace.to_owned(),
            args,
        };
        Self {
            context,
            store,
            holdings: Holdings::default(),
            requests: BTreeSet::new(),
            publish,
            leader,
            habit,
            signals,
            signalled: false,
            complained: false,
            ahead: Ahead::default(),
            listing: BTreeSet::new(),
            listed: false,
            legacy: false,
            unkept: None,
            tries: Tries::default(),
        }
    }

    /// Follows the key Secrets, and does what is due. Never ends.
    pub(crate) async fn run(mut self) {
        let watch = |config| watcher(self.store.api(), config).default_backoff();
        let labelled = watcher::Config::default().labels(names::SEALING_KEY_LABEL);
        let named =
            watcher::Config::default().fields(&format!("metadata.name={}", self.store.args.key_prefix));
        let mut events = pin!(stream::select(
            watch(labelled).map(|event| (Source::Label, event)),
            watch(named).map(|event| (Source::Name, event)),
        ));
        let mut leader = self.leader.clone();
        loop {
            let next = self.next();
            let wait = next.map_or(Duration::ZERO, |(_, wait)| wait);
            tokio::select! {
                biased;
                event = events.next() => match event {
                    Some((source, Ok(event))) => self.apply(source, event).await,
                    Some((_, Err(error))) => {
                        let what = format!("key Secrets in {}", self.store.namespace);
                        tracing::warn!("{}", watch_error(&error, &what));
                    }
                    None => return,
                },
                changed = leader.changed() => if changed.is_err() { return },
                Some(()) = self.signals.recv() => {
                    tracing::info!("a signal asks for a new sealing key");
                    self.signalled = true;
                }
                () = tokio::time::sleep(wait.min(LOOK)), if next.is_some() => match next {
                    Some((due, wait)) if wait <= LOOK => self.perform(due).await,
                    _ => {}
                },
            }
        }
    }

    /// Returns what to do next, and how long to wait for it.
    fn next(&mut self) -> Option<(Due, Duration)> {
        let now = Instant::now();
        if self.holdings.unkept().is_empty() {
            self.unkept = None;
        }
        let unkept = (!self.holdings.unkept().is_empty()).then(|| *self.unkept.get_or_insert(now));
        let synced = self.publish.borrow().synced;
        let observed = Observed {
            leader: *self.leader.borrow(),
            legacy: self.listed && (self.legacy || !synced),
            synced,
            newest: self.holdings.newest(),
            now: (self.context.clock)(),
            signalled: self.signalled,
            requests: self.requests.len(),
            unkept: unkept.map(|since| now.saturating_duration_since(since)),
        };
        self.complain(&observed);
        self.tries.next(&decide::due(&observed, &self.habit), now)
    }

    async fn apply(&mut self, source: Source, event: Event<Secret>) {
        match (source, event) {
            // What it is now is asked for: of two watches one may be behind.
            (Source::Name, Event::Init | Event::InitApply(_)) => {}
            (Source::Name, _) => self.legacy = true,
            (Source::Label, Event::Init) => self.listing.clear(),
            (Source::Label, Event::InitApply(secret)) => {
                self.listing.insert(secret.name_any());
                self.told(&secret).await;
            }
            (Source::Label, Event::Apply(secret)) => self.told(&secret).await,
            (Source::Label, Event::Delete(secret)) if self.is_legacy(&secret) => self.legacy = true,
            (Source::Label, Event::Delete(secret)) if self.ahead.is_past(&secret) => {}
            (Source::Label, Event::Delete(secret)) => {
                self.requests.remove(&secret.name_any());
                let notices = self.holdings.gone(&secret.name_any());
                self.tell(&secret, notices).await;
            }
            (Source::Label, Event::InitDone) => self.listed(),
        }
        self.show();
    }

    fn is_legacy(&self, secret: &Secret) -> bool {
        secret.metadata.name.as_ref() == Some(&self.store.args.key_prefix)
    }

    /// Takes note of what the watch tells of a Secret. That may be older than what was stored meanwhile, when the event
    /// waited: a request that is filled would take its key out of use.
    async fn told(&mut self, secret: &Secret) {
        if !self.ahead.is_past(secret) {
            self.changed(secret).await;
        }
    }

    /// Takes note of a Secret that this process wrote or read itself.
    async fn written(&mut self, secret: &Secret) {
        self.ahead.know(secret);
        self.changed(secret).await;
    }

    async fn changed(&mut self, secret: &Secret) {
        if self.is_legacy(secret) {
            self.legacy = true;
        } else {
            self.take(secret).await;
        }
    }

    /// Takes note of a key Secret as it is now.
    async fn take(&mut self, secret: &Secret) {
        let name = secret.name_any();
        self.requests.remove(&name);
        let notices = match decide::role(secret.meta(), &self.store.args.key_prefix) {
            Role::Active => match store::parse(secret, self.store.args.key_order_priority) {
                Ok(pair) => self
                    .holdings
                    .stored(&name, pair, manifests::keys::is_borrowed(secret.meta())),
                Err(problem) => {
                    // One bad Secret must not take the others down; upstream's process dies of it.
                    tracing::error!(secret = name, "cannot use this key Secret: {problem}");
                    self.report(secret, "InvalidSealingKey", &problem).await;
                    self.holdings.broken(&name)
                }
            },
            Role::Requested => {
                self.asked(secret).await;
                self.holdings.disabled(&name, store::fingerprint(secret))
            }
            Role::Archived => self.holdings.archived(&name, store::fingerprint(secret).as_ref()),
            Role::Disabled => self.holdings.disabled(&name, store::fingerprint(secret)),
            Role::Other => self.holdings.gone(&name),
        };
        self.tell(secret, notices).await;
    }

    /// Takes note of a request for a key.
    async fn asked(&mut self, secret: &Secret) {
        let name = secret.name_any();
        match standing(secret) {
            Standing::Waiting => {
                self.requests.insert(name);
            }
            Standing::Leaving => {}
            Standing::Malformed(problem) => {
                tracing::error!(secret = name, "cannot fill this request for a key: {problem}");
                self.report(secret, "InvalidKeyRequest", problem).await;
            }
        }
    }

    fn listed(&mut self) {
        // That one is looked at by its name.
        self.listing.insert(self.store.args.key_prefix.clone());
        let listing = std::mem::take(&mut self.listing);
        self.requests.retain(|request| listing.contains(request));
        self.ahead.listed(&listing);
        self.holdings.listed(&listing).iter().for_each(Notice::log);
        self.listed = true;
    }

    async fn tell(&self, secret: &Secret, notices: Vec<Notice>) {
        for notice in &notices {
            notice.log();
            if let Some(words) = notice.words() {
                self.report(secret, words.reason, &words.note).await;
            }
        }
    }

    async fn report(&self, secret: &Secret, reason: &str, note: &str) {
        let about = secret.object_ref(&());
        self.context.event(&about, true, reason, note).await;
    }

    /// Shows the others what is held now, if it differs from what they see.
    fn show(&self) {
        let ring = self.holdings.ring();
        let newest = self.holdings.certificate();
        let certificate = newest.as_ref().map(|newest| Arc::from(newest.to_pem()));
        self.publish.send_if_modified(|keys| {
            let keys_of = |ring: &KeyRing| -> Vec<_> {
                ring.iter()
                    .map(|key| (key.key.fingerprint().clone(), key.created))
                    .collect()
            };
            let same_ring = keys_of(&keys.ring) == keys_of(&ring);
            let same_certificate = keys.certificate == certificate;
            if !same_ring {
                keys.ring = Arc::new(ring.clone());
                keys.version += 1;
            }
            if !same_certificate {
                let fingerprint = newest.as_ref().map(|newest| newest.fingerprint().as_str());
                tracing::info!(fingerprint, "certificate to seal with changed");
                keys.newest = newest.clone().map(Arc::new);
                keys.certificate.clone_from(&certificate);
            }
            !(same_ring && same_certificate)
        });
    }
}
