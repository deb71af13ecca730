//! Sees that a declared text is exactly one expression and nothing else.
//!
//! A declared default goes into DDL. Before that it must be certain that it can't end the statement, add a second
//! column or comment the rest away.

use crate::lexer::{Token, tokens};

/// Checks that a text is exactly one expression: balanced, with no comma, colon or comment outside, and no
/// subquery, which a default can't have.
///
/// # Errors
/// What is wrong with it, in words.
pub(crate) fn check_single(text: &str) -> Result<(), String> {
    let tokens = tokens(text)?;
    if tokens.is_empty() {
        return Err("it is empty".to_owned());
    }
    let mut open = Vec::new();
    for token in &tokens {
        match token {
            Token::Open(mark) => open.push(*mark),
            Token::Close(mark) => {
                let expected = if *mark == ')' { '(' } else { '[' };
                if open.pop() != Some(expected) {
                    return Err(format!("a `{mark}` closes nothing"));
                }
            }
            Token::Operator(",") if open.is_empty() => {
                return Err("it holds a comma outside parentheses; a default is one expression".to_owned());
            }
            _ => {}
        }
    }
    if let Some(mark) = open.pop() {
        return Err(format!("a `{mark}` is not closed"));
    }
    // What may follow a column's default in DDL would be read as part of the column, not of the default.
    let ends = [
        "not",
        "null",
        "check",
        "primary",
        "unique",
        "references",
        "constraint",
        "generated",
        "collate",
        "default",
    ];
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Open(_) => depth += 1,
            Token::Close(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        let Some(word) = token.word() else { continue };
        if depth == 0 && at > 0 && ends.contains(&word.as_str()) {
            return Err(format!(
                "`{word}` is no part of an expression here; put the expression in parentheses"
            ));
        }
    }
    Ok(())
}

/// Returns a text that is equal for two spellings of the same tokens: words in lower case, one space between
/// tokens, no parentheses around the whole.
pub(crate) fn normalised(text: &str) -> Option<String> {
    let tokens = tokens(text).ok()?;
    let mut tokens = tokens.as_slice();
    while let [Token::Open('('), inner @ .., Token::Close(')')] = tokens {
        if !encloses_all(inner) {
            break;
        }
        tokens = inner;
    }
    let texts: Vec<String> = tokens
        .iter()
        .map(|token| token.word().unwrap_or_else(|| token.text()))
        .collect();
    Some(texts.join(" "))
}

/// Returns whether the parentheses inside are balanced by themselves, so that those around them belong together.
fn encloses_all(inner: &[Token<'_>]) -> bool {
    let mut depth = 0_usize;
    for token in inner {
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
        let good = [
            "now()",
            "0",
            "-1.5e-3",
            "'it''s; fine -- really'",
            "$$a;b$$",
            "$tag$ ' $$ $tag$",
            "E'a\\'; b'",
            "ARRAY[1, 2]",
            "(1 + 2) * \"x;y\"(3)",
            "CURRENT_TIMESTAMP",
            "nextval('a.b'::regclass)",
            "'a'::text || 'b'",
            "(now() AT TIME ZONE 'utc')",
        ];
        for text in good {
            assert_eq!(check_single(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn more_than_one_expression_is_refused() {
        let bad = [
            "",
            "  ",
            "0); DROP TABLE x; --",
            "0; DROP TABLE x",
            "(0",
            "0)",
            "([0)]",
            "0, b int",
            "0 -- x",
            "0 /* x */",
            "0 --",
            "1 +--2",
            "'open",
            "\"open",
            "$$open",
            "$1",
            "$a b$ $a b$",
            "E'open\\'",
            "0 NOT NULL",
            "0 CHECK (true)",
            "0 REFERENCES t",
            "U&'a'",
            "a\0b",
            "'a\0b'",
        ];
        for text in bad {
            assert!(check_single(text).is_err(), "{text}");
        }
    }

    #[test]
    fn spelling_is_no_difference_and_quoted_text_is() {
        assert_eq!(normalised("NOW( )"), normalised("(now())"));
        assert_ne!(normalised("(a)+(b)"), normalised("a)+(b"));
        assert_ne!(normalised("'A'"), normalised("'a'"));
    }
}
