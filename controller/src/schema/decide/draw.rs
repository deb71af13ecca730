//! The Migration of a plan, as an object.

use std::collections::{BTreeMap, BTreeSet};

use api::migration::{Migration, MigrationSpec, MigrationTable};
use api::names;
use kube::ResourceExt;

use super::work::Work;
use crate::schema::found::View;

/// The most bytes that a spec may have: an object has room for about three times as many, and the same
/// plan stands in it twice, as steps and as a script.
const BYTES: usize = 512 * 1024;
/// The longest name of an object.
const NAME: usize = 253;

/// Returns the name for the Migration of a plan: the Database's name and the beginning of the hash, more
/// of it where the usual ten digits are another plan's already.
pub(super) fn name(work: &Work<'_>, hash: &str) -> String {
    let database = work.observed.key.1.as_str();
    let named = |digits: usize| {
        let digits = hash.get(..digits).unwrap_or(hash);
        let room = NAME - digits.len() - 1;
        let database = database.get(..room.min(database.len())).unwrap_or(database);
        // What is cut off may leave a character that a name can't go on from.
        format!("{}-{digits}", database.trim_end_matches(['.', '-']))
    };
    [10, 16, 32]
        .map(named)
        .into_iter()
        .find(|name| match work.entries.get(name) {
            None => true,
            Some(entry) => entry.hash() == Some(hash),
        })
        .unwrap_or_else(|| named(hash.len()))
}

/// Returns the names of the Tables that a plan has steps for, held ones included.
pub(super) fn tables(work: &Work<'_>, view: &View) -> Vec<String> {
    let steps = view.report.steps.iter().map(|step| step.table.as_str());
    let held = view.report.held.iter().map(|held| held.step.table.as_str());
    let touched: BTreeSet<&str> = steps.chain(held).collect();
    work.observed
        .tables
        .iter()
        .map(|table| table.name_any())
        .filter(|name| {
            view.names
                .get(name)
                .is_some_and(|name| touched.contains(name.as_str()))
        })
        .collect()
}

/// Returns the Migration of a plan.
pub(super) fn migration(work: &Work<'_>, view: &View, name: &str) -> Migration {
    let (namespace, database) = &work.observed.key;
    let tables: Vec<MigrationTable> = tables(work, view)
        .into_iter()
        .map(|name| MigrationTable {
            name,
            namespace: namespace.clone(),
        })
        .collect();
    let first = tables.first().map(|table| table.name.clone());
    let mut spec = MigrationSpec {
        database_name: database.clone(),
        table_name: first.unwrap_or_else(|| database.clone()),
        table_namespace: namespace.clone(),
        tables,
        generated_ddl: Some(view.ddl.clone()),
        edited_ddl: None,
        plan: Some(view.report.clone()),
    };
    if serde_json::to_string(&spec).map_or(0, |text| text.len()) > BYTES {
        shorten(&mut spec, database);
    }
    let mut migration = Migration::new(name, spec);
    migration.metadata.namespace = Some(namespace.clone());
    if database.len() <= 63 {
        let label = (names::DATABASE_LABEL.to_owned(), database.clone());
        migration.metadata.labels = Some(BTreeMap::from([label]));
    }
    migration
}

/// Leaves the SQL out: what runs is planned anew in any case, and the hash covers it.
fn shorten(spec: &mut MigrationSpec, database: &str) {
    spec.generated_ddl = Some(format!(
        "-- The statements are too long for this object. `chancery plan -o sql` with the manifests of Database \
         {database} and its Tables shows them; the plan is the same if its hash is.\n"
    ));
    if let Some(plan) = &mut spec.plan {
        let held = plan.held.iter_mut().map(|held| &mut held.step);
        for step in plan.steps.iter_mut().chain(held) {
            step.sql.clear();
            step.undo = None;
        }
    }
}
