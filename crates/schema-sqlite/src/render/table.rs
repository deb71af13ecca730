//! Tables.

use schema::ir::{IndexOrigin, Table, TableName};

use super::quote::table as table_name;
use super::{column, constraint};

/// Returns the statement that makes a table under a name, without its indexes.
pub(crate) fn create(table: &Table, name: &TableName) -> String {
    let mut items: Vec<String> = table
        .columns
        .iter()
        .map(|it| column::definition(table, it))
        .collect();
    if let Some(key) = table.primary_key.as_ref().filter(|key| !column::is_inline(key)) {
        items.push(constraint::primary_key(table, key));
    }
    let uniques = table
        .indexes
        .iter()
        .filter(|index| index.origin == IndexOrigin::UniqueConstraint);
    items.extend(uniques.map(constraint::unique));
    items.extend(table.foreign_keys.iter().map(constraint::foreign_key));
    items.extend(table.checks.iter().map(constraint::check));
    let options = if table.options.is_empty() {
        String::new()
    } else {
        format!(" {}", table.options.join(", "))
    };
    format!(
        "CREATE TABLE {} (\n  {}\n){options}",
        table_name(name),
        items.join(",\n  ")
    )
}

/// Returns the statements that make the indexes of a table that are no constraints.
pub(crate) fn create_indexes(table: &Table) -> Vec<String> {
    let indexes = table
        .indexes
        .iter()
        .filter(|index| index.origin == IndexOrigin::Index);
    indexes
        .map(|index| super::index::create(&table.name, index))
        .collect()
}
