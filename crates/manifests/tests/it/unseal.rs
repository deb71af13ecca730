use api::names::SEALED_WITH;
use api::sealed_secret::{SealedSecret, SecretTemplate};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use manifests::documents;
use manifests::opening::ItemReason;
use manifests::unseal::{UnsealError, unseal};
use sealing::{Fingerprint, OpenError};
use serde_json::json;

use crate::fixture::{
    CERT_2048, CERT_FOREIGN, KEY_2048, KEY_4096, KEY_FOREIGN, database, deprecated, fingerprint, ring,
    sealed, terms, value,
};

fn upstream(text: &str) -> SealedSecret {
    documents::read("sealed", text.as_bytes()).unwrap()[0]
        .to()
        .unwrap()
}

#[test]
fn documents_of_kubeseal_become_the_secret_they_were_made_from() {
    let all = ring(&[KEY_2048, KEY_4096, KEY_FOREIGN]);
    for text in [
        include_str!("../../../../testdata/crypto/strict.yaml"),
        include_str!("../../../../testdata/crypto/namespace-wide.yaml"),
        include_str!("../../../../testdata/crypto/cluster-wide.yaml"),
        include_str!("../../../../testdata/crypto/strict-4096.yaml"),
        include_str!("../../../../testdata/crypto/foreign.json"),
    ] {
        let secret = unseal(&upstream(text), &all, &[], &terms()).unwrap().secret;
        let data = json!({
            "binary": "AAEC/f7/", "empty": "", "password": "dHVsaXAgaW4gdGhlIHdpbmRvdw==",
            "text": "Zmlyc3QgbGluZQp6d2VpdGUgWmVpbGU6IMOkw7bDvAo=",
        });
        assert_eq!(value(&secret)["data"], data);
        assert_eq!(
            (secret.metadata.name.as_deref(), secret.type_.as_deref()),
            (Some("database"), Some("Opaque"))
        );
    }
}

