//! Opening items one after the other, so that each usually costs one private-key operation.

use std::collections::BTreeMap;
use std::fmt;

use api::names::SEALED_WITH;
use api::sealed_secret::{SealedSecret, SealedSecretSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sealing::{Fingerprint, ItemError, KeyRing, Label, OpenError, Opened};

use crate::scope;
use crate::unseal::UnsealError;

/// What the item of the format before 2019 is called: it has no key of its own.
pub const DEPRECATED_ITEM: &str = "spec.data";

/// Items that may fail before the others of an object are not tried any more: thousands that no key opens would keep a
/// core busy for minutes, with each key tried for each of them.
const FAILURES: usize = 20;

/// One item that doesn't open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemFailure {
    /// Key of the item; [`DEPRECATED_ITEM`] for the deprecated format.
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

/// Returns the key that opens each item, by the item's key, or why none does. The template is not looked at, and
/// nothing of a value is kept.
///
/// The scope is that of the SealedSecret's own annotations. Keys are tried in the order of `hints`, the object's own
/// hint, then newest first; the key that opened one item is the first for the next. The item of the deprecated
/// format is called [`DEPRECATED_ITEM`]; in an object that has both formats, which no controller opens, each item is
/// told of as if it stood alone.
pub fn keys_of_items(
    sealed: &SealedSecret,
    ring: &KeyRing,
    hints: &[Fingerprint],
) -> BTreeMap<String, Result<Fingerprint, ItemReason>> {
    let mut opening = Opening::new(sealed, ring, hints);
    let mut key_of = |text: &str| opening.attempt(text).map(|opened| opened.fingerprint);
    let deprecated = sealed.spec.data.as_deref().map(|item| (DEPRECATED_ITEM, item));
    let items = sealed
        .spec
        .encrypted_data
        .iter()
        .map(|(key, item)| (key.as_str(), item.as_str()));
    deprecated
        .into_iter()
        .chain(items)
        .map(|(key, item)| (key.to_owned(), key_of(item)))
        .collect()
}

/// Returns the items of an object, in the order of their keys; that of the deprecated format alone, if it is the
/// object's.
///
/// # Errors
/// [`UnsealError::TwoFormats`].
pub(crate) fn items(spec: &SealedSecretSpec) -> Result<Vec<(&str, &str)>, UnsealError> {
    match &spec.data {
        Some(_) if !spec.encrypted_data.is_empty() => Err(UnsealError::TwoFormats),
        Some(item) => Ok(vec![(DEPRECATED_ITEM, item)]),
        None => Ok(spec
            .encrypted_data
            .iter()
            .map(|(key, item)| (key.as_str(), item.as_str()))
            .collect()),
    }
}

/// The opening of one object's items.
pub(crate) struct Opening<'a> {
    ring: &'a KeyRing,
    label: Label,
    hints: Vec<Fingerprint>,
    failures: Vec<ItemFailure>,
    untried: usize,
}

impl<'a> Opening<'a> {
    /// Begins with the caller's hints, then the object's own.
    pub(crate) fn new(sealed: &SealedSecret, ring: &'a KeyRing, extra_hints: &[Fingerprint]) -> Self {
        let mut hints = extra_hints.to_vec();
        hints.extend(hints_of(&sealed.metadata));
        Self {
            ring,
            label: scope::label(&sealed.metadata, scope::of_sealed_secret(&sealed.metadata)),
            hints,
            failures: Vec::new(),
            untried: 0,
        }
    }

    /// Returns what the items are bound to.
    pub(crate) fn label(&self) -> &Label {
        &self.label
    }

    /// Opens an item; a failure is kept for [`Self::end`].
    pub(crate) fn open(&mut self, key: &str, text: &str) -> Option<Opened> {
        if self.failures.len() == FAILURES {
            self.untried += 1;
            return None;
        }
        self.attempt(text)
            .map_err(|reason| {
                let item = key.to_owned();
                self.failures.push(ItemFailure { item, reason });
            })
            .ok()
    }

    /// Ends the opening.
    ///
    /// # Errors
    /// [`UnsealError::Items`] with everything that failed.
    pub(crate) fn end(self) -> Result<(), UnsealError> {
        if self.failures.is_empty() {
            Ok(())
        } else {
            Err(UnsealError::Items {
                failures: self.failures,
                untried: self.untried,
            })
        }
    }

    fn attempt(&mut self, text: &str) -> Result<Opened, ItemReason> {
        let item = sealing::decode_item(text)?;
        let opened = self.ring.open(&item, &self.label, &self.hints)?;
        if self.hints.first() != Some(&opened.fingerprint) {
            self.hints.retain(|hint| *hint != opened.fingerprint);
            self.hints.insert(0, opened.fingerprint.clone());
        }
        Ok(opened)
    }
}

/// Returns the fingerprints of an object's hint; what is none is passed over, because a hint decides nothing.
pub fn hints_of(metadata: &ObjectMeta) -> Vec<Fingerprint> {
    let hint = metadata.annotations.as_ref().and_then(|all| all.get(SEALED_WITH));
    hint.iter()
        .flat_map(|hint| hint.split(','))
        .filter_map(|word| word.trim().parse().ok())
        .collect()
}
