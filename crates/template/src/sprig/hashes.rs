//! Sprig's checksums (crypto.go).

use aws_lc_rs::digest::{self, Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA512};

use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::value::Value;

pub(crate) const TABLE: &[Function] = &[
    Function::new("sha1sum", &[Param::String], |call, args| {
        sum(call, args, &SHA1_FOR_LEGACY_USE_ONLY)
    }),
    Function::new("sha256sum", &[Param::String], |call, args| {
        sum(call, args, &SHA256)
    }),
    Function::new("sha512sum", &[Param::String], |call, args| {
        sum(call, args, &SHA512)
    }),
    Function::new("adler32sum", &[Param::String], adler32),
];

fn sum(call: &mut Call<'_>, args: &Args<'_>, algorithm: &'static Algorithm) -> Result<Value, Failure> {
    let text = args.text(0)?;
    call.steps(1 + text.len() as u64 / 256)?;
    let digest = digest::digest(algorithm, text);
    let digits = digest.as_ref().iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    call.string(
        digits
            .filter_map(|digit| char::from_digit(u32::from(digit), 16))
            .collect::<String>(),
    )
}

/// RFC 1950, section 8.2; written as a decimal number, as sprig does.
fn adler32(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    const MODULUS: u32 = 65_521;
    let text = args.text(0)?;
    call.steps(1 + text.len() as u64 / 256)?;
    let (low, high) = text.iter().fold((1, 0), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % MODULUS;
        (low, (high + low) % MODULUS)
    });
    call.string((high << 16 | low).to_string())
}
