use api::names::SCOPE_CLUSTER_WIDE;
use api::sealed_secret::SealedSecret;
use aws_lc_rs::rand::SystemRandom;
use manifests::opening::{ItemReason, keys_of_items};
use manifests::reseal::{ResealError, Resealed, reseal};
use manifests::unseal::{UnsealError, unseal};
use sealing::{KeyRing, OpenError};
use serde_json::json;

use crate::fixture::{
    CERT_2048, CERT_4096, CERT_FOREIGN, KEY_2048, KEY_4096, KEY_FOREIGN, certificate, database, deprecated,
    fingerprint, ring, sealed, terms, value,
};

/// To the foreign key, which is of the same length as the first.
fn to_foreign(sealed: &SealedSecret, ring: &KeyRing) -> Result<Resealed, ResealError> {
    reseal(
        sealed,
        ring,
        &certificate(CERT_FOREIGN),
        &SystemRandom::new(),
        &[],
    )
}

/// The object with its new items.
fn after(sealed: &SealedSecret, resealed: &Resealed) -> SealedSecret {
    let mut after = sealed.clone();
    for (key, item) in &resealed.items {
        let Some(item) = &item.item else { continue };
        match &mut after.spec.data {
            Some(data) => data.clone_from(item),
            None => after.spec.encrypted_data.get_mut(key).unwrap().clone_from(item),
        }
    }
    after
}

fn is_current(resealed: &Resealed) -> bool {
    resealed.items.values().all(|item| item.item.is_none())
}

#[test]
fn every_item_moves_to_the_newest_key_and_a_second_run_changes_nothing() {
    let mut before = sealed(&database("stringData: {a: tulip, b: ''}"), CERT_2048);
    let four = sealed(&database("stringData: {c: rose}"), CERT_4096);
    before.spec.encrypted_data.extend(four.spec.encrypted_data);
    let all = ring(&[KEY_2048, KEY_4096, KEY_FOREIGN]);

    let resealed = to_foreign(&before, &all).unwrap();
    assert!(!is_current(&resealed));
    let from: Vec<_> = resealed.items.values().map(|item| item.from.clone()).collect();
    let (two, four) = (fingerprint(CERT_2048), fingerprint(CERT_4096));
    assert_eq!(from, [two.clone(), two, four]);

    let after = after(&before, &resealed);
    let secret = unseal(&after, &ring(&[KEY_FOREIGN]), &[], &terms())
        .unwrap()
        .secret;
    assert_eq!(
        value(&secret)["data"],
        json!({"a": "dHVsaXA=", "b": "", "c": "cm9zZQ=="})
    );

    let again = to_foreign(&after, &all).unwrap();
    assert!(is_current(&again));
    assert!(
        again
            .items
            .values()
            .all(|item| item.from == fingerprint(CERT_FOREIGN))
    );
}

#[test]
fn only_the_items_that_need_it_are_sealed_again() {
    let mut mixed = sealed(&database("stringData: {new: a}"), CERT_FOREIGN);
    let old = sealed(&database("stringData: {old: b}"), CERT_2048);
    mixed.spec.encrypted_data.extend(old.spec.encrypted_data);
    let resealed = to_foreign(&mixed, &ring(&[KEY_2048, KEY_FOREIGN])).unwrap();
    assert_eq!(resealed.items["new"].item, None);
    let after = after(&mixed, &resealed);
    assert_eq!(after.spec.encrypted_data["new"], mixed.spec.encrypted_data["new"]);
    assert_ne!(after.spec.encrypted_data["old"], mixed.spec.encrypted_data["old"]);
}

#[test]
fn a_template_that_nobody_could_render_holds_up_nothing() {
    let mut before = sealed(&database("stringData: {a: b}"), CERT_2048);
    let template = before.spec.template.as_mut().unwrap();
    template.data = Some([("t".to_owned(), Some("{{ fail .a ".to_owned()))].into());
    assert!(to_foreign(&before, &ring(&[KEY_2048])).is_ok());
}

