//! Sealing keys in the cluster: reading key Secrets, creating and filling them.

use std::sync::Arc;
use std::time::Duration;

use api::names;
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::{Api, ListParams, PostParams};
use kube::core::PartialObjectMeta;
use kube::{Client, ResourceExt};
use manifests::keys::{KeySecretName, key_of_secret, key_secret, ring_from_secrets};
use sealing::{Fingerprint, KeyOptions, KeyPair, KeyRing};
use zeroize::Zeroizing;

use super::decide::{self, Role};
use super::holdings::Unkept;
use super::pair::{Pair, Texts};
use super::request::{answered, filled, waiting};
use crate::args::KeyArgs;
use crate::context::request;
use crate::cpu::CpuPool;
use crate::error::Error;

/// How many requests are marked at a time.
const AT_A_TIME: usize = 8;
/// Item of a key Secret with the certificate.
const CERTIFICATE: &str = "tls.crt";
/// Item of a key Secret with the private key.
const PRIVATE_KEY: &str = "tls.key";

/// What became of an attempt to make a key.
pub(super) enum Made {
    /// The key is stored.
    Stored(Box<Secret>),
    /// Another key appeared meanwhile, or nobody asks for one any more; the watch will bring it.
    NotNeeded,
}

/// Key Secrets of one namespace.
pub(super) struct Store {
    pub(super) client: Client,
    pub(super) namespace: String,
    pub(super) args: KeyArgs,
}

impl Store {
    pub(super) fn api(&self) -> Api<Secret> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// Returns the Secret of this name, if there is one.
    pub(super) async fn read(&self, name: &str) -> Result<Option<Secret>, Error> {
        request("read", &self.object("Secret", name), self.api().get_opt(name)).await
    }

    fn object(&self, kind: &str, name: &str) -> String {
        format!("{kind} {}/{name}", self.namespace)
    }

    /// Makes a key and stores it, unless one appeared meanwhile.
    ///
    /// The list comes after the slow generation and just before the create; the name of the Secret
    /// follows from the list. So two leaders that overlap cannot both succeed.
    pub(super) async fn make(&self, cpu: &CpuPool, now: Timestamp) -> Result<Made, Error> {
        let pair = generate(cpu, options(&self.args, now)).await?;
        let list = format!("key Secrets in {}", self.namespace);
        let params = ListParams::default().labels(names::SEALING_KEY_LABEL);
        let metadata: Api<PartialObjectMeta<Secret>> = Api::namespaced(self.client.clone(), &self.namespace);
        let there = request("list", &list, metadata.list(&params)).await?;
        let in_use = |secret: &PartialObjectMeta<Secret>| {
            decide::role(&secret.metadata, &self.args.key_prefix) == Role::Active
        };
        // A malformed Secret labelled as a key does not count: nothing opens with it.
        if there.items.iter().filter(|secret| in_use(secret)).count() > 0 && self.any_usable().await? {
            return Ok(Made::NotNeeded);
        }
        let uids: Vec<String> = there
            .items
            .iter()
            .filter_map(|secret| secret.metadata.uid.clone())
            .collect();
        let name = decide::secret_name(&self.args.key_prefix, &self.namespace, &uids);
        let secret = key_secret(&pair, KeySecretName::Name(&name), Some(&self.namespace), None);
        match self.create(&secret).await {
            Ok(stored) => Ok(Made::Stored(Box::new(stored))),
            Err(error) if error.reason() == "Conflict" => Ok(Made::NotNeeded),
            Err(error) => Err(error),
        }
    }

