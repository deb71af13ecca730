//! What is said about one sealing key: never its private half.

use api::names::{
    SEALING_KEY_ACTIVE, SEALING_KEY_ANSWERED, SEALING_KEY_ARCHIVED, SEALING_KEY_LABEL, SEALING_KEY_PREFIX,
    SEALING_KEY_REQUESTED, SEALING_KEY_RETIRED,
};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Secret;
use manifests::keys::{KeyProblem, is_borrowed, key_of_secret};
use sealing::{Certificate, Fingerprint};
use serde::{Serialize, Serializer};

use crate::age::age;

/// One line of `keys list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyListing {
    /// Name of the Secret; none of a key that is stored nowhere.
    pub(crate) name: Option<String>,
    /// Whether it is used.
    pub(crate) state: KeyState,
    /// Value of the label that says so.
    pub(crate) label: Option<String>,
    /// From when on its certificate is valid: what keys are ordered by.
    pub(crate) created: Option<Timestamp>,
    /// Until when it can be sealed with. It opens for ever.
    pub(crate) expires: Option<Timestamp>,
    /// Fingerprint of the public key.
    #[serde(serialize_with = "text")]
    pub(crate) fingerprint: Option<Fingerprint>,
    /// How many live SealedSecrets need it; none where that is not known.
    pub(crate) objects: Option<usize>,
    /// How many of their items need it.
    pub(crate) items: Option<usize>,
    /// Whether it can be taken out of use.
    pub(crate) retirable: bool,
    /// Why it can't, in a word and in a sentence.
    #[serde(flatten)]
    pub(crate) obstacle: Option<Obstacle>,
    /// What is wrong with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) problem: Option<String>,
    /// Something else writes its Secret and would put the label back.
    #[serde(skip)]
    pub(crate) is_owned: bool,
}

/// Why a key can't be taken out of use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Obstacle {
    /// For the table.
    #[serde(skip)]
    pub(crate) word: &'static str,
    /// For people.
    pub(crate) reason: String,
}

/// Whether a key is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum KeyState {
    /// Opens, and seals as long as it is the newest.
    Active,
    /// Opens; its certificate is past its date.
    Expired,
    /// Empty: the controller was asked for a key and has not made it yet.
    Requested,
    /// Taken out of use by `keys retire`.
    Retired,
    /// The copy of a retired key.
    Archived,
    /// Labelled otherwise (upstream's documentation says `compromised`): not used at all.
    Disabled,
    /// Its key or its certificate can't be used.
    Malformed,
    /// Live SealedSecrets need it, and no Secret holds it.
    Missing,
}

/// Returns what is said of the keys in these Secrets, newest first; copies of a key stand together.
pub(crate) fn keys_of(secrets: &[Secret], now: Timestamp) -> Vec<KeyListing> {
    let mut keys: Vec<KeyListing> = secrets
        .iter()
        .filter(|secret| label(secret) != Some(SEALING_KEY_ANSWERED))
        .map(|secret| KeyListing::new(secret, now))
        .collect();
    // Of keys of one time the controller takes the one whose fingerprint is first.
    keys.sort_by(|one, other| {
        other
            .created
            .cmp(&one.created)
            .then_with(|| one.fingerprint.cmp(&other.fingerprint))
            .then_with(|| one.name.cmp(&other.name))
    });
    keys
}

impl KeyListing {
    /// What this Secret says about the key in it.
    fn new(secret: &Secret, now: Timestamp) -> Self {
        let label = label(secret);
        let name = secret.metadata.name.clone();
        let key = key_of_secret(secret);
        let certificate = key.as_ref().ok().and_then(|key| key.certificate.as_ref());
        let is_active = match label {
            Some(value) => value == SEALING_KEY_ACTIVE,
            // The key of upstream's first versions.
            None => name.as_deref() == Some(SEALING_KEY_PREFIX),
        };
        let state = match (&key, label) {
            (_, Some(SEALING_KEY_REQUESTED)) => KeyState::Requested,
            (_, Some(SEALING_KEY_RETIRED)) => KeyState::Retired,
            (_, Some(SEALING_KEY_ARCHIVED)) => KeyState::Archived,
            _ if !is_active => KeyState::Disabled,
            (Err(_), _) => KeyState::Malformed,
            (Ok(_), _) if certificate.is_some_and(|certificate| certificate.check_valid(now).is_err()) => {
                KeyState::Expired
            }
            (Ok(_), _) => KeyState::Active,
        };
        Self {
            name,
            state,
            label: label.map(str::to_owned),
            created: key.as_ref().ok().map(|key| key.created),
            expires: certificate.map(Certificate::not_after),
            fingerprint: key.as_ref().ok().map(|key| key.key.fingerprint().clone()),
            objects: None,
            items: None,
            retirable: false,
            obstacle: None,
            problem: key
                .err()
                .filter(|_| state != KeyState::Requested)
                .as_ref()
                .map(KeyProblem::in_a_line),
            is_owned: is_borrowed(&secret.metadata),
        }
    }

    /// What is said of a key that no Secret holds.
    pub(crate) fn missing(fingerprint: Fingerprint) -> Self {
        Self {
            name: None,
            state: KeyState::Missing,
            label: None,
            created: None,
            expires: None,
            fingerprint: Some(fingerprint),
            objects: None,
            items: None,
            retirable: false,
            obstacle: None,
            problem: None,
            is_owned: false,
        }
    }

    /// Whether controllers open with it.
    pub(crate) fn is_in_use(&self) -> bool {
        matches!(self.state, KeyState::Active | KeyState::Expired)
    }

    /// The cells: name, state, age, expires, fingerprint, objects, items, retirable.
    pub(crate) fn row(&self, now: Timestamp) -> [String; 8] {
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let retirable = match &self.obstacle {
            None => "yes".to_owned(),
            Some(Obstacle { word: "", .. }) => "-".to_owned(),
            Some(Obstacle { word, .. }) => format!("no ({word})"),
        };
        [
            or_dash(self.name.clone()),
            self.state.as_str().to_owned(),
            or_dash(self.created.map(|created| age(now.duration_since(created)))),
            or_dash(self.expires.map(|expires| expires.to_string())),
            or_dash(self.fingerprint.as_ref().map(ToString::to_string)),
            or_dash(self.objects.map(|objects| objects.to_string())),
            or_dash(self.items.map(|items| items.to_string())),
            retirable,
        ]
    }
}

impl KeyState {
    /// The word that is printed.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Requested => "requested",
            Self::Retired => "retired",
            Self::Archived => "archived",
            Self::Disabled => "disabled",
            Self::Malformed => "malformed",
            Self::Missing => "missing",
        }
    }
}

fn label(secret: &Secret) -> Option<&str> {
    secret
        .metadata
        .labels
        .as_ref()?
        .get(SEALING_KEY_LABEL)
        .map(String::as_str)
}

#[expect(clippy::ref_option, reason = "serde hands the field over as it is")]
fn text<S: Serializer>(fingerprint: &Option<Fingerprint>, to: S) -> Result<S::Ok, S::Error> {
    fingerprint.as_ref().map(Fingerprint::as_str).serialize(to)
}

#[cfg(test)]
mod tests;
