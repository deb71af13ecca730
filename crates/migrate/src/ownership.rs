//! Who owns a database's migrations, and whether this is the server on which that was recorded.

use schema::ServerFacts;
use schema::engine::Session;
use schema::journal::{Journal, Owner};

use crate::plan::PlanFailure;

/// What the journal and the server say to someone who wants to run migrations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// They are theirs, on this server.
    Ours,
    /// Nobody owns them yet: the first run records its owner.
    Free,
    /// Another owns them.
    Other(Owner),
    /// They are theirs, and were recorded on another server: this one was given a copy of the database, or another
    /// server answers under the name now.
    Moved {
        /// The identity of the server on which the owner was recorded.
        recorded: String,
        /// The identity of this server; `None` if it doesn't tell it.
        live: Option<String>,
    },
    /// The server takes no writes, so that it is not the one that migrations run on: a standby, a read-only file.
    ReadOnly,
}

impl Ownership {
    /// Returns what a journal and the facts of the server say to `owner`.
    ///
    /// A server that tells no identity where one was recorded counts as another one: it can't be shown to be the same.
    pub fn of(journal: Option<&Journal>, facts: &ServerFacts, owner: &Owner) -> Self {
        if facts.read_only {
            return Self::ReadOnly;
        }
        let Some(journal) = journal else {
            return Self::Free;
        };
        match (&journal.owner, &journal.server) {
            (None, _) => Self::Free,
            (Some(other), _) if other != owner => Self::Other(other.clone()),
            (Some(_), Some(recorded)) if facts.identity.as_ref() != Some(recorded) => Self::Moved {
                recorded: recorded.clone(),
                live: facts.identity.clone(),
            },
            (Some(_), _) => Self::Ours,
        }
    }
}

/// Returns what the database says to someone who wants to run migrations: it reads the journal and nothing else.
///
/// # Errors
/// [`PlanFailure::Session`] when the journal can't be read.
pub async fn ownership(session: &mut dyn Session, owner: &Owner) -> Result<Ownership, PlanFailure> {
    let journal = session.journal().await;
    match journal {
        Ok(journal) => Ok(Ownership::of(journal.as_ref(), session.facts(), owner)),
        Err(source) => Err(PlanFailure::Session {
            label: session.label().to_owned(),
            doing: "reading the journal",
            source,
        }),
    }
}

#[cfg(test)]
mod tests {
    use schema::EngineKind;

    use super::*;

    fn owner(name: &str) -> Owner {
        Owner {
            cluster: "c".into(),
            namespace: "n".into(),
            name: name.into(),
        }
    }

    fn facts(identity: Option<&str>) -> ServerFacts {
        ServerFacts {
            kind: EngineKind::Postgres,
            flavour: "postgres".into(),
            version: vec![15],
            default_schema: None,
            read_only: false,
            identity: identity.map(str::to_owned),
            default_collation: None,
            folds_table_names: false,
        }
    }

    fn journal(of: Option<&str>, server: Option<&str>) -> Journal {
        Journal {
            owner: of.map(owner),
            server: server.map(str::to_owned),
            ..Journal::default()
        }
    }

    #[test]
    fn a_database_without_a_journal_or_an_owner_is_free() {
        assert_eq!(
            Ownership::of(None, &facts(Some("1")), &owner("a")),
            Ownership::Free
        );
        let journal = journal(None, None);
        assert_eq!(
            Ownership::of(Some(&journal), &facts(Some("1")), &owner("a")),
            Ownership::Free
        );
    }

    #[test]
    fn another_namespace_name_or_cluster_is_another_owner() {
        let journal = journal(Some("a"), Some("1"));
        let others = [
            owner("b"),
            Owner {
                namespace: "other".into(),
                ..owner("a")
            },
            Owner {
                cluster: "other".into(),
                ..owner("a")
            },
        ];
        for other in others {
            let found = Ownership::of(Some(&journal), &facts(Some("1")), &other);
            assert_eq!(found, Ownership::Other(owner("a")));
        }
        assert_eq!(
            Ownership::of(Some(&journal), &facts(Some("1")), &owner("a")),
            Ownership::Ours
        );
    }

    #[test]
    fn a_server_that_is_not_the_recorded_one_or_does_not_tell_is_another() {
        let recorded = journal(Some("a"), Some("1"));
        for live in [Some("2"), None] {
            let found = Ownership::of(Some(&recorded), &facts(live), &owner("a"));
            let expected = Ownership::Moved {
                recorded: "1".into(),
                live: live.map(str::to_owned),
            };
            assert_eq!(found, expected);
        }
        let untold = journal(Some("a"), None);
        assert_eq!(
            Ownership::of(Some(&untold), &facts(None), &owner("a")),
            Ownership::Ours
        );
    }

    #[test]
    fn a_standby_is_refused_whoever_owns_it() {
        let standby = ServerFacts {
            read_only: true,
            ..facts(Some("1"))
        };
        for journal in [None, Some(journal(Some("a"), Some("1")))] {
            assert_eq!(
                Ownership::of(journal.as_ref(), &standby, &owner("a")),
                Ownership::ReadOnly
            );
        }
    }
}
