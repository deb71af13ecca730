//! What can fail when items are sealed and opened.

use crate::Fingerprint;

/// Sealing failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The random number generator failed.
    #[error("the random number generator gave no session key")]
    Random,
    /// RSA or AES refused its input; with a key that was read by this crate it doesn't happen.
    #[error("the public key could not encrypt")]
    Encrypt,
}

/// Opening failed. No variant holds anything that was decrypted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The item is shorter than its own length field asks for.
    #[error("the item is cut short: it has {len} bytes and needs at least {needed}")]
    Truncated {
        /// Bytes present.
        len: usize,
        /// Least bytes an item with this length field has.
        needed: usize,
    },
    /// No key opened it: the key is another one, or the scope, namespace or name is.
    #[error(
        "no key could decrypt secret (keys of {bits} bits tried: {tried}); it was sealed with another key, or for \
         another scope, namespace or name",
        tried = tried.len(),
        bits = modulus_len * 8
    )]
    NoKey {
        /// The keys that were tried, in that order.
        tried: Vec<Fingerprint>,
        /// Length in bytes of the modulus that the item was sealed to.
        modulus_len: usize,
    },
    /// The key and the label are right, and the value was changed after it was sealed.
    #[error("the item was altered after it was sealed with key {fingerprint}")]
    Altered {
        /// The key that recovered the session key.
        fingerprint: Fingerprint,
    },
}
