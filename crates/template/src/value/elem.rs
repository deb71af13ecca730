//! The types of what lists and dicts hold.

use super::Value;
use super::text::Text;

/// The static type of the elements of a list, and of the values of a dict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Elem {
    /// `interface {}`.
    Any,
    String,
    Int,
    /// `uint8`: a list of these is Go's `[]byte`.
    Uint8,
    /// `[]interface {}`.
    List,
}

impl Elem {
    /// Returns the name as `%T` prints it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Any => "interface {}",
            Self::String => "string",
            Self::Int => "int",
            Self::Uint8 => "uint8",
            Self::List => "[]interface {}",
        }
    }

    /// Returns the zero value: what `index` gives for a key that a map does not have.
    pub(crate) fn zero(self) -> Value {
        match self {
            Self::Any => Value::Nil,
            Self::String => Value::String(Text::uncharged(Vec::new())),
            Self::Int => Value::Int(0),
            Self::Uint8 => Value::Uint8(0),
            Self::List => Value::List(super::List::nil(Self::Any)),
        }
    }
}
