//! The opening half of a key pair.

use std::fmt;

use aws_lc_rs::aead::Aad;
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use aws_lc_rs::{hkdf, hmac};
use pkcs8::der::{Decode as _, Encode as _};
use zeroize::Zeroizing;

use crate::framing::{self, Parts};
use crate::pem;
use crate::public_key::{SESSION_KEY_LEN, payload_key, payload_nonce};
use crate::{Fingerprint, Label, OpenError};

/// An RSA private key that opens items.
///
/// It has no `Display` and no `Clone`, its `Debug` is its fingerprint, and AWS-LC wipes its memory:
///
/// ```compile_fail
/// fn print(key: &sealing::PrivateKey) -> String {
///     format!("{key}")
/// }
/// ```
pub struct PrivateKey {
    key: OaepPrivateDecryptingKey,
    fingerprint: Fingerprint,
    tagging: hmac::Key,
}

/// A text that holds no usable private key. It never holds any of the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// More bytes than any key has.
    #[error("the key file has {len} bytes; no private key is longer than {max}")]
    TooLong {
        /// Bytes present.
        len: usize,
        /// Most bytes that are read.
        max: usize,
    },
    /// No PEM block of a private key.
    #[error("no PEM block `RSA PRIVATE KEY` or `PRIVATE KEY` was found")]
    Missing,
    /// A key under a passphrase.
    #[error("the private key is encrypted; decrypt it first, for example with `openssl pkey`")]
    Encrypted,
    /// A key of another algorithm.
    #[error("the private key is not an RSA key; sealing keys are RSA")]
    NotRsa,
    /// A block that is not the DER of an RSA key, or whose numbers don't belong together.
    #[error("the private key is damaged, or its size is not between 2048 and 8192 bits")]
    Malformed,
    /// A size that [`KeyPair::generate`](crate::KeyPair::generate) doesn't make.
    #[error("keys of {bits} bits are not made; use 2048, 3072 or 4096")]
    UnsupportedSize {
        /// The size asked for.
        bits: u32,
    },
    /// AWS-LC or the certificate writer failed.
    #[error("the key pair could not be generated")]
    Generate,
}

impl PrivateKey {
    /// Returns the first private key of a PEM text, PKCS#1 or PKCS#8; upstream writes the first and
    /// cert-manager either.
    ///
    /// # Errors
    /// [`KeyError`]; a text of more than 1 MiB is refused before it is parsed.
    pub fn from_pem(text: &[u8]) -> Result<Self, KeyError> {
        if text.len() > pem::MAX_BYTES {
            return Err(KeyError::TooLong {
                len: text.len(),
                max: pem::MAX_BYTES,
            });
        }
        for block in pem::blocks(text) {
            match block.label.as_str() {
                "RSA PRIVATE KEY" => return Self::from_pkcs1(&block.der),
                "PRIVATE KEY" => return Self::from_pkcs8(&block.der),
                "ENCRYPTED PRIVATE KEY" => return Err(KeyError::Encrypted),
                "EC PRIVATE KEY" | "DSA PRIVATE KEY" | "OPENSSH PRIVATE KEY" => return Err(KeyError::NotRsa),
                _ => {}
            }
        }
        Err(KeyError::Missing)
    }

    fn from_pkcs1(der: &[u8]) -> Result<Self, KeyError> {
        let octets = pkcs8::der::asn1::OctetStringRef::new(der).map_err(|_| KeyError::Malformed)?;
        // AWS-LC takes PKCS#8 alone for decryption keys.
        let info = pkcs8::PrivateKeyInfoRef::new(pkcs1::ALGORITHM_ID, octets);
        let wrapped = Zeroizing::new(info.to_der().map_err(|_| KeyError::Malformed)?);
        Self::from_pkcs8(&wrapped)
    }

    pub(crate) fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        let info = pkcs8::PrivateKeyInfoRef::from_der(der).map_err(|_| KeyError::Malformed)?;
        if info.algorithm.oid != pkcs1::ALGORITHM_OID {
            return Err(KeyError::NotRsa);
        }
        let numbers = pkcs1::RsaPrivateKeyRef::from_der(info.private_key.as_bytes())
            .map_err(|_| KeyError::Malformed)?;
        let fingerprint = Fingerprint::of_rsa(numbers.modulus.as_bytes(), numbers.public_exponent.as_bytes());
        let key = PrivateDecryptingKey::from_pkcs8(der)
            .and_then(|key| Ok(OaepPrivateDecryptingKey::new(key)?))
            .map_err(|_| KeyError::Malformed)?;
        let tagging = tagging_key(numbers.private_exponent.as_bytes()).ok_or(KeyError::Malformed)?;
        Ok(Self {
            key,
            fingerprint,
            tagging,
        })
    }

    /// Returns the key's name.
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// Returns the length of the modulus in bytes.
    pub fn modulus_len(&self) -> usize {
        self.key.key_size_bytes()
    }

    /// Returns a tag of a message: the same for the same message, and for nobody to make or to check who has not this
    /// key. HMAC-SHA256 under a key that is derived from the private exponent (HKDF, RFC 5869), and used for nothing
    /// else, so that a tag tells nothing about either.
    pub fn tag(&self, message: &[u8]) -> [u8; 32] {
        let mut tag = [0; 32];
        tag.copy_from_slice(hmac::sign(&self.tagging, message).as_ref());
        tag
    }

    /// Returns the value of an item.
    ///
    /// One private-key operation, about 2 ms at 4096 bits whether or not the key is the right one; none
    /// when the item was sealed to a modulus of another length.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(&self, label: &Label, item: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let parts = framing::split(item)?;
        self.open_parts(label, &parts)?.ok_or_else(|| OpenError::NoKey {
            tried: vec![self.fingerprint.clone()],
            modulus_len: parts.session_key.len(),
        })
    }

    /// Returns nothing when this key or this label is not the item's.
    pub(crate) fn open_parts(
        &self,
        label: &Label,
        parts: &Parts<'_>,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, OpenError> {
        if parts.session_key.len() != self.modulus_len() {
            return Ok(None);
        }
        let mut buffer = Zeroizing::new(vec![0; self.key.min_output_size()]);
        let Ok(session_key) = self.key.decrypt(
            &OAEP_SHA256_MGF1SHA256,
            parts.session_key,
            &mut buffer,
            Some(label.as_bytes()),
        ) else {
            return Ok(None);
        };
        let altered = || OpenError::Altered {
            fingerprint: self.fingerprint.clone(),
        };
        let session_key: &[u8; SESSION_KEY_LEN] = (&*session_key).try_into().map_err(|_| altered())?;
        let mut payload = Zeroizing::new(parts.payload.to_vec());
        let len = payload_key(session_key)
            .ok_or_else(altered)?
            .open_in_place(payload_nonce(), Aad::empty(), &mut payload)
            .map_err(|_| altered())?
            .len();
        payload.truncate(len);
        Ok(Some(payload))
    }
}

fn tagging_key(private_exponent: &[u8]) -> Option<hmac::Key> {
    let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"chancery.dev");
    let derived = salt.extract(private_exponent);
    let key = derived.expand(&[b"tag"], hmac::HMAC_SHA256).ok()?;
    Some(key.into())
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey")
            .field("fingerprint", &self.fingerprint)
            .finish_non_exhaustive()
    }
}
