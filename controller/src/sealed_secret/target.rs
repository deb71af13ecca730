//! What the target Secret must look like. Pure.

use std::collections::BTreeMap;

use api::names;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::claim::{Claim, owner_reference, says};

/// How much of the live Secret stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Only what the SealedSecret says is there afterwards.
    Nothing,
    /// What others added stays; what the SealedSecret says is restored.
    Additions,
}

/// Returns the Secret to create: what was unsealed, with its owner.
pub(crate) fn created(sealed: &ObjectMeta, unsealed: &Secret) -> Secret {
    let mut secret = unsealed.clone();
    secret.metadata.owner_references = owners(sealed, unsealed);
    secret
}

/// Returns what the live Secret must become; equal to it when nothing is to be done.
///
/// The type is never changed here: the API server refuses that, so it is `decide` that reports a
/// type that differs. Finalizers are left alone: they belong to whoever set them.
pub(crate) fn updated(
    sealed: &ObjectMeta,
    unsealed: &Secret,
    live: &Secret,
    claim: Claim,
    keep: Keep,
) -> Secret {
    let mut secret = live.clone();
    let keep = if matches!(claim, Claim::Patch { .. }) {
        Keep::Additions
    } else {
        keep
    };
    assign(&mut secret.data, unsealed.data.as_ref(), keep);
    assign(
        &mut secret.metadata.labels,
        unsealed.metadata.labels.as_ref(),
        keep,
    );
    assign(
        &mut secret.metadata.annotations,
        unsealed.metadata.annotations.as_ref(),
        keep,
    );
    forget_values(&mut secret, unsealed);
    if !matches!(claim, Claim::Patch { own: false }) {
        let owners = owners(sealed, unsealed);
        if owners.as_deref().unwrap_or_default()
            != secret.metadata.owner_references.as_deref().unwrap_or_default()
        {
            secret.metadata.owner_references = owners;
        }
    }
    // Upstream never sets it on a Secret that exists. It can only ever be switched on.
    if unsealed.immutable == Some(true) && !matches!(claim, Claim::Patch { .. }) {
        secret.immutable = Some(true);
    }
    secret
}

/// Takes away what is remembered of values, where nothing is to be remembered any more. Whatever else
/// stays, it speaks of values that are not there.
fn forget_values(secret: &mut Secret, unsealed: &Secret) {
    let remembers = |secret: &Secret| {
        let annotations = secret.metadata.annotations.as_ref();
        annotations.is_some_and(|annotations| annotations.contains_key(names::KEPT_VALUES))
    };
    if !remembers(unsealed)
        && let Some(annotations) = &mut secret.metadata.annotations
    {
        annotations.remove(names::KEPT_VALUES);
    }
}

/// Returns whether both have the same items; absent and empty are the same.
pub(crate) fn same_data(a: &Secret, b: &Secret) -> bool {
    const NONE: &BTreeMap<String, ByteString> = &BTreeMap::new();
    a.data.as_ref().unwrap_or(NONE) == b.data.as_ref().unwrap_or(NONE)
}

fn owners(
    sealed: &ObjectMeta,
    unsealed: &Secret,
) -> Option<Vec<k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference>> {
    if says(&unsealed.metadata, names::SKIP_SET_OWNER_REFERENCES) {
        None
    } else {
        Some(vec![owner_reference(sealed)])
    }
}

