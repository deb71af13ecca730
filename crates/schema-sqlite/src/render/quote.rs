//! Quoting, in this one place.

use schema::ir::TableName;

/// Returns a name in double quotes.
///
/// Names are always quoted: SQLite takes a quoted name as a name wherever it may be one, and it can't end there. It
/// must hold no NUL, which `lower` refuses and a stored name can't have.
pub(crate) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Returns the name of a table in double quotes.
pub(crate) fn table(name: &TableName) -> String {
    identifier(&name.name)
}

/// Returns names in double quotes, separated by commas.
pub(crate) fn identifiers<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(identifier).collect::<Vec<_>>().join(", ")
}

/// Returns a text as a literal. SQLite has no escapes in it but the quote, doubled.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lexer::tokens;

    proptest! {
        #[test]
        fn a_quoted_name_is_one_token_that_stands_for_it(name in "[^\0]+") {
            let quoted = identifier(&name);
            let tokens = tokens(&quoted).expect("a name");
            prop_assert_eq!(tokens.len(), 1);
            prop_assert_eq!(tokens[0].name(), Some(name));
        }

        #[test]
        fn a_literal_is_one_token_that_stands_for_the_text(text in "[^\0]*") {
            let quoted = literal(&text);
            let tokens = tokens(&quoted).expect("a literal");
            prop_assert_eq!(tokens.len(), 1);
            prop_assert_eq!(tokens[0].content(), Some(text));
        }
    }
}
