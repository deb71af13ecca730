//! Type names: which texts are one, and which affinity they give (<https://sqlite.org/datatype3.html>, 3.1).

use crate::lexer::{Kind, Token, canonical, tokens};

/// What SQLite does with the values of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Affinity {
    /// Whole numbers where they are some.
    Integer,
    /// Texts.
    Text,
    /// As they are.
    Blob,
    /// Floating point numbers where they are some.
    Real,
    /// Numbers where they are some.
    Numeric,
}

impl Affinity {
    /// Returns the affinity of a declared type, by the substrings that SQLite looks for, in its order.
    pub(crate) fn of(type_: &str) -> Self {
        let type_ = type_.to_ascii_uppercase();
        let has = |part: &str| type_.contains(part);
        if has("INT") {
            Self::Integer
        } else if has("CHAR") || has("CLOB") || has("TEXT") {
            Self::Text
        } else if type_.is_empty() || has("BLOB") {
            Self::Blob
        } else if has("REAL") || has("FLOA") || has("DOUB") {
            Self::Real
        } else {
            Self::Numeric
        }
    }

    /// Returns whether numbers are kept as numbers.
    pub(crate) fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Real | Self::Numeric)
    }
}

/// The types that a `STRICT` table takes (<https://sqlite.org/stricttables.html>).
pub(crate) const STRICT: [&str; 6] = ["INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"];

/// Returns whether a type is one of a `STRICT` table.
pub(crate) fn is_strict(type_: &str) -> bool {
    STRICT.iter().any(|strict| strict.eq_ignore_ascii_case(type_))
}

/// Returns whether a single-column primary key of this type is the row's own number
/// (<https://sqlite.org/lang_createtable.html>, 5).
pub(crate) fn is_rowid(type_: &str) -> bool {
    type_.eq_ignore_ascii_case("INTEGER")
}

/// Returns whether two types are the same but for case and quotes: SQLite keeps `[int]` as it was written.
pub(crate) fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || unquoted(a).eq_ignore_ascii_case(&unquoted(b))
}

fn unquoted(type_: &str) -> String {
    let Ok(tokens) = tokens(type_) else {
        return type_.to_owned();
    };
    let names = tokens.iter().take_while(|token| !token.is_symbol("(")).count();
    let words: Vec<String> = tokens[..names].iter().filter_map(Token::name).collect();
    words.join(" ") + &canonical(&tokens[names..])
}

/// Words that end a type or that SQLite reserves, so that a type can't contain them unquoted
/// (<https://sqlite.org/lang_keywords.html>; those that SQLite also takes as names are left out).
const RESERVED: [&str; 55] = [
    "ADD",
    "ALL",
    "ALTER",
    "ALWAYS",
    "AND",
    "AS",
    "AUTOINCREMENT",
    "BETWEEN",
    "CASE",
    "CHECK",
    "COLLATE",
    "COMMIT",
    "CONSTRAINT",
    "CREATE",
    "DEFAULT",
    "DEFERRABLE",
    "DELETE",
    "DISTINCT",
    "DROP",
    "ELSE",
    "ESCAPE",
    "EXISTS",
    "FOREIGN",
    "FROM",
    "GENERATED",
    "GROUP",
    "HAVING",
    "IN",
    "INDEX",
    "INSERT",
    "INTO",
    "IS",
    "ISNULL",
    "JOIN",
    "LIMIT",
    "NOT",
    "NOTNULL",
    "NULL",
    "ON",
    "OR",
    "ORDER",
    "PRIMARY",
    "REFERENCES",
    "SELECT",
    "SET",
    "TABLE",
    "THEN",
    "TO",
    "TRANSACTION",
    "UNIQUE",
    "UPDATE",
    "USING",
    "VALUES",
    "WHEN",
    "WHERE",
];

