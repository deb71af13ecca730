//! Objects for the tests of the rules.

use std::sync::Arc;

use api::database::{Database, DatabaseServer, DatabaseSpec};
use api::migration::{Migration, MigrationSpec, MigrationStatus, Phase};
use api::table::{Table, TableSpec};
use jiff::Timestamp;
use schema::report::{HeldReport, PlanReport, StepReport};

use super::{Decision, Terms};
use crate::schema::found::{Found, Ran, View};
use crate::schema::observe::Observed;

/// Annotations in one call.
pub(in crate::schema) trait Annotate {
    fn annotate(&mut self, name: &str, value: &str);
}

impl<K: kube::Resource> Annotate for K {
    fn annotate(&mut self, name: &str, value: &str) {
        let annotations = self.meta_mut().annotations.get_or_insert_default();
        annotations.insert(name.to_owned(), value.to_owned());
    }
}

/// What is observed, in the making: Database `ns/db` and nothing else.
pub(in crate::schema) struct Builder(Observed);

pub(in crate::schema) fn observed() -> Builder {
    let mut database = Database::new("db", DatabaseSpec::default());
    database.metadata.namespace = Some("ns".into());
    database.metadata.generation = Some(1);
    Builder(Observed {
        key: ("ns".into(), "db".into()),
        database: Some(Arc::new(database)),
        tables: Vec::new(),
        migrations: Vec::new(),
    })
}

impl Builder {
    pub(in crate::schema) fn database(mut self, change: impl FnOnce(&mut Database)) -> Self {
        if let Some(database) = &mut self.0.database {
            change(Arc::make_mut(database));
        }
        self
    }

    pub(in crate::schema) fn without_database(mut self) -> Self {
        self.0.database = None;
        self
    }

    pub(in crate::schema) fn table(mut self, name: &str) -> Self {
        let mut spec = TableSpec::default();
        spec.0.name = name.into();
        spec.0.database = "db".into();
        let mut table = Table::new(name, spec);
        table.metadata.namespace = Some("ns".into());
        table.metadata.generation = Some(1);
        self.0.tables.push(Arc::new(table));
        self
    }

    /// Adds a Migration whose plan has the hash of `letter`, with as many steps as given.
    pub(in crate::schema) fn migration(
        mut self,
        letter: char,
        phase: Phase,
        change: impl FnOnce(&mut Migration),
    ) -> Self {
        let plan = PlanReport {
            hash: hash(letter),
            steps: vec![StepReport::default()],
            ..PlanReport::default()
        };
        let spec = MigrationSpec {
            database_name: "db".into(),
            plan: Some(plan),
            ..MigrationSpec::default()
        };
        let mut migration = Migration::new(&name(letter), spec);
        migration.metadata.namespace = Some("ns".into());
        migration.metadata.generation = Some(1);
        migration.status = Some(MigrationStatus {
            phase: Some(phase),
            planned_at: Some(50),
            ..MigrationStatus::default()
        });
        change(&mut migration);
        self.0.migrations.push(Arc::new(migration));
        self
    }

    pub(in crate::schema) fn build(self) -> Observed {
        self.0
    }
}

/// Returns the hash that a letter stands for.
pub(in crate::schema) fn hash(letter: char) -> String {
    letter.to_string().repeat(64)
}

/// Returns the name of the Migration with that hash.
pub(in crate::schema) fn name(letter: char) -> String {
    format!("db-{}", letter.to_string().repeat(10))
}

/// Returns a plan with steps for these tables, held ones marked with `!`.
pub(in crate::schema) fn plan(letter: char, tables: &[&str]) -> View {
    let step = |table: &str| StepReport {
        object: format!("table public.{table}"),
        table: format!("public.{table}"),
        summary: "change it".into(),
        ..StepReport::default()
    };
    let mut view = View {
        server: DatabaseServer {
            version: "postgres 15.18".into(),
            identity: Some("1".into()),
        },
        ddl: "…".into(),
        ..View::default()
    };
    view.report.hash = hash(letter);
    for table in tables {
        match table.strip_prefix('!') {
            Some(table) => view.report.held.push(HeldReport {
                step: step(table),
                allow: vec!["deletes-data".into()],
                waits_for: Vec::new(),
            }),
            None => view.report.steps.push(step(table)),
        }
    }
    for table in ["a", "b"] {
        view.names.insert(table.into(), format!("public.{table}"));
    }
    view
}

/// Decides at second 1000, with at most three attempts.
pub(in crate::schema) fn decided(observed: &Observed, view: View, ran: Option<&Ran>) -> Decision {
    super::decide(observed, &Found::Planned(Box::new(view)), ran, terms())
}

pub(in crate::schema) fn terms() -> Terms {
    Terms {
        max_attempts: 3,
        failures: 0,
        now: Timestamp::from_second(1000).unwrap(),
    }
}

impl Decision {
    /// Returns the phase and the reason of a Migration after the decision; `-` where it is not written.
    pub(in crate::schema) fn phase(&self, letter: char) -> String {
        let found = self.migrations.iter().find(|(found, _)| *found == name(letter));
        found.map_or_else(
            || "-".to_owned(),
            |(_, status)| {
                format!(
                    "{} {}",
                    status.phase.unwrap_or_default().as_str(),
                    crate::schema::status::reason(&status.conditions)
                )
            },
        )
    }

    /// Returns the reason of a Table after the decision; `-` where it is not written.
    pub(in crate::schema) fn table(&self, name: &str) -> &str {
        let found = self.tables.iter().find(|(found, _)| found == name);
        found.map_or("-", |(_, status)| status.phase.as_deref().unwrap_or_default())
    }

    /// Returns the reason of the Database after the decision; `-` where it is not written.
    pub(in crate::schema) fn of_database(&self) -> &str {
        let status = self.database.as_ref();
        status.map_or("-", |status| status.phase.as_deref().unwrap_or_default())
    }
}
