//! Columns are added, dropped and changed.

use schema::ServerFacts;
use schema::change::ColumnChange;
use schema::engine::StepContext;
use schema::ir::{Column, Expr, Table, TableName};
use schema::plan::{Hazard, HazardCode};

use super::blocked::{is_gone, listed};
use super::{Part, Way, conversion, quote};
use crate::lower::charset;
use crate::lower::types::{Kind, base, kind};
use crate::version;

/// Returns a column as a part of `CREATE TABLE`, `ADD COLUMN` or `MODIFY COLUMN`: all of it, since a `MODIFY` drops
/// what it does not say. A collation that is the table's own is left out.
pub(super) fn definition(column: &Column, own: Option<&str>, facts: &ServerFacts) -> String {
    let mut sql = format!("{} {}", quote::identifier(&column.name), column.type_);
    if let Some(collation) = column
        .collation
        .as_deref()
        .filter(|collation| Some(*collation) != own)
    {
        // It implies the character set.
        sql.push_str(" COLLATE ");
        sql.push_str(&charset::spelled(collation, facts));
    }
    if column.not_null {
        sql.push_str(" NOT NULL");
    } else if kind(&column.type_) == Kind::DateTime {
        // Without explicit_defaults_for_timestamp a timestamp that says nothing refuses NULL.
        sql.push_str(" NULL");
    }
    if let Some(default) = &column.default {
        sql.push_str(" DEFAULT ");
        sql.push_str(&default_value(column, default, facts));
    }
    if column.auto_increment.is_some() {
        sql.push_str(" AUTO_INCREMENT");
    }
    if let Some(extra) = &column.extra {
        sql.push(' ');
        sql.push_str(extra);
    }
    sql
}

/// Returns a default as it stands after `DEFAULT`: MySQL takes a literal for a large type as an expression only.
pub(crate) fn default_value(column: &Column, default: &Expr, facts: &ServerFacts) -> String {
    let text = &default.text;
    if is_large(column, facts) && !text.starts_with('(') {
        format!("({text})")
    } else {
        text.clone()
    }
}

fn is_large(column: &Column, facts: &ServerFacts) -> bool {
    kind(&column.type_).is_large() && version::needs_expression_for_large_defaults(facts)
}

/// Returns whether a table has a full-text index: it has a hidden column, and can't be built anew beside writers.
pub(super) fn has_full_text(table: Option<&Table>) -> bool {
    let is_full_text = |extra: &str| extra.to_ascii_uppercase().contains("FULLTEXT");
    table.is_some_and(|table| {
        let mut extras = table.indexes.iter().filter_map(|index| index.extra.as_deref());
        extras.any(is_full_text)
    })
}

/// Returns the way, or a copy where the table can't be built anew in place.
pub(super) fn unless_full_text(way: Way, table: &TableName, context: &StepContext<'_>) -> Way {
    if has_full_text(context.table(table)) {
        Way::Copy
    } else {
        way
    }
}

/// Returns how a column is added to a live table, last.
pub(super) fn add(table: &TableName, column: &Column, context: &StepContext<'_>) -> Part {
    let facts = context.facts;
    let name = &column.name;
    let computed = column
        .default
        .as_ref()
        .is_some_and(|default| default.text.starts_with('(') || is_large(column, facts));
    let empty = column.not_null && column.default.is_none();
    let zero_refused = empty && matches!(kind(&column.type_), Kind::Date | Kind::DateTime | Kind::Spatial);
    let way = if computed || zero_refused || column.auto_increment.is_some() {
        Way::Copy
    } else if version::adds_columns_instantly(facts) {
        unless_full_text(Way::Instant, table, context)
    } else {
        unless_full_text(Way::Inplace, table, context)
    };
    let summary = format!("add column {name} to {table}");
    let clause = format!(
        "ADD COLUMN {}",
        definition(column, own_collation(table, context), facts)
    );
    let part = Part::new(way, summary, clause);
    if zero_refused {
        let reason = format!(
            "it fails if {table} has rows: column {name} refuses NULL, has no default, and {} has no zero value",
            column.type_
        );
        return part.with(Hazard::new(HazardCode::DependsOnRows, reason));
    }
    part
}

