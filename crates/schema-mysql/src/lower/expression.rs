//! Sees that a declared text is exactly one expression and nothing else, and writes expressions in one way.
//!
//! A declared default goes into DDL. Before that it must be certain that it can't end the statement, add a second
//! column or comment the rest away.

use crate::lexer::{Token, literal_value, spanned, tokens};
use crate::render::quote;

/// Checks that a text is exactly one expression: balanced, with no comma or comment outside, and no subquery, which a
/// default can't have.
///
/// # Errors
/// What is wrong with it, in words.
pub(crate) fn check_single(text: &str) -> Result<(), String> {
    let tokens = tokens(text)?;
    if tokens.is_empty() {
        return Err("it is empty".to_owned());
    }
    let mut depth = 0_usize;
    for token in &tokens {
        match token {
            Token::Open(_) => depth += 1,
            Token::Close(_) if depth == 0 => return Err("a `)` closes nothing".to_owned()),
            Token::Close(_) => depth -= 1,
            Token::Operator(",") if depth == 0 => {
                return Err("it holds a comma outside parentheses; a default is one expression".to_owned());
            }
            Token::Word(word) if word.eq_ignore_ascii_case("select") => {
                return Err("it holds a subquery, which a default can't have".to_owned());
            }
            _ => {}
        }
    }
    if depth > 0 {
        return Err("a `(` is not closed".to_owned());
    }
    Ok(())
}

/// Returns an expression without what the server adds or leaves out at will: the parentheses around the whole,
/// character sets before ASCII literals, and how literals are escaped. The spacing stays. `None` if it can't be read.
pub(crate) fn canonical(text: &str) -> Option<String> {
    let tokens = spanned(text).ok()?;
    let bare = stripped(&tokens);
    let (start, end) = match (bare.first(), bare.last()) {
        (Some((start, _)), Some((last, token))) => (*start, last + token.text().len()),
        _ => return None,
    };
    let mut written = String::with_capacity(end - start);
    let mut from = start;
    for (at, (place, token)) in bare.iter().enumerate() {
        written.push_str(&text[from..*place]);
        from = place + token.text().len();
        match token {
            Token::Word(word) if word.starts_with('_') => {
                let next = bare.get(at + 1).map(|(_, next)| *next);
                match next {
                    Some(Token::Literal(literal)) if literal.is_ascii() || *word == "_utf8mb4" => {
                        // White space between the two goes with the first.
                        from = bare[at + 1].0;
                    }
                    _ => written.push_str(word),
                }
            }
            Token::Literal(literal) => match literal_value(literal) {
                Some(value) => written.push_str(&quote::literal(&value)),
                None => written.push_str(literal),
            },
            other => written.push_str(other.text()),
        }
    }
    Some(written)
}

/// Returns a text that is equal for two spellings of the same tokens: words in lower case, one space between
/// tokens, none of what [`canonical`] leaves out.
pub(crate) fn normalised(text: &str) -> Option<String> {
    let canonical = canonical(text)?;
    let texts: Vec<String> = tokens(&canonical)
        .ok()?
        .iter()
        .map(|token| token.word().unwrap_or_else(|| token.text().to_owned()))
        .collect();
    Some(texts.join(" "))
}

/// Returns the tokens without the parentheses around the whole.
fn stripped<'a, 'b>(mut tokens: &'b [(usize, Token<'a>)]) -> &'b [(usize, Token<'a>)] {
    while let [(_, Token::Open(_)), inner @ .., (_, Token::Close(_))] = tokens {
        if inner.is_empty() || !encloses_all(inner) {
            break;
        }
        tokens = inner;
    }
    tokens
}

/// Returns whether the parentheses inside are balanced by themselves, so that those around them belong together.
fn encloses_all(inner: &[(usize, Token<'_>)]) -> bool {
    let mut depth = 0_usize;
    for (_, token) in inner {
        match token {
            Token::Open(_) => depth += 1,
            Token::Close(_) if depth == 0 => return false,
            Token::Close(_) => depth -= 1,
            _ => {}
        }
    }
    depth == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_expression_is_taken() {
        for text in [
            "now()",
            "0",
            "-1.5e-3",
            "'it''s; fine -- really # not'",
            r"'a\'; b'",
            "\"a;b\"",
            "(1 + 2) * `x;y`(3)",
            "CURRENT_TIMESTAMP(6)",
            "concat(_latin1'a', x'41', b'1')",
            "json_object('a', 1)->>'$.a'",
        ] {
            assert_eq!(check_single(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn more_than_one_expression_is_refused() {
        for text in [
            "",
            "  ",
            "0); DROP TABLE x; --",
            "0; DROP TABLE x",
            "(0",
            "0)",
            "0, b int",
            "0 -- x",
            "0 # x",
            "0 /* x */",
            "0 /*! NOT NULL */",
            "1 +--2",
            "'open",
            "`open",
            r"'open\'",
            "@x",
            "@@version",
            "?",
            "(SELECT 1)",
            "a\0b",
            "'a\0b'",
            "\\N",
        ] {
            assert!(check_single(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_the_server_writes_around_an_expression_is_left_out() {
        for (text, expected) in [
            ("((1 + 1))", "1 + 1"),
            ("(1)+(2)", "(1)+(2)"),
            ("(uuid())", "uuid()"),
            (r"concat(_utf8mb4'a',_utf8mb4'b\'c')", "concat('a','b''c')"),
            ("_utf8mb4'ü'", "'ü'"),
            ("_latin1'ü'", "_latin1'ü'"),
            ("( _utf8mb4 '{}' )", "'{}'"),
            ("_id + 1", "_id + 1"),
        ] {
            assert_eq!(canonical(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn spelling_is_no_difference_and_quoted_text_is() {
        assert_eq!(normalised("NOW( )"), normalised("(now())"));
        assert_ne!(normalised("(a)+(b)"), normalised("a)+(b"));
        assert_ne!(normalised("'A'"), normalised("'a'"));
    }
}
