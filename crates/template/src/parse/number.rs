//! Go's literals of numbers.

use super::literal::unquote_rune;
use super::token::Kind;

/// A number with every type that can hold it, as Go's untyped constants are.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Number {
    pub(crate) int: Option<i64>,
    pub(crate) uint: Option<u64>,
    pub(crate) float: Option<f64>,
    pub(crate) complex: Option<(f64, f64)>,
    /// Whether it is written as a float, and so is one where nothing else is asked for.
    pub(crate) is_float: bool,
}

/// 2 to the power of 63 and of 64: the first that an `int64` and a `uint64` can't hold.
const INT_END: f64 = 9_223_372_036_854_775_808.0;
const UINT_END: f64 = 18_446_744_073_709_551_616.0;

impl Number {
    /// Reads a literal.
    ///
    /// # Errors
    ///
    /// What is wrong with it, as what follows the name of the template.
    pub(super) fn parse(literal: &str, kind: Kind) -> Result<Self, &'static str> {
        const BAD: &str = "has a bad number";
        match kind {
            Kind::CharConstant => {
                let rune = unquote_rune(literal).ok_or("has a bad character constant")?;
                Ok(Self {
                    int: Some(rune.into()),
                    uint: Some(rune.into()),
                    float: Some(rune.into()),
                    ..Self::default()
                })
            }
            Kind::Complex => {
                let body = literal.strip_suffix('i').ok_or(BAD)?;
                let split = complex_split(body).ok_or(BAD)?;
                let (real, imaginary) = body.split_at(split);
                let (real, imaginary) = (parse_float(real).ok_or(BAD)?, parse_float(imaginary).ok_or(BAD)?);
                Ok(Self::of_complex(real, imaginary))
            }
            _ => {
                if let Some(imaginary) = literal.strip_suffix('i').and_then(parse_float) {
                    return Ok(Self::of_complex(0.0, imaginary));
                }
                Self::real(literal)
            }
        }
    }

    fn real(literal: &str) -> Result<Self, &'static str> {
        let mut number = Self {
            uint: parse_uint(literal),
            int: parse_int(literal),
            ..Self::default()
        };
        if number.int == Some(0) && number.uint.is_none() {
            number.uint = Some(0); // -0
        }
        let looks_float = literal.contains(['.', 'e', 'E', 'p', 'P']);
        let hex_int = literal.len() > 2
            && (literal.starts_with("0x") || literal.starts_with("0X"))
            && !literal.contains(['p', 'P']);
        number.is_float = looks_float && !hex_int;
        #[expect(clippy::cast_precision_loss, reason = "Go converts so too")]
        if let Some(int) = number.int {
            number.float = Some(int as f64);
        } else if let Some(uint) = number.uint {
            number.float = Some(uint as f64);
        } else {
            let float = parse_float(literal).ok_or("has a bad number")?;
            if !looks_float {
                return Err("has an integer that is too large");
            }
            number.float = Some(float);
            number.int = whole_int(float);
            number.uint = whole_uint(float);
        }
        Ok(number)
    }

    fn of_complex(real: f64, imaginary: f64) -> Self {
        let mut number = Self {
            complex: Some((real, imaginary)),
            ..Self::default()
        };
        if imaginary == 0.0 {
            number.float = Some(real);
            number.int = whole_int(real);
            number.uint = whole_uint(real);
        }
        number
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::float_cmp,
    reason = "the range is checked, and whole is meant"
)]
fn whole_int(float: f64) -> Option<i64> {
    (float.trunc() == float && (-INT_END..INT_END).contains(&float)).then_some(float as i64)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "the range is checked, and whole is meant"
)]
fn whole_uint(float: f64) -> Option<u64> {
    (float.trunc() == float && (0.0..UINT_END).contains(&float)).then_some(float as u64)
}

/// Where the imaginary part begins: at the last sign that is not an exponent's.
fn complex_split(body: &str) -> Option<usize> {
    let bytes = body.as_bytes();
    let hex = body
        .trim_start_matches(['+', '-'])
        .to_ascii_lowercase()
        .starts_with("0x");
    (1..bytes.len()).rev().find(|&index| {
        let exponent = match bytes.get(index - 1) {
            Some(b'p' | b'P') => true,
            Some(b'e' | b'E') => !hex && !body.get(index..).unwrap_or_default().contains(['x', 'X']),
            _ => false,
        };
        matches!(bytes.get(index), Some(b'+' | b'-')) && !exponent
    })
}

fn parse_int(literal: &str) -> Option<i64> {
    let (negative, digits) = match literal.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, literal.strip_prefix('+').unwrap_or(literal)),
    };
    let value = i128::from(parse_uint(digits)?);
    i64::try_from(if negative { -value } else { value }).ok()
}

