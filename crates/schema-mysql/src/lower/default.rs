//! What a default means: what people declare, and what catalogs print, as one text.
//!
//! That text is SQL under the session's pinned `sql_mode`: a literal in quotes, a number as the server prints it for
//! the type, a bit string, `CURRENT_TIMESTAMP` with its digits, or an expression in parentheses.

mod literal;

use schema::ServerFacts;
use schema::ir::Expr;

use self::literal::number;
use super::expression::{canonical, check_single};
use super::types::{Kind, kind, numbers};
use crate::lexer::{Token, literal_value, tokens};
use crate::render::quote;
use crate::version;

/// The names of the moment at which a row is made, with which `CURRENT_TIMESTAMP` can be said.
const NOW: [&str; 4] = ["current_timestamp", "now", "localtime", "localtimestamp"];

/// Other words that are expressions by themselves.
const NILADIC: [&str; 6] = [
    "current_date",
    "current_time",
    "current_user",
    "utc_date",
    "utc_time",
    "utc_timestamp",
];

/// Returns the default of a column of that type (in the catalog's form) in the words in which the catalog is likely to
/// have it; `resolve` settles the rest. `None` is no default: `NULL` is what a column without one has.
///
/// A text type takes the text as it is, as in SchemaHero. Another type takes it as a literal if it can be one of that
/// type, else as an expression; SchemaHero quoted all but `CURRENT_TIMESTAMP`.
///
/// # Errors
/// What is wrong with it: no expression, more than one, or one that this server can't have.
pub(crate) fn lower(type_: &str, declared: &str, facts: &ServerFacts) -> Result<Option<Expr>, String> {
    if declared.contains('\0') {
        return Err("it holds a NUL character".to_owned());
    }
    let kind = kind(type_);
    let large = kind.is_large() && version::needs_expression_for_large_defaults(facts);
    if large && !version::has_expression_defaults(facts) {
        return Err(format!(
            "a column of type {type_} has no default on {}",
            facts.label()
        ));
    }
    if matches!(
        kind,
        Kind::Character | Kind::Choice | Kind::Text | Kind::Binary | Kind::Blob
    ) {
        return Ok(Some(literal(type_, declared)));
    }
    let text = declared.trim();
    if text.eq_ignore_ascii_case("null") {
        return Ok(None);
    }
    if let Some(literal) = literal::declared(type_, text) {
        return Ok(Some(literal));
    }
    check_single(text)?;
    let lowered = from_sql(text, type_).ok_or("it can't be read")?;
    if let Some(digits) = moment(&lowered.text)
        && kind == Kind::DateTime
    {
        let own = digits_of(type_);
        if digits != own && !text.starts_with('(') && version::timestamps_must_agree(facts) {
            return Err(format!(
                "its digits after the second are not those of {type_}; write {}",
                current(own)
            ));
        }
        if digits != own && version::timestamps_must_agree(facts) {
            return Ok(Some(Expr::new(format!("({text})"))));
        }
    }
    if lowered.text.starts_with('(') && !version::has_expression_defaults(facts) {
        return Err(format!("{} takes no expression as a default", facts.label()));
    }
    Ok(Some(lowered))
}

/// Returns the default that `information_schema.COLUMNS` tells of a column of that type (in the catalog's form).
///
/// MySQL leaves the quotes out, and marks an expression in `EXTRA`. There it escapes quotes, spoils what is not ASCII,
/// and tells nothing of the expression of a text column, so the text of an expression is the one that stands in the
/// parentheses after `DEFAULT` in `SHOW CREATE TABLE`. MariaDB has SQL, and `NULL` where there is none.
pub(crate) fn from_catalog(
    column_default: Option<&str>,
    extra: &str,
    type_: &str,
    facts: &ServerFacts,
) -> Option<Expr> {
    let text = column_default?;
    if version::is_mariadb(facts) {
        return from_sql(text, type_);
    }
    if is_generated(extra) {
        return if moment(text).is_some_and(|_| !text.starts_with("now")) {
            from_sql(text, type_)
        } else {
            from_sql(&format!("({text})"), type_)
        };
    }
    match (kind(type_), text.strip_prefix("0x").and_then(literal::unhex)) {
        (Kind::Bit, _) => Some(Expr::new(literal::bits(text).unwrap_or_else(|| text.to_owned()))),
        (Kind::Binary | Kind::Blob, Some(bytes)) => Some(match String::from_utf8(bytes) {
            Ok(text) => literal(type_, &text),
            Err(error) => Expr::new(quote::bytes(error.as_bytes())),
        }),
        _ => Some(literal(type_, text)),
    }
}

