//! Reads the `CREATE INDEX` statements that `sqlite_schema` keeps.

use super::cursor::{Cursor, Unexpected, in_parentheses, part, split};
use crate::lexer::{canonical, tokens};

/// Returns what the declared form can't say of an index: order, collations, expressions, predicate. `None` for one of
/// plain columns.
pub(crate) fn extra(sql: &str) -> Result<Option<String>, Unexpected> {
    let tokens = tokens(sql).map_err(|error| Unexpected(error.to_string()))?;
    let mut cursor = Cursor::new(&tokens);
    cursor.expect(&["CREATE"])?;
    cursor.takes(&["UNIQUE"]);
    cursor.expect(&["INDEX"])?;
    cursor.takes(&["IF", "NOT", "EXISTS"]);
    cursor.name()?;
    if cursor.takes_symbol(".") {
        cursor.name()?;
    }
    cursor.expect(&["ON"])?;
    cursor.name()?;
    let list = cursor.group()?;
    let plain = split(list).into_iter().all(|tokens| part(tokens).plain);
    let mut predicate = String::new();
    if cursor.takes(&["WHERE"]) {
        let mut rest = Vec::new();
        while let Some(token) = cursor.next() {
            rest.push(*token);
        }
        predicate = format!(" WHERE {}", canonical(&rest));
    }
    if !cursor.is_end() {
        return Err(cursor.unexpected("the end"));
    }
    Ok((!plain || !predicate.is_empty()).then(|| in_parentheses(list) + &predicate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_of_plain_columns_has_no_extra() {
        for sql in [
            "CREATE INDEX i ON t(a, \"b c\" ASC)",
            "CREATE UNIQUE INDEX [i j] ON 't' (`a`) -- why",
        ] {
            assert_eq!(extra(sql), Ok(None), "{sql}");
        }
    }

    #[test]
    fn all_that_is_more_is_kept_in_its_words() {
        for (sql, expected) in [
            ("CREATE INDEX i ON t(a DESC, b)", "(a DESC, b)"),
            ("CREATE INDEX i ON t(a COLLATE NOCASE)", "(a COLLATE NOCASE)"),
            ("CREATE INDEX i ON t(lower(a))", "(lower(a))"),
            ("CREATE INDEX i ON t(a) WHERE b > 0 -- only", "(a) WHERE b > 0"),
        ] {
            assert_eq!(extra(sql), Ok(Some(expected.to_owned())), "{sql}");
        }
    }
}
