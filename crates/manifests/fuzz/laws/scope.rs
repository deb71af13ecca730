use api::sealed_secret::SealedSecret;
use k8s_openapi::api::core::v1::Secret;
use manifests::{documents, scope, verify};
use sealing::{Label, Scope};

const ALL: [Scope; 3] = [Scope::Strict, Scope::NamespaceWide, Scope::ClusterWide];

/// There is one scope of a document, whoever asks, and an annotated scope is the one that is found.
pub fn scope(data: &[u8]) {
    let Ok(found) = documents::read("input", data) else {
        return;
    };
    for document in &found {
        if let Ok(sealed) = document.to::<SealedSecret>() {
            let scope = scope::of_sealed_secret(&sealed.metadata);
            assert_eq!(scope, verify::scope(document));
            let name = sealed.metadata.name.as_deref().unwrap_or_default();
            let namespace = sealed.metadata.namespace.as_deref().unwrap_or_default();
            let expected = match scope {
                Scope::Strict => format!("{namespace}/{name}"),
                Scope::NamespaceWide => namespace.to_owned(),
                Scope::ClusterWide => String::new(),
            };
            assert_eq!(Label::new(scope, namespace, name).as_bytes(), expected.as_bytes());
        }
        if let Ok(secret) = document.to::<Secret>() {
            let own = scope::of_secret(&secret.metadata, None);
            for asked in ALL {
                let decided = scope::of_secret(&secret.metadata, Some(asked));
                assert_eq!(decided, if asked == Scope::Strict { own } else { asked });
                let mut annotated = secret.metadata.clone();
                scope::annotate(annotated.annotations.get_or_insert_default(), asked);
                assert_eq!(scope::of_sealed_secret(&annotated), asked);
            }
        }
    }
}
