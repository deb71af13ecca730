//! Where a document stands, and what can be wrong with it.

use std::fmt;

use crate::decode::{Problem, similar};
use crate::yaml::locate::{Segment, spell};

/// The place of a document, as in `secret.yaml, document 2 (line 14)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Name of the file.
    pub file: String,
    /// Number of the document, from 1.
    pub document: usize,
    /// Line on which it begins, from 1.
    pub line: usize,
    /// Number of the item, from 1, in a List.
    pub item: Option<usize>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, document {}", self.file, self.document)?;
        if let Some(item) = self.item {
            write!(f, ", item {item}")?;
        }
        write!(f, " (line {})", self.line)
    }
}

/// A text or document that can't be read. No message quotes a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// More than [`MAX_BYTES`](super::MAX_BYTES).
    #[error("{file} has {len} bytes; a file of manifests has at most {max}")]
    TooLong {
        /// Name of the file.
        file: String,
        /// Its length.
        len: usize,
        /// [`MAX_BYTES`](super::MAX_BYTES).
        max: usize,
    },
    /// Bytes that are no UTF-8.
    #[error("{file} is not UTF-8 (line {line}); put binary values in `data`, as base64")]
    NotUtf8 {
        /// Name of the file.
        file: String,
        /// Line of the first such byte.
        line: usize,
    },
    /// Neither YAML nor JSON.
    #[error("{place}: {message}")]
    Syntax {
        /// The document, and the line of the fault.
        place: Place,
        /// Column of the fault in characters, from 1, where it is known.
        column: Option<usize>,
        /// What is wrong.
        message: String,
    },
    /// A list, a text or a number where an object belongs.
    #[error("{place}: expected an object with `apiVersion` and `kind`, found {found}")]
    NotAnObject {
        /// The document.
        place: Place,
        /// What it is.
        found: &'static str,
    },
    /// A field that isn't as it should be.
    #[error("{place}: {}{message}", in_field(path, *line))]
    Field {
        /// The document.
        place: Place,
        /// Path of the field, as in `spec.template.data`; empty for the object itself.
        path: String,
        /// Line of the field in the file, or of its nearest parent.
        line: usize,
        /// What is wrong.
        message: String,
    },
}

fn in_field(path: &str, line: usize) -> String {
    if path.is_empty() {
        String::new()
    } else {
        format!("field `{path}` (line {line}): ")
    }
}

impl DocumentError {
    /// Returns the error of a field; messages of types that may quote a value are left out if `confidential`.
    pub(crate) fn field(
        place: Place,
        line: usize,
        path: &[Segment],
        problem: Problem,
        confidential: bool,
    ) -> Self {
        let name = match path.last() {
            Some(Segment::Key(key)) => key.as_str(),
            _ => "",
        };
        let message = match problem {
            Problem::Unknown { known } => match similar(name, known) {
                Some(close) => format!("unknown field; did you mean `{close}`?"),
                None if known.is_empty() => "unknown field".to_owned(),
                None => format!("unknown field; the fields here are {}", known.join(", ")),
            },
            Problem::Other(_) | Problem::Variant { .. } if confidential => {
                "the value is not valid".to_owned()
            }
            problem => problem.to_string(),
        };
        Self::Field {
            place,
            path: spell(&path.iter().map(shown).collect::<Vec<_>>()),
            line,
            message,
        }
    }
}

/// The longest key that is shown whole. In a document whose quotes or colons are wrong a value can stand in the place of
/// a key.
const LONGEST_KEY: usize = 48;

fn shown(segment: &Segment) -> Segment {
    match segment {
        Segment::Key(key) if key.chars().count() > LONGEST_KEY => {
            let start: String = key.chars().take(LONGEST_KEY / 2).collect();
            Segment::Key(format!("{start}…"))
        }
        segment => segment.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_too_long_to_be_one_is_cut() {
        let shown = |key: &str| shown(&Segment::key(key));
        assert_eq!(shown("encryptedData"), Segment::key("encryptedData"));
        let cut = format!("{}…", "ä".repeat(24));
        assert_eq!(shown(&"ä".repeat(49)), Segment::Key(cut));
    }
}
