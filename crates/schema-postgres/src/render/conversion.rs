//! What a change of type does to the values: nothing, a rewrite, or a loss.

use schema::ir::Column;

/// What it takes to change a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effort {
    /// Only the catalog changes.
    Catalog,
    /// Every row is written anew.
    Rewrite,
}

/// A change of type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Conversion {
    /// What it takes.
    pub(super) effort: Effort,
    /// What becomes of values that don't fit; `None` when every value fits as it is.
    pub(super) loss: Option<String>,
    /// The expression that converts a value, with `{column}` for the column, where the server has no conversion that
    /// it makes by itself. Where it has one none is given: an explicit cast to a shorter type would cut in silence.
    pub(super) using: Option<String>,
    /// Why there is no such conversion.
    pub(super) impossible: Option<String>,
}

/// Returns what changing the type of a column does.
pub(super) fn of(before: &Column, after: &Column) -> Conversion {
    if before.type_ == after.type_ {
        return free(Effort::Catalog);
    }
    let (from, to) = (Type::of(&before.type_), Type::of(&after.type_));
    match (from.array, to.array) {
        (false, true) => {
            let mut conversion = between(&from, &to);
            let target = &after.type_;
            conversion.effort = Effort::Rewrite;
            let array =
                format!("CASE WHEN {{column}} IS NULL THEN NULL ELSE ARRAY[{{column}}]::{target} END");
            conversion.using = Some(array);
            conversion
        }
        (true, false) if !to.is_text() => Conversion {
            impossible: Some(format!(
                "there is no conversion from {} to {}; add a new column, fill it and drop this one",
                before.type_, after.type_
            )),
            ..lossy("no value can be converted")
        },
        (true, true) => {
            let conversion = between(&from, &to);
            let using = conversion.using.map(|_| format!("{{column}}::{}", after.type_));
            Conversion {
                effort: Effort::Rewrite,
                using,
                ..conversion
            }
        }
        (true, false) => free(Effort::Rewrite),
        (false, false) => between(&from, &to),
    }
}

fn free(effort: Effort) -> Conversion {
    Conversion {
        effort,
        loss: None,
        using: None,
        impossible: None,
    }
}

fn lossy(reason: impl Into<String>) -> Conversion {
    Conversion {
        loss: Some(reason.into()),
        ..free(Effort::Rewrite)
    }
}

/// A type taken apart.
struct Type<'a> {
    text: &'a str,
    base: String,
    modifiers: Vec<i64>,
    array: bool,
}

impl<'a> Type<'a> {
    fn of(text: &'a str) -> Self {
        let (element, array) = match text.strip_suffix("[]") {
            Some(element) => (element, true),
            None => (text, false),
        };
        let (base, modifiers) = match (element.find('('), element.find(')')) {
            (Some(open), Some(close)) if open < close => {
                let modifiers = element[open + 1..close]
                    .split(',')
                    .filter_map(|part| part.trim().parse().ok());
                (
                    format!("{}{}", &element[..open], &element[close + 1..]),
                    modifiers.collect(),
                )
            }
            _ => (element.to_owned(), Vec::new()),
        };
        Self {
            text,
            base,
            modifiers,
            array,
        }
    }

    fn is_text(&self) -> bool {
        matches!(self.base.as_str(), "text" | "character varying")
    }

    /// Returns the digits before the point that an integer type can have.
    fn integer_digits(&self) -> Option<i64> {
        match self.base.as_str() {
            "smallint" => Some(5),
            "integer" => Some(10),
            "bigint" => Some(19),
            _ => None,
        }
    }

    fn first(&self) -> Option<i64> {
        self.modifiers.first().copied()
    }

    /// Returns the digits after the second of a time type: the modifier, or all six.
    fn precision(&self) -> i64 {
        self.first().unwrap_or(6)
    }
}

fn between(from: &Type<'_>, to: &Type<'_>) -> Conversion {
    let narrower = |what: &str| {
        lossy(format!(
            "the change fails if a value is longer than {} {what}",
            to.text
        ))
    };
    match (from.base.as_str(), to.base.as_str()) {
        ("text" | "character varying", "text" | "character varying") => match (from.first(), to.first()) {
            (_, None) => free(Effort::Catalog),
            (Some(from), Some(length)) if length >= from => free(Effort::Catalog),
            _ => narrower("takes"),
        },
        ("character", "character") if to.first() >= from.first() => free(Effort::Rewrite),
        ("character", "text" | "character varying")
            if to.first().is_none_or(|length| Some(length) >= from.first()) =>
        {
            free(Effort::Rewrite)
        }
        (
            "text" | "character varying" | "character" | "bpchar",
            "character" | "character varying" | "bpchar",
        ) => narrower("takes; shorter ones get blanks at the end where the type has them"),
        ("bit varying", "bit varying")
            if to
                .first()
                .is_none_or(|length| from.first().is_some_and(|from| length >= from)) =>
        {
            free(Effort::Catalog)
        }
        ("cidr", "inet") => free(Effort::Catalog),
        ("json", "jsonb") => lossy("the order of keys, repeated keys and white space of values are not kept"),
        ("jsonb", "json") | ("date", "timestamp without time zone") => free(Effort::Rewrite),
        (from_base, to_base) if from_base == to_base && is_time(to_base) => {
            if to.precision() >= from.precision() {
                free(Effort::Catalog)
            } else {
                lossy("fractions of seconds are rounded")
            }
        }
        ("timestamp without time zone", "timestamp with time zone") => lossy("times are taken to be in UTC"),
        ("timestamp with time zone", "timestamp without time zone") => {
            lossy("times become those in UTC, without zone")
        }
        ("timestamp without time zone" | "timestamp with time zone", "date" | "time without time zone") => {
            lossy("a part of each time is dropped")
        }
        ("boolean", "smallint" | "integer" | "bigint") => {
            let using = (to.base != "integer").then(|| format!("{{column}}::integer::{}", to.text));
            Conversion {
                using: using.or_else(|| Some("{column}::integer".to_owned())),
                ..free(Effort::Rewrite)
            }
        }
        _ => numbers(from, to).unwrap_or_else(|| other(from, to)),
    }
}