/// Sets a map, without turning an absent one into an empty one: that alone would be a write.
fn assign<V: Clone + PartialEq>(
    live: &mut Option<BTreeMap<String, V>>,
    wanted: Option<&BTreeMap<String, V>>,
    keep: Keep,
) {
    let mut result = match keep {
        Keep::Nothing => BTreeMap::new(),
        Keep::Additions => live.clone().unwrap_or_default(),
    };
    result.extend(
        wanted
            .into_iter()
            .flatten()
            .map(|(key, value)| (key.clone(), value.clone())),
    );
    if result.is_empty() && live.as_ref().is_none_or(BTreeMap::is_empty) {
        return;
    }
    *live = Some(result);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "every field it fills is an `Option`")]
    fn map<V: Clone>(entries: &[(&str, V)]) -> Option<BTreeMap<String, V>> {
        Some(
            entries
                .iter()
                .map(|(key, value)| ((*key).to_owned(), value.clone()))
                .collect(),
        )
    }

    fn bytes(text: &str) -> ByteString {
        ByteString(text.as_bytes().to_vec())
    }

    fn sealed() -> ObjectMeta {
        ObjectMeta {
            name: Some("app".to_owned()),
            uid: Some("u1".to_owned()),
            ..ObjectMeta::default()
        }
    }

    fn unsealed() -> Secret {
        Secret {
            metadata: ObjectMeta {
                name: Some("app".to_owned()),
                labels: map(&[("team", "a".to_owned())]),
                ..ObjectMeta::default()
            },
            data: map(&[("user", bytes("me")), ("word", bytes("x"))]),
            ..Secret::default()
        }
    }

    fn live() -> Secret {
        let mut live = created(&sealed(), &unsealed());
        live.metadata.resource_version = Some("7".to_owned());
        live.type_ = Some("Opaque".to_owned());
        live
    }

    #[test]
    fn a_secret_as_the_server_stored_it_needs_no_write() {
        for keep in [Keep::Nothing, Keep::Additions] {
            assert_eq!(
                updated(&sealed(), &unsealed(), &live(), Claim::Owned, keep),
                live()
            );
        }
    }

    #[test]
    fn absent_and_empty_maps_are_the_same() {
        let mut unsealed = unsealed();
        unsealed.metadata.annotations = Some(BTreeMap::new());
        let same = updated(&sealed(), &unsealed, &live(), Claim::Owned, Keep::Nothing);
        assert_eq!(same, live());
    }

    #[test]
    fn healing_restores_ours_and_keeps_what_others_added() {
        let mut edited = live();
        edited.data = map(&[("user", bytes("mallory")), ("added", bytes("by others"))]);
        edited.metadata.annotations = map(&[("note", "theirs".to_owned())]);
        let healed = updated(&sealed(), &unsealed(), &edited, Claim::Owned, Keep::Additions);
        let all = map(&[
            ("user", bytes("me")),
            ("word", bytes("x")),
            ("added", bytes("by others")),
        ]);
        assert_eq!(healed.data, all);
        assert_eq!(healed.metadata.annotations, edited.metadata.annotations);
    }

    #[test]
    fn a_new_spec_replaces_everything() {
        let mut edited = live();
        edited.data = map(&[("user", bytes("me")), ("added", bytes("by others"))]);
        edited.metadata.labels = map(&[("their", "label".to_owned())]);
        let replaced = updated(&sealed(), &unsealed(), &edited, Claim::Owned, Keep::Nothing);
        assert_eq!(replaced.data, unsealed().data);
        assert_eq!(replaced.metadata.labels, unsealed().metadata.labels);
    }

    #[test]
    fn a_patch_adds_and_leaves_owners_alone_unless_managed() {
        let mut foreign = live();
        foreign.metadata.owner_references = None;
        foreign.data = map(&[("their", bytes("value")), ("user", bytes("old"))]);
        let patched = updated(
            &sealed(),
            &unsealed(),
            &foreign,
            Claim::Patch { own: false },
            Keep::Nothing,
        );
        assert_eq!(
            patched.data,
            map(&[
                ("their", bytes("value")),
                ("user", bytes("me")),
                ("word", bytes("x"))
            ])
        );
        assert_eq!(patched.metadata.owner_references, None);
        let owned = updated(
            &sealed(),
            &unsealed(),
            &foreign,
            Claim::Patch { own: true },
            Keep::Nothing,
        );
        assert_eq!(
            owned.metadata.owner_references,
            Some(vec![owner_reference(&sealed())])
        );
    }

    #[test]
    fn a_template_can_ask_for_no_owner() {
        let mut unsealed = unsealed();
        unsealed.metadata.annotations = map(&[(names::SKIP_SET_OWNER_REFERENCES, "true".to_owned())]);
        assert_eq!(created(&sealed(), &unsealed).metadata.owner_references, None);
        let released = updated(&sealed(), &unsealed, &live(), Claim::Owned, Keep::Nothing);
        assert_eq!(released.metadata.owner_references, None);
    }

    #[test]
    fn immutable_is_switched_on_and_never_off() {
        let mut locked = unsealed();
        locked.immutable = Some(true);
        assert_eq!(
            updated(&sealed(), &locked, &live(), Claim::Owned, Keep::Nothing).immutable,
            Some(true)
        );
        let mut live = live();
        live.immutable = Some(true);
        assert_eq!(
            updated(&sealed(), &unsealed(), &live, Claim::Owned, Keep::Nothing).immutable,
            Some(true)
        );
    }
}
