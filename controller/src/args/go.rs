//! Values of flags as Go's `strconv` and `net` read them, since upstream's flags are such values.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::time::Duration;

use crate::duration;

/// Returns the truth value that Go's `strconv.ParseBool` reads.
pub(super) fn boolean(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err("must be `true` or `false`".to_owned()),
    }
}

/// Returns the number that Go's `strconv.ParseInt` with base 0 reads: `0x`, `0o`, `0b` and a leading 0 name a base,
/// underscores may stand between digits.
pub(super) fn integer(text: &str) -> Result<i64, String> {
    let refused = || "must be a whole number such as `5`".to_owned();
    let (sign, digits) = match text.as_bytes().first() {
        Some(b'-') => ("-", &text[1..]),
        Some(b'+') => ("", &text[1..]),
        _ => ("", text),
    };
    let lower = digits.to_ascii_lowercase();
    let (base, digits) = match lower.get(..2) {
        Some("0x") => (16, &lower[2..]),
        Some("0b") => (2, &lower[2..]),
        Some("0o") => (8, &lower[2..]),
        _ if lower.len() > 1 && lower.starts_with('0') => (8, &lower[1..]),
        _ => (10, lower.as_str()),
    };
    // After a base an underscore may follow at once; twice in a row, at the end or without a base never.
    let misplaced = digits.contains("__") || digits.ends_with('_') || (base == 10 && digits.contains('_'));
    let digits = digits.replace('_', "");
    if misplaced || digits.is_empty() || digits.starts_with(['+', '-']) {
        return Err(refused());
    }
    i64::from_str_radix(&format!("{sign}{digits}"), base).map_err(|_| refused())
}

/// Returns a whole number of at least 1.
pub(super) fn at_least_one(text: &str) -> Result<i64, String> {
    integer(text).and_then(|number| match number {
        1.. => Ok(number),
        _ => Err("must be at least 1".to_owned()),
    })
}

/// Returns a whole number that isn't negative.
pub(super) fn not_negative(text: &str) -> Result<u32, String> {
    let number = integer(text)?;
    u32::try_from(number).map_err(|_| "must not be negative, nor above 4294967295".to_owned())
}

/// Returns the number of 32 bits that Go's `strconv.ParseFloat` reads, without those that are no number.
pub(super) fn float(text: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err("must be a number such as `5` or `-1`".to_owned()),
    }
}

/// Returns a duration that isn't nothing.
pub(super) fn positive_duration(text: &str) -> Result<Duration, String> {
    let duration = duration::parse(text)?;
    if duration.is_zero() {
        Err("must be longer than nothing".to_owned())
    } else {
        Ok(duration)
    }
}

/// Returns how long something may take; Go's HTTP server takes 0 and what is negative for no limit, which is
/// [`Duration::MAX`] here.
pub(super) fn limit(text: &str) -> Result<Duration, String> {
    let negative = text.strip_prefix('-');
    let duration = duration::parse(negative.unwrap_or(text))?;
    if negative.is_some() || duration.is_zero() {
        Ok(Duration::MAX)
    } else {
        Ok(duration)
    }
}

/// Reads `host:port` as Go does, where an empty host means every address and a name is looked up.
pub(super) fn listen_address(text: &str) -> Result<SocketAddr, String> {
    let whole = if text.starts_with(':') {
        format!("[::]{text}")
    } else {
        text.to_owned()
    };
    if let Ok(address) = whole.parse() {
        return Ok(address);
    }
    let named = whole.to_socket_addrs().map(Vec::from_iter).unwrap_or_default();
    let (four, six): (Vec<SocketAddr>, Vec<_>) = named.into_iter().partition(SocketAddr::is_ipv4);
    four.into_iter()
        .chain(six)
        .next()
        .ok_or_else(|| "not an address and port such as `:8080` or `127.0.0.1:8080`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_read_as_go_reads_them() {
        for (text, number) in [
            ("5", 5),
            ("-1", -1),
            ("+7", 7),
            ("0", 0),
            ("0x1F", 31),
            ("0b101", 5),
            ("0o17", 15),
            ("017", 15),
            ("0x_ff", 255),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
        ] {
            assert_eq!(integer(text), Ok(number), "{text}");
        }
        for text in [
            "",
            "-",
            "+",
            "five",
            "1_000",
            "0x",
            "08",
            "1.5",
            " 1",
            "--1",
            "0x1__2",
            "9223372036854775808",
        ] {
            assert!(integer(text).is_err(), "{text}");
        }
    }

    #[test]
    fn truth_values_are_those_of_go() {
        for text in ["1", "t", "T", "true", "TRUE", "True"] {
            assert_eq!(boolean(text), Ok(true), "{text}");
        }
        for text in ["0", "f", "F", "false", "FALSE", "False"] {
            assert_eq!(boolean(text), Ok(false), "{text}");
        }
        for text in ["", "yes", "tRUE", "2", " true"] {
            assert!(boolean(text).is_err(), "{text}");
        }
    }

    #[test]
    fn no_time_means_no_limit() {
        assert_eq!(limit("0"), Ok(Duration::MAX));
        assert_eq!(limit("-5s"), Ok(Duration::MAX));
        assert_eq!(limit("90s"), Ok(Duration::from_secs(90)));
        assert!(limit("soon").is_err());
    }

    #[test]
    fn addresses_may_leave_out_the_host_or_name_it() {
        assert_eq!(listen_address(":8080"), Ok("[::]:8080".parse().unwrap()));
        assert_eq!(listen_address("127.0.0.1:1"), Ok("127.0.0.1:1".parse().unwrap()));
        assert_eq!(listen_address("localhost:1").map(|address| address.port()), Ok(1));
        for bad in ["", "8080", ":", ":port:", "127.0.0.1", "127.0.0.1:70000"] {
            assert!(listen_address(bad).is_err(), "{bad}");
        }
    }
}
