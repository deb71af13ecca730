//! The proof of an edit: the text is read again, by the reader that everyone uses.

use serde_json::{Map, Value};

use api::names::SEALED_WITH;

use super::asked::{Asked, Wish, Wishes};
use super::{EditError, Editable, Edited, read};
use crate::documents::Document;
use crate::opening::DEPRECATED_ITEM;
use crate::yaml::locate::{Segment, spell};

/// Proves that an edited text says what was asked for and nothing else, and that every byte outside the replaced
/// parts is the original's.
pub(super) fn prove(before: &Editable, asked: &Asked<'_>, edited: &Edited) -> Result<(), EditError> {
    let file = || before.name().to_owned();
    if !same_outside(before.text(), edited) {
        return Err(EditError::Outside { file: file() });
    }
    let after = read(before.name(), edited.text.as_bytes()).map_err(|error| {
        let source = Box::new(error);
        EditError::Unreadable { file: file(), source }
    })?;
    if before.documents().len() != after.documents().len() {
        return Err(EditError::Outside { file: file() });
    }
    let pairs = before.documents().iter().zip(after.documents());
    for (index, (old, new)) in pairs.enumerate() {
        let path = match asked.get(&index) {
            None => difference(&old.value, &new.value),
            Some(wishes) => difference(&expected(old, new, wishes), &new.value),
        };
        let is_moved = (old.index, old.format) != (new.index, new.format);
        if let Some(path) = path.or_else(|| is_moved.then(Vec::new)) {
            return Err(EditError::Unproven {
                place: old.place(),
                path: spell(&path),
            });
        }
    }
    Ok(())
}

fn same_outside(old: &str, edited: &Edited) -> bool {
    let mut at = (0, 0);
    for replaced in &edited.replaced {
        let gap = (
            old.get(at.0..replaced.old.start),
            edited.text.get(at.1..replaced.new.start),
        );
        if gap.0.is_none() || gap.0 != gap.1 {
            return false;
        }
        at = (replaced.old.end, replaced.new.end);
    }
    old.get(at.0..).is_some() && old.get(at.0..) == edited.text.get(at.1..)
}

/// Returns the object as it is to be. Where a new text stands on several lines, it is taken as it is read, if it is the
/// text that was asked for: base64 has no line breaks that count.
fn expected(old: &Document, new: &Document, wishes: &Wishes<'_>) -> Value {
    let mut value = old.value.clone();
    let is_deprecated = old
        .value
        .pointer("/spec/data")
        .is_some_and(|data| !data.is_null());
    for (key, wish) in &wishes.items {
        let path: &[&str] = if is_deprecated && *key == DEPRECATED_ITEM {
            &["spec"]
        } else {
            &["spec", "encryptedData"]
        };
        let name = if path.len() == 1 { "data" } else { key };
        let Some(items) = mapping(&mut value, path) else {
            continue;
        };
        match wish {
            Wish::Set(item) => {
                let read = get(&new.value, path).and_then(|items| items.get(name));
                items.insert(name.to_owned(), as_read(item, read));
            }
            Wish::Remove => {
                items.shift_remove(name);
            }
            Wish::Rename(to) => {
                if let Some(item) = items.shift_remove(name) {
                    items.insert((*to).to_owned(), item);
                }
            }
            Wish::Appear => {}
        }
    }
    let annotations = ["metadata", "annotations"];
    let hint_of = |value: &Value| get(value, &annotations)?.get(SEALED_WITH).cloned();
    if let Some(hint) = wishes.hint.as_ref().filter(|_| hint_of(&old.value).is_some())
        && let Some(all) = mapping(&mut value, &annotations)
    {
        all.insert(
            SEALED_WITH.to_owned(),
            as_read(hint, hint_of(&new.value).as_ref()),
        );
    }
    for ((field, name), text) in &wishes.metadata {
        if let Some(all) = mapping(&mut value, &field.path()) {
            all.insert((*name).to_owned(), (*text).into());
        }
    }
    value
}

/// Returns a text as it is read, if it is the one that was asked for but for its line breaks.
fn as_read(asked: &str, read: Option<&Value>) -> Value {
    let is_asked = |read: &&str| {
        read.chars()
            .filter(|c| !matches!(c, '\r' | '\n'))
            .eq(asked.chars())
    };
    read.and_then(Value::as_str)
        .filter(is_asked)
        .unwrap_or(asked)
        .into()
}

fn get<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, key| value.get(key))
}

/// Returns the mapping at a path; null or nothing on the way becomes one.
fn mapping<'v>(value: &'v mut Value, path: &[&str]) -> Option<&'v mut Map<String, Value>> {
    let mut at = value.as_object_mut()?;
    for key in path {
        let next = at.entry(*key).or_insert(Value::Null);
        if next.is_null() {
            *next = Value::Object(Map::new());
        }
        at = next.as_object_mut()?;
    }
    Some(at)
}

/// Returns the path of the first difference of two values.
fn difference(expected: &Value, found: &Value) -> Option<Vec<Segment>> {
    if expected == found {
        return None;
    }
    let at = |segment: Segment, below: Vec<Segment>| Some([vec![segment], below].concat());
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            let keys = expected.keys().chain(found.keys());
            for key in keys {
                match (expected.get(key), found.get(key)) {
                    (Some(one), Some(other)) => {
                        if let Some(below) = difference(one, other) {
                            return at(Segment::key(key), below);
                        }
                    }
                    _ => return at(Segment::key(key), Vec::new()),
                }
            }
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            for (index, (one, other)) in expected.iter().zip(found).enumerate() {
                if let Some(below) = difference(one, other) {
                    return at(Segment::Index(index), below);
                }
            }
        }
        _ => {}
    }
    Some(Vec::new())
}
