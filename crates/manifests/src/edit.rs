//! Byte-exact edits of the SealedSecrets in a text: everything but the asked scalars and entries stays as it is.
//!
//! [`read`] takes YAML (any number of documents) or JSON, with Lists; [`Editable::edit`] makes all the edits or none.
//! A value is poured into the style and the line widths that it had. What comes out is read again and proved before
//! it is returned: the bytes outside [`Edited::replaced`] are those of the original, and the documents differ at
//! exactly the paths that were asked for.
//!
//! ```
//! use manifests::edit::{Edit, read};
//!
//! let text = "kind: SealedSecret\nspec:\n  encryptedData: # both\n    a: 'AgAA'\n    b: |\n      AgAA\n      AgAA\n";
//! let set = |key: &str, item: &str| Edit::SetItem { object: 0, key: key.to_owned(), item: item.to_owned() };
//! let edited = read("sealed.yaml", text.as_bytes())?.edit(&[set("a", "AgBB"), set("b", "AgCCAgDD")])?;
//! let expected = "kind: SealedSecret\nspec:\n  encryptedData: # both\n    a: 'AgBB'\n    b: |\n      AgCC\n      AgDD\n";
//! assert_eq!(edited.text, expected);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::ops::Range;

use sealing::Fingerprint;

mod added;
mod asked;
mod block;
mod changes;
mod editable;
mod entry;
mod error;
mod flow;
mod layout;
mod object;
mod proof;
mod runs;
mod scalar;
mod text;
mod uses;

pub use self::editable::{Editable, read};
pub use self::error::EditError;

/// One change of a SealedSecret; `object` is an index into [`Editable::documents`].
///
/// The key [`DEPRECATED_ITEM`](crate::opening::DEPRECATED_ITEM) names the item of the format before 2019 in an object
/// that has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Gives an item a new ciphertext, or adds the item behind the last.
    SetItem {
        /// The object.
        object: usize,
        /// Key of the item.
        key: String,
        /// The ciphertext, base64.
        item: String,
    },
    /// Removes an item with its lines, or its part of a flow mapping; comments above it stay.
    RemoveItem {
        /// The object.
        object: usize,
        /// Key of the item.
        key: String,
    },
    /// Gives an item another key. Its ciphertext is bound to name and namespace only, so it stays valid.
    RenameItem {
        /// The object.
        object: usize,
        /// Key of the item.
        from: String,
        /// The new key.
        to: String,
    },
    /// Names other keys in the annotation [`SEALED_WITH`](api::names::SEALED_WITH) of the object; nothing happens where
    /// it has none.
    SetHint {
        /// The object.
        object: usize,
        /// The keys that its items are sealed with.
        fingerprints: Vec<Fingerprint>,
    },
    /// Gives the template of the Secret a label or annotation, or another value for one that it has.
    SetTemplateMetadata {
        /// The object.
        object: usize,
        /// Which of the two.
        field: TemplateField,
        /// Its name: letters, digits, `-`, `_`, `.` and `/`.
        name: String,
        /// Its value, any text.
        value: String,
    },
}

/// A mapping of `spec.template.metadata`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TemplateField {
    /// `labels`.
    Labels,
    /// `annotations`.
    Annotations,
}

/// A text after its edits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The whole text, with the byte order mark and line endings that it had.
    pub text: String,
    /// What was replaced, in order. Every byte outside is the original's.
    pub replaced: Vec<Replaced>,
}

/// A replaced part: bytes of the text before, and those of the text after that stand in their place. Either may be
/// empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// Bytes of the text before.
    pub old: Range<usize>,
    /// Bytes of the text after.
    pub new: Range<usize>,
}

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1; a byte order mark has none.
    pub column: usize,
}

/// One item of a SealedSecret in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemPlace {
    /// Its key; [`DEPRECATED_ITEM`](crate::opening::DEPRECATED_ITEM) for the format before 2019.
    pub key: String,
    /// Where the key stands, in this object or where it is merged from.
    pub position: Position,
    /// Where the scalar of its value begins: behind an alias, the scalar that it stands for.
    pub value: Position,
    /// Other items, by object and key, that are the same scalar through an alias or a merge key. They can only be
    /// set together, to the same text.
    pub shared_with: Vec<(usize, String)>,
}
