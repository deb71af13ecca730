//! Keys and documents of `testdata/crypto`.

use std::sync::Arc;

use jiff::Timestamp;
use sealing::{Certificate, Fingerprint, KeyRing, PrivateKey, RingKey};

pub(crate) const KEY_2048: &[u8] = include_bytes!("../../../../testdata/crypto/key-2048.pem");
pub(crate) const KEY_2048_PKCS8: &[u8] = include_bytes!("../../../../testdata/crypto/key-2048-pkcs8.pem");
pub(crate) const KEY_4096: &[u8] = include_bytes!("../../../../testdata/crypto/key-4096.pem");
pub(crate) const KEY_FOREIGN: &[u8] = include_bytes!("../../../../testdata/crypto/key-foreign.pem");
pub(crate) const CERT_2048: &[u8] = include_bytes!("../../../../testdata/crypto/cert-2048.pem");
pub(crate) const CERT_4096: &[u8] = include_bytes!("../../../../testdata/crypto/cert-4096.pem");

/// As `ssh-keygen -l` prints them.
pub(crate) const FINGERPRINT_2048: &str = "SHA256:GjinSl2tvqvpX/EOKXuTwlVHU4/W1NGvVgpFYvrfgCs";
pub(crate) const FINGERPRINT_4096: &str = "SHA256:2opP+dxYe3Zgnb5/2sHt+/rheHmvOoe4hUyseSX0qm0";

pub(crate) fn key(pem: &[u8]) -> PrivateKey {
    PrivateKey::from_pem(pem).unwrap()
}

pub(crate) fn certificate(pem: &[u8]) -> Certificate {
    Certificate::from_pem(pem).unwrap()
}

/// Keys by the second they were created in.
pub(crate) fn ring(keys: &[(i64, &[u8])]) -> KeyRing {
    let mut ring = KeyRing::new();
    for (created, pem) in keys {
        ring.insert(RingKey {
            name: format!("key-{created}"),
            created: Timestamp::from_second(*created).unwrap(),
            key: Arc::new(key(pem)),
            certificate: None,
        });
    }
    ring
}

pub(crate) fn fingerprint(pem: &[u8]) -> Fingerprint {
    key(pem).fingerprint().clone()
}
