//! The rules of sealing keys. Pure.

use api::names;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// What a Secret of the controller's namespace is to the key ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A key in use.
    Active,
    /// A key that someone took out of use by another value of the label, such as `compromised`.
    Disabled,
    /// Not a key.
    Other,
}

/// Returns the role of a Secret.
///
/// The label's value `active` makes a key, any other value disables it, as upstream reads it. One
/// Secret named exactly like the prefix, without the label, is a key of upstream's first versions.
pub(crate) fn role(metadata: &ObjectMeta, prefix: &str) -> Role {
    let label = metadata
        .labels
        .as_ref()
        .and_then(|labels| labels.get(names::SEALING_KEY_LABEL));
    match label.map(String::as_str) {
        Some("active") => Role::Active,
        Some(_) => Role::Disabled,
        None if metadata.name.as_deref() == Some(prefix) => Role::Active,
        None => Role::Other,
    }
}

/// What is known when asking whether a key must be made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Observed {
    /// This replica leads.
    pub(crate) leader: bool,
    /// The key Secrets were listed at least once.
    pub(crate) synced: bool,
    /// Keys in use, whether their Secret still exists or not.
    pub(crate) held: usize,
}

/// Returns whether this replica must make a key now.
///
/// Only when there is none at all. A key whose Secret was deleted while we run still opens what was
/// sealed to it; making another in silence would hide the loss from whoever could still restore it.
pub(crate) fn must_generate(observed: &Observed) -> bool {
    observed.leader && observed.synced && observed.held == 0
}

/// Returns the name for a new key Secret in a namespace that has the key Secrets `uids` now.
///
/// The name follows from what was there before. So of two replicas that both believe to lead and
/// both saw no key, the second fails to create its key: the name is taken.
pub(crate) fn secret_name(prefix: &str, namespace: &str, uids: &[String]) -> String {
    use sha2::{Digest, Sha256};

    // Kubernetes' own alphabet for suffixes: no vowels, no digits that look like letters.
    const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
    let mut sorted: Vec<&str> = uids.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    let mut hash = Sha256::new();
    for part in std::iter::once(namespace).chain(sorted) {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let suffix = hash
        .finalize()
        .iter()
        .take(5)
        .map(|byte| char::from(ALPHABET[usize::from(*byte) % 27]))
        .collect::<String>();
    format!("{prefix}{suffix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(name: &str, label: Option<&str>) -> ObjectMeta {
        ObjectMeta {
            name: Some(name.to_owned()),
            labels: label.map(|value| [(names::SEALING_KEY_LABEL.to_owned(), value.to_owned())].into()),
            ..ObjectMeta::default()
        }
    }

    #[test]
    fn the_label_decides_and_the_legacy_name_counts_without_it() {
        for (name, label, expected) in [
            ("any", Some("active"), Role::Active),
            ("any", Some("compromised"), Role::Disabled),
            ("any", Some("Active"), Role::Disabled),
            ("any", Some(""), Role::Disabled),
            ("sealed-secrets-key", None, Role::Active),
            ("sealed-secrets-key", Some("compromised"), Role::Disabled),
            ("sealed-secrets-keyabcde", None, Role::Other),
        ] {
            assert_eq!(
                role(&metadata(name, label), "sealed-secrets-key"),
                expected,
                "{name} {label:?}"
            );
        }
    }

    #[test]
    fn a_key_is_made_only_by_the_leader_and_only_when_there_is_none() {
        for (leader, synced, held, expected) in [
            (true, true, 0, true),
            (false, true, 0, false),
            (true, false, 0, false),
            (true, true, 1, false),
        ] {
            assert_eq!(
                must_generate(&Observed { leader, synced, held }),
                expected,
                "{leader} {synced} {held}"
            );
        }
    }

    #[test]
    fn two_replicas_that_saw_the_same_keys_choose_the_same_name() {
        let name = |uids: &[&str]| {
            let uids: Vec<String> = uids.iter().map(ToString::to_string).collect();
            secret_name("prefix", "ns", &uids)
        };
        assert_eq!(name(&["a", "b"]), name(&["b", "a"]));
        assert_ne!(name(&[]), name(&["a"]));
        assert_ne!(name(&["a"]), name(&["a", "b"]));
        let name = name(&[]);
        assert_eq!(name.len(), "prefix".len() + 5);
        assert!(
            name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()),
            "{name}"
        );
    }
}
