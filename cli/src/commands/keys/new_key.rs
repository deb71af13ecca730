//! What a new key that is made here is like.

use aws_lc_rs::rand::SecureRandom;
use jiff::{SignedDuration, Span, SpanRelativeTo};
use k8s_openapi::api::core::v1::Secret;
use manifests::keys::{self, KeySecretName};
use sealing::{Certificate, KeyOptions, KeyPair, KeyRing};

use crate::context::Context;
use crate::error::CommandError;

/// What Kubernetes' own name generator draws from: no vowels, so no words.
const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
/// Bits of a key when nothing is said, as upstream's.
const BITS: u32 = 4096;
/// Hours of a certificate's time when nothing is said, as upstream's: ten years.
const HOURS: i64 = 87_600;

/// What a new key is like.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "New key")]
pub(super) struct NewKeyArgs {
    /// Size of the RSA key: 2048, 3072 or 4096 [default: 4096]
    #[arg(long, value_name = "BITS", value_parser = bits)]
    bits: Option<u32>,
    /// How long its certificate can be sealed with: hours, days or weeks, such as 720h or 365d [default: 87600h]
    #[arg(long, value_name = "TIME", value_parser = lifetime)]
    ttl: Option<SignedDuration>,
    /// The common name in its certificate [default: none]
    #[arg(long, value_name = "NAME")]
    common_name: Option<String>,
}

/// A key that was just made.
pub(super) struct NewKey {
    /// The Secret that keeps it.
    pub(super) secret: Secret,
    /// The certificate of its public half.
    pub(super) certificate: Certificate,
}

impl NewKeyArgs {
    /// Whether any of them was given.
    pub(super) fn are_given(&self) -> bool {
        self.bits.is_some() || self.ttl.is_some() || self.common_name.is_some()
    }

    /// A new key, newer than all of a ring.
    ///
    /// # Errors
    /// When the generator fails.
    pub(super) fn make(
        &self,
        ring: &KeyRing,
        namespace: Option<&str>,
        context: &Context,
    ) -> Result<NewKey, CommandError> {
        let valid_for = self.ttl.unwrap_or(SignedDuration::from_hours(HOURS));
        let pair = KeyPair::generate(&KeyOptions {
            bits: self.bits.unwrap_or(BITS),
            common_name: self.common_name.clone().unwrap_or_default(),
            not_before: ring.begin_of_next(context.now, valid_for),
            valid_for,
        })
        .map_err(|error| CommandError::failed(error).context("cannot make a key"))?;
        let name = format!("{}{}", api::names::SEALING_KEY_PREFIX, suffix(&context.rng)?);
        let secret = keys::key_secret(&pair, KeySecretName::Name(&name), namespace, Some(context.now));
        Ok(NewKey {
            secret,
            certificate: pair.certificate,
        })
    }
}

/// Five characters, as the API server adds them to `generateName`.
fn suffix(rng: &dyn SecureRandom) -> Result<String, CommandError> {
    let mut text = String::new();
    while text.len() < 5 {
        let mut byte = [0];
        rng.fill(&mut byte)
            .map_err(|_| CommandError::message("the random number generator failed"))?;
        // Bytes above the last whole run of the alphabet would make its first letters likelier.
        if let Some(&letter) = (byte[0] < 243).then(|| &ALPHABET[usize::from(byte[0]) % ALPHABET.len()]) {
            text.push(char::from(letter));
        }
    }
    Ok(text)
}

fn bits(text: &str) -> Result<u32, String> {
    match text {
        "2048" => Ok(2048),
        "3072" => Ok(3072),
        "4096" => Ok(4096),
        _ => Err("use 2048, 3072 or 4096".to_owned()),
    }
}

/// A certificate's dates have whole seconds and four-digit years, so anything that would leave them
/// is refused here, where the flag can be named.
fn lifetime(text: &str) -> Result<SignedDuration, String> {
    let most = SignedDuration::from_hours(24 * 365 * 100);
    let least = SignedDuration::from_secs(1);
    text.parse::<Span>()
        .ok()
        .and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok())
        .filter(|duration| (least..=most).contains(duration))
        .ok_or_else(|| "use a time such as 720h, 365d or 52w, at most a hundred years".to_owned())
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;

    use super::*;

    #[test]
    fn a_lifetime_is_hours_days_or_weeks() {
        assert_eq!(lifetime("87600h"), Ok(SignedDuration::from_hours(87_600)));
        assert_eq!(lifetime("2d"), Ok(SignedDuration::from_hours(48)));
        assert_eq!(lifetime("1w"), Ok(SignedDuration::from_hours(168)));
    }

    #[test]
    fn a_lifetime_that_no_certificate_can_have_is_refused() {
        for text in ["", "0h", "-1h", "12", "soon", "9999999999h", "100000d", "1 month"] {
            assert!(lifetime(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_suffix_has_five_letters_of_kubernetes_own_alphabet() {
        let text = suffix(&SystemRandom::new()).unwrap();
        assert!(
            text.len() == 5 && text.bytes().all(|byte| ALPHABET.contains(&byte)),
            "{text}"
        );
    }
}
