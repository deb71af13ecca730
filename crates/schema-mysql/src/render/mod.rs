//! The steps of each change: SQL with what it locks, how long it may take, and what it can do to data and others.
//!
//! Every statement commits by itself, and each is whole or without effect (atomic DDL), so a step is one statement.
//! Every `ALTER TABLE` states `ALGORITHM` and `LOCK`: a server that would do more than was planned refuses before it
//! does anything.

mod blocked;
mod column;
mod constraint;
mod conversion;
mod index;
pub(crate) mod quote;
mod table;
mod way;

use schema::change::{Change, ColumnChange, Rebuild};
use schema::engine::StepContext;
use schema::ir::{ObjectName, Table, TableName, Unsupported};
use schema::plan::{Hazard, HazardCode, LockClass, StepDraft, TransactionClass};

pub(crate) use self::blocked::replaces_silently;
pub(crate) use self::column::default_value;
use self::way::Way;

/// How long a statement waits for the lock that it needs for a moment at its beginning and end: whoever comes after it
/// waits too.
const LOCK_MS: u64 = 3_000;
/// The same for a statement that would lose the work of hours.
const LONG_LOCK_MS: u64 = 10_000;
/// How long a change of the catalog alone may take.
const BRIEF_MS: u64 = 60_000;
/// How long a statement may read or write a table anew.
const LONG_MS: u64 = 6 * 3_600_000;

/// A change as a part of an `ALTER TABLE`.
#[derive(Clone, Debug)]
struct Part {
    /// What it does, for people.
    summary: String,
    /// The clauses.
    clauses: Vec<String>,
    /// How the server makes it.
    way: Way,
    /// The hazards of making it so.
    hazards: Vec<Hazard>,
}

impl Part {
    fn new(way: Way, summary: String, clause: String) -> Self {
        Self {
            summary,
            clauses: vec![clause],
            way,
            hazards: Vec::new(),
        }
    }

    fn with(mut self, hazard: Hazard) -> Self {
        self.hazards.push(hazard);
        self
    }
}

