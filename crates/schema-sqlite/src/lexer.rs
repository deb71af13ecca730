//! Tokens of SQLite's SQL (<https://sqlite.org/lang.html>, and its tokenizer for what that page leaves out).
//!
//! `sqlite_schema.sql` keeps the text of a statement as it was written, so the only honest comparison of two of them
//! is that of their tokens: white space and comments don't count, and keywords and plain names ignore case.

use std::fmt;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A keyword or a plain name.
    Word,
    /// A name in double quotes, backquotes or brackets.
    Quoted,
    /// A text in single quotes.
    Text,
    /// A blob, `x'…'`.
    Blob,
    /// A number.
    Number,
    /// A bound parameter, which no stored text can have.
    Parameter,
    /// An operator or another mark.
    Symbol,
}

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    /// What it is.
    pub(crate) kind: Kind,
    /// Its text.
    pub(crate) text: &'a str,
    /// Whether white space or a comment comes before it.
    pub(crate) spaced: bool,
}

/// Why a text has no tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LexError {
    /// A quote is not closed.
    Quote,
    /// A comment is not closed.
    Comment,
    /// A character starts no token, or a number or a blob is malformed.
    Character(char),
}

impl fmt::Display for LexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quote => f.write_str("a quote is not closed"),
            Self::Comment => f.write_str("a comment is not closed"),
            Self::Character(character) => write!(f, "`{}` is not expected here", character.escape_default()),
        }
    }
}

impl Token<'_> {
    /// Returns whether it is this keyword.
    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// Returns whether it is this mark.
    pub(crate) fn is_symbol(&self, symbol: &str) -> bool {
        self.kind == Kind::Symbol && self.text == symbol
    }

    /// Returns the name that it stands for where a name is expected; SQLite takes a text in single quotes too.
    pub(crate) fn name(&self) -> Option<String> {
        let inner = || &self.text[1..self.text.len() - 1];
        match (self.kind, self.text.as_bytes().first()) {
            (Kind::Word, _) => Some(self.text.to_owned()),
            (Kind::Quoted, Some(b'[')) => Some(inner().to_owned()),
            (Kind::Quoted, Some(b'`')) => Some(inner().replace("``", "`")),
            (Kind::Quoted, _) => Some(inner().replace("\"\"", "\"")),
            (Kind::Text, _) => Some(inner().replace("''", "'")),
            _ => None,
        }
    }

    /// Returns the content of a text in single quotes.
    pub(crate) fn content(&self) -> Option<String> {
        (self.kind == Kind::Text).then(|| self.text[1..self.text.len() - 1].replace("''", "'"))
    }

    fn same(&self, other: &Self) -> bool {
        match (self.kind, other.kind) {
            (Kind::Quoted, Kind::Quoted) => match (self.name(), other.name()) {
                (Some(a), Some(b)) => a.eq_ignore_ascii_case(&b),
                _ => false,
            },
            (Kind::Text, Kind::Text) => self.text == other.text,
            (a, b) => a == b && self.text.eq_ignore_ascii_case(other.text),
        }
    }
}

/// Returns the tokens of a text, comments left out.
pub(crate) fn tokens(sql: &str) -> Result<Vec<Token<'_>>, LexError> {
    let mut tokens = Vec::new();
    let (mut at, mut spaced) = (0, false);
    while let Some(first) = sql[at..].chars().next() {
        let rest = &sql[at..];
        if let Some(length) = blank(rest)? {
            at += length;
            spaced = true;
            continue;
        }
        let (kind, length) = token(rest, first)?;
        tokens.push(Token {
            kind,
            text: &rest[..length],
            spaced,
        });
        at += length;
        spaced = false;
    }
    Ok(tokens)
}

/// Returns whether the text has comments.
pub(crate) fn has_comments(sql: &str) -> bool {
    let Ok(tokens) = tokens(sql) else { return false };
    let start = sql.as_ptr() as usize;
    let mut end = 0;
    let blank = |gap: &str| !gap.trim_matches(is_space).is_empty();
    for token in tokens {
        let at = token.text.as_ptr() as usize - start;
        if blank(&sql[end..at]) {
            return true;
        }
        end = at + token.text.len();
    }
    blank(&sql[end..])
}

/// Returns the tokens as one text, with a space wherever there was white space or a comment. Its own tokens are the
/// same, so that it gives itself again.
pub(crate) fn canonical(tokens: &[Token<'_>]) -> String {
    let mut text = String::new();
    for (at, token) in tokens.iter().enumerate() {
        if at > 0 && token.spaced {
            text.push(' ');
        }
        text.push_str(token.text);
    }
    text
}

/// Returns the tokens without the parentheses that enclose all of them.
pub(crate) fn without_parentheses<'a, 'b>(mut tokens: &'b [Token<'a>]) -> &'b [Token<'a>] {
    while let Some(inner) = enclosed(tokens) {
        tokens = inner;
    }
    tokens
}

fn enclosed<'a, 'b>(tokens: &'b [Token<'a>]) -> Option<&'b [Token<'a>]> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    if tokens.len() < 3 || !first.is_symbol("(") || !last.is_symbol(")") {
        return None;
    }
    let inner = &tokens[1..tokens.len() - 1];
    let mut depth = 0_usize;
    for token in inner {
        if token.is_symbol("(") {
            depth += 1;
        } else if token.is_symbol(")") {
            depth = depth.checked_sub(1)?;
        }
    }
    (depth == 0).then_some(inner)
}

