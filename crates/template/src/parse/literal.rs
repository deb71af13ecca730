//! Go's literals of strings and characters.

/// Returns what a quoted or raw string literal stands for; none when an escape is not one of Go's.
pub(super) fn unquote(literal: &str) -> Option<Vec<u8>> {
    if let Some(raw) = literal.strip_prefix('`') {
        // Go drops carriage returns from raw strings.
        return Some(
            raw.strip_suffix('`')?
                .bytes()
                .filter(|&byte| byte != b'\r')
                .collect(),
        );
    }
    let mut rest = literal.strip_prefix('"')?.strip_suffix('"')?;
    let mut bytes = Vec::with_capacity(rest.len());
    while !rest.is_empty() {
        let (unit, tail) = unquote_char(rest, '"')?;
        match unit {
            Unit::Char(c) => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            Unit::Byte(byte) => bytes.push(byte),
        }
        rest = tail;
    }
    Some(bytes)
}

/// Returns the number that a character constant stands for.
pub(super) fn unquote_rune(literal: &str) -> Option<u32> {
    let (unit, tail) = unquote_char(literal.strip_prefix('\'')?, '\'')?;
    if tail != "'" {
        return None;
    }
    Some(match unit {
        Unit::Char(c) => u32::from(c),
        Unit::Byte(byte) => u32::from(byte),
    })
}

/// What one character of a literal stands for.
enum Unit {
    Char(char),
    Byte(u8),
}

fn unquote_char(text: &str, quote: char) -> Option<(Unit, &str)> {
    let mut chars = text.chars();
    let first = chars.next()?;
    if first == quote {
        return None;
    }
    if first != '\\' {
        return Some((Unit::Char(first), chars.as_str()));
    }
    let escape = chars.next()?;
    let rest = chars.as_str();
    let simple = |c| Some((Unit::Char(c), rest));
    match escape {
        'a' => simple('\x07'),
        'b' => simple('\x08'),
        'f' => simple('\x0c'),
        'n' => simple('\n'),
        'r' => simple('\r'),
        't' => simple('\t'),
        'v' => simple('\x0b'),
        '\\' => simple('\\'),
        '\'' | '"' if escape == quote => simple(escape),
        'x' => {
            let (value, rest) = digits(rest, 2, 16)?;
            Some((Unit::Byte(u8::try_from(value).ok()?), rest))
        }
        'u' | 'U' => {
            let (value, rest) = digits(rest, if escape == 'u' { 4 } else { 8 }, 16)?;
            Some((Unit::Char(char::from_u32(value)?), rest))
        }
        '0'..='7' => {
            let (value, rest) = digits(text.get(1..)?, 3, 8)?;
            Some((Unit::Byte(u8::try_from(value).ok()?), rest))
        }
        _ => None,
    }
}

/// Reads exactly `count` digits.
fn digits(text: &str, count: usize, radix: u32) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(count)?;
    let mut value: u32 = 0;
    for digit in digits.chars() {
        value = value.checked_mul(radix)?.checked_add(digit.to_digit(radix)?)?;
    }
    Some((value, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_stand_for_what_they_stand_for_in_go() {
        assert_eq!(
            unquote(r#""a\n\x41\101\u00e4\xff\"""#),
            Some(b"a\nAA\xc3\xa4\xff\"".to_vec())
        );
        assert_eq!(unquote("`a\r\n\\n`"), Some(b"a\n\\n".to_vec()));
        assert_eq!(unquote_rune(r"'\''"), Some(39));
        assert_eq!(unquote_rune("'ä'"), Some(228));
    }

    #[test]
    fn what_is_no_escape_in_go_is_refused() {
        for literal in [
            r#""\'""#,
            r#""\q""#,
            r#""\x4""#,
            r#""\ud800""#,
            r#""\400""#,
            r#""\U00110000""#,
        ] {
            assert_eq!(unquote(literal), None, "{literal}");
        }
        for literal in ["''", "'ab'", r#"'\"'"#] {
            assert_eq!(unquote_rune(literal), None, "{literal}");
        }
    }
}
