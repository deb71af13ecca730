//! How long a request may take, as kubectl's `--request-timeout` says it.

use std::time::Duration;

/// Reads seconds, or a duration of Go's (`1m30s`, `500ms`); nothing and 0 are no time of its own.
///
/// # Errors
/// client-go's message for anything else.
pub(crate) fn request_timeout(text: &str) -> Result<Option<Duration>, String> {
    let seconds = text.parse().ok().map(Duration::from_secs);
    let duration = match seconds {
        _ if text.is_empty() => Duration::ZERO,
        Some(duration) => duration,
        None => go_duration(text).ok_or_else(|| {
            "Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a \
             corresponding time unit (e.g. 1s | 2m | 3h)"
                .to_owned()
        })?,
    };
    Ok((!duration.is_zero()).then_some(duration))
}

/// `time.ParseDuration`, without negative ones.
fn go_duration(text: &str) -> Option<Duration> {
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest == "0" {
        return Some(Duration::ZERO);
    }
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(end);
        let number: f64 = number.parse().ok()?;
        // Longest first: `ms` is not `m`.
        let units = [
            ("ns", 1e-9),
            ("us", 1e-6),
            ("µs", 1e-6),
            ("ms", 1e-3),
            ("s", 1.0),
            ("m", 60.0),
            ("h", 3600.0),
        ];
        let (unit, seconds) = units.iter().find(|(unit, _)| after.starts_with(unit))?;
        total = total.checked_add(Duration::try_from_secs_f64(number * seconds).ok()?)?;
        rest = after.strip_prefix(unit)?;
    }
    (!text.is_empty()).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_seconds_or_has_units() {
        let check = |text, seconds: f64| {
            assert_eq!(
                request_timeout(text),
                Ok(Some(Duration::from_secs_f64(seconds))),
                "{text}"
            );
        };
        check("5", 5.0);
        check("1m30s", 90.0);
        check("500ms", 0.5);
        check("1.5h", 5400.0);
        for never in ["", "0", "0s"] {
            assert_eq!(request_timeout(never), Ok(None), "{never}");
        }
        for wrong in ["x", "1x", "-1s", "s", "5 s", "1e400s"] {
            assert!(request_timeout(wrong).is_err(), "{wrong}");
        }
    }
}
