//! The digest by which a restart knows that nothing changed. Pure.

use std::fmt::Write as _;

use api::sealed_secret::SealedSecret;
use sha2::{Digest, Sha256};

/// Raised when this controller would make another Secret from the same document than before, so that
/// every object is looked at once more after the upgrade.
const RULES: &str = "1";

/// Returns SHA-256, in hex, of all that the Secret depends on: spec, scope and our rules.
///
/// Of what is sealed, never of what is in it: a digest of a short password would give it away.
pub(crate) fn digest(sealed: &SealedSecret) -> String {
    let scope = manifests::scope::of_sealed_secret(&sealed.metadata);
    let mut hash = Sha256::new();
    hash.update(RULES);
    hash.update([0]);
    hash.update(scope.to_string());
    hash.update([0]);
    // Maps are sorted, so equal specs give equal bytes. A spec that was read always can be written.
    hash.update(serde_json::to_vec(&sealed.spec).unwrap_or_default());
    hash.finalize()
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::names;

    fn sealed(item: &str) -> SealedSecret {
        let mut sealed = SealedSecret::new("app", api::sealed_secret::SealedSecretSpec::default());
        sealed
            .spec
            .encrypted_data
            .insert("key".to_owned(), item.to_owned());
        sealed
    }

    #[test]
    fn the_digest_changes_with_an_item_and_with_the_scope_and_with_nothing_else() {
        let first = digest(&sealed("AgA"));
        assert_ne!(first, digest(&sealed("AgB")));

        let mut wide = sealed("AgA");
        wide.metadata.annotations = Some([(names::SCOPE_CLUSTER_WIDE.to_owned(), "true".to_owned())].into());
        assert_ne!(first, digest(&wide));

        let mut touched = sealed("AgA");
        touched.metadata.labels = Some([("team".to_owned(), "a".to_owned())].into());
        touched.metadata.resource_version = Some("9".to_owned());
        touched.status = Some(api::sealed_secret::SealedSecretStatus::default());
        assert_eq!(first, digest(&touched));
        assert_eq!(first.len(), 64);
    }
}
