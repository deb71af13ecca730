//! What this SQLite can do, by its version: capabilities with names, never comparisons elsewhere.

use schema::ServerFacts;

/// The capabilities of a version of SQLite.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Version<'a>(&'a [u32]);

impl<'a> Version<'a> {
    /// Returns the version of these facts.
    pub(crate) fn of(facts: &'a ServerFacts) -> Self {
        Self(&facts.version)
    }

    /// Returns whether `ALTER TABLE … DROP COLUMN` is there (3.35).
    pub(crate) fn drops_columns(self) -> bool {
        self.0 >= [3, 35].as_slice()
    }

    /// Returns whether tables can be `STRICT` (3.37).
    pub(crate) fn has_strict_tables(self) -> bool {
        self.0 >= [3, 37].as_slice()
    }
}

/// Reads what `sqlite_version()` gives.
pub(crate) fn parse(text: &str) -> Vec<u32> {
    text.split('.').map_while(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        assert_eq!(parse("3.51.3"), [3, 51, 3]);
        assert!(Version(&[3, 35]).drops_columns());
        assert!(!Version(&[3, 9]).drops_columns());
        assert!(Version(&[3, 37, 2]).has_strict_tables());
        assert!(!Version(&[3, 36, 9]).has_strict_tables());
    }
}
