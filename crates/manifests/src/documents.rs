//! Documents: any number in a text, each with its place.

use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::decode::{self, FieldError};
use crate::yaml::locate::{self, Segment};

mod error;
mod json;
mod lists;
mod secret;
mod source;
mod split;
mod unquoted;

pub use error::{DocumentError, Place};
pub use lists::expand_lists;
pub(crate) use source::Source;

/// Longest text that is read. No Secret is near it: the API server keeps no object above 1.5 MiB.
pub const MAX_BYTES: usize = 10 << 20;

/// The two ways to write a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// YAML, documents separated by `---`.
    Yaml,
    /// JSON objects, one after the other.
    Json,
}

/// One document of a text. Its `Debug` shows its place and no value.
#[derive(Clone)]
pub struct Document {
    /// Name of the file, or what stands for it in messages, such as `<stdin>`.
    pub file: String,
    /// Number of the document in the file, from 1; empty ones are counted.
    pub index: usize,
    /// Line of the file on which the document's content begins, from 1.
    pub line: usize,
    /// How it was written.
    pub format: Format,
    /// The object.
    pub value: Value,
    source: Source,
    /// Where in the document the object stands, for an item of a List.
    within: Vec<Segment>,
}

/// Takes a text apart into its documents; those without content are passed over.
///
/// A text that begins with `{` is JSON objects one after the other, or YAML if it can't be that, as
/// kubectl decides. The text is UTF-8, with or without a byte order mark.
///
/// # Errors
/// [`DocumentError`], with the place; reading stops at the first. No text fails to end, and none is
/// passed over because it doesn't parse.
pub fn read(name: &str, text: &[u8]) -> Result<Vec<Document>, DocumentError> {
    if text.len() > MAX_BYTES {
        return Err(DocumentError::TooLong {
            file: name.to_owned(),
            len: text.len(),
            max: MAX_BYTES,
        });
    }
    let text = std::str::from_utf8(text).map_err(|error| {
        let before = text.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        DocumentError::NotUtf8 {
            file: name.to_owned(),
            line,
        }
    })?;
    let text: Arc<str> = text.strip_prefix('\u{feff}').unwrap_or(text).into();
    if !text.trim_start().starts_with('{') {
        return split::read_yaml(name, &text);
    }
    match json::read(name, &text) {
        Ok(documents) => Ok(documents),
        Err(as_json) => split::read_yaml(name, &text).map_err(|as_yaml| {
            // With a separator it was meant as YAML.
            if split::has_separator(&text) {
                as_yaml
            } else {
                as_json
            }
        }),
    }
}

impl Document {
    /// Returns `apiVersion`.
    pub fn api_version(&self) -> Option<&str> {
        self.text(&["apiVersion"])
    }

    /// Returns `kind`.
    pub fn kind(&self) -> Option<&str> {
        self.text(&["kind"])
    }

    /// Returns `metadata.name`.
    pub fn name(&self) -> Option<&str> {
        self.text(&["metadata", "name"])
    }

    /// Returns `metadata.namespace`.
    pub fn namespace(&self) -> Option<&str> {
        self.text(&["metadata", "namespace"])
    }

    fn text(&self, path: &[&str]) -> Option<&str> {
        path.iter()
            .try_fold(&self.value, |value, key| value.get(key))?
            .as_str()
    }

    /// Returns file, number and line, to be shown.
    pub fn place(&self) -> Place {
        let item = match self.within.last() {
            Some(Segment::Index(index)) => Some(index + 1),
            _ => None,
        };
        Place {
            file: self.file.clone(),
            document: self.index,
            line: self.line,
            item,
        }
    }

    /// Returns the line of a field, from 1: for what is wrong with a value that was read well. The path is written
    /// as in messages, such as `spec.schema.postgres.columns[2].type`; where the document doesn't go so deep, it is
    /// the line of the last part that it has. `None` if the
    /// text cannot be searched.
    pub fn line_of(&self, path: &str) -> Option<usize> {
        self.position_of(&locate::parse(path)).map(|(line, _)| line)
    }

    /// Returns the typed object.
    ///
    /// Null stands for the zero value and a number without a fraction for an integer, as Kubernetes
    /// reads them; numbers and booleans aren't strings, as kubectl insists; unknown fields are errors,
    /// except in `metadata`. `data` of a Secret is base64 as Go reads it.
    ///
    /// # Errors
    /// [`DocumentError::Field`], with the path of the field, its line, and the field that was probably
    /// meant. No value is quoted of a Secret or SealedSecret.
    pub fn to<T: DeserializeOwned>(&self) -> Result<T, DocumentError> {
        let readable = secret::readable(&self.value).map_err(|error| self.error(error))?;
        let (object, unknown) = decode::decode(&readable).map_err(|error| self.error(error))?;
        match unknown.into_iter().find(|error| !is_metadata(&error.path)) {
            Some(error) => Err(self.error(error)),
            None => Ok(object),
        }
    }

    pub(crate) fn source(&self) -> &Source {
        &self.source
    }

    /// Returns where the object stands in its document: the item of a List.
    pub(crate) fn within(&self) -> &[Segment] {
        &self.within
    }

    /// Returns line and column, from 1, of the deepest part of a path that the document has.
    pub(crate) fn position_of(&self, path: &[Segment]) -> Option<(usize, usize)> {
        let full: Vec<Segment> = self.within.iter().chain(path).cloned().collect();
        self.source.position_of(&full)
    }

    fn error(&self, error: FieldError) -> DocumentError {
        let FieldError { path, problem } = error;
        let full: Vec<Segment> = self.within.iter().chain(&path).cloned().collect();
        let line = self.source.position_of(&full).map_or(self.line, |(line, _)| line);
        DocumentError::field(
            self.place(),
            line,
            &path,
            problem,
            secret::is_confidential(&self.value),
        )
    }
}

/// Returns whether a path is inside metadata, which the API server completes and tools decorate, or says what
/// the object is.
pub(crate) fn is_metadata(path: &[Segment]) -> bool {
    let keys = path.iter().map(|segment| match segment {
        Segment::Key(key) => key.as_str(),
        Segment::Index(_) => "",
    });
    let keys: Vec<&str> = keys.collect();
    matches!(
        keys.as_slice(),
        // Types derived by kube take both for granted; who asks for a type has looked at them.
        ["apiVersion" | "kind"] | ["metadata", _, ..] | ["spec", "template", "metadata", _, ..]
    )
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("place", &self.place())
            .field("kind", &self.kind())
            .field("name", &self.name())
            .finish_non_exhaustive()
    }
}
