//! What the items of a SealedSecret are bound to, for one that is sealed later than the others.

use api::names::{SCOPE_CLUSTER_WIDE, SCOPE_NAMESPACE_WIDE};
use aws_lc_rs::rand::SecureRandom;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sealing::{Certificate, Label, Scope};

use crate::scope;

const NAMESPACE: &str = "metadata.namespace";

/// The scope, namespace and name that every item of a SealedSecret is sealed for.
///
/// They are taken from that object and from nowhere else: an item that was sealed for anything else never
/// opens there, and nobody sees that before it is applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    scope: Scope,
    label: Label,
}

/// A SealedSecret that doesn't say what its items are bound to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BindingError {
    /// No `metadata.name`, and a scope that binds to it.
    #[error("it has no metadata.name, and its items are bound to one")]
    MissingName,
    /// No namespace, and a scope that binds to one.
    #[error("it names no namespace, and its items are bound to one")]
    MissingNamespace,
    /// A placeholder of Helm or of Flux, whose value decides.
    #[error(
        "{field} holds a placeholder that is filled in later, and its items are bound to what it will be"
    )]
    Placeholder {
        /// Path of the field.
        field: String,
    },
}

impl BindingError {
    /// Returns whether a namespace from elsewhere would help.
    pub fn lacks_namespace(&self) -> bool {
        match self {
            Self::MissingNamespace => true,
            Self::MissingName => false,
            Self::Placeholder { field } => field == NAMESPACE,
        }
    }
}

impl Binding {
    /// Returns what the items of this object are bound to; `assumed` is the namespace of one that names none, or
    /// only a placeholder.
    ///
    /// # Errors
    /// [`BindingError`]; what the scope doesn't bind to may be missing.
    pub fn of(sealed: &ObjectMeta, assumed: Option<&str>) -> Result<Self, BindingError> {
        for name in [SCOPE_NAMESPACE_WIDE, SCOPE_CLUSTER_WIDE] {
            let value = sealed.annotations.as_ref().and_then(|all| all.get(name));
            if value.is_some_and(|value| is_placeholder(value)) {
                let field = format!("metadata.annotations[{name}]");
                return Err(BindingError::Placeholder { field });
            }
        }
        let scope = scope::of_sealed_secret(sealed);
        let (mut namespace, mut name) = ("", "");
        if scope != Scope::ClusterWide {
            namespace = match (sealed.namespace.as_deref().unwrap_or_default(), assumed) {
                ("", None | Some("")) => return Err(BindingError::MissingNamespace),
                (own, None | Some("")) => finished(NAMESPACE, own)?,
                (own, Some(assumed)) if own.is_empty() || is_placeholder(own) => assumed,
                (own, Some(_)) => own,
            };
        }
        if scope == Scope::Strict {
            name = match sealed.name.as_deref().unwrap_or_default() {
                "" => return Err(BindingError::MissingName),
                name => finished("metadata.name", name)?,
            };
        }
        Ok(Self {
            scope,
            label: Label::new(scope, namespace, name),
        })
    }

    /// Returns the scope.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// Returns one value sealed, as the text of an item in `spec.encryptedData`. The certificate's time is the
    /// caller's to check.
    ///
    /// # Errors
    /// [`sealing::SealError`], when the generator fails.
    pub fn seal(
        &self,
        certificate: &Certificate,
        value: &[u8],
        random: &dyn SecureRandom,
    ) -> Result<String, sealing::SealError> {
        let item = certificate.public_key().seal(random, &self.label, value)?;
        Ok(sealing::encode_item(&item))
    }
}

fn finished<'a>(field: &str, text: &'a str) -> Result<&'a str, BindingError> {
    if is_placeholder(text) {
        let field = field.to_owned();
        return Err(BindingError::Placeholder { field });
    }
    Ok(text)
}

/// Returns whether a name is yet to be filled in: Helm's `{{ … }}`, or the `${…}` of Flux's post-build substitution.
/// Neither can be part of a finished name.
pub fn is_placeholder(text: &str) -> bool {
    text.contains("{{") || text.contains("${")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(namespace: &str, name: &str, annotation: Option<(&str, &str)>) -> ObjectMeta {
        ObjectMeta {
            name: Some(name.to_owned()),
            namespace: Some(namespace.to_owned()),
            annotations: annotation
                .map(|(name, value)| std::iter::once((name.to_owned(), value.to_owned())).collect()),
            ..ObjectMeta::default()
        }
    }

    fn check(sealed: &ObjectMeta, assumed: Option<&str>, expected: Result<(Scope, &str), BindingError>) {
        let binding = Binding::of(sealed, assumed);
        let binding = binding.map(|binding| {
            let bytes = binding.label.as_bytes().to_vec();
            (binding.scope, String::from_utf8(bytes).unwrap())
        });
        assert_eq!(binding, expected.map(|(scope, label)| (scope, label.to_owned())));
    }

    #[test]
    fn scope_namespace_and_name_are_those_of_the_object() {
        let wide = |name| Some((name, "true"));
        check(
            &metadata("shop", "db", None),
            Some("team"),
            Ok((Scope::Strict, "shop/db")),
        );
        check(
            &metadata("shop", "db", wide(SCOPE_NAMESPACE_WIDE)),
            None,
            Ok((Scope::NamespaceWide, "shop")),
        );
        check(
            &metadata("", "", wide(SCOPE_CLUSTER_WIDE)),
            None,
            Ok((Scope::ClusterWide, "")),
        );
    }

    #[test]
    fn a_missing_namespace_is_the_assumed_one_and_a_missing_name_an_error() {
        check(
            &metadata("", "db", None),
            Some("shop"),
            Ok((Scope::Strict, "shop/db")),
        );
        for assumed in [None, Some("")] {
            check(
                &metadata("", "db", None),
                assumed,
                Err(BindingError::MissingNamespace),
            );
        }
        check(&metadata("shop", "", None), None, Err(BindingError::MissingName));
        check(
            &metadata("shop", "", Some((SCOPE_NAMESPACE_WIDE, "true"))),
            None,
            Ok((Scope::NamespaceWide, "shop")),
        );
    }

    #[test]
    fn nothing_is_bound_to_a_placeholder() {
        let placeholder = |field: &str| {
            Err(BindingError::Placeholder {
                field: field.to_owned(),
            })
        };
        check(
            &metadata("{{ .Values.ns }}", "db", None),
            None,
            placeholder("metadata.namespace"),
        );
        check(
            &metadata("${ns}", "db", None),
            Some("shop"),
            Ok((Scope::Strict, "shop/db")),
        );
        check(
            &metadata("shop", "db-${env}", None),
            None,
            placeholder("metadata.name"),
        );
        check(
            &metadata("shop", "db", Some((SCOPE_CLUSTER_WIDE, "{{ .Values.wide }}"))),
            None,
            placeholder("metadata.annotations[sealedsecrets.bitnami.com/cluster-wide]"),
        );
    }
}
