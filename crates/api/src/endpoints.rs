//! What the controller of SealedSecrets serves itself, beside the API server's objects.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Path of the certificate to seal with, PEM; upstream's.
pub const CERTIFICATE: &str = "/v1/cert.pem";
/// Path to which a `SealedSecret` is posted, and that answers with the same under the newest key; upstream's.
pub const ROTATE: &str = "/v1/rotate";
/// Path to which a `SealedSecret` is posted, and that answers whether all its items open; upstream's.
pub const VERIFY: &str = "/v1/verify";
/// Path to which a `SealedSecret` is posted, and that answers with [`Inspected`].
pub const INSPECT: &str = "/v1/inspect";
/// Whoever accepts this type from [`ROTATE`] is answered with [`Resealed`] instead of the whole object. Upstream's
/// controller doesn't know it and answers with the object.
pub const RESEALED: &str = "application/vnd.chancery.resealed+json";

/// The items of an object under the newest key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resealed {
    /// Fingerprint of the newest key.
    pub newest: String,
    /// Every item, by its key; `spec.data` is that of the deprecated format.
    pub items: BTreeMap<String, ResealedItem>,
}

/// An item under the newest key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResealedItem {
    /// Fingerprint of the key that it was sealed with.
    pub from: String,
    /// The new item; `null` when it is on the newest key as it is.
    pub item: Option<String>,
}

/// The keys of an object's items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspected {
    /// Fingerprint of the newest key.
    pub newest: String,
    /// Fingerprint of the key that opens each item; `null` when none does.
    pub items: BTreeMap<String, Option<String>>,
}
