use manifests::documents::{self, Document};
use manifests::edit::{self, Edit, TemplateField};

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
    labelled(data);
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

/// A label or annotation that was set reads as what was asked for, and nothing else reads differently; set again it
/// changes nothing.
fn labelled(data: &[u8]) {
    const NAME: &str = "example.org/a";
    const VALUE: &str = "b: \"#'\u{85}\u{1f600}\n ";
    let Ok(editable) = edit::read("input", data) else {
        return;
    };
    for object in 0..editable.documents().len().min(3) {
        for (field, title) in [
            (TemplateField::Labels, "labels"),
            (TemplateField::Annotations, "annotations"),
        ] {
            let edits = [Edit::SetTemplateMetadata {
                object,
                field,
                name: NAME.to_owned(),
                value: VALUE.to_owned(),
            }];
            let Ok(edited) = editable.edit(&edits) else {
                continue;
            };
            let again = edit::read("output", edited.text.as_bytes()).unwrap();
            assert_eq!(again.documents().len(), editable.documents().len());
            let set = &again.documents()[object].value["spec"]["template"]["metadata"][title][NAME];
            assert_eq!(set, VALUE);
            for (index, (new, old)) in again.documents().iter().zip(editable.documents()).enumerate() {
                // An alias may give another object the same template.
                let (new, old) = (
                    &new.value["spec"]["encryptedData"],
                    &old.value["spec"]["encryptedData"],
                );
                assert!(new == old, "the items of object {index} were changed");
            }
            assert_eq!(again.edit(&edits).unwrap().text, edited.text);
        }
    }
}
