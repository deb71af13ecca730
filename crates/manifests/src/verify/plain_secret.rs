//! Secrets that are not sealed.

use serde_json::Value;

use super::{Code, Finding, Findings};
use crate::documents::Document;

/// What SOPS writes before a value that it has encrypted.
const SOPS: &str = "ENC[";

/// Returns the values that a plain Secret shows: a finding for each of `data` and `stringData` that has any.
///
/// Empty values pass, and those that SOPS has encrypted. A List is to be taken apart before.
pub fn plain_secret(document: &Document) -> Vec<Finding> {
    let mut findings = Findings::new(document);
    if document.kind() != Some("Secret") {
        return Vec::new();
    }
    let sealing_key = is_sealing_key(document);
    let sops = document.value.get("sops").is_some_and(Value::is_object);
    for field in ["data", "stringData"] {
        let Some(Value::Object(values)) = document.value.get(field) else {
            // `data` as a text is no Secret for anyone, but it shows the value all the same.
            if document.value.get(field).is_some_and(|value| shows(value, sops)) {
                findings.add(
                    Code::PlainSecret,
                    &[field],
                    format!("a plain Secret: `{field}` has values; seal it (`chancery seal`)"),
                );
            }
            continue;
        };
        let shown: Vec<String> = values
            .iter()
            .filter(|(_, value)| shows(value, sops))
            .map(|(key, _)| format!("`{key}`"))
            .collect();
        if !shown.is_empty() && sealing_key {
            findings.add(
                Code::PlainSecret,
                &[field],
                "a sealing key: whoever reads it opens all that was sealed for it; take it out of the repository, and \
                 if it was ever committed, do what `When a key has leaked` in the manual says"
                    .to_owned(),
            );
        } else if !shown.is_empty() {
            findings.add(
                Code::PlainSecret,
                &[field],
                format!(
                    "a plain Secret: `{field}` has {}; seal it (`chancery seal`), and if it was ever committed, change its \
                     values: they are known",
                    shown.join(", ")
                ),
            );
        }
    }
    findings.sorted()
}

/// As controllers find their keys: by the label, whatever its value.
fn is_sealing_key(document: &Document) -> bool {
    let labels = document.value.pointer("/metadata/labels");
    labels.is_some_and(|labels| labels.get(api::names::SEALING_KEY_LABEL).is_some())
}

fn shows(value: &Value, sops: bool) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) if text.is_empty() || (sops && text.starts_with(SOPS)) => false,
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
        Value::String(_) | Value::Bool(_) | Value::Number(_) => true,
    }
}
