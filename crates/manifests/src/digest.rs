//! The digest by which two looks at a SealedSecret know that it hasn't changed.

use std::fmt::Write as _;

use api::sealed_secret::SealedSecret;
use aws_lc_rs::digest;

use crate::{rendering, scope};

/// Raised when the controller would make another Secret from the same document than before, so that every object is
/// looked at once more after the upgrade.
const RULES: &str = "1";

/// Returns SHA-256, in hex, of all that the Secret of a SealedSecret depends on: spec, scope, whether its metadata is
/// templates, and our rules.
///
/// The controller keeps it in `status.unsealed.spec`; a status with another digest speaks of another document. It is
/// of what is sealed, never of what is in it: a digest of a short password would give it away.
pub fn digest(sealed: &SealedSecret) -> String {
    let mut hash = digest::Context::new(&digest::SHA256);
    hash.update(RULES.as_bytes());
    hash.update(&[0]);
    hash.update(scope::of_sealed_secret(&sealed.metadata).to_string().as_bytes());
    hash.update(&[0]);
    // Maps are sorted, so equal specs give equal bytes. A spec that was read always can be written.
    hash.update(&serde_json::to_vec(&sealed.spec).unwrap_or_default());
    // Nothing is added without the annotation, so the digests of all other objects stay what they were.
    if rendering::renders_metadata(sealed) {
        hash.update(b"\0metadata");
    }
    let hash = hash.finish();
    hash.as_ref()
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

#[cfg(test)]
mod tests {
    use api::names;
    use api::sealed_secret::{SealedSecretSpec, SealedSecretStatus};

    use super::*;

    fn sealed(item: &str) -> SealedSecret {
        let mut sealed = SealedSecret::new("app", SealedSecretSpec::default());
        sealed
            .spec
            .encrypted_data
            .insert("key".to_owned(), item.to_owned());
        sealed
    }

    #[test]
    fn the_digest_changes_with_an_item_the_scope_and_templates_of_metadata_and_with_nothing_else() {
        let first = digest(&sealed("AgA"));
        assert_ne!(first, digest(&sealed("AgB")));

        let mut wide = sealed("AgA");
        wide.metadata.annotations = Some([(names::SCOPE_CLUSTER_WIDE.to_owned(), "true".to_owned())].into());
        assert_ne!(first, digest(&wide));

        let mut rendered = sealed("AgA");
        rendered.metadata.annotations =
            Some([(names::TEMPLATE_METADATA.to_owned(), "true".to_owned())].into());
        assert_ne!(first, digest(&rendered));

        let mut touched = sealed("AgA");
        touched.metadata.labels = Some([("team".to_owned(), "a".to_owned())].into());
        touched.metadata.resource_version = Some("9".to_owned());
        touched.status = Some(SealedSecretStatus::default());
        assert_eq!(first, digest(&touched));
    }

    /// Every object of every cluster would be opened once more if this changed by accident.
    #[test]
    fn the_digest_of_a_document_stays_what_it_was() {
        assert_eq!(
            digest(&sealed("AgA")),
            "7d85af0214737030e7e6657f98135cf3acdd2a1197e9e24bc24f84d33a76c81b"
        );
    }
}
