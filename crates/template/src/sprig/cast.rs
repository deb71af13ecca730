//! Numbers of values of any type, by the rules of spf13/cast (v1.7.0): what is no number is 0.

use crate::parse::number::parse_float;
use crate::value::{Shape, Value};

/// Returns the integer of a value: floats are cut, strings read in any base of Go's literals.
pub(crate) fn int(value: &Value) -> i64 {
    match value {
        Value::Int(number) | Value::Int64(number) => *number,
        Value::Uint8(number) => i64::from(*number),
        Value::Uint64(number) => number.cast_signed(),
        Value::Float(number) => cut(*number),
        Value::Bool(truth) => i64::from(*truth),
        Value::String(text) => read_int(without_zeros(text), 0).unwrap_or_default(),
        Value::Object(object) => match object.shape() {
            // time.Month and time.Weekday; upstream does not see through other names.
            Shape::Int(number) => number,
            _ => 0,
        },
        Value::Nil | Value::Complex(..) | Value::List(_) | Value::Dict(_) => 0,
    }
}

/// Returns the float of a value.
#[expect(clippy::cast_precision_loss, reason = "Go converts so")]
pub(crate) fn float(value: &Value) -> f64 {
    match value {
        Value::Float(number) => *number,
        Value::Uint64(number) => *number as f64,
        Value::String(text) => read_float(text).unwrap_or(0.0),
        other => int(other) as f64,
    }
}

/// Returns what is before the decimal point, the lowest number for what no `int64` holds, as amd64's instruction does.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
pub(crate) fn cut(number: f64) -> i64 {
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&number) {
        number as i64
    } else {
        i64::MIN
    }
}

/// Cuts off `.000`, and `.0.` too, as upstream does.
fn without_zeros(text: &[u8]) -> &[u8] {
    let mut zero = false;
    for (index, byte) in text.iter().enumerate().rev() {
        match byte {
            b'.' if zero => return &text[..index],
            b'.' => {}
            b'0' => zero = true,
            _ => return text,
        }
    }
    text
}

/// What a text that is no `int64` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoInt {
    Syntax,
    /// A number beyond the range: here is its nearest end.
    Range(i64),
}

/// Reads an integer as Go's `strconv.ParseInt` does; base 0 allows prefixes and underscores.
///
/// # Errors
///
/// It is no integer of that base, or beyond the range of an `int64`.
pub(crate) fn read_int(text: &[u8], base: u32) -> Result<i64, NoInt> {
    let (negative, unsigned) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let any_base = base == 0;
    let (base, digits) = match unsigned {
        _ if base != 0 => (base, unsigned),
        [b'0', b'b' | b'B', rest @ ..] if !rest.is_empty() => (2, rest),
        [b'0', b'o' | b'O', rest @ ..] if !rest.is_empty() => (8, rest),
        [b'0', b'x' | b'X', rest @ ..] if !rest.is_empty() => (16, rest),
        [b'0', rest @ ..] => (8, rest),
        _ => (10, unsigned),
    };
    if unsigned.is_empty() {
        return Err(NoInt::Syntax);
    }
    let limit = if negative { 1u64 << 63 } else { (1 << 63) - 1 };
    let end = if negative { i64::MIN } else { i64::MAX };
    let (mut number, mut underscores) = (0u64, false);
    for &byte in digits {
        if byte == b'_' && any_base {
            underscores = true;
            continue;
        }
        let digit = char::from(byte).to_digit(base).ok_or(NoInt::Syntax)?;
        // Beyond 64 bits Go stops at once, and does not see what is wrong after that.
        let next = number
            .checked_mul(u64::from(base))
            .and_then(|number| number.checked_add(u64::from(digit)));
        number = next.ok_or(NoInt::Range(end))?;
    }
    if underscores && !separates(unsigned) {
        return Err(NoInt::Syntax);
    }
    if number > limit {
        return Err(NoInt::Range(end));
    }
    Ok(if negative {
        number.wrapping_neg().cast_signed()
    } else {
        number.cast_signed()
    })
}

/// Returns whether each underscore is between two digits, or the prefix of a base and a digit.
fn separates(unsigned: &[u8]) -> bool {
    !unsigned.starts_with(b"_") && !unsigned.ends_with(b"_") && !unsigned.windows(2).any(|pair| pair == b"__")
}

/// Reads a float as Go's `strconv.ParseFloat` does; none when it is none or too large.
pub(crate) fn read_float(text: &[u8]) -> Option<f64> {
    let lower = std::str::from_utf8(text).ok()?.to_ascii_lowercase();
    let unsigned = lower.strip_prefix(['+', '-']).unwrap_or(&lower);
    match unsigned {
        "inf" | "infinity" if lower.starts_with('-') => Some(f64::NEG_INFINITY),
        "inf" | "infinity" => Some(f64::INFINITY),
        "nan" if lower == "nan" => Some(f64::NAN),
        _ => parse_float(&lower),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_read_in_any_base() {
        for (text, want) in [
            ("010", Ok(8)),
            ("0x1F", Ok(31)),
            ("0b11", Ok(3)),
            ("1_000", Ok(1000)),
            ("-9223372036854775808", Ok(i64::MIN)),
            ("9223372036854775808", Err(NoInt::Range(i64::MAX))),
            ("-99999999999999999999", Err(NoInt::Range(i64::MIN))),
            ("08", Err(NoInt::Syntax)),
            ("1__0", Err(NoInt::Syntax)),
            ("_1", Err(NoInt::Syntax)),
            ("0x", Err(NoInt::Syntax)),
            ("+-5", Err(NoInt::Syntax)),
            ("", Err(NoInt::Syntax)),
        ] {
            assert_eq!(read_int(text.as_bytes(), 0), want, "{text}");
        }
        assert_eq!(read_int(b"1_0", 10), Err(NoInt::Syntax));
    }

    #[test]
    fn zeros_after_the_point_are_cut_off() {
        for (text, want) in [
            ("12.0", "12"),
            ("1.0.", "1"),
            ("12.5", "12.5"),
            ("1.", "1."),
            ("100", "100"),
        ] {
            assert_eq!(without_zeros(text.as_bytes()), want.as_bytes(), "{text}");
        }
    }

    #[test]
    fn floats_beyond_integers_become_the_lowest_one() {
        for (float, want) in [(3.99, 3), (-3.99, -3), (1e30, i64::MIN), (f64::NAN, i64::MIN)] {
            assert_eq!(cut(float), want, "{float}");
        }
        assert_eq!(read_float(b"-Infinity"), Some(f64::NEG_INFINITY));
        assert_eq!(read_float(b"-nan"), None);
    }
}
