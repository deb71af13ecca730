use jiff::{SignedDuration, Timestamp};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use manifests::keys::{
    KeyProblem, KeySecretName, is_borrowed, key_of_secret, key_secret, ring_from_documents, ring_from_file,
    ring_from_pem, ring_from_secrets,
};
use manifests::{documents, yaml};
use sealing::{KeyError, KeyOptions, KeyPair};

use crate::fixture::{CERT_2048, CERT_FOREIGN, KEY_2048, KEY_4096, certificate, value};

/// A key Secret with this label, key and certificate.
fn secret(name: &str, label: Option<&str>, key: &[u8], cert: &[u8]) -> Secret {
    let mut secret = Secret::default();
    secret.metadata.name = Some(name.to_owned());
    secret.metadata.labels = label.map(|label| {
        [(
            "sealedsecrets.bitnami.com/sealed-secrets-key".to_owned(),
            label.to_owned(),
        )]
        .into()
    });
    let entry = |name: &str, bytes: &[u8]| (name.to_owned(), ByteString(bytes.to_vec()));
    secret.data = Some([entry("tls.key", key), entry("tls.crt", cert)].into());
    secret
}

fn names(ring: &sealing::KeyRing) -> Vec<&str> {
    ring.iter().map(|key| key.name.as_str()).collect()
}

fn pair() -> KeyPair {
    KeyPair::generate(&KeyOptions {
        bits: 2048,
        common_name: String::new(),
        not_before: "2020-01-01T00:00:00Z".parse().unwrap(),
        valid_for: SignedDuration::from_hours(1),
    })
    .unwrap()
}

#[test]
fn a_key_secret_that_we_make_is_read_back_through_its_text() {
    let pair = pair();
    let secret = key_secret(
        &pair,
        KeySecretName::Name("k"),
        Some("kube-system"),
        Some(Timestamp::UNIX_EPOCH),
    );
    assert_eq!(secret.type_.as_deref(), Some("kubernetes.io/tls"));
    let text = yaml::to_string(&secret).unwrap();
    let (ring, problems) = ring_from_documents(&documents::read("k.yaml", text.as_bytes()).unwrap());
    assert_eq!((problems, names(&ring)), (vec![], vec!["k"]));
    let key = ring.newest().unwrap();
    assert_eq!(key.key.fingerprint(), pair.certificate.fingerprint());
    assert_eq!(key.created, pair.certificate.not_before());
    let generated = key_secret(
        &pair,
        KeySecretName::GenerateName("sealed-secrets-key"),
        None,
        None,
    );
    assert_eq!(value(&generated.metadata)["generateName"], "sealed-secrets-key");
}

#[test]
fn only_active_keys_count_unless_the_user_names_the_file() {
    let secrets = [
        secret("active", Some("active"), KEY_2048, CERT_2048),
        secret("compromised", Some("compromised"), KEY_4096, b""),
        secret("unlabelled", None, KEY_4096, b""),
    ];
    let (ring, problems) = ring_from_secrets(&secrets);
    assert_eq!((names(&ring), problems), (vec!["active"], vec![]));
    let text = yaml::to_string(&secrets[1]).unwrap();
    let (ring, problems) = ring_from_file("k.yaml", text.as_bytes()).unwrap();
    assert_eq!((names(&ring), problems), (vec!["compromised"], vec![]));
}

#[test]
fn one_broken_key_does_not_hide_the_others() {
    let secrets = [
        secret("no-key", Some("active"), b"", CERT_2048),
        secret("garbage", Some("active"), b"hunter2", CERT_2048),
        secret("no-certificate", Some("active"), KEY_2048, b"-----BEGIN X"),
        secret("swapped", Some("active"), KEY_2048, CERT_FOREIGN),
        secret("good", Some("active"), KEY_2048, CERT_2048),
        Secret {
            data: None,
            ..secret("empty", Some("active"), b"", b"")
        },
    ];
    let (ring, problems) = ring_from_secrets(&secrets);
    assert_eq!(names(&ring), ["good"]);
    let kinds: Vec<_> = problems
        .iter()
        .map(|problem| match problem {
            KeyProblem::NoKey { name } => ("no key", name.as_str()),
            KeyProblem::Key {
                name,
                source: KeyError::Missing,
            } => ("key", name.as_str()),
            KeyProblem::Certificate { name, .. } => ("certificate", name.as_str()),
            KeyProblem::Mismatch { name } => ("mismatch", name.as_str()),
            other => panic!("{other}"),
        })
        .collect();
    let expected = [
        ("no key", "no-key"),
        ("key", "garbage"),
        ("certificate", "no-certificate"),
        ("mismatch", "swapped"),
        ("no key", "empty"),
    ];
    assert_eq!(kinds, expected);
    assert!(!format!("{problems:?}").contains("hunter2"));
}

