//! Changes to steps: the SQL, and what is true of it.

mod additions;
pub(crate) mod blocked;
pub(crate) mod column;
pub(crate) mod constraint;
pub(crate) mod conversion;
pub(crate) mod index;
pub(crate) mod quote;
pub(crate) mod rebuild;
pub(crate) mod table;
mod words;

use schema::change::Change;
use schema::engine::StepContext;
use schema::ir::Unsupported;
use schema::plan::{Hazard, HazardCode, LockClass, StepDraft, TransactionClass};

use self::quote::{identifier, table as table_name};
use self::words::words;
use crate::catalog::dependents::COMMENTS;

/// What the name of a table starts with while it is made anew.
pub(crate) const NEW_TABLE_PREFIX: &str = "_chancery_new_";

/// Returns the one step of a change.
///
/// All steps of a plan share a transaction, and SQLite locks the whole file for its writers, so neither differs
/// between steps; and a statement waits for no lock, as the session already has it.
///
/// # Errors
/// What would be lost or broken by it.
pub(crate) fn step(change: &Change, context: &StepContext<'_>) -> Result<StepDraft, Unsupported> {
    blocked::check(change, context)?;
    let name = change.table();
    let (summary, sql) = match change {
        Change::CreateTable(new) => {
            let mut sql = vec![table::create(new, &new.name)];
            sql.extend(table::create_indexes(new));
            (format!("create table `{name}`"), sql)
        }
        Change::DropTable(_) => (
            format!("drop table `{name}`"),
            vec![format!("DROP TABLE {}", table_name(name))],
        ),
        Change::AddColumn(_, new) => {
            let after = context.table(name).cloned().unwrap_or_default();
            let definition = column::definition(&after, new);
            let sql = format!("ALTER TABLE {} ADD COLUMN {definition}", table_name(name));
            (format!("add column `{}`", new.name), vec![sql])
        }
        Change::DropColumn(_, old) => {
            let sql = format!(
                "ALTER TABLE {} DROP COLUMN {}",
                table_name(name),
                identifier(&old.name)
            );
            (format!("drop column `{}`", old.name), vec![sql])
        }
        Change::AddIndex(_, new) => (
            format!("create index `{}`", new.name),
            vec![index::create(name, new)],
        ),
        Change::DropIndex(_, old) => (format!("drop index `{}`", old.name), vec![index::drop(old)]),
        Change::ReplaceIndex(_, both) => (
            format!("replace index `{}`", both.after.name),
            vec![index::drop(&both.before), index::create(name, &both.after)],
        ),
        Change::RenameIndex(_, both) => (
            format!("rename index `{}` to `{}`", both.before.name, both.after.name),
            vec![index::drop(&both.before), index::create(name, &both.after)],
        ),
        Change::Rebuild(rebuild) => {
            let in_place = additions::statements(rebuild).map(|sql| (words(rebuild), sql));
            in_place.unwrap_or_else(|| {
                let summary = format!("rebuild table `{}`: {}", rebuild.before.name, words(rebuild));
                (summary, rebuild::statements(rebuild))
            })
        }
        other => {
            let reason =
                "SQLite can't change it in place, and its table is not made anew; please report this"
                    .to_owned();
            return Err(Unsupported {
                object: other.object(),
                reason,
            });
        }
    };
    Ok(StepDraft {
        summary,
        sql,
        hazards: hazards(change, context),
        transaction: TransactionClass::WithOthers,
        lock: if context.is_live(name) {
            LockClass::BlocksWrites
        } else {
            LockClass::None
        },
        lock_timeout_ms: 0,
        statement_timeout_ms: 0,
        effects: vec![change.clone()],
        undo: None,
    })
}

fn hazards(change: &Change, context: &StepContext<'_>) -> Vec<Hazard> {
    let table = change.table();
    let Change::Rebuild(rebuild) = change else {
        return Vec::new();
    };
    if !context.is_live(table) || additions::statements(rebuild).is_some() {
        return Vec::new();
    }
    let mut reason = format!("{table} is made anew and its rows are copied, while writers of the file wait");
    if rebuild
        .before
        .dependents
        .iter()
        .any(|dependent| dependent.kind == COMMENTS)
    {
        reason += "; the comments in its CREATE TABLE statement are not kept";
    }
    vec![Hazard::new(HazardCode::RewritesTable, reason)]
}
