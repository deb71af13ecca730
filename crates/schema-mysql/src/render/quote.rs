//! Quotes names and literals. No other file does.

use std::fmt::Write as _;

use schema::ir::TableName;

/// Returns a name as a quoted identifier.
///
/// It is always quoted, so that it means exactly the stored name whatever the keywords of the version.
pub(crate) fn identifier(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// Returns a table's name, with its database where that is another than the connection's.
pub(crate) fn table(name: &TableName) -> String {
    match &name.schema {
        Some(schema) => format!("{}.{}", identifier(schema), identifier(&name.name)),
        None => identifier(&name.name),
    }
}

/// Returns names as a list in parentheses.
pub(crate) fn columns<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(identifier).collect();
    format!("({})", quoted.join(", "))
}

/// Returns a text as a literal, as the session's pinned `sql_mode` reads it: quotes doubled, backslashes doubled, and
/// what would break a line or end a text escaped, as the server's own `SHOW CREATE TABLE` does.
pub(crate) fn literal(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('\'');
    for character in text.chars() {
        match character {
            '\'' => quoted.push_str("''"),
            '\\' => quoted.push_str("\\\\"),
            '\0' => quoted.push_str("\\0"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            other => quoted.push(other),
        }
    }
    quoted.push('\'');
    quoted
}

/// Returns bytes as a hexadecimal literal.
pub(crate) fn bytes(bytes: &[u8]) -> String {
    let mut quoted = String::from("x'");
    for byte in bytes {
        // Writing to a String can't fail.
        let _ = write!(quoted, "{byte:02X}");
    }
    quoted.push('\'');
    quoted
}

/// Returns a user with the host that it connects from.
pub(crate) fn account(user: &str, host: &str) -> String {
    format!("{}@{}", literal(user), literal(host))
}

/// Returns a database's name for `GRANT … ON`, where `_` and `%` are patterns unless they are escaped.
pub(crate) fn granted_database(name: &str) -> String {
    let escaped = name.replace('\\', "\\\\").replace('_', "\\_").replace('%', "\\%");
    identifier(&escaped)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lexer::{Token, literal_value, tokens};

    proptest! {
        #[test]
        fn a_quoted_identifier_reads_back_as_the_same_name(name in "[^\0]{1,40}") {
            let quoted = identifier(&name);
            let read = tokens(&quoted).unwrap();
            prop_assert_eq!(read, vec![Token::QuotedIdentifier(&quoted)]);
            prop_assert_eq!(quoted[1..quoted.len() - 1].replace("``", "`"), name);
        }

        #[test]
        fn a_literal_is_one_token_and_reads_back_whatever_the_text(text in any::<String>()) {
            // `\%` and `\_` are two characters in a literal, and so are they for the server.
            let quoted = literal(&text);
            let read = tokens(&quoted).unwrap();
            prop_assert_eq!(read, vec![Token::Literal(&quoted)]);
            prop_assert_eq!(literal_value(&quoted), Some(text));
        }
    }

    #[test]
    fn quotes_and_backslashes_are_doubled() {
        assert_eq!(identifier("a`b"), "`a``b`");
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal("a\\'b\0\n"), "'a\\\\''b\\0\\n'");
        assert_eq!(table(&TableName::new("other", "T")), "`other`.`T`");
        assert_eq!(bytes(&[0xff, 0x01]), "x'FF01'");
        assert_eq!(account("o'hara", "%"), "'o''hara'@'%'");
        assert_eq!(granted_database("my_app%"), "`my\\_app\\%`");
    }
}
