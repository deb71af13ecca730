//! What this process remembers of an object between two passes. Losing it costs work, never truth.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use api::sealed_secret::{SealedSecret, SealedSecretStatus, Unsealed};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// How long a Secret is left alone that someone else keeps changing.
const PAUSE: SignedDuration = SignedDuration::from_mins(5);

/// An object by namespace and name.
pub(crate) type Key = (String, String);

/// Memories by object.
#[derive(Default)]
pub(crate) struct Memory {
    objects: Mutex<HashMap<Key, Entry>>,
}

/// What is remembered of one object.
#[derive(Default)]
struct Entry {
    attempts: u32,
    heals: [Option<Timestamp>; 3],
    hopeless: Option<(String, u64)>,
    sealed: Option<Echo<Arc<SealedSecret>>>,
    target: Option<Echo<ObjectMeta>>,
    unsealed: Option<Unsealed>,
    said: Option<SealedSecretStatus>,
    adopted: Option<String>,
}

/// The result of our own write, until the watch brings it back. Without it the pass that the write
/// itself triggers would see the state before it and do everything again.
struct Echo<T> {
    before: Option<String>,
    after: T,
}

impl Memory {
    fn with<T>(&self, key: &Key, work: impl FnOnce(&mut Entry) -> T) -> T {
        // A panic elsewhere leaves entries whole: each change is one assignment.
        let mut objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        work(objects.entry(key.clone()).or_default())
    }

    /// Forgets a SealedSecret that was deleted.
    pub(crate) fn forget(&self, key: &Key) {
        self.objects
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(key);
    }

