//! The flags of sealing keys.

use std::time::Duration;

use clap::ArgAction;

use super::cutoff::{Cutoff, cutoff};
use super::go::{boolean, positive_duration};
use super::pairs::{Pairs, annotations, labels};
use super::renewal::RenewArgs;

/// How sealing keys are made, and when.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct KeyArgs {
    /// Prefix of the names of key Secrets
    #[arg(long, env = "SEALED_SECRETS_KEY_PREFIX", value_name = "PREFIX", default_value = "sealed-secrets-key",
          value_parser = key_prefix)]
    pub(crate) key_prefix: String,

    /// Size of new keys in bits
    #[arg(long, env = "SEALED_SECRETS_KEY_SIZE", value_name = "BITS", default_value = "4096", value_parser = key_size)]
    pub(crate) key_size: u16,

    /// How long the certificate of a new key is valid
    #[arg(long, env = "SEALED_SECRETS_KEY_TTL", value_name = "DURATION", default_value = "87600h",
          value_parser = positive_duration)]
    pub(crate) key_ttl: Duration,

    /// Common name in the certificate of a new key
    #[arg(long, env = "SEALED_SECRETS_MY_CN", value_name = "NAME", default_value = "")]
    pub(crate) my_cn: String,

    #[command(flatten)]
    pub(crate) renew: RenewArgs,

    /// What decides which key is the newest: `CertNotBefore` or `SecretCreationTimestamp`
    #[arg(long, env = "SEALED_SECRETS_KEY_ORDER_PRIORITY", value_name = "ORDER", default_value = "CertNotBefore",
          value_parser = key_order)]
    pub(crate) key_order_priority: KeyOrder,

    /// Make a key if the newest is older than this moment, such as `Mon, 02 Jan 2006 15:04:05 -0700`
    #[arg(long, env = "SEALED_SECRETS_KEY_CUTOFF_TIME", value_name = "DATE", default_value = "", value_parser = cutoff)]
    pub(crate) key_cutoff_time: Cutoff,

    /// Annotations of new key Secrets, as `name=value,name=value`
    #[arg(long, env = "SEALED_SECRETS_PRIVATEKEY_ANNOTATIONS", value_name = "PAIRS", default_value = "",
          value_parser = annotations)]
    pub(crate) privatekey_annotations: Pairs,

    /// Labels of new key Secrets, as `name=value,name=value`
    #[arg(long, env = "SEALED_SECRETS_PRIVATEKEY_LABELS", value_name = "PAIRS", default_value = "",
          value_parser = labels)]
    pub(crate) privatekey_labels: Pairs,

    /// Make keys unasked: the first one, renewals, and for the cutoff; `--generate-keys=false` leaves it to SIGUSR1, to
    /// requests (`chancery keys rotate`) and to keys from elsewhere
    #[arg(long, env = "CHANCERY_GENERATE_KEYS", value_name = "BOOL", default_value = "true", value_parser = boolean,
          action = ArgAction::Set, num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    pub(crate) generate_keys: bool,

    /// Of upstream: key Secrets are watched in any case
    #[arg(long, env = "SEALED_SECRETS_WATCH_FOR_SECRETS", value_name = "BOOL", value_parser = boolean,
          action = ArgAction::Set, num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    pub(crate) watch_for_secrets: Option<bool>,
}

impl Default for KeyArgs {
    /// Returns what counts when no flag is given.
    fn default() -> Self {
        Self {
            key_prefix: api::names::SEALING_KEY_PREFIX.to_owned(),
            key_size: 4096,
            key_ttl: Duration::from_hours(87_600),
            my_cn: String::new(),
            renew: RenewArgs::default(),
            key_order_priority: KeyOrder::default(),
            key_cutoff_time: Cutoff::default(),
            privatekey_annotations: Pairs::default(),
            privatekey_labels: Pairs::default(),
            generate_keys: true,
            watch_for_secrets: None,
        }
    }
}

/// What keys are ordered by. The newest one seals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum KeyOrder {
    /// When the key's certificate begins.
    #[default]
    CertNotBefore,
    /// When the key's Secret was made.
    SecretCreationTimestamp,
}

fn key_order(text: &str) -> Result<KeyOrder, String> {
    match text {
        "" | "CertNotBefore" => Ok(KeyOrder::CertNotBefore),
        "SecretCreationTimestamp" => Ok(KeyOrder::SecretCreationTimestamp),
        _ => Err("must be `CertNotBefore` or `SecretCreationTimestamp`".to_owned()),
    }
}

/// Upstream's rule for a prefix: it must leave room for a suffix within a Secret's name.
fn key_prefix(text: &str) -> Result<String, String> {
    let fits = !text.is_empty() && text.len() <= 245;
    let legal = text
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if fits && legal && !text.starts_with('-') {
        Ok(text.to_owned())
    } else {
        Err("must be 1 to 245 lowercase letters, digits and dashes, not starting with a dash".to_owned())
    }
}

fn key_size(text: &str) -> Result<u16, String> {
    match super::go::integer(text) {
        Ok(2048) => Ok(2048),
        Ok(3072) => Ok(3072),
        Ok(4096) => Ok(4096),
        _ => Err("must be 2048, 3072 or 4096".to_owned()),
    }
}
