//! The edits that give the objects of a text their new items.

use std::collections::BTreeMap;

use api::names::SEALED_WITH;
use manifests::edit::{Edit, Editable, ItemPlace};
use sealing::Fingerprint;

/// The items of one object that are sealed anew.
pub(crate) struct NewItems<'a> {
    /// Its index in the text.
    pub(crate) object: usize,
    /// The key that they are on now.
    pub(crate) newest: &'a Fingerprint,
    /// The new ciphertexts, by key.
    pub(crate) items: BTreeMap<&'a str, &'a str>,
}

/// What is to be changed, by object; one without new items is left out. Items that are one scalar (an alias, a merge
/// key) get one new text. A hint that is there comes to name the newest key.
pub(crate) fn edits<'a>(
    editable: &Editable,
    places: &'a BTreeMap<usize, Vec<ItemPlace>>,
    new: impl IntoIterator<Item = NewItems<'a>>,
) -> BTreeMap<usize, Vec<Edit>> {
    let mut shared: BTreeMap<(usize, &str), &str> = BTreeMap::new();
    let mut edits = BTreeMap::new();
    for NewItems {
        object,
        newest,
        items,
    } in new
    {
        let mut of_object = Vec::new();
        for (key, text) in items {
            let text = *shared.entry((object, key)).or_insert(text);
            let place = places
                .get(&object)
                .into_iter()
                .flatten()
                .find(|place| place.key == key);
            for (object, key) in place.iter().flat_map(|place| &place.shared_with) {
                shared.entry((*object, key)).or_insert(text);
            }
            of_object.push(Edit::SetItem {
                object,
                key: key.to_owned(),
                item: text.to_owned(),
            });
        }
        if of_object.is_empty() {
            continue;
        }
        let annotations = &editable.documents()[object].value["metadata"]["annotations"];
        if annotations.get(SEALED_WITH).is_some() {
            of_object.push(Edit::SetHint {
                object,
                fingerprints: vec![newest.clone()],
            });
        }
        edits.insert(object, of_object);
    }
    edits
}
