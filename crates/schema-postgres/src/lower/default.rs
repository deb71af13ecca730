//! What a declared default means: a literal of the column's type, or an expression.

use schema::ir::Expr;

use super::expression::check_single;
use super::types::{DeclaredType, Kind};
use crate::lexer::{Token, tokens};
use crate::render::quote;

/// The words that are expressions by themselves.
const NILADIC: [&str; 13] = [
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "localtime",
    "localtimestamp",
    "session_user",
    "system_user",
    "user",
    "null",
];

/// The texts that a date or time type reads as the moment at which they are read.
const MOMENTS: [&str; 4] = ["now", "today", "tomorrow", "yesterday"];

/// Returns the default in the words in which the catalog is likely to print it; `resolve` settles the rest.
/// `None` is no default: `NULL` is what a column without one has.
///
/// A text type takes the text as it is, as in SchemaHero. Another type takes it as a literal if it can be one of that
/// type, else as an expression: SchemaHero quoted all of them, so that `now()` was frozen when the table was made.
///
/// # Errors
/// What is wrong with it: no expression, more than one, or a word that would be frozen.
pub(crate) fn lower(type_: &DeclaredType, declared: &str) -> Result<Option<Expr>, String> {
    if declared.contains('\0') {
        return Err("it holds a NUL character".to_owned());
    }
    let text = declared.trim();
    let literal = |value: &str| {
        Ok(Some(Expr::new(format!(
            "{}::{}",
            quote::literal(value),
            type_name(type_)
        ))))
    };
    match type_.kind {
        Kind::Text => return literal(declared),
        Kind::Number => {
            if let Some(number) = number(text) {
                return Ok(Some(Expr::new(number)));
            }
            if ["nan", "infinity", "-infinity", "inf", "-inf"].contains(&text.to_ascii_lowercase().as_str()) {
                return literal(text);
            }
        }
        Kind::Boolean => {
            if let Some(value) = boolean(text) {
                return Ok(Some(Expr::new(if value { "true" } else { "false" })));
            }
        }
        Kind::Json if serde_json::from_str::<serde_json::Value>(text).is_ok() => return literal(text),
        Kind::Array if text.starts_with('{') => return literal(text),
        Kind::Bracketed if is_bracketed(text) => return literal(text),
        Kind::Temporal if MOMENTS.contains(&text.to_ascii_lowercase().as_str()) => {
            return Err(format!(
                "`{text}` would be frozen at the moment when the default is set; write now() or CURRENT_DATE, or \
                 a fixed time"
            ));
        }
        Kind::Temporal | Kind::Other | Kind::Named if !is_expression(text) => return literal(text),
        Kind::Json | Kind::Array | Kind::Bracketed | Kind::Temporal | Kind::Other | Kind::Named => {}
    }
    check_single(text)?;
    if text.eq_ignore_ascii_case("null") {
        return Ok(None);
    }
    Ok(Some(Expr::new(text)))
}

/// Returns the name of the type as the catalog writes it after a literal: without the modifiers.
fn type_name(type_: &DeclaredType) -> String {
    if type_.kind == Kind::Named {
        return type_.text.clone();
    }
    let without = match (type_.text.find('('), type_.text.find(')')) {
        (Some(open), Some(close)) => format!("{}{}", &type_.text[..open], &type_.text[close + 1..]),
        _ => type_.text.clone(),
    };
    // The catalog writes `bpchar` for a literal of `character`, since `character` alone means length 1.
    match without.strip_prefix("character") {
        Some(rest) if rest.is_empty() || rest.starts_with('[') => format!("bpchar{rest}"),
        _ => without,
    }
}

/// Returns how the catalog prints a number: an integer that fits one as it is, negative ones and larger ones quoted.
fn number(text: &str) -> Option<String> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let negative = text.starts_with('-');
    let sign = if negative { "-" } else { "" };
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let digits = digits.trim_start_matches('0');
        let digits = if digits.is_empty() { "0" } else { digits };
        let value: Option<i64> = format!("{sign}{digits}").parse().ok();
        return Some(match value {
            Some(value) if i32::try_from(value).is_ok() && value < 0 => format!("'{value}'::integer"),
            Some(value) if i32::try_from(value).is_ok() => value.to_string(),
            Some(value) => format!("'{value}'::bigint"),
            None => format!("'{sign}{digits}'::numeric"),
        });
    }
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (
            mantissa,
            Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent)),
        ),
        None => (digits, None),
    };
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let good = all_digits(whole)
        && all_digits(fraction)
        && whole.len() + fraction.len() > 0
        && exponent.is_none_or(|exponent| !exponent.is_empty() && all_digits(exponent));
    good.then(|| {
        if negative {
            format!("'-{digits}'::numeric")
        } else {
            digits.to_owned()
        }
    })
}

