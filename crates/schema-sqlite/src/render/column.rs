//! Columns.

use schema::ir::{Column, PrimaryKey, Table};

use super::quote::identifier;
use crate::catalog::assemble::{NOT_NULL, is_rowid_alias};
use crate::catalog::create_table::INLINE_DESC;
use crate::lexer::{Kind, tokens};
use crate::lower::expression::is_literal;

/// Returns the definition of a column of a table.
pub(crate) fn definition(table: &Table, column: &Column) -> String {
    let mut parts = vec![identifier(&column.name)];
    if !column.type_.is_empty() {
        parts.push(column.type_.clone());
    }
    if let Some(key) = inline_key(table, column) {
        parts.push(key);
    }
    if column.not_null && !is_rowid_alias(table, &column.name, &column.type_) {
        let clause = |attachment: &&schema::ir::Attachment| {
            attachment.kind == NOT_NULL && attachment.name == column.name
        };
        let kept = table
            .attachments
            .iter()
            .find(clause)
            .map(|attachment| attachment.definition.clone());
        parts.push(kept.unwrap_or_else(|| "NOT NULL".to_owned()));
    }
    if let Some(default) = &column.default {
        parts.push(format!("DEFAULT {}", default_value(&default.text)));
    }
    if let Some(collation) = &column.collation {
        parts.push(format!("COLLATE {}", identifier(collation)));
    }
    if let Some(generated) = &column.generated {
        parts.push(format!("GENERATED ALWAYS AS {generated}"));
    }
    parts.join(" ")
}

/// Returns the primary key where it is written with its column: where only that form says it, and for a single
/// column without a name, as people write it.
fn inline_key(table: &Table, column: &Column) -> Option<String> {
    let key = table
        .primary_key
        .as_ref()
        .filter(|key| is_inline(key) && key.columns[0] == column.name)?;
    let order = if key.extra.is_some() {
        key.extra.as_deref()?.strip_prefix("inline")?
    } else {
        ""
    };
    let numbered = if column.auto_increment.is_some() {
        " AUTOINCREMENT"
    } else {
        ""
    };
    let name = key
        .name
        .as_ref()
        .map(|name| format!("CONSTRAINT {} ", identifier(name)))
        .unwrap_or_default();
    Some(format!("{name}PRIMARY KEY{order}{numbered}"))
}

/// Returns whether a primary key is written with its column.
pub(crate) fn is_inline(key: &PrimaryKey) -> bool {
    key.columns.len() == 1
        && key
            .extra
            .as_ref()
            .is_none_or(|extra| extra.starts_with(INLINE_DESC))
}

/// Returns what follows DEFAULT: a literal as it is, everything else in parentheses
/// (<https://sqlite.org/lang_createtable.html>, 3.2).
pub(crate) fn default_value(text: &str) -> String {
    if is_plain_default(text) {
        text.to_owned()
    } else {
        format!("({text})")
    }
}

/// Returns whether a default needs no parentheses.
pub(crate) fn is_plain_default(text: &str) -> bool {
    match tokens(text).as_deref() {
        // A lone word or quoted name is a text here (`DEFAULT active`), and nothing in parentheses.
        Ok([token]) if matches!(token.kind, Kind::Word | Kind::Quoted) => true,
        Ok(tokens) => is_literal(tokens),
        Err(_) => false,
    }
}
