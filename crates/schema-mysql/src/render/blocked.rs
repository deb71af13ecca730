//! What stands in the way of a step: objects that need what it changes.

use schema::engine::StepContext;
use schema::ir::{Dependent, Index, Table, TableName};

use crate::lower::keys::begins_a_key;

/// Returns why a key can't be dropped: a foreign key that refers to it, or that is of this table and looks its rows up
/// in it, has no other key to use. `index` names it; `None` is the primary key.
pub(super) fn referring(
    table: &TableName,
    index: Option<&str>,
    columns: &[&str],
    context: &StepContext<'_>,
) -> Result<(), String> {
    let Some(now) = context.table(table) else {
        return Ok(());
    };
    // Whatever else this plan makes of the table comes before what it takes away.
    let rest = |table: &Table| Table {
        primary_key: table.primary_key.clone().filter(|_| index.is_some()),
        indexes: table
            .indexes
            .iter()
            .filter(|other| Some(other.name.as_str()) != index)
            .cloned()
            .collect(),
        ..table.clone()
    };
    let without = rest(now);
    let stays = context.target.table(table).map(|target| Table {
        primary_key: target.primary_key.clone(),
        indexes: [&without.indexes[..], &target.indexes[..]].concat(),
        ..without.clone()
    });
    let serves = |names: &[&str]| stays.as_ref().is_some_and(|table| begins_a_key(table, names));
    let used = |names: &[String]| {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        columns.starts_with(&names) && !serves(&names)
    };
    let dependents = now.dependents.iter().filter(|other| {
        other.kind == "foreign key" && used(&other.columns) && !is_gone(other, table, context)
    });
    let own = now.foreign_keys.iter().filter(|key| used(&key.columns));
    let mut names = dependents
        .map(|other| other.name.clone())
        .chain(own.map(schema::ir::ForeignKey::label));
    match names.next() {
        Some(name) => Err(format!(
            "foreign key {name} needs the key; drop that first, or declare an index that serves it"
        )),
        None => Ok(()),
    }
}

/// Returns whether an index that is added serves a foreign key for which the server may have made one by itself. It
/// drops that one in silence then.
pub(crate) fn replaces_silently(before: &Table, added: &Index, dropped: &Index) -> bool {
    let (Some(added), Some(own)) = (added.column_names(), dropped.column_names()) else {
        return false;
    };
    let backs = |columns: &[String]| own == columns.iter().map(String::as_str).collect::<Vec<_>>();
    added.starts_with(&own) && before.foreign_keys.iter().any(|key| backs(&key.columns))
}

/// Returns whether a dependent is the foreign key of a declared table that the plan has dropped by now.
pub(super) fn is_gone(dependent: &Dependent, table: &TableName, context: &StepContext<'_>) -> bool {
    if dependent.kind != "foreign key" {
        return false;
    }
    let named = |owner: &Table, label: &str| dependent.name == format!("{label} on {}", owner.name);
    let owner = context.live.tables.values().find(|owner| {
        owner
            .foreign_keys
            .iter()
            .any(|key| key.references == *table && named(owner, &key.label()))
    });
    owner.is_some_and(|owner| {
        let now = context.table(&owner.name);
        !now.is_some_and(|now| now.foreign_keys.iter().any(|key| named(owner, &key.label())))
    })
}

/// Returns the names of dependents in words.
pub(super) fn listed<'a>(dependents: impl Iterator<Item = &'a Dependent>) -> Option<String> {
    let names: Vec<String> = dependents
        .map(|dependent| format!("{} {}", dependent.kind, dependent.name))
        .collect();
    (!names.is_empty()).then(|| names.join(", "))
}
