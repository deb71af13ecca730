//! Sealing keys in the cluster: reading, creating and changing key Secrets.

use std::sync::Arc;

use api::names;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::{Api, PostParams};
use kube::{Client, ResourceExt};
use manifests::keys::key_of_secret;
use sealing::Fingerprint;
use zeroize::Zeroizing;

use super::decide::{self, Role};
use super::holdings::Unkept;
use super::pair::{Pair, Texts};
use crate::args::{KeyArgs, KeyOrder};
use crate::context::request;
use crate::error::Error;

/// Item of a key Secret with the certificate.
pub(super) const CERTIFICATE: &str = "tls.crt";
/// Item of a key Secret with the private key.
pub(super) const PRIVATE_KEY: &str = "tls.key";

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

    pub(super) async fn create(&self, secret: &Secret) -> Result<Secret, Error> {
        let object = self.object("key Secret", &secret.name_any());
        request(
            "create",
            &object,
            self.api().create(&PostParams::default(), secret),
        )
        .await
    }

    /// Writes a Secret on condition that nobody wrote it since it was read; nothing when somebody did.
    pub(super) async fn replace(&self, secret: &Secret) -> Result<Option<Secret>, Error> {
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
pub(super) fn parse(secret: &Secret, order: KeyOrder) -> Result<Pair, String> {
    let mut key = key_of_secret(secret).map_err(|problem| problem.in_a_line())?;
    let stored = secret.metadata.creation_timestamp.as_ref().map(|time| time.0);
    key.created = decide::created(order, key.created, stored, is_copy(secret));
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
        stored,
        texts: Arc::new(texts),
    })
}

fn is_copy(secret: &Secret) -> bool {
    let annotations = secret.metadata.annotations.as_ref();
    annotations.is_some_and(|annotations| annotations.contains_key(names::COPIED_FROM))
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
