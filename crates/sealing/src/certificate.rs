//! The certificate that carries a public key.

use jiff::Timestamp;
use x509_parser::prelude::{FromDer as _, X509Certificate};
use x509_parser::public_key::PublicKey as X509PublicKey;
use x509_parser::time::ASN1Time;

use crate::pem;
use crate::{Fingerprint, PublicKey};

/// A sealing certificate: a public key and the time in which it may seal.
///
/// As in kubeseal, issuer, signature, key usage and `NotBefore` aren't judged: the certificate is a
/// container of a public key that the user trusts because of where it came from.
#[derive(Clone, Debug)]
pub struct Certificate {
    pem: String,
    public_key: PublicKey,
    not_before: Timestamp,
    not_after: Timestamp,
}

/// A text that holds no usable certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// More bytes than any certificate file has.
    #[error("the certificate has {len} bytes; no more than {max} are read")]
    TooLong {
        /// Bytes present.
        len: usize,
        /// Most bytes that are read.
        max: usize,
    },
    /// No PEM block of a certificate.
    #[error("no PEM block `CERTIFICATE` was found")]
    Missing,
    /// A block that is not the DER of an X.509 certificate.
    #[error("the certificate is damaged; fetch it again")]
    Malformed,
    /// A key of another algorithm, as upstream's `expected RSA public key`.
    #[error("the certificate holds no RSA public key; sealing needs one")]
    NotRsa,
    /// An RSA key that is too weak or too large.
    #[error("the certificate's RSA key has {bits} bits; sealing takes 2048 to 8192")]
    KeySize {
        /// Length of the modulus in bits.
        bits: usize,
    },
    /// Past `NotAfter`; kubeseal refuses it too.
    #[error("the certificate expired at {not_after}; fetch the current one")]
    Expired {
        /// End of the certificate's time.
        not_after: Timestamp,
    },
}

impl Certificate {
    /// Returns the first certificate of a PEM text, as kubeseal takes it.
    ///
    /// Expiry is not asked here, because a key's own old certificate must still be readable; a caller
    /// that seals calls [`check_valid`](Self::check_valid).
    ///
    /// # Errors
    /// [`CertificateError`]; a text of more than 1 MiB is refused before it is parsed.
    pub fn from_pem(text: &[u8]) -> Result<Self, CertificateError> {
        if text.len() > pem::MAX_BYTES {
            return Err(CertificateError::TooLong {
                len: text.len(),
                max: pem::MAX_BYTES,
            });
        }
        let block = pem::blocks(text)
            .find(|block| block.label == "CERTIFICATE")
            .ok_or(CertificateError::Missing)?;
        Self::from_der(&block.der)
    }

    pub(crate) fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let (_, parsed) = X509Certificate::from_der(der).map_err(|_| CertificateError::Malformed)?;
        let spki = parsed.public_key();
        let Ok(X509PublicKey::RSA(numbers)) = spki.parsed() else {
            return Err(CertificateError::NotRsa);
        };
        let fingerprint = Fingerprint::of_rsa(numbers.modulus, numbers.exponent);
        let public_key =
            PublicKey::from_spki(spki.raw, fingerprint).ok_or_else(|| CertificateError::KeySize {
                bits: numbers.key_size(),
            })?;
        Ok(Self {
            pem: pem::encode("CERTIFICATE", der).to_string(),
            public_key,
            not_before: timestamp(parsed.validity().not_before)?,
            not_after: timestamp(parsed.validity().not_after)?,
        })
    }

    /// Returns the name of the public key.
    pub fn fingerprint(&self) -> &Fingerprint {
        self.public_key.fingerprint()
    }

    /// Returns the start of the certificate's time; upstream orders keys by it.
    pub fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// Returns the end of the certificate's time.
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// Returns the key that seals.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// Returns the certificate as one PEM block, whatever stood around it in the text that was read.
    pub fn to_pem(&self) -> String {
        self.pem.clone()
    }

    /// Succeeds as long as `now` isn't past `NotAfter`.
    ///
    /// # Errors
    /// [`CertificateError::Expired`].
    pub fn check_valid(&self, now: Timestamp) -> Result<(), CertificateError> {
        if now > self.not_after {
            Err(CertificateError::Expired {
                not_after: self.not_after,
            })
        } else {
            Ok(())
        }
    }
}

fn timestamp(time: ASN1Time) -> Result<Timestamp, CertificateError> {
    Timestamp::from_second(time.timestamp()).map_err(|_| CertificateError::Malformed)
}
