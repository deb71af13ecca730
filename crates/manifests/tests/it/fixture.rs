//! Keys of `testdata/crypto`, and objects to work with.

use api::sealed_secret::{SealedSecret, SealedSecretSpec};
use aws_lc_rs::rand::SystemRandom;
use k8s_openapi::api::core::v1::Secret;
use manifests::seal::SealOptions;
use manifests::unseal::{Terms, World};
use manifests::{documents, keys, seal};
use sealing::{Certificate, Fingerprint, KeyRing, Label, Scope};
use serde_json::Value;

pub(crate) const KEY_2048: &[u8] = include_bytes!("../../../../testdata/crypto/key-2048.pem");
pub(crate) const KEY_4096: &[u8] = include_bytes!("../../../../testdata/crypto/key-4096.pem");
pub(crate) const KEY_FOREIGN: &[u8] = include_bytes!("../../../../testdata/crypto/key-foreign.pem");
pub(crate) const CERT_2048: &[u8] = include_bytes!("../../../../testdata/crypto/cert-2048.pem");
pub(crate) const CERT_4096: &[u8] = include_bytes!("../../../../testdata/crypto/cert-4096.pem");
pub(crate) const CERT_FOREIGN: &[u8] = include_bytes!("../../../../testdata/crypto/cert-foreign.pem");

pub(crate) fn ring(pems: &[&[u8]]) -> KeyRing {
    let mut ring = KeyRing::new();
    for (at, pem) in pems.iter().enumerate() {
        let (one, problems) = keys::ring_from_pem(&format!("key-{at}"), pem);
        assert!(problems.is_empty(), "{problems:?}");
        ring.extend(one);
    }
    ring
}

/// Terms with a clock that stands still.
pub(crate) fn terms() -> Terms<'static> {
    static RANDOM: std::sync::LazyLock<SystemRandom> = std::sync::LazyLock::new(SystemRandom::new);
    Terms::new(World {
        now: jiff::Timestamp::UNIX_EPOCH,
        random: &*RANDOM,
        expired: &|| false,
    })
}

pub(crate) fn certificate(pem: &[u8]) -> Certificate {
    Certificate::from_pem(pem).unwrap()
}

pub(crate) fn fingerprint(pem: &[u8]) -> Fingerprint {
    certificate(pem).fingerprint().clone()
}

pub(crate) fn secret(text: &str) -> Secret {
    documents::read("secret.yaml", text.as_bytes()).unwrap()[0]
        .to()
        .unwrap()
}

/// A Secret `shop/database` with these lines after its metadata.
pub(crate) fn database(rest: &str) -> Secret {
    secret(&format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: database, namespace: shop}}\n{rest}"
    ))
}

pub(crate) fn sealed(secret: &Secret, cert: &[u8]) -> SealedSecret {
    seal::seal(
        secret,
        &certificate(cert),
        &SealOptions::default(),
        &SystemRandom::new(),
    )
    .unwrap()
}

/// The format before 2019, made by hand: no tool writes it any more.
pub(crate) fn deprecated(json: &str) -> SealedSecret {
    let label = Label::new(Scope::Strict, "shop", "database");
    let item = certificate(CERT_2048)
        .public_key()
        .seal(&SystemRandom::new(), &label, json.as_bytes())
        .unwrap();
    let data = Some(sealing::encode_item(&item));
    let mut sealed = SealedSecret::new(
        "database",
        SealedSecretSpec {
            data,
            ..SealedSecretSpec::default()
        },
    );
    sealed.metadata.namespace = Some("shop".to_owned());
    sealed
}

/// Sorts nothing and drops nothing: two documents are equal when their values are.
pub(crate) fn value(object: &impl serde::Serialize) -> Value {
    serde_json::to_value(object).unwrap()
}
