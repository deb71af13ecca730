//! Floats, as Go's strconv writes them.

use super::printer::Printer;
use crate::failure::Failure;
use crate::value::Value;

/// More digits than any float has behind its point; what is asked for beyond is zeros.
const MOST_DIGITS: usize = 1100;

impl Printer<'_, '_> {
    /// Prints the float that `value` is, or a part of it, by a verb.
    pub(super) fn float(&mut self, value: &Value, number: f64, verb: char) -> Result<(), Failure> {
        let (style, default) = match verb {
            'v' => ('g', None),
            'b' | 'g' | 'G' | 'x' | 'X' => (verb, None),
            'f' | 'e' | 'E' => (verb, Some(6)),
            'F' => ('f', Some(6)),
            _ => return self.wrong_verb(value, verb),
        };
        let field = self.field;
        let precision = field.precision.or(default);
        let mut text = format_float(number, style, precision);
        if !text.starts_with(['-', '+']) {
            text.insert(0, '+');
        }
        if field.space && text.starts_with('+') && !field.plus {
            text.replace_range(..1, " ");
        }
        if !number.is_finite() {
            let text = if number.is_nan() && !field.space && !field.plus {
                "NaN"
            } else {
                &text
            };
            return self.pad_without_zeros(text.as_bytes());
        }
        if field.sharp && style != 'b' {
            text = with_point(&text, style, precision);
        }
        let (sign, digits) = text.split_at(1);
        if field.plus || sign != "+" {
            let width = field.width.unwrap_or(0);
            if field.zero && !field.minus && width > text.len() {
                self.write(sign.as_bytes())?;
                self.padding(width - text.len())?;
                return self.write(digits.as_bytes());
            }
            return self.pad(text.as_bytes());
        }
        self.pad(digits.as_bytes())
    }
}

/// What `#` asks for: a decimal point, and the zeros that `%g` leaves out.
fn with_point(text: &str, style: char, precision: Option<usize>) -> String {
    let exponent = match style {
        'x' | 'X' => text.find(['p', 'P']),
        _ => text.find(['e', 'E']),
    };
    let (number, tail) = text.split_at(exponent.unwrap_or(text.len()));
    let mut wanted = if matches!(style, 'g' | 'G' | 'x') {
        precision.unwrap_or(6)
    } else {
        0
    };
    let digits = number.get(1..).unwrap_or_default();
    let significant = digits
        .chars()
        .filter(|&c| c != '.')
        .skip_while(|&c| c == '0')
        .count();
    wanted = wanted.saturating_sub(significant);
    let mut out = number.to_owned();
    if !digits.contains('.') {
        if digits == "0" {
            wanted = wanted.saturating_sub(1);
        }
        out.push('.');
    }
    out.push_str(&"0".repeat(wanted));
    out.push_str(tail);
    out
}

/// Returns what Go's `strconv.FormatFloat` returns for 64 bits; without a precision, the shortest text that is read as
/// the same number.
fn format_float(number: f64, style: char, precision: Option<usize>) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    let sign = if number.is_sign_negative() { "-" } else { "" };
    let number = number.abs();
    if number.is_infinite() {
        return if sign.is_empty() {
            "+Inf".to_owned()
        } else {
            "-Inf".to_owned()
        };
    }
    let text = match style {
        'b' => binary(number),
        'x' | 'X' => hexadecimal(number, precision),
        'f' => fixed(number, precision),
        'e' | 'E' => {
            let (digits, exponent) = decimal(number, precision.map(|precision| precision + 1));
            scientific(&digits, exponent, precision.unwrap_or(digits.len() - 1))
        }
        _ => general(number, precision),
    };
    let text = if style.is_ascii_uppercase() {
        text.to_ascii_uppercase()
    } else {
        text
    };
    format!("{sign}{text}")
}

/// Returns the digits and the decimal exponent of the first of them: so many digits, or as few as needed.
fn decimal(number: f64, digits: Option<usize>) -> (String, i32) {
    let text = match digits {
        Some(digits) => format!("{number:.*e}", digits.saturating_sub(1).min(MOST_DIGITS)),
        None => format!("{number:e}"),
    };
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (mantissa.replace('.', ""), exponent.parse().unwrap_or(0))
}

fn fixed(number: f64, precision: Option<usize>) -> String {
    let Some(precision) = precision else {
        return format!("{number}");
    };
    let mut text = format!("{number:.*}", precision.min(MOST_DIGITS));
    text.push_str(&"0".repeat(precision.saturating_sub(MOST_DIGITS)));
    text
}

