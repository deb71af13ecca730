//! Labels and annotations that stay on the SealedSecret's own metadata.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use api::names::{
    KUBECFG_LAST_APPLIED, KUBECTL_LAST_APPLIED, SCOPE_CLUSTER_WIDE, SCOPE_NAMESPACE_WIDE, SEALED_WITH,
};

/// What is never kept: copies of the whole object, values included; the scope, which one rule writes; and the
/// names of keys that sealed something else.
const NEVER: [&str; 5] = [
    KUBECTL_LAST_APPLIED,
    KUBECFG_LAST_APPLIED,
    SCOPE_NAMESPACE_WIDE,
    SCOPE_CLUSTER_WIDE,
    SEALED_WITH,
];

/// Names of labels and annotations; `*` stands for any text, a `/` too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePattern(String);

/// A text that can match no name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` matches no label or annotation; a name is like `argocd.argoproj.io/sync-wave`, and `*` stands for any text"
)]
pub struct NamePatternError {
    /// The text.
    pub text: String,
}

impl fmt::Display for NamePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for NamePattern {
    type Err = NamePatternError;

    /// Reads a pattern; the characters are those of qualified names, and `*`.
    fn from_str(text: &str) -> Result<Self, NamePatternError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '*');
        if text.is_empty() || !text.chars().all(fits) {
            let text = text.to_owned();
            return Err(NamePatternError { text });
        }
        Ok(Self(text.to_owned()))
    }
}

impl NamePattern {
    /// Returns the pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether the pattern is this whole name.
    pub fn matches(&self, name: &str) -> bool {
        let mut pieces = self.0.split('*');
        let first = pieces.next().unwrap_or_default();
        let Some(mut rest) = name.strip_prefix(first) else {
            return false;
        };
        let Some(last) = pieces.next_back() else {
            return rest.is_empty();
        };
        for piece in pieces {
            // The leftmost place leaves most for the pieces that follow.
            match rest.split_once(piece) {
                Some((_, after)) => rest = after,
                None => return false,
            }
        }
        rest.ends_with(last)
    }
}

/// Returns whether a label or annotation speaks of one object alone, so that no other one gets it.
pub fn is_never_kept(name: &str) -> bool {
    NEVER.contains(&name)
}

/// Returns the entries that one of the patterns names, without those that are never kept.
pub(super) fn kept(
    entries: Option<&BTreeMap<String, String>>,
    patterns: &[NamePattern],
) -> BTreeMap<String, String> {
    let is_kept =
        |name: &String| !is_never_kept(name) && patterns.iter().any(|pattern| pattern.matches(name));
    entries
        .into_iter()
        .flatten()
        .filter(|(name, _)| is_kept(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, name: &str, expected: bool) {
        let pattern: NamePattern = pattern.parse().unwrap();
        assert_eq!(pattern.matches(name), expected, "{pattern:?} {name}");
    }

    #[test]
    fn a_star_stands_for_any_text() {
        check("*", "app", true);
        check("argocd.argoproj.io/*", "argocd.argoproj.io/sync-wave", true);
        check("argocd.argoproj.io/*", "argocdXargoproj.io/sync-wave", false);
        check("*/sync-*", "argocd.argoproj.io/sync-wave", true);
        check("*sync*sync", "sync-sync-sync", true);
        check("*sync*sync", "sync", false);
        check("a*a", "a", false);
        check("app", "app", true);
        check("app", "app2", false);
        check("app", "my-app", false);
    }

    #[test]
    fn a_text_that_can_be_no_name_is_refused() {
        for text in ["", "a b", "app=shop", "{app}"] {
            assert!(text.parse::<NamePattern>().is_err(), "{text:?}");
        }
    }
}
