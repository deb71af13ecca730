//! Base64 and base32 (RFC 4648) as Go's standard encodings read and write them.

use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::sprig::cost;
use crate::value::Value;

/// The functions of encodings. What can't be decoded gives the text of Go's error, upstream.
pub(crate) const TABLE: &[Function] = &[
    Function::new("b64enc", &[Param::String], |call, args| {
        encode(call, args, &BASE64)
    }),
    Function::new("b32enc", &[Param::String], |call, args| {
        encode(call, args, &BASE32)
    }),
    Function::new("b64dec", &[Param::String], |call, args| {
        decode(call, args, "base64", decode64)
    }),
    Function::new("b32dec", &[Param::String], |call, args| {
        decode(call, args, "base32", decode32)
    }),
];

/// An alphabet, and how many letters make a block of whole bytes.
pub(crate) struct Encoding {
    letters: &'static [u8],
    bits: u32,
    block: usize,
}

pub(crate) const BASE64: Encoding = Encoding {
    letters: b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    bits: 6,
    block: 4,
};

const BASE32: Encoding = Encoding {
    letters: b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    bits: 5,
    block: 8,
};

impl Encoding {
    /// Returns the letters for the bytes, padded; at most twice as many, and 8.
    pub(crate) fn encode(&self, bytes: &[u8]) -> String {
        let mut out = String::with_capacity(bytes.len() * 8 / 5 + 8);
        let (mut pending, mut count) = (0u32, 0);
        let mask = (1 << self.bits) - 1;
        for &byte in bytes {
            pending = pending << 8 | u32::from(byte);
            count += 8;
            while count >= self.bits {
                count -= self.bits;
                self.push(&mut out, pending >> count & mask);
            }
            pending &= (1 << count) - 1;
        }
        if count > 0 {
            self.push(&mut out, pending << (self.bits - count) & mask);
        }
        while !out.len().is_multiple_of(self.block) {
            out.push('=');
        }
        out
    }

    fn push(&self, out: &mut String, index: u32) {
        let letter = usize::try_from(index)
            .ok()
            .and_then(|index| self.letters.get(index));
        out.push(char::from(letter.copied().unwrap_or(b'=')));
    }

    fn value(&self, letter: u8) -> Option<u32> {
        self.letters
            .iter()
            .position(|&other| other == letter)
            .and_then(|index| u32::try_from(index).ok())
    }
}

fn encode(call: &mut Call<'_>, args: &Args<'_>, encoding: &Encoding) -> Result<Value, Failure> {
    let text = args.text(0)?;
    cost::make(call, text.len() * 2 + 8)?;
    call.string(encoding.encode(text))
}

fn decode(
    call: &mut Call<'_>,
    args: &Args<'_>,
    name: &str,
    decode: fn(&[u8]) -> Result<Vec<u8>, usize>,
) -> Result<Value, Failure> {
    let text = args.text(0)?;
    cost::make(call, text.len() * 2)?;
    match decode(text) {
        Ok(bytes) => call.string(bytes),
        Err(at) => call.string(format!("illegal {name} data at input byte {at}")),
    }
}

/// Decodes letters in blocks; line breaks are skipped, loose trailing bits accepted.
///
/// # Errors
///
/// The position that Go names.
fn decode64(text: &[u8]) -> Result<Vec<u8>, usize> {
    let is_break = |at: usize| matches!(text.get(at), Some(b'\n' | b'\r'));
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    let (mut at, mut pending, mut count) = (0, 0u32, 0usize);
    while let Some(&letter) = text.get(at) {
        at += 1;
        if let Some(value) = BASE64.value(letter) {
            pending = pending << 6 | value;
            count += 1;
            if count == 4 {
                out.extend_from_slice(&pending.to_be_bytes()[1..]);
                (pending, count) = (0, 0);
            }
            continue;
        }
        if letter == b'\n' || letter == b'\r' {
            continue;
        }
        if letter != b'=' || count < 2 {
            return Err(at - 1);
        }
        if count == 2 {
            while is_break(at) {
                at += 1;
            }
            match text.get(at) {
                None => return Err(text.len()),
                Some(b'=') => at += 1,
                Some(_) => return Err(at - 1),
            }
        }
        while is_break(at) {
            at += 1;
        }
        if at < text.len() {
            return Err(at);
        }
        let bytes = (pending << (6 * (4 - count))).to_be_bytes();
        out.extend_from_slice(&bytes[1..count]);
        return Ok(out);
    }
    if count > 0 { Err(at - count) } else { Ok(out) }
}

/// Decodes letters in blocks; line breaks are taken out first, so that they don't count in positions.
///
/// # Errors
///
/// The position that Go names.
fn decode32(text: &[u8]) -> Result<Vec<u8>, usize> {
    let text: Vec<u8> = text
        .iter()
        .copied()
        .filter(|byte| !matches!(byte, b'\n' | b'\r'))
        .collect();
    let mut out = Vec::with_capacity(text.len() * 5 / 8);
    let (mut pending, mut count) = (0u64, 0usize);
    for (at, &letter) in text.iter().enumerate() {
        let rest = &text[at + 1..];
        if letter == b'=' && count >= 2 && rest.len() < 8 {
            if rest.len() + count < 7 {
                return Err(text.len());
            }
            if let Some(bad) = rest.iter().take(7 - count).position(|&byte| byte != b'=') {
                return Err(at + bad);
            }
            if matches!(count, 3 | 6) {
                return Err(at);
            }
            let bytes = (pending << (5 * (8 - count))).to_be_bytes();
            out.extend_from_slice(&bytes[3..3 + count * 5 / 8]);
            return Ok(out);
        }
        let value = BASE32.value(letter).ok_or(at)?;
        pending = pending << 5 | u64::from(value);
        count += 1;
        if count == 8 {
            out.extend_from_slice(&pending.to_be_bytes()[3..]);
            (pending, count) = (0, 0);
        }
    }
    if count > 0 {
        Err(text.len() - count)
    } else {
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded() {
        for text in ["", "a", "ab", "abc", "abcd", "abcde", "abcdef"] {
            assert_eq!(
                decode64(BASE64.encode(text.as_bytes()).as_bytes()).unwrap(),
                text.as_bytes()
            );
            assert_eq!(
                decode32(BASE32.encode(text.as_bytes()).as_bytes()).unwrap(),
                text.as_bytes()
            );
        }
    }

    #[test]
    fn a_bad_position_is_the_one_that_go_names() {
        for (text, at) in [
            ("aGVsbG8", 4),
            ("a", 0),
            ("!", 0),
            ("aGVsbG8=x", 8),
            ("aG=V", 2),
            ("aG=", 3),
        ] {
            assert_eq!(decode64(text.as_bytes()), Err(at), "{text}");
        }
        for (text, at) in [("ME=====", 7), ("ME", 0), ("1", 0), ("NBSWY3DPA", 8)] {
            assert_eq!(decode32(text.as_bytes()), Err(at), "{text}");
        }
        assert_eq!(decode64(b"aGV\nsbG8=\n"), Ok(b"hello".to_vec()));
    }
}
