//! Finds the tables that a view reads, in its text.

use crate::render::quote;

/// Returns whether the text of a view of that database reads a table of it. Both servers write a view's tables after
/// `from` or `join`, in lower case and quoted; `SHOW CREATE VIEW` leaves the name of the own database out.
pub(super) fn reads(text: &str, database: &str, table: &str) -> bool {
    let table = quote::identifier(table);
    let database = format!("{}.", quote::identifier(database));
    text.match_indices(&table).any(|(at, _)| {
        let before = &text[..at];
        let before = before.strip_suffix(&database).unwrap_or(before);
        let before = before.trim_end_matches('(');
        before.ends_with("from ") || before.ends_with("join ")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_found_where_it_is_read_and_not_where_a_column_has_its_name() {
        for text in [
            "select `t`.`id` AS `id` from `t`",
            "select 1 AS `1` from `db`.`t`",
            "select `a`.`x` AS `x` from (`db`.`a` join `db`.`t` on((1 = 1)))",
            "select 1 AS `1` from ((`t` join `a`) join `b`)",
            "select (select max(`t`.`x`) from `t`) AS `m` from `a`",
        ] {
            assert!(reads(text, "db", "t"), "{text}");
        }
        for text in [
            "select `a`.`t` AS `t` from `a`",
            "select 1 AS `1` from `other`.`t`",
            "select `t2`.`x` AS `t` from `t2`",
        ] {
            assert!(!reads(text, "db", "t"), "{text}");
        }
    }
}