fn is_time(base: &str) -> bool {
    base.starts_with("timestamp") || base.starts_with("time ") || base == "interval"
}

/// Returns what converting between numbers does; `None` if one of them is none.
fn numbers(from: &Type<'_>, to: &Type<'_>) -> Option<Conversion> {
    let known = |kind: &Type<'_>| {
        kind.integer_digits().is_some()
            || matches!(kind.base.as_str(), "numeric" | "real" | "double precision")
    };
    if !known(from) || !known(to) {
        return None;
    }
    let range = || {
        lossy(format!(
            "the change fails if a value is out of the range of {}",
            to.text
        ))
    };
    let rounded = || {
        lossy(format!(
            "values are rounded to {}, and it fails if one is out of its range",
            to.text
        ))
    };
    let exact = free(Effort::Rewrite);
    Some(match (from.integer_digits(), to.integer_digits()) {
        (Some(from), Some(to)) if to >= from => exact,
        (Some(_), Some(_)) => range(),
        (Some(digits), None) => match (to.base.as_str(), to.modifiers.as_slice()) {
            ("numeric", []) => exact,
            ("numeric", [precision, scale]) if precision - scale >= digits => exact,
            ("numeric", _) => range(),
            ("real", _) if digits == 5 => exact,
            ("double precision", _) if digits <= 10 => exact,
            _ => rounded(),
        },
        (None, Some(_)) => rounded(),
        (None, None) => match (from.base.as_str(), to.base.as_str()) {
            ("real", "double precision") => exact,
            ("numeric", "numeric") => match (from.modifiers.as_slice(), to.modifiers.as_slice()) {
                (_, []) => free(Effort::Catalog),
                ([precision, scale], [wider, same]) if scale == same && wider >= precision => {
                    free(Effort::Catalog)
                }
                ([precision, scale], [to, after]) if after >= scale && to - after >= precision - scale => {
                    exact
                }
                _ => rounded(),
            },
            _ => rounded(),
        },
    })
}

/// Returns what converting to text, or between types that have nothing to do with each other, does.
fn other(from: &Type<'_>, to: &Type<'_>) -> Conversion {
    if to.is_text() {
        return match to.first() {
            None => free(Effort::Rewrite),
            Some(_) => lossy(format!(
                "the change fails if a value written out is longer than {} takes",
                to.text
            )),
        };
    }
    let reason = format!(
        "every value is converted from {} to {}; the change fails if one can't be",
        from.text, to.text
    );
    Conversion {
        using: Some(format!("{{column}}::{}", to.text)),
        ..lossy(reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn convert(from: &str, to: &str) -> Conversion {
        let column = |type_: &str| Column {
            type_: type_.to_owned(),
            ..Column::default()
        };
        of(&column(from), &column(to))
    }

    #[test]
    fn widening_changes_the_catalog_only() {
        for (from, to) in [
            ("character varying(40)", "character varying(80)"),
            ("character varying(40)", "text"),
            ("text", "character varying"),
            ("numeric(10,2)", "numeric(12,2)"),
            ("numeric(10,2)", "numeric"),
            ("timestamp(3) with time zone", "timestamp with time zone"),
            ("bit varying(3)", "bit varying"),
            ("cidr", "inet"),
        ] {
            assert_eq!(convert(from, to), free(Effort::Catalog), "{from} {to}");
        }
    }

    #[test]
    fn what_keeps_every_value_but_writes_the_rows_is_a_rewrite() {
        for (from, to) in [
            ("integer", "bigint"),
            ("smallint", "numeric(7,2)"),
            ("integer", "double precision"),
            ("integer", "text"),
            ("uuid", "character varying"),
            ("numeric(10,2)", "numeric(12,3)"),
            ("date", "timestamp without time zone"),
        ] {
            assert_eq!(convert(from, to), free(Effort::Rewrite), "{from} {to}");
        }
    }

    #[test]
    fn what_can_lose_or_refuse_values_says_so_and_never_casts_to_a_shorter_type_in_silence() {
        for (from, to) in [
            ("text", "character varying(10)"),
            ("character varying(40)", "character varying(20)"),
            ("bigint", "integer"),
            ("numeric(10,2)", "numeric(10,1)"),
            ("bigint", "double precision"),
            ("integer", "numeric(5,2)"),
            ("timestamp with time zone", "date"),
            ("integer", "character varying(3)"),
            ("json", "jsonb"),
        ] {
            let conversion = convert(from, to);
            assert!(
                conversion.loss.is_some() && conversion.using.is_none(),
                "{from} {to}: {conversion:?}"
            );
        }
    }

    #[test]
    fn a_conversion_that_the_server_does_not_make_by_itself_is_written_out() {
        assert_eq!(
            convert("text", "integer").using.as_deref(),
            Some("{column}::integer")
        );
        assert_eq!(
            convert("boolean", "bigint").using.as_deref(),
            Some("{column}::integer::bigint")
        );
        assert!(convert("text", "text[]").using.unwrap().starts_with("CASE"));
        assert!(convert("text[]", "integer").impossible.is_some());
    }
}
