//! The scope of a document: one rule for Secrets and SealedSecrets.

use std::collections::BTreeMap;

use api::names::{SCOPE_CLUSTER_WIDE, SCOPE_NAMESPACE_WIDE};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sealing::{Label, Scope};

/// Returns the scope that a Secret is to be sealed for.
///
/// As in kubeseal, a scope that was asked for wins over the annotation, except [`Scope::Strict`]: its flag's
/// default can't be told from a wish, so it overrides nothing.
pub fn of_secret(metadata: &ObjectMeta, asked: Option<Scope>) -> Scope {
    match asked {
        Some(scope) if scope != Scope::default() => scope,
        _ => of_sealed_secret(metadata),
    }
}

/// Returns the scope that a SealedSecret opens for: its own annotations decide, not its template's.
///
/// Only the exact value `true` counts, and cluster-wide wins (`SecretScope` in upstream's
/// `sealedsecret_expansion.go`).
pub fn of_sealed_secret(metadata: &ObjectMeta) -> Scope {
    let annotations = metadata.annotations.as_ref();
    of_annotations(|name| annotations.and_then(|all| all.get(name)).map(String::as_str))
}

/// Returns the scope that annotations say, by a function that gives the value of one.
pub(crate) fn of_annotations<'a>(value: impl Fn(&str) -> Option<&'a str>) -> Scope {
    let is_true = |name| value(name) == Some("true");
    if is_true(SCOPE_CLUSTER_WIDE) {
        Scope::ClusterWide
    } else if is_true(SCOPE_NAMESPACE_WIDE) {
        Scope::NamespaceWide
    } else {
        Scope::Strict
    }
}

/// Makes annotations say `scope`, and no other.
pub fn annotate(annotations: &mut BTreeMap<String, String>, scope: Scope) {
    annotations.remove(SCOPE_NAMESPACE_WIDE);
    annotations.remove(SCOPE_CLUSTER_WIDE);
    let name = match scope {
        Scope::Strict => return,
        Scope::NamespaceWide => SCOPE_NAMESPACE_WIDE,
        Scope::ClusterWide => SCOPE_CLUSTER_WIDE,
    };
    annotations.insert(name.to_owned(), "true".to_owned());
}

/// Returns the label of an object's items in `scope`.
pub(crate) fn label(metadata: &ObjectMeta, scope: Scope) -> Label {
    let namespace = metadata.namespace.as_deref().unwrap_or_default();
    Label::new(scope, namespace, metadata.name.as_deref().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(annotations: &[(&str, &str)]) -> ObjectMeta {
        let annotations = annotations
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        ObjectMeta {
            annotations: Some(annotations),
            ..ObjectMeta::default()
        }
    }

    #[test]
    fn only_the_exact_word_true_counts_and_cluster_wide_wins() {
        let check =
            |annotations: &[(&str, &str)], scope| assert_eq!(of_sealed_secret(&metadata(annotations)), scope);
        check(&[], Scope::Strict);
        check(&[(SCOPE_NAMESPACE_WIDE, "true")], Scope::NamespaceWide);
        check(&[(SCOPE_CLUSTER_WIDE, "true")], Scope::ClusterWide);
        check(
            &[(SCOPE_CLUSTER_WIDE, "true"), (SCOPE_NAMESPACE_WIDE, "true")],
            Scope::ClusterWide,
        );
        check(
            &[(SCOPE_CLUSTER_WIDE, "True"), (SCOPE_NAMESPACE_WIDE, "1")],
            Scope::Strict,
        );
        assert_eq!(of_sealed_secret(&ObjectMeta::default()), Scope::Strict);
    }

    #[test]
    fn a_scope_that_was_asked_for_wins_unless_it_is_strict() {
        let wide = metadata(&[(SCOPE_NAMESPACE_WIDE, "true")]);
        assert_eq!(of_secret(&wide, None), Scope::NamespaceWide);
        assert_eq!(of_secret(&wide, Some(Scope::Strict)), Scope::NamespaceWide);
        assert_eq!(of_secret(&wide, Some(Scope::ClusterWide)), Scope::ClusterWide);
        assert_eq!(
            of_secret(&ObjectMeta::default(), Some(Scope::NamespaceWide)),
            Scope::NamespaceWide
        );
    }

    #[test]
    fn annotations_say_one_scope() {
        let mut annotations = metadata(&[(SCOPE_NAMESPACE_WIDE, "true"), ("a", "b")])
            .annotations
            .unwrap();
        annotate(&mut annotations, Scope::ClusterWide);
        assert_eq!(
            annotations.keys().map(String::as_str).collect::<Vec<_>>(),
            ["a", SCOPE_CLUSTER_WIDE]
        );
        annotate(&mut annotations, Scope::Strict);
        assert_eq!(annotations.keys().map(String::as_str).collect::<Vec<_>>(), ["a"]);
    }
}
