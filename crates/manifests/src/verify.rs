//! What can be said of manifests without a cluster and without a key: rules, each a function of a document.
//!
//! * [`sealed_secret`] judges one SealedSecret, [`duplicates`] all of them together.
//! * [`plain_secret`] and [`kustomization`] find values that are not sealed.
//! * [`unreadable`] makes a finding of a text that can't be read, [`at`] of what only the caller knows.
//!
//! No finding quotes a value, nor says how long a plain one is: it may be a password.
//!
//! ```
//! use manifests::{documents, verify};
//!
//! let text = b"apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: db\n  namespace: shop\nspec:\n  encryptedData:\n    password: hunter2\n";
//! let document = &documents::read("db.yaml", text)?[0];
//! let findings = verify::sealed_secret(document, &verify::Expected::default());
//! assert_eq!(findings[0].code, verify::Code::ItemPlain);
//! assert_eq!((findings[0].line, findings[0].column), (8, 5));
//! assert!(!findings[0].message.contains("hunter2"));
//! # Ok::<(), documents::DocumentError>(())
//! ```

use sealing::{Fingerprint, Scope};
use serde::Serialize;
use serde_json::Value;

use crate::documents::{Document, DocumentError};
use crate::yaml::locate::Segment;

mod annotations;
mod code;
mod duplicates;
mod items;
mod kustomization;
mod names;
mod plain_secret;
mod shape;
mod template;

pub use code::{Code, Severity};
pub use duplicates::{Sighting, duplicates};
pub use items::{ItemSize, item_size};
pub use kustomization::{Generated, kustomization};
pub use plain_secret::plain_secret;

/// Something that is wrong, and where. Findings sort by their place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// Name of the file.
    pub file: String,
    /// Line of the field, or of the nearest one around it that is there, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Number of the document in the file, from 1; 1 for what is about the file.
    pub document: usize,
    /// `namespace/name` of the object, or its name alone.
    pub object: Option<String>,
    /// Key of the item.
    pub item: Option<String>,
    /// What is wrong, for programs.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, for people.
    pub message: String,
}

/// What is known about where a SealedSecret goes.
#[derive(Clone, Debug, Default)]
pub struct Expected<'a> {
    /// The namespace of an object that names none.
    pub namespace: Option<&'a str>,
    /// The namespace that a kustomization gives it, whatever the object says.
    pub kustomization_namespace: Option<&'a str>,
    /// Lengths in bytes of the moduli of the certificates that it may be sealed with; none: not known.
    pub modulus_lens: &'a [usize],
    /// The keys that it may be sealed with; none: not known.
    pub pins: &'a [Fingerprint],
}

/// Returns what is wrong with a SealedSecret, by place; empty for an object that is another's.
///
/// What upstream's controller and the API server take is taken: base64 is read as Go reads it, and `null` where
/// it is harmless. A document that only patches another (it has `$patch`) is not judged.
pub fn sealed_secret(document: &Document, expected: &Expected<'_>) -> Vec<Finding> {
    if !is_sealed_secret(document) || document.value.get("$patch").is_some() {
        return Vec::new();
    }
    let mut findings = Findings::new(document);
    let scope = annotations::scope(&document.value);
    shape::check(&mut findings);
    annotations::check(expected, &mut findings);
    names::check(scope, expected, &mut findings);
    template::check(scope, &mut findings);
    items::check(expected, &mut findings);
    findings.sorted()
}

/// Returns whether a document is a SealedSecret, or was meant to be one.
pub fn is_sealed_secret(document: &Document) -> bool {
    document.kind() == Some("SealedSecret") || shape::is_of_bitnami(document)
}

/// Returns the scope that a SealedSecret's own annotations give it, whatever the rest of it is like.
pub fn scope(document: &Document) -> Scope {
    annotations::scope(&document.value)
}

/// Returns a finding at a field of a document; `path` has its keys from the root.
pub fn at(
    document: &Document,
    path: &[&str],
    item: Option<&str>,
    code: Code,
    message: impl Into<String>,
) -> Finding {
    let mut findings = Findings::new(document);
    findings.push(code, &keys(path), item, message.into());
    findings.list.remove(0)
}