#[test]
fn the_annotations_of_the_template_never_widen_the_scope() {
    let mut before = sealed(&database("stringData: {a: b}"), CERT_2048);
    let template = before.spec.template.as_mut().unwrap();
    let metadata = template.metadata.as_mut().unwrap();
    metadata.annotations = Some([(SCOPE_CLUSTER_WIDE.to_owned(), "true".to_owned())].into());
    let after = after(&before, &to_foreign(&before, &ring(&[KEY_2048])).unwrap());
    assert!(unseal(&after, &ring(&[KEY_FOREIGN]), &[], &terms()).is_ok());

    let mut elsewhere = after;
    elsewhere.metadata.annotations = Some([(SCOPE_CLUSTER_WIDE.to_owned(), "true".to_owned())].into());
    elsewhere.metadata.name = Some("thief".to_owned());
    assert!(unseal(&elsewhere, &ring(&[KEY_FOREIGN]), &[], &terms()).is_err());
    assert!(to_foreign(&elsewhere, &ring(&[KEY_FOREIGN, KEY_2048])).is_err());
}

#[test]
fn one_item_that_does_not_open_holds_up_all_and_is_named_without_a_value() {
    let mut before = sealed(&database("stringData: {a: hunter2, b: hunter2}"), CERT_2048);
    before
        .spec
        .encrypted_data
        .insert("cut".to_owned(), "AQA=".to_owned());
    let error = to_foreign(&before, &ring(&[KEY_2048])).unwrap_err();
    let ResealError::Unseal(UnsealError::Items { failures, .. }) = &error else {
        panic!("{error}")
    };
    let names: Vec<_> = failures.iter().map(|failure| failure.item.as_str()).collect();
    assert_eq!(names, ["cut"]);
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[test]
fn the_deprecated_format_is_sealed_again_as_it_is() {
    let json = r#"{"kind":"Secret","apiVersion":"v1","metadata":{"name":"x"},"data":{"p":"dHVsaXA="}}"#;
    let before = deprecated(json);
    let resealed = to_foreign(&before, &ring(&[KEY_2048])).unwrap();
    assert_eq!(resealed.items.keys().collect::<Vec<_>>(), ["spec.data"]);
    let after = after(&before, &resealed);
    let secret = unseal(&after, &ring(&[KEY_FOREIGN]), &[], &terms())
        .unwrap()
        .secret;
    assert_eq!(value(&secret)["data"], json!({"p": "dHVsaXA="}));

    let mut both = deprecated(json);
    both.spec.encrypted_data.insert("a".to_owned(), "b".to_owned());
    let error = to_foreign(&both, &ring(&[KEY_2048])).unwrap_err();
    assert_eq!(error, ResealError::Unseal(UnsealError::TwoFormats));
}

#[test]
fn an_item_may_be_called_as_the_deprecated_one_is() {
    let before = sealed(&database("stringData: {spec.data: b}"), CERT_2048);
    let after = after(&before, &to_foreign(&before, &ring(&[KEY_2048])).unwrap());
    assert_eq!(after.spec.data, None);
    assert!(unseal(&after, &ring(&[KEY_FOREIGN]), &[], &terms()).is_ok());
}

#[test]
fn each_item_is_told_its_key_or_why_there_is_none() {
    let mut mixed = sealed(&database("stringData: {a: b}"), CERT_2048);
    let other = sealed(&database("stringData: {c: d, e: f}"), CERT_FOREIGN);
    mixed.spec.encrypted_data.extend(other.spec.encrypted_data);
    mixed.spec.data = deprecated("{}").spec.data;
    let items = &mut mixed.spec.encrypted_data;
    items.insert("text".to_owned(), "?".to_owned());

    let keys = keys_of_items(&mixed, &ring(&[KEY_2048, KEY_FOREIGN]), &[]);
    let (ours, foreign) = (fingerprint(CERT_2048), fingerprint(CERT_FOREIGN));
    assert_eq!(keys["a"], Ok(ours.clone()));
    assert_eq!((&keys["c"], &keys["e"]), (&Ok(foreign.clone()), &Ok(foreign)));
    assert_eq!(keys["spec.data"], Ok(ours.clone()));
    assert!(matches!(keys["text"], Err(ItemReason::Text(_))));

    let keys = keys_of_items(&mixed, &ring(&[KEY_2048]), &[]);
    let tried = Err(ItemReason::Open(OpenError::NoKey {
        tried: vec![ours],
        modulus_len: 256,
    }));
    assert_eq!(keys["c"], tried);
}
