//! Templates of Helm: text that becomes a manifest only when a chart is rendered.

use std::path::Path;

use api::names::{SCOPE_CLUSTER_WIDE, SCOPE_NAMESPACE_WIDE};
use serde_json::Value;

/// How an action of a template begins.
const ACTION: &str = "{{";

/// Whether the text has an action in it.
pub(crate) fn has_action(text: &[u8]) -> bool {
    text.windows(ACTION.len())
        .any(|window| window == ACTION.as_bytes())
}

/// Whether a file, by its real path, is below `templates/` of a chart.
pub(super) fn is_below_templates(place: &Path) -> bool {
    place.ancestors().skip(1).any(|folder| {
        folder.file_name().is_some_and(|name| name == "templates")
            && folder
                .parent()
                .is_some_and(|chart| chart.join("Chart.yaml").is_file())
    })
}

/// Whether what decides how an object's items open, or an item itself, is written by a template: its name, namespace,
/// scope and items. Actions elsewhere are often the object's own (`spec.template` of a SealedSecret).
pub(crate) fn is_in_object(object: &Value) -> bool {
    let text = |value: &Value| value.as_str().is_some_and(|text| text.contains(ACTION));
    let metadata = &object["metadata"];
    let annotations = &metadata["annotations"];
    let items = ["encryptedData", "data"]
        .into_iter()
        .filter_map(|field| object["spec"].get(field));
    [&metadata["name"], &metadata["namespace"]].into_iter().any(text)
        || [SCOPE_CLUSTER_WIDE, SCOPE_NAMESPACE_WIDE]
            .into_iter()
            .any(|scope| text(&annotations[scope]))
        || annotations
            .as_object()
            .is_some_and(|all| all.keys().any(|key| key.contains(ACTION)))
        || items.into_iter().any(|items| {
            text(items)
                || items
                    .as_object()
                    .is_some_and(|all| all.iter().any(|(key, item)| key.contains(ACTION) || text(item)))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_a_template_by_what_decides_how_it_opens() {
        let check = |object: Value, expected| assert_eq!(is_in_object(&object), expected, "{object}");
        let action = "{{ .Values.x }}";
        check(serde_json::json!({"metadata": {"name": action}}), true);
        check(serde_json::json!({"metadata": {"namespace": action}}), true);
        check(
            serde_json::json!({"metadata": {"annotations": {SCOPE_CLUSTER_WIDE: action}}}),
            true,
        );
        check(
            serde_json::json!({"spec": {"encryptedData": {"a": action}}}),
            true,
        );
        check(
            serde_json::json!({"spec": {"encryptedData": {action: "AgB"}}}),
            true,
        );
        check(serde_json::json!({"spec": {"data": action}}), true);
        check(
            serde_json::json!({"spec": {"template": {"data": {"a": action}}}}),
            false,
        );
        check(serde_json::json!({"metadata": {"labels": {"a": action}}}), false);
        check(serde_json::json!({}), false);
    }
}
