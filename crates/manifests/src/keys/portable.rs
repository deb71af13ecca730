//! Key Secrets that leave their cluster or their name.

use api::names::KUBECTL_LAST_APPLIED;
use k8s_openapi::api::core::v1::Secret;
use sealing::Fingerprint;

use crate::seal::strip;

/// The longest name of a Secret (RFC 1123 subdomain).
const LONGEST_NAME: usize = 253;

/// Returns the Secret without what only its cluster can set, to be created in another one: identity, owners, and kubectl's
/// copy of the whole object, which holds the key once more.
pub fn portable(mut secret: Secret) -> Secret {
    strip(&mut secret.metadata);
    secret.metadata.generate_name = None;
    secret.metadata.finalizers = None;
    if let Some(annotations) = &mut secret.metadata.annotations {
        annotations.remove(KUBECTL_LAST_APPLIED);
    }
    secret
        .metadata
        .annotations
        .take_if(|annotations| annotations.is_empty());
    secret
}

/// Returns the name for a copy of a key whose own name is taken: the name, `-`, and eight digits of the fingerprint. It
/// follows from both, so that two who make the copy at once make one.
pub fn name_of_copy(name: &str, fingerprint: &Fingerprint) -> String {
    name_with(name, &fingerprint.short())
}

/// Returns the name of a Secret that belongs to another: its name, `-`, and the suffix; a name that would be too long is
/// cut before the suffix.
pub fn name_with(name: &str, suffix: &str) -> String {
    let len = LONGEST_NAME.saturating_sub(1 + suffix.len());
    // Names of Secrets are ASCII.
    let start = name.get(..name.len().min(len)).unwrap_or(name);
    format!("{}-{suffix}", start.trim_end_matches(['-', '.']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprint() -> Fingerprint {
        format!("SHA256:{}", "A".repeat(43)).parse().unwrap()
    }

    #[test]
    fn a_copy_is_named_after_the_key_and_its_name_is_never_too_long() {
        assert_eq!(name_of_copy("tls", &fingerprint()), "tls-00000000");
        let long = name_of_copy(&format!("{}-x", "a".repeat(251)), &fingerprint());
        assert_eq!(long.len(), LONGEST_NAME);
        assert_eq!(
            name_of_copy(&format!("{}-x", "a".repeat(243)), &fingerprint()).len(),
            252
        );
    }
}
