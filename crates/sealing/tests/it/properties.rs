use aws_lc_rs::rand::SystemRandom;
use proptest::prelude::*;
use sealing::{Label, OpenError, PrivateKey, Scope, decode_item, encode_item};

use crate::fixture::{CERT_2048, KEY_2048, certificate, key, ring};

fn seal(label: &Label, value: &[u8]) -> Vec<u8> {
    certificate(CERT_2048)
        .public_key()
        .seal(&SystemRandom::new(), label, value)
        .unwrap()
}

fn open(label: &Label, item: &[u8]) -> Result<Vec<u8>, OpenError> {
    ring(&[(1, KEY_2048)])
        .open(item, label, &[])
        .map(|opened| opened.plaintext.to_vec())
}

fn strict() -> Label {
    Label::new(Scope::Strict, "shop", "database")
}

#[test]
fn an_item_cut_at_any_length_is_an_error() {
    let item = seal(&strict(), b"value");
    for len in 0..item.len() {
        let error = open(&strict(), &item[..len]).unwrap_err();
        let truncated = matches!(error, OpenError::Truncated { .. });
        // The tag's own 16 bytes are there until the value is cut away.
        assert!(
            truncated || (len >= item.len() - 5 && matches!(error, OpenError::Altered { .. })),
            "{len}: {error}"
        );
    }
}

#[test]
fn an_item_of_another_scope_or_place_does_not_open() {
    let labels = [
        strict(),
        Label::new(Scope::Strict, "shop", "databas"),
        Label::new(Scope::Strict, "sho", "database"),
        Label::new(Scope::NamespaceWide, "shop", "database"),
        Label::new(Scope::NamespaceWide, "other", "database"),
        Label::new(Scope::ClusterWide, "shop", "database"),
    ];
    for sealed_for in &labels {
        let item = seal(sealed_for, b"value");
        for opened_as in &labels {
            assert_eq!(
                open(opened_as, &item).is_ok(),
                sealed_for == opened_as,
                "{sealed_for:?} {opened_as:?}"
            );
        }
    }
}

#[test]
fn every_length_field_is_read_without_a_panic() {
    let key = key(KEY_2048);
    for len in 0..=u16::MAX {
        let item = [&len.to_be_bytes()[..], &[1; 300]].concat();
        assert!(key.open(&strict(), &item).is_err(), "{len}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_sealed_opens(value: Vec<u8>, namespace in ".{0,20}", name in ".{0,20}", wide in 0..3) {
        let scope = [Scope::Strict, Scope::NamespaceWide, Scope::ClusterWide][usize::try_from(wide).unwrap()];
        let label = Label::new(scope, &namespace, &name);
        let text = encode_item(&seal(&label, &value));
        prop_assert_eq!(open(&label, &decode_item(&text).unwrap()).unwrap(), value);
    }

    #[test]
    fn an_item_with_a_flipped_bit_does_not_open(value: Vec<u8>, at: prop::sample::Index, bit in 0..8) {
        let mut item = seal(&strict(), &value);
        let at = at.index(item.len());
        item[at] ^= 1_u8 << bit;
        prop_assert!(open(&strict(), &item).is_err());
    }

    #[test]
    fn any_bytes_are_an_error_as_an_item_and_as_a_key(bytes: Vec<u8>) {
        prop_assert!(open(&strict(), &bytes).is_err());
        prop_assert!(PrivateKey::from_pem(&bytes).is_err());
    }

    #[test]
    fn any_text_is_read_as_the_alphabet_alone_says(text in "[A-Za-z0-9+/=\r\n ]{0,24}") {
        // Go: breaks count nowhere; groups of four; padding at the end and only there.
        let bare: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
        let body = bare.trim_end_matches('=');
        let padding = bare.len() - body.len();
        let valid = bare.len().is_multiple_of(4) && padding <= 2 && !body.contains(['=', ' ']) && !(bare.is_empty() && padding > 0);
        prop_assert_eq!(decode_item(&text).is_ok(), valid, "{:?}", text);
    }
}
