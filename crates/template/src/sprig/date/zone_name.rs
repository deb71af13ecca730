//! Abbreviations of time zones in texts: what looks like one, and what it says.

/// Returns how long the abbreviation is that a text begins with, if it begins with what Go takes for one.
pub(super) fn length(text: &[u8]) -> Option<usize> {
    if text.len() < 3 {
        return None;
    }
    if text.starts_with(b"ChST") || text.starts_with(b"MeST") {
        return Some(4);
    }
    if let Some(rest) = text.strip_prefix(b"GMT") {
        return Some(3 + signed_offset(rest));
    }
    if matches!(text.first(), Some(b'+' | b'-')) {
        return Some(signed_offset(text)).filter(|length| *length > 0);
    }
    let letters = text
        .iter()
        .take(6)
        .take_while(|byte| byte.is_ascii_uppercase())
        .count();
    let fits = match letters {
        3 => true,
        4 => text.get(3) == Some(&b'T') || text.starts_with(b"WITA"),
        5 => text.get(4) == Some(&b'T'),
        _ => false,
    };
    fits.then_some(letters)
}

/// Returns the seconds east of UTC that an abbreviation says: only `GMT+3` and its like say any.
pub(super) fn offset(name: &[u8]) -> i64 {
    let hours = name.strip_prefix(b"GMT").filter(|hours| !hours.is_empty());
    let hours = hours.and_then(|hours| std::str::from_utf8(hours).ok()?.parse().ok());
    hours.map_or(0, |hours: i64| hours * 3600)
}

/// Returns how long the number of hours is that a text begins with, at most 23 in either direction; else 0.
fn signed_offset(text: &[u8]) -> usize {
    let Some((b'+' | b'-', rest)) = text.split_first() else {
        return 0;
    };
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, _) = rest.split_at(count);
    let hours = digits.iter().fold(0_u64, |sum, digit| {
        sum.saturating_mul(10).saturating_add(u64::from(digit - b'0'))
    });
    if count == 0 || hours > 23 { 0 } else { count + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_looks_like_a_zone_is_one() {
        for (text, expected) in [
            ("CET x", Some(3)),
            ("CEST", Some(4)),
            ("ABCD", None),
            ("WITA", Some(4)),
            ("GMT+3", Some(5)),
            ("GMT+33", Some(3)),
            ("+03", Some(3)),
            ("+", None),
            ("+xx", None),
            ("ABCDEF", None),
            ("ab", None),
        ] {
            assert_eq!(length(text.as_bytes()), expected, "{text}");
        }
        assert_eq!(
            (offset(b"GMT-8"), offset(b"PST"), offset(b"GMT")),
            (-28_800, 0, 0)
        );
    }
}
