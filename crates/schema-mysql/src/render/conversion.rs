//! What a change of type or collation does to the values, and how the server makes it.

mod number;

use schema::ir::Column;

use super::Way;
use crate::lower::charset;
use crate::lower::types::{Kind, base, kind, numbers, values};

/// A change of type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Conversion {
    /// How it is made.
    pub(super) way: Way,
    /// What becomes of values that don't fit; `None` when every value fits as it is.
    pub(super) loss: Option<String>,
}

/// Returns what changing the type, collation and numbering of a column does. What is not proven to be less is a copy
/// of the table.
pub(super) fn of(before: &Column, after: &Column) -> Conversion {
    let mut conversion = if before.type_ == after.type_ {
        free(Way::Instant)
    } else {
        between(before, after)
    };
    if let (Some(from), Some(to)) = (&before.collation, &after.collation)
        && from != to
    {
        let (from, to) = (charset::of_collation(from), charset::of_collation(to));
        conversion.way = Way::Copy;
        if !charset::holds(to, from) && conversion.loss.is_none() {
            conversion.loss = Some(format!(
                "the change fails if a text has a character that {to} doesn't have"
            ));
        }
    }
    if before.auto_increment != after.auto_increment {
        conversion.way = Way::Copy;
    }
    conversion
}

fn free(way: Way) -> Conversion {
    Conversion { way, loss: None }
}

fn lossy(reason: impl Into<String>) -> Conversion {
    Conversion {
        way: Way::Copy,
        loss: Some(reason.into()),
    }
}

/// Returns a copy of the table, with a loss unless every value fits.
fn copy_if(fits: bool, after: &Column) -> Conversion {
    if fits {
        free(Way::Copy)
    } else {
        lossy(format!(
            "the change fails if a value is longer than {} takes",
            after.type_
        ))
    }
}

fn between(before: &Column, after: &Column) -> Conversion {
    let (from, to) = (kind(&before.type_), kind(&after.type_));
    if let Some(conversion) = number::between(&before.type_, &after.type_) {
        return conversion;
    }
    match (from, to) {
        (Kind::Character, Kind::Character) | (Kind::Binary, Kind::Binary) => strings(before, after),
        (Kind::Character | Kind::Text, Kind::Character | Kind::Text)
        | (Kind::Binary | Kind::Blob, Kind::Binary | Kind::Blob) => {
            copy_if(room(after) >= room(before), after)
        }
        (Kind::Choice, Kind::Choice) => choices(before, after),
        (Kind::Choice, Kind::Character) => {
            let longest = values(&before.type_)
                .iter()
                .map(|value| value.chars().count() as u64)
                .max();
            let is_one = base(&before.type_) == "enum";
            copy_if(is_one && longest.unwrap_or_default() <= length(after), after)
        }
        (Kind::Date, Kind::DateTime) if base(&after.type_) == "datetime" => free(Way::Copy),
        (Kind::DateTime, Kind::DateTime) | (Kind::Time, Kind::Time) => moments(before, after),
        (Kind::DateTime, Kind::Date | Kind::Time) => lossy("a part of each time is dropped"),
        (Kind::Date | Kind::Time | Kind::DateTime | Kind::Year, Kind::Character) => {
            copy_if(length(after) >= 26, after)
        }
        (Kind::Json, Kind::Text) => copy_if(base(&after.type_) == "longtext", after),
        (Kind::Text | Kind::Character, Kind::Json) => lossy("the change fails if a value is no JSON"),
        _ => lossy(format!(
            "every value is converted from {} to {}; the change fails if one can't be",
            before.type_, after.type_
        )),
    }
}

fn length(column: &Column) -> u64 {
    numbers(&column.type_).first().copied().unwrap_or_default()
}

/// Returns the bytes that a character of the column takes at most, if its character set is known.
fn character_bytes(column: &Column) -> Option<u64> {
    match &column.collation {
        Some(collation) => charset::bytes_per_character(charset::of_collation(collation)),
        None => Some(1),
    }
}

/// `char` and `varchar`, `binary` and `varbinary`. The server widens a `var…` in place while the number of bytes that
/// hold its length stays (M7).
fn strings(before: &Column, after: &Column) -> Conversion {
    let (from, to) = (length(before), length(after));
    let varies = |column: &Column| base(&column.type_).starts_with("var");
    match (varies(before), varies(after)) {
        (true, true) if to >= from => {
            let long = |length: u64| character_bytes(before).map(|bytes| length * bytes > 255);
            match (long(from), long(to)) {
                (Some(from), Some(to)) if from == to => free(Way::Inplace),
                _ => free(Way::Copy),
            }
        }
        (_, true) => copy_if(to >= from, after),
        (false, false) if to >= from && kind(&after.type_) == Kind::Character => free(Way::Copy),
        (false, false) if to >= from => lossy("values are filled up with zero bytes"),
        _ => lossy(format!(
            "values longer than {} takes are refused, and blanks at the end are lost",
            after.type_
        )),
    }
}

/// Returns the bytes that a text or blob holds at least.
fn room(column: &Column) -> u64 {
    match base(&column.type_) {
        "tinytext" | "tinyblob" => 255,
        "text" | "blob" => 65_535,
        "mediumtext" | "mediumblob" => 16_777_215,
        "longtext" | "longblob" => 4_294_967_295,
        _ => length(column) * character_bytes(column).unwrap_or(4),
    }
}

