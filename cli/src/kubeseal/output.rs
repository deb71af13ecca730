//! What a mode gives back, and where that goes.

use std::path::Path;

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::atomic_file::{self, Readers};
use crate::context::Context;
use crate::error::CommandError;
use crate::output::DocumentFormat;

/// What a mode gives back.
pub(super) enum Output {
    /// Nothing: an answer that is yes, or a file that the mode has written.
    Nothing,
    /// A text for standard output, or the file of `-w`.
    Text {
        /// The text.
        bytes: Zeroizing<Vec<u8>>,
        /// Who may read the file.
        readers: Readers,
    },
}

impl Output {
    /// A text that anyone may see.
    pub(super) fn public(bytes: Vec<u8>) -> Self {
        Self::Text {
            bytes: Zeroizing::new(bytes),
            readers: Readers::Anyone,
        }
    }

    /// A text with plain values: a file of it is the owner's alone.
    pub(super) fn confidential(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self::Text {
            bytes,
            readers: Readers::Owner,
        }
    }

    /// Writes it. A file is replaced whole, and only now.
    ///
    /// # Errors
    /// When it can't be written.
    pub(super) fn deliver(&self, file: Option<&Path>, context: &Context) -> Result<(), CommandError> {
        match (self, file) {
            (Self::Nothing, _) => Ok(()),
            (Self::Text { bytes, readers }, Some(path)) => atomic_file::replace(path, bytes, *readers),
            (Self::Text { bytes, .. }, None) => context.printer.data(bytes),
        }
    }
}

/// Appends an object as kubeseal writes it: as YAML after `---` with all keys in order, as JSON with two spaces and
/// the order of Go's types.
///
/// # Errors
/// When it holds what neither has, which no object of ours does.
pub(super) fn append(to: &mut Vec<u8>, object: &Value, format: DocumentFormat) -> Result<(), CommandError> {
    match format {
        DocumentFormat::Yaml => {
            let text = manifests::yaml::to_string(&sorted(object)).map_err(CommandError::failed)?;
            to.extend_from_slice(b"---\n");
            to.extend_from_slice(text.as_bytes());
        }
        DocumentFormat::Json => {
            let text = manifests::json::to_string_pretty(&in_go_order(object, &[]));
            to.extend_from_slice(in_gos_escapes(&text.map_err(CommandError::failed)?).as_bytes());
        }
    }
    Ok(())
}

/// Go's JSON can stand in HTML and in JavaScript. Outside of texts JSON has none of these characters.
fn in_gos_escapes(json: &str) -> Zeroizing<String> {
    let special = json.matches(['<', '>', '&', '\u{2028}', '\u{2029}']).count();
    // It never grows: what it grew out of would stay behind with plain values in it.
    let mut escaped = Zeroizing::new(String::with_capacity(json.len() + 5 * special));
    for character in json.chars() {
        match character {
            '<' => escaped.push_str("\\u003c"),
            '>' => escaped.push_str("\\u003e"),
            '&' => escaped.push_str("\\u0026"),
            '\u{2028}' => escaped.push_str("\\u2028"),
            '\u{2029}' => escaped.push_str("\\u2029"),
            other => escaped.push(other),
        }
    }
    escaped
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            let pairs = keys.into_iter().map(|key| (key.clone(), sorted(&map[key])));
            Value::Object(pairs.collect())
        }
        Value::Array(list) => list.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

/// The order of the fields of Go's types on the way to a value. Where the keys are the user's, there is none, and they
/// are sorted.
fn order(path: &[&str]) -> &'static [&'static str] {
    match path {
        [] => &[
            "kind",
            "apiVersion",
            "metadata",
            "spec",
            "immutable",
            "data",
            "stringData",
            "type",
            "status",
        ],
        ["metadata"] | ["spec", "template", "metadata"] => &[
            "name",
            "generateName",
            "namespace",
            "selfLink",
            "uid",
            "resourceVersion",
            "generation",
            "creationTimestamp",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "labels",
            "annotations",
            "ownerReferences",
            "finalizers",
            "managedFields",
        ],
        ["metadata", "ownerReferences"] | ["spec", "template", "metadata", "ownerReferences"] => &[
            "apiVersion",
            "kind",
            "name",
            "uid",
            "controller",
            "blockOwnerDeletion",
        ],
        ["spec"] => &["template", "data", "encryptedData"],
        ["spec", "template"] => &["metadata", "type", "immutable", "data"],
        _ => &[],
    }
}

fn in_go_order(value: &Value, path: &[&str]) -> Value {
    match value {
        Value::Object(map) => {
            let known = order(path);
            let rank = |key: &str| known.iter().position(|name| *name == key).unwrap_or(known.len());
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_by(|a, b| (rank(a), a).cmp(&(rank(b), b)));
            let pairs = keys.into_iter().map(|key| {
                let inner: Vec<&str> = path.iter().copied().chain([key.as_str()]).collect();
                (key.clone(), in_go_order(&map[key], &inner))
            });
            Value::Object(pairs.collect::<Map<_, _>>())
        }
        Value::Array(list) => list.iter().map(|item| in_go_order(item, path)).collect(),
        other => other.clone(),
    }
}
