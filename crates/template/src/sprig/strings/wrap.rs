//! Lines: wrapping, indenting, and texts around texts.

use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::sprig::cost;
use crate::value::Value;

const INT: Param = Param::Int;
const STRING: Param = Param::String;

/// The functions that lay out lines.
pub(crate) const TABLE: &[Function] = &[
    Function::new("wrap", &[INT, STRING], |call, args| {
        wrapped(call, args.int(0)?, b"\n", false, args.text(1)?)
    }),
    Function::new("wrapWith", &[INT, STRING, STRING], |call, args| {
        let separator = args.text(1)?;
        let separator = if separator.is_empty() {
            &b"\n"[..]
        } else {
            separator
        };
        wrapped(call, args.int(0)?, separator, true, args.text(2)?)
    }),
    Function::new("indent", &[INT, STRING], |call, args| indented(call, args, b"")),
    Function::new("nindent", &[INT, STRING], |call, args| {
        indented(call, args, b"\n")
    }),
    Function::new("repeat", &[INT, STRING], |call, args| {
        let text = args.text(1)?;
        let count = usize::try_from(args.int(0)?).map_err(|_| NEGATIVE)?;
        cost::make(call, text.len().saturating_mul(count))?;
        call.string(text.repeat(count))
    }),
];

/// Go's `strings.Repeat` panics.
const NEGATIVE: Failure = Failure::Refused("takes no negative count");

fn wrapped(
    call: &mut Call<'_>,
    width: i64,
    separator: &[u8],
    break_words: bool,
    text: &[u8],
) -> Result<Value, Failure> {
    let width = usize::try_from(width).unwrap_or_default().max(1);
    // Two lines that follow each other have more than `width` bytes together.
    let breaks = 2 * (text.len() / width) + 2;
    cost::make(
        call,
        text.len().saturating_add(breaks.saturating_mul(separator.len())),
    )?;
    call.string(wrap(text, width, separator, break_words))
}

/// Returns the text with the separator in place of the last space before each `width` bytes.
fn wrap(text: &[u8], width: usize, separator: &[u8], break_words: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while rest.len() > width {
        if let Some(after) = rest.strip_prefix(b" ") {
            rest = after;
            continue;
        }
        let space = rest[..=width].iter().rposition(|&byte| byte == b' ');
        let space = match space {
            None if break_words => {
                out.extend_from_slice(&rest[..width]);
                out.extend_from_slice(separator);
                rest = &rest[width..];
                continue;
            }
            None => rest[width..]
                .iter()
                .position(|&byte| byte == b' ')
                .map(|index| width + index),
            found => found,
        };
        let Some(space) = space else {
            out.extend_from_slice(rest);
            return out;
        };
        out.extend_from_slice(&rest[..space]);
        out.extend_from_slice(separator);
        rest = &rest[space + 1..];
    }
    out.extend_from_slice(rest);
    out
}

fn indented(call: &mut Call<'_>, args: &Args<'_>, first: &[u8]) -> Result<Value, Failure> {
    let text = args.text(1)?;
    let spaces = usize::try_from(args.int(0)?).map_err(|_| NEGATIVE)?;
    cost::scan(call, text.len())?;
    let lines = 1 + memchr::memchr_iter(b'\n', text).count();
    let size = spaces
        .saturating_mul(lines)
        .saturating_add(text.len() + first.len());
    cost::make(call, size)?;
    let pad = vec![b' '; spaces];
    let mut out = Vec::with_capacity(size);
    out.extend_from_slice(first);
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        out.extend_from_slice(&pad);
        out.extend_from_slice(line);
    }
    if text.is_empty() || text.ends_with(b"\n") {
        out.extend_from_slice(&pad);
    }
    call.string(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces_and_long_words_only_when_asked() {
        for (width, long, text, want) in [
            (5, false, "hello world foo", "hello\nworld\nfoo"),
            (3, false, "abcdefgh ij", "abcdefgh\nij"),
            (3, true, "abcdefgh ij", "abc\ndef\ngh\nij"),
            (3, false, "  ab   cd", "ab \n cd"),
            (1, false, "", ""),
        ] {
            assert_eq!(
                String::from_utf8(wrap(text.as_bytes(), width, b"\n", long)).unwrap(),
                want,
                "{text}"
            );
        }
    }
}
