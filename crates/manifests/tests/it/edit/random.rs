//! Random texts and edits. The generator prints a text before and after its edits by itself, so what an edit may
//! change is known to the byte; it knows nothing of the parser, and the serializer has no part in it.

use manifests::documents::{expand_lists, read as read_documents};
use manifests::edit::{Edit, read};
use proptest::prelude::*;
use serde_json::{Value, json};

mod print;
mod text;

use print::{Print, Side};
use text::{Change, Text};

/// The values of all objects, by the reader that everyone uses.
fn values(text: &str) -> Vec<Value> {
    let documents = expand_lists(read_documents("f", text.as_bytes()).unwrap()).unwrap();
    documents.into_iter().map(|document| document.value).collect()
}

/// What `kubectl` would see after the edits: items by key without line breaks, everything else as it was.
fn expected(before: &str, text: &Text) -> Vec<Value> {
    let mut values = values(before);
    for (index, object) in text.objects() {
        let value = &mut values[index];
        if let (Some(_), Some(new)) = (&object.hint.0, &object.hint.1) {
            value["metadata"]["annotations"]["chancery.dev/sealed-with"] = json!(new);
        }
        let items = value["spec"]["encryptedData"].as_object_mut().unwrap();
        for item in &object.items {
            match &item.change {
                Change::None => {}
                Change::Set(new) => items[&item.key] = json!(new),
                Change::Remove => drop(items.remove(&item.key)),
                Change::Rename(to) => {
                    let value = items.remove(&item.key).unwrap();
                    items.insert(to.clone(), value);
                }
            }
        }
        for (key, item) in object.added() {
            items.insert(key.clone(), json!(item));
        }
    }
    without_breaks(values)
}

/// Items with their line breaks taken out: base64 has none that count.
fn without_breaks(mut values: Vec<Value>) -> Vec<Value> {
    for value in &mut values {
        let Some(items) = value.pointer_mut("/spec/encryptedData") else {
            continue;
        };
        for item in items
            .as_object_mut()
            .into_iter()
            .flat_map(|items| items.values_mut())
        {
            if let Value::String(text) = item {
                text.retain(|c| c != '\n');
            }
        }
    }
    values
}

/// Every byte outside the replaced parts is the original's.
fn same_outside(before: &str, edited: &manifests::edit::Edited) -> bool {
    let ends = (before.len(), edited.text.len());
    let mut from = (0, 0);
    let parts = edited
        .replaced
        .iter()
        .map(|part| (part.old.clone(), part.new.clone()));
    for (old, new) in parts.chain([(ends.0..ends.0, ends.1..ends.1)]) {
        if before[from.0..old.start] != edited.text[from.1..new.start] {
            return false;
        }
        from = (old.end, new.end);
    }
    from == ends
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn only_what_was_asked_for_differs(text in text::text()) {
        let before = Print::new(&text, Side::Before).whole();
        let after = Print::new(&text, Side::After).whole();
        let editable = read("f", before.as_bytes()).unwrap();
        let edited = match editable.edit(&text.edits()) {
            Ok(edited) => edited,
            Err(error) => return Err(TestCaseError::fail(format!("{error}\n{before}"))),
        };
        prop_assert_eq!(&edited.text, &after, "before:\n{}", &before);
        prop_assert!(same_outside(&before, &edited));
        prop_assert_eq!(without_breaks(values(&edited.text)), expected(&before, &text));
        // Again there is nothing to do.
        let sets: Vec<Edit> = text.edits().into_iter().filter(|edit| matches!(edit, Edit::SetItem { .. } | Edit::SetHint { .. })).collect();
        let again = read("f", after.as_bytes()).unwrap().edit(&sets).unwrap();
        prop_assert_eq!(again.replaced, vec![]);
    }

    #[test]
    fn json_is_as_a_printer_of_json_would_write_it(object in text::object(), compact: bool, tabs: bool) {
        let print = |value: &Value| -> String {
            if compact {
                return value.to_string();
            }
            let indent: &[u8] = if tabs { b"\t" } else { b"  " };
            let mut bytes = Vec::new();
            let formatter = serde_json::ser::PrettyFormatter::with_indent(indent);
            let mut to = serde_json::Serializer::with_formatter(&mut bytes, formatter);
            serde::Serialize::serialize(value, &mut to).unwrap();
            String::from_utf8(bytes).unwrap()
        };
        let whole = |items: serde_json::Map<String, Value>| {
            json!({"kind": "SealedSecret", "metadata": {"name": "é\u{1f600}\t"}, "spec": {"x": [], "encryptedData": items, "template": {}}})
        };
        // In braces a new item takes the place of one that is removed; here it shall stand at the end.
        let text = Text::of_one(object);
        let object = text.objects()[0].1;
        let before = object.items.iter().map(|item| (item.key.clone(), json!(item.value))).collect();
        let mut after: Vec<(String, Value)> = Vec::new();
        for item in &object.items {
            match &item.change {
                Change::None => after.push((item.key.clone(), json!(item.value))),
                Change::Set(new) => after.push((item.key.clone(), json!(new))),
                Change::Remove => {}
                Change::Rename(to) => after.push((to.clone(), json!(item.value))),
            }
        }
        after.extend(object.added().iter().map(|(key, item)| (key.clone(), json!(item))));
        let (before, after) = (print(&whole(before)), print(&whole(after.into_iter().collect())));
        let edited = read("f", before.as_bytes()).unwrap().edit(&text.edits()).unwrap();
        prop_assert_eq!(&edited.text, &after);
        prop_assert!(same_outside(&before, &edited));
    }

    #[test]
    fn any_text_is_edited_or_refused(data in "[-{}\\[\\]\"':,#&*!|>?ab <\n\t]{0,40}", item in "[A-Za-z0-9]{4}") {
        let before = format!("kind: SealedSecret\nspec:\n  encryptedData:{data}\n");
        let Ok(editable) = read("f", before.as_bytes()) else { return Ok(()) };
        for object in 0..editable.documents().len() {
            let Ok(items) = editable.items(object) else { continue };
            let keys = items.into_iter().map(|item| item.key).chain(["new".to_owned()]);
            for key in keys {
                let set = Edit::SetItem { object, key: key.clone(), item: item.clone() };
                for edit in [set, Edit::RemoveItem { object, key: key.clone() }, Edit::RenameItem { object, from: key, to: "other".to_owned() }] {
                    if let Ok(edited) = editable.edit(&[edit]) {
                        prop_assert!(same_outside(&before, &edited));
                    }
                }
            }
        }
    }
}