fn scientific(digits: &str, exponent: i32, precision: usize) -> String {
    let (first, rest) = digits.split_at(1);
    let mut text = first.to_owned();
    if precision > 0 {
        let rest = rest.get(..precision).unwrap_or(rest);
        text.push('.');
        text.push_str(rest);
        text.push_str(&"0".repeat(precision - rest.len()));
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{text}e{sign}{:02}", exponent.unsigned_abs())
}

fn general(number: f64, precision: Option<usize>) -> String {
    let wanted = precision.map(|precision| precision.max(1));
    let (digits, exponent) = decimal(number, wanted);
    // Trailing zeros are no digits of `%g`.
    let digits = digits.trim_end_matches('0');
    let digits = if digits.is_empty() { "0" } else { digits };
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let point = if number == 0.0 { 0 } else { exponent + 1 };
    let threshold = match wanted {
        None => 6,
        Some(wanted) => {
            let wanted = i32::try_from(wanted).unwrap_or(i32::MAX);
            if wanted > count && count >= point {
                count
            } else {
                wanted
            }
        }
    };
    if exponent < -4 || exponent >= threshold {
        return scientific(digits, exponent, digits.len() - 1);
    }
    let mut text = String::new();
    if exponent < 0 {
        text.push_str("0.");
        text.push_str(&"0".repeat(usize::try_from(-exponent - 1).unwrap_or(0)));
        text.push_str(digits);
    } else {
        let whole = usize::try_from(exponent + 1).unwrap_or(1);
        text.push_str(digits.get(..whole).unwrap_or(digits));
        text.push_str(&"0".repeat(whole.saturating_sub(digits.len())));
        if let Some(fraction) = digits.get(whole..).filter(|fraction| !fraction.is_empty()) {
            text.push('.');
            text.push_str(fraction);
        }
    }
    text
}

/// Returns the 53 bits of the mantissa, and the exponent of the last of them.
fn parts(number: f64) -> (u64, i32) {
    let bits = number.to_bits();
    let mantissa = bits & ((1 << 52) - 1);
    let exponent = i32::try_from(bits >> 52).unwrap_or(0);
    if exponent == 0 {
        (mantissa, -1074)
    } else {
        (mantissa | 1 << 52, exponent - 1075)
    }
}

fn binary(number: f64) -> String {
    let (mantissa, exponent) = parts(number);
    format!("{mantissa}p{exponent:+}")
}

fn hexadecimal(number: f64, precision: Option<usize>) -> String {
    let (mantissa, last) = parts(number);
    // The first bit is brought to bit 60, with 15 hexadecimal digits behind it.
    let shift = if mantissa == 0 {
        0
    } else {
        mantissa.leading_zeros() - 3
    };
    let mut mantissa = mantissa << shift;
    let mut exponent = if mantissa == 0 {
        0
    } else {
        last + 60 - i32::try_from(shift).unwrap_or(0)
    };
    if let Some(precision @ 0..15) = precision {
        let kept = precision * 4;
        let extra = (mantissa << kept) & ((1 << 60) - 1);
        mantissa >>= 60 - kept;
        if extra | (mantissa & 1) > 1 << 59 {
            mantissa += 1;
        }
        mantissa <<= 60 - kept;
        if mantissa & (1 << 61) != 0 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    let mut text = format!("0x{}", mantissa >> 60);
    let fraction = format!("{:015x}", mantissa & ((1 << 60) - 1));
    let fraction = match precision {
        None => fraction.trim_end_matches('0').to_owned(),
        Some(precision) => match fraction.get(..precision) {
            Some(cut) => cut.to_owned(),
            None => fraction.clone() + &"0".repeat(precision - fraction.len()),
        },
    };
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(&fraction);
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{text}p{sign}{:02}", exponent.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_are_those_of_strconv() {
        for (number, style, precision, expected) in [
            (1e6, 'g', None, "1e+06"),
            (100_000.0, 'g', None, "100000"),
            (-0.0, 'g', None, "-0"),
            (123_456.789, 'g', Some(3), "1.23e+05"),
            (0.000_012_345, 'e', Some(2), "1.23e-05"),
            (2.5, 'f', Some(0), "2"),
            (3.5, 'f', Some(0), "4"),
            (1.5, 'x', None, "0x1.8p+00"),
            (1.999, 'x', Some(0), "0x1p+01"),
            (1.5, 'b', None, "6755399441055744p-52"),
            (5e-324, 'g', None, "5e-324"),
            (f64::INFINITY, 'g', None, "+Inf"),
            (f64::NAN, 'g', None, "NaN"),
        ] {
            assert_eq!(format_float(number, style, precision), expected);
        }
    }
}
