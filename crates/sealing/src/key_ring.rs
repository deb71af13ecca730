//! Many private keys, and which one to try first.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use zeroize::Zeroizing;

use crate::framing;
use crate::{Certificate, Fingerprint, Label, OpenError, PrivateKey};

/// A private key and where it came from.
#[derive(Clone, Debug)]
pub struct RingKey {
    /// Name of the Secret or file that holds it.
    pub name: String,
    /// What keys are ordered by; upstream takes the certificate's `NotBefore`.
    pub created: Timestamp,
    /// The key.
    pub key: Arc<PrivateKey>,
    /// Its certificate; a bare private key for recovery has none.
    pub certificate: Option<Certificate>,
}

/// Private keys by fingerprint, newest first; keys of one time stay in the order they came.
#[derive(Clone, Debug, Default)]
pub struct KeyRing {
    keys: Vec<RingKey>,
}

/// The value of an item, and the key that opened it.
pub struct Opened {
    /// The value; wiped when dropped.
    pub plaintext: Zeroizing<Vec<u8>>,
    /// The key that opened it: the best hint for the object's next item.
    pub fingerprint: Fingerprint,
}

impl KeyRing {
    /// Returns an empty ring.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a key; one with the same fingerprint is replaced.
    pub fn insert(&mut self, key: RingKey) {
        self.remove(key.key.fingerprint());
        let at = self.keys.partition_point(|other| other.created >= key.created);
        self.keys.insert(at, key);
    }

    /// Takes a key out.
    pub fn remove(&mut self, fingerprint: &Fingerprint) -> Option<RingKey> {
        let at = self
            .keys
            .iter()
            .position(|key| key.key.fingerprint() == fingerprint)?;
        Some(self.keys.remove(at))
    }

    /// Adds all keys of another ring.
    pub fn extend(&mut self, other: Self) {
        for key in other.keys {
            self.insert(key);
        }
    }

    /// Returns the key that new items should be sealed with.
    pub fn newest(&self) -> Option<&RingKey> {
        self.keys.first()
    }

    /// Returns the `NotBefore` with which a new certificate that is valid for this long becomes the newest of the ring.
    ///
    /// That is now; where a key begins later, as one from elsewhere may or one that a faster clock made, it is a second
    /// after that one, since keys are ordered by `NotBefore` and a certificate holds whole seconds. Where no time is left
    /// after it, it is now.
    pub fn begin_of_next(&self, now: Timestamp, valid_for: SignedDuration) -> Timestamp {
        let Some(newest) = self.newest() else { return now };
        let Ok(after) = newest.created.checked_add(SignedDuration::from_secs(1)) else {
            return now;
        };
        if after > now && after.checked_add(valid_for).is_ok() {
            after
        } else {
            now
        }
    }

    /// Returns the keys, newest first.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &RingKey> {
        self.keys.iter()
    }

    /// Returns the key with this name.
    pub fn get(&self, fingerprint: &Fingerprint) -> Option<&RingKey> {
        self.keys.iter().find(|key| key.key.fingerprint() == fingerprint)
    }

    /// Returns the number of keys.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Returns whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Opens an item with the first key that can: the hinted ones, then newest first.
    ///
    /// Nothing in an item names its key, and a miss costs as much as a hit, so the order decides the
    /// cost. Keys of another modulus length than the item's cost nothing. Hints may name keys that
    /// aren't in the ring.
    ///
    /// # Errors
    /// [`OpenError::Truncated`], [`OpenError::Altered`], or [`OpenError::NoKey`] with the keys tried.
    pub fn open(&self, item: &[u8], label: &Label, hints: &[Fingerprint]) -> Result<Opened, OpenError> {
        let parts = framing::split(item)?;
        let modulus_len = parts.session_key.len();
        let hinted = hints.iter().filter_map(|hint| self.get(hint));
        let mut tried = Vec::new();
        for RingKey { key, .. } in hinted.chain(&self.keys) {
            if key.modulus_len() != modulus_len || tried.contains(key.fingerprint()) {
                continue;
            }
            if let Some(plaintext) = key.open_parts(label, &parts)? {
                return Ok(Opened {
                    plaintext,
                    fingerprint: key.fingerprint().clone(),
                });
            }
            tried.push(key.fingerprint().clone());
        }
        Err(OpenError::NoKey { tried, modulus_len })
    }
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened")
            .field("fingerprint", &self.fingerprint)
            .finish_non_exhaustive()
    }
}
