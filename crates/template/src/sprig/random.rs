//! Sprig's functions of chance (strings.go, crypto.go, functions.go). All of it comes from the caller's source.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use zeroize::Zeroizing;

use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::value::Value;

pub(crate) const TABLE: &[Function] = &[
    Function::new("randAlphaNum", &[Param::Int], |call, args| {
        characters(call, args, u8::is_ascii_alphanumeric)
    })
    .volatile(),
    Function::new("randAlpha", &[Param::Int], |call, args| {
        characters(call, args, u8::is_ascii_alphabetic)
    })
    .volatile(),
    Function::new("randNumeric", &[Param::Int], |call, args| {
        characters(call, args, u8::is_ascii_digit)
    })
    .volatile(),
    Function::new("randAscii", &[Param::Int], |call, args| {
        characters(call, args, |byte| matches!(byte, b' '..=b'~'))
    })
    .volatile(),
    Function::new("randBytes", &[Param::Int], bytes).volatile(),
    Function::new("randInt", &[Param::Int, Param::Int], int).volatile(),
    Function::new("uuidv4", &[], uuid).volatile(),
    Function::new("shuffle", &[Param::String], shuffle).volatile(),
];

/// Returns so many characters of a set, each as likely as the others; none for a count below zero.
fn characters(call: &mut Call<'_>, args: &Args<'_>, is_one: fn(&u8) -> bool) -> Result<Value, Failure> {
    let count = usize::try_from(args.int(0)?).unwrap_or_default();
    call.afford(count.saturating_mul(2))?;
    let set: Vec<u8> = (0..=u8::MAX).filter(is_one).collect();
    let mut text = Vec::with_capacity(count);
    let mut drawn = Zeroizing::new([0; 64]);
    while text.len() < count {
        call.fill(drawn.as_mut())?;
        let left = count - text.len();
        text.extend(drawn.iter().filter_map(|byte| fair(*byte, &set)).take(left));
    }
    call.string(text)
}

/// Returns the character that a byte stands for; none for the highest bytes, which would favour some characters.
fn fair(byte: u8, set: &[u8]) -> Option<u8> {
    let index = usize::from(byte);
    let fair = 256 - 256 % set.len().max(1);
    (index < fair)
        .then(|| set.get(index % set.len()).copied())
        .flatten()
}

fn bytes(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let count = usize::try_from(args.int(0)?).map_err(|_| Failure::Refused("takes no negative count"))?;
    call.afford(count.saturating_mul(3))?;
    let mut bytes = Zeroizing::new(vec![0; count]);
    call.fill(&mut bytes)?;
    call.string(BASE64_STANDARD.encode(&bytes))
}

fn int(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let (least, end) = (args.int(0)?, args.int(1)?);
    let range = u64::try_from(end.wrapping_sub(least))
        .ok()
        .filter(|range| *range > 0);
    let range = range.ok_or(Failure::Refused("needs an end above the least number"))?;
    let drawn = below(call, range)?;
    Ok(Value::Int(least.wrapping_add_unsigned(drawn)))
}

/// Returns a number below `range`, which is positive; each as likely as the others.
fn below(call: &mut Call<'_>, range: u64) -> Result<u64, Failure> {
    let fair = u64::MAX - u64::MAX % range;
    loop {
        let mut drawn = [0; 8];
        call.fill(&mut drawn)?;
        let drawn = u64::from_le_bytes(drawn);
        if drawn < fair {
            return Ok(drawn % range);
        }
    }
}

fn uuid(call: &mut Call<'_>, _: &Args<'_>) -> Result<Value, Failure> {
    let mut drawn = [0; 16];
    call.fill(&mut drawn)?;
    let mut number = u128::from_be_bytes(drawn);
    // RFC 9562, sections 4.1 and 5.4: the variant, and the version 4.
    number = number & !(0b11 << 62) | 0b10 << 62;
    number = number & !(0xf << 76) | 4 << 76;
    let text = format!("{number:032x}");
    let ends = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)];
    let groups: Vec<&str> = ends
        .iter()
        .filter_map(|(start, end)| text.get(*start..*end))
        .collect();
    call.string(groups.join("-"))
}

/// Returns the characters in another order; what is no UTF-8 becomes U+FFFD, byte for byte, as in Go.
fn shuffle(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let text = args.text(0)?;
    call.memory(text.len().saturating_mul(4))?;
    call.afford(text.len().saturating_mul(3))?;
    let mut characters = Zeroizing::new(Vec::with_capacity(text.len()));
    for chunk in text.utf8_chunks() {
        characters.extend(chunk.valid().chars());
        characters.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    for end in (1..characters.len()).rev() {
        let drawn = below(call, end as u64 + 1)?;
        characters.swap(end, usize::try_from(drawn).unwrap_or(end));
    }
    let mut shuffled = Vec::with_capacity(characters.iter().map(|one| one.len_utf8()).sum());
    for character in characters.iter() {
        shuffled.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
    call.string(shuffled)
}
