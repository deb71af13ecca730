//! What the Secret is like besides its values.

use std::collections::BTreeSet;

use ::template::{Limits, Template};
use api::names::{KUBECFG_LAST_APPLIED, KUBECTL_LAST_APPLIED, TEMPLATE_METADATA};
use sealing::Scope;
use serde_json::Value;

use super::{Code, Findings, text};

pub(super) fn check(_: Scope, findings: &mut Findings<'_>) {
    let value = findings.value();
    data(findings);
    if text(value, &["metadata", "annotations", TEMPLATE_METADATA]) == Some("true") {
        metadata(findings);
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

/// The templates of values.
fn data(findings: &mut Findings<'_>) {
    let value = findings.value();
    let map = |pointer| value.pointer(pointer).and_then(Value::as_object);
    let is_item = |key: &str| map("/spec/encryptedData").is_some_and(|items| items.contains_key(key));
    for (key, template) in map("/spec/template/data").into_iter().flatten() {
        let path = ["spec", "template", "data", key];
        match template {
            Value::Null if !is_item(key) => findings.add(
                Code::TemplateNull,
                &path,
                "`null` leaves an item out of the Secret, and no item has this key",
            ),
            Value::String(_) if is_item(key) => findings.add(
                Code::TemplateShadowed,
                &path,
                "an item has the same key and wins (Sealed Secrets before 0.37 took the template); remove one of them",
            ),
            _ => {}
        }
        if let Value::String(template) = template {
            parse(key, template, &path, findings);
        }
    }
}

/// The templates of labels and annotations, where they are asked for.
fn metadata(findings: &mut Findings<'_>) {
    let value = findings.value();
    for field in ["labels", "annotations"] {
        let map = value.pointer(&format!("/spec/template/metadata/{field}"));
        for (key, template) in map.and_then(Value::as_object).into_iter().flatten() {
            if let Some(template) = template.as_str().filter(|text| text.contains("{{")) {
                let path = ["spec", "template", "metadata", field, key];
                parse(&format!("{field}/{key}"), template, &path, findings);
            }
        }
    }
}

fn parse(name: &str, text: &str, path: &[&str], findings: &mut Findings<'_>) {
    let template = match Template::parse(name, text, &Limits::default()) {
        Ok(template) => template,
        Err(error) => return findings.add(Code::TemplateSyntax, path, error.to_string()),
    };
    let functions: BTreeSet<&str> = template.volatile().iter().map(|used| used.function).collect();
    if !functions.is_empty() {
        let names: Vec<String> = functions.iter().map(|name| format!("`{name}`")).collect();
        findings.add(
            Code::TemplateVolatile,
            path,
            format!(
                "{}: another result at each run; Chancery's controller computes the value once and keeps it while the \
                 template and what it can see stay the same, and Sealed Secrets' makes a new one each time",
                names.join(", ")
            ),
        );
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
