//! A text whose SealedSecrets can be edited.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::asked::{asked, item_at};
use super::object::Object;
use super::uses::{Uses, may_have_aliases};
use super::{Edit, EditError, Edited, ItemPlace, Position, Replaced, changes, proof};
use crate::documents::{self, Document, DocumentError};
use crate::yaml::locate::{self, Segment};

/// A text with its documents. Its `Debug` shows their places and no value.
#[derive(Clone)]
pub struct Editable {
    name: String,
    text: Arc<str>,
    documents: Vec<Document>,
    /// The first object of the document that each stands in.
    document_of: Vec<usize>,
    uses: Arc<OnceLock<Uses>>,
}

/// Reads a text: YAML (any number of documents) or JSON, UTF-8, at most
/// [`MAX_BYTES`](crate::documents::MAX_BYTES).
///
/// # Errors
/// As [`documents::read`](crate::documents::read) and [`documents::expand_lists`](crate::documents::expand_lists).
pub fn read(name: &str, text: &[u8]) -> Result<Editable, DocumentError> {
    let documents = documents::expand_lists(documents::read(name, text)?)?;
    let mut document_of: Vec<usize> = Vec::with_capacity(documents.len());
    for (index, document) in documents.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| documents.get(before));
        let same = before.filter(|before| before.source().is(document.source()));
        let first = same.and_then(|_| document_of.last().copied());
        document_of.push(first.unwrap_or(index));
    }
    // It was read, so it is UTF-8.
    let text = std::str::from_utf8(text).unwrap_or_default().into();
    Ok(Editable {
        name: name.to_owned(),
        text,
        documents,
        document_of,
        uses: Arc::default(),
    })
}

impl Editable {
    /// Returns every object of the text in order, Lists replaced by their items.
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// Returns the place of a field's key, or of a list's entry, in the text; aliases and merge keys lead to where the
    /// field is written. The path is as in messages, such as `spec.encryptedData[tls.crt]`. `None` where the object
    /// doesn't go so deep.
    pub fn position(&self, object: usize, path: &str) -> Option<Position> {
        let document = self.documents.get(object)?;
        let source = document.source();
        let path: Vec<Segment> = document
            .within()
            .iter()
            .cloned()
            .chain(locate::parse(path))
            .collect();
        let tree = source.tree()?;
        let found = tree.find(&path);
        found.value?;
        let (line, column) = source.place(tree.node(found.deepest));
        Some(Position { line, column })
    }

    /// Returns the items of a SealedSecret, in the order of the text.
    ///
    /// # Errors
    /// [`EditError::NoObject`], [`EditError::NotASealedSecret`], and [`EditError::Shape`] where `encryptedData` is no
    /// mapping.
    pub fn items(&self, object: usize) -> Result<Vec<ItemPlace>, EditError> {
        let at = Object::of(self, object)?;
        let mut places = Vec::new();
        for (key, member) in at.items()? {
            let value = at.tree.resolve(member.value);
            places.push(ItemPlace {
                key: key.to_owned(),
                position: at.position(member.key),
                value: at.position(value),
                shared_with: self.shared_with(object, key, value),
            });
        }
        Ok(places)
    }

    /// Returns the other objects whose annotation [`SEALED_WITH`](api::names::SEALED_WITH) is the same scalar through
    /// an alias or a merge key: they can only be given other keys together. None where the object has no such
    /// annotation or is no SealedSecret.
    pub fn hint_shared_with(&self, object: usize) -> Vec<usize> {
        let has_aliases = self.documents.get(object).is_some_and(may_have_aliases);
        let at = Object::of(self, object).ok().filter(|_| has_aliases);
        let Some(hint) = at.and_then(|at| at.find(&Object::hint_path())) else {
            return Vec::new();
        };
        let uses = self.uses().at(self.document_of(object), hint).iter();
        uses.filter(|other| other.object != object && other.path == Object::hint_path())
            .map(|other| other.object)
            .collect()
    }

    /// Returns the text after all edits.
    ///
    /// An existing item keeps its style (plain, quoted, block, JSON) and, where its value stands on several lines,
    /// their widths. An item that is an alias or merged is edited where it is written, once. New items stand behind the
    /// last, in the order of their keys.
    ///
    /// # Errors
    /// [`EditError`]; then no edit is made.
    pub fn edit(&self, edits: &[Edit]) -> Result<Edited, EditError> {
        let asked = asked(self, edits)?;
        let splices = changes::splices(self, &asked)?;
        // Documents are read without the byte order mark.
        let mark = self.text.len() - self.text.trim_start_matches('\u{feff}').len();
        let mark = mark.min('\u{feff}'.len_utf8());
        let mut text = String::with_capacity(
            self.text.len() + splices.iter().map(|splice| splice.text.len()).sum::<usize>(),
        );
        let mut replaced = Vec::with_capacity(splices.len());
        let mut at = 0;
        for splice in splices {
            let old = splice.range.start + mark..splice.range.end + mark;
            // Of parts that overlap nothing is copied between, and the proof fails.
            text.push_str(self.text.get(at..old.start).unwrap_or_default());
            let start = text.len();
            text.push_str(&splice.text);
            at = old.end;
            replaced.push(Replaced {
                old,
                new: start..text.len(),
            });
        }
        text.push_str(self.text.get(at..).unwrap_or_default());
        let edited = Edited { text, replaced };
        proof::prove(self, &asked, &edited)?;
        Ok(edited)
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the first object of the document that an object stands in: what nodes and aliases are bound to.
    pub(super) fn document_of(&self, object: usize) -> usize {
        self.document_of.get(object).copied().unwrap_or(object)
    }

    pub(super) fn document(&self, object: usize) -> Result<&Document, EditError> {
        self.documents.get(object).ok_or_else(|| EditError::NoObject {
            file: self.name.clone(),
            object,
            objects: self.documents.len(),
        })
    }

    pub(super) fn uses(&self) -> &Uses {
        self.uses.get_or_init(|| Uses::of(self))
    }

    fn shared_with(&self, object: usize, key: &str, value: usize) -> Vec<(usize, String)> {
        if !self.documents.get(object).is_some_and(may_have_aliases) {
            return Vec::new();
        }
        let mut others = Vec::new();
        for other in self.uses().at(self.document_of(object), value) {
            let Some(other_key) = item_at(&other.path) else {
                continue;
            };
            if (other.object, other_key) != (object, key) {
                others.push((other.object, other_key.to_owned()));
            }
        }
        others
    }
}

impl fmt::Debug for Editable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Editable")
            .field("documents", &self.documents)
            .finish_non_exhaustive()
    }
}