#[test]
fn keys_are_ordered_by_their_certificates_time_and_without_one_by_creation() {
    let old = key_secret(&pair(), KeySecretName::Name("old"), None, None);
    let young = secret("young", Some("active"), KEY_2048, CERT_2048);
    let mut bare = secret("bare", Some("active"), KEY_4096, b"");
    bare.metadata.creation_timestamp = serde_json::from_value("2021-01-01T00:00:00Z".into()).unwrap();
    assert_eq!(
        names(&ring_from_secrets([&bare, &old, &young]).0),
        ["young", "bare", "old"]
    );
}

#[test]
fn a_list_of_keys_is_read_with_and_without_a_kind() {
    let item = value(&secret("k", Some("active"), KEY_2048, CERT_2048));
    let mut bare = item.clone();
    bare.as_object_mut()
        .unwrap()
        .retain(|key, _| key != "kind" && key != "apiVersion");
    for list in [
        serde_json::json!({"kind": "List", "apiVersion": "v1", "items": [item]}),
        serde_json::json!({"items": [item]}),
        serde_json::json!({"items": [bare]}),
        serde_json::json!({"kind": "SecretList", "apiVersion": "v1", "items": [bare]}),
    ] {
        let text = list.to_string();
        let (ring, problems) = ring_from_documents(&documents::read("k.json", text.as_bytes()).unwrap());
        assert_eq!((names(&ring), problems), (vec!["k"], vec![]), "{}", &text[..40]);
    }
}

#[test]
fn a_bare_pem_is_a_key_with_the_certificate_beside_it() {
    let (ring, _) = ring_from_pem("k.pem", KEY_2048);
    assert!(ring.newest().unwrap().certificate.is_none());
    let both = [CERT_2048, KEY_2048].concat();
    let (ring, _) = ring_from_file("k.pem", &both).unwrap();
    let key = ring.newest().unwrap();
    assert_eq!(
        key.certificate.as_ref().unwrap().fingerprint(),
        certificate(CERT_2048).fingerprint()
    );
    let (ring, problems) = ring_from_pem("k.pem", CERT_2048);
    assert!(ring.is_empty());
    assert_eq!(
        problems,
        [KeyProblem::Key {
            name: "k.pem".to_owned(),
            source: KeyError::Missing
        }]
    );
}

#[test]
fn what_is_no_key_file_is_an_error_or_a_problem() {
    assert!(ring_from_file("k", b"a: [").is_err());
    let (ring, problems) = ring_from_file("k", b"kind: ConfigMap\n").unwrap();
    assert!(ring.is_empty() && problems.is_empty());
    let (_, problems) = ring_from_file(
        "k",
        b"apiVersion: v1\nkind: Secret\ndata: {tls.key: '!hunter2'}\n",
    )
    .unwrap();
    assert!(matches!(&problems[..], [KeyProblem::Document(_)]), "{problems:?}");
    assert!(!problems[0].to_string().contains("hunter2"));
}

#[test]
fn the_certificate_comes_along_so_that_a_controller_can_publish_it() {
    let key = key_of_secret(&secret("k", None, KEY_2048, CERT_2048)).unwrap();
    assert_eq!(key.certificate.unwrap().to_pem().as_bytes(), CERT_2048);
}

#[test]
fn a_secret_of_cert_manager_or_of_any_owner_is_borrowed() {
    let mut secret = ObjectMeta::default();
    assert!(!is_borrowed(&secret));
    secret.annotations = Some([("chancery.dev/copied-from".to_owned(), "x".to_owned())].into());
    assert!(!is_borrowed(&secret));
    secret.annotations = Some([("cert-manager.io/certificate-name".to_owned(), "x".to_owned())].into());
    assert!(is_borrowed(&secret));
    secret.annotations = None;
    secret.owner_references = Some(vec![]);
    assert!(!is_borrowed(&secret));
    secret.owner_references = Some(vec![OwnerReference::default()]);
    assert!(is_borrowed(&secret));
}
