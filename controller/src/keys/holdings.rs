//! The keys that this process holds, and where each is stored in the cluster. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use sealing::{Certificate, Fingerprint, KeyRing};

use super::notice::Notice;
use super::pair::Pair;

/// Keys by fingerprint.
#[derive(Debug, Default)]
pub(crate) struct Holdings {
    held: BTreeMap<Fingerprint, Held>,
    /// Keys in Secrets that are out of use, by the Secret. Archives are not among them.
    disabled: BTreeMap<String, Fingerprint>,
}

#[derive(Debug)]
struct Held {
    /// The key as it was last seen.
    last: Pair,
    /// Secrets that have it in use. One key may be in several.
    places: BTreeMap<String, Place>,
    /// The Secret in which something else took its place, until it is stored elsewhere.
    replaced_in: Option<String>,
}

#[derive(Debug)]
struct Place {
    pair: Pair,
    /// The Secret belongs to something that may replace it.
    borrowed: bool,
}

/// A key that is not stored under a name of its own, and must be.
#[derive(Debug, Clone)]
pub(crate) struct Unkept {
    /// The Secret that has it or had it last.
    pub(crate) from: String,
    /// The key.
    pub(crate) pair: Pair,
}

/// How a key leaves a Secret.
#[derive(Clone, Copy)]
enum Leaving {
    Disabled,
    Gone,
    Replaced,
}

impl Held {
    /// Returns the key with the newest of its certificates.
    fn pair(&self) -> &Pair {
        let pairs = self.places.values().map(|place| &place.pair);
        pairs.max_by_key(|pair| pair.key.created).unwrap_or(&self.last)
    }
}

impl Holdings {
    /// Notes that the Secret holds this key, in use. `borrowed` says that it belongs to something that may replace it.
    pub(crate) fn stored(&mut self, secret: &str, pair: Pair, borrowed: bool) -> Vec<Notice> {
        let fingerprint = pair.fingerprint().clone();
        self.disabled.remove(secret);
        let mut notices = self.leave(secret, Leaving::Replaced, |key| *key != fingerprint);
        let held = self.held.entry(fingerprint.clone()).or_insert_with(|| Held {
            last: pair.clone(),
            places: BTreeMap::new(),
            replaced_in: None,
        });
        if held.places.is_empty() {
            let secret = secret.to_owned();
            notices.push(Notice::Added { secret, fingerprint });
        }
        held.last = pair.clone();
        held.replaced_in = None;
        held.places.insert(secret.to_owned(), Place { pair, borrowed });
        notices
    }

    /// Notes that the Secret is out of use by its label, with the key in it where there is one.
    pub(crate) fn disabled(&mut self, secret: &str, key: Option<Fingerprint>) -> Vec<Notice> {
        let mut notices = self.put_aside(secret, key.as_ref());
        self.disabled.remove(secret);
        if let Some(key) = key {
            if self.held.get(&key).is_some_and(|held| held.places.is_empty()) {
                notices.extend(self.drop_key(secret, &key));
            }
            self.disabled.insert(secret.to_owned(), key);
        }
        notices
    }

    /// Notes that the Secret is an archive by its label, with the key in it where there is one.
    ///
    /// An archive is stored before its key is retired, and stays when that is broken off or taken back. So it says nothing
    /// about a key that another Secret has or had in use: such a key is lost, replaced and stored again as if there were
    /// none.
    pub(crate) fn archived(&mut self, secret: &str, key: Option<&Fingerprint>) -> Vec<Notice> {
        self.disabled.remove(secret);
        self.put_aside(secret, key)
    }

    /// Notes that the Secret is labelled as a key in use and holds none that can be used.
    pub(crate) fn broken(&mut self, secret: &str) -> Vec<Notice> {
        self.disabled.remove(secret);
        self.leave(secret, Leaving::Replaced, |_| true)
    }

    /// Notes that the Secret is gone.
    pub(crate) fn gone(&mut self, secret: &str) -> Vec<Notice> {
        self.disabled.remove(secret);
        self.leave(secret, Leaving::Gone, |_| true)
    }

    /// Notes that these are all the key Secrets there are.
    pub(crate) fn listed(&mut self, secrets: &BTreeSet<String>) -> Vec<Notice> {
        let places = self.held.values().flat_map(|held| held.places.keys());
        let known: BTreeSet<String> = places.chain(self.disabled.keys()).cloned().collect();
        known
            .difference(secrets)
            .flat_map(|secret| self.gone(secret))
            .collect()
    }

