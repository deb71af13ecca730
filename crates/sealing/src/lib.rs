//! The sealing format: hybrid encryption, scopes, labels, keys and certificates.
//!
//! An item is one value of a Secret, sealed so that only the holder of a private key can read it, and so
//! that it opens only where its [`Scope`] lets it. The bytes are those of Sealed Secrets and never
//! change: a big-endian `u16` length `L`, `L` bytes of RSA-OAEP (SHA-256, MGF1 SHA-256) over a fresh
//! 32-byte session key with the scope's [`Label`], then AES-256-GCM of the value under that session key
//! with a zero nonce and no associated data.
//!
//! * To seal, read a [`Certificate`], make a [`Label`], call [`PublicKey::seal`] and write the item with
//!   [`encode_item`].
//! * To open, fill a [`KeyRing`], read the item with [`decode_item`] and call [`KeyRing::open`], naming
//!   the keys to try first.
//! * To make keys, call [`KeyPair::generate`].
//!
//! The crate does no I/O and reads no clock. Session keys come from the generator that the caller hands
//! over; the OAEP seed and key generation use AWS-LC's own, which takes none from outside.
//!
//! What the format doesn't protect: it doesn't say who sealed an item, and the item's key in the Secret
//! isn't bound, so someone who can edit the document can swap, rename, drop or replay items within the
//! scope.
//!
//! ```
//! use std::sync::Arc;
//!
//! use aws_lc_rs::rand::SystemRandom;
//! use jiff::{SignedDuration, Timestamp};
//! use sealing::{KeyOptions, KeyPair, KeyRing, Label, RingKey, Scope};
//!
//! let created: Timestamp = "2026-01-01T00:00:00Z".parse()?;
//! let pair = KeyPair::generate(&KeyOptions {
//!     bits: 2048,
//!     common_name: String::new(),
//!     not_before: created,
//!     valid_for: SignedDuration::from_hours(87_600),
//! })?;
//!
//! let label = Label::new(Scope::Strict, "shop", "database");
//! let item = pair.certificate.public_key().seal(&SystemRandom::new(), &label, b"value")?;
//!
//! let (key, certificate) = pair.into_parts();
//! let mut ring = KeyRing::new();
//! ring.insert(RingKey { name: "key-1".into(), created, key: Arc::new(key), certificate: Some(certificate) });
//! assert_eq!(*ring.open(&item, &label, &[])?.plaintext, b"value");
//!
//! let elsewhere = Label::new(Scope::Strict, "shop", "other");
//! assert!(ring.open(&item, &elsewhere, &[]).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod certificate;
mod error;
mod fingerprint;
mod framing;
mod item;
mod key_pair;
mod key_ring;
mod label;
mod pem;
mod private_key;
mod public_key;
mod scope;

pub use certificate::{Certificate, CertificateError};
pub use error::{OpenError, SealError};
pub use fingerprint::{Fingerprint, NotAFingerprint};
pub use item::{ItemError, decode_item, encode_item, value_len};
pub use key_pair::{KeyOptions, KeyPair};
pub use key_ring::{KeyRing, Opened, RingKey};
pub use label::Label;
pub use private_key::{KeyError, PrivateKey};
pub use public_key::PublicKey;
pub use scope::{Scope, UnknownScope};
