//! Cuts a text into tokens.

use super::token::{Keyword, Kind, Token};
use crate::unicode::{is_digit, is_letter};

const LEFT: &str = "{{";
const RIGHT: &str = "}}";
const SPACES: [char; 4] = [' ', '\t', '\r', '\n'];
/// A marker and the space beside it.
const MARKER: usize = 2;

/// Returns the tokens of a text, the last of which is the end or an error.
pub(super) fn lex(input: &str) -> Vec<Token> {
    let mut lexer = Lexer {
        input,
        pos: 0,
        start: 0,
        parentheses: 0,
        tokens: Vec::new(),
    };
    if let Err(reason) = lexer.run() {
        let (start, end) = (lexer.start, lexer.pos);
        lexer.tokens.push(Token {
            kind: Kind::Error(reason),
            start,
            end,
        });
    }
    lexer.tokens
}

struct Lexer<'t> {
    input: &'t str,
    pos: usize,
    start: usize,
    parentheses: usize,
    tokens: Vec<Token>,
}

type Result<T> = std::result::Result<T, &'static str>;

impl Lexer<'_> {
    fn run(&mut self) -> Result<()> {
        while let Some(found) = self.rest().find(LEFT) {
            self.text(found);
            if self.left_delimiter()? {
                while self.inside()? {}
            }
        }
        if !self.rest().is_empty() {
            self.pos = self.input.len();
            self.emit(Kind::Text);
        }
        self.emit(Kind::End);
        Ok(())
    }

    fn rest(&self) -> &str {
        self.input.get(self.pos..).unwrap_or_default()
    }

    fn word(&self) -> &str {
        self.input.get(self.start..self.pos).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.pos += next.len_utf8();
        Some(next)
    }

    fn emit(&mut self, kind: Kind) {
        self.tokens.push(Token {
            kind,
            start: self.start,
            end: self.pos,
        });
        self.start = self.pos;
    }

    /// The text before the delimiter that is `length` bytes away, without its trailing spaces if that has a marker.
    fn text(&mut self, length: usize) {
        let rest = self.rest();
        let (text, action) = rest.split_at(length);
        let mut kept = text.len();
        if has_left_marker(action.get(LEFT.len()..).unwrap_or_default()) {
            kept = text.trim_end_matches(SPACES).len();
        }
        let delimiter = self.pos + length;
        self.pos += kept;
        if kept > 0 {
            self.emit(Kind::Text);
        }
        self.pos = delimiter;
        self.start = delimiter;
    }

    /// The delimiter and what may stand only right behind it; returns whether an action follows.
    fn left_delimiter(&mut self) -> Result<bool> {
        let after = self.pos + LEFT.len();
        let marker = if has_left_marker(self.input.get(after..).unwrap_or_default()) {
            MARKER
        } else {
            0
        };
        self.pos = after + marker;
        if self.rest().starts_with("/*") {
            self.start = self.pos;
            self.comment()?;
            return Ok(false);
        }
        self.emit(Kind::LeftDelimiter);
        self.parentheses = 0;
        Ok(true)
    }

    fn comment(&mut self) -> Result<()> {
        self.pos += 2;
        let end = self.rest().find("*/").ok_or("has an unclosed comment")?;
        self.pos += end + 2;
        if !self.right_delimiter_and_trim() {
            return Err("has a comment that ends before the closing delimiter");
        }
        self.start = self.pos;
        Ok(())
    }

    /// Whether a right delimiter is here, and whether with a marker.
    fn at_right_delimiter(&self) -> Option<bool> {
        let rest = self.rest();
        if has_right_marker(rest) && rest.get(MARKER..).is_some_and(|rest| rest.starts_with(RIGHT)) {
            Some(true)
        } else {
            rest.starts_with(RIGHT).then_some(false)
        }
    }

    /// Passes over a right delimiter, and over the spaces behind it if it has a marker.
    fn right_delimiter_and_trim(&mut self) -> bool {
        let Some(marker) = self.at_right_delimiter() else {
            return false;
        };
        if marker {
            self.pos += MARKER + RIGHT.len();
            let rest = self.rest();
            self.pos += rest.len() - rest.trim_start_matches(SPACES).len();
        } else {
            self.pos += RIGHT.len();
        }
        true
    }

    fn right_delimiter(&mut self) {
        let start = self.pos;
        self.right_delimiter_and_trim();
        self.tokens.push(Token {
            kind: Kind::RightDelimiter,
            start,
            end: self.pos,
        });
        self.start = self.pos;
    }

    /// One token inside an action; returns whether the action goes on.
    fn inside(&mut self) -> Result<bool> {
        if self.at_right_delimiter().is_some() {
            if self.parentheses > 0 {
                return Err("has an unclosed left parenthesis");
            }
            self.right_delimiter();
            return Ok(false);
        }
        let Some(next) = self.next() else {
            return Err("has an unclosed action");
        };
        match next {
            ' ' | '\t' | '\r' | '\n' => return Ok(self.space()),
            '=' => self.emit(Kind::Assign),
            ':' => {
                if self.next() != Some('=') {
                    return Err("has a colon without an equals sign");
                }
                self.emit(Kind::Declare);
            }
            '|' => self.emit(Kind::Pipe),
            '"' => self.quoted('"', Kind::String)?,
            '\'' => self.quoted('\'', Kind::CharConstant)?,
            '`' => {
                let end = self.rest().find('`').ok_or("has an unterminated raw string")?;
                self.pos += end + 1;
                self.emit(Kind::RawString);
            }
            '$' => self.name(Kind::Variable, Kind::Variable)?,
            '.' if self.peek().is_some_and(|next| !next.is_ascii_digit()) => {
                self.name(Kind::Field, Kind::Dot)?;
            }
            '.' | '+' | '-' | '0'..='9' => {
                self.pos = self.start;
                self.number()?;
            }
            _ if is_alphanumeric(next) => self.identifier()?,
            '(' => {
                self.parentheses += 1;
                self.emit(Kind::LeftParenthesis);
            }
            ')' => {
                self.parentheses = self
                    .parentheses
                    .checked_sub(1)
                    .ok_or("has an unexpected right parenthesis")?;
                self.emit(Kind::RightParenthesis);
            }
            ' '..='~' => self.emit(Kind::Char),
            _ => return Err("has an unrecognized character in an action"),
        }
        Ok(true)
    }

    /// A run of spaces, the last of which may belong to a right delimiter with a marker.
    fn space(&mut self) -> bool {
        let rest = self.rest();
        self.pos += rest.len() - rest.trim_start_matches(SPACES).len();
        let last = self.pos - 1;
        let tail = self.input.get(last..).unwrap_or_default();
        if has_right_marker(tail) && tail.get(MARKER..).is_some_and(|tail| tail.starts_with(RIGHT)) {
            self.pos = last;
            if last == self.start {
                self.right_delimiter();
                return false;
            }
        }
        self.emit(Kind::Space);
        true
    }

    fn quoted(&mut self, quote: char, kind: Kind) -> Result<()> {
        loop {
            match self.next() {
                Some('\\') if !matches!(self.peek(), None | Some('\n')) => {
                    self.next();
                }
                None | Some('\\' | '\n') => {
                    return Err(match quote {
                        '"' => "has an unterminated string",
                        _ => "has an unterminated character constant",
                    });
                }
                Some(c) if c == quote => break,
                Some(_) => {}
            }
        }
        self.emit(kind);
        Ok(())
    }

    /// A field or a variable, whose first character is passed; `alone` is what that is without a name.
    fn name(&mut self, kind: Kind, alone: Kind) -> Result<()> {
        if self.at_terminator() {
            self.emit(alone);
            return Ok(());
        }
        self.alphanumerics()?;
        self.emit(kind);
        Ok(())
    }

    fn identifier(&mut self) -> Result<()> {
        self.alphanumerics()?;
        let kind = match self.word() {
            "block" => Kind::Keyword(Keyword::Block),
            "break" => Kind::Keyword(Keyword::Break),
            "continue" => Kind::Keyword(Keyword::Continue),
            "define" => Kind::Keyword(Keyword::Define),
            "else" => Kind::Keyword(Keyword::Else),
            "end" => Kind::Keyword(Keyword::End),
            "if" => Kind::Keyword(Keyword::If),
            "range" => Kind::Keyword(Keyword::Range),
            "template" => Kind::Keyword(Keyword::Template),
            "with" => Kind::Keyword(Keyword::With),
            "nil" => Kind::Nil,
            "true" | "false" => Kind::Bool,
            _ => Kind::Identifier,
        };
        self.emit(kind);
        Ok(())
    }

    fn alphanumerics(&mut self) -> Result<()> {
        let rest = self.rest();
        self.pos += rest.len() - rest.trim_start_matches(is_alphanumeric).len();
        if self.at_terminator() {
            Ok(())
        } else {
            Err("has a bad character after a name")
        }
    }

    fn at_terminator(&self) -> bool {
        match self.peek() {
            None | Some(' ' | '\t' | '\r' | '\n' | '.' | ',' | '|' | ':' | ')' | '(') => true,
            Some(_) => self.rest().starts_with(RIGHT),
        }
    }

    fn number(&mut self) -> Result<()> {
        const BAD: &str = "has a bad number";
        if !self.scan_number() {
            return Err(BAD);
        }
        if matches!(self.peek(), Some('+' | '-')) {
            if !self.scan_number() || !self.word().ends_with('i') {
                return Err(BAD);
            }
            self.emit(Kind::Complex);
        } else {
            self.emit(Kind::Number);
        }
        Ok(())
    }

    /// Passes over what looks like a number; the parser sees whether it is one.
    fn scan_number(&mut self) -> bool {
        self.accept("+-");
        let mut digits = "0123456789_";
        let mut exponent = "eE";
        if self.accept("0") {
            if self.accept("xX") {
                (digits, exponent) = ("0123456789abcdefABCDEF_", "pP");
            } else if self.accept("oO") {
                (digits, exponent) = ("01234567_", "");
            } else if self.accept("bB") {
                (digits, exponent) = ("01_", "");
            }
        }
        self.accept_run(digits);
        if self.accept(".") {
            self.accept_run(digits);
        }
        if self.accept(exponent) {
            self.accept("+-");
            self.accept_run("0123456789_");
        }
        self.accept("i");
        !self.peek().is_some_and(is_alphanumeric)
    }

    fn accept(&mut self, valid: &str) -> bool {
        let accepted = self.peek().is_some_and(|c| valid.contains(c));
        if accepted {
            self.next();
        }
        accepted
    }

    fn accept_run(&mut self, valid: &str) {
        while self.accept(valid) {}
    }
}

fn is_alphanumeric(c: char) -> bool {
    c == '_' || is_letter(c) || is_digit(c)
}

fn has_left_marker(text: &str) -> bool {
    text.strip_prefix('-')
        .is_some_and(|rest| rest.starts_with(SPACES))
}

fn has_right_marker(text: &str) -> bool {
    text.strip_prefix(SPACES)
        .is_some_and(|rest| rest.starts_with('-'))
}
