//! What must have happened before this replica says that it is ready.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::watch;

use crate::keys::Keys;

/// Readiness of one replica, whether it leads or not.
pub(crate) struct Readiness {
    keys: Option<watch::Receiver<Keys>>,
    caches: AtomicUsize,
    filled: AtomicUsize,
}

impl Readiness {
    /// Returns a readiness that waits for the keys, where the controller has any, and for `caches` caches.
    pub(crate) fn new(keys: Option<watch::Receiver<Keys>>, caches: usize) -> Self {
        Self {
            keys,
            caches: AtomicUsize::new(caches),
            filled: AtomicUsize::new(0),
        }
    }

    /// Notes that one more cache was filled for the first time.
    pub(crate) fn cache_filled(&self) {
        self.filled.fetch_add(1, Ordering::AcqRel);
        self.cache_refused();
    }

    /// Notes that a cache can't be filled for want of a right. It is not waited for: one namespace of
    /// many must not keep the others waiting.
    pub(crate) fn cache_refused(&self) {
        // Never wraps: each cache calls it once, or the other.
        self.caches.fetch_sub(1, Ordering::AcqRel);
    }

    /// Notes that a cache is not kept at all, by a flag.
    pub(crate) fn cache_not_kept(&self) {
        self.caches.fetch_sub(1, Ordering::AcqRel);
    }

    /// Notes that a cache was filled that had been refused.
    pub(crate) fn cache_filled_after_all(&self) {
        self.filled.fetch_add(1, Ordering::AcqRel);
    }

    /// Returns what is still awaited, `None` when ready. The texts are constants.
    pub(crate) fn awaited(&self) -> Option<&'static str> {
        if let Some(keys) = self.keys.as_ref().map(watch::Receiver::borrow) {
            if !keys.synced {
                return Some("sealing keys are not loaded yet");
            }
            if keys.certificate.is_none() && keys.ring.is_empty() && !keys.may_generate {
                return Some("there is no sealing key, and --generate-keys=false: store one or ask for one");
            }
            if keys.certificate.is_none() {
                return Some("there is no sealing key yet");
            }
        }
        if self.caches.load(Ordering::Acquire) > 0 {
            return Some("caches are not filled yet");
        }
        (self.filled.load(Ordering::Acquire) == 0).then_some("no namespace can be watched; see the log")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn a_replica_is_ready_once_keys_certificate_and_every_cache_are_there() {
        let (keys, watched) = watch::channel(Keys::default());
        let readiness = Readiness::new(Some(watched), 2);
        assert_eq!(readiness.awaited(), Some("sealing keys are not loaded yet"));
        keys.send_modify(|keys| keys.synced = true);
        assert_eq!(
            readiness.awaited(),
            Some("there is no sealing key, and --generate-keys=false: store one or ask for one")
        );
        keys.send_modify(|keys| keys.may_generate = true);
        assert_eq!(readiness.awaited(), Some("there is no sealing key yet"));
        keys.send_modify(|keys| keys.certificate = Some(Arc::from("-----BEGIN CERTIFICATE-----")));
        readiness.cache_filled();
        assert_eq!(readiness.awaited(), Some("caches are not filled yet"));
        readiness.cache_filled();
        assert_eq!(readiness.awaited(), None);
    }

    #[test]
    fn a_cache_that_is_refused_is_not_waited_for_unless_all_are() {
        let readiness = Readiness::new(None, 2);
        readiness.cache_refused();
        readiness.cache_refused();
        assert_eq!(
            readiness.awaited(),
            Some("no namespace can be watched; see the log")
        );
        readiness.cache_filled_after_all();
        assert_eq!(readiness.awaited(), None);
    }
}
