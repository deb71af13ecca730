use jiff::{SignedDuration, Timestamp};
use manifests::keys::KeySecretName;
use sealing::{KeyOptions, KeyPair};

use super::*;

fn pair() -> KeyPair {
    KeyPair::generate(&KeyOptions {
        bits: 2048,
        common_name: String::new(),
        not_before: Timestamp::UNIX_EPOCH,
        valid_for: SignedDuration::from_hours(1),
    })
    .unwrap()
}

fn secret(pair: &KeyPair, name: &str, label: &str) -> Secret {
    let mut secret = keys::key_secret(pair, KeySecretName::Name(name), Some("kube-system"), None);
    secret.metadata.uid = Some("1".to_owned());
    let labels = secret.metadata.labels.get_or_insert_default();
    labels.insert(SEALING_KEY_LABEL.to_owned(), label.to_owned());
    secret
}

fn rows(stored: &[Secret], backup: &[Secret]) -> Vec<(String, String, String)> {
    let row = |decision: &Decision| {
        let [name, label, _, result] = decision.row(false);
        (name, label, result)
    };
    decide(stored, backup.to_vec()).iter().map(row).collect()
}

fn expected(rows: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    let owned = |(name, label, result): &(&str, &str, &str)| {
        ((*name).to_owned(), (*label).to_owned(), (*result).to_owned())
    };
    rows.iter().map(owned).collect()
}

#[test]
fn into_nothing_every_key_comes_back_with_its_label_and_without_its_old_identity() {
    let (one, two) = (pair(), pair());
    let backup = [secret(&one, "a", "retired"), secret(&two, "b", "active")];
    assert_eq!(
        rows(&[], &backup),
        expected(&[("b", "active", "created"), ("a", "retired", "created")])
    );
    for decision in decide(&[], backup.to_vec()) {
        assert_eq!(decision.restored().unwrap().metadata.uid, None);
    }
}

#[test]
fn what_is_stored_stays_whatever_it_is_called_or_labelled_now() {
    let key = pair();
    let stored = [secret(&key, "now", "archived")];
    assert_eq!(
        rows(&stored, &[secret(&key, "then", "active")]),
        expected(&[(
            "now",
            "archived",
            "is there; its label was `active` in the backup"
        )])
    );
}

#[test]
fn another_key_of_that_name_is_not_replaced() {
    let (old, new) = (pair(), pair());
    let copy = keys::name_of_copy("tls", old.certificate.fingerprint());
    assert_eq!(
        rows(&[secret(&new, "tls", "active")], &[secret(&old, "tls", "active")]),
        expected(&[(&copy, "active", "created; another key has the name `tls`")])
    );
}

#[test]
fn the_key_of_the_first_versions_that_loses_its_name_gets_the_label() {
    let (old, new) = (pair(), pair());
    let mut legacy = secret(&old, "sealed-secrets-key", "active");
    legacy.metadata.labels = None;
    let copy = keys::name_of_copy("sealed-secrets-key", old.certificate.fingerprint());
    assert_eq!(
        rows(&[secret(&new, "sealed-secrets-key", "active")], &[legacy.clone()]),
        expected(&[(
            &copy,
            "active",
            "created; another key has the name `sealed-secrets-key`"
        )])
    );
    assert_eq!(
        rows(&[], &[legacy]),
        expected(&[("sealed-secrets-key", "-", "created")])
    );
}

#[test]
fn a_key_that_stands_twice_comes_back_in_both_secrets_with_their_labels() {
    let key = pair();
    let backup = [
        secret(&key, "own", "retired"),
        secret(&key, "own-archived", "archived"),
    ];
    let both = [("own", "retired"), ("own-archived", "archived")];
    let all = |result: &'static str| expected(&both.map(|(name, label)| (name, label, result)));
    assert_eq!(rows(&[], &backup), all("created"));
    assert_eq!(rows(&backup, &backup), all("is there"));
    // An older backup, from before the key was retired.
    assert_eq!(
        rows(&backup, &[secret(&key, "own", "active")]),
        expected(&[("own", "retired", "is there; its label was `active` in the backup")])
    );
}

#[test]
fn a_restore_that_was_interrupted_goes_on_with_the_other_secret_of_the_key() {
    let key = pair();
    let (own, archive) = (
        secret(&key, "own", "retired"),
        secret(&key, "own-archived", "archived"),
    );
    assert_eq!(
        rows(std::slice::from_ref(&own), &[own.clone(), archive]),
        expected(&[
            ("own", "retired", "is there"),
            ("own-archived", "archived", "created")
        ])
    );
}

#[test]
fn a_key_that_lost_its_name_is_found_under_the_name_of_its_copy_and_its_archive_is_restored() {
    let (old, new) = (pair(), pair());
    let copy = keys::name_of_copy("tls", old.certificate.fingerprint());
    let backup = [
        secret(&old, "tls", "active"),
        secret(&old, "tls-archived", "archived"),
    ];
    let stored = [secret(&new, "tls", "active"), secret(&old, &copy, "active")];
    assert_eq!(
        rows(&stored, &backup),
        expected(&[
            (&copy, "active", "is there"),
            ("tls-archived", "archived", "created")
        ])
    );
}

#[test]
fn a_secret_that_stands_twice_in_the_backup_is_restored_once_and_as_the_one_in_use() {
    let (key, other) = (pair(), pair());
    let backup = [secret(&key, "own", "archived"), secret(&key, "own", "active")];
    let there = "is there; its label was `archived` in the backup";
    assert_eq!(
        rows(&[], &backup),
        expected(&[("own", "active", "created"), ("own", "active", there)])
    );
    let copy = keys::name_of_copy("own", key.certificate.fingerprint());
    assert_eq!(
        rows(&[secret(&other, "own", "active")], &backup),
        expected(&[
            (&copy, "active", "created; another key has the name `own`"),
            (&copy, "active", there)
        ])
    );
}

#[test]
fn a_key_that_cannot_be_read_is_named_and_stops_no_other() {
    let key = pair();
    let mut broken = secret(&key, "broken", "active");
    broken.data.as_mut().unwrap().remove("tls.key");
    let decisions = rows(&[], &[broken, secret(&key, "whole", "active")]);
    assert!(decisions[0].2.starts_with("left out: "), "{decisions:?}");
    assert_eq!(decisions[1].2, "created");
}

#[test]
fn a_secret_that_was_no_key_does_not_become_one_with_a_new_name() {
    let (old, new) = (pair(), pair());
    let mut plain = secret(&old, "tls", "active");
    plain.metadata.labels = None;
    let copy = keys::name_of_copy("tls", old.certificate.fingerprint());
    assert_eq!(
        rows(&[secret(&new, "tls", "active")], &[plain]),
        expected(&[(&copy, "-", "created; another key has the name `tls`")])
    );
}
