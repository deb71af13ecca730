//! Opening the items of many objects, on all cores.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use api::names::SEALED_WITH;
use api::sealed_secret::SealedSecret;
use manifests::opening::{ItemReason, keys_of_items};
use sealing::{Fingerprint, KeyRing};

/// The key of each item of an object, or why none opens it.
pub(super) type KeysOfItems = BTreeMap<String, Result<Fingerprint, ItemReason>>;

/// Returns the keys of the items of each object, in the order of the objects.
pub(super) fn keys_of_all(objects: &[SealedSecret], ring: &KeyRing) -> Vec<KeysOfItems> {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut found = Vec::new();
        let mut last: Option<Fingerprint> = None;
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(sealed) = objects.get(at) else {
                return found;
            };
            // Objects of one time have one key. One that names its keys itself needs no such guess.
            let hint = last.clone().filter(|_| !has_hint(sealed));
            let keys = keys_of_items(sealed, ring, hint.as_slice());
            last = keys.values().find_map(|key| key.as_ref().ok().cloned()).or(last);
            found.push((at, keys));
        }
    };
    let mut found: Vec<(usize, KeysOfItems)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..cores.min(objects.len())).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("opening an item does not panic"))
            .collect()
    });
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, keys)| keys).collect()
}

fn has_hint(sealed: &SealedSecret) -> bool {
    sealed
        .metadata
        .annotations
        .as_ref()
        .is_some_and(|all| all.contains_key(SEALED_WITH))
}