/// Reads a boolean as the server does: unique beginnings of true, false, yes and no, on, off, 1 and 0.
fn boolean(text: &str) -> Option<bool> {
    let text = text.trim_matches('\'').to_ascii_lowercase();
    match text.as_str() {
        "t" | "tr" | "tru" | "true" | "y" | "ye" | "yes" | "on" | "1" => Some(true),
        "f" | "fa" | "fal" | "fals" | "false" | "n" | "no" | "of" | "off" | "0" => Some(false),
        _ => None,
    }
}

fn is_bracketed(text: &str) -> bool {
    text.starts_with(['[', '(', '{', '<']) || text.eq_ignore_ascii_case("empty")
}

/// Returns whether a text can only be meant as an expression: it has a quoted literal, a call, a cast, or is a word
/// that is one.
fn is_expression(text: &str) -> bool {
    if NILADIC.contains(&text.to_ascii_lowercase().as_str()) {
        return true;
    }
    let Ok(tokens) = tokens(text) else {
        // It is no SQL at all, unless a quote is open: that is an expression with a mistake in it.
        return text.contains(['\'', '(']);
    };
    tokens.iter().any(|token| {
        matches!(
            token,
            Token::Literal(_) | Token::Operator("::") | Token::Open('(')
        )
    }) || tokens
        .first()
        .is_some_and(|token| token.word().as_deref() == Some("array"))
}

#[cfg(test)]
mod tests {
    use super::super::types;
    use super::*;

    fn check(type_: &str, declared: &str, expected: &str) {
        let lowered = lower(&types::parse(type_).unwrap(), declared).unwrap();
        assert_eq!(lowered, Some(Expr::new(expected)), "{type_} {declared}");
    }

    #[test]
    fn a_text_type_takes_any_text_as_it_is() {
        check("text", "now()", "'now()'::text");
        check("varchar(20)", "it's", "'it''s'::character varying");
        check("char(3)", " a ", "' a '::bpchar");
        check("text", "a\\b", "E'a\\\\b'::text");
        check("text", "", "''::text");
    }

    #[test]
    fn a_number_reads_as_the_catalog_prints_it() {
        check("int", "0", "0");
        check("bigint", "007", "7");
        check("int", "-1", "'-1'::integer");
        check("bigint", "3000000000", "'3000000000'::bigint");
        check("numeric(10,2)", "1.50", "1.50");
        check("numeric", "-1.5", "'-1.5'::numeric");
        check("float8", "NaN", "'NaN'::double precision");
        check("int", "1 + 1", "1 + 1");
    }

    #[test]
    fn other_types_take_a_literal_if_it_is_one_else_an_expression() {
        check("bool", "yes", "true");
        check("bool", "'f'", "false");
        check("jsonb", "{}", "'{}'::jsonb");
        check("jsonb", "jsonb_build_object()", "jsonb_build_object()");
        check("timestamptz", "now()", "now()");
        check("timestamp", "CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP");
        check("date", "2026-01-01", "'2026-01-01'::date");
        check(
            "timestamp(3)",
            "2026-01-01 00:00:00",
            "'2026-01-01 00:00:00'::timestamp without time zone",
        );
        check("uuid", "gen_random_uuid()", "gen_random_uuid()");
        check("text[]", "{a,b}", "'{a,b}'::text[]");
        check("text[]", "ARRAY['a']", "ARRAY['a']");
        check("int4range", "[1,2)", "'[1,2)'::int4range");
        check("mood", "happy", "'happy'::mood");
        check("mood", "'happy'", "'happy'");
        check("interval", "1 day", "'1 day'::interval");
        check("inet", "10.0.0.0/8", "'10.0.0.0/8'::inet");
    }

    #[test]
    fn null_is_no_default() {
        assert_eq!(lower(&types::parse("int").unwrap(), "NULL"), Ok(None));
    }

    #[test]
    fn more_than_one_expression_and_a_frozen_moment_are_refused() {
        for (type_, declared) in [
            ("int", "0); DROP TABLE x; --"),
            ("int", "0, b int"),
            ("timestamp", "now"),
            ("timestamp", "now() -- x"),
            ("uuid", "gen_random_uuid("),
            ("jsonb", "'{}"),
            ("bool", ""),
            ("text", "a\0b"),
        ] {
            assert!(
                lower(&types::parse(type_).unwrap(), declared).is_err(),
                "{type_} {declared}"
            );
        }
    }
}
