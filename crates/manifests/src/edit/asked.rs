//! What is asked for, checked as far as it can be without the text.

use std::collections::BTreeMap;

use api::names::SEALED_WITH;
use sealing::Fingerprint;

use super::object::Object;
use super::runs::is_base64;
use super::{Edit, EditError, Editable, TemplateField};
use crate::opening::DEPRECATED_ITEM;
use crate::yaml::locate::Segment;

/// The edits of each object.
pub(super) type Asked<'a> = BTreeMap<usize, Wishes<'a>>;

/// The edits of one object.
#[derive(Default)]
pub(super) struct Wishes<'a> {
    pub(super) items: BTreeMap<&'a str, Wish<'a>>,
    pub(super) hint: Option<String>,
    pub(super) metadata: BTreeMap<(TemplateField, &'a str), &'a str>,
}

/// What is to become of an item.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish<'a> {
    Set(&'a str),
    Remove,
    Rename(&'a str),
    /// It is what another is renamed to.
    Appear,
}

/// Returns the edits by object and item.
pub(super) fn asked<'a>(editable: &Editable, edits: &'a [Edit]) -> Result<Asked<'a>, EditError> {
    let mut asked = Asked::new();
    for edit in edits {
        let (Edit::SetItem { object, .. }
        | Edit::RemoveItem { object, .. }
        | Edit::RenameItem { object, .. }
        | Edit::SetHint { object, .. }
        | Edit::SetTemplateMetadata { object, .. }) = edit;
        let place = editable.document(*object)?.place();
        let wishes: &mut Wishes<'_> = asked.entry(*object).or_default();
        let twice = match edit {
            Edit::SetItem { key, item, .. } => {
                if item.is_empty() || !item.chars().all(is_base64) || sealing::decode_item(item).is_err() {
                    let key = key.clone();
                    return Err(EditError::NotBase64 { place, key });
                }
                wishes.add(key, Wish::Set(item))
            }
            Edit::RemoveItem { key, .. } => wishes.add(key, Wish::Remove),
            Edit::RenameItem { from, to, .. } => wishes
                .add(from, Wish::Rename(to))
                .or_else(|| wishes.add(to, Wish::Appear)),
            Edit::SetHint { fingerprints, .. } => {
                let words: Vec<&str> = fingerprints.iter().map(Fingerprint::as_str).collect();
                wishes.hint.replace(words.join(",")).map(|_| SEALED_WITH)
            }
            Edit::SetTemplateMetadata {
                field, name, value, ..
            } => {
                if !is_name(name) {
                    let name = name.clone();
                    return Err(EditError::InvalidName { place, name });
                }
                let before = wishes.metadata.insert((*field, name), value);
                before.map(|_| name.as_str())
            }
        };
        if let Some(key) = twice {
            let key = key.to_owned();
            return Err(EditError::TwoEdits { place, key });
        }
    }
    Ok(asked)
}

/// Returns the item that a path of an object leads to.
pub(super) fn item_at(path: &[Segment]) -> Option<&str> {
    match path {
        [Segment::Key(spec), Segment::Key(field), Segment::Key(key)]
            if spec == "spec" && field == "encryptedData" =>
        {
            Some(key)
        }
        [Segment::Key(spec), Segment::Key(field)] if spec == "spec" && field == "data" => {
            Some(DEPRECATED_ITEM)
        }
        _ => None,
    }
}

impl<'a> Wishes<'a> {
    /// Notes a wish; returns the key if there was one already.
    fn add(&mut self, key: &'a str, wish: Wish<'a>) -> Option<&'a str> {
        self.items.insert(key, wish).map(|_| key)
    }

    /// Returns what is to become of the item that a path of the object leads to.
    pub(super) fn wish_at(&self, path: &[Segment]) -> Option<Wish<'a>> {
        self.items.get(item_at(path)?).copied()
    }

    /// Returns the text that a path of the object is to have.
    pub(super) fn text_at(&self, path: &[Segment]) -> Option<&str> {
        match self.wish_at(path) {
            Some(Wish::Set(item)) => Some(item),
            _ if path == Object::hint_path() => self.hint.as_deref(),
            _ => self.metadata_at(path),
        }
    }

    fn metadata_at(&self, path: &[Segment]) -> Option<&str> {
        let (Segment::Key(name), above) = path.split_last()? else {
            return None;
        };
        let is_there = |field: &TemplateField| above == field.path().map(Segment::key);
        let field = [TemplateField::Labels, TemplateField::Annotations]
            .into_iter()
            .find(is_there)?;
        self.metadata.get(&(field, name.as_str())).copied()
    }
}

impl TemplateField {
    /// Returns the names that lead to it.
    pub(super) fn path(self) -> [&'static str; 4] {
        let name = match self {
            Self::Labels => "labels",
            Self::Annotations => "annotations",
        };
        ["spec", "template", "metadata", name]
    }
}

/// Returns whether a label or annotation can have such a name; the API server checks it closer.
fn is_name(name: &str) -> bool {
    let is_legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    (1..=317).contains(&name.len()) && name.chars().all(is_legal)
}

/// Returns whether a Secret can have such a key, as the API server checks it (`IsConfigMapKey`).
pub(super) fn is_key(key: &str) -> bool {
    let is_legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=253).contains(&key.len()) && key.chars().all(is_legal) && key != "." && !key.starts_with("..")
}
