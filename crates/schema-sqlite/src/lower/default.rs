//! What a declared `default` means for the type of its column.

use super::expression::{is_literal, is_time, one};
use super::types::Affinity;
use crate::lexer::{Kind, Token, canonical, tokens};
use crate::render::quote::literal;

/// Returns the default as `inspect` would read it back.
///
/// v1alpha4 says that a default stays a literal for text types, and is a literal if it is one for others, else an
/// expression. `CURRENT_TIMESTAMP` and its like are keywords for every type, as in `SchemaHero`'s other engines: SQLite has no
/// type of time, so they are used with text columns. A date without quotes is a literal too, and no subtraction.
pub(crate) fn lower(text: &str, type_: &str) -> Result<String, String> {
    if text.contains('\0') {
        return Err("the default has a NUL character".to_owned());
    }
    if is_time(text) {
        return Ok(text.trim().to_ascii_uppercase());
    }
    if text.is_empty() || Affinity::of(type_) == Affinity::Text {
        return Ok(literal(text));
    }
    if is_plain_word(text) || is_time_of_day_or_date(text, type_) {
        return Ok(literal(text));
    }
    let expression = one(text)?;
    match tokens(&expression) {
        // `- 1` and `-1` are the same literal.
        Ok(tokens) if is_literal(&tokens) => {
            let tight: Vec<Token<'_>> = tokens
                .iter()
                .map(|token| Token {
                    spaced: false,
                    ..*token
                })
                .collect();
            Ok(canonical(&tight))
        }
        _ => Ok(expression),
    }
}

/// A lone word that is no keyword of a literal is a text in SQLite (`DEFAULT active`).
fn is_plain_word(text: &str) -> bool {
    match tokens(text).as_deref() {
        Ok([token]) => token.kind == Kind::Word && !is_literal(&[*token]),
        _ => false,
    }
}

/// Returns whether the text starts with a digit, has the marks of a date or a time, and the type is one of time.
fn is_time_of_day_or_date(text: &str, type_: &str) -> bool {
    let type_ = type_.to_ascii_lowercase();
    let digits = text.chars().all(|c| c.is_ascii_digit() || "-:. TZ+".contains(c));
    (type_.contains("date") || type_.contains("time"))
        && digits
        && text.starts_with(|c: char| c.is_ascii_digit())
        && text.contains(['-', ':'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_decides_what_a_default_is() {
        for (text, type_, expected) in [
            ("abc", "text", "'abc'"),
            ("it's", "varchar(10)", "'it''s'"),
            ("", "text", "''"),
            ("5", "text", "'5'"),
            ("0); DROP TABLE x; --", "text", "'0); DROP TABLE x; --'"),
            ("current_timestamp", "text", "CURRENT_TIMESTAMP"),
            ("CURRENT_TIMESTAMP", "datetime", "CURRENT_TIMESTAMP"),
            ("5", "integer", "5"),
            ("- 5", "integer", "-5"),
            ("(5)", "integer", "5"),
            ("1.5e3", "real", "1.5e3"),
            ("'5'", "integer", "'5'"),
            ("true", "boolean", "true"),
            ("null", "integer", "null"),
            ("x'00ff'", "blob", "x'00ff'"),
            ("active", "state", "'active'"),
            ("", "integer", "''"),
            ("2020-01-02", "date", "'2020-01-02'"),
            ("2020-01-02 03:04:05", "timestamp", "'2020-01-02 03:04:05'"),
            ("1 + 1", "integer", "1 + 1"),
            ("(strftime('%s', 'now'))", "integer", "strftime('%s', 'now')"),
        ] {
            assert_eq!(lower(text, type_).as_deref(), Ok(expected), "{text} for {type_}");
        }
    }

    #[test]
    fn a_default_that_is_more_than_one_expression_is_refused() {
        for text in ["0); DROP TABLE x; --", "1, 2", "1 2; 3", "(1", "\0"] {
            assert!(lower(text, "integer").is_err(), "{text}");
        }
    }
}
