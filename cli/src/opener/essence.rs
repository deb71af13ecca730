//! What of a document decides how its items open.

use api::names::{SCOPE_CLUSTER_WIDE, SCOPE_NAMESPACE_WIDE, SEALED_WITH};
use manifests::documents::Document;
use serde_json::Value;

/// The document with no more than what decides how its items open. The rest is someone else's matter: a field that the
/// API server would refuse is no reason to leave a secret on an old key.
pub(crate) fn essence(document: &Document) -> Document {
    let mut essence = document.clone();
    let keep = |object: Option<&mut Value>, kept: &dyn Fn(&str) -> bool| {
        if let Some(Value::Object(fields)) = object {
            fields.retain(|field, _| kept(field));
        }
    };
    let value = &mut essence.value;
    keep(Some(value), &|field| {
        matches!(field, "apiVersion" | "kind" | "metadata" | "spec")
    });
    keep(value.get_mut("spec"), &|field| {
        matches!(field, "encryptedData" | "data")
    });
    keep(value.get_mut("metadata"), &|field| {
        matches!(field, "name" | "namespace" | "annotations")
    });
    keep(value.pointer_mut("/metadata/annotations"), &|field| {
        [SEALED_WITH, SCOPE_NAMESPACE_WIDE, SCOPE_CLUSTER_WIDE].contains(&field)
    });
    essence
}
