//! Whether what is waited for has come. Pure: all that is known goes in, what it means comes out.

use std::collections::BTreeMap;

use api::conditions::{Condition, READY, STALLED};
use api::database::Database;
use api::migration::{Migration, Phase};
use api::names;
use api::table::Table;
use kube::Resource;
use kube::runtime::watcher::Event;
use migrate::report::harmless;

use super::state::{self, condition, message};
use crate::cluster::{Change, label};
use crate::error::CommandError;

/// What is waited for.
#[derive(Clone, Debug)]
pub(super) enum Goal {
    /// The Migration of this name has run.
    Executed(String),
    /// The newest Migration of this Database has run.
    NewestExecuted(String),
    /// The Database is as its Tables declare, after this Migration has run if one is named.
    Ready {
        /// The Database.
        database: String,
        /// The Migration.
        migration: Option<String>,
    },
}

/// Where it stands.
#[derive(Debug)]
pub(super) enum Standing {
    /// It has come.
    Done(String),
    /// Not yet.
    Pending {
        /// What it waits for.
        said: String,
        /// The command that approves, if it waits for that.
        approve: Option<String>,
    },
    /// It will not come.
    Ended(CommandError),
}

/// What is known of the objects.
#[derive(Debug, Default)]
pub(super) struct Observed {
    /// The namespace.
    pub(super) namespace: String,
    migrations: Objects<Migration>,
    databases: Objects<Database>,
    tables: Objects<Table>,
}

/// The objects of one kind by name, as a watch tells of them.
#[derive(Debug)]
struct Objects<K> {
    /// `None` until all were listed once.
    known: Option<BTreeMap<String, K>>,
    listing: BTreeMap<String, K>,
}

impl<K> Default for Objects<K> {
    fn default() -> Self {
        Self {
            known: None,
            listing: BTreeMap::new(),
        }
    }
}

impl<K: Resource> Objects<K> {
    fn take(&mut self, event: Event<K>) {
        let name = |object: &K| object.meta().name.clone().unwrap_or_default();
        match event {
            Event::Init => self.listing.clear(),
            Event::InitApply(object) => {
                self.listing.insert(name(&object), object);
            }
            Event::InitDone => self.known = Some(std::mem::take(&mut self.listing)),
            Event::Apply(object) => {
                self.known.get_or_insert_default().insert(name(&object), object);
            }
            Event::Delete(object) => {
                self.known.get_or_insert_default().remove(&name(&object));
            }
        }
    }
}

impl Observed {
    /// What is known before anything was told.
    pub(super) fn new(namespace: &str) -> Self {
        Self {
            namespace: namespace.to_owned(),
            ..Self::default()
        }
    }

    /// Learns of a change.
    pub(super) fn take(&mut self, change: Change) {
        match change {
            Change::Migration(event) => self.migrations.take(*event),
            Change::Database(event) => self.databases.take(*event),
            Change::Table(event) => self.tables.take(*event),
        }
    }

    /// Where the goal stands; `None` before enough was told to say.
    pub(super) fn standing(&self, goal: &Goal) -> Option<Standing> {
        match goal {
            Goal::Executed(name) => {
                let migration = self.migrations.known.as_ref()?.get(name);
                Some(self.of_migration(name, migration))
            }
            Goal::NewestExecuted(database) => {
                let known = self.migrations.known.as_ref()?.values();
                let newest = known
                    .filter(|migration| migration.spec.database_name == *database)
                    .max_by_key(|migration| (state::created(migration), migration.metadata.name.clone()));
                Some(self.of_newest(database, newest))
            }
            Goal::Ready { database, migration } => {
                if let Some(name) = migration {
                    let found = self.migrations.known.as_ref()?.get(name);
                    let standing = self.of_migration(name, found);
                    if !matches!(standing, Standing::Done(_)) {
                        return Some(standing);
                    }
                }
                let databases = self.databases.known.as_ref()?;
                let tables = self.tables.known.as_ref()?.values();
                let tables: Vec<&Table> = tables
                    .filter(|table| table.spec.0.database == *database)
                    .collect();
                Some(self.of_database(database, databases.get(database), &tables))
            }
        }
    }

    fn of_newest(&self, database: &str, newest: Option<&Migration>) -> Standing {
        match newest {
            None => pending(format!(
                "Database {}/{database} has no Migration yet",
                self.namespace
            )),
            // Another one may be about to take its place.
            Some(newest) if state::phase(newest) == Phase::Invalid => pending(format!(
                "Migration {} is no longer valid, and there is no newer one",
                label(newest)
            )),
            Some(newest) => {
                let name = newest.metadata.name.as_deref().unwrap_or_default();
                self.of_migration(name, Some(newest))
            }
        }
    }

