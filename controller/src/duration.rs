//! Durations as Go's `time.ParseDuration` reads them, since upstream's flags are such durations.

use std::time::Duration;

const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// Returns the duration that a text such as `720h`, `1h30m` or `1.5s` means.
///
/// # Errors
/// A text that Go would refuse, a negative duration, and one above Go's limit of about 292 years.
/// The error says what was expected, and is meant to follow the flag's name.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let refused = || format!("`{text}` is not a duration such as `720h` or `1h30m`");
    if text.starts_with('-') {
        return Err(format!("`{text}` is negative"));
    }
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest == "0" {
        return Ok(Duration::ZERO);
    }
    if rest.is_empty() {
        return Err(refused());
    }
    let mut nanos: u128 = 0;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        let letters = after
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        let scale = UNITS
            .iter()
            .find(|(name, _)| *name == unit)
            .map(|(_, scale)| *scale)
            .ok_or_else(refused)?;
        nanos = nanos.saturating_add(scaled(number, scale).ok_or_else(refused)?);
        rest = after;
    }
    let nanos = i64::try_from(nanos).map_err(|_| format!("`{text}` is longer than 292 years"))?;
    Ok(Duration::from_nanos(nanos.unsigned_abs()))
}

/// Returns `number` times `scale`, cutting what is below a nanosecond.
fn scaled(number: &str, scale: u64) -> Option<u128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let whole: u128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let mut total = whole.checked_mul(u128::from(scale))?;
    let mut place = u128::from(scale);
    for digit in fraction.chars() {
        place /= 10;
        total += place * u128::from(digit.to_digit(10)?);
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_of_upstreams_documentation_are_read() {
        let hours = |h: u64| Duration::from_secs(h * 3600);
        for (text, expected) in [
            ("720h", hours(720)),
            ("87600h0m0s", hours(87_600)),
            ("1h30m", Duration::from_mins(90)),
            ("1.5s", Duration::from_millis(1500)),
            (".5m", Duration::from_secs(30)),
            ("0", Duration::ZERO),
            ("100us", Duration::from_micros(100)),
        ] {
            assert_eq!(parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_go_refuses_is_refused() {
        for text in [
            "",
            "5",
            "h",
            "1d",
            "1h 2m",
            "1.2.3s",
            ".s",
            "-1h",
            "+",
            "9999999999999h",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
