//! What stands in the way of a step: objects outside the plan that need what it changes.

use std::collections::BTreeSet;

use schema::engine::StepContext;
use schema::ir::{Dependent, TableName};

/// Returns why a key can't be dropped while a foreign key of a table that no manifest names refers to it.
pub(super) fn referring(
    table: &TableName,
    columns: &[&str],
    context: &StepContext<'_>,
) -> Result<(), String> {
    let Some(now) = context.table(table) else {
        return Ok(());
    };
    let key: BTreeSet<&str> = columns.iter().copied().collect();
    let mut refers = now.dependents.iter().filter(|dependent| {
        dependent.kind == "foreign key"
            && dependent
                .columns
                .iter()
                .map(String::as_str)
                .collect::<BTreeSet<_>>()
                == key
            && !is_gone(dependent, table, context)
    });
    match refers.next() {
        Some(dependent) => Err(format!(
            "foreign key {} refers to the key; drop that first, or declare its table",
            dependent.name
        )),
        None => Ok(()),
    }
}

/// Returns whether a dependent is the foreign key of a declared table that the plan has dropped by now.
pub(super) fn is_gone(dependent: &Dependent, table: &TableName, context: &StepContext<'_>) -> bool {
    if dependent.kind != "foreign key" {
        return false;
    }
    let owner = context.live.tables.values().find(|owner| {
        owner.foreign_keys.iter().any(|key| {
            key.references == *table && dependent.name == format!("{} on {}", key.label(), owner.name)
        })
    });
    owner.is_some_and(|owner| {
        let still = context.table(&owner.name).is_some_and(|now| {
            now.foreign_keys
                .iter()
                .any(|key| dependent.name == format!("{} on {}", key.label(), owner.name))
        });
        !still
    })
}

/// Returns the names of dependents in words.
pub(super) fn listed<'a>(dependents: impl Iterator<Item = &'a Dependent>) -> Option<String> {
    let names: Vec<String> = dependents
        .map(|dependent| format!("{} {}", dependent.kind, dependent.name))
        .collect();
    (!names.is_empty()).then(|| names.join(", "))
}
