//! What is known of the sealing keys. Fingerprints are public, as the certificates are.

use jiff::Timestamp;

use super::exposition::{Exposition, Kind, number};
use crate::keys::Keys;

/// Writes how many keys there are, how old, and until when the certificate is valid that is sealed to.
pub(super) fn write(to: &mut Exposition, keys: &Keys) {
    if !keys.synced {
        // Not known yet, which is not none.
        return;
    }
    to.one(
        "chancery_secrets_keys",
        Kind::Gauge,
        "Sealing keys in use.",
        number(keys.ring.len() as u64),
    );
    to.one(
        "chancery_secrets_key_generation_enabled",
        Kind::Gauge,
        "Whether keys are made unasked: 0 with --generate-keys=false.",
        f64::from(u8::from(keys.may_generate)),
    );
    to.one(
        "chancery_secrets_key_generation_failures_total",
        Kind::Counter,
        "How often a sealing key could not be made since the process started.",
        number(keys.failed),
    );
    if let Some(oldest) = keys.ring.iter().map(|key| key.created).min() {
        to.one(
            "chancery_secrets_oldest_key_created_timestamp_seconds",
            Kind::Gauge,
            "When the oldest sealing key in use was made, in seconds since 1970.",
            seconds(oldest),
        );
    }
    let Some(newest) = &keys.newest else { return };
    to.family(
        "chancery_secrets_newest_key_info",
        Kind::Gauge,
        "The key whose certificate is served.",
    )
    .sample(&[("fingerprint", &newest.fingerprint().to_string())], 1.0);
    to.one(
        "chancery_secrets_newest_key_created_timestamp_seconds",
        Kind::Gauge,
        "Since when the certificate that is served is valid, in seconds since 1970.",
        seconds(newest.not_before()),
    );
    to.one(
        "chancery_secrets_newest_key_expires_timestamp_seconds",
        Kind::Gauge,
        "Until when the certificate that is served is valid, in seconds since 1970.",
        seconds(newest.not_after()),
    );
}

#[expect(clippy::cast_precision_loss, reason = "seconds of a date are far below 2^53")]
fn seconds(at: Timestamp) -> f64 {
    at.as_second() as f64
}
