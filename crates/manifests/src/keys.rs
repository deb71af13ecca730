//! Key Secrets: the private keys of a controller, as upstream keeps them.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::sync::Arc;

use api::names::{
    CERT_MANAGER, SEALING_KEY_ACTIVE, SEALING_KEY_ANSWERED, SEALING_KEY_LABEL, SEALING_KEY_REQUESTED,
    TLS_SECRET_TYPE,
};
use jiff::Timestamp;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time};
use sealing::{Certificate, CertificateError, KeyError, KeyPair, KeyRing, PrivateKey, RingKey};

use crate::documents::{self, Document, DocumentError};

mod portable;

pub use self::portable::{name_of_copy, name_with, portable};

const TLS_KEY: &str = "tls.key";
const TLS_CERT: &str = "tls.crt";

/// A key that was left out of a ring. Others are read all the same: one broken key must not stop a
/// controller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// The document isn't a Secret that can be read.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// No `tls.key`.
    #[error("secret `{name}` has no `tls.key`; a sealing key is a Secret of type kubernetes.io/tls")]
    NoKey {
        /// Name of the Secret.
        name: String,
    },
    /// A private key that can't be read.
    #[error("the private key of `{name}` can't be used")]
    Key {
        /// Name of the Secret or file.
        name: String,
        /// The reason.
        source: KeyError,
    },
    /// A certificate that can't be read.
    #[error("the certificate of `{name}` can't be used")]
    Certificate {
        /// Name of the Secret or file.
        name: String,
        /// The reason.
        source: CertificateError,
    },
    /// A certificate of another key: what is sealed with it couldn't be opened.
    #[error("the certificate of `{name}` belongs to another private key; restore the pair")]
    Mismatch {
        /// Name of the Secret or file.
        name: String,
    },
}

impl KeyProblem {
    /// Returns the problem and its causes in one line, fit for a log: nothing of the key is in it.
    pub fn in_a_line(&self) -> String {
        let mut words = self.to_string();
        let mut cause = self.source();
        while let Some(source) = cause {
            words = format!("{words}: {source}");
            cause = source.source();
        }
        words
    }
}

