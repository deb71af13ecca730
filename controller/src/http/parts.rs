//! An object in parts, so that no work is longer than that of a few items.

use std::collections::BTreeMap;

use api::sealed_secret::{SealedSecret, SealedSecretSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// Items of a part. With many keys and no fitting one, an item takes as many private-key operations as there are keys.
const ITEMS: usize = 4;

/// A SealedSecret with some of the items of the whole one, and its name, namespace, scope and hint. It has no template:
/// nothing of that counts, and its annotations could not widen the scope if it did.
pub(super) type Part = SealedSecret;

/// Returns the parts of an object.
pub(super) fn of(sealed: SealedSecret) -> Vec<Part> {
    let metadata = ObjectMeta {
        name: sealed.metadata.name,
        namespace: sealed.metadata.namespace,
        annotations: sealed.metadata.annotations,
        ..ObjectMeta::default()
    };
    let part = |data: Option<String>, encrypted_data: BTreeMap<String, String>| {
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
    if let Some(item) = sealed.spec.data {
        return vec![part(Some(item), BTreeMap::new())];
    }
    let mut items = sealed.spec.encrypted_data.into_iter().peekable();
    let mut parts = Vec::new();
    while items.peek().is_some() {
        parts.push(part(None, items.by_ref().take(ITEMS).collect()));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_have_all_items_once_and_none_has_many() {
        let mut whole = SealedSecret::new("a", SealedSecretSpec::default());
        let items = (0..11).map(|n| (format!("{n:02}"), n.to_string()));
        whole.spec.encrypted_data = items.collect();
        let parts = of(whole.clone());
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
        assert_eq!(of(SealedSecret::new("a", SealedSecretSpec::default())), []);
    }
}
