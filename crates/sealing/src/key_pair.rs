//! New keys.

use std::fmt;
use std::time::Duration;

use aws_lc_rs::rand;
use jiff::{SignedDuration, Timestamp};
use pkcs8::der::Decode as _;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, KeyUsagePurpose, PKCS_RSA_SHA256,
    RsaKeySize, SerialNumber,
};
use zeroize::Zeroizing;

use crate::pem;
use crate::{Certificate, KeyError, PrivateKey};

/// What a new key pair is like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyOptions {
    /// Length of the modulus in bits: 2048, 3072 or 4096.
    pub bits: u32,
    /// Common name of subject and issuer; upstream's default is the empty name.
    pub common_name: String,
    /// Start of the certificate's time, usually now.
    pub not_before: Timestamp,
    /// Length of the certificate's time; upstream's default is ten years.
    pub valid_for: SignedDuration,
}

/// A private key and the certificate of its public half.
pub struct KeyPair {
    /// The certificate to publish.
    pub certificate: Certificate,
    private_key: PrivateKey,
    pkcs1: Zeroizing<Vec<u8>>,
}

impl KeyPair {
    /// Returns a new key pair; about a second at 4096 bits.
    ///
    /// The certificate has upstream's shape (`SignKeyWithNotBefore` in `pkg/crypto/keys.go`): self-signed
    /// with SHA-256, random 128-bit serial number, key usage `encipherOnly`, a CA. Randomness is
    /// AWS-LC's: its key generation takes no generator from outside.
    ///
    /// # Errors
    /// [`KeyError::UnsupportedSize`], or [`KeyError::Generate`] when AWS-LC fails or the time does not
    /// fit a certificate.
    pub fn generate(options: &KeyOptions) -> Result<Self, KeyError> {
        let size = match options.bits {
            2048 => RsaKeySize::_2048,
            3072 => RsaKeySize::_3072,
            4096 => RsaKeySize::_4096,
            bits => return Err(KeyError::UnsupportedSize { bits }),
        };
        let failed = |_| KeyError::Generate;
        let not_after = options
            .not_before
            .checked_add(options.valid_for)
            .map_err(|_| KeyError::Generate)?;

        let mut serial = [0; 16];
        rand::fill(&mut serial).map_err(|_| KeyError::Generate)?;
        // A serial number is positive (RFC 5280 section 4.1.2.2).
        serial[0] &= 0x7f;

        let mut params = CertificateParams::default();
        params.serial_number = Some(SerialNumber::from_slice(&serial));
        params.distinguished_name = DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, options.common_name.as_str());
        params.key_usages = vec![KeyUsagePurpose::EncipherOnly];
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let epoch = rcgen::date_time_ymd(1970, 1, 1);
        params.not_before = epoch + since_1970(options.not_before)?;
        params.not_after = epoch + since_1970(not_after)?;

        let key = rcgen::KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, size).map_err(failed)?;
        let certificate = params.self_signed(&key).map_err(failed)?;
        let pkcs8 = Zeroizing::new(key.serialize_der());
        let info = pkcs8::PrivateKeyInfoRef::from_der(&pkcs8).map_err(|_| KeyError::Generate)?;
        Ok(Self {
            certificate: Certificate::from_der(certificate.der()).map_err(|_| KeyError::Generate)?,
            private_key: PrivateKey::from_pkcs8(&pkcs8)?,
            pkcs1: Zeroizing::new(info.private_key.as_bytes().to_vec()),
        })
    }

    /// Returns the private key as upstream stores it in `tls.key`: PKCS#1, `RSA PRIVATE KEY`.
    pub fn private_key_pem(&self) -> Zeroizing<String> {
        pem::encode("RSA PRIVATE KEY", &self.pkcs1)
    }

    /// Returns the private key.
    pub fn private_key(&self) -> &PrivateKey {
        &self.private_key
    }

    /// Returns the two halves, for a key ring.
    pub fn into_parts(self) -> (PrivateKey, Certificate) {
        (self.private_key, self.certificate)
    }
}

/// Returns the time since 1970 as rcgen's dates count it: without fractions of a second, which a certificate
/// doesn't hold.
fn since_1970(time: Timestamp) -> Result<Duration, KeyError> {
    /// The last second that a certificate can hold (RFC 5280 section 4.1.2.5): the end of the year 9999.
    const LAST: u64 = 253_402_300_799;
    match u64::try_from(time.as_second()) {
        Ok(seconds @ 0..=LAST) => Ok(Duration::from_secs(seconds)),
        _ => Err(KeyError::Generate),
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyPair")
            .field("private_key", &self.private_key)
            .finish_non_exhaustive()
    }
}
