//! The format a second time, on other libraries and from its description alone.

use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce};
use rand::RngExt as _;
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::{Oaep, RsaPrivateKey, RsaPublicKey};
use sha2::Sha256;

pub(crate) struct Second(RsaPrivateKey);

impl Second {
    pub(crate) fn new(pem: &[u8]) -> Self {
        let pem = std::str::from_utf8(pem).unwrap();
        Self(
            RsaPrivateKey::from_pkcs1_pem(pem)
                .or_else(|_| RsaPrivateKey::from_pkcs8_pem(pem))
                .unwrap(),
        )
    }

    pub(crate) fn seal(&self, label: &[u8], value: &[u8]) -> Vec<u8> {
        let mut random = rand::rng();
        let session_key: [u8; 32] = random.random();
        let padding = Oaep::<Sha256>::new_with_label(label);
        let wrapped = RsaPublicKey::from(&self.0)
            .encrypt(&mut random, padding, &session_key)
            .unwrap();
        let payload = Aes256Gcm::new(&session_key.into())
            .encrypt(&Nonce::default(), value)
            .unwrap();
        let len = u16::try_from(wrapped.len()).unwrap();
        [&len.to_be_bytes()[..], &wrapped, &payload].concat()
    }

    pub(crate) fn open(&self, label: &[u8], item: &[u8]) -> Option<Vec<u8>> {
        let (len, rest) = item.split_first_chunk::<2>()?;
        let (wrapped, payload) = rest.split_at_checked(u16::from_be_bytes(*len).into())?;
        let session_key = self
            .0
            .decrypt(Oaep::<Sha256>::new_with_label(label), wrapped)
            .ok()?;
        let cipher = Aes256Gcm::new_from_slice(&session_key).ok()?;
        cipher.decrypt(&Nonce::default(), payload).ok()
    }
}
