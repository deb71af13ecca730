//! The three sealing scopes.

use std::fmt;
use std::str::FromStr;

/// How far a sealed item may be moved before it no longer opens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Bound to one namespace and one name.
    #[default]
    Strict,
    /// Bound to one namespace; the Secret may be renamed.
    NamespaceWide,
    /// Bound to nothing; any namespace and any name.
    ClusterWide,
}

/// A word that names no scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown scope `{word}`; use strict, namespace-wide or cluster-wide")]
pub struct UnknownScope {
    /// The word as given.
    pub word: String,
}

impl Scope {
    /// Returns the word that `--scope` takes, as kubeseal spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::NamespaceWide => "namespace-wide",
            Self::ClusterWide => "cluster-wide",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;

    /// Reads a scope; the empty word is [`Scope::Strict`], as in kubeseal.
    fn from_str(word: &str) -> Result<Self, UnknownScope> {
        match word {
            "" | "strict" => Ok(Self::Strict),
            "namespace-wide" => Ok(Self::NamespaceWide),
            "cluster-wide" => Ok(Self::ClusterWide),
            _ => Err(UnknownScope {
                word: word.to_owned(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_reads_back_as_it_is_written() {
        for scope in [Scope::Strict, Scope::NamespaceWide, Scope::ClusterWide] {
            assert_eq!(scope.to_string().parse(), Ok(scope));
        }
    }

    #[test]
    fn the_empty_word_is_strict_and_other_words_are_errors() {
        assert_eq!("".parse(), Ok(Scope::Strict));
        let error = "Cluster-Wide".parse::<Scope>().unwrap_err();
        assert!(error.to_string().contains("`Cluster-Wide`"), "{error}");
    }
}
