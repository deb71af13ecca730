//! SealedSecret to Secret.

use std::collections::BTreeMap;
use std::fmt;

use api::names::KEPT_VALUES;
use api::sealed_secret::{SealedSecret, SecretTemplate};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sealing::{Fingerprint, KeyRing};
use zeroize::Zeroizing;

use crate::kept::Kept;
use crate::opening::{self, ItemFailure, Opening};
use crate::{decode, rendering, seal};

pub use crate::kept::Before;
pub use crate::rendering::{TemplateFailure, has_templates, renders_metadata};
pub use template::{Limits, World};

/// What an unsealing depends on besides the object and the keys.
#[derive(Clone)]
pub struct Terms<'a> {
    /// Clock, randomness and deadline of templates.
    pub world: World<'a>,
    /// Bounds of all templates of the object together.
    pub limits: Limits,
    /// Whether the format before 2019 opens.
    pub accepts_deprecated: bool,
    /// The Secret as it was, so that values that would be others at each run are kept in it; without it nothing is kept
    /// and nothing is remembered.
    pub before: Option<Before<'a>>,
}

impl<'a> Terms<'a> {
    /// Returns the usual terms: everything opens, templates have their default bounds, nothing is kept.
    pub fn new(world: World<'a>) -> Self {
        Self {
            world,
            limits: Limits::default(),
            accepts_deprecated: true,
            before: None,
        }
    }
}

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
    /// Some items don't open; the others were tried too, up to a bound.
    #[error("{}{}", join(failures), untold(*untried))]
    Items {
        /// The items that failed, by key.
        failures: Vec<ItemFailure>,
        /// How many items were not tried after so many failures.
        untried: usize,
    },
    /// Some templates can't be rendered.
    #[error("{}", join(failures))]
    Templates {
        /// Those that failed, by key.
        failures: Vec<TemplateFailure>,
    },
    /// The deprecated format, where it is not accepted; upstream's words.
    #[error("using deprecated 'data' field, use 'encryptedData' or flip the feature flag")]
    Deprecated,
    /// Both formats in one object; upstream's words.
    #[error("cannot use the field 'encryptedData' and the deprecated field 'data' at the same time")]
    TwoFormats,
    /// What the deprecated `spec.data` held is no Secret.
    #[error("the deprecated field 'data' does not hold a Secret; seal the Secret again")]
    NoSecret,
}

fn join(failures: &[impl ToString]) -> String {
    failures
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}

fn untold(untried: usize) -> String {
    match untried {
        0 => String::new(),
        untried => format!("; {untried} more items were not tried"),
    }
}

/// Returns the Secret of a SealedSecret.
///
/// Metadata, type and immutability are the template's; name and namespace the SealedSecret's; the scope
/// is that of the SealedSecret's own annotations. `spec.template.data` is rendered as upstream does (0.40): an item wins
/// over a template of its key, and null leaves an item out. Keys are tried in the order of `extra_hints`, the
/// object's own hint, then newest first; the key that opened one item is the first for the next. An owner
/// reference is the caller's to add.
///
/// # Errors
/// [`UnsealError`]; then there is no Secret, even if some items open.
pub fn unseal(
    sealed: &SealedSecret,
    ring: &KeyRing,
    extra_hints: &[Fingerprint],
    terms: &Terms<'_>,
) -> Result<Unsealed, UnsealError> {
    if sealed.spec.data.is_some() && !terms.accepts_deprecated {
        return Err(UnsealError::Deprecated);
    }
    let mut opening = Opening::new(sealed, ring, extra_hints);
    let mut keys = BTreeMap::new();
    let mut values = BTreeMap::new();
    let items = opening::items(&sealed.spec)?;
    for (key, item) in items {
        if let Some(opened) = opening.open(key, item) {
            *keys.entry(opened.fingerprint).or_default() += 1;
            values.insert(key, opened.plaintext);
        }
    }
    opening.end()?;
    let secret = if sealed.spec.data.is_some() {
        place(
            deprecated(&values.into_values().next().unwrap_or_default())?,
            &sealed.metadata,
        )
    } else {
        let template = sealed.spec.template.clone().unwrap_or_default();
        let mut secret = place(templated(template, values), &sealed.metadata);
        let kept = terms
            .before
            .map(|before| Kept::new(before, ring, keys.keys(), &sealed.metadata));
        rendering::render(sealed, &mut secret, &terms.world, &terms.limits, kept)
            .map_err(|failures| UnsealError::Templates { failures })?;
        secret
    };
    Ok(Unsealed { secret, keys })
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
    // What is remembered of values is never the document's to say.
    if let Some(annotations) = &mut secret.metadata.annotations {
        annotations.remove(KEPT_VALUES);
    }
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
