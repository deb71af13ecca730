//! Sprig's `encryptAES` and `decryptAES` (crypto.go): AES-256-CBC, the key being the password's first 32 bytes.

use aws_lc_rs::cipher::DecryptionContext;
use aws_lc_rs::cipher::{AES_256, DecryptingKey, EncryptingKey, UnboundCipherKey};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use zeroize::Zeroizing;

use super::go_base64;
use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::value::Value;

pub(crate) const TABLE: &[Function] = &[
    Function::new("encryptAES", &[Param::String, Param::String], encrypt).volatile(),
    Function::new("decryptAES", &[Param::String, Param::String], decrypt),
];

const BLOCK: usize = 16;

const FAILED: Failure = Failure::Refused("could not be computed");

fn key(password: &[u8]) -> Result<UnboundCipherKey, Failure> {
    let mut key = Zeroizing::new([0; 32]);
    for (byte, given) in key.iter_mut().zip(password) {
        *byte = *given;
    }
    UnboundCipherKey::new(&AES_256, key.as_ref()).map_err(|_| FAILED)
}

fn encrypt(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let (password, text) = (args.text(0)?, args.text(1)?);
    if text.is_empty() {
        return call.string("");
    }
    call.afford(text.len().saturating_mul(3))?;
    call.steps(1 + text.len() as u64 / 64)?;
    let mut previous = [0; BLOCK];
    call.fill(&mut previous)?;
    let padding = BLOCK - text.len() % BLOCK;
    let mut content = Zeroizing::new(Vec::with_capacity(text.len() + padding));
    content.extend_from_slice(text);
    content.extend(std::iter::repeat_n(
        u8::try_from(padding).unwrap_or_default(),
        padding,
    ));
    // Block by block, since the library's own CBC chooses the first block itself, and not by our source.
    let cipher = EncryptingKey::ecb(key(password)?).map_err(|_| FAILED)?;
    let mut sealed = previous.to_vec();
    for block in content.chunks_exact_mut(BLOCK) {
        xor(block, &previous);
        cipher.encrypt(block).map_err(|_| FAILED)?;
        previous.copy_from_slice(block);
        sealed.extend_from_slice(block);
    }
    call.string(BASE64_STANDARD.encode(sealed))
}

/// Only the last byte says how much padding there is, and nothing else of it is looked at: as in sprig.
fn decrypt(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let (password, text) = (args.text(0)?, args.text(1)?);
    if text.is_empty() {
        return call.string("");
    }
    call.afford(text.len().saturating_mul(2))?;
    call.steps(1 + text.len() as u64 / 64)?;
    let sealed = go_base64::decode(text).ok_or(Failure::Refused("needs base64"))?;
    if sealed.len() <= BLOCK || sealed.len() % BLOCK != 0 {
        return Err(Failure::Refused("needs a text that `encryptAES` made"));
    }
    let cipher = DecryptingKey::ecb(key(password)?).map_err(|_| FAILED)?;
    let mut opened = Zeroizing::new(Vec::with_capacity(sealed.len()));
    for pair in sealed.windows(2 * BLOCK).step_by(BLOCK) {
        let (previous, block) = pair.split_at(BLOCK);
        let mut block = Zeroizing::new(block.to_vec());
        cipher
            .decrypt(&mut block, DecryptionContext::None)
            .map_err(|_| FAILED)?;
        xor(&mut block, previous);
        opened.extend_from_slice(&block);
    }
    let padding = usize::from(opened.last().copied().unwrap_or_default());
    let length = opened.len().checked_sub(padding);
    let length = length.ok_or(Failure::Refused(
        "was given another password, or a text that was changed",
    ))?;
    call.string(opened.get(..length).unwrap_or_default())
}

fn xor(block: &mut [u8], with: &[u8]) {
    for (byte, other) in block.iter_mut().zip(with) {
        *byte ^= other;
    }
}
