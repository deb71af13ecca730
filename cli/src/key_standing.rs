//! Whether a sealing key may be taken out of use. Pure.

use std::collections::BTreeSet;

use sealing::Fingerprint;

use crate::key_listing::{KeyListing, Obstacle};
use crate::key_usage::{KeyUsage, Needed, Unseen};

/// How a key stands. The first that is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing<'a> {
    /// No controller uses it, or it is none.
    OutOfUse,
    /// It is sealed with: what comes next will need it.
    Newest,
    /// Live objects need it.
    Needed(&'a Needed),
    /// What needs it is not known.
    Unseen(&'a Unseen),
    /// The Secret of this name belongs to something that would write the label again.
    Owned(&'a str),
    /// Nothing is against it.
    Free,
}

/// Returns how a key stands among the keys as [`keys_of`](crate::key_listing::keys_of) lists them. Without a usage nothing
/// is live: a folder that stands in for a cluster has no objects.
pub(crate) fn standing<'a>(
    key: Option<&Fingerprint>,
    keys: &'a [KeyListing],
    usage: Option<&'a KeyUsage>,
) -> Standing<'a> {
    let in_use: Vec<&KeyListing> = keys.iter().filter(|listing| listing.is_in_use()).collect();
    let Some(key) = key.filter(|key| {
        in_use
            .iter()
            .any(|listing| listing.fingerprint.as_ref() == Some(key))
    }) else {
        return Standing::OutOfUse;
    };
    // Only what has a certificate is sealed with; where nothing has one, nothing newer could be taken for the newest.
    let newest = in_use.iter().find(|listing| listing.expires.is_some());
    let newest = newest.or_else(|| in_use.first());
    if newest.is_some_and(|newest| newest.fingerprint.as_ref() == Some(key)) {
        return Standing::Newest;
    }
    if let Some(usage) = usage {
        if let Some(needed) = usage.needed(key) {
            return Standing::Needed(needed);
        }
        if let Some(unseen) = usage.unseen.first() {
            return Standing::Unseen(unseen);
        }
    }
    let mut owned = in_use
        .iter()
        .filter(|listing| listing.is_owned && listing.fingerprint.as_ref() == Some(key));
    match owned.next() {
        Some(listing) => Standing::Owned(listing.name.as_deref().unwrap_or_default()),
        None => Standing::Free,
    }
}

impl Standing<'_> {
    /// What is in the way of taking the key out of use, `None` when nothing is.
    pub(crate) fn obstacle(self) -> Option<Obstacle> {
        let (word, reason) = match self {
            Self::Free => return None,
            Self::OutOfUse => ("", "it is not in use".to_owned()),
            Self::Newest => (
                "newest",
                "it is the newest, so what is sealed now is sealed for it".to_owned(),
            ),
            Self::Needed(needed) => (
                "needed",
                match (needed.items, needed.objects.len()) {
                    (1, _) => "1 item of a live SealedSecret needs it".to_owned(),
                    (items, 1) => format!("{items} items of a live SealedSecret need it"),
                    (items, objects) => format!("{items} items of {objects} live SealedSecrets need it"),
                },
            ),
            Self::Unseen(unseen) => ("unseen", format!("what needs it is not known: {unseen}")),
            Self::Owned(name) => (
                "owned",
                format!("the Secret `{name}` belongs to something that would put the label back"),
            ),
        };
        Some(Obstacle { word, reason })
    }
}

/// Says of each key what needs it and whether it can be taken out of use, and adds those that are needed and stored
/// nowhere.
pub(crate) fn judge(mut keys: Vec<KeyListing>, usage: Option<&KeyUsage>) -> Vec<KeyListing> {
    let stored: BTreeSet<Fingerprint> = keys.iter().filter_map(|key| key.fingerprint.clone()).collect();
    let needed = usage.iter().flat_map(|usage| usage.by_key.keys());
    let missing: Vec<_> = needed
        .filter(|key| !stored.contains(key))
        .map(|key| KeyListing::missing(key.clone()))
        .collect();
    keys.extend(missing);
    let whole = usage.filter(|usage| {
        !usage
            .unseen
            .iter()
            .any(|unseen| matches!(unseen, Unseen::All { .. }))
    });
    let judged: Vec<_> = keys
        .iter()
        .map(|listing| {
            let key = listing.fingerprint.as_ref();
            let needed = whole.zip(key).map(|(usage, key)| usage.needed(key));
            let obstacle = if listing.is_in_use() {
                standing(key, &keys, usage).obstacle()
            } else {
                Standing::OutOfUse.obstacle()
            };
            KeyListing {
                objects: needed.map(|needed| needed.map_or(0, |needed| needed.objects.len())),
                items: needed.map(|needed| needed.map_or(0, |needed| needed.items)),
                retirable: obstacle.is_none(),
                obstacle,
                ..listing.clone()
            }
        })
        .collect();
    judged
}

#[cfg(test)]
mod tests;
