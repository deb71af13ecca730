//! Sealing keys: every replica holds them, the leader makes the first one, those that replace
//! an old one, and those that are asked for.

mod ahead;
mod decide;
mod holdings;
mod keeper;
mod making;
mod notice;
mod pair;
mod request;
mod store;
mod tries;

use std::sync::Arc;

use sealing::{Certificate, KeyRing};

pub(crate) use keeper::Keeper;

/// What the rest of the controller sees of the keys.
#[derive(Clone, Default)]
pub(crate) struct Keys {
    /// All keys held. The newest of them need not be the one to seal with.
    pub(crate) ring: Arc<KeyRing>,
    /// Changes with the ring.
    pub(crate) version: u64,
    /// The certificate to seal with.
    pub(crate) newest: Option<Arc<Certificate>>,
    /// The same as PEM text.
    pub(crate) certificate: Option<Arc<str>>,
    /// The key Secrets were listed.
    pub(crate) synced: bool,
    /// A key is made when there is none.
    pub(crate) may_generate: bool,
    /// How often a key could not be made since this process started.
    pub(crate) failed: u64,
}