/// Returns whether two expressions are the same tokens, outer parentheses aside.
pub(crate) fn same_expression(a: &str, b: &str) -> bool {
    match (tokens(a), tokens(b)) {
        (Ok(a), Ok(b)) => {
            let (a, b) = (without_parentheses(&a), without_parentheses(&b));
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b))
        }
        _ => a == b,
    }
}

/// Returns whether one of the tokens stands for this name.
pub(crate) fn mentions(tokens: &[Token<'_>], name: &str) -> bool {
    tokens
        .iter()
        .any(|token| token.kind != Kind::Text && token.name().is_some_and(|it| it.eq_ignore_ascii_case(name)))
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r' | '\x0c')
}

/// Returns the length of the white space or of the comment at the start.
fn blank(rest: &str) -> Result<Option<usize>, LexError> {
    if rest.starts_with(is_space) {
        return Ok(Some(1));
    }
    if rest.starts_with("--") {
        return Ok(Some(rest.find('\n').map_or(rest.len(), |end| end + 1)));
    }
    if let Some(comment) = rest.strip_prefix("/*") {
        return comment
            .find("*/")
            .map(|end| Some(end + 4))
            .ok_or(LexError::Comment);
    }
    Ok(None)
}

fn token(rest: &str, first: char) -> Result<(Kind, usize), LexError> {
    if let Some(blob) = rest
        .strip_prefix(['x', 'X'])
        .and_then(|rest| rest.strip_prefix('\''))
    {
        let digits = blob.bytes().take_while(u8::is_ascii_hexdigit).count();
        return if blob[digits..].starts_with('\'') && digits % 2 == 0 {
            Ok((Kind::Blob, digits + 3))
        } else {
            Err(LexError::Character(first))
        };
    }
    match first {
        '\'' => quoted(rest, '\'').map(|length| (Kind::Text, length)),
        '"' | '`' => quoted(rest, first).map(|length| (Kind::Quoted, length)),
        '[' => rest
            .find(']')
            .map(|end| (Kind::Quoted, end + 1))
            .ok_or(LexError::Quote),
        _ if is_word_start(first) => Ok((Kind::Word, word(rest))),
        '0'..='9' => number(rest).map(|length| (Kind::Number, length)),
        '.' if rest[1..].starts_with(|next: char| next.is_ascii_digit()) => {
            number(rest).map(|length| (Kind::Number, length))
        }
        '?' => Ok((
            Kind::Parameter,
            1 + rest[1..].bytes().take_while(u8::is_ascii_digit).count(),
        )),
        ':' | '@' | '#' | '$' if word(&rest[1..]) > 0 => Ok((Kind::Parameter, 1 + word(&rest[1..]))),
        _ => symbol(rest)
            .map(|length| (Kind::Symbol, length))
            .ok_or(LexError::Character(first)),
    }
}

/// Returns the length of a quoted part; the quote doubled stands for itself.
fn quoted(rest: &str, quote: char) -> Result<usize, LexError> {
    let mut at = 1;
    loop {
        at += rest[at..].find(quote).ok_or(LexError::Quote)? + 1;
        if !rest[at..].starts_with(quote) {
            return Ok(at);
        }
        at += 1;
    }
}

fn is_word_start(character: char) -> bool {
    character == '_' || character.is_ascii_alphabetic() || !character.is_ascii()
}

fn word(rest: &str) -> usize {
    rest.find(|c: char| !(is_word_start(c) || c.is_ascii_digit() || c == '$'))
        .unwrap_or(rest.len())
}

fn number(rest: &str) -> Result<usize, LexError> {
    let digits = |text: &str| {
        text.bytes()
            .take_while(|byte| byte.is_ascii_digit() || *byte == b'_')
            .count()
    };
    let mut length = if rest.starts_with("0x") || rest.starts_with("0X") {
        2 + rest[2..].bytes().take_while(u8::is_ascii_hexdigit).count()
    } else {
        let mut length = digits(rest);
        if rest[length..].starts_with('.') {
            length += 1;
            length += digits(&rest[length..]);
        }
        length
    };
    if let Some(exponent) = rest[length..].strip_prefix(['e', 'E']) {
        let sign = usize::from(exponent.starts_with(['+', '-']));
        let digits = digits(&exponent[sign..]);
        if digits > 0 {
            length += 1 + sign + digits;
        }
    }
    match rest[length..]
        .chars()
        .next()
        .filter(|next| is_word_start(*next) || *next == '$')
    {
        Some(next) => Err(LexError::Character(next)),
        None => Ok(length),
    }
}

fn symbol(rest: &str) -> Option<usize> {
    const SYMBOLS: [&str; 9] = ["->>", "->", "||", "<<", ">>", "<=", ">=", "<>", "!="];
    if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
        return Some(symbol.len());
    }
    if rest.starts_with("==") {
        return Some(2);
    }
    rest.starts_with([
        '(', ')', ',', ';', '.', '+', '-', '*', '/', '%', '<', '>', '=', '&', '|', '~',
    ])
    .then_some(1)
}

#[cfg(test)]
mod tests;
