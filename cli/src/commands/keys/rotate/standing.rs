//! What became of the Secret that asked for a key, as far as whoever asked may look.

use api::names::{
    ANSWERED_BY, SEALING_KEY_ACTIVE, SEALING_KEY_ANSWERED, SEALING_KEY_LABEL, SEALING_KEY_REQUESTED,
};
use k8s_openapi::api::core::v1::Secret;
use sealing::{Certificate, Fingerprint};

use crate::cluster::ClusterError;

/// What became of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Not known: to look at it is a right that whoever asked need not have.
    Unknown,
    /// It is gone.
    Gone,
    /// It still waits.
    Waiting,
    /// It has its key.
    Filled(Option<Fingerprint>),
    /// The key in another Secret answered it.
    Answered(String),
    /// Somebody gave it another label.
    Labelled(String),
}

impl Standing {
    /// What is read from the Secret, or from why it could not be read.
    pub(super) fn of(read: Result<Option<Secret>, ClusterError>) -> Self {
        let secret = match read {
            Ok(Some(secret)) => secret,
            Ok(None) => return Self::Gone,
            Err(_) => return Self::Unknown,
        };
        let metadata = secret.metadata;
        let label = metadata.labels.unwrap_or_default().remove(SEALING_KEY_LABEL);
        match label.unwrap_or_default().as_str() {
            SEALING_KEY_REQUESTED => Self::Waiting,
            SEALING_KEY_ACTIVE => {
                let pem = secret.data.unwrap_or_default().remove("tls.crt");
                let certificate = pem.and_then(|pem| Certificate::from_pem(&pem.0).ok());
                Self::Filled(certificate.map(|certificate| certificate.fingerprint().clone()))
            }
            SEALING_KEY_ANSWERED => {
                let by = metadata.annotations.unwrap_or_default().remove(ANSWERED_BY);
                Self::Answered(by.unwrap_or_default())
            }
            other => Self::Labelled(other.to_owned()),
        }
    }

    /// A warning, when the new key that is served is not the one that was made for this.
    pub(super) fn beside(&self, served: &Fingerprint) -> Option<String> {
        match self {
            Self::Filled(Some(made)) if made != served => Some(format!(
                "the key that was made, {made}, is not the one that is served: another active key begins later \
                 (`chancery keys list`), and the newest is sealed to"
            )),
            _ => None,
        }
    }

    /// What to look at when no new certificate is served. `request` is the Secret, `served` what is served instead.
    pub(super) fn hints(&self, request: &str, served: Option<&Fingerprint>) -> Vec<String> {
        const UPSTREAM: &str = "is the controller chancery's? Sealed Secrets' own one passes over requests";
        const LEADER: &str = "does one of its replicas lead (Lease `chancery-secrets`), and may it update Secrets? its log says so";
        let waits = format!("Secret `{request}` goes on asking until it is deleted");
        match self {
            Self::Unknown => vec![UPSTREAM.to_owned(), LEADER.to_owned(), waits],
            Self::Waiting => vec![
                format!(
                    "no controller has filled Secret `{request}` yet; `kubectl describe` shows its events"
                ),
                UPSTREAM.to_owned(),
                LEADER.to_owned(),
                waits,
            ],
            Self::Gone => vec![format!(
                "Secret `{request}` was deleted before it was filled: ask again"
            )],
            Self::Filled(made) => not_served(made.as_ref(), request, served),
            Self::Answered(by) => not_served(None, by, served),
            Self::Labelled(label) => vec![format!(
                "somebody labelled Secret `{request}` `{label}`, which takes it out of use: ask again"
            )],
        }
    }
}

fn not_served(made: Option<&Fingerprint>, secret: &str, served: Option<&Fingerprint>) -> Vec<String> {
    let made = made.map_or_else(String::new, |made| format!(", {made},"));
    let instead = served.map_or_else(String::new, |served| format!("; {served} is served"));
    vec![
        format!("the key is made{made} in Secret `{secret}`, and is not served{instead}"),
        "does the Service lead to chancery's controller? Sealed Secrets' own one takes new keys when it is restarted"
            .to_owned(),
        "the newest active key that is stored safely is served: `chancery keys list` shows which begins later"
            .to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const MADE: &str = "SHA256:AQL+f4D/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    const SERVED: &str = "SHA256:BQL+f4D/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    fn fingerprint(text: &str) -> Fingerprint {
        text.parse().unwrap()
    }

    fn labelled(label: &str) -> Standing {
        let secret = json!({
            "metadata": {"labels": {SEALING_KEY_LABEL: label}, "annotations": {ANSWERED_BY: "other"}},
        });
        Standing::of(Ok(Some(serde_json::from_value(secret).unwrap())))
    }

    #[test]
    fn the_label_of_a_request_says_what_became_of_it() {
        assert_eq!(labelled("requested"), Standing::Waiting);
        assert_eq!(labelled("active"), Standing::Filled(None));
        assert_eq!(labelled("answered"), Standing::Answered("other".to_owned()));
        assert_eq!(
            labelled("compromised"),
            Standing::Labelled("compromised".to_owned())
        );
        assert_eq!(Standing::of(Ok(None)), Standing::Gone);
        let denied = ClusterError::NoController {
            namespace: "a".to_owned(),
            name: "b".to_owned(),
        };
        assert_eq!(Standing::of(Err(denied)), Standing::Unknown);
    }

    #[test]
    fn a_key_that_was_made_and_is_not_served_is_named_beside_the_one_that_is() {
        let filled = Standing::Filled(Some(fingerprint(MADE)));
        let hints = filled.hints("ns/name", Some(&fingerprint(SERVED)));
        assert_eq!(
            hints[0],
            format!("the key is made, {MADE}, in Secret `ns/name`, and is not served; {SERVED} is served")
        );
        assert!(filled.beside(&fingerprint(MADE)).is_none());
        assert!(filled.beside(&fingerprint(SERVED)).unwrap().contains(MADE));
        assert!(Standing::Unknown.beside(&fingerprint(SERVED)).is_none());
    }

    #[test]
    fn whoever_may_not_look_is_told_what_it_may_be() {
        let hints = Standing::Unknown.hints("ns/name", None).join("\n");
        for words in ["chancery's?", "lead", "`ns/name` goes on asking"] {
            assert!(hints.contains(words), "{hints}");
        }
    }
}
