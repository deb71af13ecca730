//! An object in parts, so that no work is longer than that of a few items.

use std::collections::BTreeMap;

use api::names::{SCOPE_CLUSTER_WIDE, SCOPE_NAMESPACE_WIDE, SEALED_WITH};
use api::sealed_secret::{SealedSecret, SealedSecretSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// Bytes of a hint that are looked at, some dozens of fingerprints: each part has the hint.
const HINT: usize = 4096;

/// Items of a part. With many keys and no fitting one, an item takes as many private-key operations as there are keys.
const ITEMS: usize = 4;

/// A SealedSecret with some of the items of the whole one, and its name, namespace, scope and hint. It has no template:
/// nothing of that counts, and its annotations could not widen the scope if it did.
pub(super) type Part = SealedSecret;

/// Returns the parts of an object, each made when it is its turn. What a part repeats of the object is bounded, so that
/// an object with much metadata and many items takes no more memory than it has.
pub(super) fn of(sealed: SealedSecret) -> impl Iterator<Item = Part> + Send {
    let metadata = essence(sealed.metadata);
    let part = move |data: Option<String>, encrypted_data: BTreeMap<String, String>| {
        let mut part = SealedSecret::new(
            "",
            SealedSecretSpec {
                data,
                encrypted_data,
                template: None,
            },
        );
        part.metadata = metadata.clone();
        part
    };
    let mut deprecated = sealed.spec.data;
    let mut items = sealed.spec.encrypted_data.into_iter().peekable();
    std::iter::from_fn(move || {
        if let Some(item) = deprecated.take() {
            return Some(part(Some(item), BTreeMap::new()));
        }
        items.peek()?;
        Some(part(None, items.by_ref().take(ITEMS).collect()))
    })
}

/// Returns what of an object's metadata decides how its items open.
fn essence(metadata: ObjectMeta) -> ObjectMeta {
    let mut annotations = metadata.annotations.unwrap_or_default();
    annotations
        .retain(|name, _| [SCOPE_CLUSTER_WIDE, SCOPE_NAMESPACE_WIDE, SEALED_WITH].contains(&name.as_str()));
    if let Some(hint) = annotations.get_mut(SEALED_WITH) {
        let end = hint.floor_char_boundary(HINT);
        hint.truncate(end);
    }
    ObjectMeta {
        name: metadata.name,
        namespace: metadata.namespace,
        annotations: Some(annotations),
        ..ObjectMeta::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_have_all_items_once_and_none_has_many() {
        let mut whole = SealedSecret::new("a", SealedSecretSpec::default());
        let items = (0..11).map(|n| (format!("{n:02}"), n.to_string()));
        whole.spec.encrypted_data = items.collect();
        let parts: Vec<Part> = of(whole.clone()).collect();
        assert!(
            parts
                .iter()
                .all(|part| (1..=ITEMS).contains(&part.spec.encrypted_data.len()))
        );
        let items = parts
            .iter()
            .flat_map(|part| part.spec.encrypted_data.clone())
            .collect();
        assert_eq!(whole.spec.encrypted_data, items);
        assert_eq!(of(SealedSecret::new("a", SealedSecretSpec::default())).count(), 0);
    }

    #[test]
    fn a_part_repeats_no_more_of_the_metadata_than_opening_needs() {
        let mut whole = SealedSecret::new("a", SealedSecretSpec::default());
        whole.spec.encrypted_data = (0..9).map(|n| (n.to_string(), String::new())).collect();
        let long = "é".repeat(1 << 20);
        let annotations = [
            ("note", long.as_str()),
            (SEALED_WITH, &long),
            (SCOPE_CLUSTER_WIDE, "true"),
        ];
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        whole.metadata.annotations = Some(annotations.map(owned).into());
        for part in of(whole) {
            let annotations = part.metadata.annotations.unwrap();
            assert_eq!(annotations.len(), 2);
            assert_eq!(annotations[SCOPE_CLUSTER_WIDE], "true");
            assert!(annotations[SEALED_WITH].len() <= HINT);
        }
    }
}