    /// Forgets all objects but these.
    pub(crate) fn keep(&self, known: &HashSet<Key>) {
        self.objects
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|key, _| known.contains(key));
    }

    /// Returns how often the object failed in a row before this pass.
    pub(crate) fn attempts(&self, key: &Key) -> u32 {
        self.with(key, |entry| entry.attempts)
    }

    /// Notes one more failure and returns how many it are in a row.
    pub(crate) fn failed(&self, key: &Key) -> u32 {
        self.with(key, |entry| {
            entry.attempts = entry.attempts.saturating_add(1);
            entry.attempts
        })
    }

    /// Notes that a pass came to its end.
    pub(crate) fn succeeded(&self, key: &Key) {
        self.with(key, |entry| entry.attempts = 0);
    }

    /// Notes that the Secret was restored.
    pub(crate) fn healed(&self, key: &Key, now: Timestamp) {
        self.with(key, |entry| {
            entry.heals.rotate_left(1);
            entry.heals[2] = Some(now);
        });
    }

    /// Returns how long the Secret is left to whoever undid three repairs within a minute, `None`
    /// when nobody does.
    pub(crate) fn contested_for(&self, key: &Key, now: Timestamp) -> Option<Duration> {
        self.with(key, |entry| {
            let [Some(first), _, Some(last)] = entry.heals else {
                return None;
            };
            let fast = last.duration_since(first) < SignedDuration::from_mins(1);
            let left = PAUSE - now.duration_since(last);
            (fast && left.is_positive()).then(|| left.min(PAUSE).unsigned_abs())
        })
    }

    /// Notes that the items with this digest do not open with the keys of this version, or, with
    /// `None`, that they do.
    pub(crate) fn set_hopeless(&self, key: &Key, what: Option<(String, u64)>) {
        self.with(key, |entry| entry.hopeless = what);
    }

    /// Returns whether the items with this digest are known not to open with these keys.
    pub(crate) fn is_hopeless(&self, key: &Key, digest: &str, keys: u64) -> bool {
        self.with(key, |entry| {
            entry
                .hopeless
                .as_ref()
                .is_some_and(|(known, version)| known == digest && *version == keys)
        })
    }

    /// Returns whether the items were found not to open with other keys than those of this version.
    pub(crate) fn is_outdated(&self, key: &Key, keys: u64) -> bool {
        self.with(key, |entry| {
            entry
                .hopeless
                .as_ref()
                .is_some_and(|(_, version)| *version != keys)
        })
    }

    /// Returns the objects whose items do not open: those that a new key may help.
    pub(crate) fn hopeless(&self) -> Vec<Key> {
        let objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        objects
            .iter()
            .filter(|(_, entry)| entry.hopeless.is_some())
            .map(|(key, _)| key.clone())
            .collect()
    }

    /// Notes what was opened last: upstream's CRD drops it from status.
    pub(crate) fn unsealed(&self, key: &Key, record: Unsealed) {
        self.with(key, |entry| entry.unsealed = Some(record));
    }

    /// Returns whether the Secret is known to be that of the document with this digest by a status that keeps no record;
    /// `says_so` is whether status says it now. A pass that fails writes another status, and then this is all there is
    /// that tells a value that must be kept from one that is to be made.
    pub(crate) fn adopted(&self, key: &Key, digest: &str, says_so: bool) -> bool {
        self.with(key, |entry| {
            if says_so {
                entry.adopted = Some(digest.to_owned());
            }
            entry.adopted.as_deref() == Some(digest)
        })
    }

    /// Notes what status would say if it were written.
    pub(crate) fn said(&self, key: &Key, status: SealedSecretStatus) {
        self.with(key, |entry| entry.said = Some(status));
    }

    /// Returns what status would say if it were written, of an object whose status is not.
    pub(crate) fn unwritten(&self, key: &Key) -> Option<SealedSecretStatus> {
        let objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        objects.get(key)?.said.clone()
    }

    /// Returns the object with what this process knows of its status and the API server was not told,
    /// or did not keep.
    pub(crate) fn completed(&self, key: &Key, sealed: &Arc<SealedSecret>) -> Arc<SealedSecret> {
        self.with(key, |entry| {
            let known = sealed.status.as_ref();
            let status = match (&entry.said, &entry.unsealed) {
                (Some(said), _) => said.clone(),
                (None, Some(record)) if known.is_some_and(|status| status.unsealed.is_none()) => {
                    let mut status = known.cloned().unwrap_or_default();
                    status.unsealed = Some(record.clone());
                    status
                }
                _ => return Arc::clone(sealed),
            };
            let mut sealed = SealedSecret::clone(sealed);
            sealed.status = Some(status);
            Arc::new(sealed)
        })
    }

    /// Notes what our write made of a SealedSecret that had the resourceVersion `before`.
    pub(crate) fn wrote_sealed(&self, key: &Key, before: Option<String>, after: Arc<SealedSecret>) {
        self.with(key, |entry| entry.sealed = Some(Echo { before, after }));
    }

    /// Notes what our write made of a Secret that had the resourceVersion `before`.
    pub(crate) fn wrote_target(&self, key: &Key, before: Option<String>, after: ObjectMeta) {
        self.with(key, |entry| entry.target = Some(Echo { before, after }));
    }

    /// Returns the newest SealedSecret known, given the one in the cache.
    pub(crate) fn newest_sealed(&self, key: &Key, cached: Arc<SealedSecret>) -> Arc<SealedSecret> {
        self.with(key, |entry| match &entry.sealed {
            Some(echo) if echo.before == cached.metadata.resource_version => Arc::clone(&echo.after),
            _ => {
                entry.sealed = None;
                cached
            }
        })
    }

    /// Returns the newest metadata of the Secret known, and the resourceVersion in the cache, which
    /// `cache` reads.
    ///
    /// The cache is read while the memory is locked. Else the watch could bring our write to the cache
    /// and take it from the memory between two looks, and the Secret would seem not to exist.
    pub(crate) fn newest_target(
        &self,
        key: &Key,
        cache: impl FnOnce() -> Option<ObjectMeta>,
    ) -> (Option<ObjectMeta>, Option<String>) {
        self.with(key, |entry| {
            let cached = cache();
            let version = cached.as_ref().and_then(|cached| cached.resource_version.clone());
            match &entry.target {
                Some(echo) if echo.before == version => (Some(echo.after.clone()), version),
                _ => {
                    entry.target = None;
                    (cached, version)
                }
            }
        })
    }

    /// Notes that the watch brought this version of a Secret, or, with `None`, its deletion.
    pub(crate) fn saw_target(&self, key: &Key, version: Option<&str>) {
        let mut objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = objects.get_mut(key)
            && let Some(echo) = &entry.target
            && (version.is_none() || version == echo.after.resource_version.as_deref())
        {
            entry.target = None;
        }
    }

    /// Notes that the Secrets were listed anew: a Secret of ours may have come and gone unseen.
    pub(crate) fn targets_listed(&self) {
        for entry in self
            .objects
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .values_mut()
        {
            entry.target = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        ("ns".to_owned(), "app".to_owned())
    }

    fn version(version: &str) -> ObjectMeta {
        ObjectMeta {
            resource_version: Some(version.to_owned()),
            ..ObjectMeta::default()
        }
    }

    fn newest(memory: &Memory, cached: Option<ObjectMeta>) -> Option<ObjectMeta> {
        memory.newest_target(&key(), || cached).0
    }

    #[test]
    fn our_own_write_is_seen_before_the_watch_brings_it() {
        let memory = Memory::default();
        memory.wrote_target(&key(), None, version("7"));
        assert_eq!(newest(&memory, None), Some(version("7")));
        // Someone was faster than our watch: what is in the cache is newer than our write.
        assert_eq!(newest(&memory, Some(version("8"))), Some(version("8")));
        assert_eq!(newest(&memory, None), None);
    }

    #[test]
    fn a_secret_that_was_deleted_after_our_write_is_not_believed_to_exist() {
        for saw in [Some("7"), None] {
            let memory = Memory::default();
            memory.wrote_target(&key(), None, version("7"));
            memory.saw_target(&key(), saw);
            assert_eq!(newest(&memory, None), None);
        }
        let memory = Memory::default();
        memory.wrote_target(&key(), None, version("7"));
        memory.targets_listed();
        assert_eq!(newest(&memory, None), None);
    }

    #[test]
    fn items_are_hopeless_only_for_the_same_spec_and_the_same_keys() {
        let memory = Memory::default();
        memory.set_hopeless(&key(), Some(("digest".to_owned(), 3)));
        assert!(memory.is_hopeless(&key(), "digest", 3));
        assert!(!memory.is_hopeless(&key(), "digest", 4));
        assert!(!memory.is_hopeless(&key(), "other", 3));
        // A key that came while the pass was under way woke only those that had failed by then.
        assert!(memory.is_outdated(&key(), 4));
        assert!(!memory.is_outdated(&key(), 3));
        assert_eq!(memory.hopeless(), vec![key()]);
        memory.forget(&key());
        assert_eq!(memory.hopeless(), Vec::<Key>::new());
    }

    #[test]
    fn a_secret_that_status_called_the_documents_stays_so_until_the_document_changes() {
        let memory = Memory::default();
        assert!(!memory.adopted(&key(), "digest", false));
        assert!(memory.adopted(&key(), "digest", true));
        // A pass failed and said so in status.
        assert!(memory.adopted(&key(), "digest", false));
        assert!(!memory.adopted(&key(), "other", false));
        memory.forget(&key());
        assert!(!memory.adopted(&key(), "digest", false));
    }

    #[test]
    fn three_repairs_within_a_minute_make_a_pause() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let memory = Memory::default();
        for second in [0, 70, 80] {
            memory.healed(&key(), at(second));
            assert_eq!(memory.contested_for(&key(), at(second)), None);
        }
        memory.healed(&key(), at(90));
        assert_eq!(memory.contested_for(&key(), at(90)), Some(Duration::from_mins(5)));
        assert_eq!(
            memory.contested_for(&key(), at(380)),
            Some(Duration::from_secs(10))
        );
        assert_eq!(memory.contested_for(&key(), at(390)), None);
        // A clock that was set back does not make the pause longer.
        assert_eq!(memory.contested_for(&key(), at(0)), Some(Duration::from_mins(5)));
    }

    #[test]
    fn failures_are_counted_until_a_pass_succeeds() {
        let memory = Memory::default();
        assert_eq!((memory.failed(&key()), memory.failed(&key())), (1, 2));
        memory.succeeded(&key());
        assert_eq!(memory.failed(&key()), 1);
    }
}
