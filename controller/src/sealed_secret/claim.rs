//! Whose the target Secret is. Pure, and from metadata alone: a foreign Secret's data is never read.

use api::names;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};

/// What the controller may do to an existing Secret of a SealedSecret's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim {
    /// It was made from this SealedSecret.
    Owned,
    /// Its owner put it into the hands of a SealedSecret: it is replaced and owned from now on.
    TakeOver,
    /// Items, labels and annotations are added; what else is there stays. With `own`, it becomes
    /// owned too.
    Patch {
        /// The owner reference is set as well.
        own: bool,
    },
    /// Not ours: never touched.
    Foreign,
}

/// Returns the claim of the SealedSecret `sealed` to the Secret `secret`.
pub(crate) fn claim(sealed: &ObjectMeta, secret: &ObjectMeta) -> Claim {
    let managed = says(secret, names::MANAGED);
    if says(secret, names::PATCH) {
        return Claim::Patch { own: managed };
    }
    match controller(secret) {
        Some(owner) if owner.uid == sealed.uid.as_deref().unwrap_or_default() => Claim::Owned,
        // A SealedSecret that was deleted and made again within moments (`replace`) finds the Secret
        // of its former self, which the garbage collector has not reached yet. Upstream fails there.
        Some(owner) if is_sealed_secret(owner) && Some(&owner.name) == sealed.name.as_ref() => {
            Claim::TakeOver
        }
        _ if managed => Claim::TakeOver,
        // A Secret made without an owner reference carries the annotation that asked for this, since
        // the template's annotations are copied. Upstream does not know its own Secret again.
        None if says(secret, names::SKIP_SET_OWNER_REFERENCES) => Claim::Owned,
        _ => Claim::Foreign,
    }
}

/// Returns whether the deletion of this Secret concerns a SealedSecret of the same name.
///
/// As upstream: a Secret that is only patched belongs to someone else, who may delete it. Anything
/// else either was ours and is made again, or was in the way.
pub(crate) fn deletion_matters(secret: &ObjectMeta) -> bool {
    !says(secret, names::PATCH)
        || says(secret, names::MANAGED)
        || controller(secret).is_some_and(is_sealed_secret)
}

/// Returns the owner reference that a Secret made from this SealedSecret has: upstream's, field by
/// field, so that both controllers know each other's Secrets.
pub(crate) fn owner_reference(sealed: &ObjectMeta) -> OwnerReference {
    OwnerReference {
        api_version: "bitnami.com/v1alpha1".to_owned(),
        kind: "SealedSecret".to_owned(),
        name: sealed.name.clone().unwrap_or_default(),
        uid: sealed.uid.clone().unwrap_or_default(),
        controller: Some(true),
        block_owner_deletion: None,
    }
}

/// Returns whether an annotation is set; only the exact value `true` counts, as upstream has it.
pub(crate) fn says(metadata: &ObjectMeta, annotation: &str) -> bool {
    metadata
        .annotations
        .as_ref()
        .and_then(|all| all.get(annotation))
        .is_some_and(|value| value == "true")
}

fn controller(secret: &ObjectMeta) -> Option<&OwnerReference> {
    secret
        .owner_references
        .as_ref()?
        .iter()
        .find(|owner| owner.controller == Some(true))
}

fn is_sealed_secret(owner: &OwnerReference) -> bool {
    owner.kind == "SealedSecret" && owner.api_version.starts_with("bitnami.com/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed() -> ObjectMeta {
        ObjectMeta {
            name: Some("app".to_owned()),
            uid: Some("u1".to_owned()),
            ..ObjectMeta::default()
        }
    }

    fn secret(owner: Option<(&str, &str, &str)>, annotations: &[&str]) -> ObjectMeta {
        let reference = owner.map(|(kind, name, uid)| OwnerReference {
            kind: kind.to_owned(),
            name: name.to_owned(),
            uid: uid.to_owned(),
            ..owner_reference(&sealed())
        });
        ObjectMeta {
            name: Some("app".to_owned()),
            owner_references: reference.map(|reference| vec![reference]),
            annotations: Some(
                annotations
                    .iter()
                    .map(|name| ((*name).to_owned(), "true".to_owned()))
                    .collect(),
            ),
            ..ObjectMeta::default()
        }
    }

    #[test]
    fn every_combination_of_owner_and_annotations_has_one_claim() {
        const OURS: Option<(&str, &str, &str)> = Some(("SealedSecret", "app", "u1"));
        const FORMER: Option<(&str, &str, &str)> = Some(("SealedSecret", "app", "u0"));
        const OTHER: Option<(&str, &str, &str)> = Some(("SealedSecret", "other", "u2"));
        const FOREIGN: Option<(&str, &str, &str)> = Some(("ExternalSecret", "app", "u3"));
        const SKIP: &str = names::SKIP_SET_OWNER_REFERENCES;
        for (owner, annotations, expected) in [
            (None, &[][..], Claim::Foreign),
            (OURS, &[], Claim::Owned),
            (FORMER, &[], Claim::TakeOver),
            (OTHER, &[], Claim::Foreign),
            (FOREIGN, &[], Claim::Foreign),
            (None, &[names::MANAGED], Claim::TakeOver),
            (FOREIGN, &[names::MANAGED], Claim::TakeOver),
            (OURS, &[names::MANAGED], Claim::Owned),
            (None, &[names::PATCH], Claim::Patch { own: false }),
            (OURS, &[names::PATCH], Claim::Patch { own: false }),
            (FOREIGN, &[names::PATCH], Claim::Patch { own: false }),
            (None, &[names::PATCH, names::MANAGED], Claim::Patch { own: true }),
            (None, &[SKIP], Claim::Owned),
            (FOREIGN, &[SKIP], Claim::Foreign),
        ] {
            assert_eq!(
                claim(&sealed(), &secret(owner, annotations)),
                expected,
                "{owner:?} {annotations:?}"
            );
        }
    }

    #[test]
    fn only_the_exact_value_true_counts() {
        for value in ["True", "yes", "1", "", " true"] {
            let mut secret = secret(None, &[]);
            secret.annotations = Some([(names::MANAGED.to_owned(), value.to_owned())].into());
            assert_eq!(claim(&sealed(), &secret), Claim::Foreign, "{value:?}");
        }
    }

    #[test]
    fn the_deletion_of_a_secret_that_was_only_patched_is_its_owners_business() {
        assert!(!deletion_matters(&secret(None, &[names::PATCH])));
        assert!(deletion_matters(&secret(None, &[names::PATCH, names::MANAGED])));
        assert!(deletion_matters(&secret(
            Some(("SealedSecret", "app", "u1")),
            &[names::PATCH]
        )));
        assert!(deletion_matters(&secret(None, &[])));
    }
}
