mod archives;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use sealing::{KeyOptions, KeyPair, RingKey};

use super::*;
use crate::keys::pair::Texts;

/// A key whose certificate begins `age` days after the epoch.
fn key(age: i64) -> Pair {
    let created = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * age);
    let options = KeyOptions {
        bits: 2048,
        common_name: String::new(),
        not_before: created,
        valid_for: SignedDuration::from_hours(87_600),
    };
    let pair = KeyPair::generate(&options).unwrap();
    let texts = Texts {
        certificate: pair.certificate.to_pem().into_bytes(),
        key: pair.private_key_pem().as_bytes().to_vec().into(),
    };
    let (key, certificate) = pair.into_parts();
    Pair {
        key: RingKey {
            name: String::new(),
            created,
            key: Arc::new(key),
            certificate: Some(certificate),
        },
        stored: Some(created),
        texts: Arc::new(texts),
    }
}

fn served(holdings: &Holdings) -> Option<Fingerprint> {
    let certificate = holdings.certificate();
    certificate.map(|certificate| certificate.fingerprint().clone())
}

fn name(pair: &Pair) -> Fingerprint {
    pair.fingerprint().clone()
}

/// The Secrets from which keys must be copied, with the keys.
fn unkept(holdings: &Holdings) -> Vec<(String, Fingerprint)> {
    let unkept = holdings.unkept();
    unkept
        .into_iter()
        .map(|unkept| (unkept.from.clone(), unkept.pair.fingerprint().clone()))
        .collect()
}

fn lost(secret: &str, pair: &Pair) -> Vec<Notice> {
    vec![Notice::Lost {
        secret: secret.to_owned(),
        fingerprint: pair.fingerprint().clone(),
    }]
}

fn disabled(secret: &str, pair: &Pair) -> Vec<Notice> {
    vec![Notice::Disabled {
        secret: secret.to_owned(),
        fingerprint: pair.fingerprint().clone(),
    }]
}

fn added(secret: &str, pair: &Pair) -> Notice {
    Notice::Added {
        secret: secret.to_owned(),
        fingerprint: pair.fingerprint().clone(),
    }
}

#[test]
fn of_keys_that_are_equally_new_the_one_that_was_stored_first_is_served() {
    let mut keys = [key(1), key(1), key(1)];
    for (place, key) in keys.iter_mut().enumerate() {
        key.stored = Some(Timestamp::UNIX_EPOCH + SignedDuration::from_secs([7, 3, 5][place]));
    }
    let mut holdings = Holdings::default();
    for (place, key) in keys.iter().enumerate() {
        holdings.stored(&place.to_string(), key.clone(), false);
    }
    assert_eq!(served(&holdings), Some(name(&keys[1])));
    assert_eq!(holdings.newest(), Some(keys[0].key.created));
}

#[test]
fn the_newest_stored_key_is_served() {
    let (old, new) = (key(1), key(2));
    let mut holdings = Holdings::default();
    holdings.stored("new", new.clone(), false);
    holdings.stored("old", old.clone(), false);
    assert_eq!(served(&holdings), Some(name(&new)));
    assert_eq!(holdings.disabled("new", Some(name(&new))), disabled("new", &new));
    assert_eq!(served(&holdings), Some(name(&old)));
    assert_eq!(holdings.ring().len(), 1);
    assert_eq!(unkept(&holdings), []);
}

#[test]
fn a_key_whose_secret_was_deleted_opens_on_but_is_not_sealed_to() {
    let only = key(1);
    let mut holdings = Holdings::default();
    holdings.stored("only", only.clone(), false);
    assert_eq!(holdings.gone("only"), lost("only", &only));
    assert_eq!(holdings.gone("only"), []);
    assert_eq!(served(&holdings), None);
    assert!(holdings.ring().get(only.fingerprint()).is_some());
    // A person deleted it: it is not stored again behind his back.
    assert_eq!(unkept(&holdings), []);
    assert_eq!(
        holdings.stored("only", only.clone(), false),
        [added("only", &only)]
    );
    assert_eq!(served(&holdings), Some(name(&only)));
}

#[test]
fn a_lost_key_that_comes_back_disabled_is_out_of_use() {
    let only = key(1);
    let mut holdings = Holdings::default();
    holdings.stored("only", only.clone(), false);
    holdings.gone("only");
    assert_eq!(
        holdings.disabled("restored", Some(name(&only))),
        disabled("restored", &only)
    );
    assert_eq!(holdings.ring().len(), 0);
}

#[test]
fn a_key_that_replaces_another_in_place_opens_at_once_and_is_served_when_the_other_is_stored() {
    let (first, second) = (key(1), key(2));
    let mut holdings = Holdings::default();
    holdings.stored("same", first.clone(), false);
    let replaced = Notice::Replaced {
        secret: "same".to_owned(),
        fingerprint: first.fingerprint().clone(),
    };
    assert_eq!(
        holdings.stored("same", second.clone(), false),
        [replaced, added("same", &second)]
    );
    assert_eq!(holdings.ring().len(), 2);
    assert_eq!(served(&holdings), None);
    assert_eq!(
        unkept(&holdings),
        [("same".to_owned(), first.fingerprint().clone())]
    );
    // The Secret comes again with another change: still not.
    assert_eq!(holdings.stored("same", second.clone(), false), []);
    assert_eq!(served(&holdings), None);
    assert_eq!(
        holdings.stored("copy", first.clone(), false),
        [added("copy", &first)]
    );
    assert_eq!(served(&holdings), Some(name(&second)));
    assert_eq!(unkept(&holdings), []);
}

