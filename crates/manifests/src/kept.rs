//! Values that are computed once and kept.
//!
//! A template with `randAlphaNum`, `now` or `genCA` gives another value at each run. Such a value stays in the Secret
//! while what it was computed from stays the same: its template and the values that it can see. What that was is
//! remembered in an annotation of the Secret, as tags that only the holder of the sealing key can make or check:
//! whoever sees the annotation can't use it to try passwords.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use api::names::KEPT_VALUES;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sealing::{Fingerprint, KeyRing, RingKey};
use zeroize::Zeroizing;

use crate::rendering::Entry;

/// The Secret as it was before, for values that are kept.
#[derive(Clone, Copy)]
pub struct Before<'a> {
    /// The Secret; `None` when there is none.
    pub secret: Option<&'a Secret>,
    /// It was made from the same document. Then a value of which nothing is remembered is kept too: the Secret may be
    /// of upstream's controller, or the key of the tag may be retired.
    pub is_same_document: bool,
}

/// The values that are kept, and the tags of those that are computed.
pub(crate) struct Kept<'a> {
    before: Before<'a>,
    remembered: BTreeMap<String, String>,
    ring: &'a KeyRing,
    /// The key of new tags.
    key: Option<&'a RingKey>,
    place: &'a ObjectMeta,
    tags: BTreeMap<String, String>,
}

impl<'a> Kept<'a> {
    /// Begins with what is remembered. `opened_by` are the keys that the object's items are sealed with: one of them
    /// makes new tags, so that a key that no item needs can be retired.
    pub(crate) fn new<'k>(
        before: Before<'a>,
        ring: &'a KeyRing,
        opened_by: impl Iterator<Item = &'k Fingerprint>,
        place: &'a ObjectMeta,
    ) -> Self {
        let opened_by: BTreeSet<&Fingerprint> = opened_by.collect();
        let needed = |key: &&RingKey| opened_by.contains(key.key.fingerprint());
        let annotations = before
            .secret
            .and_then(|secret| secret.metadata.annotations.as_ref());
        let remembered = annotations
            .and_then(|annotations| serde_json::from_str(annotations.get(KEPT_VALUES)?).ok())
            .unwrap_or_default();
        Self {
            before,
            remembered,
            ring,
            key: ring.iter().find(needed).or_else(|| ring.newest()),
            place,
            tags: BTreeMap::new(),
        }
    }

    /// Returns the value that an entry keeps, `None` when it is to be computed, and remembers what it depends on.
    pub(crate) fn value<'v>(
        &mut self,
        entry: &Entry<'_>,
        seen: impl Iterator<Item = (&'v str, &'v [u8])>,
    ) -> Option<Vec<u8>> {
        let message = self.message(entry, seen);
        let id = entry.id();
        let live = self.before.secret.and_then(|secret| entry.value_in(secret));
        let kept = live.filter(|_| self.is_kept(self.remembered.get(&id).map(String::as_str), &message));
        if let Some(key) = self.key {
            self.tags.insert(id, tag(key, &message));
        }
        kept
    }

    /// Returns the annotation to write, `None` when no value needs it.
    pub(crate) fn annotation(&self) -> Option<String> {
        let text = || serde_json::to_string(&self.tags).ok();
        (!self.tags.is_empty()).then(text).flatten()
    }

    /// Returns whether a value was computed from this, as far as can be known.
    fn is_kept(&self, remembered: Option<&str>, message: &[u8]) -> bool {
        let named = remembered.and_then(|remembered| remembered.split_once(':'));
        let named = named.map_or("", |(key, _)| key);
        let mut known = self
            .ring
            .iter()
            .filter(|key| key.key.fingerprint().short() == named)
            .peekable();
        if known.peek().is_none() {
            return self.before.is_same_document;
        }
        let remembered = remembered.unwrap_or_default().as_bytes();
        known.any(|key| verify_slices_are_equal(tag(key, message).as_bytes(), remembered).is_ok())
    }

    /// Everything that the value depends on, each part with its length before it, and the object's name: equal values
    /// of two objects must not have equal tags.
    fn message<'v>(
        &self,
        entry: &Entry<'_>,
        seen: impl Iterator<Item = (&'v str, &'v [u8])>,
    ) -> Zeroizing<Vec<u8>> {
        let mut message = Zeroizing::new(Vec::new());
        let mut add = |part: &[u8]| {
            message.extend_from_slice(&(part.len() as u64).to_be_bytes());
            message.extend_from_slice(part);
        };
        add(self.place.namespace.as_deref().unwrap_or_default().as_bytes());
        add(self.place.name.as_deref().unwrap_or_default().as_bytes());
        add(entry.id().as_bytes());
        add(entry.text.as_bytes());
        for (key, value) in seen {
            add(key.as_bytes());
            add(value);
        }
        message
    }
}

/// Returns a tag as the annotation has it: the short name of the key, and the tag in hex.
fn tag(key: &RingKey, message: &[u8]) -> String {
    let tag = key.key.tag(message);
    let short = format!("{}:", key.key.fingerprint().short());
    tag.iter().fold(short, |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests;
