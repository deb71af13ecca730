//! What the cluster declares of one Database, as the caches and our own writes have it.

use std::sync::Arc;

use api::database::{Database, DatabaseStatus};
use api::migration::Migration;
use api::names;
use api::table::Table;
use kube::ResourceExt;

use super::{Key, annotation};

/// A Database (or the name of one), its Tables and its Migrations.
#[derive(Clone, Debug)]
pub(super) struct Observed {
    pub(super) key: Key,
    /// `None` if there is no such Database, or it is being deleted.
    pub(super) database: Option<Arc<Database>>,
    /// Those that name it and are not being deleted, by name.
    pub(super) tables: Vec<Arc<Table>>,
    /// Those that name it, by name.
    pub(super) migrations: Vec<Arc<Migration>>,
}

/// What, when it differs from that of the last pass, is a reason to look again. Statuses are no part of
/// it: they are our own doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Inputs {
    /// What plans are made of.
    pub(super) declared: Vec<String>,
    /// What people decided.
    pub(super) decided: Vec<String>,
}

/// The annotations of a Database that its plans depend on.
const OF_PLANS: [&str; 3] = [names::ALLOW, names::ACCEPT_SERVER, names::PAUSED];
/// The annotations with which people decide.
const OF_PEOPLE: [&str; 5] = [
    names::APPROVED_PLAN,
    names::APPROVED_BY,
    names::REJECTED_PLAN,
    names::RETRY_RUN,
    names::RECONCILE_REQUESTED,
];

impl Observed {
    /// Returns whether nothing is left that names the Database.
    pub(super) fn is_empty(&self) -> bool {
        self.database.is_none() && self.tables.is_empty()
    }

    /// Returns the status of the Database, if it is there and has one.
    pub(super) fn status(&self) -> Option<&DatabaseStatus> {
        self.database.as_ref()?.status.as_ref()
    }

    /// Returns whether a pass was made for the Database as it is now, by whichever process.
    pub(super) fn is_known(&self) -> bool {
        self.database.as_ref().is_some_and(|database| {
            let observed = database
                .status
                .as_ref()
                .and_then(|status| status.observed_generation);
            observed.is_some() && observed == database.metadata.generation
        })
    }

    /// Returns what is compared with the last pass.
    pub(super) fn inputs(&self) -> Inputs {
        let mut inputs = Inputs::default();
        if let Some(database) = &self.database {
            let metadata = &database.metadata;
            let id = |what: &str| format!("{what} {:?} {:?}", metadata.uid, metadata.generation);
            inputs.declared.push(id("Database"));
            inputs.declared.extend(
                OF_PLANS.map(|name| format!("{name}={}", annotation(metadata, name).unwrap_or_default())),
            );
            inputs.decided.extend(
                OF_PEOPLE.map(|name| format!("{name}={}", annotation(metadata, name).unwrap_or_default())),
            );
        }
        for table in &self.tables {
            let metadata = &table.metadata;
            inputs.declared.push(format!(
                "Table {} {:?} {:?}",
                table.name_any(),
                metadata.uid,
                metadata.generation
            ));
        }
        for migration in &self.migrations {
            // One that nobody decided about is not named: that we made it is no reason to look again.
            let decisions = OF_PEOPLE.iter().filter_map(|name| {
                annotation(&migration.metadata, name).map(|value| format!("{name}={value}"))
            });
            let name = migration.name_any();
            inputs
                .decided
                .extend(decisions.map(|decision| format!("Migration {name} {decision}")));
            if migration.spec.plan.is_none() {
                inputs.decided.push(format!("Migration {name} of SchemaHero"));
            }
        }
        inputs
    }

    /// Returns the Migration of that name.
    pub(super) fn migration(&self, name: &str) -> Option<&Arc<Migration>> {
        self.migrations
            .iter()
            .find(|migration| migration.name_any() == name)
    }
}