    /// Takes the keys out of a Secret that has `key` and is no longer in use.
    fn put_aside(&mut self, secret: &str, key: Option<&Fingerprint>) -> Vec<Notice> {
        // Who disabled the Secret and replaced its key at once meant the key that is there now.
        let other = |held: &Fingerprint| key.is_some_and(|key| key != held);
        let mut notices = self.leave(secret, Leaving::Replaced, other);
        notices.extend(self.leave(secret, Leaving::Disabled, |_| true));
        notices
    }

    /// Takes the keys that `which` names out of a Secret.
    fn leave(&mut self, secret: &str, how: Leaving, which: impl Fn(&Fingerprint) -> bool) -> Vec<Notice> {
        let mut notices = Vec::new();
        let mut dropped = Vec::new();
        for (fingerprint, held) in &mut self.held {
            if !which(fingerprint) || held.places.remove(secret).is_none() {
                continue;
            }
            let (secret, fingerprint) = (secret.to_owned(), fingerprint.clone());
            let elsewhere = held.places.keys().next().cloned();
            let is_disabled = self.disabled.values().any(|disabled| *disabled == fingerprint);
            match (how, elsewhere) {
                (Leaving::Disabled, Some(elsewhere)) => notices.push(Notice::StillInUse {
                    secret,
                    elsewhere,
                    fingerprint,
                }),
                (Leaving::Gone | Leaving::Replaced, Some(_)) => {}
                (Leaving::Disabled, None) => dropped.push(fingerprint),
                // The only Secret that still has it is out of use.
                (Leaving::Gone | Leaving::Replaced, None) if is_disabled => dropped.push(fingerprint),
                (Leaving::Gone, None) => notices.push(Notice::Lost { secret, fingerprint }),
                (Leaving::Replaced, None) => {
                    held.replaced_in = Some(secret.clone());
                    notices.push(Notice::Replaced { secret, fingerprint });
                }
            }
        }
        for fingerprint in dropped {
            notices.extend(self.drop_key(secret, &fingerprint));
        }
        notices
    }

    fn drop_key(&mut self, secret: &str, fingerprint: &Fingerprint) -> Option<Notice> {
        self.held.remove(fingerprint)?;
        Some(Notice::Disabled {
            secret: secret.to_owned(),
            fingerprint: fingerprint.clone(),
        })
    }

    /// Returns when the newest key came to be, stored or not.
    pub(crate) fn newest(&self) -> Option<Timestamp> {
        self.held.values().map(|held| held.pair().key.created).max()
    }

    /// Returns all keys: each may be needed to open something.
    pub(crate) fn ring(&self) -> KeyRing {
        let mut pairs: Vec<&Pair> = self.held.values().map(Held::pair).collect();
        // A ring keeps the order in which keys of one time come.
        pairs.sort_by_key(|pair| pair.stored);
        let mut ring = KeyRing::new();
        for pair in pairs {
            ring.insert(pair.key.clone());
        }
        ring
    }

    /// Returns the keys that must be stored under names of their own: one that was replaced in place is nowhere else; one
    /// in a borrowed Secret may be replaced at a time when nobody looks. A copy that was disabled is a copy too; an archive
    /// is none, since it does not tell that anybody wanted the key out of use.
    pub(crate) fn unkept(&self) -> Vec<Unkept> {
        let unkept = |(fingerprint, held): (&Fingerprint, &Held)| {
            let from = match held.places.keys().next() {
                None => held.replaced_in.clone()?,
                Some(_) if self.is_kept(fingerprint, held) => return None,
                Some(place) => place.clone(),
            };
            let pair = held.pair().clone();
            Some(Unkept { from, pair })
        };
        self.held.iter().filter_map(unkept).collect()
    }

    /// Returns whether a key is stored where nothing will replace it by itself.
    fn is_kept(&self, fingerprint: &Fingerprint, held: &Held) -> bool {
        held.places.values().any(|place| !place.borrowed)
            || self.disabled.values().any(|disabled| disabled == fingerprint)
    }

    /// Returns the certificate to seal with: the newest whose key is in use and kept. What is sealed to a key that exists
    /// only in this process is lost with it.
    ///
    /// The key in a Secret in which it replaced another one is not served before that other one is stored again.
    pub(crate) fn certificate(&self) -> Option<Certificate> {
        let unstored = self.held.values().filter(|held| held.places.is_empty());
        let blocked: BTreeSet<&String> = unstored.filter_map(|held| held.replaced_in.as_ref()).collect();
        let served = |fingerprint: &Fingerprint| {
            self.held.get(fingerprint).is_some_and(|held| {
                held.places.keys().any(|place| !blocked.contains(place)) && self.is_kept(fingerprint, held)
            })
        };
        let ring = self.ring();
        ring.iter()
            .filter(|key| served(key.key.fingerprint()))
            .find_map(|key| key.certificate.clone())
    }
}

#[cfg(test)]
mod tests;
