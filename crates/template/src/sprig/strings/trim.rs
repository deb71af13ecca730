//! What is cut off the ends of a text, or out of it.

use crate::failure::Failure;
use crate::function::{Function, Param};
use crate::sprig::{cost, unicode};

const INT: Param = Param::Int;
const STRING: Param = Param::String;

/// The functions that cut.
pub(crate) const TABLE: &[Function] = &[
    Function::new("trim", &[STRING], |call, args| {
        let text = args.text(0)?;
        cost::scan(call, text.len())?;
        call.string(trim(text, unicode::is_space))
    }),
    Function::new("trimall", &[STRING, STRING], |call, args| {
        let (set, text) = (args.text(0)?, args.text(1)?);
        cost::scan(call, set.len() + text.len())?;
        // Each character is looked up among those of the set.
        call.steps((set.len() / 64).saturating_mul(text.len() / 4) as u64)?;
        call.string(trim_all(set, text))
    }),
    Function::new("trimAll", &[STRING, STRING], |call, args| {
        let (set, text) = (args.text(0)?, args.text(1)?);
        cost::scan(call, set.len() + text.len())?;
        call.steps((set.len() / 64).saturating_mul(text.len() / 4) as u64)?;
        call.string(trim_all(set, text))
    }),
    Function::new("trimSuffix", &[STRING, STRING], |call, args| {
        let text = args.text(1)?;
        cost::make(call, args.text(0)?.len().max(text.len()))?;
        call.string(text.strip_suffix(&**args.text(0)?).unwrap_or(text))
    }),
    Function::new("trimPrefix", &[STRING, STRING], |call, args| {
        let text = args.text(1)?;
        cost::make(call, args.text(0)?.len().max(text.len()))?;
        call.string(text.strip_prefix(&**args.text(0)?).unwrap_or(text))
    }),
    Function::new("nospace", &[STRING], |call, args| {
        let text = args.text(0)?;
        cost::make(call, text.len() * 2)?;
        call.string(without_space(text))
    }),
    Function::new("initials", &[STRING], |call, args| {
        let text = args.text(0)?;
        cost::make(call, text.len() * 2)?;
        call.string(initials(text))
    }),
    Function::new("trunc", &[INT, STRING], |call, args| {
        call.string(truncate(args.int(0)?, args.text(1)?))
    }),
    Function::new("substr", &[INT, INT, STRING], |call, args| {
        call.string(substring(args.int(0)?, args.int(1)?, args.text(2)?)?)
    }),
    Function::new("abbrev", &[INT, STRING], |call, args| {
        let (width, text) = (args.int(0)?, args.text(1)?);
        call.string(if width < 4 {
            text.to_vec()
        } else {
            abbreviate(text, 0, size(width))
        })
    }),
    Function::new("abbrevboth", &[INT, INT, STRING], |call, args| {
        let (left, right, text) = (args.int(0)?, args.int(1)?, args.text(2)?);
        let plain = right < 4 || (left > 0 && right < 7);
        call.string(if plain {
            text.to_vec()
        } else {
            abbreviate(text, size(left), size(right))
        })
    }),
];

/// Cuts off the characters at both ends for which `cut` holds.
pub(crate) fn trim(text: &[u8], cut: impl Fn(char) -> bool) -> &[u8] {
    let mut text = text;
    while !text.is_empty() {
        let (first, width) = unicode::decode(text);
        if !cut(first) {
            break;
        }
        text = &text[width..];
    }
    while !text.is_empty() {
        let (last, width) = unicode::decode_last(text);
        if !cut(last) {
            break;
        }
        text = &text[..text.len() - width];
    }
    text
}

fn trim_all<'a>(set: &[u8], text: &'a [u8]) -> &'a [u8] {
    let set: Vec<char> = unicode::characters(set).map(|(character, _)| character).collect();
    trim(text, |character| set.contains(&character))
}