/// `enum` and `set`: values that are added at the end change no row while the size of a value stays (M10).
fn choices(before: &Column, after: &Column) -> Conversion {
    let (from, to) = (values(&before.type_), values(&after.type_));
    let same_base = base(&before.type_) == base(&after.type_);
    let size = |count: usize| match (base(&after.type_), count) {
        ("enum", 0..=255) | ("set", 0..=8) => 1,
        ("enum", _) | ("set", 9..=16) => 2,
        ("set", 17..=24) => 3,
        ("set", 25..=32) => 4,
        _ => 8,
    };
    let gone: Vec<&str> = from
        .iter()
        .filter(|value| !to.contains(value))
        .map(String::as_str)
        .collect();
    if !same_base && base(&before.type_) == "set" {
        lossy("the change fails if a row has more than one of the values")
    } else if !gone.is_empty() {
        lossy(format!(
            "the change fails if a row has a value that goes: {}",
            gone.join(", ")
        ))
    } else if same_base && to.starts_with(&from) && size(from.len()) == size(to.len()) {
        free(Way::Instant)
    } else {
        free(Way::Copy)
    }
}

fn moments(before: &Column, after: &Column) -> Conversion {
    match (base(&before.type_), base(&after.type_)) {
        ("timestamp", "datetime") => lossy("times become those in UTC, without zone"),
        ("datetime", "timestamp") => lossy("times are taken to be in UTC, and those before 1970 are refused"),
        _ if length(after) >= length(before) => free(Way::Copy),
        _ => lossy("fractions of seconds are rounded"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::types::normalised;

    fn convert(from: &str, to: &str) -> Conversion {
        let column = |type_: &str| {
            let type_ = normalised(type_);
            Column {
                collation: kind(&type_).has_collation().then(|| "utf8mb4_bin".to_owned()),
                type_,
                ..Column::default()
            }
        };
        of(&column(from), &column(to))
    }

    #[test]
    fn what_changes_no_row_is_made_in_place() {
        for (from, to, way) in [
            ("varchar(40)", "varchar(60)", Way::Inplace),
            ("varchar(64)", "varchar(255)", Way::Inplace),
            ("varbinary(40)", "varbinary(255)", Way::Inplace),
            ("tinyint(1)", "tinyint", Way::Inplace),
            ("enum('a')", "enum('a','b')", Way::Instant),
            ("set('a','b')", "set('a','b','c')", Way::Instant),
        ] {
            assert_eq!(convert(from, to), free(way), "{from} {to}");
        }
    }

    #[test]
    fn what_keeps_every_value_but_writes_the_rows_copies_the_table() {
        for (from, to) in [
            // 63 characters of four bytes are the most that one byte tells the length of.
            ("varchar(63)", "varchar(64)"),
            ("varchar(255)", "text"),
            ("char(3)", "varchar(3)"),
            ("tinytext", "mediumtext"),
            ("int", "bigint"),
            ("tinyint unsigned", "smallint"),
            ("smallint", "decimal(7,2)"),
            ("int", "double"),
            ("float", "double"),
            ("decimal(10,2)", "decimal(12,3)"),
            ("int", "varchar(11)"),
            ("date", "datetime"),
            ("datetime", "datetime(3)"),
            ("enum('a','b')", "enum('b','a')"),
            ("enum('a','bcd')", "varchar(3)"),
            (
                "set('1','2','3','4','5','6','7','8')",
                "set('1','2','3','4','5','6','7','8','9')",
            ),
            ("json", "longtext"),
        ] {
            assert_eq!(convert(from, to), free(Way::Copy), "{from} {to}");
        }
    }

    #[test]
    fn what_can_lose_or_refuse_values_says_so() {
        for (from, to) in [
            ("varchar(40)", "varchar(20)"),
            ("varchar(20)", "char(20)"),
            ("binary(3)", "binary(5)"),
            ("text", "varchar(255)"),
            ("mediumtext", "text"),
            ("bigint", "int"),
            ("int", "int unsigned"),
            ("int unsigned", "int"),
            ("decimal(10,2)", "decimal(10,1)"),
            ("decimal(10,2)", "int"),
            ("bigint", "double"),
            ("int", "float"),
            ("double", "float"),
            ("int", "decimal(5,2)"),
            ("int", "varchar(3)"),
            ("datetime(3)", "datetime"),
            ("timestamp", "datetime"),
            ("datetime", "date"),
            ("enum('a','b')", "enum('a')"),
            ("set('a')", "enum('a')"),
            ("varchar(40)", "int"),
            ("longtext", "json"),
        ] {
            let conversion = convert(from, to);
            assert!(
                conversion.loss.is_some() && conversion.way == Way::Copy,
                "{from} {to}: {conversion:?}"
            );
        }
    }

    #[test]
    fn another_character_set_copies_and_a_smaller_one_can_refuse() {
        let column = |collation: &str| Column {
            type_: "varchar(10)".to_owned(),
            collation: Some(collation.to_owned()),
            ..Column::default()
        };
        let convert = |from: &str, to: &str| of(&column(from), &column(to));
        assert_eq!(convert("latin1_bin", "utf8mb4_bin"), free(Way::Copy));
        assert_eq!(convert("utf8mb4_bin", "utf8mb4_unicode_ci"), free(Way::Copy));
        assert!(convert("utf8mb4_bin", "utf8mb3_bin").loss.is_some());
        assert!(convert("utf8mb4_bin", "latin1_bin").loss.is_some());
    }
}
