//! Indexes.

use schema::ir::{Index, TableName};

use super::quote::{identifier, identifiers, table as table_name};

/// Returns the statement that makes an index.
pub(crate) fn create(table: &TableName, index: &Index) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let columns = index.columns.iter().filter_map(|part| part.column.as_deref());
    let list = index
        .extra
        .clone()
        .unwrap_or_else(|| format!("({})", identifiers(columns)));
    format!(
        "CREATE {unique}INDEX {} ON {} {list}",
        identifier(&index.name),
        table_name(table)
    )
}

/// Returns the statement that drops an index.
pub(crate) fn drop(index: &Index) -> String {
    format!("DROP INDEX {}", identifier(&index.name))
}
