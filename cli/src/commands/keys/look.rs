//! A look at all keys and what needs them.

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Secret;
use manifests::keys;
use sealing::{Fingerprint, KeyRing};

use crate::error::CommandError;
use crate::key_listing::{KeyListing, keys_of};
use crate::key_store::KeyStore;
use crate::key_usage::KeyUsage;

/// The keys of a store at one moment.
pub(super) struct Keys {
    /// Their Secrets.
    secrets: Vec<Secret>,
    /// What is said of each.
    pub(super) listings: Vec<KeyListing>,
    /// All of them, whatever their labels say.
    pub(super) ring: KeyRing,
}

impl Keys {
    /// Reads the key Secrets.
    ///
    /// # Errors
    /// When they can't be read.
    pub(super) fn of(store: &KeyStore, now: Timestamp) -> Result<Self, CommandError> {
        let secrets = store.secrets()?;
        let (ring, _) = keys::ring_of_all(&secrets);
        Ok(Self {
            listings: keys_of(&secrets, now),
            ring,
            secrets,
        })
    }

    /// What needs the keys; nothing is live in a folder.
    pub(super) fn usage(&self, store: &KeyStore) -> Option<KeyUsage> {
        match store {
            KeyStore::Local(_) => None,
            KeyStore::Cluster(cluster, _) => Some(KeyUsage::of_cluster(cluster, &self.ring)),
        }
    }

    /// The Secrets by which this key is in use.
    pub(super) fn holders(&self, key: &Fingerprint) -> Vec<&Secret> {
        let holds = |secret: &&Secret| {
            self.listings.iter().any(|listing| {
                listing.is_in_use()
                    && listing.fingerprint.as_ref() == Some(key)
                    && listing.name == secret.metadata.name
            })
        };
        self.secrets.iter().filter(holds).collect()
    }
}
