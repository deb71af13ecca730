//! Expressions that people write: exactly one, balanced, which can never end a statement.

use crate::lexer::{Kind, Token, canonical, tokens, without_parentheses};

/// Returns the expression in canonical text, without parentheses around it.
///
/// # Errors
/// What is wrong with it: SQLite runs what follows a `;`, and a comma or a closing parenthesis too many would become
/// another part of the statement that it is put into.
pub(crate) fn one(text: &str) -> Result<String, String> {
    let tokens = tokens(text).map_err(|error| format!("`{text}` is no expression: {error}"))?;
    if tokens.is_empty() {
        return Err("the expression is empty".to_owned());
    }
    let refused = |what: &str| Err(format!("`{text}` is not one expression: {what}"));
    if crate::lexer::has_comments(text) {
        return refused("it has a comment; leave it out");
    }
    let mut depth = 0_usize;
    for token in &tokens {
        if token.is_symbol("(") {
            depth += 1;
        } else if token.is_symbol(")") {
            let Some(less) = depth.checked_sub(1) else {
                return refused("a `)` closes nothing");
            };
            depth = less;
        } else if token.is_symbol(",") && depth == 0 {
            return refused("a `,` stands outside of parentheses");
        } else if token.is_symbol(";") {
            return refused("it has a `;`");
        } else if token.kind == Kind::Parameter {
            return refused("it has a parameter");
        }
    }
    if depth > 0 {
        return refused("a `(` is not closed");
    }
    Ok(canonical(without_parentheses(&tokens)))
}

/// Returns whether the tokens are one literal: what SQLite takes after `DEFAULT` without parentheses.
pub(crate) fn is_literal(tokens: &[Token<'_>]) -> bool {
    match tokens {
        [sign, number] => (sign.is_symbol("-") || sign.is_symbol("+")) && number.kind == Kind::Number,
        [one] => match one.kind {
            Kind::Text | Kind::Blob | Kind::Number => true,
            Kind::Word => KEYWORDS.iter().any(|word| one.is_word(word)),
            Kind::Quoted | Kind::Parameter | Kind::Symbol => false,
        },
        _ => false,
    }
}

/// Returns whether the text is one of the keywords that stand for the time.
pub(crate) fn is_time(text: &str) -> bool {
    KEYWORDS[..3]
        .iter()
        .any(|word| word.eq_ignore_ascii_case(text.trim()))
}

const KEYWORDS: [&str; 6] = [
    "CURRENT_TIMESTAMP",
    "CURRENT_DATE",
    "CURRENT_TIME",
    "NULL",
    "TRUE",
    "FALSE",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_balanced_expression_is_taken() {
        for (text, expected) in [
            ("1 + 2", "1 + 2"),
            ("((1))", "1"),
            ("(1) + (2)", "(1) + (2)"),
            ("datetime('now', '-1 day')", "datetime('now', '-1 day')"),
            ("'a;b)--'", "'a;b)--'"),
            ("  lower( hex(randomblob(16)) )", "lower( hex(randomblob(16)) )"),
        ] {
            assert_eq!(one(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn more_than_one_expression_is_refused() {
        for text in [
            "",
            "0); DROP TABLE x; --",
            "0; DROP TABLE x",
            "1, 2",
            "(1",
            "1)",
            ")(",
            "'open",
            "1 -- rest",
            "1 /* rest */",
            "1 /* open",
            "?1",
            ":name",
            "\"open",
            "[open",
            "1 ` 2",
        ] {
            assert!(one(text).is_err(), "{text}: {:?}", one(text));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".*") {
            if let Ok(canonical) = one(&text) {
                prop_assert!(one(&canonical).is_ok_and(|again| again == canonical));
            }
        }

        #[test]
        fn text_of_sql_is_read_or_refused(text in r#"[-a1.'"\[\]`x(),;/* \n+?:]{0,24}"#) {
            if let Ok(canonical) = one(&text) {
                prop_assert!(crate::lexer::same_expression(&canonical, &text), "{} {}", canonical, text);
                prop_assert!(one(&canonical).is_ok_and(|again| again == canonical));
            }
        }
    }
}
