//! What must have happened before this replica says that it is ready.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::watch;

use crate::keys::Keys;

/// Readiness of one replica, whether it leads or not.
pub(crate) struct Readiness {
    keys: Option<watch::Receiver<Keys>>,
    caches: AtomicUsize,
}

impl Readiness {
    /// Returns a readiness that waits for the keys, where the controller has any, and for `caches` caches.
    pub(crate) fn new(keys: Option<watch::Receiver<Keys>>, caches: usize) -> Self {
        Self {
            keys,
            caches: AtomicUsize::new(caches),
        }
    }

    /// Notes that one more cache was filled for the first time.
    pub(crate) fn cache_filled(&self) {
        // Never wraps: each cache calls it once.
        self.caches.fetch_sub(1, Ordering::AcqRel);
    }

    /// Returns what is still awaited, `None` when ready. The texts are constants.
    pub(crate) fn awaited(&self) -> Option<&'static str> {
        if let Some(keys) = self.keys.as_ref().map(watch::Receiver::borrow) {
            if !keys.synced {
                return Some("sealing keys are not loaded yet");
            }
            if keys.certificate.is_none() {
                return Some("there is no sealing key yet");
            }
        }
        (self.caches.load(Ordering::Acquire) > 0).then_some("caches are not filled yet")
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
        assert_eq!(readiness.awaited(), Some("there is no sealing key yet"));
        keys.send_modify(|keys| keys.certificate = Some(Arc::from("-----BEGIN CERTIFICATE-----")));
        readiness.cache_filled();
        assert_eq!(readiness.awaited(), Some("caches are not filled yet"));
        readiness.cache_filled();
        assert_eq!(readiness.awaited(), None);
    }
}
