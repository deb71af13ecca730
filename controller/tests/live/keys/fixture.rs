//! Key Secrets in their shapes, and what is asked about them.

use api::names;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::{ListParams, Patch, PatchParams, PostParams};
use sealing::{Certificate, KeyPair};
use serde_json::{Value, json};
use testkit::{TestNamespace, eventually};

use crate::cluster::{apply, has, sealed, secret};
use crate::process::Controller;

/// Name of the Secret that cert-manager is asked for.
pub(super) const ISSUED: &str = "sealing-tls";

/// Asks for a key, as `chancery keys rotate` does, and returns the name of the request.
pub(super) async fn request(namespace: &TestNamespace) -> String {
    let request = json!({
        "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
        "metadata": {
            "generateName": names::SEALING_KEY_PREFIX,
            "labels": {names::SEALING_KEY_LABEL: names::SEALING_KEY_REQUESTED},
        },
        "data": {"tls.crt": "", "tls.key": ""},
    });
    create(namespace, request).await
}

/// Creates a Secret and returns its name.
pub(super) async fn create(namespace: &TestNamespace, secret: Value) -> String {
    let api: Api<Secret> = namespace.api();
    let secret: Secret = serde_json::from_value(secret).unwrap();
    let created = api.create(&PostParams::default(), &secret).await.unwrap();
    created.metadata.name.unwrap()
}

/// Returns the key Secrets with this value of the label.
pub(super) async fn labelled(namespace: &TestNamespace, value: &str) -> Vec<Secret> {
    let api: Api<Secret> = namespace.api();
    let selector = format!("{}={value}", names::SEALING_KEY_LABEL);
    let params = ListParams::default().labels(&selector);
    api.list(&params).await.unwrap().items
}

/// Gives a key Secret another value of the label.
pub(super) async fn label(namespace: &TestNamespace, name: &str, value: &str) {
    let label = json!({ "metadata": { "labels": { names::SEALING_KEY_LABEL: value } } });
    patch(namespace, name, label).await;
}

/// Changes a Secret.
pub(super) async fn patch(namespace: &TestNamespace, name: &str, patch: Value) {
    let api: Api<Secret> = namespace.api();
    api.patch(name, &PatchParams::default(), &Patch::Merge(patch))
        .await
        .unwrap();
}

/// Returns the value of an item of a Secret.
pub(super) fn item<'a>(secret: &'a Secret, name: &str) -> &'a [u8] {
    &secret.data.as_ref().unwrap()[name].0
}

/// Returns the certificate in a key Secret.
pub(super) fn certificate_of(secret: &Secret) -> Certificate {
    Certificate::from_pem(item(secret, "tls.crt")).unwrap()
}

/// Waits until a request has a key, and returns the Secret.
pub(super) async fn filled(namespace: &TestNamespace, name: &str) -> Secret {
    let api: Api<Secret> = namespace.api();
    eventually("the request is filled", async || {
        let secret = api.get(name).await.unwrap();
        let label = secret.metadata.labels.as_ref().unwrap()[names::SEALING_KEY_LABEL].clone();
        if label == names::SEALING_KEY_ACTIVE {
            Ok(secret)
        } else {
            Err(label)
        }
    })
    .await
}

/// Waits until each of the replicas, asked directly, serves this certificate.
pub(super) async fn all_serve(replicas: &[&Controller], certificate: &Certificate) {
    let expected = (200, certificate.to_pem());
    eventually("every replica serves the certificate", async || {
        let answers = futures::future::join_all(replicas.iter().map(|one| one.get("/v1/cert.pem"))).await;
        if answers.iter().all(|answer| *answer == expected) {
            Ok(())
        } else {
            Err(answers)
        }
    })
    .await;
}

/// Applies a SealedSecret for the holder of a key and waits until it is opened.
pub(super) async fn opens(namespace: &TestNamespace, name: &str, key: &Certificate) {
    let name = &format!("opened-{name}");
    apply(
        namespace,
        &sealed(&secret(namespace, name, &[("a", "1")]), &key.to_pem()),
    )
    .await;
    has(namespace, name, &[("a", "1")]).await;
}

