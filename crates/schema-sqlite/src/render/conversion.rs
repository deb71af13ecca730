//! Hazards that lie in a change itself: what is lost, converted, or made to depend on the rows.

use schema::change::{Change, ColumnChange};
use schema::engine::StepContext;
use schema::ir::{ForeignKey, Index, TableName};
use schema::plan::{Hazard, HazardCode};

use crate::lower::types::Affinity;

/// Returns the hazards of a change.
pub(crate) fn hazards(change: &Change, context: &StepContext<'_>) -> Vec<Hazard> {
    match change {
        Change::ChangeType(table, change) => type_hazards(table, change),
        Change::ChangeNull(table, change) if change.after.not_null => {
            vec![depends(format!(
                "it fails if column {} of {table} has a NULL",
                change.after.name
            ))]
        }
        Change::AddColumn(table, column) if column.not_null && column.default.is_none() => {
            let name = &column.name;
            vec![depends(format!(
                "column {name} is not null and has no default: it fails if {table} has rows"
            ))]
        }
        Change::AddPrimaryKey(table, _) | Change::ReplacePrimaryKey(table, _) => {
            vec![depends(format!(
                "it fails if two rows of {table} have the same key, or one has none"
            ))]
        }
        Change::DropPrimaryKey(table, _) => vec![weakens(format!("{table} has no primary key any more"))],
        Change::AddIndex(table, index) => added(table, index),
        Change::ReplaceIndex(table, index) => {
            let mut hazards = added(table, &index.after);
            if index.before.unique && !index.after.unique {
                hazards.push(dropped(table, &index.before));
            }
            hazards
        }
        Change::DropIndex(table, index) => vec![dropped(table, index)],
        Change::AddForeignKey(table, key) if refers_to_nothing(key, table, context) => Vec::new(),
        Change::AddForeignKey(table, key) => vec![depends(orphans(table, key))],
        Change::ReplaceForeignKey(table, key) if !key.before.connects_same(&key.after) => {
            vec![depends(orphans(table, &key.after))]
        }
        Change::DropForeignKey(table, key) => {
            vec![weakens(format!(
                "rows of {table} may refer to rows of {} that don't exist",
                key.references
            ))]
        }
        Change::SetOptions(table, options) => {
            let strict = |options: &[String]| options.iter().any(|option| option == "STRICT");
            match (strict(&options.before), strict(&options.after)) {
                (false, true) => vec![depends(format!(
                    "it fails if a value of {table} is not of its column's type"
                ))],
                (true, false) => vec![weakens(format!("{table} takes values of any type"))],
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

/// Returns whether the foreign key comes with a new column of it that is NULL in every row.
fn refers_to_nothing(key: &ForeignKey, table: &TableName, context: &StepContext<'_>) -> bool {
    let (before, after) = (context.table(table), context.target.table(table));
    key.columns.iter().any(|name| {
        let new = before.is_some_and(|before| before.column(name).is_none());
        new && after
            .and_then(|after| after.column(name))
            .is_some_and(|column| column.default.is_none())
    })
}

fn depends(reason: String) -> Hazard {
    Hazard::new(HazardCode::DependsOnRows, reason)
}

fn weakens(reason: String) -> Hazard {
    Hazard::new(HazardCode::WeakensIntegrity, reason)
}

fn orphans(table: &TableName, key: &ForeignKey) -> String {
    format!(
        "it fails if a row of {table} refers to a row of {} that doesn't exist",
        key.references
    )
}

fn added(table: &TableName, index: &Index) -> Vec<Hazard> {
    let mut hazards = vec![Hazard::new(
        HazardCode::BuildsIndex,
        format!("all rows of {table} are read"),
    )];
    if index.unique {
        hazards.push(depends(format!(
            "it fails if two rows of {table} have the same values"
        )));
    }
    hazards
}

fn dropped(table: &TableName, index: &Index) -> Hazard {
    if index.unique {
        weakens(format!("two rows of {table} may have the same values"))
    } else {
        Hazard::new(
            HazardCode::DropsIndex,
            format!("queries of {table} may become slower"),
        )
    }
}

/// A value is stored anew by the affinity of its column (<https://sqlite.org/datatype3.html>, 3).
fn type_hazards(table: &TableName, change: &ColumnChange) -> Vec<Hazard> {
    let (before, after) = (
        Affinity::of(&change.before.type_),
        Affinity::of(&change.after.type_),
    );
    let Some(what) = conversion(before, after) else {
        return Vec::new();
    };
    let name = &change.after.name;
    let reason = format!(
        "column {name} of {table} becomes `{}`: {what}",
        change.after.type_
    );
    vec![Hazard::new(HazardCode::ConvertsData, reason)]
}

/// Returns what may change in values that move from one affinity to another; `None` when each keeps its meaning.
///
/// Whole numbers among INTEGER and NUMERIC columns, and floating point numbers moved to these, are equal before and
/// after; nothing is converted on the way to BLOB.
fn conversion(before: Affinity, after: Affinity) -> Option<&'static str> {
    use Affinity::{Blob, Integer, Numeric, Real, Text};
    match (before, after) {
        (_, Blob) | (Integer | Numeric | Real, Integer | Numeric) | (Real, Real) | (Text, Text) => None,
        (Text | Blob, Integer | Numeric | Real) => {
            Some("texts that look like numbers become numbers, such as 1 for '01', and don't come back")
        }
        (Integer | Numeric, Real) => Some("whole numbers beyond 2^53 lose digits"),
        (_, Text) => Some("numbers become texts, floating point ones with 15 digits"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_conversions_that_lose_nothing_are_free() {
        for (before, after, lossy) in [
            ("int", "bigint", false),
            ("varchar(10)", "text", false),
            ("text", "blob", false),
            ("real", "decimal(10,2)", false),
            ("integer", "numeric", false),
            ("text", "integer", true),
            ("blob", "real", true),
            ("integer", "real", true),
            ("integer", "text", true),
            ("blob", "text", true),
        ] {
            assert_eq!(
                conversion(Affinity::of(before), Affinity::of(after)).is_some(),
                lossy,
                "{before} {after}"
            );
        }
    }
}
