use manifests::documents::{self, Document};
use manifests::edit::{self, Edit};

/// Edits give every item that was asked for its new text and change nothing else; the same edit again changes nothing.
pub fn edit(data: &[u8]) {
    let Ok(editable) = edit::read("input", data) else {
        return;
    };
    let mut edits = Vec::new();
    for (object, document) in editable.documents().iter().enumerate() {
        let Ok(items) = editable.items(object) else {
            continue;
        };
        assert!(manifests::verify::is_sealed_secret(document));
        for item in &items {
            edits.push(Edit::SetItem {
                object,
                key: item.key.clone(),
                item: "AgBQ+/==".to_owned(),
            });
        }
    }
    let Ok(edited) = editable.edit(&edits) else { return };
    let again = edit::read("output", edited.text.as_bytes()).unwrap();
    assert_eq!(again.documents().len(), editable.documents().len());
    let mut end = 0;
    let mut outside = Vec::new();
    for replaced in &edited.replaced {
        outside.extend_from_slice(&edited.text.as_bytes()[end..replaced.new.start]);
        end = replaced.new.end;
    }
    outside.extend_from_slice(&edited.text.as_bytes()[end..]);
    let mut end = 0;
    let mut before = Vec::new();
    for replaced in &edited.replaced {
        before.extend_from_slice(&data[end..replaced.old.start]);
        end = replaced.old.end;
    }
    before.extend_from_slice(&data[end..]);
    assert!(outside == before, "a byte outside of the edits was changed");
    assert_eq!(again.edit(&edits).unwrap().text, edited.text);
    removed(data);
}

/// Each item can be taken out and put in again, or the edit is refused.
fn removed(data: &[u8]) {
    let Ok(editable) = edit::read("input", data) else {
        return;
    };
    for (object, document) in editable.documents().iter().enumerate().take(3) {
        let Ok(items) = editable.items(object) else {
            continue;
        };
        let Some(item) = items.first() else { continue };
        let Ok(without) = editable.edit(&[Edit::RemoveItem {
            object,
            key: item.key.clone(),
        }]) else {
            continue;
        };
        let without = edit::read("output", without.text.as_bytes()).unwrap();
        assert_eq!(
            without.items(object).map_or(0, |left| left.len()),
            items.len() - 1
        );
        let same = |a: &Document, b: &Document| a.name() == b.name() && a.kind() == b.kind();
        assert!(same(&without.documents()[object], document));
    }
    let _ = documents::read("input", data);
}
