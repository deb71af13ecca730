//! Which admission policies an API server knows.

use std::str::FromStr;

/// The kinds of policies that are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Served {
    /// Whether `ValidatingAdmissionPolicy` is (from Kubernetes 1.30 on).
    pub(super) validating: bool,
    /// The version in which `MutatingAdmissionPolicy` is (from Kubernetes 1.36 on; as a beta where it was turned on).
    pub(super) mutating: Option<&'static str>,
}

/// Versions of `MutatingAdmissionPolicy` that have the fields we use, best first.
pub(super) const MUTATING_VERSIONS: [&str; 2] = ["v1", "v1beta1"];

/// A version of Kubernetes, major and minor number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct KubernetesVersion(u32, u32);

impl KubernetesVersion {
    /// What a current API server is taken for.
    pub(super) const CURRENT: Self = Self(1, 36);

    /// What an API server of this version serves without further flags.
    pub(super) fn served(self) -> Served {
        Served {
            validating: self >= Self(1, 30),
            mutating: (self >= Self(1, 36)).then_some(MUTATING_VERSIONS[0]),
        }
    }
}

impl FromStr for KubernetesVersion {
    type Err = String;

    /// Reads `1.30`, `v1.30` or `1.30.4`, as clusters tell their version; what follows the minor number has no meaning.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut numbers = text.trim_start_matches('v').splitn(3, '.').map(u32::from_str);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => Ok(Self(major, minor)),
            _ => Err("a version of Kubernetes looks like 1.30".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn served(version: &str) -> (bool, Option<&'static str>) {
        let served = version.parse::<KubernetesVersion>().unwrap().served();
        (served.validating, served.mutating)
    }

    #[test]
    fn policies_are_those_of_the_version() {
        assert_eq!(served("1.29"), (false, None));
        assert_eq!(served("v1.30.4-gke.1"), (true, None));
        assert_eq!(served("1.35.2"), (true, None));
        assert_eq!(served("1.36"), (true, Some("v1")));
        assert_eq!(served("1.100"), (true, Some("v1")));
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for text in ["", "1", "latest", "1.x", "-1.30"] {
            assert!(text.parse::<KubernetesVersion>().is_err(), "{text:?}");
        }
    }
}
