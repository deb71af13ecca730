//! The steps of each change: SQL with what it locks, how long it may take, and what it can do to data and others.
//!
//! A table that the plan itself makes is used by no one, so everything on it is plain. On a live table a strong lock is
//! held for a moment only, in a transaction of its own and with a short `lock_timeout`; what reads all rows runs under
//! a lock that lets others work.

mod blocked;
mod column;
mod constraint;
mod conversion;
mod index;
pub(crate) mod quote;
mod table;

use schema::change::Change;
use schema::engine::StepContext;
use schema::fingerprint::Fingerprint;
use schema::ir::{Index, ObjectName, Table, TableName, Unsupported};
use schema::plan::{Hazard, HazardCode, LockClass, StepDraft, TransactionClass};

use crate::lower::TEMPORARY;

/// How long a statement that needs a strong lock waits for it: whoever comes after it waits too.
const LOCK_MS: u64 = 3_000;
/// How long a change of the catalog alone may take.
const BRIEF_MS: u64 = 60_000;
/// How long a statement may read or write a table anew.
const LONG_MS: u64 = 6 * 3_600_000;

/// Returns the hazards that lie in a change itself.
pub(crate) fn hazards(change: &Change, context: &StepContext<'_>) -> Vec<Hazard> {
    let weakens = |reason: String| vec![Hazard::new(HazardCode::WeakensIntegrity, reason)];
    match change {
        Change::ChangeType(table, change) => {
            let reason = conversion::of(&change.before, &change.after).loss;
            let column = &change.before.name;
            reason
                .map(|reason| {
                    Hazard::new(
                        HazardCode::ConvertsData,
                        format!("column {column} of {table}: {reason}"),
                    )
                })
                .into_iter()
                .collect()
        }
        Change::ChangeNull(table, change) if !change.after.not_null => {
            weakens(format!("column {} of {table} will take NULL", change.after.name))
        }
        Change::DropPrimaryKey(table, _) => {
            weakens(format!("nothing keeps the rows of {table} apart any more"))
        }
        Change::DropForeignKey(table, key) => weakens(format!(
            "{table} may refer to rows of {} that are not there",
            key.references
        )),
        Change::DropIndex(table, index) => {
            let reason = format!("queries of {table} that used index {} become slower", index.name);
            let mut hazards = vec![Hazard::new(HazardCode::DropsIndex, reason)];
            if index.unique && context.table(table).is_some() {
                hazards.extend(weakens(format!(
                    "{table} will take rows with equal values of index {}",
                    index.name
                )));
            }
            hazards
        }
        _ => Vec::new(),
    }
}

/// Returns the steps of a change.
///
/// # Errors
/// [`Unsupported`] when the live table holds something that the step could mistreat, naming it.
pub(crate) fn steps(change: &Change, context: &StepContext<'_>) -> Result<Vec<StepDraft>, Unsupported> {
    if let Some(live) = context.live.table(change.table()) {
        let is_it = |part: &&Unsupported| part.object == change.object() || part.object == whole(live);
        if let Some(part) = live.unsupported.iter().find(is_it) {
            let reason = format!(
                "its {} can't be changed: {}",
                named(&change.object()),
                part.reason
            );
            return Err(Unsupported {
                object: change.object(),
                reason,
            });
        }
    }
    let refused = |reason: String| Unsupported {
        object: change.object(),
        reason,
    };
    match change {
        Change::CreateTable(table) => Ok(table::create(table, context)),
        Change::DropTable(table) => table::drop(table, context).map_err(refused),
        Change::AddColumn(table, column) => Ok(vec![column::add(table, column)]),
        Change::DropColumn(table, column) => column::drop(table, column, context).map_err(refused),
        Change::ChangeType(table, column) => column::change_type(table, column, context).map_err(refused),
        Change::ChangeNull(table, column) => column::change_null(table, column, context).map_err(refused),
        Change::ChangeDefault(table, column) => Ok(vec![column::change_default(table, column)]),
        Change::AddPrimaryKey(table, key) => {
            constraint::add_primary_key(table, key, context).map_err(refused)
        }
        Change::DropPrimaryKey(table, key) => {
            constraint::drop_primary_key(table, key, context).map_err(refused)
        }
        Change::ReplacePrimaryKey(table, key) => {
            constraint::replace_primary_key(table, key, context).map_err(refused)
        }
        Change::AddIndex(table, index) => Ok(vec![index::add(table, index, context)]),
        Change::DropIndex(table, index) => index::drop(table, index, context).map_err(refused),
        Change::ReplaceIndex(table, index) => index::replace(table, index, context).map_err(refused),
        Change::RenameIndex(table, index) => Ok(vec![index::rename(table, index)]),
        Change::AddForeignKey(table, key) => {
            constraint::add_foreign_key(table, key, context).map_err(refused)
        }
        Change::DropForeignKey(table, key) => Ok(vec![constraint::drop_foreign_key(table, key)]),
        Change::ReplaceForeignKey(table, key) => {
            constraint::replace_foreign_key(table, key, context).map_err(refused)
        }
        Change::ValidateForeignKey(table, key) => Ok(vec![constraint::validate_foreign_key(table, key)]),
        Change::DropCheck(table, check) => Ok(vec![constraint::drop_check(table, check)]),
        Change::AddCheck(..) | Change::ValidateCheck(..) | Change::SetOptions(..) | Change::Rebuild(_) => {
            Err(refused(
                "the declared form of Postgres tables can't say it".to_owned(),
            ))
        }
    }
}