fn is_generated(extra: &str) -> bool {
    extra
        .split_ascii_whitespace()
        .any(|word| word.eq_ignore_ascii_case("DEFAULT_GENERATED"))
}

/// Returns the default that SQL states after `DEFAULT`; `None` for `NULL`.
pub(crate) fn from_sql(text: &str, type_: &str) -> Option<Expr> {
    let text = text.trim();
    let bare = canonical(text).unwrap_or_else(|| text.to_owned());
    let tokens = tokens(&bare).unwrap_or_default();
    let kind = kind(type_);
    match tokens.as_slice() {
        [Token::Word(word)] if word.eq_ignore_ascii_case("null") => return None,
        [Token::Word(word)] if kind == Kind::Integer && word.eq_ignore_ascii_case("true") => {
            return Some(Expr::new("1"));
        }
        [Token::Word(word)] if kind == Kind::Integer && word.eq_ignore_ascii_case("false") => {
            return Some(Expr::new("0"));
        }
        [Token::Literal(written)] => {
            return Some(match literal_value(written) {
                Some(value) => literal(type_, &value),
                None => Expr::new(literal::bits(written).unwrap_or_else(|| (*written).to_owned())),
            });
        }
        [Token::Number(_)] | [Token::Operator("-" | "+"), Token::Number(_)] => {
            if let Some(number) = number(type_, &bare) {
                return Some(Expr::new(number));
            }
        }
        _ => {}
    }
    match moment(&bare) {
        Some(digits) if kind == Kind::DateTime && (digits == digits_of(type_) || !text.starts_with('(')) => {
            Some(Expr::new(current(digits)))
        }
        _ => Some(Expr::new(format!("({bare})"))),
    }
}

/// Returns a value as a default of that type.
fn literal(type_: &str, value: &str) -> Expr {
    Expr::new(literal::of(type_, value))
}

/// Returns the digits after the second of the moment at which a row is made, if a text is that and nothing else.
pub(crate) fn moment(text: &str) -> Option<u64> {
    let tokens = tokens(text).ok()?;
    let name = tokens.first()?.word()?;
    if !NOW.contains(&name.as_str()) {
        return None;
    }
    match &tokens[1..] {
        [] if name != "now" => Some(0),
        [Token::Open(_), Token::Close(_)] => Some(0),
        [Token::Open(_), Token::Number(digits), Token::Close(_)] => digits.parse().ok(),
        _ => None,
    }
}

/// Returns `CURRENT_TIMESTAMP` with that many digits after the second.
pub(crate) fn current(digits: u64) -> String {
    match digits {
        0 => "CURRENT_TIMESTAMP".to_owned(),
        digits => format!("CURRENT_TIMESTAMP({digits})"),
    }
}

fn digits_of(type_: &str) -> u64 {
    numbers(type_).first().copied().unwrap_or_default()
}

/// Returns whether a text can only be meant as an expression: it has a quoted literal, a call, or is a word that is
/// one.
fn is_expression(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    if NOW.contains(&lower.as_str()) || NILADIC.contains(&lower.as_str()) {
        return true;
    }
    let Ok(tokens) = tokens(text) else {
        // It is no SQL at all, unless a quote is open: that is an expression with a mistake in it.
        return text.contains(['\'', '(', '"']);
    };
    tokens
        .iter()
        .any(|token| matches!(token, Token::Literal(_) | Token::Open(_)))
}

#[cfg(test)]
mod tests;
