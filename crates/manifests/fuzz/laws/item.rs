use std::sync::{Arc, LazyLock};

use aws_lc_rs::rand::SystemRandom;
use sealing::{Certificate, KeyRing, Label, PrivateKey, RingKey, Scope};

const KEY: &[u8] = include_bytes!("../../../../testdata/crypto/key-2048.pem");
const CERTIFICATE: &[u8] = include_bytes!("../../../../testdata/crypto/cert-2048.pem");

static CERTIFICATE_OF_KEY: LazyLock<Certificate> =
    LazyLock::new(|| Certificate::from_pem(CERTIFICATE).unwrap());
static RING: LazyLock<KeyRing> = LazyLock::new(|| {
    let mut ring = KeyRing::new();
    ring.insert(RingKey {
        name: "key".to_owned(),
        created: CERTIFICATE_OF_KEY.not_before(),
        key: Arc::new(PrivateKey::from_pem(KEY).unwrap()),
        certificate: Some(CERTIFICATE_OF_KEY.clone()),
    });
    ring
});

/// An item is read as it is written, what is no item opens with no key, and of a sealed item no bit can be changed.
pub fn item(data: &[u8]) {
    let label = Label::new(Scope::Strict, "shop", "db");
    if let Ok(text) = std::str::from_utf8(data) {
        match sealing::decode_item(text) {
            Ok(item) => {
                assert_eq!(sealing::decode_item(&sealing::encode_item(&item)).unwrap(), item);
                let len = sealing::value_len(&item);
                if let Ok(opened) = RING.open(&item, &label, &[]) {
                    assert_eq!(len.unwrap(), opened.plaintext.len());
                }
            }
            Err(error) => super::hides_values(&error.to_string(), data),
        }
    }
    let _ = RING.open(data, &label, &[]);
    let [at, bit, value @ ..] = data else { return };
    let public = CERTIFICATE_OF_KEY.public_key();
    let mut item = public.seal(&SystemRandom::new(), &label, value).unwrap();
    assert_eq!(sealing::value_len(&item).unwrap(), value.len());
    assert_eq!(*RING.open(&item, &label, &[]).unwrap().plaintext, value);
    let at = usize::from(*at) * (item.len() - 1) / 255;
    item[at] ^= 1 << (bit % 8);
    assert!(RING.open(&item, &label, &[]).is_err());
    let other = Label::new(Scope::Strict, "shop", "other");
    item[at] ^= 1 << (bit % 8);
    assert!(RING.open(&item, &other, &[]).is_err());
}
