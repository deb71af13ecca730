//! SealedSecret to Secret.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use api::names::SEALED_WITH;
use api::sealed_secret::{SealedSecret, SealedSecretSpec};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sealing::{Fingerprint, ItemError, KeyRing, Label, OpenError};

use crate::{decode, scope, seal};

/// What a SealedSecret holds. Its `Debug` shows no value.
pub struct Unsealed {
    /// The Secret, without owner references.
    pub secret: Secret,
    /// The keys that opened its items; the best hints for the next time.
    pub keys: BTreeSet<Fingerprint>,
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

/// One item that doesn't open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemFailure {
    /// Key of the item; `spec.data` for the deprecated format.
    pub item: String,
    /// The reason.
    pub reason: ItemReason,
}

/// Why an item doesn't open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ItemReason {
    /// It isn't base64.
    #[error(transparent)]
    Text(#[from] ItemError),
    /// No key opens it, or it is damaged.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl fmt::Display for ItemFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "item `{}`: {}", self.item, self.reason)
    }
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
    let label = scope::label(&sealed.metadata, scope::of_sealed_secret(&sealed.metadata));
    let mut hints = extra_hints.to_vec();
    hints.extend(hints_of(&sealed.metadata));
    let mut opener = Opener {
        ring,
        label,
        hints,
        keys: BTreeSet::new(),
        failures: Vec::new(),
    };

    let secret = match &sealed.spec {
        SealedSecretSpec {
            data: Some(_),
            encrypted_data,
            ..
        } if !encrypted_data.is_empty() => {
            return Err(UnsealError::TwoFormats);
        }
        SealedSecretSpec { data: Some(item), .. } => opener.deprecated(item)?,
        spec => opener.items(spec)?,
    };
    Ok(Unsealed {
        secret: place(secret, &sealed.metadata),
        keys: opener.keys,
    })
}

/// Returns the fingerprints of an object's hint; what is none is passed over, because a hint decides nothing.
fn hints_of(metadata: &ObjectMeta) -> Vec<Fingerprint> {
    let hint = metadata.annotations.as_ref().and_then(|all| all.get(SEALED_WITH));
    hint.iter()
        .flat_map(|hint| hint.split(','))
        .filter_map(|word| word.trim().parse().ok())
        .collect()
}

fn place(mut secret: Secret, sealed: &ObjectMeta) -> Secret {
    seal::strip(&mut secret.metadata);
    secret.metadata.name.clone_from(&sealed.name);
    secret.metadata.namespace.clone_from(&sealed.namespace);
    secret
}

struct Opener<'a> {
    ring: &'a KeyRing,
    label: Label,
    hints: Vec<Fingerprint>,
    keys: BTreeSet<Fingerprint>,
    failures: Vec<ItemFailure>,
}

impl Opener<'_> {
    fn items(&mut self, spec: &SealedSecretSpec) -> Result<Secret, UnsealError> {
        let template = spec.template.clone().unwrap_or_default();
        if template.data.is_some_and(|data| !data.is_empty()) {
            return Err(UnsealError::UnsupportedTemplate);
        }
        let mut data = BTreeMap::new();
        for (key, item) in &spec.encrypted_data {
            if let Some(value) = self.open(key, item) {
                data.insert(key.clone(), ByteString(value));
            }
        }
        self.fail_if_any_failed()?;
        Ok(Secret {
            data: Some(data),
            immutable: template.immutable,
            metadata: template.metadata.unwrap_or_default(),
            string_data: None,
            type_: template.type_.filter(|type_| !type_.is_empty()),
        })
    }

    /// The format before 2019: the whole Secret as JSON in one item; its template doesn't count.
    fn deprecated(&mut self, item: &str) -> Result<Secret, UnsealError> {
        let opened = self.open("spec.data", item);
        self.fail_if_any_failed()?;
        let json = serde_json::from_slice(&zeroize::Zeroizing::new(opened.unwrap_or_default()))
            .map_err(|_| UnsealError::NoSecret)?;
        let (secret, _) = decode::decode::<Secret>(&json).map_err(|_| UnsealError::NoSecret)?;
        Ok(secret)
    }

    fn open(&mut self, key: &str, text: &str) -> Option<Vec<u8>> {
        let opened = sealing::decode_item(text)
            .map_err(ItemReason::from)
            .and_then(|item| Ok(self.ring.open(&item, &self.label, &self.hints)?));
        match opened {
            Ok(mut opened) => {
                self.hints.retain(|hint| *hint != opened.fingerprint);
                self.hints.insert(0, opened.fingerprint.clone());
                self.keys.insert(opened.fingerprint);
                Some(std::mem::take(&mut *opened.plaintext))
            }
            Err(reason) => {
                self.failures.push(ItemFailure {
                    item: key.to_owned(),
                    reason,
                });
                None
            }
        }
    }

    fn fail_if_any_failed(&mut self) -> Result<(), UnsealError> {
        if self.failures.is_empty() {
            Ok(())
        } else {
            Err(UnsealError::Items {
                failures: std::mem::take(&mut self.failures),
            })
        }
    }
}

impl fmt::Debug for Unsealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unsealed")
            .field("name", &self.secret.metadata.name)
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}
