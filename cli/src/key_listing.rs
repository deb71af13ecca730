//! What is said about one sealing key: never its private half.

use api::names::{SEALING_KEY_ACTIVE, SEALING_KEY_LABEL};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Secret;
use sealing::Certificate;
use serde::Serialize;

/// One line of `keys list`.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyListing {
    /// Name of the Secret.
    pub(crate) name: String,
    /// Whether it is used.
    pub(crate) state: KeyState,
    /// From when on its certificate is valid: what keys are ordered by.
    pub(crate) created: Option<Timestamp>,
    /// Until when it can be sealed with. It opens for ever.
    pub(crate) expires: Option<Timestamp>,
    /// Fingerprint of the public key.
    pub(crate) fingerprint: Option<String>,
}

/// Whether a key is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum KeyState {
    /// Opens, and seals as long as it is the newest.
    Active,
    /// Opens; its certificate is past its date.
    Expired,
    /// Labelled otherwise than `active` (upstream's documentation says `compromised`): not used at all.
    Disabled,
    /// Its certificate cannot be read.
    Malformed,
}

impl KeyListing {
    /// What this Secret says about the key in it.
    pub(crate) fn new(secret: &Secret, now: Timestamp) -> Self {
        let label = secret
            .metadata
            .labels
            .as_ref()
            .and_then(|labels| labels.get(SEALING_KEY_LABEL));
        let active = label.is_some_and(|value| value == SEALING_KEY_ACTIVE);
        let pem = secret.data.as_ref().and_then(|data| data.get("tls.crt"));
        let certificate = pem.and_then(|pem| Certificate::from_pem(&pem.0).ok());
        let state = match &certificate {
            _ if !active => KeyState::Disabled,
            None => KeyState::Malformed,
            Some(certificate) if certificate.check_valid(now).is_err() => KeyState::Expired,
            Some(_) => KeyState::Active,
        };
        Self {
            name: secret.metadata.name.clone().unwrap_or_default(),
            state,
            created: certificate.as_ref().map(Certificate::not_before),
            expires: certificate.as_ref().map(Certificate::not_after),
            fingerprint: certificate.map(|certificate| certificate.fingerprint().to_string()),
        }
    }

    /// The cells of the text table: name, state, created, expires, fingerprint.
    pub(crate) fn row(&self) -> [String; 5] {
        let time = |time: Option<Timestamp>| time.map_or_else(|| "-".to_owned(), |time| time.to_string());
        let state = match self.state {
            KeyState::Active => "active",
            KeyState::Expired => "expired",
            KeyState::Disabled => "disabled",
            KeyState::Malformed => "malformed",
        };
        [
            self.name.clone(),
            state.to_owned(),
            time(self.created),
            time(self.expires),
            self.fingerprint.clone().unwrap_or_else(|| "-".to_owned()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn secret(label: &str) -> Secret {
        let mut secret = Secret::default();
        secret.metadata.name = Some("k".to_owned());
        secret.metadata.labels = Some(BTreeMap::from([(SEALING_KEY_LABEL.to_owned(), label.to_owned())]));
        secret
    }

    #[test]
    fn a_key_without_a_certificate_is_listed_as_malformed() {
        let listing = KeyListing::new(&secret("active"), Timestamp::UNIX_EPOCH);
        assert_eq!(listing.row(), ["k", "malformed", "-", "-", "-"]);
    }

    #[test]
    fn a_key_labelled_otherwise_than_active_is_disabled() {
        let listing = KeyListing::new(&secret("compromised"), Timestamp::UNIX_EPOCH);
        assert_eq!(listing.state, KeyState::Disabled);
    }
}
