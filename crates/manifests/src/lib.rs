//! Secret and SealedSecret documents: read, seal, unseal, write.
//!
//! Everything works on text and values; files, clusters and clocks are the caller's. This is the only
//! place that reads or writes YAML.
//!
//! * [`documents::read`] takes any number of YAML or JSON documents apart, and
//!   [`Document::to`](documents::Document::to) makes a typed object of one. Errors name file, document,
//!   line and field, and never quote the source: a value could be a password.
//! * [`seal::seal`] and [`unseal::unseal`] convert between Secret and SealedSecret; [`scope`] decides the
//!   scope of either. Templates are rendered with the clock and the randomness of [`unseal::Terms`], and what would be
//!   another value at each run is kept where the Secret is known that has it.
//! * [`opening::keys_of_items`] tells which key opens each item, and [`reseal::reseal`] moves items to the newest key.
//! * [`digest::digest`] tells whether a SealedSecret is still the one that a status speaks of.
//! * [`edit`] changes single items of the SealedSecrets in a text and leaves every other byte as it is.
//! * [`verify`] says what is wrong with documents, without a cluster and without a key.
//! * [`keys`] reads and makes key Secrets; [`secret_text`] takes a text out of any Secret.
//! * [`yaml::to_string`] and [`json::to_string_pretty`] write.
//!
//! ```
//! use aws_lc_rs::rand::SystemRandom;
//! use jiff::{SignedDuration, Timestamp};
//! use k8s_openapi::api::core::v1::Secret;
//! use manifests::{documents, keys, seal, unseal, yaml};
//! use sealing::{KeyOptions, KeyPair};
//!
//! let pair = KeyPair::generate(&KeyOptions {
//!     bits: 2048,
//!     common_name: String::new(),
//!     not_before: Timestamp::UNIX_EPOCH,
//!     valid_for: SignedDuration::from_hours(1),
//! })?;
//! let text = b"apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {password: tulip}\n";
//! let secret: Secret = documents::read("secret.yaml", text)?[0].to()?;
//!
//! let sealed = seal::seal(&secret, &pair.certificate, &seal::SealOptions::default(), &SystemRandom::new())?;
//! assert!(!yaml::to_string(&sealed)?.contains("tulip"));
//!
//! let (ring, _) = keys::ring_from_pem("key.pem", pair.private_key_pem().as_bytes());
//! let world = unseal::World { now: Timestamp::UNIX_EPOCH, random: &SystemRandom::new(), expired: &|| false };
//! let opened = unseal::unseal(&sealed, &ring, &[], &unseal::Terms::new(world))?;
//! assert_eq!(opened.secret.data.unwrap()["password"].0, b"tulip");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod decode;
pub mod digest;
pub mod documents;
pub mod edit;
pub mod json;
mod kept;
pub mod keys;
pub mod opening;
mod rendering;
pub mod reseal;
pub mod scope;
pub mod seal;
mod secret_text;
pub mod unseal;
pub mod verify;
pub mod yaml;

pub use self::decode::similar;
pub use self::secret_text::{SecretTextError, secret_text};
