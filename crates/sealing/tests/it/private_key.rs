use aws_lc_rs::rand::SystemRandom;
use jiff::{SignedDuration, Timestamp};
use sealing::{KeyError, KeyOptions, KeyPair, Label, PrivateKey, Scope};

use crate::fixture::{
    FINGERPRINT_2048, FINGERPRINT_4096, KEY_2048, KEY_2048_PKCS8, KEY_4096, KEY_FOREIGN, key,
};

fn error(pem: impl AsRef<[u8]>) -> KeyError {
    PrivateKey::from_pem(pem.as_ref()).unwrap_err()
}

fn options(bits: u32) -> KeyOptions {
    KeyOptions {
        bits,
        common_name: "a name".to_owned(),
        not_before: "2026-03-01T12:30:45.7Z".parse().unwrap(),
        valid_for: SignedDuration::from_hours(24),
    }
}

#[test]
fn both_forms_of_a_key_are_the_same_key_and_named_as_ssh_names_it() {
    assert_eq!(key(KEY_2048).fingerprint().as_str(), FINGERPRINT_2048);
    assert_eq!(key(KEY_2048_PKCS8).fingerprint().as_str(), FINGERPRINT_2048);
    assert_eq!(key(KEY_4096).fingerprint().as_str(), FINGERPRINT_4096);
    assert_eq!(
        (key(KEY_2048).modulus_len(), key(KEY_4096).modulus_len()),
        (256, 512)
    );
}

#[test]
fn a_key_is_found_among_other_blocks_and_text() {
    let text = [b"a note\n", crate::fixture::CERT_2048, b"\r\n", KEY_2048].concat();
    assert_eq!(key(&text).fingerprint().as_str(), FINGERPRINT_2048);
    let crlf = String::from_utf8(KEY_2048.to_vec())
        .unwrap()
        .replace('\n', "\r\n");
    assert_eq!(key(crlf.as_bytes()).fingerprint().as_str(), FINGERPRINT_2048);
}

#[test]
fn each_kind_of_unusable_key_is_told_apart() {
    let block = |label: &str| format!("-----BEGIN {label}-----\naGVsbG8=\n-----END {label}-----\n");
    assert_eq!(error(""), KeyError::Missing);
    assert_eq!(error(crate::fixture::CERT_2048), KeyError::Missing);
    assert_eq!(error(block("ENCRYPTED PRIVATE KEY")), KeyError::Encrypted);
    assert_eq!(error(block("EC PRIVATE KEY")), KeyError::NotRsa);
    assert_eq!(error(block("RSA PRIVATE KEY")), KeyError::Malformed);
    assert_eq!(error(block("PRIVATE KEY")), KeyError::Malformed);
    assert_eq!(
        error(vec![b'x'; (1 << 20) + 1]),
        KeyError::TooLong {
            len: (1 << 20) + 1,
            max: 1 << 20
        }
    );
}

#[test]
fn a_key_with_a_damaged_line_is_refused_and_not_quoted() {
    let text = String::from_utf8(KEY_2048.to_vec()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    for at in [1, 5, 12, 20] {
        let mut damaged = lines.clone();
        let flipped = lines[at].chars().rev().collect::<String>();
        damaged[at] = &flipped;
        let error = error(damaged.join("\n"));
        assert!(
            matches!(error, KeyError::Malformed | KeyError::Missing | KeyError::NotRsa),
            "{at}: {error:?}"
        );
        assert!(!format!("{error} {error:?}").contains(&lines[at][..8]));
    }
    for cut in 0..lines.len() {
        assert!(
            PrivateKey::from_pem(lines[..cut].join("\n").as_bytes()).is_err(),
            "{cut}"
        );
    }
}

#[test]
fn a_new_pair_seals_opens_and_is_stored_as_pkcs1() {
    let pair = KeyPair::generate(&options(2048)).unwrap();
    let pem = pair.private_key_pem();
    assert!(pem.starts_with("-----BEGIN RSA PRIVATE KEY-----\n"));
    let stored = key(pem.as_bytes());
    assert_eq!(stored.fingerprint(), pair.certificate.fingerprint());
    let label = Label::new(Scope::ClusterWide, "", "");
    let item = pair
        .certificate
        .public_key()
        .seal(&SystemRandom::new(), &label, b"value")
        .unwrap();
    assert_eq!(*stored.open(&label, &item).unwrap(), b"value");
    assert_eq!(*pair.private_key().open(&label, &item).unwrap(), b"value");
}

#[test]
fn a_new_pair_has_the_length_and_the_time_that_were_asked_for() {
    let pair = KeyPair::generate(&options(3072)).unwrap();
    assert_eq!(pair.private_key().modulus_len(), 384);
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    assert_eq!(pair.certificate.not_before(), at("2026-03-01T12:30:45Z"));
    assert_eq!(pair.certificate.not_after(), at("2026-03-02T12:30:45Z"));
}

#[test]
fn sizes_and_times_that_no_certificate_has_are_refused() {
    assert_eq!(
        KeyPair::generate(&options(1024)).unwrap_err(),
        KeyError::UnsupportedSize { bits: 1024 }
    );
    assert_eq!(
        KeyPair::generate(&options(8192)).unwrap_err(),
        KeyError::UnsupportedSize { bits: 8192 }
    );
    for valid_for in [SignedDuration::MAX, SignedDuration::MIN] {
        let options = KeyOptions {
            valid_for,
            ..options(2048)
        };
        assert_eq!(KeyPair::generate(&options).unwrap_err(), KeyError::Generate);
    }
}

#[test]
fn a_tag_is_of_its_key_and_its_message() {
    let key = |pem: &[u8]| PrivateKey::from_pem(pem).unwrap();
    let (one, other) = (key(KEY_2048), key(KEY_FOREIGN));
    assert_eq!(one.tag(b"a"), key(KEY_2048_PKCS8).tag(b"a"));
    assert_ne!(one.tag(b"a"), one.tag(b"b"));
    assert_ne!(one.tag(b"a"), other.tag(b"a"));
}