#[test]
fn meanwhile_another_key_is_served_even_an_older_one() {
    let (old, first, second) = (key(1), key(2), key(3));
    let mut holdings = Holdings::default();
    holdings.stored("old", old.clone(), false);
    holdings.stored("same", first.clone(), false);
    holdings.stored("same", second, false);
    assert_eq!(served(&holdings), Some(name(&old)));
    // The key went back to where it was.
    holdings.stored("same", first, false);
    assert_eq!(served(&holdings), Some(name(&old)), "now the second one waits");
}

#[test]
fn every_key_of_a_secret_that_is_replaced_twice_is_stored_before_the_last_one_is_served() {
    let keys = [key(1), key(2), key(3)];
    let mut holdings = Holdings::default();
    for pair in &keys {
        holdings.stored("same", pair.clone(), false);
    }
    let mut expected: Vec<_> = keys[..2]
        .iter()
        .map(|pair| ("same".to_owned(), pair.fingerprint().clone()))
        .collect();
    expected.sort();
    assert_eq!(unkept(&holdings), expected);
    holdings.stored("copy-1", keys[0].clone(), false);
    assert_eq!(served(&holdings), Some(name(&keys[0])));
    holdings.stored("copy-2", keys[1].clone(), false);
    assert_eq!(served(&holdings), Some(name(&keys[2])));
}

#[test]
fn a_certificate_that_is_renewed_for_the_same_key_is_served_at_once() {
    let first = key(1);
    let mut renewed = first.clone();
    renewed.key.created += SignedDuration::from_hours(9);
    let mut holdings = Holdings::default();
    holdings.stored("same", first.clone(), false);
    assert_eq!(holdings.stored("same", renewed.clone(), false), []);
    assert_eq!(unkept(&holdings), []);
    // The copy of the first certificate does not hide the second.
    holdings.stored("copy", first, false);
    assert_eq!(holdings.ring().newest().unwrap().created, renewed.key.created);
    assert_eq!(served(&holdings), Some(name(&renewed)));
}

#[test]
fn the_key_of_a_borrowed_secret_is_served_once_there_is_a_copy_of_it() {
    let (first, second) = (key(1), key(2));
    let mut holdings = Holdings::default();
    holdings.stored("borrowed", first.clone(), true);
    assert_eq!(
        unkept(&holdings),
        [("borrowed".to_owned(), first.fingerprint().clone())]
    );
    assert_eq!(served(&holdings), None);
    assert!(holdings.ring().get(first.fingerprint()).is_some());
    holdings.stored("copy-1", first.clone(), false);
    assert_eq!(served(&holdings), Some(name(&first)));
    // It is replaced: the first one is stored already.
    assert_eq!(
        holdings.stored("borrowed", second.clone(), true),
        [added("borrowed", &second)]
    );
    assert_eq!(served(&holdings), Some(name(&first)));
    holdings.stored("copy-2", second.clone(), false);
    assert_eq!(served(&holdings), Some(name(&second)));
    assert_eq!(unkept(&holdings), []);
}

#[test]
fn a_copy_that_is_disabled_is_a_copy_and_the_key_goes_with_its_last_secret_in_use() {
    let first = key(1);
    let mut holdings = Holdings::default();
    holdings.stored("borrowed", first.clone(), true);
    holdings.stored("copy", first.clone(), false);
    let still = Notice::StillInUse {
        secret: "copy".to_owned(),
        elsewhere: "borrowed".to_owned(),
        fingerprint: first.fingerprint().clone(),
    };
    assert_eq!(holdings.disabled("copy", Some(name(&first))), [still]);
    assert_eq!(served(&holdings), Some(name(&first)));
    assert_eq!(unkept(&holdings), []);
    // Its Secret is replaced: what is left is out of use, as someone wished.
    let second = key(2);
    let notices = holdings.stored("borrowed", second, true);
    assert_eq!(notices[..1], disabled("borrowed", &first));
    assert!(holdings.ring().get(first.fingerprint()).is_none());
}

#[test]
fn a_key_is_in_use_as_long_as_one_secret_has_it_in_use() {
    let pair = key(1);
    let mut holdings = Holdings::default();
    holdings.stored("a", pair.clone(), false);
    assert_eq!(holdings.stored("b", pair.clone(), false), []);
    assert_eq!(holdings.gone("a"), []);
    assert_eq!(served(&holdings), Some(name(&pair)));
    assert_eq!(holdings.gone("b"), lost("b", &pair));
}

#[test]
fn who_disables_a_secret_and_replaces_its_key_at_once_means_the_key_that_is_there() {
    let (first, second) = (key(1), key(2));
    let mut holdings = Holdings::default();
    holdings.stored("same", first.clone(), false);
    holdings.disabled("same", Some(name(&second)));
    assert_eq!(
        unkept(&holdings),
        [("same".to_owned(), first.fingerprint().clone())]
    );
    assert_eq!(holdings.ring().len(), 1);
}

#[test]
fn a_key_that_is_replaced_by_junk_is_stored_again() {
    let (first, other) = (key(2), key(1));
    let mut holdings = Holdings::default();
    holdings.stored("same", first.clone(), false);
    holdings.stored("other", other.clone(), false);
    assert_eq!(holdings.broken("same").len(), 1);
    assert_eq!(served(&holdings), Some(name(&other)));
    assert_eq!(
        unkept(&holdings),
        [("same".to_owned(), first.fingerprint().clone())]
    );
    assert_eq!(holdings.broken("never-held-a-key"), []);
}

#[test]
fn a_secret_that_vanished_while_the_watch_was_down_is_noticed() {
    let (kept, gone) = (key(1), key(2));
    let mut holdings = Holdings::default();
    holdings.stored("kept", kept.clone(), false);
    holdings.stored("gone", gone.clone(), false);
    assert_eq!(holdings.listed(&["kept".to_owned()].into()), lost("gone", &gone));
    assert_eq!(served(&holdings), Some(name(&kept)));
}
