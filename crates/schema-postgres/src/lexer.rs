//! Reads SQL into tokens.
//!
//! What people declare goes into DDL, so everything that this reader doesn't know is refused: comments, semicolons,
//! parameters, open quotes.

/// A token, with its text as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// A keyword or an identifier without quotes.
    Word(&'a str),
    /// A quoted identifier, with its quotes.
    QuotedIdentifier(&'a str),
    /// A string, bit string or dollar-quoted literal, with its quotes and prefix.
    Literal(&'a str),
    /// A number.
    Number(&'a str),
    /// An operator, or one of `.`, `:`, `::`, `,`.
    Operator(&'a str),
    /// An opening parenthesis or bracket.
    Open(char),
    /// A closing parenthesis or bracket.
    Close(char),
}

impl Token<'_> {
    /// Returns the text as it was written.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Word(text)
            | Self::QuotedIdentifier(text)
            | Self::Literal(text)
            | Self::Number(text)
            | Self::Operator(text) => (*text).to_owned(),
            Self::Open(mark) | Self::Close(mark) => mark.to_string(),
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

const OPERATORS: &str = "+-*/<>=~!@#%^&|`?";

/// Returns the tokens of a text.
///
/// # Errors
/// What is not allowed in it: an open quote, a comment, a semicolon, a parameter, a character that begins no token.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token<'_>>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = token_length(rest, first)?;
        let (token, tail) = rest.split_at(length);
        tokens.push(match first {
            '(' | '[' => Token::Open(first),
            ')' | ']' => Token::Close(first),
            '"' => Token::QuotedIdentifier(token),
            _ if token.ends_with('"') => Token::QuotedIdentifier(token),
            '\'' | '$' => Token::Literal(token),
            _ if token.ends_with('\'') => Token::Literal(token),
            _ if first.is_ascii_digit() || (first == '.' && token.len() > 1) => Token::Number(token),
            _ if is_word_start(first) => Token::Word(token),
            _ => Token::Operator(token),
        });
        rest = tail.trim_start();
    }
    Ok(tokens)
}

fn token_length(rest: &str, first: char) -> Result<usize, String> {
    if rest.starts_with("--") || rest.starts_with("/*") {
        return Err("it holds a comment; leave the comment out".to_owned());
    }
    match first {
        '(' | ')' | '[' | ']' | ',' => Ok(1),
        '\0' => Err("it holds a NUL character".to_owned()),
        ';' => Err("it holds a `;`; a default is one expression".to_owned()),
        '"' => quoted(rest, 0, '"', false),
        '\'' => quoted(rest, 0, '\'', false),
        '$' => dollar_quoted(rest),
        ':' => Ok(if rest.starts_with("::") { 2 } else { 1 }),
        '.' if !rest[1..].starts_with(|next: char| next.is_ascii_digit()) => Ok(1),
        '.' | '0'..='9' => Ok(number(rest)),
        _ if is_word_start(first) => word(rest),
        _ if OPERATORS.contains(first) => Ok(operator(rest)),
        _ => Err(format!(
            "`{}` begins nothing that SQL knows",
            first.escape_default()
        )),
    }
}

fn is_word_start(first: char) -> bool {
    first.is_ascii_alphabetic() || first == '_' || !first.is_ascii()
}

/// A word, or a literal whose prefix looks like one: `E''`, `B''`, `X''`, `N''`, `U&''`, `U&""`.
fn word(rest: &str) -> Result<usize, String> {
    let lower: String = rest.chars().take(3).collect::<String>().to_ascii_lowercase();
    if lower.starts_with("e'") {
        return quoted(rest, 1, '\'', true);
    }
    if lower.starts_with("b'") || lower.starts_with("x'") || lower.starts_with("n'") {
        return quoted(rest, 1, '\'', false);
    }
    if lower == "u&'" || lower == "u&\"" {
        return Err("it holds a U& literal; write the characters themselves".to_owned());
    }
    let end = |next: char| !(is_word_start(next) || next.is_ascii_digit() || next == '$');
    Ok(rest.find(end).unwrap_or(rest.len()))
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

fn dollar_quoted(rest: &str) -> Result<usize, String> {
    let refused = || "it holds a `$` that begins no dollar quote; a default can't have parameters".to_owned();
    let tag_end = rest[1..].find('$').map(|at| at + 2).ok_or_else(refused)?;
    let tag = &rest[..tag_end];
    let name = &tag[1..tag_end - 1];
    let starts_well = name.chars().next().is_none_or(is_word_start);
    if !starts_well
        || !name
            .chars()
            .all(|next| is_word_start(next) || next.is_ascii_digit())
    {
        return Err(refused());
    }
    let end = rest[tag_end..]
        .find(tag)
        .ok_or_else(|| format!("the dollar quote {tag} is not closed"))?;
    if rest[..tag_end + end].contains('\0') {
        return Err("it holds a NUL character".to_owned());
    }
    Ok(tag_end + end + tag.len())
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

/// An operator ends where a comment would begin, as in the server's own lexer.
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lower::expression::check_single;

    proptest! {
        #[test]
        fn reading_never_panics_and_loses_nothing_but_white_space(text in "\\PC{0,60}|[-'\"$;a-zE0-9()/*. \\\\]{0,40}") {
            if let Ok(read) = tokens(&text) {
                let all: String = read.iter().map(Token::text).collect();
                let squeezed = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
                prop_assert_eq!(squeezed(&all), squeezed(&text));
            }
            let _ = check_single(&text);
        }
    }
}
