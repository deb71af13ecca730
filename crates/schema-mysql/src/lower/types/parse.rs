//! Takes the text of a type apart and writes it in one form.

use super::ColumnType;
use crate::lexer::{Token, literal_value, tokens};
use crate::render::quote;

/// The most bytes of a row, and so the longest that a `varchar` or `varbinary` can be declared.
const ROW_BYTES: u64 = 65_535;

/// A type taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parsed {
    /// The words of its name, in lower case, with one space between.
    name: String,
    /// The numbers in its parentheses.
    numbers: Vec<u64>,
    /// The values in its parentheses.
    pub(super) values: Vec<String>,
    unsigned: bool,
    zerofill: bool,
}

impl Parsed {
    /// Reads a type.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let tokens = tokens(text)?;
        let mut parsed = Self::default();
        let name = tokens.iter().take_while(|token| token.word().is_some()).count();
        let mut words: Vec<String> = tokens[..name].iter().filter_map(Token::word).collect();
        let mut rest = &tokens[name..];
        if let [Token::Open(_), inner @ ..] = rest {
            let end = inner
                .iter()
                .position(|token| matches!(token, Token::Close(_)))
                .ok_or("a `(` is not closed")?;
            parsed.arguments(&inner[..end])?;
            rest = &inner[end + 1..];
        }
        let after: Option<Vec<String>> = rest.iter().map(Token::word).collect();
        words.extend(after.ok_or_else(|| format!("`{text}` can't be read as a type"))?);
        // What stands at the end of a number's name may stand after its length as well.
        while let Some(last) = words.last() {
            match last.as_str() {
                "unsigned" => parsed.unsigned = true,
                "zerofill" => parsed.zerofill = true,
                "signed" => {}
                _ => break,
            }
            words.pop();
        }
        if let Some(word) = words
            .iter()
            .find(|word| matches!(word.as_str(), "character" | "charset" | "collate"))
            && words.first() != Some(word)
            && words.first().map(String::as_str) != Some("national")
        {
            return Err(
                "the character set and the collation are fields of their own: `charset`, `collation`"
                    .to_owned(),
            );
        }
        parsed.name = words.join(" ");
        if parsed.name.is_empty() {
            return Err("the type is empty".to_owned());
        }
        Ok(parsed)
    }

    fn arguments(&mut self, tokens: &[Token<'_>]) -> Result<(), String> {
        for (at, token) in tokens.iter().enumerate() {
            let bad = || format!("`{}` is no length and no value", token.text());
            match token {
                Token::Operator(",") if at % 2 == 1 => {}
                Token::Number(number) if at % 2 == 0 => self.numbers.push(number.parse().map_err(|_| bad())?),
                Token::Literal(literal) if at % 2 == 0 => {
                    let value = literal_value(literal).ok_or_else(bad)?;
                    // The server takes blanks at the end of such a value away.
                    self.values.push(value.trim_end_matches(' ').to_owned());
                }
                _ => return Err(bad()),
            }
        }
        if tokens.len().is_multiple_of(2) {
            return Err("a length or value is missing in the parentheses".to_owned());
        }
        Ok(())
    }

    /// Returns the type in the catalog's form.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn canonical(&self) -> Result<ColumnType, String> {
        let name = self.name.as_str();
        let text = match name {
            "bool" | "boolean" => self.bare("tinyint(1)")?,
            "tinyint" | "int1" => self.integer("tinyint", 3)?,
            "smallint" | "int2" => self.integer("smallint", 5)?,
            "mediumint" | "int3" | "middleint" => self.integer("mediumint", 8)?,
            "int" | "integer" | "int4" => self.integer("int", 10)?,
            "bigint" | "int8" => self.integer("bigint", 20)?,
            "decimal" | "dec" | "numeric" | "fixed" => self.decimal()?,
            "float" | "float4" => self.float()?,
            "double" | "double precision" | "real" | "float8" => self.real("double")?,
            "bit" => self.sized("bit", Some(1), 64)?,
            "char" | "character" | "nchar" | "national char" | "national character" => {
                self.sized("char", Some(1), 255)?
            }
            "varchar"
            | "character varying"
            | "char varying"
            | "nvarchar"
            | "national varchar"
            | "national character varying"
            | "national char varying"
            | "nchar varchar"
            | "nchar varying" => self.sized("varchar", None, ROW_BYTES)?,
            "binary" => self.sized("binary", Some(1), 255)?,
            "varbinary" => self.sized("varbinary", None, ROW_BYTES)?,
            "tinytext" | "text" | "mediumtext" | "longtext" | "tinyblob" | "blob" | "mediumblob"
            | "longblob" => self.large()?,
            "long" | "long varchar" => self.bare("mediumtext")?,
            "long varbinary" => self.bare("mediumblob")?,
            "enum" | "set" => self.choice()?,
            "date" | "json" | "uuid" | "inet4" | "inet6" | "geometry" | "point" | "linestring"
            | "polygon" | "multipoint" | "multilinestring" | "multipolygon" | "geometrycollection" => {
                self.bare(name)?
            }
            "geomcollection" => self.bare("geometrycollection")?,
            "time" | "datetime" | "timestamp" => self.temporal()?,
            "year" if self.numbers.is_empty() || self.numbers == [4] => "year".to_owned(),
            "year" => return Err("a year has four digits; write `year`".to_owned()),
            "serial" => {
                let reason = "`serial` stands for several fields; write `bigint unsigned`, `autoIncrement: true` and a key";
                return Err(reason.to_owned());
            }
            _ => return Err(format!("`{name}` is no type of MySQL or MariaDB")),
        };
        let national =
            name.starts_with("national") || matches!(name.split(' ').next(), Some("nchar" | "nvarchar"));
        Ok(ColumnType {
            text: self.signed(text)?,
            charset: national.then(|| "utf8mb3".to_owned()),
        })
    }

    fn signed(&self, text: String) -> Result<String, String> {
        let number = matches!(
            super::kind(&text),
            super::Kind::Integer | super::Kind::Decimal | super::Kind::Float
        );
        if !number && (self.unsigned || self.zerofill) {
            return Err(format!(
                "{text} is no number that `unsigned` or `zerofill` could be said of"
            ));
        }
        Ok(match (self.unsigned || self.zerofill, self.zerofill) {
            (true, true) => format!("{text} unsigned zerofill"),
            (true, false) => format!("{text} unsigned"),
            _ => text,
        })
    }

    fn bare(&self, text: &str) -> Result<String, String> {
        if self.numbers.is_empty() && self.values.is_empty() {
            Ok(text.to_owned())
        } else {
            Err(format!("`{}` has no length", self.name))
        }
    }

    fn no_values(&self) -> Result<(), String> {
        if self.values.is_empty() {
            Ok(())
        } else {
            Err(format!("`{}` has a length, not values", self.name))
        }
    }

    fn integer(&self, base: &str, digits: u64) -> Result<String, String> {
        self.no_values()?;
        match self.numbers.as_slice() {
            [] if self.zerofill => Ok(format!("{base}({digits})")),
            [width] if self.zerofill && *width <= 255 => Ok(format!("{base}({width})")),
            [1] if base == "tinyint" && !self.unsigned => Ok("tinyint(1)".to_owned()),
            [] => Ok(base.to_owned()),
            [width] if *width <= 255 => Ok(base.to_owned()),
            _ => Err(format!("`{}` has one width, of up to 255", self.name)),
        }
    }

    fn decimal(&self) -> Result<String, String> {
        self.no_values()?;
        let (precision, scale) = match *self.numbers.as_slice() {
            [] => (10, 0),
            [precision] => (precision, 0),
            [precision, scale] => (precision, scale),
            _ => return Err("a decimal has a precision and a scale".to_owned()),
        };
        // `decimal(0)` is the default precision for the server.
        let precision = if precision == 0 { 10 } else { precision };
        if precision > 65 || scale > 38 || scale > precision {
            return Err(
                "a decimal has up to 65 digits, up to 38 of them (on MySQL 30) after the point".to_owned(),
            );
        }
        Ok(format!("decimal({precision},{scale})"))
    }

    fn float(&self) -> Result<String, String> {
        match *self.numbers.as_slice() {
            [bits @ 0..=53] => Ok(if bits <= 24 { "float" } else { "double" }.to_owned()),
            [_] => Err("a float has up to 53 bits".to_owned()),
            _ => self.real("float"),
        }
    }

    fn real(&self, base: &str) -> Result<String, String> {
        self.no_values()?;
        match *self.numbers.as_slice() {
            [] => Ok(base.to_owned()),
            [digits, scale] if digits <= 255 && scale <= 30 && scale <= digits => {
                Ok(format!("{base}({digits},{scale})"))
            }
            _ => Err(format!("`{}` has no length, or digits and scale", self.name)),
        }
    }

    fn sized(&self, base: &str, default: Option<u64>, most: u64) -> Result<String, String> {
        self.no_values()?;
        match (self.numbers.as_slice(), default) {
            ([], Some(length)) => Ok(format!("{base}({length})")),
            ([], None) => Err(format!("`{}` needs a length, such as {base}(255)", self.name)),
            ([length], _) if *length <= most => Ok(format!("{base}({length})")),
            _ => Err(format!("`{}` has one length, of up to {most}", self.name)),
        }
    }

    /// A text or blob. SchemaHero's manifests may hold the length that the catalog has of it.
    fn large(&self) -> Result<String, String> {
        self.no_values()?;
        let name = self.name.as_str();
        let most = match name.strip_suffix("text").or_else(|| name.strip_suffix("blob")) {
            Some("tiny") => 255,
            Some("") => 65_535,
            Some("medium") => 16_777_215,
            _ => 4_294_967_295_u64,
        };
        match *self.numbers.as_slice() {
            [] => Ok(name.to_owned()),
            [length] if length == most => Ok(name.to_owned()),
            [length] if name == "blob" => Ok(match length {
                0..=255 => "tinyblob",
                256..=65_535 => "blob",
                65_536..=16_777_215 => "mediumblob",
                _ => "longblob",
            }
            .to_owned()),
            _ => Err(format!(
                "`{name}` has no length of its own; write tinytext, text, mediumtext, longtext or varchar(n)"
            )),
        }
    }

    fn choice(&self) -> Result<String, String> {
        if self.values.is_empty() || !self.numbers.is_empty() {
            return Err(format!(
                "`{0}` needs its values in quotes, such as {0}('a','b')",
                self.name
            ));
        }
        let quoted: Vec<String> = self.values.iter().map(|value| quote::literal(value)).collect();
        Ok(format!("{}({})", self.name, quoted.join(",")))
    }

    fn temporal(&self) -> Result<String, String> {
        self.no_values()?;
        match *self.numbers.as_slice() {
            [] | [0] => Ok(self.name.clone()),
            [digits @ 1..=6] => Ok(format!("{}({digits})", self.name)),
            _ => Err(format!("`{}` has up to 6 digits after the second", self.name)),
        }
    }
}
