//! What is said of each Table.

use std::collections::BTreeSet;
use std::sync::Arc;

use api::conditions::Outcome;
use api::table::Table;
use kube::ResourceExt;
use schema::report::HeldReport;

use super::About;
use super::planned::Standing;
use super::work::Work;
use crate::schema::found::{Flaw, View};
use crate::schema::status;

/// The reason of a Table that somebody else changed in the database.
const DRIFTED: &str = "Drifted";

/// Says of every Table how it is when there is a plan. `ran` is whether this pass ran something: what is
/// left to do after that is no drift.
pub(super) fn decide(work: &mut Work<'_>, view: &View, standing: &Standing, ran: bool) {
    let tables: Vec<Arc<Table>> = work.observed.tables.clone();
    for table in &tables {
        let name = table.name_any();
        let in_database = view.names.get(&name).map(String::as_str).unwrap_or_default();
        let objects: BTreeSet<&str> = (view.report.steps.iter())
            .chain(view.report.held.iter().map(|held| &held.step))
            .filter(|step| step.table == in_database)
            .map(|step| step.object.as_str())
            .collect();
        if objects.is_empty() {
            let outcome = of_unchanged(view, in_database);
            work.table(table, &outcome, None);
            continue;
        }
        let runs = view.report.steps.iter().any(|step| step.table == in_database);
        let own: Vec<HeldReport> = (view.report.held.iter())
            .filter(|held| held.step.table == in_database)
            .cloned()
            .collect();
        let migration = standing.migration.clone();
        let mut outcome = if runs {
            standing.outcome.clone()
        } else {
            held(&own, migration.as_deref().unwrap_or_default())
        };
        if !ran && runs && has_drifted(work, table) {
            let objects: Vec<&str> = objects.into_iter().collect();
            let text = format!("someone else changed in the database: {}", objects.join(", "));
            if status::reason(&conditions_of(table)) != DRIFTED {
                let note = format!("Table {name}: {text}");
                work.announce(About::Table(name.clone()), true, DRIFTED, note);
            }
            let waits = migration
                .as_deref()
                .map_or_else(String::new, |name| format!("; plan {name} mends it"));
            outcome = Outcome::pending(DRIFTED, status::message(format!("{text}{waits}")));
        }
        work.table(table, &outcome, migration);
    }
}

/// Says of every Table how it is when there is no plan, and returns what that means for the Database.
pub(super) fn as_declared(work: &mut Work<'_>, view: &View) -> Outcome {
    let tables: Vec<Arc<Table>> = work.observed.tables.clone();
    for table in &tables {
        let name = table.name_any();
        let in_database = view.names.get(&name).map(String::as_str).unwrap_or_default();
        work.table(table, &of_unchanged(view, in_database), None);
    }
    let flawed = |flaws: &[Flaw]| {
        let objects: Vec<String> = flaws
            .iter()
            .map(|flaw| format!("{} ({})", flaw.object, flaw.reason))
            .collect();
        status::message(objects.join("; "))
    };
    if !view.unproven.is_empty() {
        return Outcome::permanent("Unproven", flawed(&view.unproven));
    }
    if !view.ignored.is_empty() {
        return Outcome::permanent("Unsupported", flawed(&view.ignored));
    }
    if let Some(text) = ignored_fields(work) {
        return Outcome::permanent("Unsupported", text);
    }
    let text = match tables.len() {
        1 => "the declared table is as declared".to_owned(),
        tables => format!("the {tables} declared tables are as declared"),
    };
    Outcome::success("Synced", text)
}

/// Returns what is said of fields of the connection that have no effect: what they ask for may not be so.
fn ignored_fields(work: &Work<'_>) -> Option<String> {
    let connection = work.observed.database.as_ref()?.spec.connection.as_ref()?;
    let declared = connection.declared().ok()?;
    let paths: Vec<String> = (declared.ignored.iter())
        .map(|field| format!("spec.connection.{}.{field}", declared.engine))
        .collect();
    (!paths.is_empty()).then(|| {
        let paths = paths.join(", ");
        format!("not handled by this version: {paths}; the Tables are as declared")
    })
}

/// Returns what is said of a Table without steps: it is as declared, as far as that is known.
fn of_unchanged(view: &View, table: &str) -> Outcome {
    let flawed = |flaws: &[Flaw]| {
        let own: Vec<String> = flaws
            .iter()
            .filter(|flaw| flaw.table == table)
            .map(|flaw| format!("{}: {}", flaw.object, flaw.reason))
            .collect();
        (!own.is_empty()).then(|| status::message(own.join("; ")))
    };
    if let Some(text) = flawed(&view.unproven) {
        return Outcome::permanent("Unproven", text);
    }
    if let Some(text) = flawed(&view.ignored) {
        return Outcome::permanent("Unsupported", text);
    }
    Outcome::success("Synced", "the table is as declared")
}

/// Returns what is said where only held steps are left.
pub(super) fn held(held: &[HeldReport], name: &str) -> Outcome {
    let codes: BTreeSet<&str> = held
        .iter()
        .flat_map(|held| held.allow.iter().map(String::as_str))
        .collect();
    let objects: BTreeSet<&str> = held.iter().map(|held| held.step.object.as_str()).collect();
    let objects: Vec<&str> = objects.into_iter().collect();
    let codes: Vec<&str> = codes.into_iter().collect();
    let text = format!(
        "plan {name} has steps that are held: {}. The annotation `{}: {}` on the Database lets them run",
        objects.join(", "),
        api::names::ALLOW,
        codes.join(",")
    );
    Outcome::permanent("Held", status::message(text))
}

/// Returns whether a Table was as declared, and neither it nor its Database was changed since.
fn has_drifted(work: &Work<'_>, table: &Table) -> bool {
    let known = |status: Option<i64>, generation: Option<i64>| status.is_some() && status == generation;
    let database = work.observed.database.as_ref();
    let database_known = database.is_some_and(|database| {
        let status = database.status.as_ref();
        let server = status.and_then(|status| status.server.as_ref());
        known(
            status.and_then(|status| status.observed_generation),
            database.metadata.generation,
        ) && server.map(|server| &server.identity) == work.server.as_ref().map(|server| &server.identity)
    });
    let Some(status) = &table.status else {
        return false;
    };
    let was = status.ready == Some(true) || status::reason(&status.conditions) == DRIFTED;
    database_known && was && known(status.observed_generation, table.metadata.generation)
}

fn conditions_of(table: &Table) -> Vec<api::conditions::Condition> {
    table
        .status
        .as_ref()
        .map(|status| status.conditions.clone())
        .unwrap_or_default()
}
