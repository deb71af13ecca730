//! The RSA-OAEP label that binds an item to its place.

use crate::Scope;

/// The OAEP label of a scope, namespace and name.
///
/// An item opens only with the label it was sealed with; this is how a scope is enforced. The bytes are
/// upstream's (`EncryptionLabel` in `sealedsecret_expansion.go`) and never change.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Label(Vec<u8>);

impl Label {
    /// Returns `<namespace>/<name>`, `<namespace>` or nothing, by scope.
    pub fn new(scope: Scope, namespace: &str, name: &str) -> Self {
        Self(match scope {
            Scope::Strict => format!("{namespace}/{name}").into_bytes(),
            Scope::NamespaceWide => namespace.as_bytes().to_vec(),
            Scope::ClusterWide => Vec::new(),
        })
    }

    /// Returns the bytes given to RSA-OAEP.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_label_holds_what_the_scope_binds() {
        let check = |scope, bytes: &[u8]| assert_eq!(Label::new(scope, "ns", "name").as_bytes(), bytes);
        check(Scope::Strict, b"ns/name");
        check(Scope::NamespaceWide, b"ns");
        check(Scope::ClusterWide, b"");
    }
}
