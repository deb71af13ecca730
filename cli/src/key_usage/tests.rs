use api::names::SCOPE_CLUSTER_WIDE;
use api::sealed_secret::{SealedSecretSpec, Unsealed};
use aws_lc_rs::rand::SystemRandom;
use jiff::{SignedDuration, Timestamp};
use manifests::keys::ring_from_pem;
use sealing::{KeyOptions, KeyPair, Label, Scope, encode_item};

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

fn ring(pairs: &[&KeyPair]) -> KeyRing {
    let mut ring = KeyRing::new();
    for pair in pairs {
        ring.extend(ring_from_pem("key", pair.private_key_pem().as_bytes()).0);
    }
    ring
}

fn key(pair: &KeyPair) -> Fingerprint {
    pair.certificate.fingerprint().clone()
}

/// A SealedSecret in the namespace `shop` with an item for each of these keys: `a`, `b`, ….
fn sealed(name: &str, pairs: &[&KeyPair]) -> SealedSecret {
    let mut sealed = SealedSecret::new(name, SealedSecretSpec::default());
    sealed.metadata.namespace = Some("shop".to_owned());
    let label = Label::new(Scope::Strict, "shop", name);
    for (pair, item) in pairs.iter().zip(["a", "b", "c"]) {
        let public = pair.certificate.public_key();
        let value = public.seal(&SystemRandom::new(), &label, b"tulip").unwrap();
        sealed
            .spec
            .encrypted_data
            .insert(item.to_owned(), encode_item(&value));
    }
    sealed
}

/// The status that a controller writes which opened so many items with each key.
fn with_status(mut sealed: SealedSecret, items: &[(&Fingerprint, i64)]) -> SealedSecret {
    sealed.status.get_or_insert_default().unsealed = Some(Unsealed {
        spec: digest(&sealed),
        keys: items.iter().map(|(key, _)| key.to_string()).collect(),
        items: items
            .iter()
            .map(|(key, items)| (key.to_string(), *items))
            .collect(),
        ..Unsealed::default()
    });
    sealed
}

/// A fingerprint that no key of these tests has.
fn foreign() -> Fingerprint {
    format!("SHA256:{}", "A".repeat(43)).parse().unwrap()
}

