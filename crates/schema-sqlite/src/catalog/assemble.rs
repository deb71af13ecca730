//! Puts a table together from the rows of the catalog and the text of its statement.
//!
//! The text is the source and the rows are the proof: where the two don't say the same, the table is reported as
//! unsupported, and nothing about it is altered.

use schema::ir::{
    Attachment, AutoIncrement, Check, Column, Expr, ForeignKey, Index, IndexColumn, IndexOrigin, ObjectName,
    PrimaryKey, Table, TableName, Unsupported,
};
use schema::simulate::normalised;

use super::create_table::{self, ColumnText, CreateTable, ForeignKeyText, INLINE_DESC};
use super::rows::{IndexRow, Rows, lower};
use super::{create_index, dependents};
use crate::lexer::same_expression;
use crate::lower::types;

/// The kind of an attachment that is the NOT NULL clause of the column that it is named after.
pub(crate) const NOT_NULL: &str = "not null";

/// Returns the table, under the name asked for; `None` if there is none.
pub(super) fn table(name: &TableName, rows: &Rows) -> Option<Table> {
    let row = rows.tables.get(&lower(&name.name))?;
    let mut table = Table::new(name.clone());
    if row.kind != "table" {
        let reason = match row.kind.as_str() {
            "view" => "a view has this name; drop it, or choose another name for the table".to_owned(),
            kind => format!("it is a {kind} table, which belongs to a module of SQLite; it is left as it is"),
        };
        let (kind, definition) = (row.kind.clone(), row.sql.clone());
        table.attachments.push(Attachment {
            kind,
            name: name.name.clone(),
            definition,
        });
        let object = ObjectName::Table(name.clone());
        table.unsupported.push(Unsupported { object, reason });
        return Some(table);
    }
    match create_table::read(&row.sql) {
        Ok(text) => fill(&mut table, &text, rows),
        Err(unexpected) => {
            block(
                &mut table,
                &format!("its CREATE TABLE statement has {}", unexpected.0),
            );
        }
    }
    dependents::attach(&mut table, &row.sql, rows);
    Some(normalised(table))
}

fn block(table: &mut Table, what: &str) {
    let reason = format!("{what}, which Chancery can't read; the table is left as it is");
    table.unsupported.push(Unsupported {
        object: ObjectName::Table(table.name.clone()),
        reason,
    });
}

fn fill(table: &mut Table, text: &CreateTable, rows: &Rows) {
    let name = table.name.name.clone();
    let spelled = |column: &str| {
        let found = text
            .columns
            .iter()
            .find(|other| other.name.eq_ignore_ascii_case(column));
        found.map_or_else(|| column.to_owned(), |found| found.name.clone())
    };
    table.options.clone_from(&text.options);
    table.primary_key = text.primary_key.as_ref().map(|key| PrimaryKey {
        name: key.name.clone(),
        columns: key.columns.iter().map(|column| spelled(column)).collect(),
        extra: key.extra.clone(),
    });
    table.columns = text
        .columns
        .iter()
        .map(|column| self::column(table, column))
        .collect();
    if let Some(difference) = difference(text, table, rows) {
        block(table, &difference);
    }
    for column in &text.columns {
        if let Some(clause) = &column.not_null_clause {
            let definition = clause.clone();
            table.attachments.push(Attachment {
                kind: NOT_NULL.to_owned(),
                name: column.name.clone(),
                definition,
            });
        }
        if column.generated.is_some() {
            let object = ObjectName::Column(table.name.clone(), column.name.clone());
            let reason = "a generated column can't be declared; it is kept as it is".to_owned();
            table.unsupported.push(Unsupported { object, reason });
        }
    }
    let mut listed = listed(&name, rows);
    for unique in &text.uniques {
        let columns: Vec<String> = unique.columns.iter().map(|column| spelled(column)).collect();
        // A constraint that says the same as another or as the primary key has no index of its own.
        let same = |rows: &Vec<&IndexRow>| {
            rows[0].origin == "u"
                && rows.len() == columns.len()
                && rows
                    .iter()
                    .zip(&columns)
                    .all(|(row, column)| row.column.as_ref() == Some(column))
        };
        let Some(at) = listed.iter().position(same) else {
            continue;
        };
        listed.remove(at);
        table.indexes.push(Index {
            name: unique.name.clone().unwrap_or_default(),
            columns: columns.into_iter().map(IndexColumn::column).collect(),
            unique: true,
            origin: IndexOrigin::UniqueConstraint,
            method: None,
            with: Vec::new(),
            extra: unique.extra.clone(),
            valid: true,
        });
    }
    for parts in listed {
        match parts[0].origin.as_str() {
            "c" => index(table, &parts, rows),
            "u" => block(
                table,
                "it has a unique index that its CREATE TABLE statement doesn't say",
            ),
            _ => {}
        }
    }
    table.foreign_keys = text
        .foreign_keys
        .iter()
        .map(|key| foreign_key(key, rows, spelled))
        .collect();
    table.checks = text
        .checks
        .iter()
        .map(|(name, definition)| Check {
            name: name.clone(),
            definition: definition.clone(),
            validated: true,
        })
        .collect();
}

