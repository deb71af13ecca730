//! Values as the server prints them for a type.

use schema::ir::Expr;

use super::{is_expression, quote};
use crate::lexer::{Token, literal_value, tokens};
use crate::lower::types::{Kind, base, kind, numbers};

/// Returns what people declare for another type than a text as a literal, if it is one.
pub(super) fn declared(type_: &str, text: &str) -> Option<Expr> {
    let quoted = match tokens(text).ok().as_deref() {
        Some([Token::Literal(literal)]) => literal_value(literal),
        _ => None,
    };
    let value = quoted.as_deref().unwrap_or(text);
    let literal = match kind(type_) {
        Kind::Integer | Kind::Decimal | Kind::Float | Kind::Year => match value.to_ascii_lowercase().as_str()
        {
            "true" => number(type_, "1")?,
            "false" => number(type_, "0")?,
            _ => number(type_, value)?,
        },
        Kind::Bit => match value.parse::<u64>() {
            Ok(number) => format!("b'{number:b}'"),
            Err(_) => bits(value)?,
        },
        Kind::Json => {
            // A JSON string is a literal with or without SQL's quotes around it.
            let json = serde_json::from_str::<serde_json::Value>(value).is_ok();
            json.then(|| quote::literal(value))?
        }
        Kind::Date | Kind::Time | Kind::DateTime => {
            (quoted.is_some() || !is_expression(text)).then(|| of(type_, value))?
        }
        Kind::Other if quoted.is_some() || !is_expression(text) => quote::literal(value),
        _ => return None,
    };
    Some(Expr::new(literal))
}

/// Returns a value as a literal of that type.
pub(super) fn of(type_: &str, value: &str) -> String {
    match kind(type_) {
        Kind::Integer | Kind::Decimal | Kind::Float | Kind::Year => {
            number(type_, value).unwrap_or_else(|| quote::literal(value))
        }
        Kind::Bit => bits(value).unwrap_or_else(|| quote::literal(value)),
        // A fixed length is filled up with zero bytes, which the catalog shows or not.
        Kind::Binary if base(type_) == "binary" => quote::literal(value.trim_end_matches('\0')),
        Kind::DateTime => {
            quote::literal(&date_time(value, digits(type_)).unwrap_or_else(|| value.to_owned()))
        }
        Kind::Time => quote::literal(&time(value, digits(type_)).unwrap_or_else(|| value.to_owned())),
        _ => quote::literal(value),
    }
}

fn digits(type_: &str) -> usize {
    numbers(type_)
        .first()
        .and_then(|digits| usize::try_from(*digits).ok())
        .unwrap_or_default()
}

/// Returns a bit string without zeros in front, from `b'0101'`, `0b0101` or `x'05'`.
pub(super) fn bits(text: &str) -> Option<String> {
    let lower = text.trim().to_ascii_lowercase();
    let digits = lower
        .strip_prefix("b'")
        .and_then(|rest| rest.strip_suffix('\''))
        .or_else(|| lower.strip_prefix("0b"))?;
    if digits.is_empty() || !digits.bytes().all(|byte| matches!(byte, b'0' | b'1')) {
        return None;
    }
    let bare = digits.trim_start_matches('0');
    Some(format!("b'{}'", if bare.is_empty() { "0" } else { bare }))
}

/// Returns the bytes of hexadecimal digits.
pub(super) fn unhex(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| {
            u8::from_str_radix(std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?, 16).ok()
        })
        .collect()
}

/// Returns a number as the server prints it for a number type: whole, with as many decimals as the type has, or as
/// short as it can be. `None` if it is no number.
pub(super) fn number(type_: &str, text: &str) -> Option<String> {
    let text: String = text.split_ascii_whitespace().collect();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(&text)),
    };
    let scale = match (kind(type_), numbers(type_).as_slice()) {
        (Kind::Decimal | Kind::Float, [_, scale]) => Some(usize::try_from(*scale).ok()?),
        (Kind::Float, _) => None,
        _ => Some(0),
    };
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_plain = plain(whole) && plain(fraction) && whole.len() + fraction.len() > 0;
    let magnitude = match scale {
        Some(scale) if is_plain => rounded(whole, fraction, scale),
        Some(_) => return None,
        None => float(base(type_), digits)?,
    };
    let zero = magnitude.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    Some(if negative && !zero {
        format!("-{magnitude}")
    } else {
        magnitude
    })
}

/// Rounds half away from zero, as the server does with exact numbers (MySQL manual, Rounding Behavior).
fn rounded(whole: &str, fraction: &str, scale: usize) -> String {
    let mut digits: Vec<u8> = format!("0{whole}{fraction:0<scale$}").into_bytes();
    let kept = 1 + whole.len() + scale;
    let up = digits.get(kept).is_some_and(|next| *next >= b'5');
    digits.truncate(kept);
    if up {
        for digit in digits.iter_mut().rev() {
            if *digit < b'9' {
                *digit += 1;
                break;
            }
            *digit = b'0';
        }
    }
    let text: String = digits.iter().map(|digit| char::from(*digit)).collect();
    let (whole, fraction) = text.split_at(text.len() - scale);
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    if scale == 0 {
        whole.to_owned()
    } else {
        format!("{whole}.{fraction}")
    }
}

/// The shortest text of a floating-point number, with an exponent where the server has one (from 15 digits on).
fn float(base: &str, digits: &str) -> Option<String> {
    if !digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    let value: f64 = digits.parse().ok()?;
    if !value.is_finite() {
        return None;
    }
    let usual = value == 0.0 || (1e-4..1e15).contains(&value);
    Some(match (base, usual) {
        ("float", true) => digits.parse::<f32>().ok()?.to_string(),
        (_, true) => value.to_string(),
        (_, false) => format!("{value:e}"),
    })
}

fn date_time(text: &str, digits: usize) -> Option<String> {
    let (day, moment) = match text.split_once(['T', 't', ' ']) {
        Some((day, moment)) => (day, time(moment.trim(), digits)?),
        None => (text, time("00:00:00", digits)?),
    };
    let parts: Vec<&str> = day.split('-').collect();
    let good = matches!(parts.as_slice(), [year, month, day] if [(year, 4), (month, 2), (day, 2)]
        .iter().all(|(part, length)| part.len() == *length && part.bytes().all(|byte| byte.is_ascii_digit())));
    good.then(|| format!("{day} {moment}"))
}

fn time(text: &str, digits: usize) -> Option<String> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
    let parts: Vec<&str> = clock.strip_prefix('-').unwrap_or(clock).split(':').collect();
    let number = |part: &&str| part.len() >= 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !(2..=3).contains(&parts.len()) || !parts.iter().all(number) || fraction.len() > digits {
        return None;
    }
    let seconds = if parts.len() == 2 { ":00" } else { "" };
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        None
    } else if digits == 0 {
        Some(format!("{clock}{seconds}"))
    } else {
        Some(format!("{clock}{seconds}.{fraction:0<digits$}"))
    }
}
