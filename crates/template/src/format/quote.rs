//! Go's quoted strings.

use std::fmt::Write;

use crate::unicode::is_print;

/// Returns a Go literal of the text, as `strconv.Quote` and (with another quote) `strconv.QuoteRune` make it.
pub(super) fn quote(text: &[u8], quote: char, only_ascii: bool) -> Vec<u8> {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            push(&mut out, c, quote, only_ascii);
        }
        for byte in chunk.invalid() {
            // A String takes everything.
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out.push(quote);
    out.into_bytes()
}

fn push(out: &mut String, c: char, quote: char, only_ascii: bool) {
    if c == quote || c == '\\' {
        out.push('\\');
        out.push(c);
        return;
    }
    if is_print(c) && (c.is_ascii() || !only_ascii) {
        out.push(c);
        return;
    }
    match c {
        '\x07' => out.push_str("\\a"),
        '\x08' => out.push_str("\\b"),
        '\x0c' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\x0b' => out.push_str("\\v"),
        _ => {
            let code = u32::from(c);
            let _ = match code {
                0..=0x1f | 0x7f => write!(out, "\\x{code:02x}"),
                0..=0xffff => write!(out, "\\u{code:04x}"),
                _ => write!(out, "\\U{code:08x}"),
            };
        }
    }
}

/// Returns whether the text can stand between backquotes, as `strconv.CanBackquote` says.
pub(super) fn can_backquote(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| {
        !text.contains(|c| matches!(c, '\0'..='\x08' | '\n'..='\x1f' | '`' | '\x7f' | '\u{feff}'))
    })
}
