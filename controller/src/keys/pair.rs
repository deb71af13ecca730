//! A key as a Secret has it.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use sealing::{Fingerprint, RingKey};
use zeroize::Zeroizing;

/// A key that opens, and the texts from which the same Secret can be written again.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    /// The key.
    pub(crate) key: RingKey,
    /// When its Secret was made: of keys that are equally new, the one that was there first comes first, as in upstream's.
    pub(crate) stored: Option<Timestamp>,
    /// What its Secret holds.
    pub(crate) texts: Arc<Texts>,
}

/// The items `tls.crt` and `tls.key` of a Secret, as they were written there.
pub(crate) struct Texts {
    /// The certificate; empty where there is none.
    pub(crate) certificate: Vec<u8>,
    /// The private key; wiped when dropped.
    pub(crate) key: Zeroizing<Vec<u8>>,
}

impl Pair {
    /// Returns the name of the key.
    pub(crate) fn fingerprint(&self) -> &Fingerprint {
        self.key.key.fingerprint()
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Texts").finish_non_exhaustive()
    }
}
