//! Reads SQL into tokens.
//!
//! What people declare goes into DDL, so everything that this reader doesn't know is refused: comments, semicolons,
//! parameters, variables, open quotes. It reads as the pinned `sql_mode` of a session does: `"` opens a string, and a
//! backslash in a string escapes.

/// A token, with its text as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// A keyword or an identifier without quotes.
    Word(&'a str),
    /// An identifier in backquotes, with them.
    QuotedIdentifier(&'a str),
    /// A string, bit string or hexadecimal literal, with its quotes and prefix.
    Literal(&'a str),
    /// A number.
    Number(&'a str),
    /// An operator, or one of `.`, `,`.
    Operator(&'a str),
    /// An opening parenthesis.
    Open(&'a str),
    /// A closing parenthesis.
    Close(&'a str),
}

impl<'a> Token<'a> {
    /// Returns the text as it was written.
    pub(crate) fn text(&self) -> &'a str {
        match self {
            Self::Word(text)
            | Self::QuotedIdentifier(text)
            | Self::Literal(text)
            | Self::Number(text)
            | Self::Operator(text)
            | Self::Open(text)
            | Self::Close(text) => text,
        }
    }

    /// Returns the word in lower case, if it is one.
    pub(crate) fn word(&self) -> Option<String> {
        match self {
            Self::Word(text) => Some(text.to_ascii_lowercase()),
            _ => None,
        }
    }
}

const OPERATORS: &str = "+-*/<>=!~%^&|";

/// Returns the tokens of a text.
///
/// # Errors
/// What is not allowed in it: an open quote, a comment, a semicolon, a parameter, a character that begins no token.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token<'_>>, String> {
    Ok(spanned(text)?.into_iter().map(|(_, token)| token).collect())
}

/// Returns the tokens of a text, each with the place at which it begins.
///
/// # Errors
/// As [`tokens`].
pub(crate) fn spanned(text: &str) -> Result<Vec<(usize, Token<'_>)>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, tail) = rest.split_at(token_length(rest, first)?);
        let read = match first {
            '(' => Token::Open(token),
            ')' => Token::Close(token),
            '`' => Token::QuotedIdentifier(token),
            '\'' | '"' => Token::Literal(token),
            _ if token.ends_with('\'') => Token::Literal(token),
            _ if first.is_ascii_digit() || (first == '.' && token.len() > 1) => Token::Number(token),
            _ if is_word(first) => Token::Word(token),
            _ => Token::Operator(token),
        };
        tokens.push((text.len() - rest.len(), read));
        rest = tail.trim_start();
    }
    Ok(tokens)
}

fn token_length(rest: &str, first: char) -> Result<usize, String> {
    // The server takes `--` for a comment only before white space; no default needs it to be anything else.
    if rest.starts_with("--") || rest.starts_with("/*") || first == '#' {
        return Err("it holds a comment; leave the comment out".to_owned());
    }
    match first {
        '(' | ')' | ',' => Ok(1),
        '\0' => Err("it holds a NUL character".to_owned()),
        ';' => Err("it holds a `;`; a default is one expression".to_owned()),
        '?' | '@' => Err(format!(
            "it holds a `{first}`; a default can't have parameters or variables"
        )),
        '`' => quoted(rest, 0, '`', false),
        '\'' | '"' => quoted(rest, 0, first, true),
        '.' if !rest[1..].starts_with(|next: char| next.is_ascii_digit()) => Ok(1),
        '.' | '0'..='9' => Ok(number(rest)),
        _ if is_word(first) => word(rest),
        _ if OPERATORS.contains(first) => Ok(operator(rest)),
        _ => Err(format!(
            "`{}` begins nothing that SQL knows",
            first.escape_default()
        )),
    }
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '$') || !character.is_ascii()
}

/// A word, or a literal whose prefix looks like one: `b''`, `x''`, `n''`. A character set before a literal
/// (`_utf8mb4'x'`) is a word of its own.
fn word(rest: &str) -> Result<usize, String> {
    let mut start = rest.chars();
    if let (Some('b' | 'B' | 'x' | 'X' | 'n' | 'N'), Some('\'')) = (start.next(), start.next()) {
        return quoted(rest, 1, '\'', true);
    }
    Ok(rest.find(|next| !is_word(next)).unwrap_or(rest.len()))
}

fn quoted(rest: &str, prefix: usize, quote: char, escapes: bool) -> Result<usize, String> {
    let mut characters = rest[prefix + 1..].char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        if character == '\0' {
            return Err("it holds a NUL character".to_owned());
        } else if escapes && character == '\\' {
            characters.next();
        } else if character == quote {
            if characters.peek().is_some_and(|(_, next)| *next == quote) {
                characters.next();
            } else {
                return Ok(prefix + 1 + at + 1);
            }
        }
    }
    Err(format!("a {quote} is opened and not closed"))
}

/// A number, loosely: what follows it directly is taken in, and the server judges it.
fn number(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let exponent_sign = matches!(byte, b'+' | b'-')
            && at > 0
            && matches!(bytes[at - 1], b'e' | b'E')
            && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        if !(byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.' || exponent_sign) {
            break;
        }
        at += 1;
    }
    at
}

