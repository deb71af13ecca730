//! A decision in the making: the statuses as they will be.

use std::collections::BTreeMap;
use std::sync::Arc;

use api::conditions::{self, Outcome};
use api::database::{DatabaseServer, DatabaseStatus};
use api::migration::{Migration, MigrationStatus, Phase};
use api::table::Table;
use kube::ResourceExt;

use super::{About, Announcement, Decision, Terms};
use crate::schema::observe::Observed;
use crate::schema::status::{self, AboutDatabase};

/// What is being decided.
pub(super) struct Work<'a> {
    pub(super) observed: &'a Observed,
    pub(super) terms: Terms,
    pub(super) decision: Decision,
    /// The Migrations with the status that each will have, by name.
    pub(super) entries: BTreeMap<String, Entry>,
    pub(super) about: Option<AboutDatabase>,
    pub(super) connected: Option<bool>,
    pub(super) server: Option<DatabaseServer>,
}

/// A Migration and the status that it will have.
pub(super) struct Entry {
    pub(super) migration: Arc<Migration>,
    pub(super) status: MigrationStatus,
}

impl Entry {
    /// Returns the hash of its plan; `None` for one that SchemaHero made.
    pub(super) fn hash(&self) -> Option<&str> {
        self.migration.spec.plan.as_ref().map(|plan| plan.hash.as_str())
    }

    /// Returns its phase. One without a status was made a moment ago.
    pub(super) fn phase(&self) -> Phase {
        self.status.phase.unwrap_or_default()
    }

    pub(super) fn changed(&self) -> bool {
        self.migration.status.as_ref() != Some(&self.status)
    }
}

impl<'a> Work<'a> {
    pub(super) fn new(observed: &'a Observed, terms: Terms) -> Self {
        let entries = observed.migrations.iter().map(|migration| {
            let entry = Entry {
                migration: Arc::clone(migration),
                status: migration.status.clone().unwrap_or_default(),
            };
            (migration.name_any(), entry)
        });
        Self {
            observed,
            terms,
            decision: Decision::default(),
            entries: entries.collect(),
            about: None,
            connected: None,
            server: None,
        }
    }

    /// Notes that the database answered.
    pub(super) fn answered(&mut self, server: &DatabaseServer) {
        self.connected = Some(true);
        self.server = Some(server.clone());
    }

    /// Sets what is said of the Database, and the Migration that this speaks of.
    pub(super) fn database(&mut self, outcome: Outcome, migration: Option<String>) {
        self.about = Some(AboutDatabase {
            outcome,
            connected: None,
            server: None,
            migration,
        });
    }

    /// Sets what is said of a Table.
    pub(super) fn table(&mut self, table: &Table, outcome: &Outcome, migration: Option<String>) {
        let after = status::of_table(table, outcome, migration, self.terms.now);
        if table.status.as_ref() != Some(&after) {
            self.decision.tables.push((table.name_any(), after));
        }
    }

    pub(super) fn was_ready(&self) -> bool {
        let generation = self
            .observed
            .database
            .as_ref()
            .and_then(|database| database.metadata.generation);
        let status = self.observed.status();
        status.is_some_and(|status| status.ready == Some(true) && status.observed_generation == generation)
    }

    /// Returns whether a Migration with a plan is in that phase.
    pub(super) fn has(&self, phase: Phase) -> bool {
        self.entries
            .values()
            .any(|entry| entry.hash().is_some() && entry.phase() == phase)
    }

    /// Returns the Migration of a plan.
    pub(super) fn of_hash(&self, hash: &str) -> Option<String> {
        let found = self.entries.iter().find(|(_, entry)| entry.hash() == Some(hash));
        found.map(|(name, _)| name.clone())
    }

    pub(super) fn announce(&mut self, about: About, warning: bool, reason: &'static str, note: String) {
        self.decision.events.push(Announcement {
            about,
            warning,
            reason,
            note,
        });
    }

