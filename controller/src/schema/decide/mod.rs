//! The rules: what becomes of a Database, its Tables and its Migrations. Pure.
//!
//! What ran is read from the journal, never from a status: a status may be older than a crash.

mod approval;
mod draw;
mod planned;
mod prune;
mod settle;
mod tables;
mod work;

#[cfg(test)]
pub(super) mod fixtures;
#[cfg(test)]
mod tests;

use api::conditions::Outcome;
use api::database::DatabaseStatus;
use api::migration::{Migration, MigrationStatus, Phase};
use api::table::TableStatus;
use jiff::Timestamp;
use kube::ResourceExt;

use self::work::Work;
use super::found::{Class, Found, Ran, Refusal};
use super::observe::Observed;
use super::status::{self, AboutDatabase};

/// What is to be done, in the order of the fields.
#[derive(Debug, Default)]
pub(super) struct Decision {
    /// The Migration to make; its status is among `migrations`.
    pub(super) create: Option<Box<Migration>>,
    pub(super) migrations: Vec<(String, MigrationStatus)>,
    pub(super) tables: Vec<(String, TableStatus)>,
    pub(super) database: Option<DatabaseStatus>,
    pub(super) events: Vec<Announcement>,
    pub(super) prune: Vec<String>,
    /// What to run then; afterwards the database is looked at again.
    pub(super) run: Option<Run>,
    /// When to look again, if nothing is run.
    pub(super) next: Next,
}

/// When to look again although nothing was changed in the cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Next {
    /// After the recheck interval.
    #[default]
    Recheck,
    /// After a wait that grows with the number of such passes in a row.
    Retry,
    /// In some seconds: another session is at work.
    Soon,
}

/// A run to begin or to go on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// The Migration whose status tells of it; `None` for the end of a run that has nothing left to do.
    pub(super) migration: Option<String>,
    pub(super) hash: String,
    pub(super) approved_by: String,
    /// Whether it may go on with a run that failed.
    pub(super) continue_failed: bool,
    /// Whether another server than the journal's was accepted.
    pub(super) accept_server: bool,
}

/// An event of a transition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Announcement {
    pub(super) about: About,
    pub(super) warning: bool,
    pub(super) reason: &'static str,
    pub(super) note: String,
}

/// What an event is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum About {
    Database,
    Table(String),
    Migration(String),
}

/// What the rules are given beside the objects.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    /// How often a run is begun.
    pub(super) max_attempts: u32,
    /// How many passes in a row ended with [`Next::Retry`] before this one.
    pub(super) failures: u32,
    pub(super) now: Timestamp,
}

/// Returns what becomes of the objects after a look at the database, and after `ran` if this pass ran
/// something.
pub(super) fn decide(observed: &Observed, found: &Found, ran: Option<&Ran>, terms: Terms) -> Decision {
    let mut work = Work::new(observed, terms);
    match found {
        Found::Refused(refusal) => refused(&mut work, refusal, ran),
        Found::Undeclarable { server, problems } => {
            work.answered(server);
            undeclarable(&mut work, problems);
        }
        Found::Busy { server, why } => {
            work.answered(server);
            busy(&mut work, why);
        }
        Found::Bare { server } => {
            work.answered(server);
            work.invalidate(&[], "no table of the Database is declared any more");
            work.invalidate_foreign();
            work.database(Outcome::success("Synced", "no tables are declared"), None);
        }
        Found::Planned(view) => {
            work.answered(&view.server);
            planned::decide(&mut work, view, ran);
        }
    }
    work.finish()
}

fn refused(work: &mut Work<'_>, refusal: &Refusal, ran: Option<&Ran>) {
    work.connected = refusal.connected;
    let message = status::message(&refusal.message);
    let kept = work.observed.status().and_then(|status| status.migration.clone());
    let outcome = match refusal.class {
        Class::Waiting => Outcome::pending(refusal.reason, &message),
        Class::Permanent => Outcome::permanent(refusal.reason, &message),
        Class::Transient => {
            work.decision.next = Next::Retry;
            // Most pass within moments, and statuses that flip make every tool flip that watches them.
            if work.terms.failures == 0 && work.was_ready() && ran.is_none() {
                return;
            }
            Outcome::transient(refusal.reason, &message)
        }
    };
    let of_tables = match (refusal.reason, refusal.class) {
        ("DatabaseMissing" | "Paused", _) => outcome.clone(),
        (_, Class::Transient) => Outcome::transient(
            "DatabaseNotReady",
            status::message(format!("Database {}: {message}", work.observed.key.1)),
        ),
        _ => Outcome::pending(
            "DatabaseNotReady",
            status::message(format!("Database {}: {message}", work.observed.key.1)),
        ),
    };
    for table in &work.observed.tables {
        let migration = table.status.as_ref().and_then(|status| status.migration.clone());
        work.table(table, &of_tables, migration);
    }
    if refusal.reason == "DatabaseMissing" {
        work.invalidate(&[Phase::Executing], "its Database was deleted");
    }
    if let Some(ran) = ran {
        work.unknown(&ran.hash, &refusal.message);
    }
    work.database(outcome, kept);
}

fn undeclarable(work: &mut Work<'_>, problems: &[(String, String)]) {
    let mut first = None;
    for table in &work.observed.tables {
        let name = table.name_any();
        let own: Vec<&str> = problems
            .iter()
            .filter(|(of, _)| *of == name)
            .map(|(_, problem)| problem.as_str())
            .collect();
        let outcome = if own.is_empty() {
            Outcome::pending(
                "WaitsForOtherTables",
                "the tables of a Database are planned together, and another one can't be planned",
            )
        } else {
            let text = status::message(own.join("; "));
            first.get_or_insert_with(|| format!("Table {name}: {text}"));
            Outcome::permanent("InvalidSpec", text)
        };
        work.table(table, &outcome, None);
    }
    let others = match problems.len() {
        0 | 1 => String::new(),
        problems => format!(" ({problems} problems in all)"),
    };
    let text = first.unwrap_or_else(|| {
        let all: Vec<&str> = problems.iter().map(|(_, problem)| problem.as_str()).collect();
        all.join("; ")
    });
    work.invalidate(
        &[Phase::Executing],
        "the Tables were changed and can't be planned as they are",
    );
    work.database(
        Outcome::permanent("InvalidTables", status::message(format!("{text}{others}"))),
        None,
    );
}

fn busy(work: &mut Work<'_>, why: &str) {
    work.decision.next = Next::Soon;
    // Whoever runs it writes what comes of it.
    if work.has(Phase::Executing) {
        return;
    }
    let text = status::message(format!("another session runs a migration: {why}"));
    let kept = work.observed.status().and_then(|status| status.migration.clone());
    work.database(Outcome::pending("MigrationRunning", text), kept);
}

impl Work<'_> {
    /// Returns the decision: what differs from what is there, and who is to be pruned.
    fn finish(mut self) -> Decision {
        let about = self.about.take();
        if let (Some(database), Some(about)) = (&self.observed.database, about) {
            let about = AboutDatabase {
                connected: self.connected,
                server: self.server.clone(),
                ..about
            };
            let after = status::of_database(database, about, self.terms.now);
            self.announce_database(&after);
            if database.status.as_ref() != Some(&after) {
                self.decision.database = Some(after);
            }
        }
        let surplus = prune::prune(&self);
        self.decision.prune.extend(surplus);
        let changed = self.entries.into_iter().filter(|(_, entry)| entry.changed());
        self.decision.migrations = changed.map(|(name, entry)| (name, entry.status)).collect();
        self.decision
    }
}