/// An operator ends where a comment would begin.
fn operator(rest: &str) -> usize {
    let end = rest
        .find(|next: char| !OPERATORS.contains(next))
        .unwrap_or(rest.len());
    let comment = ["--", "/*"]
        .iter()
        .filter_map(|mark| rest[..end].find(mark))
        .filter(|at| *at > 0)
        .min();
    comment.unwrap_or(end)
}

/// Returns the text that a string literal stands for: doubled quotes and backslash escapes read as the server does
/// (MySQL manual, String Literals). `None` for other literals: bit strings and hexadecimal ones.
pub(crate) fn literal_value(literal: &str) -> Option<String> {
    let literal = literal.strip_prefix(['n', 'N']).unwrap_or(literal);
    let quote = literal
        .chars()
        .next()
        .filter(|first| matches!(first, '\'' | '"'))?;
    let inner = literal.strip_prefix(quote)?.strip_suffix(quote)?;
    let mut value = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        if character == quote {
            characters.next();
            value.push(quote);
        } else if character == '\\' {
            match characters.next() {
                Some('0') => value.push('\0'),
                Some('b') => value.push('\u{8}'),
                Some('n') => value.push('\n'),
                Some('r') => value.push('\r'),
                Some('t') => value.push('\t'),
                Some('Z') => value.push('\u{1a}'),
                Some(pattern @ ('%' | '_')) => value.extend(['\\', pattern]),
                other => value.extend(other),
            }
        } else {
            value.push(character);
        }
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lower::expression::check_single;

    proptest! {
        #[test]
        fn reading_never_panics_and_loses_nothing_but_white_space(text in "\\PC{0,60}|[-'\"`;a-zE0-9()/*. \\\\]{0,40}") {
            if let Ok(read) = tokens(&text) {
                let all: String = read.iter().map(Token::text).collect();
                let squeezed = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
                prop_assert_eq!(squeezed(&all), squeezed(&text));
            }
            let _ = check_single(&text);
        }
    }

    #[test]
    fn literals_stand_for_what_the_server_reads() {
        for (literal, value) in [
            ("'it''s'", "it's"),
            (r"'b\'c'", "b'c"),
            (r"'a\\b'", "a\\b"),
            (r"'abc\0\n'", "abc\0\n"),
            (r"'100\%'", "100\\%"),
            (r#""a""b'""#, "a\"b'"),
            ("n'x'", "x"),
        ] {
            assert_eq!(literal_value(literal).as_deref(), Some(value), "{literal}");
        }
        assert_eq!(literal_value("x'41'"), None);
        assert_eq!(literal_value("b'1'"), None);
    }
}