/// The name that a new key Secret gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySecretName<'a> {
    /// This name.
    Name(&'a str),
    /// This prefix, and a suffix that the API server adds; upstream's way.
    GenerateName(&'a str),
}

/// Returns whether a Secret belongs to something that may replace, relabel or delete it by itself: cert-manager, which
/// renews in place, or any owner.
pub fn is_borrowed(metadata: &ObjectMeta) -> bool {
    let mut annotations = metadata.annotations.iter().flatten();
    let owners = metadata.owner_references.as_ref();
    annotations.any(|(name, _)| name.starts_with(CERT_MANAGER))
        || owners.is_some_and(|owners| !owners.is_empty())
}

/// Returns whether a Secret is labelled as a key in use. Any other value of the label disables the key.
pub fn is_active(secret: &Secret) -> bool {
    let label = secret
        .metadata
        .labels
        .as_ref()
        .and_then(|labels| labels.get(SEALING_KEY_LABEL));
    label.is_some_and(|value| value == SEALING_KEY_ACTIVE)
}

/// Returns the active keys among Secrets, and the active ones that can't be used.
pub fn ring_from_secrets<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> (KeyRing, Vec<KeyProblem>) {
    collect(
        secrets
            .into_iter()
            .filter(|secret| is_active(secret))
            .map(key_of_secret),
    )
}

/// Returns the keys of all Secrets that hold one, whatever their labels say, and those that can't be used: a key that is
/// out of use can still tell what was sealed for it. Requests for a key, which hold none, are passed over.
pub fn ring_of_all<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> (KeyRing, Vec<KeyProblem>) {
    collect(
        secrets
            .into_iter()
            .filter(|secret| !is_request(secret))
            .map(key_of_secret),
    )
}

/// Returns whether a Secret's label took its key out of use. One without the label is not of a controller's keys at all.
pub fn is_disabled(secret: &Secret) -> bool {
    let labels = secret.metadata.labels.as_ref();
    labels.is_some_and(|labels| labels.contains_key(SEALING_KEY_LABEL)) && !is_active(secret)
}

/// Returns whether a Secret asks for a key, or asked for one and was not the one that got it.
pub fn is_request(secret: &Secret) -> bool {
    let label = secret
        .metadata
        .labels
        .as_ref()
        .and_then(|labels| labels.get(SEALING_KEY_LABEL));
    label.is_some_and(|value| value == SEALING_KEY_REQUESTED || value == SEALING_KEY_ANSWERED)
}

/// Returns the active keys among documents, and the active ones that can't be used. Lists are opened,
/// with or without a kind; objects that are no Secrets are passed over.
pub fn ring_from_documents(documents: &[Document]) -> (KeyRing, Vec<KeyProblem>) {
    collect(secrets_of(documents).filter_map(|secret| match secret {
        Ok(secret) => is_active(&secret).then(|| key_of_secret(&secret)),
        Err(problem) => Some(Err(problem)),
    }))
}

/// Returns all keys in a file that the user named as one of keys: PEM, key Secrets or a List of them.
/// Labels aren't asked, except those of requests for a key, which hold none.
///
/// # Errors
/// [`DocumentError`], when it is neither PEM nor documents.
pub fn ring_from_file(name: &str, content: &[u8]) -> Result<(KeyRing, Vec<KeyProblem>), DocumentError> {
    // A PEM block can stand in a document, but then some spaces or a quote before it.
    if content
        .split(|byte| *byte == b'\n')
        .any(|line| line.starts_with(b"-----BEGIN "))
    {
        return Ok(ring_from_pem(name, content));
    }
    let documents = documents::read(name, content)?;
    let secrets = secrets_of(&documents);
    let with_key = secrets.filter(|secret| !secret.as_ref().is_ok_and(is_request));
    Ok(collect(with_key.map(|secret| key_of_secret(&secret?))))
}

/// Returns the Secrets with a key in a file that the user named as one of key Secrets, or a List of them, whatever their
/// labels say.
///
/// # Errors
/// [`KeyProblem::Document`], when it isn't documents, or one of its Secrets can't be read.
pub fn secrets_from_file(name: &str, content: &[u8]) -> Result<Vec<Secret>, KeyProblem> {
    secrets_of(&documents::read(name, content)?).collect()
}

/// Returns the private key of a PEM text, with the certificate that may stand beside it. A key without a
/// certificate counts as older than all that have one.
pub fn ring_from_pem(name: &str, pem: &[u8]) -> (KeyRing, Vec<KeyProblem>) {
    let certificate = match Certificate::from_pem(pem) {
        Err(CertificateError::Missing) => None,
        other => Some(other),
    };
    collect([ring_key(name, pem, certificate, Timestamp::UNIX_EPOCH)])
}

/// Returns the key of a key Secret, whatever its label says.
///
/// Keys are ordered by their certificate's `NotBefore`, as upstream's default; without a certificate by
/// the Secret's creation.
///
/// # Errors
/// [`KeyProblem`]; upstream's controller of v0.36 crashes instead.
pub fn key_of_secret(secret: &Secret) -> Result<RingKey, KeyProblem> {
    let name = secret.metadata.name.as_deref().unwrap_or("(unnamed)");
    let entry = |key| {
        secret
            .data
            .as_ref()
            .and_then(|data| data.get(key))
            .map(|value| value.0.as_slice())
    };
    let text = |key| {
        secret
            .string_data
            .as_ref()
            .and_then(|data| data.get(key))
            .map(String::as_bytes)
    };
    let find = |key| {
        text(key)
            .or_else(|| entry(key))
            .filter(|value: &&[u8]| !value.is_empty())
    };
    let pem = find(TLS_KEY).ok_or_else(|| KeyProblem::NoKey {
        name: name.to_owned(),
    })?;
    let created = secret
        .metadata
        .creation_timestamp
        .as_ref()
        .map_or(Timestamp::UNIX_EPOCH, |time| time.0);
    ring_key(name, pem, find(TLS_CERT).map(Certificate::from_pem), created)
}

fn ring_key(
    name: &str,
    pem: &[u8],
    certificate: Option<Result<Certificate, CertificateError>>,
    created: Timestamp,
) -> Result<RingKey, KeyProblem> {
    let name = name.to_owned();
    let key = PrivateKey::from_pem(pem).map_err(|source| KeyProblem::Key {
        name: name.clone(),
        source,
    })?;
    let certificate = certificate
        .transpose()
        .map_err(|source| KeyProblem::Certificate {
            name: name.clone(),
            source,
        })?;
    if certificate
        .as_ref()
        .is_some_and(|certificate| certificate.fingerprint() != key.fingerprint())
    {
        return Err(KeyProblem::Mismatch { name });
    }
    let created = certificate.as_ref().map_or(created, Certificate::not_before);
    Ok(RingKey {
        name,
        created,
        key: Arc::new(key),
        certificate,
    })
}

/// Returns the Secrets among documents; what has no kind is taken for one if it has a key in it.
fn secrets_of(documents: &[Document]) -> impl Iterator<Item = Result<Secret, KeyProblem>> {
    let (documents, error) = match documents::expand_lists(documents.to_vec()) {
        Ok(documents) => (documents, None),
        Err(error) => (Vec::new(), Some(Err(error.into()))),
    };
    let secrets = documents.into_iter().filter_map(|mut document| {
        let has_key = document
            .value
            .pointer("/data")
            .is_some_and(|data| data.get(TLS_KEY).is_some());
        match document.kind() {
            None if has_key => {
                if let Some(object) = document.value.as_object_mut() {
                    object.insert("kind".to_owned(), "Secret".into());
                }
            }
            Some("Secret") => {}
            _ => return None,
        }
        if document.api_version().is_none()
            && let Some(object) = document.value.as_object_mut()
        {
            object.insert("apiVersion".to_owned(), "v1".into());
        }
        Some(document.to().map_err(KeyProblem::from))
    });
    secrets.chain(error)
}

fn collect(keys: impl IntoIterator<Item = Result<RingKey, KeyProblem>>) -> (KeyRing, Vec<KeyProblem>) {
    let mut ring = KeyRing::new();
    let mut problems = Vec::new();
    for key in keys {
        match key {
            Ok(key) => ring.insert(key),
            Err(problem) => problems.push(problem),
        }
    }
    (ring, problems)
}

/// Returns the Secret that keeps a key pair, as upstream writes it: type `kubernetes.io/tls`, PKCS#1,
/// labelled active.
pub fn key_secret(
    pair: &KeyPair,
    name: KeySecretName<'_>,
    namespace: Option<&str>,
    created: Option<Timestamp>,
) -> Secret {
    let (name, generate_name) = match name {
        KeySecretName::Name(name) => (Some(name.to_owned()), None),
        KeySecretName::GenerateName(prefix) => (None, Some(prefix.to_owned())),
    };
    let label = (SEALING_KEY_LABEL.to_owned(), SEALING_KEY_ACTIVE.to_owned());
    Secret {
        metadata: ObjectMeta {
            name,
            generate_name,
            namespace: namespace.map(str::to_owned),
            creation_timestamp: created.map(Time),
            labels: Some(BTreeMap::from([label])),
            ..ObjectMeta::default()
        },
        type_: Some(TLS_SECRET_TYPE.to_owned()),
        data: Some(BTreeMap::from([
            (
                TLS_CERT.to_owned(),
                ByteString(pair.certificate.to_pem().into_bytes()),
            ),
            (
                TLS_KEY.to_owned(),
                ByteString(pair.private_key_pem().as_bytes().to_vec()),
            ),
        ])),
        ..Secret::default()
    }
}
