//! What flags say of SealedSecrets.

use crate::args::{UnsealArgs, WatchArgs};

/// Behaviour that can be chosen; the default is upstream's.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own, and any combination makes sense"
)]
pub(crate) struct Behaviour {
    /// The format before 2019 opens (`--accept-deprecated-v1-data`).
    pub(crate) accepts_deprecated: bool,
    /// SealedSecrets without these labels are none of ours (`--label-selector`). Their Secrets need none.
    pub(crate) label_selector: Option<String>,
    /// A Secret is deleted with its SealedSecret, instead of by the garbage collector alone (`--old-gc-behavior`).
    pub(crate) deletes: bool,
    /// Status is written (`--update-status`).
    pub(crate) writes_status: bool,
    /// A Secret that is deleted or changed is made again (not with `--skip-recreate`; then Secrets are not even watched).
    pub(crate) recreates: bool,
    /// A namespace that may not be watched is not waited for, since there are others.
    pub(crate) passes_over_refused: bool,
}

impl Behaviour {
    /// Returns what the flags say, where so many scopes are watched.
    pub(crate) fn new(watch: &WatchArgs, unseal: &UnsealArgs, scopes: usize) -> Self {
        let selector = watch.label_selector.trim();
        Self {
            accepts_deprecated: unseal.accept_deprecated_v1_data,
            label_selector: (!selector.is_empty()).then(|| selector.to_owned()),
            deletes: unseal.old_gc_behavior,
            writes_status: unseal.update_status,
            recreates: !unseal.skip_recreate,
            passes_over_refused: scopes > 1,
        }
    }
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            accepts_deprecated: true,
            label_selector: None,
            deletes: false,
            writes_status: true,
            recreates: true,
            passes_over_refused: false,
        }
    }
}
