//! Which changes SQLite makes in place, and which need the table made anew.
//!
//! `ALTER TABLE` adds and drops simple columns (<https://sqlite.org/lang_altertable.html>, 4 and 5); indexes come and
//! go on their own; everything else is in the statement of the table.

use std::collections::BTreeSet;

use schema::ServerFacts;
use schema::change::{Change, Rebuild};
use schema::ir::{Column, IndexOrigin, Table};

use crate::catalog::assemble::{NOT_NULL, is_rowid_alias};
use crate::lexer::{mentions, tokens};
use crate::render::column::is_plain_default;
use crate::version::Version;

/// Returns the changes as they are when SQLite can make all of them in place, else one rebuild that makes them all.
pub(crate) fn merge(before: &Table, after: &Table, changes: Vec<Change>, facts: &ServerFacts) -> Vec<Change> {
    let in_place = |change: &Change| match change {
        Change::AddColumn(_, column) => can_add(column),
        Change::DropColumn(_, column) => {
            Version::of(facts).drops_columns() && can_drop(column, before, after)
        }
        Change::AddIndex(_, index) | Change::DropIndex(_, index) => index.origin == IndexOrigin::Index,
        Change::ReplaceIndex(_, index) | Change::RenameIndex(_, index) => {
            index.before.origin == IndexOrigin::Index && index.after.origin == IndexOrigin::Index
        }
        _ => false,
    };
    if changes.iter().all(in_place) {
        return changes;
    }
    let after = without_leftovers(before, after, &changes);
    vec![Change::Rebuild(Box::new(Rebuild {
        changes,
        before: before.clone(),
        after,
    }))]
}

/// A column can be added in place when each row that is there can read as having its default without being written.
pub(crate) fn can_add(column: &Column) -> bool {
    let constant = column.default.as_ref().is_none_or(|default| {
        let text = default.text.to_ascii_uppercase();
        is_plain_default(&default.text) && !text.starts_with("CURRENT_")
    });
    let filled = column
        .default
        .as_ref()
        .is_some_and(|default| !default.text.eq_ignore_ascii_case("NULL"));
    constant && (filled || !column.not_null) && column.auto_increment.is_none() && column.generated.is_none()
}

/// A column can be dropped in place when nothing in the statements of the table and of its indexes names it.
fn can_drop(column: &Column, before: &Table, after: &Table) -> bool {
    let name = &column.name;
    let words = |text: &str| !tokens(text).is_ok_and(|tokens| !mentions(&tokens, name));
    let in_list = |columns: &[String]| columns.contains(name);
    let in_key = before
        .primary_key
        .as_ref()
        .is_some_and(|key| in_list(&key.columns));
    let in_reference = before.foreign_keys.iter().any(|key| in_list(&key.columns));
    let in_check = before.checks.iter().any(|check| words(&check.definition));
    let in_generated = before
        .columns
        .iter()
        .filter_map(|column| column.generated.as_ref())
        .any(|text| words(text));
    let in_constraint = before.indexes.iter().any(|index| {
        index.origin == IndexOrigin::UniqueConstraint
            && index
                .columns
                .iter()
                .any(|part| part.column.as_ref() == Some(name))
    });
    let in_index = after.indexes.iter().any(|index| {
        index
            .columns
            .iter()
            .any(|part| part.column.as_ref() == Some(name))
            || index.extra.as_ref().is_some_and(|extra| words(extra))
    });
    let clause = before
        .attachments
        .iter()
        .any(|attachment| attachment.kind == NOT_NULL && attachment.name == *name);
    !(in_key || in_reference || in_check || in_generated || in_constraint || in_index || clause)
}

/// Returns the table after its rebuild: what belongs to a dropped column alone goes with it, as does the NOT NULL
/// clause of a column that takes NULL from now on, and the numbering of a column that is no row number any more. No
/// manifest can say these.
fn without_leftovers(before: &Table, after: &Table, changes: &[Change]) -> Table {
    let mut after = after.clone();
    let dropped: BTreeSet<&str> = changes
        .iter()
        .filter_map(|change| match change {
            Change::DropColumn(_, column) => Some(column.name.as_str()),
            _ => None,
        })
        .collect();
    let names_any =
        |text: &str| tokens(text).is_ok_and(|tokens| dropped.iter().any(|name| mentions(&tokens, name)));
    let kept: Vec<&Column> = before
        .columns
        .iter()
        .filter(|column| !dropped.contains(column.name.as_str()))
        .collect();
    let names_kept = |text: &str| {
        tokens(text).is_ok_and(|tokens| kept.iter().any(|column| mentions(&tokens, &column.name)))
    };
    after
        .checks
        .retain(|check| !names_any(&check.definition) || names_kept(&check.definition));
    let mut columns = std::mem::take(&mut after.columns);
    for column in &mut columns {
        // Numbering stays where the manifest is silent, and can't without the primary key that it belongs to.
        if !is_rowid_alias(&after, &column.name, &column.type_) {
            column.auto_increment = None;
        }
    }
    after.attachments.retain(|attachment| {
        attachment.kind != NOT_NULL
            || columns
                .iter()
                .any(|column| column.name == attachment.name && column.not_null)
    });
    after.columns = columns;
    after
}

#[cfg(test)]
mod tests;
