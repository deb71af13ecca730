//! Typed objects from JSON values, as Kubernetes reads them.
//!
//! `serde_json`'s own reader can't be used: its messages quote values, it stops at unknown fields or is
//! silent about them, and it refuses `null` where Go takes the zero value.

use std::cell::RefCell;
use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::yaml::locate::Segment;

mod access;
mod similar;

pub use similar::similar;

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// A value of another type; both sides are descriptions.
    Type { expected: String, found: &'static str },
    /// A value of the right type that isn't allowed; `expected` is a description.
    Value { expected: String },
    /// A word that isn't among those allowed.
    Variant {
        variant: String,
        expected: &'static [&'static str],
    },
    /// A field that isn't there.
    Missing { field: &'static str },
    /// A field that the type doesn't know.
    Unknown { known: &'static [&'static str] },
    /// A type's own message; it may quote the value.
    Other(String),
}

/// A problem and its place.
#[derive(Clone, Debug)]
pub(crate) struct FieldError {
    pub(crate) path: Vec<Segment>,
    pub(crate) problem: Problem,
}

/// Where the reader is, and what it passed over.
#[derive(Default)]
struct Progress {
    path: RefCell<Vec<Segment>>,
    unknown: RefCell<Vec<FieldError>>,
}

/// Returns the object and its unknown fields.
pub(crate) fn decode<T: DeserializeOwned>(value: &Value) -> Result<(T, Vec<FieldError>), FieldError> {
    let progress = Progress::default();
    match T::deserialize(access::ValueReader::root(value, &progress)) {
        Ok(object) => Ok((object, progress.unknown.into_inner())),
        // After an error the path is left as it was: it is the error's place.
        Err(problem) => Err(FieldError {
            path: progress.path.into_inner(),
            problem,
        }),
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type { expected, found } => {
                write!(f, "expected {expected}, found {found}")?;
                if expected.contains("string") && matches!(*found, "a number" | "a boolean") {
                    write!(f, "; quote it")?;
                }
                Ok(())
            }
            Self::Value { expected } => write!(f, "expected {expected}"),
            Self::Variant { variant, expected } => {
                write!(f, "unknown value `{variant}`")?;
                match similar(variant, expected) {
                    Some(close) => write!(f, "; did you mean `{close}`?"),
                    None => write!(f, "; expected one of {}", expected.join(", ")),
                }
            }
            Self::Missing { field } => write!(f, "the field `{field}` is missing"),
            Self::Unknown { .. } => write!(f, "unknown field"),
            Self::Other(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Problem {}

impl serde::de::Error for Problem {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Other(message.to_string())
    }

    fn invalid_type(found: serde::de::Unexpected<'_>, expected: &dyn serde::de::Expected) -> Self {
        Self::Type {
            expected: expected.to_string(),
            found: describe(&found),
        }
    }

    fn invalid_value(_: serde::de::Unexpected<'_>, expected: &dyn serde::de::Expected) -> Self {
        Self::Value {
            expected: expected.to_string(),
        }
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::Variant {
            variant: variant.to_owned(),
            expected,
        }
    }

    fn unknown_field(_: &str, known: &'static [&'static str]) -> Self {
        Self::Unknown { known }
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing { field }
    }
}

/// Returns the kind of a value, without the value.
fn describe(found: &serde::de::Unexpected<'_>) -> &'static str {
    use serde::de::Unexpected;
    match found {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => "a number",
        Unexpected::Char(_) | Unexpected::Str(_) | Unexpected::Bytes(_) => "a string",
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::Seq => "a list",
        _ => "a mapping",
    }
}

#[cfg(test)]
mod tests;
