//! Names and namespaces.

use sealing::Scope;

use super::{Code, Expected, Findings, text};

/// Longest subdomain and longest label (RFC 1123, as Kubernetes applies it).
const SUBDOMAIN: usize = 253;
const LABEL: usize = 63;

pub(super) fn check(scope: Scope, expected: &Expected<'_>, findings: &mut Findings<'_>) {
    let value = findings.value();
    let name = text(value, &["metadata", "name"]).filter(|name| !name.is_empty());
    let namespace = text(value, &["metadata", "namespace"]).filter(|namespace| !namespace.is_empty());

    match name {
        None => findings.add(Code::NameMissing, &["metadata"], "no `metadata.name`"),
        Some(name) if !is_subdomain(name) => findings.add(
            Code::NameInvalid,
            &["metadata", "name"],
            "a name is lower-case letters, digits, `-` and `.`, and begins and ends with a letter or digit",
        ),
        Some(_) => {}
    }
    match namespace {
        Some(namespace) if !is_label(namespace) => findings.add(
            Code::NamespaceInvalid,
            &["metadata", "namespace"],
            "a namespace is at most 63 lower-case letters, digits and `-`, and begins and ends with a letter or digit",
        ),
        Some(namespace) => moved(scope, namespace, expected, findings),
        None if scope != Scope::ClusterWide && applied(expected).is_none() => findings.add(
            Code::NamespaceMissing,
            &["metadata"],
            format!("no namespace, and its items open in one alone (scope {scope}): set `metadata.namespace`"),
        ),
        None => {}
    }
    bound(scope, name, namespace.or_else(|| applied(expected)), findings);
}

/// The namespace that an object without one gets.
fn applied<'a>(expected: &Expected<'a>) -> Option<&'a str> {
    expected.kustomization_namespace.or(expected.namespace)
}

/// Kustomize's `namespace:` replaces whatever namespace an object has.
fn moved(scope: Scope, namespace: &str, expected: &Expected<'_>, findings: &mut Findings<'_>) {
    let Some(target) = expected
        .kustomization_namespace
        .filter(|target| *target != namespace)
    else {
        return;
    };
    // Sealed for the namespace that the kustomization moves it to, and moved by it.
    let sealed_for_target =
        text(findings.value(), &["spec", "template", "metadata", "namespace"]) == Some(target);
    if scope != Scope::ClusterWide && !sealed_for_target {
        findings.add(
            Code::NamespaceKustomization,
            &["metadata", "namespace"],
            format!("a kustomization moves it to the namespace `{target}`, where its items don't open"),
        );
    }
}

/// kubeseal and `chancery seal` write name and namespace into the template as well, so what differs was changed since.
fn bound(scope: Scope, name: Option<&str>, namespace: Option<&str>, findings: &mut Findings<'_>) {
    let value = findings.value();
    let template =
        |field| text(value, &["spec", "template", "metadata", field]).filter(|said: &&str| !said.is_empty());
    if scope == Scope::Strict
        && let (Some(name), Some(sealed_for)) = (name, template("name"))
        && name != sealed_for
    {
        findings.add(
            Code::TemplateName,
            &["metadata", "name"],
            format!(
                "it was sealed as `{sealed_for}` (`spec.template.metadata.name`) and is named `{name}`; with the scope \
                 strict it opens under its first name alone: seal it again"
            ),
        );
    }
    if scope != Scope::ClusterWide
        && let (Some(namespace), Some(sealed_for)) = (namespace, template("namespace"))
        && namespace != sealed_for
    {
        let path: &[&str] = if value.pointer("/metadata/namespace").is_some() {
            &["metadata", "namespace"]
        } else {
            &["spec", "template", "metadata", "namespace"]
        };
        findings.add(
            Code::TemplateNamespace,
            path,
            format!(
                "it was sealed for the namespace `{sealed_for}` (`spec.template.metadata.namespace`) and goes to \
                 `{namespace}`, where its items don't open: seal it again"
            ),
        );
    }
}

fn is_subdomain(name: &str) -> bool {
    name.len() <= SUBDOMAIN && name.split('.').all(is_part)
}

fn is_label(name: &str) -> bool {
    name.len() <= LABEL && is_part(name)
}

fn is_part(part: &str) -> bool {
    let is_edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = part.as_bytes();
    is_edge(bytes.first())
        && is_edge(bytes.last())
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_rfc_1123() {
        for good in ["a", "db-1", "a.b-c.d", "1", &"a".repeat(253)] {
            assert!(is_subdomain(good), "{good}");
        }
        for bad in [
            "",
            "A",
            "a_b",
            "-a",
            "a-",
            "a..b",
            ".a",
            "a.",
            "é",
            &"a".repeat(254),
        ] {
            assert!(!is_subdomain(bad), "{bad}");
        }
        assert!(is_label(&"a".repeat(63)));
        assert!(!is_label(&"a".repeat(64)) && !is_label("a.b"));
    }
}