/// Returns a finding about a whole file, or a line of it.
pub fn of_file(file: &str, line: usize, code: Code, message: impl Into<String>) -> Finding {
    Finding {
        file: file.to_owned(),
        line,
        column: 1,
        document: 1,
        object: None,
        item: None,
        code,
        severity: code.severity(),
        message: message.into(),
    }
}

/// Returns whether a text that can't be read was meant to hold an object of that kind, as `kind: NAME` on one line
/// in YAML or JSON.
pub fn mentions_kind(text: &[u8], kind: &str) -> bool {
    let text = String::from_utf8_lossy(text);
    let is_kind = |rest: &str| {
        let rest = rest.trim_start_matches(['"', '\'']).trim_start();
        let value = rest.strip_prefix(':')?.trim_start();
        let after = value.trim_start_matches(['"', '\'']).strip_prefix(kind)?;
        Some(!after.starts_with(|next: char| next.is_ascii_alphanumeric()))
    };
    text.match_indices("kind")
        .any(|(at, word)| text.get(at + word.len()..).and_then(is_kind) == Some(true))
}

/// Returns the finding that a text can't be read as documents.
pub fn unreadable(file: &str, error: &DocumentError) -> Finding {
    let (code, document, line, column) = match error {
        DocumentError::TooLong { .. } => (Code::Unreadable, 1, 1, None),
        DocumentError::NotUtf8 { line, .. } => (Code::NotUtf8, 1, *line, None),
        DocumentError::Syntax { place, column, .. } => (Code::Syntax, place.document, place.line, *column),
        DocumentError::NotAnObject { place, .. } => (Code::Syntax, place.document, place.line, None),
        DocumentError::Field { place, line, .. } => (Code::FieldType, place.document, *line, None),
    };
    let message = match error {
        DocumentError::TooLong { len, max, .. } => {
            format!("the file has {len} bytes; a file of manifests has at most {max}")
        }
        DocumentError::NotUtf8 { .. } => "not UTF-8: no tool of Kubernetes reads the file".to_owned(),
        DocumentError::Syntax { message, .. } | DocumentError::Field { message, .. } => message.clone(),
        DocumentError::NotAnObject { found, .. } => {
            format!("expected an object with `apiVersion` and `kind`, found {found}")
        }
    };
    Finding {
        column: column.unwrap_or(1),
        document,
        ..of_file(file, line, code, message)
    }
}

/// The findings of one document on their way.
struct Findings<'a> {
    document: &'a Document,
    list: Vec<Finding>,
}

impl<'a> Findings<'a> {
    fn new(document: &'a Document) -> Self {
        Self {
            document,
            list: Vec::new(),
        }
    }

    fn value(&self) -> &'a Value {
        &self.document.value
    }

    fn add(&mut self, code: Code, path: &[&str], message: impl Into<String>) {
        self.push(code, &keys(path), None, message.into());
    }

    /// One about the item `key` of `spec.encryptedData`.
    fn add_item(&mut self, code: Code, key: &str, message: impl Into<String>) {
        let path = keys(&["spec", "encryptedData", key]);
        self.push(code, &path, Some(key), message.into());
    }

    fn push(&mut self, code: Code, path: &[Segment], item: Option<&str>, message: String) {
        let (line, column) = self.document.position_of(path).unwrap_or((self.document.line, 1));
        self.list.push(Finding {
            file: self.document.file.clone(),
            line,
            column,
            document: self.document.index,
            object: object_name(self.document),
            item: item.map(str::to_owned),
            code,
            severity: code.severity(),
            message,
        });
    }

    fn sorted(mut self) -> Vec<Finding> {
        self.list.sort();
        self.list.dedup();
        self.list
    }
}

fn keys(path: &[&str]) -> Vec<Segment> {
    path.iter().map(|key| Segment::Key((*key).to_owned())).collect()
}

fn object_name(document: &Document) -> Option<String> {
    let name = document.name()?;
    Some(match document.namespace() {
        Some(namespace) => format!("{namespace}/{name}"),
        None => name.to_owned(),
    })
}

/// Returns a text somewhere in a value.
fn text<'a>(value: &'a Value, path: &[&str]) -> Option<&'a str> {
    path.iter().try_fold(value, |value, key| value.get(key))?.as_str()
}

#[cfg(test)]
mod tests;
