//! What is known of key Secrets before their watch tells of it. Pure.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt;

/// Versions of the Secrets that this process wrote or read itself, until the watch has caught up with them.
///
/// An event may have been queued while a key was made for its Secret: it tells of the request, which is filled by now.
#[derive(Debug, Default)]
pub(super) struct Ahead(BTreeMap<String, u64>);

impl Ahead {
    /// Notes that this process has seen the Secret in this state.
    pub(super) fn know(&mut self, secret: &Secret) {
        if let Some(version) = version(secret) {
            let known = self.0.entry(secret.name_any()).or_default();
            *known = version.max(*known);
        }
    }

    /// Returns whether an event tells of a state before the one that is known. One that does not ends the comparison for
    /// its Secret: from then on the watch is believed, as it must be where a cluster was restored from a backup and counts
    /// from there.
    pub(super) fn is_past(&mut self, secret: &Secret) -> bool {
        let name = secret.name_any();
        let Some(known) = self.0.get(&name) else {
            return false;
        };
        let past = version(secret).is_some_and(|version| version < *known);
        if !past {
            self.0.remove(&name);
        }
        past
    }

    /// Forgets the Secrets that are not among those there are.
    pub(super) fn listed(&mut self, secrets: &BTreeSet<String>) {
        self.0.retain(|name, _| secrets.contains(name));
    }
}

/// Returns the version of a Secret; versions of one resource are numbers that grow (Kubernetes API concepts, "Resource
/// versions"). Nothing where a server does otherwise: then every event counts.
fn version(secret: &Secret) -> Option<u64> {
    secret.metadata.resource_version.as_ref()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

    use super::*;

    fn at(name: &str, version: &str) -> Secret {
        Secret {
            metadata: ObjectMeta {
                name: Some(name.to_owned()),
                resource_version: Some(version.to_owned()),
                ..ObjectMeta::default()
            },
            ..Secret::default()
        }
    }

    #[test]
    fn an_event_of_a_request_that_was_filled_meanwhile_is_old() {
        let mut ahead = Ahead::default();
        assert!(!ahead.is_past(&at("request", "8")));
        ahead.know(&at("request", "10"));
        // As numbers: "9" is no newer than "10".
        assert!(ahead.is_past(&at("request", "8")));
        assert!(ahead.is_past(&at("request", "9")));
        assert!(!ahead.is_past(&at("another", "9")));
        assert!(!ahead.is_past(&at("request", "10")), "the key itself");
    }

    #[test]
    fn once_the_watch_caught_up_it_alone_is_believed() {
        for caught_up in ["10", "11"] {
            let mut ahead = Ahead::default();
            ahead.know(&at("request", "10"));
            assert!(!ahead.is_past(&at("request", caught_up)));
            // A cluster that is restored from a backup counts from there.
            assert!(!ahead.is_past(&at("request", "3")));
        }
        let mut ahead = Ahead::default();
        ahead.know(&at("request", "10"));
        ahead.listed(&BTreeSet::new());
        assert!(!ahead.is_past(&at("request", "3")));
    }

    #[test]
    fn of_two_states_that_are_known_the_newer_counts() {
        let mut ahead = Ahead::default();
        ahead.know(&at("copy", "10"));
        ahead.know(&at("copy", "7"));
        assert!(ahead.is_past(&at("copy", "9")));
        ahead.listed(&["copy".to_owned()].into());
        assert!(ahead.is_past(&at("copy", "9")));
    }

    #[test]
    fn what_is_no_number_is_never_old() {
        let mut ahead = Ahead::default();
        ahead.know(&at("request", "ten"));
        assert!(!ahead.is_past(&at("request", "9")));
        ahead.know(&at("request", "10"));
        assert!(!ahead.is_past(&at("request", "nine")));
        assert!(!ahead.is_past(&Secret::default()));
    }
}
