//! What the Secret is like besides its values.

use api::names::{KUBECFG_LAST_APPLIED, KUBECTL_LAST_APPLIED};
use sealing::Scope;
use serde_json::Value;

use super::{Code, Findings, text};

pub(super) fn check(_: Scope, findings: &mut Findings<'_>) {
    let value = findings.value();
    let data = value.pointer("/spec/template/data").and_then(Value::as_object);
    if data.is_some_and(|data| !data.is_empty()) {
        findings.add(
            Code::TemplateData,
            &["spec", "template", "data"],
            "templates are not rendered by Chancery yet: its controller and `unseal` refuse the object",
        );
    }
    for at in [&["metadata"][..], &["spec", "template", "metadata"]] {
        for name in [KUBECTL_LAST_APPLIED, KUBECFG_LAST_APPLIED] {
            let path = [at, &["annotations", name]].concat();
            if text(value, &path).is_some_and(holds_a_secret) {
                findings.add(
                    Code::PlainCopy,
                    &path,
                    format!("`{name}` holds a copy of the plain Secret; remove it and change its values, they are known"),
                );
            }
        }
    }
}

/// Returns whether the annotation is the JSON of a Secret; that of a SealedSecret is harmless.
fn holds_a_secret(annotation: &str) -> bool {
    match serde_json::from_str::<Value>(annotation) {
        Ok(copy) => {
            let has = |field| {
                copy.get(field)
                    .and_then(Value::as_object)
                    .is_some_and(|values| !values.is_empty())
            };
            copy.get("kind").is_none_or(|kind| kind == "Secret") && (has("data") || has("stringData"))
        }
        // Cut off, or of another tool: it can't be judged, and nothing but a copy is ever kept there.
        Err(_) => !annotation.trim().is_empty() && !annotation.contains("SealedSecret"),
    }
}
