//! Indexes.

use schema::change::Replacement;
use schema::engine::StepContext;
use schema::ir::{Index, TableName};
use schema::plan::{Hazard, HazardCode};

use super::blocked::referring;
use super::{Part, Way, quote};

/// Returns an index as a part of `CREATE TABLE` or of `ALTER TABLE … ADD`.
pub(super) fn definition(index: &Index) -> String {
    let columns = index.columns.iter().filter_map(|part| part.column.as_deref());
    format!(
        "{}KEY {} {}",
        if index.unique { "UNIQUE " } else { "" },
        quote::identifier(&index.name),
        quote::columns(columns)
    )
}

/// Returns how an index is made on a live table: it is built while others work (M12).
pub(super) fn add(table: &TableName, index: &Index, _: &StepContext<'_>) -> Part {
    let summary = format!("create index {} on {table}", index.name);
    let part = Part::new(Way::Inplace, summary, format!("ADD {}", definition(index)));
    built(part, table, index)
}

fn built(part: Part, table: &TableName, index: &Index) -> Part {
    let reason = format!(
        "index {} is built on {table} while others work; it takes time and I/O, and replicas wait for it",
        index.name
    );
    let part = part.with(Hazard::new(HazardCode::BuildsIndex, reason));
    if !index.unique {
        return part;
    }
    let columns = index.column_names().unwrap_or_default().join(", ");
    let reason = format!("it fails if rows of {table} have equal values of ({columns}); look for them first");
    part.with(Hazard::new(HazardCode::DependsOnRows, reason))
}

/// Returns how an index is dropped, unless a foreign key needs it.
pub(super) fn drop(table: &TableName, index: &Index, context: &StepContext<'_>) -> Result<Part, String> {
    if let Some(names) = index.column_names() {
        referring(table, Some(&index.name), &names, context)?;
    }
    let summary = format!("drop index {} on {table}", index.name);
    let clause = format!("DROP KEY {}", quote::identifier(&index.name));
    Ok(Part::new(Way::Inplace, summary, clause))
}

/// Returns how an index is renamed.
pub(super) fn rename(table: &TableName, index: &Replacement<Index>) -> Part {
    let (from, to) = (&index.before.name, &index.after.name);
    let summary = format!("rename index {from} on {table} to {to}");
    let clause = format!(
        "RENAME KEY {} TO {}",
        quote::identifier(from),
        quote::identifier(to)
    );
    Part::new(Way::Inplace, summary, clause)
}

/// Returns how an index comes in the place of one of the same name: in one statement, with no moment without either.
pub(super) fn replace(
    table: &TableName,
    index: &Replacement<Index>,
    context: &StepContext<'_>,
) -> Result<Part, String> {
    let Replacement { before, after } = index;
    if after.extra.is_some() {
        let reason = "it has a prefix, an expression or another part that the declared form can't say";
        return Err(format!(
            "{reason}; make the new index by hand, or declare it under another name"
        ));
    }
    if let Some(names) = before.column_names()
        && !after
            .column_names()
            .is_some_and(|after| after.starts_with(&names))
    {
        referring(table, Some(&before.name), &names, context)?;
    }
    let summary = format!("replace index {} on {table}", after.name);
    let clause = format!(
        "DROP KEY {}, ADD {}",
        quote::identifier(&before.name),
        definition(after)
    );
    Ok(built(Part::new(Way::Inplace, summary, clause), table, after))
}