/// Returns a private key as cert-manager writes it when asked for PKCS#8, `PRIVATE KEY`, from the PKCS#1 that it wraps
/// (RFC 5208 section 5).
pub(crate) fn pkcs8(pair: &KeyPair) -> Vec<u8> {
    let pem = pair.private_key_pem();
    let base64: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let ByteString(pkcs1) = serde_json::from_value(json!(base64)).unwrap();
    // Version 0; rsaEncryption (1.2.840.113549.1.1.1) with NULL; the key.
    let mut info = vec![0x02, 0x01, 0x00, 0x30, 0x0d, 0x06, 0x09];
    info.extend([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00]);
    info.extend(der(0x04, &pkcs1));
    let whole = serde_json::to_value(ByteString(der(0x30, &info))).unwrap();
    let lines: Vec<&str> = whole
        .as_str()
        .unwrap()
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        lines.join("\n")
    )
    .into_bytes()
}

/// One element of DER, of 256 to 65535 bytes.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap();
    assert!(length > 255);
    [&[tag, 0x82], &length.to_be_bytes()[..], content].concat()
}

/// Returns the items of a Secret with a key, PKCS#8, as JSON.
pub(super) fn issued_items(pair: &KeyPair) -> Value {
    let certificate = pair.certificate.to_pem().into_bytes();
    json!({
        "tls.crt": ByteString(certificate.clone()),
        "tls.key": ByteString(pkcs8(pair)),
        "ca.crt": ByteString(certificate),
    })
}

/// Returns a Secret as cert-manager makes it from a Certificate whose `secretTemplate` has the label.
pub(super) fn issued(pair: &KeyPair) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
        "metadata": {
            "name": ISSUED,
            "labels": {
                names::SEALING_KEY_LABEL: names::SEALING_KEY_ACTIVE,
                "controller.cert-manager.io/fao": "true",
            },
            "annotations": {
                "cert-manager.io/alt-names": "",
                "cert-manager.io/certificate-name": "sealing",
                "cert-manager.io/common-name": "sealing",
                "cert-manager.io/ip-sans": "",
                "cert-manager.io/issuer-group": "",
                "cert-manager.io/issuer-kind": "Issuer",
                "cert-manager.io/issuer-name": "self",
                "cert-manager.io/uri-sans": "",
            },
        },
        "data": issued_items(pair),
    })
}

/// Returns the name of the copy of a key that was in the Secret `from`.
pub(super) fn copy_name(from: &str, key: &Certificate) -> String {
    format!("{from}-{}", key.fingerprint().short())
}

/// Waits until there is a copy of a key that was in the Secret `from`, as it must be.
pub(super) async fn is_copied(namespace: &TestNamespace, from: &str, pair: &KeyPair) {
    let api: Api<Secret> = namespace.api();
    let name = copy_name(from, &pair.certificate);
    let copy = eventually("the key is stored again", async || {
        api.get_opt(&name).await.unwrap()
    })
    .await;
    assert_eq!(copy.immutable, Some(true));
    assert_eq!(copy.type_.as_deref(), Some("kubernetes.io/tls"));
    let labels = copy.metadata.labels.clone().unwrap();
    let annotations = copy.metadata.annotations.clone().unwrap();
    let one = |name: &str, value: &str| [(name.to_owned(), value.to_owned())].into();
    assert_eq!(labels, one(names::SEALING_KEY_LABEL, "active"));
    assert_eq!(annotations, one(names::COPIED_FROM, from));
    assert_eq!(certificate_of(&copy).to_pem(), pair.certificate.to_pem());
    let key = sealing::PrivateKey::from_pem(item(&copy, "tls.key")).unwrap();
    assert_eq!(key.fingerprint(), pair.certificate.fingerprint());
    assert_eq!(copy.data.unwrap().len(), 2);
}