/// Returns how a column is dropped, unless something needs it that would go or break with it.
pub(super) fn drop(table: &TableName, column: &Column, context: &StepContext<'_>) -> Result<Part, String> {
    let name = &column.name;
    let now = context.table(table);
    let dependents = now.iter().flat_map(|now| &now.dependents);
    let needs = dependents.filter(|needs| needs.columns.contains(name) && !is_gone(needs, table, context));
    if let Some(names) = listed(needs) {
        return Err(format!("{names} needs column {name}; change or drop that first"));
    }
    let way = if version::drops_columns_instantly(context.facts) {
        Way::Instant
    } else {
        Way::Inplace
    };
    let summary = format!("drop column {name} of {table}");
    let clause = format!("DROP COLUMN {}", quote::identifier(name));
    Ok(Part::new(unless_full_text(way, table, context), summary, clause))
}

fn modify(table: &TableName, column: &Column, context: &StepContext<'_>) -> String {
    let own = own_collation(table, context);
    format!("MODIFY COLUMN {}", definition(column, own, context.facts))
}

/// Returns the collation of a live table, which a column gets that says none.
fn own_collation<'a>(table: &TableName, context: &StepContext<'a>) -> Option<&'a str> {
    context
        .before
        .table(table)
        .and_then(|now| charset::of_options(&now.options))
}

/// Returns how the type, collation or numbering of a column is changed, and with it what [`crate::merge`] put to it.
pub(super) fn change_type(
    table: &TableName,
    change: &ColumnChange,
    context: &StepContext<'_>,
) -> Result<Part, String> {
    let ColumnChange { before, after } = change;
    let name = &after.name;
    let conversion = conversion::of(before, after);
    let mut way = conversion.way;
    let retyped = before.type_ != after.type_ || before.collation != after.collation;
    if retyped && (way == Way::Copy || version::keeps_types_of_connected_columns(context.facts)) {
        refuse_in_key(table, name, context)?;
    }
    if retyped {
        let dependents = context.table(table).into_iter().flat_map(|now| &now.dependents);
        let needs = dependents.filter(|needs| {
            ["generated column", "check"].contains(&needs.kind.as_str()) && needs.columns.contains(name)
        });
        if let Some(names) = listed(needs) {
            return Err(format!(
                "{names} needs column {name} as it is; drop that, change the type, and make it again"
            ));
        }
    }
    if before.not_null != after.not_null {
        way = way.max(Way::Inplace);
    }
    if after
        .default
        .as_ref()
        .is_some_and(|default| default.text.starts_with('('))
    {
        way = way.max(Way::Inplace);
    }
    if way > Way::Instant {
        way = unless_full_text(way, table, context);
    }
    let summary = match (&before.collation, &after.collation) {
        _ if before.type_ != after.type_ => format!(
            "change the type of column {name} of {table} from {} to {}",
            before.type_, after.type_
        ),
        (Some(from), Some(to)) if from != to => {
            format!("change the collation of column {name} of {table} from {from} to {to}")
        }
        _ if after.auto_increment.is_some() => format!("number column {name} of {table}"),
        _ => format!("stop numbering column {name} of {table}"),
    };
    let mut part = Part::new(way, summary, modify(table, after, context));
    if before.collation != after.collation && in_unique_key(context.table(table), name) {
        let reason = format!("it fails if rows of {table} have values of column {name} that become equal");
        part = part.with(Hazard::new(HazardCode::DependsOnRows, reason));
    }
    if !before.not_null && after.not_null {
        part = part.with(refuses_null(table, name));
    }
    Ok(part)
}

