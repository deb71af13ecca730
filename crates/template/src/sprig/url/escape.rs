//! Percent encoding.

/// The part of a URL that something is in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Path,
    Host,
    Zone,
    User,
    Fragment,
}

/// Returns the text with `%XX` for what may not stand in that part: at most three times as long.
pub(super) fn escape(text: &[u8], part: Part) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &byte in text {
        if stands(byte, part) {
            out.push(byte);
        } else {
            out.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    out
}

/// Returns the text with `%XX` replaced by that byte; none when something may not stand so in that part.
pub(super) fn unescape(text: &[u8], part: Part) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first != b'%' {
            if matches!(part, Part::Host | Part::Zone) && first.is_ascii() && !stands(first, part) {
                return None;
            }
            out.push(first);
            continue;
        }
        let (digits, after) = rest.split_at_checked(2)?;
        rest = after;
        let byte = digits.iter().try_fold(0, |byte, &digit| {
            Some(byte * 16 + char::from(digit).to_digit(16)?)
        })?;
        let byte = u8::try_from(byte).ok()?;
        // RFC 3986: in a host only what is not ASCII; RFC 6874: `%25` begins a zone.
        let allowed = match part {
            Part::Host => byte >= 0x80 || byte == b'%',
            Part::Zone => byte == b'%' || byte == b' ' || stands(byte, Part::Host),
            _ => true,
        };
        if !allowed {
            return None;
        }
        out.push(byte);
    }
    Some(out)
}

/// Returns whether it is a valid encoding for that part: nothing in it needs to be escaped.
pub(super) fn is_escaped(text: &[u8], part: Part) -> bool {
    text.iter()
        .all(|&byte| b"!$&'()*+,;=:@[]%".contains(&byte) || stands(byte, part))
}

/// Returns whether a byte may stand in that part as it is.
fn stands(byte: u8, part: Part) -> bool {
    if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
        return true;
    }
    match part {
        Part::Path => b"$&+,/:;=@".contains(&byte),
        Part::Host | Part::Zone => b"!$&'()*+,;=:[]<>\"".contains(&byte),
        Part::User => b"$&+,;=".contains(&byte),
        Part::Fragment => b"$&+,/:;=?@!()*".contains(&byte),
    }
}
