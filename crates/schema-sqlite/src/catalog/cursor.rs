//! A place in a list of tokens, for the readers of stored statements.

use crate::lexer::{Kind, Token, canonical};

/// What a reader did not expect; the table is then reported as one that Chancery can't read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unexpected(pub(crate) String);

/// The tokens that are left.
pub(crate) struct Cursor<'a, 'b> {
    tokens: &'b [Token<'a>],
}

impl<'a, 'b> Cursor<'a, 'b> {
    pub(crate) fn new(tokens: &'b [Token<'a>]) -> Self {
        Self { tokens }
    }

    pub(crate) fn peek(&self) -> Option<&'b Token<'a>> {
        self.tokens.first()
    }

    pub(crate) fn is_end(&self) -> bool {
        self.tokens.is_empty()
    }

    pub(crate) fn next(&mut self) -> Option<&'b Token<'a>> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }

    /// Returns whether the next tokens are these keywords.
    pub(crate) fn sees(&self, words: &[&str]) -> bool {
        self.tokens.len() >= words.len()
            && words
                .iter()
                .zip(self.tokens)
                .all(|(word, token)| token.is_word(word))
    }

    /// Takes these keywords if they are next.
    pub(crate) fn takes(&mut self, words: &[&str]) -> bool {
        let sees = self.sees(words);
        if sees {
            self.tokens = &self.tokens[words.len()..];
        }
        sees
    }

    /// Takes this mark if it is next.
    pub(crate) fn takes_symbol(&mut self, symbol: &str) -> bool {
        let sees = self.peek().is_some_and(|token| token.is_symbol(symbol));
        if sees {
            self.next();
        }
        sees
    }

    pub(crate) fn expect(&mut self, words: &[&str]) -> Result<(), Unexpected> {
        if self.takes(words) {
            Ok(())
        } else {
            Err(self.unexpected(&words.join(" ")))
        }
    }

    pub(crate) fn unexpected(&self, wanted: &str) -> Unexpected {
        match self.peek() {
            // A literal may be data; only its place is said.
            Some(token) if token.kind == Kind::Text => Unexpected(format!("a text where {wanted} should be")),
            Some(token) => Unexpected(format!("`{}` where {wanted} should be", token.text)),
            None => Unexpected(format!("the end where {wanted} should be")),
        }
    }

    /// Takes a name.
    pub(crate) fn name(&mut self) -> Result<String, Unexpected> {
        match self.peek().and_then(Token::name) {
            Some(name) => {
                self.next();
                Ok(name)
            }
            None => Err(self.unexpected("a name")),
        }
    }

    /// Takes everything in a pair of parentheses, and returns what is between them.
    pub(crate) fn group(&mut self) -> Result<&'b [Token<'a>], Unexpected> {
        if !self.takes_symbol("(") {
            return Err(self.unexpected("`(`"));
        }
        let mut depth = 1_usize;
        for (at, token) in self.tokens.iter().enumerate() {
            if token.is_symbol("(") {
                depth += 1;
            } else if token.is_symbol(")") {
                depth -= 1;
            }
            if depth == 0 {
                let inner = &self.tokens[..at];
                self.tokens = &self.tokens[at + 1..];
                return Ok(inner);
            }
        }
        Err(Unexpected("a `(` that is not closed".to_owned()))
    }

    /// Takes `ON CONFLICT …` if it is next, and returns it in capitals.
    pub(crate) fn conflict(&mut self) -> Result<Option<String>, Unexpected> {
        if !self.takes(&["ON", "CONFLICT"]) {
            return Ok(None);
        }
        match self.next() {
            Some(token) if token.kind == Kind::Word => {
                Ok(Some(format!("ON CONFLICT {}", token.text.to_ascii_uppercase())))
            }
            _ => Err(Unexpected("ON CONFLICT without what to do".to_owned())),
        }
    }
}

/// Splits tokens at the commas that are in no parentheses.
pub(crate) fn split<'a, 'b>(tokens: &'b [Token<'a>]) -> Vec<&'b [Token<'a>]> {
    let mut depth = 0_usize;
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, token) in tokens.iter().enumerate() {
        if token.is_symbol("(") {
            depth += 1;
        } else if token.is_symbol(")") {
            depth = depth.saturating_sub(1);
        } else if token.is_symbol(",") && depth == 0 {
            parts.push(&tokens[start..at]);
            start = at + 1;
        }
    }
    parts.push(&tokens[start..]);
    parts
}

/// One part of an index or of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// The column; `None` for an expression.
    pub(crate) column: Option<String>,
    /// Whether it is a column and nothing else.
    pub(crate) plain: bool,
}

/// Reads one part: a name, or an expression, then a collation and an order.
pub(crate) fn part(tokens: &[Token<'_>]) -> Part {
    let column = tokens.first().and_then(Token::name);
    let mut rest = Cursor::new(tokens.get(1..).unwrap_or_default());
    let mut plain = true;
    if rest.takes(&["COLLATE"]) {
        plain = false;
        rest.next();
    }
    if rest.takes(&["DESC"]) {
        plain = false;
    } else {
        rest.takes(&["ASC"]);
    }
    if column.is_some() && rest.is_end() {
        Part { column, plain }
    } else {
        Part {
            column: None,
            plain: false,
        }
    }
}

/// Returns tokens in parentheses as canonical text.
pub(crate) fn in_parentheses(tokens: &[Token<'_>]) -> String {
    format!("({})", canonical(tokens))
}
