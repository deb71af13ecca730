//! Sealing keys in the cluster: reading key Secrets, and creating one.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use api::names;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, ListParams, PostParams};
use kube::core::PartialObjectMeta;
use kube::{Client, ResourceExt};
use manifests::keys::{KeySecretName, key_of_secret, key_secret, ring_from_secrets};
use sealing::{KeyOptions, KeyPair, RingKey};

use super::decide::{self, Role};
use crate::args::KeyArgs;
use crate::context::request;
use crate::cpu::CpuPool;
use crate::error::Error;

/// What became of an attempt to make a key.
pub(super) enum Made {
    /// The key is stored.
    Stored(Box<Secret>),
    /// Another key appeared meanwhile; the watch will bring it.
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

    /// Returns upstream's oldest kind of key: the Secret named like the prefix, without a label.
    pub(super) async fn legacy(&self) -> Result<Option<Secret>, Error> {
        let name = &self.args.key_prefix;
        let object = format!("Secret {}/{name}", self.namespace);
        let secret = request("read", &object, self.api().get_opt(name)).await?;
        Ok(secret.filter(|secret| !secret.labels().contains_key(names::SEALING_KEY_LABEL)))
    }

    /// Makes a key and stores it, unless one appeared meanwhile.
    ///
    /// The list comes after the slow generation and just before the create; the name of the Secret
    /// follows from the list. So two leaders that overlap cannot both succeed.
    pub(super) async fn make(&self, cpu: &CpuPool, now: Timestamp) -> Result<Made, Error> {
        let options = options(&self.args, now);
        let pair = cpu
            .run(move || KeyPair::generate(&options))
            .await
            .map_err(|error| {
                tracing::error!("cannot generate a sealing key: {error}");
                Error::unreadable("generate", "a sealing key")
            })?;
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
        let object = format!("key Secret {}/{name}", self.namespace);
        let secret = key_secret(&pair, KeySecretName::Name(&name), Some(&self.namespace), None);
        match request(
            "create",
            &object,
            self.api().create(&PostParams::default(), &secret),
        )
        .await
        {
            Ok(stored) => Ok(Made::Stored(Box::new(stored))),
            Err(error) if error.reason() == "Conflict" => Ok(Made::NotNeeded),
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

/// Reads the key in a Secret, in use or not by its label. What is wrong with it is in words fit for
/// a log: no key material.
pub(super) fn parse(secret: &Secret) -> Result<RingKey, String> {
    key_of_secret(secret).map_err(|problem| {
        let mut words = problem.to_string();
        let mut cause = problem.source();
        while let Some(source) = cause {
            words = format!("{words}: {source}");
            cause = source.source();
        }
        words
    })
}

/// Returns the text of the certificate of a key that was just made, for the log: upstream prints it,
/// and people seal with what they find there.
pub(super) fn certificate(secret: &Secret) -> Option<Arc<str>> {
    let pem = secret.data.as_ref()?.get("tls.crt")?;
    std::str::from_utf8(&pem.0).ok().map(Arc::from)
}