#[track_caller]
fn check(usage: &KeyUsage, expected: &[(&Fingerprint, &[&str], usize)]) {
    let names = |needed: &Needed| -> Vec<String> { needed.objects.iter().map(ToString::to_string).collect() };
    let found: Vec<_> = usage
        .by_key
        .iter()
        .map(|(key, needed)| (key.clone(), names(needed), needed.items))
        .collect();
    let mut expected: Vec<_> = expected
        .iter()
        .map(|(key, objects, items)| {
            let objects: Vec<String> = objects.iter().map(ToString::to_string).collect();
            ((*key).clone(), objects, *items)
        })
        .collect();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn objects_and_items_are_counted_by_key() {
    let (old, new) = (pair(), pair());
    let objects = vec![
        sealed("two", &[&old, &new, &old]),
        sealed("one", &[&old]),
        sealed("none", &[]),
    ];
    let usage = KeyUsage::count(objects, &ring(&[&old, &new]));
    check(
        &usage,
        &[
            (&key(&old), &["shop/one", "shop/two"], 3),
            (&key(&new), &["shop/two"], 1),
        ],
    );
    assert_eq!((usage.unopened, usage.unseen), (vec![], vec![]));
}

#[test]
fn a_status_of_the_object_as_it_is_is_believed_and_nothing_is_opened() {
    let pair = pair();
    // No ring opens it, and the key that the status names is stored nowhere.
    let object = with_status(sealed("app", &[&pair, &pair]), &[(&foreign(), 2)]);
    let usage = KeyUsage::count(vec![object.clone()], &KeyRing::new());
    check(&usage, &[(&foreign(), &["shop/app"], 2)]);
    // To those who ask for the truth, the status is nothing.
    let usage = KeyUsage::opened(&[object], &ring(&[&pair]));
    check(&usage, &[(&key(&pair), &["shop/app"], 2)]);
}

#[test]
fn a_status_that_speaks_of_another_document_is_not_believed() {
    let pair = pair();
    let current = with_status(sealed("app", &[&pair]), &[(&foreign(), 1)]);

    let mut items = current.clone();
    items.spec.encrypted_data = sealed("app", &[&pair, &pair]).spec.encrypted_data;
    check(
        &KeyUsage::count(vec![items], &ring(&[&pair])),
        &[(&key(&pair), &["shop/app"], 2)],
    );

    let mut scope = current;
    scope.metadata.annotations = Some([(SCOPE_CLUSTER_WIDE.to_owned(), "true".to_owned())].into());
    let usage = KeyUsage::count(vec![scope], &ring(&[&pair]));
    check(&usage, &[]);
    assert_eq!(usage.unopened.len(), 1);
}

#[test]
fn a_count_that_does_not_come_out_is_not_believed() {
    let pair = pair();
    for items in [
        &[(&foreign(), 1)][..],
        &[(&foreign(), 3)],
        &[(&foreign(), -2)],
        &[(&foreign(), 2), (&key(&pair), 0)],
    ] {
        let object = with_status(sealed("app", &[&pair, &pair]), items);
        let usage = KeyUsage::count(vec![object], &ring(&[&pair]));
        check(&usage, &[(&key(&pair), &["shop/app"], 2)]);
    }
}

#[test]
fn a_status_of_before_items_were_counted_is_enough_where_it_names_one_key() {
    let (one, two) = (pair(), pair());
    let uncounted = |mut object: SealedSecret| {
        object
            .status
            .as_mut()
            .unwrap()
            .unsealed
            .as_mut()
            .unwrap()
            .items
            .clear();
        object
    };
    let single = uncounted(with_status(sealed("single", &[&one, &one]), &[(&foreign(), 2)]));
    let mixed = uncounted(with_status(
        sealed("mixed", &[&one, &two]),
        &[(&foreign(), 1), (&key(&two), 1)],
    ));
    let usage = KeyUsage::count(vec![single, mixed], &ring(&[&one, &two]));
    check(
        &usage,
        &[
            (&foreign(), &["shop/single"], 2),
            (&key(&one), &["shop/mixed"], 1),
            (&key(&two), &["shop/mixed"], 1),
        ],
    );
}

#[test]
fn what_no_key_opens_is_told_of_by_item_and_needs_none() {
    let (stored, lost) = (pair(), pair());
    let mut broken = sealed("broken", &[&stored]);
    broken.spec.encrypted_data.insert("z".to_owned(), "!".to_owned());
    let objects = vec![sealed("partly", &[&lost, &stored]), broken];
    let usage = KeyUsage::count(objects, &ring(&[&stored]));
    check(&usage, &[(&key(&stored), &["shop/broken", "shop/partly"], 2)]);
    let unopened: Vec<_> = usage
        .unopened
        .iter()
        .map(|unopened| (unopened.object.to_string(), unopened.items.join(" ")))
        .collect();
    assert_eq!(
        unopened,
        [
            ("shop/broken".to_owned(), "z".to_owned()),
            ("shop/partly".to_owned(), "a".to_owned())
        ]
    );
}

#[test]
fn many_objects_are_each_counted_once_whatever_core_opens_them() {
    let (old, new) = (pair(), pair());
    let objects: Vec<_> = (0..40)
        .map(|n| sealed(&format!("app-{n}"), &[if n % 3 == 0 { &old } else { &new }]))
        .collect();
    let usage = KeyUsage::count(objects, &ring(&[&old, &new]));
    assert_eq!(usage.needed(&key(&old)).unwrap().objects.len(), 14);
    assert_eq!(usage.needed(&key(&new)).unwrap().objects.len(), 26);
    assert_eq!(usage.needed(&foreign()), None);
}

fn items_needing(objects: &[SealedSecret], ring: &KeyRing, key: &Fingerprint) -> Vec<(String, String)> {
    needing(objects.to_vec(), ring, key)
        .iter()
        .map(|needing| (needing.object.to_string(), needing.items.join(" ")))
        .collect()
}

#[test]
fn the_items_that_need_a_key_are_named() {
    let (old, new) = (pair(), pair());
    let objects = [
        sealed("mixed", &[&new, &old, &old]),
        with_status(
            sealed("counted", &[&old, &new]),
            &[(&key(&old), 1), (&key(&new), 1)],
        ),
        with_status(sealed("all", &[&old, &old]), &[(&key(&old), 2)]),
        with_status(sealed("other", &[&new]), &[(&key(&new), 1)]),
    ];
    let expected = [
        ("shop/all".to_owned(), "a b".to_owned()),
        ("shop/counted".to_owned(), "a".to_owned()),
        ("shop/mixed".to_owned(), "b c".to_owned()),
    ];
    assert_eq!(
        items_needing(&objects, &ring(&[&old, &new]), &key(&old)),
        expected
    );
    // The key is gone: what a status counts is still known, the rest opens with nothing.
    assert_eq!(items_needing(&objects, &ring(&[&new]), &key(&old)), expected[..2]);
}