/// Takes the space out. As soon as there is some, each byte is read as Latin-1 and written as UTF-8, as upstream does.
fn without_space(text: &[u8]) -> Vec<u8> {
    let kept: Vec<u8> = text
        .iter()
        .copied()
        .filter(|&byte| !unicode::is_space(char::from(byte)))
        .collect();
    if kept.len() == text.len() {
        kept
    } else {
        latin1(&kept)
    }
}

/// Returns the first byte of each word, read as Latin-1, as upstream does.
fn initials(text: &[u8]) -> Vec<u8> {
    let mut gap = true;
    let mut kept = Vec::new();
    for &byte in text {
        if unicode::is_space(char::from(byte)) {
            gap = true;
        } else if std::mem::take(&mut gap) {
            kept.push(byte);
        }
    }
    latin1(&kept)
}

fn latin1(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for &byte in bytes {
        unicode::push(&mut out, char::from(byte));
    }
    out
}

/// Returns the first `count` bytes, or the last when it is negative.
fn truncate(count: i64, text: &[u8]) -> &[u8] {
    let size = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    if size >= text.len() {
        text
    } else if count < 0 {
        &text[text.len() - size..]
    } else {
        &text[..size]
    }
}

fn substring(start: i64, end: i64, text: &[u8]) -> Result<&[u8], Failure> {
    let at = |index: i64| usize::try_from(index).ok();
    let part = if start < 0 {
        at(end).and_then(|end| text.get(..end))
    } else {
        match at(end) {
            Some(end) if end <= text.len() => at(start).and_then(|start| text.get(start..end)),
            _ => at(start).and_then(|start| text.get(start..)),
        }
    };
    part.ok_or(Failure::Refused("has bounds outside the text"))
}

fn size(number: i64) -> usize {
    usize::try_from(number).unwrap_or_default()
}

/// Returns at most `width` bytes of the text around `offset`, with `...` where something was cut.
fn abbreviate(text: &[u8], offset: usize, width: usize) -> Vec<u8> {
    if text.len() <= width {
        return text.to_vec();
    }
    if width < 4 {
        return Vec::new();
    }
    // Shorter than the text from here on, so that nothing overflows.
    let kept = width - 3;
    let offset = offset.min(text.len() - kept);
    if offset <= 4 {
        return [&text[..kept], b"..."].concat();
    }
    if width < 7 {
        return Vec::new();
    }
    if offset + kept < text.len() {
        return [b"...", &*abbreviate(&text[offset..], 0, kept)].concat();
    }
    [b"...", &text[text.len() - kept..]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_abbreviated_on_either_side() {
        for (offset, width, want) in [
            (0, 9, "1234 5..."),
            (5, 10, "...5678..."),
            (20, 8, "... 9123"),
            (0, 14, "1234 5678 9123"),
            (9, 6, ""),
        ] {
            assert_eq!(
                abbreviate(b"1234 5678 9123", offset, width),
                want.as_bytes(),
                "{offset} {width}"
            );
        }
    }

    #[test]
    fn a_substring_has_bounds_in_the_text() {
        for (start, end, want) in [
            (0, 5, "hello"),
            (-1, 2, "he"),
            (3, -1, "lo"),
            (3, 99, "lo"),
            (5, 5, ""),
        ] {
            assert_eq!(
                substring(start, end, b"hello").unwrap(),
                want.as_bytes(),
                "{start} {end}"
            );
        }
        for (start, end) in [(3, 1), (9, -1), (-1, 9), (-1, -1)] {
            assert!(substring(start, end, b"hello").is_err(), "{start} {end}");
        }
    }

    #[test]
    fn bytes_are_taken_for_latin_1_only_when_there_is_space() {
        assert_eq!(without_space("é".as_bytes()), "é".as_bytes());
        assert_eq!(without_space("é x".as_bytes()), "Ã©x".as_bytes());
        assert_eq!(initials(b"First Try"), b"FT");
    }

    #[test]
    fn truncating_counts_from_either_end() {
        for (count, want) in [
            (2, "he"),
            (-2, "lo"),
            (0, ""),
            (9, "hello"),
            (-9, "hello"),
            (i64::MIN, "hello"),
        ] {
            assert_eq!(truncate(count, b"hello"), want.as_bytes(), "{count}");
        }
    }
}
