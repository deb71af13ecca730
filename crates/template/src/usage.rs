//! Where a function is used.

use crate::error;

/// A function that a template uses, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// The name.
    pub function: &'static str,
    /// The line, from 1.
    pub line: usize,
    /// The byte of the line, from 1.
    pub column: usize,
}

impl Use {
    pub(crate) fn new(function: &'static str, text: &str, at: usize) -> Self {
        let (line, column) = error::line_and_column(text, at);
        Self {
            function,
            line,
            column,
        }
    }
}
