//! The copy that is kept of a retired key.

use std::collections::BTreeMap;

use api::names::{COPIED_FROM, SEALING_KEY_ACTIVE, SEALING_KEY_ARCHIVED, SEALING_KEY_LABEL};
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use manifests::keys;

use crate::error::CommandError;
use crate::key_store::KeyStore;

/// What stands behind the name of a key in that of its archive.
const SUFFIX: &str = "archived";

/// Stores a copy of a key, reads it back, and returns its name. One that an interrupted run stored is used.
///
/// # Errors
/// When it can't be written or read, the name is taken by something else, or what is read is not what was written.
pub(super) fn keep(store: &KeyStore, key: &Secret) -> Result<String, CommandError> {
    let mut archive = archive_of(key);
    let mut name = archive.metadata.name.clone().unwrap_or_default();
    let mut found = store.secret(&name)?;
    // A key that had this name before left its archive, which is not to be written over.
    if let (Some(other), Ok(parsed)) = (&found, keys::key_of_secret(key))
        && !is_copy(other, &archive)
    {
        name = keys::name_of_copy(&name, parsed.key.fingerprint());
        archive.metadata.name = Some(name.clone());
        found = store.secret(&name)?;
    }
    stored(store, &name, &archive, found)
        .map_err(|error| error.context(format!("cannot keep a copy of the key as `{name}`")))?;
    Ok(name)
}

fn stored(
    store: &KeyStore,
    name: &str,
    archive: &Secret,
    mut found: Option<Secret>,
) -> Result<(), CommandError> {
    if found.is_none() {
        store.create(archive)?;
        found = store.secret(name)?;
    }
    match found {
        Some(found) if is_copy(&found, archive) => Ok(()),
        Some(_) => Err(
            CommandError::message("another Secret has that name, or it was changed").hint(format!(
                "look at what `{name}` is, and store it under another name"
            )),
        ),
        None => Err(CommandError::message(
            "it was written, and it is not there any more",
        )),
    }
}

fn archive_of(key: &Secret) -> Secret {
    let name = key.metadata.name.as_deref().unwrap_or_default();
    let label = (SEALING_KEY_LABEL.to_owned(), SEALING_KEY_ARCHIVED.to_owned());
    Secret {
        metadata: ObjectMeta {
            name: Some(keys::name_with(name, SUFFIX)),
            namespace: key.metadata.namespace.clone(),
            labels: Some(BTreeMap::from([label])),
            annotations: Some(BTreeMap::from([(COPIED_FROM.to_owned(), name.to_owned())])),
            ..ObjectMeta::default()
        },
        data: key.data.clone(),
        immutable: Some(true),
        string_data: key.string_data.clone(),
        type_: key.type_.clone(),
    }
}

/// Whether a Secret keeps what the archive should, safe from change and out of use.
fn is_copy(found: &Secret, archive: &Secret) -> bool {
    let label = found
        .metadata
        .labels
        .as_ref()
        .and_then(|labels| labels.get(SEALING_KEY_LABEL));
    found.data == archive.data
        && found.string_data == archive.string_data
        && found.immutable == Some(true)
        && label.is_some_and(|value| value != SEALING_KEY_ACTIVE)
}

#[cfg(test)]
mod tests {
    use k8s_openapi::ByteString;

    use super::*;

    fn key(name: &str) -> Secret {
        Secret {
            metadata: ObjectMeta {
                name: Some(name.to_owned()),
                namespace: Some("kube-system".to_owned()),
                resource_version: Some("7".to_owned()),
                owner_references: Some(Vec::new()),
                ..ObjectMeta::default()
            },
            data: Some([("tls.key".to_owned(), ByteString(b"k".to_vec()))].into()),
            ..Secret::default()
        }
    }

    #[test]
    fn an_archive_is_out_of_use_and_cannot_change_and_belongs_to_nobody() {
        let archive = archive_of(&key("one"));
        assert!(is_copy(&archive, &archive_of(&key("one"))));
        assert_eq!(archive.metadata.name.as_deref(), Some("one-archived"));
        assert_eq!(
            (
                &archive.metadata.owner_references,
                &archive.metadata.resource_version
            ),
            (&None, &None)
        );
    }

    #[test]
    fn what_holds_another_key_or_can_change_or_is_in_use_is_no_copy() {
        let archive = archive_of(&key("one"));
        let mut other = archive.clone();
        other.data = Some([("tls.key".to_owned(), ByteString(b"other".to_vec()))].into());
        let mut mutable = archive.clone();
        mutable.immutable = None;
        let mut active = archive.clone();
        let label = (SEALING_KEY_LABEL.to_owned(), SEALING_KEY_ACTIVE.to_owned());
        active.metadata.labels = Some([label].into());
        for found in [other, mutable, active] {
            assert!(!is_copy(&found, &archive));
        }
    }

    #[test]
    fn the_name_of_an_archive_is_never_too_long() {
        let name = |name: &str| archive_of(&key(name)).metadata.name.unwrap();
        assert_eq!(name(&"a".repeat(253)).len(), 253);
        let dashed = format!("{}-{}", "a".repeat(243), "b".repeat(9));
        assert_eq!(name(&dashed), format!("{}-archived", "a".repeat(243)));
    }
}
