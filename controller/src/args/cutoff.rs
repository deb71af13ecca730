//! A moment as Go's `time.RFC1123Z` writes it.

use jiff::Timestamp;

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The moment before which the newest key must not have been made; none when the flag is empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Cutoff(pub(crate) Option<Timestamp>);

/// Reads `Mon, 02 Jan 2006 15:04:05 -0700`. As in Go the weekday need not be that of the date.
///
/// # Errors
/// Any other text, such as one with the name of a zone.
pub(super) fn cutoff(text: &str) -> Result<Cutoff, String> {
    if text.is_empty() {
        return Ok(Cutoff(None));
    }
    let refused =
        || "not a date of RFC 1123 with a numeric zone, such as `Mon, 02 Jan 2006 15:04:05 -0700`".to_owned();
    let (weekday, date) = text.split_once(", ").ok_or_else(refused)?;
    if !WEEKDAYS.contains(&weekday.to_ascii_lowercase().as_str()) {
        return Err(refused());
    }
    let moment = Timestamp::strptime("%d %b %Y %H:%M:%S %z", date).map_err(|_| refused())?;
    Ok(Cutoff(Some(moment)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cutoff_is_a_date_of_rfc_1123_with_a_numeric_zone() {
        for (text, expected) in [
            ("Mon, 02 Jan 2006 15:04:05 -0700", "2006-01-02T22:04:05Z"),
            ("Sun, 02 Jan 2006 15:04:05 +0000", "2006-01-02T15:04:05Z"),
            ("Thu, 26 Nov 2026 00:00:00 +0130", "2026-11-25T22:30:00Z"),
        ] {
            assert_eq!(
                cutoff(text),
                Ok(Cutoff(Some(expected.parse().unwrap()))),
                "{text}"
            );
        }
        assert_eq!(cutoff(""), Ok(Cutoff(None)));
    }

    #[test]
    fn any_other_text_is_refused() {
        for bad in [
            "soon",
            "2026-11-25T22:30:00Z",
            "Mon, 02 Jan 2006 15:04:05 GMT",
            "Mon, 32 Jan 2006 15:04:05 +0000",
            "Day, 02 Jan 2006 15:04:05 +0000",
            "Mon, 02 Jan 2006 15:04:05",
            "Mon, 02 Jan 2006 15:04:05 +0000 ",
        ] {
            let error = cutoff(bad).unwrap_err();
            assert!(error.contains("RFC 1123"), "{bad}");
        }
    }
}
