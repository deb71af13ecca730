//! Constraints of a table: primary key, unique constraints, foreign keys, checks.

use schema::ir::{Check, ForeignKey, Index, PrimaryKey, ReferentialAction, Table};

use super::quote::{identifier, identifiers, table as table_name};

fn named(name: Option<&str>) -> String {
    name.filter(|name| !name.is_empty())
        .map(|name| format!("CONSTRAINT {} ", identifier(name)))
        .unwrap_or_default()
}

/// Returns columns and what is said of them: `extra` has the list itself where it says more than names.
fn list_and_extra<'a>(columns: impl IntoIterator<Item = &'a str>, extra: Option<&str>) -> String {
    match extra {
        None => format!("({})", identifiers(columns)),
        Some(extra) if extra.starts_with('(') => extra.to_owned(),
        Some(extra) => format!("({}) {extra}", identifiers(columns)),
    }
}

/// Returns a primary key as a constraint of its table.
pub(crate) fn primary_key(table: &Table, key: &PrimaryKey) -> String {
    let numbered = table.columns.iter().any(|column| column.auto_increment.is_some());
    let columns = key.columns.iter().map(String::as_str);
    let list = if numbered {
        format!(
            "({} AUTOINCREMENT) {}",
            identifiers(columns),
            key.extra.as_deref().unwrap_or_default()
        )
    } else {
        list_and_extra(columns, key.extra.as_deref())
    };
    format!("{}PRIMARY KEY {}", named(key.name.as_deref()), list.trim_end())
}

/// Returns a unique constraint.
pub(crate) fn unique(index: &Index) -> String {
    let columns = index.columns.iter().filter_map(|part| part.column.as_deref());
    format!(
        "{}UNIQUE {}",
        named(Some(&index.name)),
        list_and_extra(columns, index.extra.as_deref())
    )
}

/// Returns a foreign key.
pub(crate) fn foreign_key(key: &ForeignKey) -> String {
    let columns = identifiers(key.columns.iter().map(String::as_str));
    format!(
        "{}FOREIGN KEY ({columns}) {}",
        named(key.name.as_deref()),
        references(key)
    )
}

/// Returns a foreign key of one column as a clause of it.
pub(crate) fn references_clause(key: &ForeignKey) -> String {
    format!("{}{}", named(key.name.as_deref()), references(key))
}

/// Returns what a foreign key refers to, and how.
fn references(key: &ForeignKey) -> String {
    let mut parts = vec![format!("REFERENCES {}", table_name(&key.references))];
    if !key.referenced_columns.is_empty() {
        parts.push(format!(
            "({})",
            identifiers(key.referenced_columns.iter().map(String::as_str))
        ));
    }
    for (word, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
        if action != ReferentialAction::NoAction {
            parts.push(format!("ON {word} {}", action.as_sql()));
        }
    }
    parts.extend(key.extra.clone());
    parts.join(" ")
}

/// Returns a check.
pub(crate) fn check(check: &Check) -> String {
    format!("{}CHECK ({})", named(check.name.as_deref()), check.definition)
}