#[test]
fn every_item_that_fails_is_named_and_no_value_is() {
    let mut sealed = sealed(
        &database("stringData: {good: hunter2, cut: hunter2, text: hunter2, flipped: hunter2}"),
        CERT_2048,
    );
    let items = &mut sealed.spec.encrypted_data;
    items.get_mut("cut").unwrap().truncate(40);
    items.insert("text".to_owned(), "not base64".to_owned());
    let mut flipped = sealing::decode_item(&items["flipped"]).unwrap();
    *flipped.last_mut().unwrap() ^= 1;
    items.insert("flipped".to_owned(), sealing::encode_item(&flipped));
    let error = unseal(&sealed, &ring(&[KEY_2048]), &[], &terms()).unwrap_err();
    let UnsealError::Items { failures, .. } = &error else {
        panic!("{error}")
    };
    let names: Vec<_> = failures.iter().map(|failure| failure.item.as_str()).collect();
    assert_eq!(names, ["cut", "flipped", "text"]);
    assert!(
        matches!(
            failures[0].reason,
            ItemReason::Open(OpenError::Truncated { len: 30, .. })
        ),
        "{error}"
    );
    assert!(
        matches!(failures[1].reason, ItemReason::Open(OpenError::Altered { .. })),
        "{error}"
    );
    assert!(matches!(failures[2].reason, ItemReason::Text(_)), "{error}");
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[test]
fn a_sealed_secret_that_was_moved_does_not_open() {
    let sealed = sealed(&database("stringData: {a: b}"), CERT_2048);
    let mut renamed = sealed.clone();
    renamed.metadata.name = Some("other".to_owned());
    let error = unseal(&renamed, &ring(&[KEY_2048]), &[], &terms()).unwrap_err();
    assert!(
        error.to_string().contains("no key could decrypt secret"),
        "{error}"
    );
    let mut moved = sealed;
    moved.metadata.namespace = Some("other".to_owned());
    assert!(unseal(&moved, &ring(&[KEY_2048]), &[], &terms()).is_err());
}

#[test]
fn the_scope_is_that_of_the_sealed_secret_and_not_of_its_template() {
    let text = include_str!("../../../../testdata/crypto/cluster-wide.yaml");
    let mut sealed = upstream(text);
    sealed.metadata.annotations = None;
    assert!(unseal(&sealed, &ring(&[KEY_2048]), &[], &terms()).is_err());
    let mut sealed = upstream(text);
    sealed.spec.template = None;
    assert!(unseal(&sealed, &ring(&[KEY_2048]), &[], &terms()).is_ok());
}

#[test]
fn the_template_cannot_choose_name_namespace_or_what_a_cluster_sets() {
    let mut sealed = sealed(&database("stringData: {a: b}"), CERT_2048);
    let metadata = sealed.spec.template.as_mut().unwrap().metadata.as_mut().unwrap();
    metadata.name = Some("other".to_owned());
    metadata.namespace = Some("kube-system".to_owned());
    metadata.uid = Some("u".to_owned());
    metadata.resource_version = Some("1".to_owned());
    metadata.owner_references = Some(vec![OwnerReference::default()]);
    metadata.labels = Some([("app".to_owned(), "shop".to_owned())].into());
    let secret = unseal(&sealed, &ring(&[KEY_2048]), &[], &terms()).unwrap().secret;
    assert_eq!(
        value(&secret)["metadata"],
        json!({"name": "database", "namespace": "shop", "labels": {"app": "shop"}})
    );
}

/// What is tried shows in the error of an object whose items open nowhere.
fn tried(sealed: &SealedSecret, extra: &[Fingerprint]) -> Vec<Fingerprint> {
    let mut sealed = sealed.clone();
    sealed.metadata.name = Some("other".to_owned());
    match unseal(&sealed, &ring(&[KEY_2048, KEY_FOREIGN]), extra, &terms()) {
        Err(UnsealError::Items { failures, .. }) => match &failures[0].reason {
            ItemReason::Open(OpenError::NoKey { tried, .. }) => tried.clone(),
            other => panic!("{other}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_callers_hints_come_before_the_objects_and_those_before_the_rest() {
    let mut sealed = sealed(&database("stringData: {a: b}"), CERT_2048);
    let (ours, foreign) = (fingerprint(CERT_2048), fingerprint(CERT_FOREIGN));
    assert_eq!(tried(&sealed, &[]), [ours.clone(), foreign.clone()]);
    let hint = format!("nonsense, {foreign},");
    sealed.metadata.annotations = Some([(SEALED_WITH.to_owned(), hint)].into());
    assert_eq!(tried(&sealed, &[]), [foreign.clone(), ours.clone()]);
    assert_eq!(tried(&sealed, std::slice::from_ref(&ours)), [ours, foreign]);
}

#[test]
fn items_of_several_keys_open_and_each_key_is_named() {
    let mut one = sealed(&database("stringData: {a: b}"), CERT_2048);
    let two = sealed(&database("stringData: {c: d}"), CERT_FOREIGN);
    one.spec.encrypted_data.extend(two.spec.encrypted_data);
    let unsealed = unseal(&one, &ring(&[KEY_2048, KEY_FOREIGN]), &[], &terms()).unwrap();
    assert_eq!(
        unsealed.keys,
        [(fingerprint(CERT_2048), 1), (fingerprint(CERT_FOREIGN), 1)].into()
    );
    assert_eq!(unsealed.secret.data.as_ref().unwrap().len(), 2);
    let printed = format!("{unsealed:?}");
    assert!(
        printed.contains("database") && !printed.contains("98"),
        "{printed}"
    );
}

#[test]
fn the_deprecated_format_opens_without_its_template() {
    let json = r#"{"kind":"Secret","apiVersion":"v1","metadata":{"name":"x","creationTimestamp":null,"labels":{"a":"b"}},"data":{"p":"dHVsaXA="},"type":"T"}"#;
    let mut sealed = deprecated(json);
    sealed.spec.template = Some(SecretTemplate {
        type_: Some("other".to_owned()),
        ..SecretTemplate::default()
    });
    let secret = unseal(&sealed, &ring(&[KEY_2048]), &[], &terms()).unwrap().secret;
    let expected = json!({
        "apiVersion": "v1", "kind": "Secret", "type": "T", "data": {"p": "dHVsaXA="},
        "metadata": {"name": "database", "namespace": "shop", "labels": {"a": "b"}},
    });
    assert_eq!(value(&secret), expected);
}

#[test]
fn a_deprecated_item_that_holds_no_secret_is_an_error_without_its_text() {
    for json in [
        "hunter2",
        "{\"data\": \"hunter2\"}",
        "",
        "{\"kind\": \"hunter2\"}",
    ] {
        let error = unseal(&deprecated(json), &ring(&[KEY_2048]), &[], &terms()).unwrap_err();
        assert_eq!(error, UnsealError::NoSecret);
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
    let mut both = deprecated("{}");
    both.spec.encrypted_data.insert("a".to_owned(), "b".to_owned());
    assert_eq!(
        unseal(&both, &ring(&[KEY_2048]), &[], &terms()).unwrap_err(),
        UnsealError::TwoFormats
    );
}

#[test]
fn the_deprecated_format_can_be_refused_in_upstreams_words() {
    let mut terms = terms();
    terms.accepts_deprecated = false;
    let error = unseal(&deprecated("{}"), &ring(&[KEY_2048]), &[], &terms).unwrap_err();
    assert_eq!(
        error.to_string(),
        "using deprecated 'data' field, use 'encryptedData' or flip the feature flag"
    );
}

#[test]
fn after_many_items_that_fail_the_others_are_not_tried() {
    let mut sealed = sealed(&database("stringData: {a: b}"), CERT_FOREIGN);
    let item = sealed.spec.encrypted_data["a"].clone();
    for number in 0..5000 {
        sealed
            .spec
            .encrypted_data
            .insert(format!("item-{number}"), item.clone());
    }
    let error = unseal(&sealed, &ring(&[KEY_2048]), &[], &terms()).unwrap_err();
    let UnsealError::Items { failures, untried } = &error else {
        panic!("{error}")
    };
    assert_eq!((failures.len(), *untried), (20, 4981));
    assert!(error.to_string().ends_with("; 4981 more items were not tried"));
}
