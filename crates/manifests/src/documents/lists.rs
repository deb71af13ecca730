//! `kind: List`: many objects in one document.

use serde_json::Value;

use super::{Document, DocumentError};
use crate::yaml::locate::Segment;

/// Returns the documents with every List replaced by its items; an item's place names its List.
///
/// A List is an object whose kind ends in `List`, or that has no kind, with `items`. Items of a
/// `SecretList` need no kind of their own, as the API server writes them; kubeseal takes even a List
/// without a kind.
///
/// # Errors
/// [`DocumentError::NotAnObject`] for an item that is none.
pub fn expand_lists(documents: Vec<Document>) -> Result<Vec<Document>, DocumentError> {
    let mut expanded = Vec::with_capacity(documents.len());
    for mut document in documents {
        match take_items(&mut document) {
            None => expanded.push(document),
            Some(items) => expand(&document, items, &mut expanded)?,
        }
    }
    Ok(expanded)
}

fn take_items(document: &mut Document) -> Option<Vec<Value>> {
    if !document.kind().is_none_or(|kind| kind.ends_with("List")) {
        return None;
    }
    match document.value.get_mut("items")? {
        Value::Array(items) => Some(std::mem::take(items)),
        Value::Null => Some(Vec::new()),
        _ => None,
    }
}

fn expand(list: &Document, items: Vec<Value>, expanded: &mut Vec<Document>) -> Result<(), DocumentError> {
    let kind = list
        .kind()
        .and_then(|kind| kind.strip_suffix("List"))
        .filter(|kind| !kind.is_empty());
    for (index, value) in items.into_iter().enumerate() {
        let within = vec![Segment::key("items"), Segment::Index(index)];
        let mut item = Document {
            file: list.file.clone(),
            index: list.index,
            line: list
                .source
                .position_of(&within)
                .map_or(list.line, |(line, _)| line),
            format: list.format,
            value,
            source: list.source.clone(),
            within,
        };
        let place = item.place();
        let Value::Object(object) = &mut item.value else {
            return Err(DocumentError::NotAnObject {
                place,
                found: "another value",
            });
        };
        if let Some(kind) = kind
            && !object.contains_key("kind")
        {
            object.insert("kind".to_owned(), kind.into());
            if let Some(version) = list.api_version()
                && !object.contains_key("apiVersion")
            {
                object.insert("apiVersion".to_owned(), version.into());
            }
        }
        expanded.push(item);
    }
    Ok(())
}
