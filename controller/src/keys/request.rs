//! Requests for a key: empty Secrets that the leader fills. Pure.

use api::names;
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt;

/// What a Secret that is labelled as a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It waits for a key.
    Waiting,
    /// It is being deleted: nobody waits for it.
    Leaving,
    /// It can't be filled, for this reason.
    Malformed(&'static str),
}

/// Returns what a Secret that is labelled as a request is.
///
/// What holds anything is never filled: it may be a key whose label was changed by mistake, and there is no other.
pub(crate) fn standing(secret: &Secret) -> Standing {
    if secret.metadata.deletion_timestamp.is_some() {
        return Standing::Leaving;
    }
    let items = secret.data.iter().flatten();
    let holds = items
        .into_iter()
        .any(|(name, value)| !value.0.is_empty() || !matches!(name.as_str(), "tls.crt" | "tls.key"));
    let problem = if secret.type_.as_deref() != Some(names::TLS_SECRET_TYPE) {
        "its type is not kubernetes.io/tls"
    } else if holds {
        "it is not empty, and what it holds is not overwritten"
    } else if secret.immutable == Some(true) {
        "it is immutable"
    } else if manifests::keys::is_borrowed(&secret.metadata) {
        "it belongs to something that would delete or replace the key in it"
    } else {
        return Standing::Waiting;
    };
    Standing::Malformed(problem)
}

/// Returns the requests that wait, the oldest first.
///
/// One is filled, the first if nothing is against it, and the new key answers the others too: it is newer than any key
/// that they could have asked for. All replicas choose alike, even if one of them saw more requests, so of two that both
/// believe to lead the second can't write it.
pub(crate) fn waiting(requests: Vec<Secret>) -> Vec<Secret> {
    let mut waiting: Vec<Secret> = requests
        .into_iter()
        .filter(|secret| standing(secret) == Standing::Waiting)
        .collect();
    waiting.sort_by_cached_key(|secret| {
        let created = secret.metadata.creation_timestamp.as_ref().map(|time| time.0);
        (created, secret.name_any())
    });
    waiting
}

/// Returns the request as it is when a key fills it: `key` is a key Secret, of which the items are taken.
pub(crate) fn filled(request: &Secret, key: Secret) -> Secret {
    let mut filled = labelled(request, names::SEALING_KEY_ACTIVE);
    filled.data = key.data;
    filled
}

/// Returns the request as it is when the key in another Secret answers it.
pub(crate) fn answered(request: &Secret, by: &Secret) -> Secret {
    let mut answered = labelled(request, names::SEALING_KEY_ANSWERED);
    answered
        .annotations_mut()
        .insert(names::ANSWERED_BY.to_owned(), by.name_any());
    answered
}

/// Returns the same Secret with another value of the label. Its resourceVersion stays, so that it can only be written as
/// it was read.
fn labelled(request: &Secret, label: &str) -> Secret {
    let mut secret = request.clone();
    secret
        .labels_mut()
        .insert(names::SEALING_KEY_LABEL.to_owned(), label.to_owned());
    secret
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use k8s_openapi::ByteString;
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::{OwnerReference, Time};
    use serde_json::json;

    use super::*;

    fn request(name: &str, second: i64) -> Secret {
        let mut secret: Secret = serde_json::from_value(json!({
            "metadata": {
                "name": name, "resourceVersion": "7", "annotations": {"by": "me"},
                "labels": {names::SEALING_KEY_LABEL: "requested"},
            },
            "type": "kubernetes.io/tls",
            "data": {"tls.crt": "", "tls.key": ""},
        }))
        .unwrap();
        secret.metadata.creation_timestamp = Some(Time(Timestamp::from_second(second).unwrap()));
        secret
    }

    fn names(secrets: &[Secret]) -> Vec<String> {
        secrets.iter().map(ResourceExt::name_any).collect()
    }

    #[test]
    fn requests_wait_in_the_order_in_which_they_were_made() {
        let requests = vec![request("c", 3), request("b", 1), request("a", 1), request("d", 2)];
        assert_eq!(names(&waiting(requests)), ["a", "b", "d", "c"]);
    }

    #[test]
    fn what_cannot_be_filled_is_neither_filled_nor_answered() {
        let change = |change: fn(&mut Secret)| {
            let mut secret = request("changed", 0);
            change(&mut secret);
            secret
        };
        let malformed = [
            change(|secret| secret.type_ = Some("Opaque".to_owned())),
            change(|secret| secret.type_ = None),
            change(|secret| secret.immutable = Some(true)),
            change(|secret| {
                let data = secret.data.as_mut().unwrap();
                data.insert("tls.key".to_owned(), ByteString(b"a key".to_vec()));
            }),
            change(|secret| {
                let data = secret.data.as_mut().unwrap();
                data.insert("more".to_owned(), ByteString(Vec::new()));
            }),
            change(|secret| secret.metadata.owner_references = Some(vec![OwnerReference::default()])),
        ];
        for secret in malformed {
            assert!(
                matches!(standing(&secret), Standing::Malformed(_)),
                "{:?}",
                secret.metadata
            );
            assert_eq!(names(&waiting(vec![secret, request("good", 5)])), ["good"]);
        }
        let leaving = change(|secret| secret.metadata.deletion_timestamp = Some(Time(Timestamp::UNIX_EPOCH)));
        assert_eq!(standing(&leaving), Standing::Leaving);
        let bare = change(|secret| secret.data = None);
        assert_eq!(standing(&bare), Standing::Waiting);
    }

    #[test]
    fn a_filled_request_is_a_key_in_use_and_otherwise_as_it_was() {
        let key = Secret {
            data: Some([("tls.key".to_owned(), ByteString(b"k".to_vec()))].into()),
            ..Secret::default()
        };
        let asked = request("r", 0);
        let filled = filled(&asked, key.clone());
        assert_eq!(filled.data, key.data);
        assert_eq!(filled.labels()[names::SEALING_KEY_LABEL], "active");
        assert_eq!(filled.annotations()["by"], "me");
        assert_eq!(filled.resource_version().as_deref(), Some("7"));
        assert_eq!(filled.type_, asked.type_);
    }

    #[test]
    fn an_answered_request_names_the_secret_that_has_the_key() {
        let answered = answered(&request("r", 0), &request("key", 0));
        assert_eq!(answered.labels()[names::SEALING_KEY_LABEL], "answered");
        assert_eq!(answered.annotations()[names::ANSWERED_BY], "key");
        assert_eq!(answered.resource_version().as_deref(), Some("7"));
    }
}
