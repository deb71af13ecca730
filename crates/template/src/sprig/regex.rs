//! Regular expressions as Go's `regexp` reads and runs them.
//!
//! The syntax is read here, because Go's is not that of the Rust crates: `\d` is ASCII, `a**` is an error, `{` may stand
//! for itself. The automata are theirs; what runs them is here, so that all of its work is charged. Bytes that are no
//! UTF-8 are characters of their own (U+FFFD) in Go, which is had by searching in a copy with those replaced.

mod class;
mod escape;
mod expand;
mod functions;
mod haystack;
mod machine;
mod parse;
mod program;
mod threads;

pub(crate) use functions::TABLE;

use crate::failure::Failure;

/// Why a pattern can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bad {
    /// Go refuses it too.
    Syntax,
    /// It is refused here.
    Failure(Failure),
}

impl From<Failure> for Bad {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}
