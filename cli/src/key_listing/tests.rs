use std::collections::BTreeMap;

use jiff::SignedDuration;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use manifests::keys::{KeySecretName, key_secret};
use sealing::{KeyOptions, KeyPair};

use super::*;

fn at(hours: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
}

/// A key whose certificate is valid for ten hours from this hour on.
fn key(name: &str, hour: i64) -> Secret {
    let pair = KeyPair::generate(&KeyOptions {
        bits: 2048,
        common_name: String::new(),
        not_before: at(hour),
        valid_for: SignedDuration::from_hours(10),
    })
    .unwrap();
    key_secret(&pair, KeySecretName::Name(name), None, None)
}

fn labelled(mut secret: Secret, label: Option<&str>) -> Secret {
    let label = label.map(|value| (SEALING_KEY_LABEL.to_owned(), value.to_owned()));
    secret.metadata.labels = Some(BTreeMap::from_iter(label));
    secret
}

fn empty(name: &str) -> Secret {
    let mut secret = Secret::default();
    secret.metadata.name = Some(name.to_owned());
    labelled(secret, Some("active"))
}

#[test]
fn the_label_and_the_certificate_make_the_state() {
    let key = key("k", 0);
    let state = |secret: Secret, now: i64| KeyListing::new(&secret, at(now)).state;
    for (label, expected) in [
        ("active", KeyState::Active),
        ("retired", KeyState::Retired),
        ("archived", KeyState::Archived),
        ("compromised", KeyState::Disabled),
        ("Active", KeyState::Disabled),
    ] {
        assert_eq!(state(labelled(key.clone(), Some(label)), 1), expected, "{label}");
    }
    assert_eq!(state(key.clone(), 11), KeyState::Expired);
    assert_eq!(state(labelled(key.clone(), None), 1), KeyState::Disabled);
    let mut first = labelled(key, None);
    first.metadata.name = Some(SEALING_KEY_PREFIX.to_owned());
    assert_eq!(state(first, 1), KeyState::Active);
}

#[test]
fn a_key_that_cannot_be_used_says_why_and_nothing_of_the_key() {
    let listing = KeyListing::new(&empty("k"), at(0));
    assert_eq!(listing.row(at(0))[..5], ["k", "malformed", "-", "-", "-"]);
    assert!(listing.problem.unwrap().contains("`k` has no `tls.key`"));

    let mut pair = key("k", 0);
    let other = key("other", 0).data.unwrap();
    pair.data
        .as_mut()
        .unwrap()
        .insert("tls.key".to_owned(), other["tls.key"].clone());
    let listing = KeyListing::new(&pair, at(1));
    assert_eq!((listing.state, listing.fingerprint), (KeyState::Malformed, None));
    assert!(
        listing
            .problem
            .unwrap()
            .contains("belongs to another private key")
    );
}

#[test]
fn a_request_for_a_key_is_no_problem_and_an_answered_one_is_no_key() {
    let keys = keys_of(
        &[
            labelled(empty("asked"), Some(SEALING_KEY_REQUESTED)),
            labelled(empty("answered"), Some(SEALING_KEY_ANSWERED)),
        ],
        at(0),
    );
    assert_eq!(keys.len(), 1);
    assert_eq!((keys[0].state, &keys[0].problem), (KeyState::Requested, &None));
}

#[test]
fn the_newest_stands_first_and_copies_of_a_key_together() {
    let old = key("old", 1);
    let mut copy = old.clone();
    copy.metadata.name = Some("a-copy".to_owned());
    let keys = keys_of(
        &[old, empty("broken"), key("other", 1), copy, key("new", 2)],
        at(3),
    );
    let names: Vec<_> = keys.iter().map(|key| key.name.as_deref().unwrap()).collect();
    assert_eq!((names[0], names[4]), ("new", "broken"));
    let copy = names.iter().position(|name| *name == "a-copy").unwrap();
    assert_eq!(names[copy + 1], "old");
}

#[test]
fn a_secret_that_something_else_writes_is_known() {
    let owned = |secret: &Secret| KeyListing::new(secret, at(0)).is_owned;
    let plain = key("k", 0);
    assert!(!owned(&plain));
    let mut cert_manager = plain.clone();
    cert_manager.metadata.annotations =
        Some([("cert-manager.io/issuer-name".to_owned(), String::new())].into());
    assert!(owned(&cert_manager));
    let mut child = plain;
    child.metadata.owner_references = Some(vec![OwnerReference::default()]);
    assert!(owned(&child));
}

#[test]
fn the_private_key_is_in_no_report() {
    let secret = key("k", 0);
    let listing = KeyListing::new(&secret, at(1));
    let private = String::from_utf8(secret.data.unwrap()["tls.key"].0.clone()).unwrap();
    let said = format!("{listing:?}{}", serde_json::to_string(&listing).unwrap());
    assert!(private.lines().all(|line| !said.contains(line)));
}