/// Reads an unsigned integer of any base.
fn parse_uint(literal: &str) -> Option<u64> {
    let lower = literal.to_ascii_lowercase();
    let (digits, radix) = match lower.as_bytes() {
        [b'0', b'x', ..] => (lower.get(2..)?, 16),
        [b'0', b'o', ..] => (lower.get(2..)?, 8),
        [b'0', b'b', ..] => (lower.get(2..)?, 2),
        [b'0', _, ..] => (lower.get(1..)?, 8),
        _ => (lower.as_str(), 10),
    };
    if !underscores_separate_digits(&lower) {
        return None;
    }
    let digits: String = digits.chars().filter(|&c| c != '_').collect();
    if digits.starts_with(['+', '-']) {
        return None;
    }
    u64::from_str_radix(&digits, radix).ok()
}

/// Reads a float, decimal or hexadecimal; none when it is none, or too large.
pub(crate) fn parse_float(literal: &str) -> Option<f64> {
    let lower = literal.to_ascii_lowercase();
    let unsigned = lower.strip_prefix(['+', '-']).unwrap_or(&lower);
    if !underscores_separate_digits(unsigned) {
        return None;
    }
    let plain: String = unsigned.chars().filter(|&c| c != '_').collect();
    let value = if let Some(hex) = plain.strip_prefix("0x") {
        parse_hex_float(hex)?
    } else if plain.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        plain.parse().ok()?
    } else {
        return None;
    };
    if !f64::is_finite(value) {
        return None;
    }
    Some(if lower.starts_with('-') { -value } else { value })
}

/// Reads `h.hhp±d`; the exponent is required.
fn parse_hex_float(text: &str) -> Option<f64> {
    let (digits, exponent) = text.split_once('p')?;
    let mut exponent: i64 = exponent.parse::<i32>().ok()?.into();
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut mantissa: u64 = 0;
    for (index, digit) in whole.chars().chain(fraction.chars()).enumerate() {
        let digit = u64::from(digit.to_digit(16)?);
        if mantissa >> 58 == 0 {
            mantissa = mantissa << 4 | digit;
            exponent -= if index < whole.len() { 0 } else { 4 };
        } else {
            // Beyond what a float holds: only whether anything is there matters, for rounding.
            mantissa |= u64::from(digit != 0);
            exponent += if index < whole.len() { 4 } else { 0 };
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "rounded once, to the nearest")]
    let mut value = mantissa as f64;
    // Halved in two steps, since a power of two alone may not fit.
    while exponent != 0 && value != 0.0 && value.is_finite() {
        let step = exponent.clamp(-1000, 1000);
        value *= 2f64.powi(i32::try_from(step).ok()?);
        exponent -= step;
    }
    Some(value)
}

/// Go's rule: an underscore stands between digits, or between a base's prefix and a digit, and only with a prefix
/// (`0x`, `0o`, `0b`, `0`) or in a decimal.
fn underscores_separate_digits(literal: &str) -> bool {
    let mut previous = '^';
    let mut hex = false;
    let mut rest = literal;
    for prefix in ["0x", "0o", "0b"] {
        if let Some(body) = literal.strip_prefix(prefix) {
            (previous, hex, rest) = ('0', prefix == "0x", body);
        }
    }
    for c in rest.chars() {
        if c.is_ascii_digit() || hex && c.is_ascii_hexdigit() {
            previous = '0';
        } else if c == '_' {
            if previous != '0' {
                return false;
            }
            previous = '_';
        } else {
            if previous == '_' {
                return false;
            }
            previous = '!';
        }
    }
    previous != '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn real(literal: &str) -> Option<Number> {
        Number::parse(literal, Kind::Number).ok()
    }

    #[test]
    fn integers_of_every_base_are_read() {
        for (literal, expected) in [
            ("0", 0),
            ("-0", 0),
            ("0x1F", 31),
            ("0o17", 15),
            ("017", 15),
            ("0b101", 5),
            ("1_000", 1000),
            ("-7", -7),
        ] {
            assert_eq!(
                real(literal).and_then(|number| number.int),
                Some(expected),
                "{literal}"
            );
        }
        assert_eq!(
            real("18446744073709551615").map(|number| (number.int, number.uint)),
            Some((None, Some(u64::MAX)))
        );
    }

    #[test]
    fn floats_know_whether_they_are_whole() {
        assert_eq!(
            real("3.0").map(|number| (number.int, number.is_float)),
            Some((Some(3), true))
        );
        assert_eq!(real("1e3").and_then(|number| number.int), Some(1000));
        assert_eq!(real("0x1p-2").and_then(|number| number.float), Some(0.25));
        assert_eq!(real("2.5").map(|number| number.int), Some(None));
    }

    #[test]
    fn what_go_refuses_is_refused() {
        for literal in [
            "089",
            "1__0",
            "1_",
            "0x",
            "1e400",
            "18446744073709551616",
            "1.2.3",
            ".",
            "+",
        ] {
            assert_eq!(real(literal), None, "{literal}");
        }
    }

    #[test]
    fn complex_numbers_are_split_at_the_right_sign() {
        let number = Number::parse("1e-3-2e+1i", Kind::Complex)
            .ok()
            .and_then(|number| number.complex);
        assert_eq!(number, Some((0.001, -20.0)));
        assert_eq!(real("2i").and_then(|number| number.complex), Some((0.0, 2.0)));
    }
}
