//! SealedSecret to Secret.

use std::collections::BTreeMap;
use std::fmt;

use api::sealed_secret::{SealedSecret, SecretTemplate};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sealing::{Fingerprint, KeyRing};
use zeroize::Zeroizing;

use crate::opening::{self, ItemFailure, Opening};
use crate::{decode, seal};

/// What a SealedSecret holds. Its `Debug` shows no value.
pub struct Unsealed {
    /// The Secret, without owner references.
    pub secret: Secret,
    /// The keys that opened its items, and how many each; the best hints for the next time.
    pub keys: BTreeMap<Fingerprint, usize>,
}

/// A SealedSecret that doesn't open. No message holds anything that was decrypted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnsealError {
    /// Some items don't open; the others were tried too.
    #[error("{}", join(failures))]
    Items {
        /// Every item that failed, by key.
        failures: Vec<ItemFailure>,
    },
    /// `spec.template.data`.
    #[error("spec.template.data is not supported; remove it, or seal the finished values")]
    UnsupportedTemplate,
    /// Both formats in one object; upstream's words.
    #[error("cannot use the field 'encryptedData' and the deprecated field 'data' at the same time")]
    TwoFormats,
    /// What the deprecated `spec.data` held is no Secret.
    #[error("the deprecated field 'data' does not hold a Secret; seal the Secret again")]
    NoSecret,
}

fn join(failures: &[ItemFailure]) -> String {
    failures
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}

/// Returns the Secret of a SealedSecret.
///
/// Metadata, type and immutability are the template's; name and namespace the SealedSecret's; the scope
/// is that of the SealedSecret's own annotations. Keys are tried in the order of `extra_hints`, the
/// object's own hint, then newest first; the key that opened one item is the first for the next. An owner
/// reference is the caller's to add.
///
/// # Errors
/// [`UnsealError`]; then there is no Secret, even if some items open.
pub fn unseal(
    sealed: &SealedSecret,
    ring: &KeyRing,
    extra_hints: &[Fingerprint],
) -> Result<Unsealed, UnsealError> {
    let mut opening = Opening::new(sealed, ring, extra_hints);
    let mut keys = BTreeMap::new();
    let mut values = BTreeMap::new();
    let items = opening::items(&sealed.spec)?;
    let template = sealed.spec.template.clone().unwrap_or_default();
    let is_deprecated = sealed.spec.data.is_some();
    if !is_deprecated && template.data.as_ref().is_some_and(|data| !data.is_empty()) {
        return Err(UnsealError::UnsupportedTemplate);
    }
    for (key, item) in items {
        if let Some(opened) = opening.open(key, item) {
            *keys.entry(opened.fingerprint).or_default() += 1;
            values.insert(key, opened.plaintext);
        }
    }
    opening.end()?;
    let secret = if is_deprecated {
        deprecated(&values.into_values().next().unwrap_or_default())?
    } else {
        templated(template, values)
    };
    Ok(Unsealed {
        secret: place(secret, &sealed.metadata),
        keys,
    })
}

fn templated(template: SecretTemplate, values: BTreeMap<&str, Zeroizing<Vec<u8>>>) -> Secret {
    let data = values
        .into_iter()
        .map(|(key, mut value)| (key.to_owned(), ByteString(std::mem::take(&mut *value))));
    Secret {
        data: Some(data.collect()),
        immutable: template.immutable,
        metadata: template.metadata.unwrap_or_default(),
        string_data: None,
        type_: template.type_.filter(|type_| !type_.is_empty()),
    }
}

/// The format before 2019: the whole Secret as JSON in one item; its template doesn't count.
fn deprecated(json: &[u8]) -> Result<Secret, UnsealError> {
    let json = serde_json::from_slice(json).map_err(|_| UnsealError::NoSecret)?;
    let (secret, _) = decode::decode::<Secret>(&json).map_err(|_| UnsealError::NoSecret)?;
    Ok(secret)
}

fn place(mut secret: Secret, sealed: &ObjectMeta) -> Secret {
    seal::strip(&mut secret.metadata);
    secret.metadata.name.clone_from(&sealed.name);
    secret.metadata.namespace.clone_from(&sealed.namespace);
    secret
}

impl fmt::Debug for Unsealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unsealed")
            .field("name", &self.secret.metadata.name)
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}
