//! What a template can see.

use std::collections::BTreeSet;

/// Which entries of the data a template's result can depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inputs {
    /// All of them, and which there are: the template uses the data as a whole.
    All,
    /// Those alone, whether there or not.
    Named(BTreeSet<String>),
}
