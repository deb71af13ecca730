//! The journal that lives in the target database: what ran, and how far.
//!
//! Its tables are `format`, `owner`, `run`, `step` (in schema `_chancery`, or with the prefix `_chancery_` where the
//! engine has no schemas or the role may not make one). It is what tells, after a crash, which steps are done, and
//! its last run's number is part of every plan's hash, so that running a plan spends its approval.

use std::fmt;

use crate::engine::SessionError;

/// The format of the journal that this version reads and writes. An older binary refuses a newer one.
pub const FORMAT: u32 = 2;

/// The state of a journal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Journal {
    /// Raised each time the lock is taken: a session that finds another number has lost the lock.
    pub epoch: u64,
    /// The number of the last run; 0 before the first.
    pub last_run: u64,
    /// The last run, if there is one.
    pub last: Option<RunRecord>,
    /// Who owns the database's migrations; `None` while only people ran any.
    pub owner: Option<Owner>,
    /// The identity ([`crate::ServerFacts::identity`]) of the server on which the owner was recorded, where it has
    /// one. Another one now means that this is a copy of the database, or another server that was given a copy.
    pub server: Option<String>,
}

/// A Database of a Kubernetes cluster, which owns the migrations of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// What tells the cluster from others: the UID of its namespace `kube-system`.
    pub cluster: String,
    /// The namespace of the Database.
    pub namespace: String,
    /// The name of the Database.
    pub name: String,
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the Database {}/{} of cluster {}",
            self.namespace, self.name, self.cluster
        )
    }
}

/// One run of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunRecord {
    /// The hash of the plan.
    pub hash: String,
    /// Who approved it.
    pub approved_by: String,
    /// Whether it ended, well or not.
    pub ended: bool,
    /// Why it failed; `None` while it runs and when it is done. Never contains a value of a row.
    pub error: Option<String>,
}

/// One step of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepRecord {
    /// Its position in the run, from 1.
    pub number: u32,
    /// The SHA-256 of its SQL.
    pub sql_sha: String,
    /// How far it is.
    pub state: StepState,
    /// Why it failed.
    pub error: Option<String>,
}

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// Not begun.
    Planned,
    /// Begun; only a step without a transaction is seen so.
    Started,
    /// Done, and its post-condition holds.
    Done,
    /// Failed.
    Failed,
}

impl StepState {
    /// Returns the word that the journal holds.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Started => "started",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// Returns the state that the journal holds as this word.
    ///
    /// # Errors
    /// [`SessionError::Journal`] for a word that is none: another version wrote it.
    pub fn read(word: &str) -> Result<Self, SessionError> {
        Self::parse(word).ok_or_else(|| SessionError::Journal {
            reason: format!("`{word}` is no state of a step; use the version of Chancery that wrote it"),
        })
    }

    /// Reads the word; `None` if it is none.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Planned, Self::Started, Self::Done, Self::Failed]
            .into_iter()
            .find(|state| state.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_read_as_it_is_written_and_another_word_is_refused() {
        for state in [
            StepState::Planned,
            StepState::Started,
            StepState::Done,
            StepState::Failed,
        ] {
            assert_eq!(StepState::read(state.as_str()).unwrap(), state);
        }
        let error = StepState::read("paused").unwrap_err();
        assert!(
            matches!(&error, SessionError::Journal { reason } if reason.contains("`paused`")),
            "{error}"
        );
    }
}
