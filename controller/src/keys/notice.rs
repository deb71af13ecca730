//! Changes of keys that a person should hear of.

use sealing::Fingerprint;

/// A change of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Notice {
    /// A key came into use.
    Added {
        /// The Secret that has it.
        secret: String,
        /// The key.
        fingerprint: Fingerprint,
    },
    /// A key was taken out of use by its label.
    Disabled {
        /// The Secret that had it.
        secret: String,
        /// The key.
        fingerprint: Fingerprint,
    },
    /// A Secret was taken out of use by its label, and another one still has its key in use.
    StillInUse {
        /// The Secret that was disabled.
        secret: String,
        /// The one that was not.
        elsewhere: String,
        /// The key.
        fingerprint: Fingerprint,
    },
    /// The Secret of a key is gone; the key goes on opening items until this process ends, and then is lost.
    Lost {
        /// The Secret that had it.
        secret: String,
        /// The key.
        fingerprint: Fingerprint,
    },
    /// The Secret of a key holds something else now; the key is stored again under a name of its own.
    Replaced {
        /// The Secret that had it.
        secret: String,
        /// The key.
        fingerprint: Fingerprint,
    },
}

/// What an event about a notice says.
pub(crate) struct Words {
    /// Reason of the event.
    pub(crate) reason: &'static str,
    /// Its note.
    pub(crate) note: String,
}

impl Notice {
    /// Logs the change.
    pub(crate) fn log(&self) {
        match self {
            Self::Added { secret, fingerprint } => {
                tracing::info!(secret, %fingerprint, "sealing key in use");
            }
            Self::Disabled { secret, fingerprint } => {
                tracing::warn!(secret, %fingerprint, "sealing key disabled by its label");
            }
            Self::StillInUse {
                secret,
                elsewhere,
                fingerprint,
            } => tracing::warn!(
                secret, elsewhere, %fingerprint,
                "sealing key disabled by its label, and still in use by another Secret that has it: label that one too"
            ),
            Self::Lost { secret, fingerprint } => tracing::error!(
                secret, %fingerprint,
                "sealing key is no longer stored; it opens items until this process ends: restore its Secret before"
            ),
            Self::Replaced { secret, fingerprint } => tracing::warn!(
                secret, %fingerprint,
                "sealing key was replaced in place; it is stored again under a name of its own before another is served"
            ),
        }
    }

    /// Returns what an event about the Secret should say, where one is worth it.
    pub(crate) fn words(&self) -> Option<Words> {
        match self {
            Self::Lost { fingerprint, .. } => Some(Words {
                reason: "SealingKeyLost",
                note: format!("{fingerprint} is no longer stored: restore it before the controller restarts"),
            }),
            Self::StillInUse {
                elsewhere,
                fingerprint,
                ..
            } => Some(Words {
                reason: "SealingKeyStillInUse",
                note: format!("{fingerprint} is in use by Secret {elsewhere} too: label that one as well"),
            }),
            Self::Added { .. } | Self::Disabled { .. } | Self::Replaced { .. } => None,
        }
    }
}