/// Returns whether the primary key is the row's own number, which is never NULL.
pub(crate) fn is_rowid_alias(table: &Table, column: &str, type_: &str) -> bool {
    table.primary_key.as_ref().is_some_and(|key| {
        matches!(key.columns.as_slice(), [only] if only == column)
            && types::is_rowid(type_)
            && !key
                .extra
                .as_ref()
                .is_some_and(|extra| extra.starts_with(INLINE_DESC))
    }) && !table.options.iter().any(|option| option == "WITHOUT ROWID")
}

fn column(table: &Table, text: &ColumnText) -> Column {
    let in_key = table
        .primary_key
        .as_ref()
        .is_some_and(|key| key.columns.contains(&text.name));
    // These columns refuse NULL without saying so (<https://sqlite.org/withoutrowid.html>, stricttables.html).
    let implied = in_key && (!table.options.is_empty() || is_rowid_alias(table, &text.name, &text.type_));
    Column {
        name: text.name.clone(),
        type_: text.type_.clone(),
        not_null: text.not_null || implied,
        default: text.default.as_ref().map(Expr::new),
        auto_increment: text.auto_increment.then_some(AutoIncrement::Native),
        collation: text.collation.clone(),
        extra: None,
        generated: text.generated.clone(),
    }
}

/// Returns what SQLite says of the columns and Chancery's reading does not.
fn difference(text: &CreateTable, table: &Table, rows: &Rows) -> Option<String> {
    let live = rows
        .columns
        .get(&lower(&table.name.name))
        .map(Vec::as_slice)
        .unwrap_or_default();
    if live.len() != text.columns.len() {
        return Some(format!(
            "it has {} columns and not {} as its CREATE TABLE statement",
            live.len(),
            text.columns.len()
        ));
    }
    for (row, column) in live.iter().zip(&text.columns) {
        let key = table
            .primary_key
            .as_ref()
            .and_then(|key| key.columns.iter().position(|name| *name == column.name));
        let same_key = key.map_or(0, |at| at + 1) == usize::try_from(row.key).unwrap_or(usize::MAX);
        let same_default = match (&row.default, &column.default) {
            (None, None) => true,
            (Some(live), Some(text)) => same_expression(live, text),
            _ => false,
        };
        // Where NOT NULL is implied, versions of SQLite differ in what they report.
        let same_null = key.is_some() || row.not_null == column.not_null;
        if row.name != column.name || !same_key || !same_default || !same_null {
            return Some(format!(
                "it has a column `{}` that differs from its CREATE TABLE statement",
                row.name
            ));
        }
    }
    None
}

/// Returns the indexes of a table, each with its parts in order.
fn listed<'a>(name: &str, rows: &'a Rows) -> Vec<Vec<&'a IndexRow>> {
    let mut listed: Vec<Vec<&IndexRow>> = Vec::new();
    for row in rows.indexes.get(&lower(name)).into_iter().flatten() {
        match listed.last_mut() {
            Some(parts) if parts[0].index == row.index => parts.push(row),
            _ => listed.push(vec![row]),
        }
    }
    listed
}

fn index(table: &mut Table, parts: &[&IndexRow], rows: &Rows) {
    let name = &parts[0].index;
    let sql = rows.statements.get(&lower(name));
    let extra = match sql.map(|sql| create_index::extra(sql)) {
        Some(Ok(extra)) => extra,
        Some(Err(unexpected)) => return block(table, &format!("its index `{name}` has {}", unexpected.0)),
        None => return block(table, &format!("its index `{name}` has no statement")),
    };
    table.indexes.push(Index {
        name: name.clone(),
        columns: parts
            .iter()
            .map(|part| IndexColumn {
                column: part.column.clone(),
            })
            .collect(),
        unique: parts[0].unique,
        origin: IndexOrigin::Index,
        method: None,
        with: Vec::new(),
        extra,
        valid: true,
    });
}

fn foreign_key(text: &ForeignKeyText, rows: &Rows, spelled: impl Fn(&str) -> String) -> ForeignKey {
    let mut referenced = text.referenced.clone();
    if referenced.is_empty() {
        let parent = rows.columns.get(&lower(&text.table)).into_iter().flatten();
        let mut keys: Vec<_> = parent
            .filter(|row| row.key > 0)
            .map(|row| (row.key, row.name.clone()))
            .collect();
        keys.sort();
        referenced = keys.into_iter().map(|(_, name)| name).collect();
    }
    ForeignKey {
        name: text.name.clone(),
        columns: text.columns.iter().map(|column| spelled(column)).collect(),
        references: TableName::unqualified(&text.table),
        referenced_columns: referenced,
        on_delete: text.on_delete,
        on_update: text.on_update,
        extra: text.extra.clone(),
        validated: true,
    }
}