    fn of_migration(&self, name: &str, migration: Option<&Migration>) -> Standing {
        let Some(migration) = migration else {
            return Standing::Ended(
                CommandError::message(format!(
                    "the cluster has no Migration `{}/{name}`",
                    self.namespace
                ))
                .hint("`chancery migrations list -A` shows those that there are"),
            );
        };
        let name = label(migration);
        let run = state::run(migration).map_or_else(String::new, |run| format!(" ({run})"));
        let why = state::why(migration).map_or_else(String::new, |why| format!(": {why}"));
        let ended = |what: &str| {
            let error = CommandError::message(format!("Migration `{name}` {what}"));
            Standing::Ended(error.hint(state::next(migration)))
        };
        match state::phase(migration) {
            Phase::Executed => Standing::Done(format!("Migration {name} has run{run}")),
            // The failure of before is not the end of what was asked since.
            Phase::Failed if state::is_retried(migration) => {
                pending(format!("Migration {name} is about to be tried again"))
            }
            Phase::Failed => ended(&format!("failed{run}{why}")),
            Phase::Invalid => ended(&format!("is no longer valid{why}")),
            Phase::Rejected => {
                let by = state::decided_by(migration).map_or_else(String::new, |by| format!(" by {by}"));
                ended(&format!("was rejected{by}"))
            }
            Phase::Planned if state::is_held(migration) => Standing::Ended(
                CommandError::message(format!(
                    "Migration `{name}` has nothing to run: all its steps are held"
                ))
                .held()
                .hint(state::release(migration)),
            ),
            Phase::Planned if state::names_its_plan(migration, names::APPROVED_PLAN) => {
                pending(format!("Migration {name} is approved"))
            }
            Phase::Planned => Standing::Pending {
                said: format!("Migration {name} waits for an approval"),
                approve: Some(state::command("approve", migration)),
            },
            Phase::Approved => pending(format!("Migration {name} is approved")),
            Phase::Executing => {
                let status = migration.status.as_ref();
                let blocked: Vec<String> = status
                    .iter()
                    .flat_map(|status| &status.blocked_by)
                    .map(|by| harmless(by))
                    .collect();
                pending(if blocked.is_empty() {
                    format!("Migration {name} runs{run}")
                } else {
                    format!("Migration {name} runs{run}, blocked by {}", blocked.join("; "))
                })
            }
        }
    }

    fn of_database(&self, name: &str, database: Option<&Database>, tables: &[&Table]) -> Standing {
        let namespace = &self.namespace;
        let Some(database) = database else {
            let error = CommandError::message(format!("the cluster has no Database `{namespace}/{name}`"));
            return Standing::Ended(error.hint("-n NAMESPACE says where it is"));
        };
        let status = database.status.as_ref();
        let mut all = vec![Part::new(
            format!("Database {namespace}/{name}"),
            database.metadata.generation,
            status.and_then(|status| status.observed_generation),
            status.map(|status| status.conditions.as_slice()),
        )];
        all.extend(tables.iter().map(|table| {
            let status = table.status.as_ref();
            Part::new(
                format!(
                    "Table {namespace}/{}",
                    table.metadata.name.as_deref().unwrap_or_default()
                ),
                table.metadata.generation,
                status.and_then(|status| status.observed_generation),
                status.map(|status| status.conditions.as_slice()),
            )
        }));
        // What is said of an older declaration may be over.
        if let Some(part) = all.iter().find(|part| !part.seen) {
            return pending(format!("{} is yet to be looked at", part.name));
        }
        if let Some((part, stalled)) = all.iter().find_map(|part| Some((part, part.is(STALLED)?))) {
            let error = CommandError::message(format!("`{}` is stalled: {}", part.name, message(stalled)));
            return Standing::Ended(if stalled.reason == "Held" {
                error.held()
            } else {
                error
            });
        }
        match all.iter().find(|part| part.is(READY).is_none()) {
            None => Standing::Done(format!(
                "Database {namespace}/{name} is as its {} declare",
                state::count(tables.len(), "Table", "Tables")
            )),
            Some(part) => {
                let ready = condition(part.conditions, READY);
                let awaits = ready.is_some_and(|ready| ready.reason == "AwaitingApproval");
                let migration = status.and_then(|status| status.migration.as_deref());
                Standing::Pending {
                    said: match ready {
                        Some(ready) => format!("{}: {}", part.name, message(ready)),
                        None => format!("{} is not ready", part.name),
                    },
                    approve: awaits.then(|| {
                        format!(
                            "chancery migrations approve {} -n {namespace}",
                            migration.map_or_else(|| "NAME".to_owned(), harmless)
                        )
                    }),
                }
            }
        }
    }
}

/// The Database or a Table, as far as its readiness goes.
struct Part<'a> {
    name: String,
    /// Whether the status speaks of the object as it is.
    seen: bool,
    conditions: &'a [Condition],
}

impl<'a> Part<'a> {
    fn new(
        name: String,
        generation: Option<i64>,
        observed: Option<i64>,
        conditions: Option<&'a [Condition]>,
    ) -> Self {
        Self {
            name,
            seen: observed.is_some() && observed == generation,
            conditions: conditions.unwrap_or_default(),
        }
    }

    /// The condition of that type, if it is true.
    fn is(&self, type_: &str) -> Option<&'a Condition> {
        condition(self.conditions, type_).filter(|condition| condition.status == "True")
    }
}

fn pending(said: String) -> Standing {
    Standing::Pending { said, approve: None }
}

#[cfg(test)]
mod tests;