/// Returns a declared type with one space between its words, and none in its arguments.
///
/// SQLite takes any words for a type and stores them, so this is the place where text that would become another part
/// of the statement is refused.
pub(crate) fn lower(text: &str) -> Result<String, String> {
    const FORM: &str = "a type is words, then at most two numbers in parentheses, such as `varchar(40)`";
    let tokens = tokens(text).map_err(|error| format!("`{text}` is no type: {error}; {FORM}"))?;
    if tokens.is_empty() {
        return Err("the type is empty; write one, such as `text`, `integer`, `real` or `blob`".to_owned());
    }
    let words = tokens.iter().take_while(|token| token.kind == Kind::Word).count();
    if let Some(word) = tokens[..words]
        .iter()
        .find(|token| RESERVED.iter().any(|reserved| token.is_word(reserved)))
    {
        return Err(format!(
            "`{text}` is no type: `{}` is a word of SQL; {FORM}, and NOT NULL, DEFAULT and the like have fields of their own",
            word.text
        ));
    }
    if words == 0 || !is_arguments(&tokens[words..]) {
        return Err(format!("`{text}` is no type; {FORM}"));
    }
    Ok(joined(&tokens))
}

/// Returns the tokens of a type as the catalog's reader and `lower` both write them.
pub(crate) fn joined(tokens: &[Token<'_>]) -> String {
    let names = tokens.iter().take_while(|token| !token.is_symbol("(")).count();
    let words: Vec<&str> = tokens[..names].iter().map(|token| token.text).collect();
    let arguments: Vec<Token<'_>> = tokens[names..]
        .iter()
        .map(|token| Token {
            spaced: false,
            ..*token
        })
        .collect();
    words.join(" ") + &canonical(&arguments)
}

/// Returns whether the tokens are nothing, `(n)` or `(n, n)`, each number with a sign or without.
pub(crate) fn is_arguments(tokens: &[Token<'_>]) -> bool {
    let [first, inner @ .., last] = tokens else {
        return tokens.is_empty();
    };
    let is_number = |part: &[Token<'_>]| match part {
        [number] => number.kind == Kind::Number,
        [sign, number] => (sign.is_symbol("+") || sign.is_symbol("-")) && number.kind == Kind::Number,
        _ => false,
    };
    let mut parts = inner.split(|token| token.is_symbol(","));
    first.is_symbol("(") && last.is_symbol(")") && parts.clone().count() <= 2 && parts.all(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_kept_as_declared_with_plain_spaces() {
        for (text, expected) in [
            ("text", "text"),
            (" VARCHAR ( 40 ) ", "VARCHAR(40)"),
            ("decimal(10 , -2)", "decimal(10,-2)"),
            ("unsigned  big\tint", "unsigned big int"),
            ("timestamp with time zone", "timestamp with time zone"),
        ] {
            assert_eq!(lower(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn text_that_is_no_type_is_refused() {
        for text in [
            "",
            " ",
            "(40)",
            "text not null",
            "text, evil int",
            "text); DROP TABLE users; --",
            "text default 1",
            "a(b)",
            "a(1,2,3)",
            "\"quoted\"",
            "'text'",
            "text(1",
            "text -- x\n, y int",
            "text generated always",
            "1",
            "text(1)x",
        ] {
            // A comment alone is white space, as everywhere in SQL.
            assert!(lower(text).is_err(), "{text}: {:?}", lower(text));
        }
    }

    #[test]
    fn quotes_and_case_of_a_type_are_no_difference() {
        assert!(
            same("VARCHAR(10)", "varchar(10)") && same("[int]", "INT") && same("'my type'(3)", "my type(3)")
        );
        assert!(!same("int", "integer") && !same("varchar(10)", "varchar(11)"));
    }

    #[test]
    fn affinity_follows_the_rules_in_their_order() {
        for (type_, expected) in [
            ("CHARINT", Affinity::Integer),
            ("varchar(40)", Affinity::Text),
            ("clob", Affinity::Text),
            ("", Affinity::Blob),
            ("double precision", Affinity::Real),
            ("FLOATING POINT", Affinity::Integer),
            ("string", Affinity::Numeric),
            ("datetime", Affinity::Numeric),
            ("bytea", Affinity::Numeric),
        ] {
            assert_eq!(Affinity::of(type_), expected, "{type_}");
        }
    }
}
