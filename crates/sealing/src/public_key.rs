//! The sealing half of a key pair.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rand::SecureRandom;
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use zeroize::Zeroizing;

use crate::framing::{HEADER_LEN, TAG_LEN};
use crate::{Fingerprint, Label, SealError};

/// Length of the AES-256 session key.
pub(crate) const SESSION_KEY_LEN: usize = 32;

/// An RSA public key that seals values.
#[derive(Clone)]
pub struct PublicKey {
    key: PublicEncryptingKey,
    fingerprint: Fingerprint,
}

impl PublicKey {
    /// Returns the key of a `SubjectPublicKeyInfo`, or nothing when it is no RSA key of 2048 to 8192 bits.
    pub(crate) fn from_spki(spki: &[u8], fingerprint: Fingerprint) -> Option<Self> {
        Some(Self {
            key: PublicEncryptingKey::from_der(spki).ok()?,
            fingerprint,
        })
    }

    /// Returns the key's name.
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// Returns the length of the modulus in bytes, which is the `L` of every item sealed with this key.
    pub fn modulus_len(&self) -> usize {
        self.key.key_size_bytes()
    }

    /// Returns `plaintext` sealed: `L`, the session key under RSA-OAEP, the value under AES-256-GCM.
    ///
    /// The session key comes from `random` and is used once, which is what makes the format's all-zero
    /// nonce sound. The OAEP seed comes from AWS-LC's own generator, which takes none from outside.
    ///
    /// # Errors
    /// [`SealError`], when the generator fails.
    pub fn seal(
        &self,
        random: &dyn SecureRandom,
        label: &Label,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        let mut session_key = Zeroizing::new([0; SESSION_KEY_LEN]);
        random
            .fill(session_key.as_mut_slice())
            .map_err(|_| SealError::Random)?;

        let rsa = OaepPublicEncryptingKey::new(self.key.clone()).map_err(|_| SealError::Encrypt)?;
        let mut wrapped = vec![0; rsa.ciphertext_size()];
        let wrapped = rsa
            .encrypt(
                &OAEP_SHA256_MGF1SHA256,
                session_key.as_slice(),
                &mut wrapped,
                Some(label.as_bytes()),
            )
            .map_err(|_| SealError::Encrypt)?;
        let len = u16::try_from(wrapped.len()).map_err(|_| SealError::Encrypt)?;

        // Room for the tag, so that the buffer never moves while it holds plaintext.
        let mut payload = Zeroizing::new(Vec::with_capacity(plaintext.len() + TAG_LEN));
        payload.extend_from_slice(plaintext);
        payload_key(&session_key)
            .ok_or(SealError::Encrypt)?
            .seal_in_place_append_tag(payload_nonce(), Aad::empty(), &mut *payload)
            .map_err(|_| SealError::Encrypt)?;

        let mut item = Vec::with_capacity(HEADER_LEN + wrapped.len() + payload.len());
        item.extend_from_slice(&len.to_be_bytes());
        item.extend_from_slice(wrapped);
        item.extend_from_slice(&payload);
        Ok(item)
    }
}

/// Returns the AEAD key of a session key.
pub(crate) fn payload_key(session_key: &[u8; SESSION_KEY_LEN]) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, session_key)
        .ok()
        .map(LessSafeKey::new)
}

/// Returns the format's nonce: zero, because no session key is used twice.
pub(crate) fn payload_nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PublicKey").field(&self.fingerprint).finish()
    }
}