    /// Makes a key for those who asked for one, so that it becomes the newest of `ring`, and stores it in the oldest
    /// request; the others are marked as answered by it.
    ///
    /// They are read after the slow generation and written as they were read, so a request is filled once, whoever
    /// believes to lead. Should this replica die before the others are marked, they get one more key: better than a
    /// request that is called answered by a key that was never stored.
    ///
    /// `is_leading` is asked again after the generation.
    pub(super) async fn fill(
        &self,
        cpu: &CpuPool,
        now: Timestamp,
        ring: &KeyRing,
        is_leading: impl Fn() -> bool,
    ) -> Result<Made, Error> {
        let mut options = options(&self.args, now);
        options.not_before = ring.begin_of_next(now, options.valid_for);
        if options.not_before.duration_since(now) > SignedDuration::from_mins(1) {
            tracing::warn!(
                not_before = %options.not_before,
                "the new key's certificate begins in the future: it must be newer than a key that does"
            );
        }
        let pair = generate(cpu, options).await?;
        if !is_leading() {
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
            match self.replace(&filled(first, key)).await {
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

    /// Stores a key under a name of its own, where nothing replaces it, and returns the Secret. It may have been there
    /// before, with whatever is in it.
    pub(super) async fn keep(&self, unkept: &Unkept) -> Result<Secret, Error> {
        let key = unkept.pair.fingerprint();
        let name = decide::copy_name(&unkept.from, key);
        let stored = self.keep_as(&name, unkept).await?;
        let is_archive = decide::role(&stored.metadata, &self.args.key_prefix) == Role::Archived;
        if is_archive && fingerprint(&stored).as_ref() == Some(key) {
            // Someone archived the copy that was made before.
            return self.keep_as(&decide::copy_name(&name, key), unkept).await;
        }
        Ok(stored)
    }

    async fn keep_as(&self, name: &str, unkept: &Unkept) -> Result<Secret, Error> {
        match self.create(&copy(name, &self.namespace, unkept)).await {
            Err(error) if error.reason() == "Conflict" => {
                let there = self.read(name).await?;
                there.ok_or(error)
            }
            created => created,
        }
    }

    async fn create(&self, secret: &Secret) -> Result<Secret, Error> {
        let object = self.object("key Secret", &secret.name_any());
        request(
            "create",
            &object,
            self.api().create(&PostParams::default(), secret),
        )
        .await
    }

    /// Writes a Secret on condition that nobody wrote it since it was read; nothing when somebody did.
    async fn replace(&self, secret: &Secret) -> Result<Option<Secret>, Error> {
        let name = secret.name_any();
        let object = self.object("key Secret", &name);
        let api = self.api();
        match request(
            "update",
            &object,
            api.replace(&name, &PostParams::default(), secret),
        )
        .await
        {
            Ok(stored) => Ok(Some(stored)),
            Err(error) if error.reason() == "Conflict" || error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn any_usable(&self) -> Result<bool, Error> {
        let list = format!("key Secrets in {}", self.namespace);
        let params = ListParams::default().labels(names::SEALING_KEY_LABEL);
        let secrets = request("list", &list, self.api().list(&params)).await?;
        let (ring, _) = ring_from_secrets(&secrets.items);
        Ok(!ring.is_empty())
    }
}

fn options(args: &KeyArgs, now: Timestamp) -> KeyOptions {
    KeyOptions {
        bits: args.key_size.into(),
        common_name: args.my_cn.clone(),
        not_before: now,
        valid_for: valid_for(args.key_ttl),
    }
}

fn valid_for(ttl: Duration) -> SignedDuration {
    SignedDuration::try_from(ttl).unwrap_or(SignedDuration::MAX)
}

async fn generate(cpu: &CpuPool, options: KeyOptions) -> Result<KeyPair, Error> {
    let made = cpu.run(move || KeyPair::generate(&options)).await;
    made.map_err(|error| {
        tracing::error!("cannot generate a sealing key: {error}");
        Error::unreadable("generate", "a sealing key")
    })
}

/// Returns the Secret with the copy of a key. Nothing of the Secret that it is from goes with it, so that nobody takes it
/// for that one.
fn copy(name: &str, namespace: &str, unkept: &Unkept) -> Secret {
    let label = (
        names::SEALING_KEY_LABEL.to_owned(),
        names::SEALING_KEY_ACTIVE.to_owned(),
    );
    let texts = &unkept.pair.texts;
    Secret {
        metadata: ObjectMeta {
            name: Some(name.to_owned()),
            namespace: Some(namespace.to_owned()),
            labels: Some([label].into()),
            annotations: Some([(names::COPIED_FROM.to_owned(), unkept.from.clone())].into()),
            ..ObjectMeta::default()
        },
        type_: Some(names::TLS_SECRET_TYPE.to_owned()),
        immutable: Some(true),
        data: Some(
            [
                (CERTIFICATE.to_owned(), ByteString(texts.certificate.clone())),
                (PRIVATE_KEY.to_owned(), ByteString(texts.key.to_vec())),
            ]
            .into(),
        ),
        ..Secret::default()
    }
}

/// Reads the key in a Secret, in use or not by its label. What is wrong with it is in words fit for
/// a log: no key material.
pub(super) fn parse(secret: &Secret) -> Result<Pair, String> {
    let key = key_of_secret(secret).map_err(|problem| problem.in_a_line())?;
    let item = |name| {
        let value = secret.data.as_ref().and_then(|data| data.get(name));
        value.map(|value| value.0.clone()).unwrap_or_default()
    };
    let texts = Texts {
        certificate: item(CERTIFICATE),
        key: Zeroizing::new(item(PRIVATE_KEY)),
    };
    Ok(Pair {
        key,
        texts: Arc::new(texts),
    })
}

/// Returns the name of the key in a Secret, in use or not by its label, where there is one.
pub(super) fn fingerprint(secret: &Secret) -> Option<Fingerprint> {
    let key = key_of_secret(secret).ok()?;
    Some(key.key.fingerprint().clone())
}

/// Returns the text of the certificate of a key that was just made, for the log: upstream prints it,
/// and people seal with what they find there.
pub(super) fn certificate(secret: &Secret) -> Option<Arc<str>> {
    let pem = secret.data.as_ref()?.get(CERTIFICATE)?;
    std::str::from_utf8(&pem.0).ok().map(Arc::from)
}
