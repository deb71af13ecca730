//! The keys that this process holds, and which of them are still stored in the cluster. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sealing::{Fingerprint, KeyRing, RingKey};

/// A change that a person should hear of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Notice {
    /// A key came into use.
    Added {
        secret: String,
        fingerprint: Fingerprint,
    },
    /// A key was taken out of use by its label.
    Disabled {
        secret: String,
        fingerprint: Fingerprint,
    },
    /// The Secret of a key is gone or holds another key now; the key goes on opening items until
    /// this process ends, and then is lost.
    Lost {
        secret: String,
        fingerprint: Fingerprint,
    },
}

/// Keys by fingerprint.
#[derive(Debug, Default)]
pub(crate) struct Holdings {
    held: BTreeMap<Fingerprint, Held>,
}

#[derive(Debug)]
struct Held {
    key: RingKey,
    stored: bool,
}

impl Holdings {
    /// Notes that the Secret holds exactly these keys, in use.
    pub(crate) fn stored(&mut self, secret: &str, keys: impl IntoIterator<Item = RingKey>) -> Vec<Notice> {
        let keys: BTreeMap<Fingerprint, RingKey> = keys
            .into_iter()
            .map(|key| (key.key.fingerprint().clone(), key))
            .collect();
        let mut notices =
            self.mark_lost(|fingerprint, name| name == secret && !keys.contains_key(fingerprint));
        for (fingerprint, key) in keys {
            if self.held.get(&fingerprint).is_none_or(|held| !held.stored) {
                notices.push(Notice::Added {
                    secret: secret.to_owned(),
                    fingerprint: fingerprint.clone(),
                });
            }
            self.held.insert(fingerprint, Held { key, stored: true });
        }
        notices
    }

    /// Notes that someone disabled the keys of this Secret.
    pub(crate) fn disabled(&mut self, secret: &str) -> Vec<Notice> {
        let mut notices = Vec::new();
        self.held.retain(|fingerprint, held| {
            let keep = held.key.name != secret;
            if !keep {
                notices.push(Notice::Disabled {
                    secret: secret.to_owned(),
                    fingerprint: fingerprint.clone(),
                });
            }
            keep
        });
        notices
    }

    /// Notes that the Secret is gone.
    pub(crate) fn gone(&mut self, secret: &str) -> Vec<Notice> {
        self.mark_lost(|_, name| name == secret)
    }

    /// Notes that these are all the key Secrets there are.
    pub(crate) fn listed(&mut self, secrets: &BTreeSet<String>) -> Vec<Notice> {
        self.mark_lost(|_, name| !secrets.contains(name))
    }

    fn mark_lost(&mut self, lost: impl Fn(&Fingerprint, &str) -> bool) -> Vec<Notice> {
        let mut notices = Vec::new();
        for (fingerprint, held) in &mut self.held {
            if held.stored && lost(fingerprint, &held.key.name) {
                held.stored = false;
                notices.push(Notice::Lost {
                    secret: held.key.name.clone(),
                    fingerprint: fingerprint.clone(),
                });
            }
        }
        notices
    }

    /// Returns how many keys are held, stored or not.
    pub(crate) fn len(&self) -> usize {
        self.held.len()
    }

    /// Returns all keys: each may be needed to open something.
    pub(crate) fn ring(&self) -> KeyRing {
        let mut ring = KeyRing::new();
        for held in self.held.values() {
            ring.insert(held.key.clone());
        }
        ring
    }

    /// Returns the certificate to seal with: the newest whose key is stored. What is sealed to a key
    /// that exists only in this process is lost with it.
    pub(crate) fn certificate(&self) -> Option<Arc<str>> {
        let stored = |key: &&RingKey| {
            self.held
                .get(key.key.fingerprint())
                .is_some_and(|held| held.stored)
        };
        let ring = self.ring();
        let newest = ring
            .iter()
            .filter(stored)
            .find_map(|key| key.certificate.as_ref())?;
        Some(Arc::from(newest.to_pem()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::{SignedDuration, Timestamp};
    use sealing::{KeyOptions, KeyPair};

    /// A key whose certificate begins `age` days after the epoch.
    fn key(secret: &str, age: i64) -> RingKey {
        let created = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * age);
        let options = KeyOptions {
            bits: 2048,
            common_name: String::new(),
            not_before: created,
            valid_for: SignedDuration::from_hours(87_600),
        };
        let (key, certificate) = KeyPair::generate(&options).unwrap().into_parts();
        RingKey {
            name: secret.to_owned(),
            created,
            key: Arc::new(key),
            certificate: Some(certificate),
        }
    }

    fn pem(key: &RingKey) -> Option<Arc<str>> {
        key.certificate
            .as_ref()
            .map(|certificate| Arc::from(certificate.to_pem()))
    }

    #[test]
    fn the_newest_stored_key_is_served() {
        let (old, new) = (key("old", 1), key("new", 2));
        let mut holdings = Holdings::default();
        holdings.stored("new", [new.clone()]);
        holdings.stored("old", [old.clone()]);
        assert_eq!(holdings.certificate(), pem(&new));
        holdings.disabled("new");
        assert_eq!(holdings.certificate(), pem(&old));
        assert_eq!(holdings.len(), 1);
    }

    #[test]
    fn a_key_whose_secret_was_deleted_opens_on_but_is_not_sealed_to() {
        let only = key("only", 1);
        let fingerprint = only.key.fingerprint().clone();
        let mut holdings = Holdings::default();
        holdings.stored("only", [only.clone()]);
        let lost = vec![Notice::Lost {
            secret: "only".to_owned(),
            fingerprint: fingerprint.clone(),
        }];
        assert_eq!(holdings.gone("only"), lost);
        assert_eq!(holdings.gone("only"), vec![]);
        assert_eq!(holdings.certificate(), None);
        assert!(holdings.ring().get(&fingerprint).is_some());
        let added = vec![Notice::Added {
            secret: "only".to_owned(),
            fingerprint,
        }];
        assert_eq!(holdings.stored("only", [only.clone()]), added);
        assert_eq!(holdings.certificate(), pem(&only));
    }

    #[test]
    fn a_key_that_is_replaced_in_place_still_opens() {
        let (first, second) = (key("same", 1), key("same", 2));
        let mut holdings = Holdings::default();
        holdings.stored("same", [first]);
        let notices = holdings.stored("same", [second.clone()]);
        assert!(
            matches!(&notices[..], [Notice::Lost { .. }, Notice::Added { .. }]),
            "{notices:?}"
        );
        assert_eq!(holdings.len(), 2);
        assert_eq!(holdings.certificate(), pem(&second));
    }

    #[test]
    fn a_secret_that_vanished_while_the_watch_was_down_is_noticed() {
        let (kept, gone) = (key("kept", 1), key("gone", 2));
        let mut holdings = Holdings::default();
        holdings.stored("kept", [kept.clone()]);
        holdings.stored("gone", [gone]);
        let notices = holdings.listed(&["kept".to_owned()].into());
        assert!(
            matches!(&notices[..], [Notice::Lost { secret, .. }] if secret == "gone"),
            "{notices:?}"
        );
        assert_eq!(holdings.certificate(), pem(&kept));
    }
}
