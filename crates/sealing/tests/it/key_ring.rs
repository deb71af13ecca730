use aws_lc_rs::rand::SystemRandom;
use sealing::{Fingerprint, Label, OpenError, Scope};

use crate::fixture::{
    CERT_2048, KEY_2048, KEY_2048_PKCS8, KEY_4096, KEY_FOREIGN, certificate, fingerprint, key, ring,
};

fn label() -> Label {
    Label::new(Scope::Strict, "shop", "database")
}

/// An item that only the 2048-bit key opens.
fn item() -> Vec<u8> {
    certificate(CERT_2048)
        .public_key()
        .seal(&SystemRandom::new(), &label(), b"value")
        .unwrap()
}

fn names(ring: &sealing::KeyRing) -> Vec<&str> {
    ring.iter().map(|key| key.name.as_str()).collect()
}

fn tried(ring: &sealing::KeyRing, hints: &[Fingerprint]) -> Vec<Fingerprint> {
    let elsewhere = Label::new(Scope::Strict, "shop", "other");
    match ring.open(&item(), &elsewhere, hints) {
        Err(OpenError::NoKey {
            tried,
            modulus_len: 256,
        }) => tried,
        other => panic!("{other:?}"),
    }
}

#[test]
fn keys_are_newest_first_whatever_order_they_come_in() {
    let keys: [(i64, &[u8]); 3] = [(2, KEY_2048), (3, KEY_4096), (1, KEY_FOREIGN)];
    assert_eq!(names(&ring(&keys)), ["key-3", "key-2", "key-1"]);
    assert_eq!(ring(&keys).newest().unwrap().name, "key-3");
    assert!(ring(&[]).newest().is_none());
}

#[test]
fn a_new_key_begins_now_or_after_the_newest_so_that_it_becomes_the_newest() {
    let at = |second| jiff::Timestamp::from_second(second).unwrap();
    let hour = jiff::SignedDuration::from_hours(1);
    let begin = |keys: &[(i64, &[u8])], now| ring(keys).begin_of_next(at(now), hour);
    assert_eq!(begin(&[], 5), at(5));
    assert_eq!(begin(&[(3, KEY_2048), (4, KEY_4096)], 5), at(5));
    // Within the same second, and when a key's time has not begun.
    assert_eq!(begin(&[(5, KEY_2048)], 5), at(6));
    assert_eq!(begin(&[(900, KEY_2048), (4, KEY_4096)], 5), at(901));
    // No time is left after that one.
    let last = jiff::Timestamp::MAX.as_second() - 1;
    assert_eq!(begin(&[(last, KEY_2048)], 5), at(5));
}

#[test]
fn keys_of_one_time_stay_in_the_order_they_came() {
    let mut ring = ring(&[(1, KEY_2048)]);
    ring.extend(crate::fixture::ring(&[(1, KEY_FOREIGN)]));
    let order: Vec<_> = ring.iter().map(|key| key.key.fingerprint().clone()).collect();
    assert_eq!(order, [fingerprint(KEY_2048), fingerprint(KEY_FOREIGN)]);
}

#[test]
fn a_key_that_comes_again_replaces_itself() {
    let ring = ring(&[(1, KEY_2048), (5, KEY_2048_PKCS8)]);
    assert_eq!(names(&ring), ["key-5"]);
}

#[test]
fn a_key_that_is_removed_opens_nothing() {
    let mut ring = ring(&[(1, KEY_2048)]);
    assert!(ring.open(&item(), &label(), &[]).is_ok());
    assert_eq!(ring.remove(&fingerprint(KEY_2048)).unwrap().name, "key-1");
    assert!(ring.remove(&fingerprint(KEY_2048)).is_none());
    assert_eq!(
        ring.open(&item(), &label(), &[]).unwrap_err(),
        OpenError::NoKey {
            tried: vec![],
            modulus_len: 256
        }
    );
}

#[test]
fn keys_of_another_length_are_not_tried() {
    let ring = ring(&[(9, KEY_4096), (1, KEY_FOREIGN)]);
    assert_eq!(tried(&ring, &[]), [fingerprint(KEY_FOREIGN)]);
}

#[test]
fn hinted_keys_are_tried_first_and_each_key_once() {
    let ring = ring(&[(9, KEY_FOREIGN), (1, KEY_2048)]);
    let (new, old) = (fingerprint(KEY_FOREIGN), fingerprint(KEY_2048));
    let unknown = fingerprint(KEY_4096);
    assert_eq!(tried(&ring, &[]), [new.clone(), old.clone()]);
    assert_eq!(
        tried(&ring, &[unknown, old.clone(), old.clone()]),
        [old.clone(), new.clone()]
    );
    assert_eq!(tried(&ring, &[new.clone(), old.clone()]), [new, old]);
}

#[test]
fn the_key_that_opened_an_item_is_named() {
    let ring = ring(&[(9, KEY_FOREIGN), (1, KEY_2048)]);
    let opened = ring.open(&item(), &label(), &[]).unwrap();
    assert_eq!(
        (opened.plaintext.as_slice(), opened.fingerprint),
        (&b"value"[..], fingerprint(KEY_2048))
    );
}

#[test]
fn an_altered_value_names_the_key_and_stops_the_search() {
    let ring = ring(&[(9, KEY_2048), (1, KEY_FOREIGN)]);
    let mut item = item();
    *item.last_mut().unwrap() ^= 1;
    let error = ring.open(&item, &label(), &[]).unwrap_err();
    assert_eq!(
        error,
        OpenError::Altered {
            fingerprint: fingerprint(KEY_2048)
        }
    );
}

#[test]
fn nothing_that_is_printed_for_developers_holds_a_secret() {
    let ring = ring(&[(1, KEY_2048)]);
    let opened = ring.open(&item(), &label(), &[]).unwrap();
    let text = format!("{ring:?} {:?} {opened:?}", key(KEY_2048));
    assert!(text.contains(fingerprint(KEY_2048).as_str()), "{text}");
    assert!(
        !text.contains("value") && !text.contains("118, 97") && text.len() < 600,
        "{text}"
    );
}
