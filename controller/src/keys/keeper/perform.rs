//! What is due: looking, storing again, and making keys.

use std::time::Duration;

use kube::ResourceExt;
use sealing::KeyRing;
use tokio::time::Instant;

use super::Keeper;
use crate::error::Error;
use crate::keys::decide::{Due, Observed};
use crate::keys::making::{Made, Maker};
use crate::keys::notice::Notice;
use crate::keys::store;

impl Keeper {
    /// Does what is due, and notes how it went.
    pub(super) async fn perform(&mut self, due: Due) {
        let done = match due {
            Due::Legacy => self.look_at_legacy().await,
            Due::Keep => self.keep().await,
            Due::Obey => self.obey().await,
            Due::Fill => self.fill().await,
            Due::Generate => self.generate().await,
        };
        match done {
            Ok(true) => self.tries.done(due),
            // The watch brings what was faster; until then there is nothing to hurry for.
            Ok(false) => self.tries.failed(due, Instant::now()),
            Err(error) => {
                tracing::warn!(reason = error.reason(), "{error}");
                self.tries.failed(due, Instant::now());
                if matches!(due, Due::Obey | Due::Fill | Due::Generate) {
                    tracing::error!("no sealing key could be made; it is tried again");
                    self.publish.send_modify(|keys| keys.failed += 1);
                }
            }
        }
        self.show();
    }

    /// Looks at the Secret that is named like the prefix: a key of upstream's first versions has no label by which the
    /// watch would tell of it. Until that worked no key may be made, since this one may be all there is.
    async fn look_at_legacy(&mut self) -> Result<bool, Error> {
        let name = self.store.args.key_prefix.clone();
        if let Some(secret) = self.store.read(&name).await? {
            self.take(&secret).await;
        } else {
            self.requests.remove(&name);
            self.holdings.gone(&name).iter().for_each(Notice::log);
        }
        self.legacy = false;
        self.show();
        self.publish
            .send_if_modified(|keys| !std::mem::replace(&mut keys.synced, true));
        Ok(true)
    }

    async fn keep(&mut self) -> Result<bool, Error> {
        let mut all = true;
        for unkept in self.holdings.unkept() {
            let fingerprint = unkept.pair.fingerprint().clone();
            let stored = match self.store.keep(&unkept).await {
                Ok(stored) => stored,
                Err(error) => {
                    let (secret, reason) = (&unkept.from, error.reason());
                    tracing::error!(secret, %fingerprint, reason, "sealing key cannot be stored again: {error}");
                    all = false;
                    continue;
                }
            };
            self.written(&stored).await;
            let name = stored.name_any();
            let waits = self.holdings.unkept();
            if waits
                .iter()
                .any(|unkept| *unkept.pair.fingerprint() == fingerprint)
            {
                let note = format!(
                    "the name is needed for {fingerprint} of Secret {}: rename this one",
                    unkept.from
                );
                tracing::error!(secret = name, %fingerprint, "sealing key cannot be stored again: {note}");
                self.report(&stored, "SealingKeyNotKept", &note).await;
                all = false;
            } else {
                tracing::info!(secret = name, from = unkept.from, %fingerprint, "sealing key stored again");
            }
        }
        Ok(all)
    }

    async fn fill(&mut self) -> Result<bool, Error> {
        let (ring, leader) = (self.holdings.ring(), self.leader.clone());
        let made = self.store.fill(&self.maker(&ring, &|| *leader.borrow())).await?;
        Ok(self.made(made).await)
    }

    async fn generate(&mut self) -> Result<bool, Error> {
        let (ring, leader, habit) = (self.holdings.ring(), self.leader.clone(), self.habit);
        let is_due = |newest, now| habit.next(newest, now) == Some(Duration::ZERO);
        let made = self
            .store
            .make(&self.maker(&ring, &|| *leader.borrow()), is_due)
            .await?;
        Ok(self.made(made).await)
    }

    /// Makes the key that a signal asked for. Who doesn't lead asks the leader, so that all keys are made in one place.
    async fn obey(&mut self) -> Result<bool, Error> {
        if *self.leader.borrow() {
            let ring = self.holdings.ring();
            let made = self.store.make(&self.maker(&ring, &|| true), |_, _| true).await?;
            // Where another key appeared meanwhile, that one is newer than the signal.
            self.made(made).await;
        } else {
            let request = self.store.ask().await?;
            tracing::info!(
                secret = request.name_any(),
                "the leader is asked for a new sealing key"
            );
        }
        self.signalled = false;
        Ok(true)
    }

    fn maker<'a>(&'a self, ring: &'a KeyRing, may: &'a (dyn Fn() -> bool + Sync)) -> Maker<'a> {
        Maker {
            cpu: &self.context.cpu,
            clock: self.context.clock,
            ring,
            may,
        }
    }

    /// Says it when nothing can be sealed or opened, and nothing will be done about that.
    pub(super) fn complain(&mut self, observed: &Observed) {
        let bare = observed.synced && observed.newest.is_none() && observed.requests == 0;
        let nothing = bare && !self.habit.unasked;
        if nothing && !self.complained {
            tracing::error!(
                namespace = self.store.namespace,
                "there is no sealing key, and --generate-keys=false: store one, or ask for one with `chancery keys rotate`"
            );
        }
        self.complained = nothing;
    }

    async fn made(&mut self, made: Made) -> bool {
        let Made::Stored(secret) = made else { return false };
        let certificate = store::certificate(&secret).unwrap_or_default();
        tracing::info!(
            secret = secret.name_any(),
            "new sealing key stored; its certificate is\n{certificate}"
        );
        self.written(&secret).await;
        true
    }
}
