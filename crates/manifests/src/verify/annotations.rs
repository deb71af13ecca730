//! Scope annotations, and the hint.

use api::names::{
    MANAGED, PATCH, SCOPE_CLUSTER_WIDE, SCOPE_NAMESPACE_WIDE, SEALED_WITH, SKIP_SET_OWNER_REFERENCES,
};
use sealing::{Fingerprint, Scope};
use serde_json::Value;

use super::{Code, Expected, Findings, text};
use crate::decode::similar;
use crate::scope;

const OWN: [&str; 2] = ["metadata", "annotations"];
const TEMPLATE: [&str; 4] = ["spec", "template", "metadata", "annotations"];

/// What upstream's annotations begin with.
const PREFIX: &str = "sealedsecrets.bitnami.com/";

/// Values that say "no" in so many words: then nothing else was meant than what happens.
const NO: [&str; 7] = ["", "false", "False", "FALSE", "no", "off", "0"];

/// Returns the scope by an object's own annotations.
pub(super) fn scope(value: &Value) -> Scope {
    scope_at(value, &OWN)
}

fn scope_at(value: &Value, at: &[&str]) -> Scope {
    scope::of_annotations(|name| text(value, &[at, &[name]].concat()))
}

pub(super) fn check(expected: &Expected<'_>, findings: &mut Findings<'_>) {
    let value = findings.value();
    for name in [SCOPE_CLUSTER_WIDE, SCOPE_NAMESPACE_WIDE] {
        let path = [&OWN[..], &[name]].concat();
        if text(value, &path).is_some_and(|said| said != "true" && !NO.contains(&said)) {
            findings.add(
                Code::ScopeValue,
                &path,
                format!("`{name}`: only the exact value \"true\" counts, so this has no effect"),
            );
        }
    }
    let is_true = |name| text(value, &[&OWN[..], &[name]].concat()) == Some("true");
    if is_true(SCOPE_CLUSTER_WIDE) && is_true(SCOPE_NAMESPACE_WIDE) {
        findings.add(
            Code::ScopeBoth,
            &[&OWN[..], &[SCOPE_NAMESPACE_WIDE]].concat(),
            "`cluster-wide` is set too, and wins; remove this one",
        );
    }
    template_scope(value, findings);
    without_effect(value, findings);
    hint(value, expected, findings);
}

fn template_scope(value: &Value, findings: &mut Findings<'_>) {
    let (own, template) = (scope_at(value, &OWN), scope_at(value, &TEMPLATE));
    // A template without annotations says nothing: written by hand, or by other tools than kubeseal.
    if own != template && template != Scope::Strict {
        findings.add(
            Code::ScopeTemplate,
            &TEMPLATE,
            format!(
                "the template's annotations say {template}, the SealedSecret's own say {own}; its own decide"
            ),
        );
    }
}

/// Annotations of upstream's that nobody reads: misspelt, or those for the Secret beside instead of in the template.
fn without_effect(value: &Value, findings: &mut Findings<'_>) {
    let known = [
        SCOPE_CLUSTER_WIDE,
        SCOPE_NAMESPACE_WIDE,
        MANAGED,
        PATCH,
        SKIP_SET_OWNER_REFERENCES,
    ];
    let own = value.pointer("/metadata/annotations").and_then(Value::as_object);
    for name in own.into_iter().flat_map(|all| all.keys()) {
        let path = [&OWN[..], &[name]].concat();
        if [MANAGED, PATCH, SKIP_SET_OWNER_REFERENCES].contains(&name.as_str()) {
            findings.add(
                Code::Annotation,
                &path,
                format!("`{name}` has no effect here; it belongs in `spec.template.metadata.annotations`"),
            );
        } else if name.starts_with(PREFIX) && !known.contains(&name.as_str()) {
            let meant =
                similar(name, &known).map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
            findings.add(
                Code::Annotation,
                &path,
                format!("`{name}` is no annotation of Sealed Secrets{meant}"),
            );
        }
    }
}

fn hint(value: &Value, expected: &Expected<'_>, findings: &mut Findings<'_>) {
    let path = [&OWN[..], &[SEALED_WITH]].concat();
    let Some(hint) = text(value, &path) else { return };
    for word in hint.split(',').map(str::trim) {
        match word.parse::<Fingerprint>() {
            Err(error) => findings.add(
                Code::HintMalformed,
                &path,
                format!("`{SEALED_WITH}`: {error}; remove the annotation, nothing depends on it"),
            ),
            Ok(key) if !expected.pins.is_empty() && !expected.pins.contains(&key) => findings.add(
                Code::HintUnknown,
                &path,
                format!(
                    "sealed with {key}, which is not among the pinned keys of the cluster: it was sealed for another \
                     cluster, or with a key from before; `chancery reseal` brings it to the newest"
                ),
            ),
            Ok(_) => {}
        }
    }
}
