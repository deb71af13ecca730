//! The curves that keys of certificates are on.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING,
    EcdsaSigningAlgorithm,
};
use zeroize::Zeroizing;

use crate::sprig::der;

/// The tags of the optional parts of a key (SEC 1, section C.4).
pub(super) const PARAMETERS: u8 = 0xa0;
const PUBLIC_KEY: u8 = 0xa1;

/// A curve, with the hash that Go signs with.
pub(in crate::sprig) struct Curve {
    pub(super) object: &'static [u8],
    pub(super) signature: &'static [u8],
    pub(super) signing: &'static EcdsaSigningAlgorithm,
    /// Of a scalar.
    bytes: usize,
}

/// P-224, which Go has too, is one that this library has not.
static CURVES: [Curve; 3] = [
    Curve {
        object: b"\x2a\x86\x48\xce\x3d\x03\x01\x07",
        signature: b"\x2a\x86\x48\xce\x3d\x04\x03\x02",
        signing: &ECDSA_P256_SHA256_ASN1_SIGNING,
        bytes: 32,
    },
    Curve {
        object: b"\x2b\x81\x04\x00\x22",
        signature: b"\x2a\x86\x48\xce\x3d\x04\x03\x03",
        signing: &ECDSA_P384_SHA384_ASN1_SIGNING,
        bytes: 48,
    },
    Curve {
        object: b"\x2b\x81\x04\x00\x23",
        signature: b"\x2a\x86\x48\xce\x3d\x04\x03\x04",
        signing: &ECDSA_P521_SHA512_ASN1_SIGNING,
        bytes: 66,
    },
];

impl Curve {
    pub(super) fn named(object: &[u8]) -> Option<&'static Self> {
        CURVES.iter().find(|curve| curve.object == object)
    }

    /// Returns the scalar with all its bytes.
    pub(super) fn padded(&self, scalar: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let zeros = scalar.iter().take_while(|byte| **byte == 0).count();
        let digits = scalar.get(zeros..)?;
        let mut padded = Zeroizing::new(vec![0; self.bytes.checked_sub(digits.len())?]);
        padded.reserve_exact(digits.len());
        padded.extend_from_slice(digits);
        Some(padded)
    }

    /// Returns a key as Go writes it: with the curve and the public key.
    pub(super) fn sec1(&self, scalar: &[u8], public: &[u8]) -> Zeroizing<Vec<u8>> {
        der::value(
            der::SEQUENCE,
            &[
                &der::value(der::INTEGER, &[&[1]]),
                &der::value(der::OCTET_STRING, &[scalar]),
                &der::value(PARAMETERS, &[&der::value(der::OBJECT, &[self.object])]),
                &der::value(PUBLIC_KEY, &[&der::bits(public)]),
            ],
        )
    }
}