fn whole(table: &Table) -> ObjectName {
    ObjectName::Table(table.name.clone())
}

fn named(object: &ObjectName) -> String {
    match object {
        ObjectName::Table(_) => "definition".to_owned(),
        ObjectName::Column(_, column) => format!("column {column}"),
        other => other.to_string(),
    }
}

/// Returns a step on a table that no one uses yet.
fn plain(summary: String, sql: Vec<String>, effects: Vec<Change>) -> StepDraft {
    StepDraft {
        summary,
        sql,
        hazards: Vec::new(),
        transaction: TransactionClass::WithOthers,
        lock: LockClass::None,
        lock_timeout_ms: LOCK_MS,
        statement_timeout_ms: BRIEF_MS,
        effects,
        undo: None,
    }
}

/// Returns a step that changes the catalog only, in a transaction of its own.
fn brief(lock: LockClass, summary: String, sql: Vec<String>, effects: Vec<Change>) -> StepDraft {
    StepDraft {
        transaction: TransactionClass::Alone,
        lock,
        ..plain(summary, sql, effects)
    }
}

/// Returns a step that reads or writes all rows, in a transaction of its own.
fn long(lock: LockClass, summary: String, sql: Vec<String>, effects: Vec<Change>) -> StepDraft {
    StepDraft {
        statement_timeout_ms: LONG_MS,
        ..brief(lock, summary, sql, effects)
    }
}

/// Returns a step that builds or drops an index beside the work of others. It waits for old transactions, and a lock
/// timeout would end that wait and leave an INVALID index, so it has a deadline in all only.
fn concurrent(summary: String, sql: String, effects: Vec<Change>) -> StepDraft {
    StepDraft {
        transaction: TransactionClass::None,
        lock_timeout_ms: 0,
        ..long(LockClass::Shared, summary, vec![sql], effects)
    }
}

/// Returns a step that builds an index beside the work of others. A build that fails leaves an INVALID index, which
/// costs every write and can refuse rows.
fn build(summary: String, table: &TableName, index: &Index) -> StepDraft {
    let effects = vec![Change::AddIndex(table.clone(), index.clone())];
    let undo = format!("DROP INDEX CONCURRENTLY {}", quote::beside(table, &index.name));
    StepDraft {
        hazards: index::build_hazards(table, index),
        undo: Some(undo),
        ..concurrent(summary, index::create(table, index, true), effects)
    }
}

/// Returns the name of the check with which a plan makes a column refuse NULL, unless something else has that name.
pub(crate) fn not_null_check(column: &str) -> String {
    temporary_base(column::NOT_NULL, column)
}

fn temporary_base(what: &str, of: &str) -> String {
    let digest = Fingerprint::of_texts([what, of]);
    format!("{TEMPORARY}{what}_{}", &digest.as_str()[..12])
}

/// Returns the name of an object that exists only during the plan, for what and for which object; it is the same each
/// time, so that what a killed run leaves is recognised, and free on that table.
fn temporary(what: &str, of: &str, table: Option<&Table>) -> String {
    let base = temporary_base(what, of);
    let taken = |name: &str| {
        let constraint = |table: &Table| {
            table
                .foreign_keys
                .iter()
                .any(|key| key.name.as_deref() == Some(name))
                || table
                    .checks
                    .iter()
                    .any(|check| check.name.as_deref() == Some(name))
        };
        table.is_some_and(|table| table.index(name).is_some() || constraint(table))
    };
    let mut name = base.clone();
    let mut next = 2_u32;
    while taken(&name) {
        name = format!("{base}_{next}");
        next += 1;
    }
    name
}
