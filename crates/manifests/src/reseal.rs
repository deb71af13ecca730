//! SealedSecret to the same SealedSecret under the newest key.

use std::collections::BTreeMap;

use api::sealed_secret::SealedSecret;
use aws_lc_rs::rand::SecureRandom;
use sealing::{Certificate, Fingerprint, KeyRing};

use crate::opening::{self, Opening};
use crate::unseal::UnsealError;

/// The items of one object under the newest key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resealed {
    /// Every item, by its key; [`opening::DEPRECATED_ITEM`] is that of the deprecated format.
    pub items: BTreeMap<String, ResealedItem>,
}

/// One item under the newest key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResealedItem {
    /// The key that it was sealed with.
    pub from: Fingerprint,
    /// The new item, base64 on one line; `None` when it is on the newest key as it is.
    pub item: Option<String>,
}

/// A SealedSecret that can't be sealed again. No message holds anything that was decrypted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResealError {
    /// It doesn't open.
    #[error(transparent)]
    Unseal(#[from] UnsealError),
    /// An item opened and could not be sealed.
    #[error("item `{item}` could not be sealed to the new key")]
    Seal {
        /// Key of the item.
        item: String,
        /// The reason.
        source: sealing::SealError,
    },
}

/// Returns the items of a SealedSecret under the key of `newest`.
///
/// An item that is on that key already is left as it is, so that a second run changes nothing. Everything is opened in
/// the order of [`opening::keys_of_items`] and sealed for the same scope, which is that of the object's own
/// annotations; the template counts for nothing and is not rendered. Values are wiped when they are sealed. The
/// certificate's dates are the caller's to check.
///
/// The key of `newest` needs not be in the ring; then items that are on it already don't open.
///
/// # Errors
/// [`ResealError`]; then nothing is returned, even if some items open.
pub fn reseal(
    sealed: &SealedSecret,
    ring: &KeyRing,
    newest: &Certificate,
    random: &dyn SecureRandom,
    hints: &[Fingerprint],
) -> Result<Resealed, ResealError> {
    let mut opening = Opening::new(sealed, ring, hints);
    let mut items = BTreeMap::new();
    for (key, text) in opening::items(&sealed.spec)? {
        let Some(opened) = opening.open(key, text) else {
            continue;
        };
        let item = if opened.fingerprint == *newest.fingerprint() {
            None
        } else {
            let sealing = newest
                .public_key()
                .seal(random, opening.label(), &opened.plaintext);
            let item = sealing.map_err(|source| ResealError::Seal {
                item: key.to_owned(),
                source,
            })?;
            Some(sealing::encode_item(&item))
        };
        let from = opened.fingerprint;
        items.insert(key.to_owned(), ResealedItem { from, item });
    }
    opening.end()?;
    Ok(Resealed { items })
}
