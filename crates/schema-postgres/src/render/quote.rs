//! Quotes names and literals. No other file does.

use schema::ir::TableName;

/// Returns a name as a quoted identifier.
///
/// It is always quoted, so that it means exactly the stored name whatever the case and the keywords of the version.
pub(crate) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Returns a table's name, with its schema where it has one.
pub(crate) fn table(name: &TableName) -> String {
    match &name.schema {
        Some(schema) => format!("{}.{}", identifier(schema), identifier(&name.name)),
        None => identifier(&name.name),
    }
}

/// Returns the name of something in the schema of a table, such as an index.
pub(crate) fn beside(table: &TableName, name: &str) -> String {
    self::table(&TableName {
        schema: table.schema.clone(),
        name: name.to_owned(),
    })
}

/// Returns names as a list in parentheses.
pub(crate) fn columns(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| identifier(name)).collect();
    format!("({})", quoted.join(", "))
}

/// Returns a text as a literal, in the form that the server's catalog prints: with a backslash in it, an escape
/// string, which reads the same whatever `standard_conforming_strings` is.
pub(crate) fn literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    if text.contains('\\') {
        format!("E'{}'", quoted.replace('\\', "\\\\"))
    } else {
        format!("'{quoted}'")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lexer::{Token, tokens};

    proptest! {
        #[test]
        fn a_quoted_identifier_reads_back_as_the_same_name(name in "[^\0]{1,40}") {
            let quoted = identifier(&name);
            let read = tokens(&quoted).unwrap();
            prop_assert_eq!(read, vec![Token::QuotedIdentifier(&quoted)]);
            prop_assert_eq!(quoted[1..quoted.len() - 1].replace("\"\"", "\""), name);
        }

        #[test]
        fn a_literal_is_one_token_whatever_the_text(text in "[^\0]{0,40}") {
            let quoted = literal(&text);
            let read = tokens(&quoted).unwrap();
            prop_assert_eq!(read, vec![Token::Literal(&quoted)]);
        }
    }

    #[test]
    fn quotes_and_backslashes_are_doubled() {
        assert_eq!(identifier("a\"b"), "\"a\"\"b\"");
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal("a\\'b"), "E'a\\\\''b'");
        assert_eq!(table(&TableName::new("My S", "T")), "\"My S\".\"T\"");
    }
}
