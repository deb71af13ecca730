//! YAML: one text, many documents.

use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;

use super::{Document, DocumentError, Format, Place, Source};
use crate::yaml;

/// The lines of one document.
struct Chunk {
    range: Range<usize>,
    /// Line on which `range` begins, from 1.
    first_line: usize,
    /// Line of the first content, from 1, if there is any.
    content: Option<usize>,
    /// Whether it begins with a separator.
    separated: bool,
}

/// Returns whether a line begins a document. By the YAML specification (9.1.2) such a line is a
/// separator wherever it stands, in block and quoted texts too: those are indented or can't hold it.
fn is_separator(line: &str) -> bool {
    line.strip_prefix("---").is_some_and(ends_word)
}

fn is_end(line: &str) -> bool {
    line.strip_prefix("...").is_some_and(ends_word)
}

fn ends_word(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with([' ', '\t', '\r'])
}

fn has_content(line: &str) -> bool {
    let rest = if is_separator(line) {
        line.get(3..).unwrap_or_default()
    } else {
        line
    };
    let rest = rest.trim();
    !rest.is_empty() && !rest.starts_with('#') && !line.starts_with('%') && !is_end(line)
}

/// Returns whether any line separates documents.
pub(super) fn has_separator(text: &str) -> bool {
    text.lines().any(is_separator)
}

/// Takes a text apart before it is parsed, so that an error has the number of its document.
fn chunks(text: &str) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let new = |at, line, separated| Chunk {
        range: at..at,
        first_line: line,
        content: None,
        separated,
    };
    let mut current = new(0, 1, false);
    let mut directives = false;
    let mut at = 0;
    for (line_number, line) in (1..).zip(text.split_inclusive('\n')) {
        let bare = line.trim_end_matches(['\n', '\r']);
        if is_separator(bare) {
            // A directive belongs to the document that the separator begins.
            if directives && current.content.is_none() {
                current.separated = true;
            } else {
                chunks.push(std::mem::replace(&mut current, new(at, line_number, true)));
            }
            directives = false;
        }
        directives |= current.content.is_none() && bare.starts_with('%');
        if has_content(bare) {
            current.content.get_or_insert(line_number);
        }
        at += line.len();
        current.range.end = at;
        if is_end(bare) {
            chunks.push(std::mem::replace(&mut current, new(at, line_number + 1, false)));
        }
    }
    chunks.push(current);
    chunks
}

/// Returns the documents of a YAML text.
pub(super) fn read_yaml(name: &str, text: &Arc<str>) -> Result<Vec<Document>, DocumentError> {
    let mut documents = Vec::new();
    let mut index = 0;
    for chunk in chunks(text) {
        // What stands before the first separator, and comments between documents, are no documents.
        if !chunk.separated && chunk.content.is_none() {
            continue;
        }
        index += 1;
        let Some(line) = chunk.content else { continue };
        let source = Source::new(text, chunk.range, chunk.first_line, 0, Format::Yaml);
        let place = |line| Place {
            file: name.to_owned(),
            document: index,
            line,
            item: None,
        };
        let value = yaml::parse(source.text()).map_err(|error| DocumentError::Syntax {
            place: place(error.line.map_or(line, |at| at + source.first_line - 1)),
            column: error.column,
            message: error.message,
        })?;
        let found = match &value {
            Value::Object(_) => {
                let within = Vec::new();
                let file = name.to_owned();
                documents.push(Document {
                    file,
                    index,
                    line,
                    format: Format::Yaml,
                    value,
                    source,
                    within,
                });
                continue;
            }
            Value::Null => continue,
            Value::Array(_) => "a list",
            Value::String(_) => "a text",
            Value::Number(_) => "a number",
            Value::Bool(_) => "a boolean",
        };
        return Err(DocumentError::NotAnObject {
            place: place(line),
            found,
        });
    }
    Ok(documents)
}