    /// Changes a Migration: its phase and its times, and what its conditions say. An event of `reason` is
    /// published when the phase is another than before.
    pub(super) fn migration(
        &mut self,
        name: &str,
        phase: Phase,
        outcome: &Outcome,
        event: Option<(&'static str, String)>,
    ) {
        let now = self.terms.now;
        let Some(entry) = self.entries.get_mut(name) else {
            return;
        };
        let before = entry.status.phase;
        let second = Some(now.as_second());
        let status = &mut entry.status;
        status.phase = Some(phase);
        status.planned_at = status.planned_at.or(second);
        if before != Some(phase) {
            match phase {
                Phase::Invalid => status.invalidated_at = second,
                Phase::Rejected => status.rejected_at = second,
                Phase::Executed => status.executed_at = second,
                Phase::Approved => status.approved_at = second,
                Phase::Planned => (status.approved_at, status.decided_by) = (None, None),
                Phase::Executing | Phase::Failed => {}
            }
            if phase != Phase::Executing {
                status.blocked_by.clear();
            }
        }
        let generation = entry.migration.metadata.generation;
        status::conclude(status, outcome, generation, now);
        if before != Some(phase)
            && let Some((reason, note)) = event
        {
            let warning = matches!(phase, Phase::Failed | Phase::Rejected);
            self.announce(About::Migration(name.to_owned()), warning, reason, note);
        }
    }

    /// Declares invalid every Migration that waits or was about to run, but for phases that are `spared`.
    pub(super) fn invalidate(&mut self, spared: &[Phase], why: &str) {
        let pending = |entry: &Entry| {
            entry.hash().is_some()
                && matches!(entry.phase(), Phase::Planned | Phase::Approved | Phase::Executing)
                && !spared.contains(&entry.phase())
        };
        self.invalidate_all(pending, why);
    }

    fn invalidate_all(&mut self, which: impl Fn(&Entry) -> bool, why: &str) {
        let names: Vec<String> = self
            .entries
            .iter()
            .filter(|(_, entry)| which(entry))
            .map(|(name, _)| name.clone())
            .collect();
        for name in names {
            self.invalidate_one(&name, why);
        }
    }

    pub(super) fn invalidate_one(&mut self, name: &str, why: &str) {
        let outcome = Outcome::permanent("Superseded", status::message(why));
        let event = ("Invalidated", format!("Migration {name}: {why}"));
        self.migration(name, Phase::Invalid, &outcome, Some(event));
    }

    /// Declares invalid what SchemaHero planned: it is never run, and what it stood for is planned anew.
    pub(super) fn invalidate_foreign(&mut self) {
        let pending = |entry: &Entry| {
            entry.hash().is_none() && matches!(entry.phase(), Phase::Planned | Phase::Approved)
                // An executed one of old versions may have no phase.
                && entry.status.executed_at.unwrap_or(0) == 0
        };
        self.invalidate_all(
            pending,
            "it was made by SchemaHero; what is declared is planned anew",
        );
    }

    /// Says of the Migration of a run whose end is not known that it is not known.
    pub(super) fn unknown(&mut self, hash: &str, why: &str) {
        let Some(name) = self.of_hash(hash) else { return };
        let Some(entry) = self.entries.get(&name) else {
            return;
        };
        let phase = entry.phase();
        if phase.is_final() {
            return;
        }
        let text = format!("how far it came is not known until the database answers: {why}");
        self.migration(
            &name,
            phase,
            &Outcome::transient("Unknown", status::message(text)),
            None,
        );
    }

    /// Publishes an event when the Database begins to need a person, or stops.
    pub(super) fn announce_database(&mut self, after: &DatabaseStatus) {
        let before = self
            .observed
            .status()
            .map_or("", |status| status::reason(&status.conditions));
        let stalled = after
            .conditions
            .iter()
            .find(|c| c.type_ == conditions::STALLED && c.reason != before);
        let Some(stalled) = stalled else { return };
        let (reason, note) = (stalled.reason.clone(), stalled.message.clone());
        // Migrations have events of their own for these.
        if matches!(reason.as_str(), "Rejected" | "Failed") {
            return;
        }
        let reason = if reason == "Held" { "Held" } else { "Stalled" };
        self.announce(About::Database, true, reason, note);
    }
}