/// The server refuses another type of a column while a foreign key connects it, on either side.
fn refuse_in_key(table: &TableName, column: &String, context: &StepContext<'_>) -> Result<(), String> {
    let own = context.table(table).into_iter().flat_map(|now| &now.foreign_keys);
    let mut own = own
        .filter(|key| key.columns.contains(column))
        .map(schema::ir::ForeignKey::label);
    let dependents = context.table(table).into_iter().flat_map(|now| &now.dependents);
    let mut others = dependents
        .filter(|other| {
            other.kind == "foreign key" && other.columns.contains(column) && !is_gone(other, table, context)
        })
        .map(|other| other.name.clone());
    match own.next().or_else(|| others.next()) {
        Some(key) => Err(format!(
            "foreign key {key} connects column {column}, and the server keeps its type meanwhile; remove the key, \
             apply, change both columns, and declare the key again"
        )),
        None => Ok(()),
    }
}

fn in_unique_key(table: Option<&Table>, column: &String) -> bool {
    table.is_some_and(|table| {
        let primary = table.primary_key.iter().any(|key| key.columns.contains(column));
        let mut unique = table.indexes.iter().filter(|index| index.unique);
        primary
            || unique.any(|index| {
                index
                    .columns
                    .iter()
                    .any(|part| part.column.as_ref() == Some(column))
            })
    })
}

fn refuses_null(table: &TableName, column: &str) -> Hazard {
    let reason = format!("it fails if rows of {table} have NULL in column {column}; give them a value first");
    Hazard::new(HazardCode::DependsOnRows, reason)
}

/// Returns whether making a column NOT NULL gives the rows with NULL the time of the change instead of failing: a copy
/// does so to a `timestamp`, strict or not, and MariaDB makes that change by a copy only.
pub(super) fn fills_nulls(change: &ColumnChange, now: Option<&Table>, facts: &ServerFacts) -> bool {
    let ColumnChange { before, after } = change;
    let copies = version::copies_timestamps_to_refuse_null(facts) || has_full_text(now);
    base(&after.type_) == "timestamp" && !before.not_null && after.not_null && copies
}

/// Returns how a column comes to take NULL or to refuse it. The pinned strict mode makes the server refuse a NULL that
/// is there, which it would otherwise turn into a zero or an empty text (M9).
pub(super) fn change_null(
    table: &TableName,
    change: &ColumnChange,
    context: &StepContext<'_>,
) -> Result<Part, String> {
    let name = &change.after.name;
    let fills = fills_nulls(change, context.table(table), context.facts);
    let way = if fills {
        Way::Copy
    } else {
        unless_full_text(Way::Inplace, table, context)
    };
    let clause = modify(table, &change.after, context);
    if change.after.not_null {
        let summary = format!("make column {name} of {table} NOT NULL");
        let part = Part::new(way, summary, clause);
        return Ok(if fills {
            part
        } else {
            part.with(refuses_null(table, name))
        });
    }
    let key = context.table(table).and_then(|now| now.primary_key.as_ref());
    if key.is_some_and(|key| key.columns.contains(name)) {
        return Err("it is in the primary key, which stays".to_owned());
    }
    let summary = format!("let column {name} of {table} take NULL");
    Ok(Part::new(way, summary, clause))
}

/// Returns how the default of a column is changed; rows keep their values.
pub(super) fn change_default(table: &TableName, change: &ColumnChange, context: &StepContext<'_>) -> Part {
    let column = &change.after;
    let alter = format!("ALTER COLUMN {}", quote::identifier(&column.name));
    // `ALTER COLUMN` takes no CURRENT_TIMESTAMP and nothing for a large type, and on MariaDB it drops ON UPDATE.
    let in_short =
        kind(&column.type_) != Kind::DateTime && column.extra.is_none() && !is_large(column, context.facts);
    let clause = match &column.default {
        _ if !in_short => modify(table, column, context),
        Some(default) => format!("{alter} SET DEFAULT {}", default.text),
        // A column that takes NULL has no value at all after DROP DEFAULT, not even NULL.
        None if !column.not_null => format!("{alter} SET DEFAULT NULL"),
        None => format!("{alter} DROP DEFAULT"),
    };
    let word = if column.default.is_some() { "set" } else { "drop" };
    let way = if version::adds_columns_instantly(context.facts) {
        Way::Instant
    } else {
        Way::Inplace
    };
    let summary = format!("{word} the default of column {} of {table}", column.name);
    Part::new(way, summary, clause)
}
