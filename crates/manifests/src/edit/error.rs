//! What can be wrong with an edit.

use crate::documents::{DocumentError, Place};

/// An edit that can't be made; then nothing is edited. No message quotes a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// An index past the last object.
    #[error("{file} has {objects} objects, so there is none with the index {object}")]
    NoObject {
        /// Name of the file.
        file: String,
        /// The index asked for, from 0.
        object: usize,
        /// How many there are.
        objects: usize,
    },
    /// Another kind of object.
    #[error("{place} is not a SealedSecret; only those are edited")]
    NotASealedSecret {
        /// The object.
        place: Place,
    },
    /// An item to be removed or renamed that isn't there.
    #[error("{place} has no item `{key}`")]
    NoItem {
        /// The object.
        place: Place,
        /// The key asked for.
        key: String,
    },
    /// A new key that another item has.
    #[error("{place} has an item `{key}` already")]
    ItemExists {
        /// The object.
        place: Place,
        /// The key.
        key: String,
    },
    /// Two edits that speak of one item, label or annotation.
    #[error("two edits are asked for `{key}` of {place}; make one after the other")]
    TwoEdits {
        /// The object.
        place: Place,
        /// The key.
        key: String,
    },
    /// A text that isn't a ciphertext.
    #[error("the new text for the item `{key}` of {place} is not base64 on one line, so it is no ciphertext")]
    NotBase64 {
        /// The object.
        place: Place,
        /// The key.
        key: String,
    },
    /// A key that a Secret can't have.
    #[error(
        "`{key}` can't be a key of {place}: a Secret's keys have 1 to 253 letters, digits, dashes, dots and underscores"
    )]
    InvalidKey {
        /// The object.
        place: Place,
        /// The key.
        key: String,
    },
    /// A name that a label or annotation can't have.
    #[error(
        "`{name}` can't be the name of a label or annotation of {place}; one is like `app.kubernetes.io/name`"
    )]
    InvalidName {
        /// The object.
        place: Place,
        /// The name.
        name: String,
    },
    /// A new item for an object of the format before 2019, which has one item.
    #[error(
        "{place} has the format before 2019 (`spec.data`), which has no item `{key}`; seal its Secret anew"
    )]
    DeprecatedFormat {
        /// The object.
        place: Place,
        /// The key.
        key: String,
    },
    /// A part of the text that has another shape than a SealedSecret.
    #[error("{place}: `{path}` (line {line}) is not {expected}")]
    Shape {
        /// The object.
        place: Place,
        /// Path of the field.
        path: String,
        /// Line of the field.
        line: usize,
        /// What it would have to be.
        expected: &'static str,
    },
    /// A scalar or entry that stands for something else too, by an alias or a merge key.
    #[error(
        "{place}: `{path}` (line {line}) can't be edited alone, because {other} is the same text by an alias or a merge \
         key (`<<`); write one of them out"
    )]
    Shared {
        /// The object.
        place: Place,
        /// Path of what was to be edited.
        path: String,
        /// Line of its text.
        line: usize,
        /// The other user: a path, with the place where it is in another object.
        other: String,
    },
    /// A layout in which the edit would touch more than what was asked for.
    #[error("{place}: `{path}` (line {line}) can't be edited in place, because {reason}; edit it by hand")]
    Layout {
        /// The object.
        place: Place,
        /// Path of what was to be edited.
        path: String,
        /// Line of its text.
        line: usize,
        /// What stands in the way.
        reason: &'static str,
    },
    /// The edited text can't be read.
    #[error("the edited text of {file} can't be read again, so nothing was edited; please report its layout")]
    Unreadable {
        /// Name of the file.
        file: String,
        /// The reason.
        source: Box<DocumentError>,
    },
    /// The edited text would differ where nothing was asked for.
    #[error(
        "the edit would change {file} outside the items, so nothing was edited; please report its layout"
    )]
    Outside {
        /// Name of the file.
        file: String,
    },
    /// The edited text says something else than what was asked for.
    #[error(
        "the edit of {place} would also change `{path}`, so nothing was edited; please report its layout"
    )]
    Unproven {
        /// The object.
        place: Place,
        /// Path of the difference.
        path: String,
    },
}
