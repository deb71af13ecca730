//! Types as people write them, and as the catalog writes them.

use crate::lexer::{Token, tokens};

/// A declared type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeclaredType {
    /// The type as the catalog writes it, or, of a type that only the server knows, as it was declared.
    pub(crate) text: String,
    /// What its literals look like.
    pub(crate) kind: Kind,
    /// Whether it is a `serial`, which is an integer with a sequence of its own.
    pub(crate) serial: bool,
}

/// What the literals of a type look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Any text is one.
    Text,
    /// A number.
    Number,
    /// `true` and its other spellings.
    Boolean,
    /// A JSON value.
    Json,
    /// A date or a time.
    Temporal,
    /// `{…}`.
    Array,
    /// One that begins with a bracket or a parenthesis: ranges and shapes.
    Bracketed,
    /// Another built-in type, such as `uuid`.
    Other,
    /// A type that only the server knows: an enum, a domain, one of an extension.
    Named,
}

/// The modifiers that a built-in type takes.
enum Modifiers {
    /// None.
    None,
    /// At most one length; the number is the one that the server takes when there is none.
    Length(Option<u32>),
}

/// Reads a type.
///
/// Types of SchemaHero keep their meaning, but for `varchar` without a length, which is `character varying` here as it
/// is on the server; SchemaHero gave it the length 1.
///
/// # Errors
/// What is wrong with it, in words: a text that has not the form of a type, a modifier that the type doesn't take.
pub(crate) fn parse(declared: &str) -> Result<DeclaredType, String> {
    let tokens = tokens(declared)?;
    let (base, array) = split_array(&tokens)?;
    let (words, modifiers, rest) = split_modifiers(base)?;
    let mut parsed = match builtin(&words, &modifiers, &rest)? {
        Some(parsed) => parsed,
        None => named(base)?,
    };
    if array {
        if parsed.serial {
            return Err(format!("there is no array of `{declared}`"));
        }
        parsed.text.push_str("[]");
        if parsed.kind != Kind::Named {
            parsed.kind = Kind::Array;
        }
    }
    Ok(parsed)
}

/// Splits `[]`, `[3]` and `array` off the end. The server keeps neither bounds nor the number of dimensions.
fn split_array<'a, 'b>(tokens: &'b [Token<'a>]) -> Result<(&'b [Token<'a>], bool), String> {
    let (mut base, mut array) = (tokens, false);
    loop {
        match base {
            [inner @ .., Token::Open('['), Token::Close(']')] => (base, array) = (inner, true),
            [inner @ .., Token::Open('['), Token::Number(_), Token::Close(']')] => {
                (base, array) = (inner, true);
            }
            [inner @ .., last] if !inner.is_empty() && last.word().as_deref() == Some("array") => {
                (base, array) = (inner, true);
            }
            [] => return Err("it is empty".to_owned()),
            _ => return Ok((base, array)),
        }
    }
}

type Split = (Vec<String>, Vec<String>, Vec<String>);

