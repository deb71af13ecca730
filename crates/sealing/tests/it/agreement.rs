use aws_lc_rs::rand::SystemRandom;
use sealing::{Label, Scope};

use crate::fixture::{CERT_2048, CERT_4096, KEY_2048, KEY_4096, certificate, key};
use crate::second::Second;

const SCOPES: [Scope; 3] = [Scope::Strict, Scope::NamespaceWide, Scope::ClusterWide];
const VALUES: [&[u8]; 4] = [b"", b"x", b"\x00\xff\r\n", &[7; 5000]];

fn check(cert: &[u8], key_pem: &[u8]) {
    let (ours, theirs) = (key(key_pem), Second::new(key_pem));
    let public = certificate(cert).public_key().clone();
    for scope in SCOPES {
        let label = Label::new(scope, "shop", "database");
        for value in VALUES {
            let item = public.seal(&SystemRandom::new(), &label, value).unwrap();
            assert_eq!(item.len(), 2 + ours.modulus_len() + value.len() + 16);
            assert_eq!(sealing::value_len(&item), Ok(value.len()));
            assert_eq!(theirs.open(label.as_bytes(), &item).unwrap(), value, "{scope}");
            let item = theirs.seal(label.as_bytes(), value);
            assert_eq!(*ours.open(&label, &item).unwrap(), value, "{scope}");
        }
    }
}

#[test]
fn both_implementations_open_what_the_other_seals_with_2048_bits() {
    check(CERT_2048, KEY_2048);
}

#[test]
fn both_implementations_open_what_the_other_seals_with_4096_bits() {
    check(CERT_4096, KEY_4096);
}

#[test]
fn the_same_value_never_seals_to_the_same_bytes() {
    let label = Label::new(Scope::Strict, "shop", "database");
    let public = certificate(CERT_2048);
    let seal = || {
        public
            .public_key()
            .seal(&SystemRandom::new(), &label, b"value")
            .unwrap()
    };
    let (one, two) = (seal(), seal());
    assert_eq!(one.len(), two.len());
    assert_ne!(one[2..258], two[2..258]);
    assert_ne!(one[258..], two[258..]);
}
