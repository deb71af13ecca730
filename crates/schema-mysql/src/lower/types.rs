//! Names of types: what people write and what a catalog reports, in one form.
//!
//! The form is the one of `information_schema.COLUMNS.COLUMN_TYPE`, with what servers write differently made equal:
//! the display width of integers is left out (MySQL does so from 8.0.19 on), but for `tinyint(1)`, which stands for
//! booleans, and for `zerofill`, which needs it; `json` is `json` on MariaDB too, whose catalog has `longtext`.

mod parse;

use schema::ServerFacts;

use self::parse::Parsed;
use crate::version;

/// A declared type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ColumnType {
    /// The type as the catalog has it.
    pub(crate) text: String,
    /// The character set that the type implies, as `nchar` does.
    pub(crate) charset: Option<String>,
}

/// What a type is a kind of: it decides how defaults and collations read, and what changes of it do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `tinyint` to `bigint`.
    Integer,
    /// `decimal`.
    Decimal,
    /// `float` and `double`.
    Float,
    /// `bit`.
    Bit,
    /// `char` and `varchar`.
    Character,
    /// `tinytext` to `longtext`.
    Text,
    /// `enum` and `set`.
    Choice,
    /// `binary` and `varbinary`.
    Binary,
    /// `tinyblob` to `longblob`.
    Blob,
    /// `date`.
    Date,
    /// `time`.
    Time,
    /// `datetime` and `timestamp`.
    DateTime,
    /// `year`.
    Year,
    /// `json`.
    Json,
    /// `geometry` and what is below it.
    Spatial,
    /// Any other, such as MariaDB's `uuid`.
    Other,
}

impl Kind {
    /// Returns whether columns of it have a collation.
    pub(crate) fn has_collation(self) -> bool {
        matches!(self, Self::Character | Self::Text | Self::Choice)
    }

    /// Returns whether values are kept apart from the row, so that a key needs the length of a prefix.
    pub(crate) fn is_large(self) -> bool {
        matches!(self, Self::Text | Self::Blob | Self::Json | Self::Spatial)
    }
}

/// Returns the kind of a type in the catalog's form.
pub(crate) fn kind(type_: &str) -> Kind {
    match base(type_) {
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" => Kind::Integer,
        "decimal" => Kind::Decimal,
        "float" | "double" => Kind::Float,
        "bit" => Kind::Bit,
        "char" | "varchar" => Kind::Character,
        "tinytext" | "text" | "mediumtext" | "longtext" => Kind::Text,
        "enum" | "set" => Kind::Choice,
        "binary" | "varbinary" => Kind::Binary,
        "tinyblob" | "blob" | "mediumblob" | "longblob" => Kind::Blob,
        "date" => Kind::Date,
        "time" => Kind::Time,
        "datetime" | "timestamp" => Kind::DateTime,
        "year" => Kind::Year,
        "json" => Kind::Json,
        "geometry" | "point" | "linestring" | "polygon" | "multipoint" | "multilinestring"
        | "multipolygon" | "geometrycollection" => Kind::Spatial,
        _ => Kind::Other,
    }
}

/// Returns the first word of a type in the catalog's form.
pub(crate) fn base(type_: &str) -> &str {
    type_.split(['(', ' ']).next().unwrap_or_default()
}

/// Returns the numbers in the parentheses of a type in the catalog's form.
pub(crate) fn numbers(type_: &str) -> Vec<u64> {
    let inner = type_.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
    inner
        .map(|(inner, _)| {
            inner
                .split(',')
                .filter_map(|part| part.trim().parse().ok())
                .collect()
        })
        .unwrap_or_default()
}

/// Returns the values of an `enum` or `set`.
pub(crate) fn values(type_: &str) -> Vec<String> {
    Parsed::read(type_)
        .map(|parsed| parsed.values)
        .unwrap_or_default()
}

/// Returns the text that is equal for all ways in which catalogs write a type. A text that can't be read stays as it
/// is, in lower case.
pub(crate) fn normalised(text: &str) -> String {
    Parsed::read(text)
        .and_then(|parsed| parsed.canonical())
        .map_or_else(|_| text.trim().to_ascii_lowercase(), |canonical| canonical.text)
}

/// Returns a declared type as the catalog of that server has it.
///
/// # Errors
/// What is wrong with it and what to write instead.
pub(crate) fn canonical(declared: &str, facts: &ServerFacts) -> Result<ColumnType, String> {
    let parsed = Parsed::read(declared)?;
    let canonical = parsed.canonical()?;
    let known = match base(&canonical.text) {
        "uuid" => version::has_uuid(facts),
        "inet6" => version::has_inet(facts, false),
        "inet4" => version::has_inet(facts, true),
        _ => kind(&canonical.text) != Kind::Other,
    };
    if known {
        Ok(canonical)
    } else {
        Err(format!("{} has no type `{}`", facts.label(), canonical.text))
    }
}

#[cfg(test)]
mod tests;