/// Splits a type into the words before its modifiers, the modifiers, and the words after them.
fn split_modifiers(tokens: &[Token<'_>]) -> Result<Split, String> {
    let open = tokens.iter().position(|token| *token == Token::Open('('));
    let Some(open) = open else {
        return Ok((words(tokens), Vec::new(), Vec::new()));
    };
    let close = tokens
        .iter()
        .position(|token| *token == Token::Close(')'))
        .filter(|close| *close > open)
        .ok_or("a `(` is not closed")?;
    let mut modifiers = vec![String::new()];
    for token in &tokens[open + 1..close] {
        match token {
            Token::Operator(",") => modifiers.push(String::new()),
            Token::Number(_) | Token::Word(_) | Token::Operator("-") | Token::Literal(_) => {
                if let Some(last) = modifiers.last_mut() {
                    if !(last.is_empty() || last == "-") {
                        return Err(format!(
                            "`{}` after `{last}` is no modifier of a type",
                            token.text()
                        ));
                    }
                    last.push_str(&token.text());
                }
            }
            other => return Err(format!("`{}` is no modifier of a type", other.text())),
        }
    }
    if modifiers.iter().any(String::is_empty) {
        return Err("a modifier is empty".to_owned());
    }
    Ok((words(&tokens[..open]), modifiers, words(&tokens[close + 1..])))
}

fn words(tokens: &[Token<'_>]) -> Vec<String> {
    tokens
        .iter()
        .map(|token| token.word().unwrap_or_else(|| token.text()))
        .collect()
}

fn builtin(words: &[String], modifiers: &[String], rest: &[String]) -> Result<Option<DeclaredType>, String> {
    let name = words.join(" ");
    let serial = |text: &str| {
        Ok(Some(DeclaredType {
            text: text.to_owned(),
            kind: Kind::Number,
            serial: true,
        }))
    };
    if modifiers.is_empty() && rest.is_empty() {
        match name.as_str() {
            "smallserial" | "serial2" => return serial("smallint"),
            "serial" | "serial4" => return serial("integer"),
            "bigserial" | "serial8" => return serial("bigint"),
            _ => {}
        }
    }
    if let Some(text) = temporal(&name, modifiers, &rest.join(" "))? {
        return Ok(Some(DeclaredType {
            text,
            kind: Kind::Temporal,
            serial: false,
        }));
    }
    if name == "numeric" || name == "decimal" || name == "dec" {
        let text = match modifiers {
            [] => "numeric".to_owned(),
            [precision] => format!("numeric({},0)", whole(precision, 1, 1000)?),
            [precision, scale] => format!(
                "numeric({},{})",
                whole(precision, 1, 1000)?,
                whole(scale, -1000, 1000)?
            ),
            _ => return Err("numeric takes a precision and a scale".to_owned()),
        };
        return no_rest(text, Kind::Number, rest);
    }
    if name == "float" {
        let text = match modifiers {
            [bits] if whole(bits, 1, 53)? <= 24 => "real",
            [] | [_] => "double precision",
            _ => return Err("float takes one number".to_owned()),
        };
        return no_rest(text.to_owned(), Kind::Number, rest);
    }
    let Some((text, kind, takes)) = plain(&name) else {
        return Ok(None);
    };
    let text = match (takes, modifiers) {
        // Without a length `bpchar` has none, and the catalog writes it so.
        (_, []) if name == "bpchar" => name,
        (Modifiers::Length(Some(default)), []) => format!("{text}({default})"),
        (_, []) => text.to_owned(),
        (Modifiers::Length(_), [length]) => format!("{text}({})", whole(length, 1, 83_886_080)?),
        (Modifiers::Length(_), _) => return Err(format!("{name} takes one length")),
        (Modifiers::None, _) => return Err(format!("{name} takes no modifier")),
    };
    no_rest(text, kind, rest)
}

fn no_rest(text: String, kind: Kind, rest: &[String]) -> Result<Option<DeclaredType>, String> {
    if rest.is_empty() {
        Ok(Some(DeclaredType {
            text,
            kind,
            serial: false,
        }))
    } else {
        Err(format!("`{}` after `{text}` means nothing", rest.join(" ")))
    }
}

/// Returns the catalog's name of a built-in type without modifiers of its own kind.
fn plain(name: &str) -> Option<(&'static str, Kind, Modifiers)> {
    let none = |text, kind| Some((text, kind, Modifiers::None));
    match name {
        "int2" | "smallint" => none("smallint", Kind::Number),
        "int" | "int4" | "integer" => none("integer", Kind::Number),
        "int8" | "bigint" => none("bigint", Kind::Number),
        "float4" | "real" => none("real", Kind::Number),
        "float8" | "double precision" => none("double precision", Kind::Number),
        "money" => none("money", Kind::Other),
        "bool" | "boolean" => none("boolean", Kind::Boolean),
        "text" => none("text", Kind::Text),
        "name" => none("name", Kind::Text),
        "varchar" | "character varying" | "char varying" => {
            Some(("character varying", Kind::Text, Modifiers::Length(None)))
        }
        "char" | "character" | "bpchar" => Some(("character", Kind::Text, Modifiers::Length(Some(1)))),
        "bit" => Some(("bit", Kind::Other, Modifiers::Length(Some(1)))),
        "varbit" | "bit varying" => Some(("bit varying", Kind::Other, Modifiers::Length(None))),
        "json" => none("json", Kind::Json),
        "jsonb" => none("jsonb", Kind::Json),
        "date" => none("date", Kind::Temporal),
        "bytea" => none("bytea", Kind::Other),
        "uuid" => none("uuid", Kind::Other),
        "xml" => none("xml", Kind::Other),
        "inet" => none("inet", Kind::Other),
        "cidr" => none("cidr", Kind::Other),
        "macaddr" => none("macaddr", Kind::Other),
        "macaddr8" => none("macaddr8", Kind::Other),
        "oid" => none("oid", Kind::Number),
        "tsvector" => none("tsvector", Kind::Other),
        "tsquery" => none("tsquery", Kind::Other),
        "point" => none("point", Kind::Bracketed),
        "line" => none("line", Kind::Bracketed),
        "lseg" => none("lseg", Kind::Bracketed),
        "box" => none("box", Kind::Bracketed),
        "path" => none("path", Kind::Bracketed),
        "polygon" => none("polygon", Kind::Bracketed),
        "circle" => none("circle", Kind::Bracketed),
        "int4range" => none("int4range", Kind::Bracketed),
        "int8range" => none("int8range", Kind::Bracketed),
        "numrange" => none("numrange", Kind::Bracketed),
        "tsrange" => none("tsrange", Kind::Bracketed),
        "tstzrange" => none("tstzrange", Kind::Bracketed),
        "daterange" => none("daterange", Kind::Bracketed),
        _ => None,
    }
}

/// Returns the catalog's name of a time, timestamp or interval type; the precision stands before the zone.
fn temporal(name: &str, modifiers: &[String], rest: &str) -> Result<Option<String>, String> {
    let (base, zone) = match (name, rest) {
        ("timestamptz" | "timestamp with time zone", "") | ("timestamp", "with time zone") => {
            ("timestamp", " with time zone")
        }
        ("timestamp", "" | "without time zone") | ("timestamp without time zone", "") => {
            ("timestamp", " without time zone")
        }
        ("timetz" | "time with time zone", "") | ("time", "with time zone") => ("time", " with time zone"),
        ("time", "" | "without time zone") | ("time without time zone", "") => ("time", " without time zone"),
        _ if rest.is_empty() && (name == "interval" || is_interval_of(name)) => (name, ""),
        _ => return Ok(None),
    };
    match modifiers {
        [] => Ok(Some(format!("{base}{zone}"))),
        [precision] if base == "interval" || base.ends_with("second") || !zone.is_empty() => {
            Ok(Some(format!("{base}({}){zone}", whole(precision, 0, 6)?)))
        }
        _ => Err(format!("{base} takes at most one precision")),
    }
}

/// Returns whether it is `interval` with a range of fields, which the catalog writes in lower case too.
fn is_interval_of(name: &str) -> bool {
    const FIELDS: [&str; 13] = [
        "year",
        "month",
        "day",
        "hour",
        "minute",
        "second",
        "year to month",
        "day to hour",
        "day to minute",
        "day to second",
        "hour to minute",
        "hour to second",
        "minute to second",
    ];
    name.strip_prefix("interval ")
        .is_some_and(|fields| FIELDS.contains(&fields))
}

fn whole(text: &str, from: i32, to: i32) -> Result<i32, String> {
    let number = text
        .parse::<i32>()
        .ok()
        .filter(|number| (from..=to).contains(number));
    number.ok_or_else(|| format!("`{text}` is no whole number from {from} to {to}"))
}

/// Reads the name of a type that only the server knows: one name, or a schema and a name, with modifiers.
fn named(tokens: &[Token<'_>]) -> Result<DeclaredType, String> {
    let is_name = |token: &Token<'_>| matches!(token, Token::Word(_) | Token::QuotedIdentifier(_));
    let end = tokens
        .iter()
        .position(|token| *token == Token::Open('('))
        .unwrap_or(tokens.len());
    let good = match &tokens[..end] {
        [name] => is_name(name),
        [schema, Token::Operator("."), name] => is_name(schema) && is_name(name),
        _ => false,
    };
    let closed = end == tokens.len() || tokens.last() == Some(&Token::Close(')'));
    if !good || !closed {
        let text: Vec<String> = tokens.iter().map(Token::text).collect();
        return Err(format!("`{}` is not the name of a type", text.join(" ")));
    }
    let mut text = String::new();
    for token in tokens {
        text.push_str(&token.word().unwrap_or_else(|| token.text()));
    }
    Ok(DeclaredType {
        text,
        kind: Kind::Named,
        serial: false,
    })
}

#[cfg(test)]
mod tests;
