//! A ciphertext on several lines: what is content and what is layout.

use std::ops::Range;

use crate::yaml::tree::Style;

/// Characters of content with no layout between them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// Bytes of the source.
    pub(super) range: Range<usize>,
    /// Characters of the value; an escaped one is longer in the source.
    len: usize,
}

/// Returns whether a character belongs to base64.
pub(super) fn is_base64(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=')
}

/// Returns whether a value is a ciphertext, on one line or several: then all that isn't base64 in its source is layout.
pub(super) fn is_ciphertext(value: &str) -> bool {
    value.contains(is_base64) && value.chars().all(|c| is_base64(c) || matches!(c, '\r' | '\n'))
}

/// Returns the content of a scalar's source, which is that of a ciphertext.
pub(super) fn runs(source: &str, style: Style) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut at = 0;
    while let Some(c) = source.get(at..).and_then(|rest| rest.chars().next()) {
        let (len, is_content) = match c {
            '\\' if style == Style::Double => escape(source.get(at..).unwrap_or_default()),
            _ => (c.len_utf8(), is_base64(c)),
        };
        let end = (at + len).min(source.len());
        if is_content {
            match runs.last_mut() {
                Some(run) if run.range.end == at => {
                    run.range.end = end;
                    run.len += 1;
                }
                _ => runs.push(Run {
                    range: at..end,
                    len: 1,
                }),
            }
        }
        at = end;
    }
    runs
}

/// Returns the length of an escape sequence, and whether it stands for content.
fn escape(source: &str) -> (usize, bool) {
    let digits = match source.as_bytes().get(1) {
        Some(b'x') => 2,
        Some(b'u') => 4,
        Some(b'U') => 8,
        Some(b'/') => return (2, true),
        // A line break, escaped or in letters.
        _ => return (2, false),
    };
    let code = source
        .get(2..2 + digits)
        .and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let is_content = code.and_then(char::from_u32).is_some_and(is_base64);
    (2 + digits, is_content)
}

/// Returns a source from its first run to its last, with another content in the same lines.
///
/// As many characters as before fill the runs exactly. More or fewer are wrapped at the width that the lines have.
pub(super) fn refill(source: &str, runs: &[Run], content: &str) -> String {
    let between = |index: usize| {
        let pair = runs.get(index).zip(runs.get(index + 1));
        pair.and_then(|(one, next)| source.get(one.range.end..next.range.start))
    };
    let is_exact = runs.iter().map(|run| run.len).sum::<usize>() == content.len();
    let widest = runs.iter().map(|run| run.len).max().unwrap_or_default();
    let last_between = runs.len().checked_sub(2).and_then(between);
    if runs.len() < 2 {
        return content.to_owned();
    }
    let mut filled = String::with_capacity(content.len() * 2);
    let mut rest = content;
    for index in 0.. {
        let width = match runs.get(index) {
            Some(run) if is_exact => run.len,
            _ => widest,
        };
        // Content is ASCII.
        let (line, after) = rest.split_at(width.min(rest.len()));
        filled.push_str(line);
        rest = after;
        if rest.is_empty() {
            break;
        }
        filled.push_str(between(index).or(last_between).unwrap_or_default());
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, style: Style, content: &str, expected: &str) {
        let runs = runs(source, style);
        assert_eq!(refill(source, &runs, content), expected);
    }

    #[test]
    fn as_many_characters_fill_the_lines_as_they_were() {
        check(
            "aaaa\n  aa\n  aaa\n",
            Style::Literal,
            "123456789",
            "1234\n  56\n  789",
        );
        check(r"aaa\naa\r\na", Style::Double, "123456", r"123\n45\r\n6");
        check("aa\\\r\n   aa", Style::Double, "1234", "12\\\r\n   34");
    }

    #[test]
    fn other_lengths_wrap_at_the_width_of_the_lines() {
        check("aaaa\n  aa\n", Style::Literal, "1234567890", "1234\n  5678\n  90");
        check("aaaa\n  aaaa\n  a", Style::Literal, "123", "123");
        check("aaaa", Style::Plain, "1234567890", "1234567890");
    }

    #[test]
    fn an_escaped_character_is_one_of_content() {
        assert_eq!(runs(r#""a\/\x2b\u002B\U0000003d""#, Style::Double)[0].len, 5);
        assert_eq!(runs(r#""a\x0aa\ta""#, Style::Double).len(), 3);
        check(r#""a\/b""#, Style::Double, "123", "123");
    }
}
