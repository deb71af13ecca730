//! Making sealing keys: unasked, for a request, for a signal.

use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::ResourceExt;
use kube::api::ListParams;
use manifests::keys::{KeySecretName, key_secret};
use sealing::{KeyOptions, KeyPair, KeyRing};

use super::decide::{self, Role};
use super::request::{answered, filled, waiting};
use super::store::{self, CERTIFICATE, PRIVATE_KEY, Store};
use crate::args::KeyArgs;
use crate::context::{Clock, request};
use crate::cpu::CpuPool;
use crate::error::Error;
use api::names;

/// How many requests are marked at a time.
const AT_A_TIME: usize = 8;
/// How many Secrets without the label may stand where a new one should: whoever took the label off one key need not stop
/// the making of others.
const IN_THE_WAY: usize = 8;

/// What became of an attempt to make a key.
pub(super) enum Made {
    /// The key is stored.
    Stored(Box<Secret>),
    /// Another key appeared meanwhile, or nobody asks for one any more; the watch will bring it.
    NotNeeded,
}

/// What the making of a key needs from elsewhere.
pub(super) struct Maker<'a> {
    /// Where it is computed.
    pub(super) cpu: &'a CpuPool,
    /// Tells the time: it has passed when a key is computed.
    pub(super) clock: Clock,
    /// The keys held. The new one becomes the newest.
    pub(super) ring: &'a KeyRing,
    /// Tells whether this replica may still make keys; asked again after the computation.
    pub(super) may: &'a (dyn Fn() -> bool + Sync),
}

impl Maker<'_> {
    async fn pair(&self, args: &KeyArgs) -> Result<KeyPair, Error> {
        let now = (self.clock)();
        let mut options = options(args, now);
        options.not_before = self.ring.begin_of_next(now, options.valid_for);
        if options.not_before.duration_since(now) > SignedDuration::from_mins(1) {
            tracing::warn!(
                not_before = %options.not_before,
                "the new key's certificate begins in the future: it must be newer than a key that does"
            );
        }
        let made = self.cpu.run(move || KeyPair::generate(&options)).await;
        made.map_err(|error| {
            tracing::error!("cannot generate a sealing key: {error}");
            Error::unreadable("generate", "a sealing key")
        })
    }
}

impl Store {
    /// Makes a key and stores it, unless that isn't `wanted` any more, who is told when the newest key came to be and what
    /// time it is.
    ///
    /// The list comes after the slow generation and just before the create; the name of the Secret
    /// follows from the list. So of two leaders that overlap, and both saw the same keys, one succeeds.
    pub(super) async fn make(
        &self,
        maker: &Maker<'_>,
        wanted: impl Fn(Option<Timestamp>, Timestamp) -> bool,
    ) -> Result<Made, Error> {
        let pair = maker.pair(&self.args).await?;
        if !(maker.may)() {
            return Ok(Made::NotNeeded);
        }
        let list = format!("key Secrets in {}", self.namespace);
        let params = ListParams::default().labels(names::SEALING_KEY_LABEL);
        let there = request("list", &list, self.api().list(&params)).await?.items;
        let legacy = self.read(&self.args.key_prefix).await?;
        // A malformed Secret labelled as a key does not count: nothing opens with it.
        let usable = there
            .iter()
            .chain(&legacy)
            .filter(|secret| decide::role(&secret.metadata, &self.args.key_prefix) == Role::Active)
            .filter_map(|secret| store::parse(secret, self.args.key_order_priority).ok());
        let held = maker.ring.newest().map(|key| key.created);
        let newest = usable.map(|pair| pair.key.created).chain(held).max();
        if !wanted(newest, (maker.clock)()) {
            return Ok(Made::NotNeeded);
        }
        let uids = there.iter().filter_map(|secret| secret.metadata.uid.clone());
        self.create_key(&pair, uids.collect()).await
    }

    /// Creates a key Secret whose name follows from the key Secrets there are.
    async fn create_key(&self, pair: &KeyPair, mut uids: Vec<String>) -> Result<Made, Error> {
        for _ in 0..IN_THE_WAY {
            let name = decide::secret_name(&self.args.key_prefix, &self.namespace, &uids);
            let key = key_secret(pair, KeySecretName::Name(&name), Some(&self.namespace), None);
            match self.create(&dressed(key, &self.args)).await {
                Ok(stored) => return Ok(Made::Stored(Box::new(stored))),
                Err(error) if error.reason() == "Conflict" => {}
                Err(error) => return Err(error),
            }
            let in_the_way = self.read(&name).await?;
            let unlabelled = in_the_way
                .filter(|secret| !secret.labels().contains_key(names::SEALING_KEY_LABEL))
                .and_then(|secret| secret.metadata.uid);
            match unlabelled {
                Some(uid) => uids.push(uid),
                // Another key appeared meanwhile.
                None => break,
            }
        }
        Ok(Made::NotNeeded)
    }

