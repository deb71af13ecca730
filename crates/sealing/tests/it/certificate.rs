use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use sealing::{Certificate, CertificateError, KeyOptions, KeyPair};
use x509_parser::prelude::{FromDer as _, Pem, X509Certificate};

use crate::fixture::{CERT_2048, CERT_4096, FINGERPRINT_2048, FINGERPRINT_4096, KEY_2048, certificate};

fn new_pair() -> KeyPair {
    KeyPair::generate(&KeyOptions {
        bits: 2048,
        common_name: "sealing".to_owned(),
        not_before: "2026-01-01T00:00:00Z".parse().unwrap(),
        valid_for: SignedDuration::from_hours(1),
    })
    .unwrap()
}

#[test]
fn a_certificate_names_its_key_as_ssh_does() {
    assert_eq!(certificate(CERT_2048).fingerprint().as_str(), FINGERPRINT_2048);
    assert_eq!(certificate(CERT_4096).fingerprint().as_str(), FINGERPRINT_4096);
    assert_eq!(certificate(CERT_4096).public_key().modulus_len(), 512);
}

#[test]
fn the_first_certificate_of_a_text_counts() {
    let text = [KEY_2048, CERT_4096, CERT_2048].concat();
    assert_eq!(certificate(&text).fingerprint().as_str(), FINGERPRINT_4096);
}

#[test]
fn a_certificate_is_written_as_it_was_read() {
    let text = [b"a note\n".as_slice(), CERT_2048].concat();
    assert_eq!(certificate(&text).to_pem().as_bytes(), CERT_2048);
}

#[test]
fn a_certificate_is_valid_until_its_last_second() {
    let certificate = new_pair().certificate;
    let at = |text: &str| certificate.check_valid(text.parse::<Timestamp>().unwrap());
    assert_eq!(
        at("2025-01-01T00:00:00Z"),
        Ok(()),
        "NotBefore isn't judged, as in kubeseal"
    );
    assert_eq!(at("2026-01-01T01:00:00Z"), Ok(()));
    let not_after = certificate.not_after();
    assert_eq!(
        at("2026-01-01T01:00:01Z"),
        Err(CertificateError::Expired { not_after })
    );
}

#[test]
fn a_new_certificate_has_the_shape_that_upstream_gives_it() {
    let pem = new_pair().certificate.to_pem();
    let der = Pem::iter_from_buffer(pem.as_bytes())
        .next()
        .unwrap()
        .unwrap()
        .contents;
    let (_, parsed) = X509Certificate::from_der(&der).unwrap();
    assert_eq!(parsed.subject().to_string(), "CN=sealing");
    assert_eq!(parsed.issuer(), parsed.subject());
    assert!(parsed.is_ca());
    let usage = parsed.key_usage().unwrap().unwrap();
    assert!(usage.critical && usage.value.encipher_only() && usage.value.flags.is_power_of_two());
    assert!((120..=128).contains(&(8 * parsed.raw_serial().len())));
    assert_eq!(
        parsed.signature_algorithm.algorithm.to_id_string(),
        "1.2.840.113549.1.1.11"
    );
    assert_ne!(new_pair().certificate.to_pem(), pem);
}

#[test]
fn each_kind_of_unusable_certificate_is_told_apart() {
    let error = |pem: &[u8]| Certificate::from_pem(pem).unwrap_err();
    assert_eq!(error(b""), CertificateError::Missing);
    assert_eq!(error(KEY_2048), CertificateError::Missing);
    let block = b"-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
    assert_eq!(error(block), CertificateError::Malformed);
    let long = vec![b'\n'; (1 << 20) + 1];
    assert_eq!(
        error(&long),
        CertificateError::TooLong {
            len: long.len(),
            max: 1 << 20
        }
    );
    assert_eq!(error(SMALL), CertificateError::KeySize { bits: 1024 });
    assert_eq!(error(ELLIPTIC), CertificateError::NotRsa);
}

/// A certificate of an RSA key with 1024 bits.
const SMALL: &[u8] = include_bytes!("../../../../testdata/crypto/cert-1024.pem");
/// A certificate of a P-256 key.
const ELLIPTIC: &[u8] = include_bytes!("../../../../testdata/crypto/cert-p256.pem");

proptest! {
    #[test]
    fn a_certificate_with_a_changed_byte_is_read_or_refused_without_a_panic(at: prop::sample::Index, byte: u8) {
        let mut text = CERT_2048.to_vec();
        let at = at.index(text.len());
        text[at] = byte;
        if let Ok(certificate) = Certificate::from_pem(&text) {
            prop_assert!(certificate.public_key().modulus_len() >= 256);
        }
    }
}
