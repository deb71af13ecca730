//! The objects and items that need one key.

use api::sealed_secret::SealedSecret;
use sealing::{Fingerprint, KeyRing};
use serde::Serialize;

use super::{opening, recorded};
use crate::cluster::ObjectName;

/// An object that needs a key, and which of its items do.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct NeedingObject {
    /// The SealedSecret.
    #[serde(flatten)]
    pub(crate) object: ObjectName,
    /// Keys of the items that this key opens.
    pub(crate) items: Vec<String>,
}

/// Returns what needs a key, in the order of names. The items of an object are opened only where its status counts
/// several keys, or says nothing of the object as it is now.
///
/// A key that is stored nowhere opens nothing any more: then only what statuses say counts, and of an object whose
/// status counts it, the items that no other key opens are its.
pub(crate) fn needing(objects: Vec<SealedSecret>, ring: &KeyRing, key: &Fingerprint) -> Vec<NeedingObject> {
    let mut found = Vec::new();
    let mut unknown = Vec::new();
    let mut is_counted = Vec::new();
    for sealed in objects {
        match recorded(&sealed) {
            Some(keys) if !keys.contains_key(key) => {}
            Some(keys) if keys.len() == 1 => found.push(NeedingObject {
                object: ObjectName::of(&sealed.metadata),
                items: all_items(&sealed),
            }),
            recorded => {
                is_counted.push(recorded.is_some());
                unknown.push(sealed);
            }
        }
    }
    let is_stored = ring.get(key).is_some();
    let opened = opening::keys_of_all(&unknown, ring);
    for ((sealed, is_counted), keys) in unknown.iter().zip(is_counted).zip(opened) {
        let is_lost = is_counted && !is_stored;
        let items: Vec<String> = keys
            .into_iter()
            .filter(|(_, opened)| match opened {
                Ok(opened) => opened == key,
                Err(_) => is_lost,
            })
            .map(|(item, _)| item)
            .collect();
        if !items.is_empty() {
            found.push(NeedingObject {
                object: ObjectName::of(&sealed.metadata),
                items,
            });
        }
    }
    found.sort_by(|one, other| one.object.cmp(&other.object));
    found
}

fn all_items(sealed: &SealedSecret) -> Vec<String> {
    let deprecated = sealed
        .spec
        .data
        .iter()
        .map(|_| manifests::opening::DEPRECATED_ITEM.to_owned());
    deprecated
        .chain(sealed.spec.encrypted_data.keys().cloned())
        .collect()
}