/// Returns the hazards that lie in a change itself.
pub(crate) fn hazards(change: &Change, context: &StepContext<'_>) -> Vec<Hazard> {
    let weakens = |reason: String| vec![Hazard::new(HazardCode::WeakensIntegrity, reason)];
    match change {
        Change::ChangeType(table, change)
        | Change::ChangeNull(table, change)
        | Change::ChangeDefault(table, change) => column_hazards(table, change, context),
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

fn column_hazards(table: &TableName, change: &ColumnChange, context: &StepContext<'_>) -> Vec<Hazard> {
    let ColumnChange { before, after } = change;
    let column = &before.name;
    let mut hazards = Vec::new();
    if let Some(reason) = conversion::of(before, after).loss {
        let reason = format!("column {column} of {table}: {reason}");
        hazards.push(Hazard::new(HazardCode::ConvertsData, reason));
    }
    if column::fills_nulls(change, context.table(table), context.facts) {
        let reason = format!("column {column} of {table}: rows with NULL get the time of the change");
        hazards.push(Hazard::new(HazardCode::ConvertsData, reason));
    }
    if before.not_null && !after.not_null {
        let reason = format!("column {column} of {table} will take NULL");
        hazards.push(Hazard::new(HazardCode::WeakensIntegrity, reason));
    }
    hazards
}

/// Returns the steps of a change.
///
/// # Errors
/// [`Unsupported`] when the live table holds something that the step could mistreat, naming it.
pub(crate) fn steps(change: &Change, context: &StepContext<'_>) -> Result<Vec<StepDraft>, Unsupported> {
    refuse_unsupported(change, context)?;
    let refused = |reason: String| Unsupported {
        object: change.object(),
        reason,
    };
    match change {
        Change::CreateTable(table) => Ok(vec![table::create(table, context)]),
        Change::DropTable(table) => table::drop(table, context)
            .map(|step| vec![step])
            .map_err(refused),
        Change::Rebuild(rebuild) => together(rebuild, context).map_err(refused),
        Change::ReplaceForeignKey(table, key) => {
            constraint::replace_foreign_key(table, key, context).map_err(refused)
        }
        other => {
            let part = part(other, context).map_err(refused)?;
            Ok(vec![step(other.table(), part, vec![other.clone()], context)])
        }
    }
}

fn refuse_unsupported(change: &Change, context: &StepContext<'_>) -> Result<(), Unsupported> {
    let Some(live) = context.live.table(change.table()) else {
        return Ok(());
    };
    let objects = match change {
        Change::Rebuild(rebuild) => rebuild.changes.iter().map(Change::object).collect(),
        other => vec![other.object()],
    };
    let is_it = |part: &&Unsupported| objects.contains(&part.object) || part.object == whole(live);
    let Some(part) = live.unsupported.iter().find(is_it) else {
        return Ok(());
    };
    let object = change.object();
    let named = match &part.object {
        ObjectName::Table(_) => "definition".to_owned(),
        ObjectName::Column(_, column) => format!("column {column}"),
        other => other.to_string(),
    };
    let reason = format!("its {named} can't be changed: {}", part.reason);
    Err(Unsupported { object, reason })
}

fn whole(table: &Table) -> ObjectName {
    ObjectName::Table(table.name.clone())
}

/// Returns a change as a part of a statement.
fn part(change: &Change, context: &StepContext<'_>) -> Result<Part, String> {
    match change {
        Change::AddColumn(table, column) => Ok(column::add(table, column, context)),
        Change::DropColumn(table, column) => column::drop(table, column, context),
        Change::ChangeType(table, column) => column::change_type(table, column, context),
        Change::ChangeNull(table, column) => column::change_null(table, column, context),
        Change::ChangeDefault(table, column) => Ok(column::change_default(table, column, context)),
        Change::AddPrimaryKey(table, key) => constraint::add_primary_key(table, key, context),
        Change::DropPrimaryKey(table, key) => constraint::drop_primary_key(table, key, context),
        Change::ReplacePrimaryKey(table, key) => constraint::replace_primary_key(table, key, context),
        Change::AddIndex(table, index) => Ok(index::add(table, index, context)),
        Change::DropIndex(table, index) => index::drop(table, index, context),
        Change::ReplaceIndex(table, index) => index::replace(table, index, context),
        Change::RenameIndex(table, index) => Ok(index::rename(table, index)),
        Change::AddForeignKey(table, key) => Ok(constraint::add_foreign_key(table, key, context)),
        Change::DropForeignKey(table, key) => Ok(constraint::drop_foreign_key(table, key)),
        Change::ReplaceForeignKey(table, key) => constraint::replace_foreign_key_at_once(table, key, context),
        Change::DropCheck(table, check) => Ok(constraint::drop_check(table, check, context)),
        Change::SetOptions(table, options) => table::set_options(table, options, context),
        Change::CreateTable(_)
        | Change::DropTable(_)
        | Change::ValidateForeignKey(..)
        | Change::AddCheck(..)
        | Change::ValidateCheck(..)
        | Change::Rebuild(_) => Err("the declared form of MySQL tables can't say it".to_owned()),
    }
}

/// Returns the one statement that makes all changes of a table: the slowest way of them all is the way of the whole.
fn together(rebuild: &Rebuild, context: &StepContext<'_>) -> Result<Vec<StepDraft>, String> {
    let table = &rebuild.before.name;
    let mut before = context.before.clone();
    if rebuild
        .changes
        .iter()
        .any(|change| matches!(change, Change::SetOptions(..)))
        && let Some(now) = before.tables.get_mut(table)
    {
        // Every column says its collation then, as the table's is another meanwhile.
        now.options.clear();
    }
    let context = &StepContext {
        before: &before,
        ..*context
    };
    let mut parts = Vec::with_capacity(rebuild.changes.len());
    for change in &rebuild.changes {
        parts.push(part(change, context)?);
    }
    let summaries: Vec<String> = parts.iter().map(|part| part.summary.clone()).collect();
    let whole = Part {
        summary: summaries.join("; "),
        clauses: parts.iter().flat_map(|part| part.clauses.clone()).collect(),
        way: parts.iter().map(|part| part.way).max().unwrap_or(Way::Copy),
        hazards: parts.into_iter().flat_map(|part| part.hazards).collect(),
    };
    let effects = vec![Change::Rebuild(Box::new(rebuild.clone()))];
    Ok(vec![step(table, whole, effects, context)])
}

/// Returns the step of a part.
fn step(table: &TableName, part: Part, effects: Vec<Change>, context: &StepContext<'_>) -> StepDraft {
    let Part {
        summary,
        clauses,
        way,
        mut hazards,
    } = part;
    let live = context.is_live(table);
    if live && way == Way::Copy {
        let reason = format!("{table} is copied, and no one can write it meanwhile");
        hazards.push(Hazard::new(HazardCode::RewritesTable, reason));
    }
    if !live {
        hazards.clear();
    }
    let brief = way == Way::Instant;
    StepDraft {
        summary,
        sql: vec![format!(
            "ALTER TABLE {} {}, {}",
            quote::table(table),
            clauses.join(", "),
            way.as_sql()
        )],
        hazards,
        transaction: TransactionClass::None,
        lock: if live { way.lock() } else { LockClass::None },
        lock_timeout_ms: if brief { LOCK_MS } else { LONG_LOCK_MS },
        statement_timeout_ms: if brief { BRIEF_MS } else { LONG_MS },
        effects,
        undo: None,
    }
}