    /// Makes a key for those who asked for one, so that it becomes the newest of those held, and stores it in the oldest
    /// request; the others are marked as answered by it.
    ///
    /// They are read after the slow generation and written as they were read, so a request is filled once, whoever
    /// believes to lead. Should this replica die before the others are marked, they get one more key: better than a
    /// request that is called answered by a key that was never stored.
    pub(super) async fn fill(&self, maker: &Maker<'_>) -> Result<Made, Error> {
        let pair = maker.pair(&self.args).await?;
        if !(maker.may)() {
            return Ok(Made::NotNeeded);
        }
        let label = format!("{}={}", names::SEALING_KEY_LABEL, names::SEALING_KEY_REQUESTED);
        let list = format!("requests for a key in {}", self.namespace);
        let params = ListParams::default().labels(&label);
        let requests = request("list", &list, self.api().list(&params)).await?;
        let mut waiting = waiting(requests.items);
        let mut refused = None;
        for at in 0..waiting.len() {
            let Some(first) = waiting.get(at) else { break };
            let key = key_secret(&pair, KeySecretName::Name(&first.name_any()), None, None);
            match self.replace(&dressed(filled(first, key), &self.args)).await {
                Ok(Some(stored)) => {
                    waiting.remove(at);
                    self.answer(&waiting, &stored).await;
                    return Ok(Made::Stored(Box::new(stored)));
                }
                // Somebody else is at it.
                Ok(None) => return Ok(Made::NotNeeded),
                // What is against this one need not be against the next.
                Err(error) if error.is_about_the_object() => {
                    tracing::warn!(reason = error.reason(), "{error}");
                    refused = Some(error);
                }
                Err(error) => return Err(error),
            }
        }
        refused.map_or(Ok(Made::NotNeeded), Err)
    }

    /// Asks the leader for a key, by an empty Secret that it fills.
    pub(super) async fn ask(&self) -> Result<Secret, Error> {
        let label = (
            names::SEALING_KEY_LABEL.to_owned(),
            names::SEALING_KEY_REQUESTED.to_owned(),
        );
        let empty = |name: &str| (name.to_owned(), ByteString(Vec::new()));
        let asking = Secret {
            metadata: ObjectMeta {
                generate_name: Some(self.args.key_prefix.clone()),
                namespace: Some(self.namespace.clone()),
                labels: Some([label].into()),
                ..ObjectMeta::default()
            },
            type_: Some(names::TLS_SECRET_TYPE.to_owned()),
            data: Some([empty(CERTIFICATE), empty(PRIVATE_KEY)].into()),
            ..Secret::default()
        };
        self.create(&asking).await
    }

    /// Marks requests as answered by a key.
    async fn answer(&self, requests: &[Secret], by: &Secret) {
        for some in requests.chunks(AT_A_TIME) {
            join_all(some.iter().map(|request| self.mark(request, by))).await;
        }
    }

    /// Marks a request as answered. One that can't be marked goes on waiting, and gets another key.
    async fn mark(&self, request: &Secret, by: &Secret) {
        if let Err(error) = self.replace(&answered(request, by)).await {
            tracing::warn!(reason = error.reason(), "{error}");
        }
    }
}

/// Returns a key Secret with the labels and annotations that new ones shall have. What it has already stays.
fn dressed(mut secret: Secret, args: &KeyArgs) -> Secret {
    for (name, value) in &args.privatekey_labels.0 {
        // That it is a key is not for a flag to say, as in upstream's.
        if name != names::SEALING_KEY_LABEL {
            secret
                .labels_mut()
                .entry(name.clone())
                .or_insert_with(|| value.clone());
        }
    }
    for (name, value) in &args.privatekey_annotations.0 {
        let annotations = secret.annotations_mut();
        annotations.entry(name.clone()).or_insert_with(|| value.clone());
    }
    secret
}

fn options(args: &KeyArgs, now: Timestamp) -> KeyOptions {
    KeyOptions {
        bits: args.key_size.into(),
        common_name: args.my_cn.clone(),
        not_before: now,
        valid_for: SignedDuration::try_from(args.key_ttl).unwrap_or(SignedDuration::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Pairs;

    #[test]
    fn a_new_key_has_the_labels_and_annotations_of_the_flags_and_keeps_its_own() {
        let pairs = |items: &[(&str, &str)]| {
            let items = items
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            Pairs(items.collect())
        };
        let args = KeyArgs {
            privatekey_labels: pairs(&[("team", "a"), (names::SEALING_KEY_LABEL, "compromised")]),
            privatekey_annotations: pairs(&[("note", "x=y"), ("own", "flag")]),
            ..KeyArgs::default()
        };
        let mut key = Secret::default();
        key.labels_mut()
            .insert(names::SEALING_KEY_LABEL.to_owned(), "active".to_owned());
        key.annotations_mut()
            .insert("own".to_owned(), "request".to_owned());
        let dressed = dressed(key, &args);
        assert_eq!(dressed.labels().len(), 2);
        assert_eq!(dressed.labels()["team"], "a");
        assert_eq!(dressed.labels()[names::SEALING_KEY_LABEL], "active");
        assert_eq!(dressed.annotations()["note"], "x=y");
        assert_eq!(dressed.annotations()["own"], "request");
        assert!(
            super::dressed(Secret::default(), &KeyArgs::default())
                .metadata
                .annotations
                .is_none()
        );
    }
}
