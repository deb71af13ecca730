//! The closed list of what can happen to a schema.

use crate::ir::{Check, Column, ForeignKey, Index, ObjectName, PrimaryKey, Table, TableName};

/// One change of one object.
///
/// `diff` makes the changes between two schemas of these; an engine may say the effect of a single step with any
/// of them too (for instance a foreign key that is added unvalidated and validated later). Each holds all that
/// is needed to apply it to a schema in memory ([`crate::simulate`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Make a table with its columns, primary key, indexes, checks and the foreign keys given with it.
    CreateTable(Box<Table>),
    /// Drop a table, given as it is.
    DropTable(Box<Table>),
    /// Add a column, last.
    AddColumn(TableName, Column),
    /// Drop a column, given as it is.
    DropColumn(TableName, Column),
    /// Change the type, the collation or the numbering of a column.
    ChangeType(TableName, ColumnChange),
    /// Change whether a column takes NULL.
    ChangeNull(TableName, ColumnChange),
    /// Change or remove the default of a column.
    ChangeDefault(TableName, ColumnChange),
    /// Add a primary key.
    AddPrimaryKey(TableName, PrimaryKey),
    /// Drop the primary key, given as it is.
    DropPrimaryKey(TableName, PrimaryKey),
    /// Put one primary key in the place of another.
    ReplacePrimaryKey(TableName, Box<Replacement<PrimaryKey>>),
    /// Make an index or a unique constraint.
    AddIndex(TableName, Index),
    /// Drop an index or a unique constraint, given as it is.
    DropIndex(TableName, Index),
    /// Put an index in the place of another of the same name, or of an invalid one.
    ReplaceIndex(TableName, Box<Replacement<Index>>),
    /// Rename an index; both sides are equal but for the name.
    RenameIndex(TableName, Box<Replacement<Index>>),
    /// Add a foreign key.
    AddForeignKey(TableName, ForeignKey),
    /// Drop a foreign key, given as it is.
    DropForeignKey(TableName, ForeignKey),
    /// Put a foreign key in the place of one that connects the same columns.
    ReplaceForeignKey(TableName, Box<Replacement<ForeignKey>>),
    /// Check the rows against a foreign key that was added unvalidated. Both sides are equal but for that.
    ValidateForeignKey(TableName, ForeignKey),
    /// Add a check.
    AddCheck(TableName, Check),
    /// Check the rows against a check that was added unvalidated.
    ValidateCheck(TableName, Check),
    /// Drop a check, given as it is.
    DropCheck(TableName, Check),
    /// Set the options of a table.
    SetOptions(TableName, Replacement<Vec<String>>),
    /// Make the table anew with these changes, and move its rows: what an engine merges changes into that it
    /// can't make in place.
    Rebuild(Box<Rebuild>),
}

/// A column before and after one change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnChange {
    /// The column before.
    pub before: Column,
    /// The column after.
    pub after: Column,
}

/// An object and what takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement<T> {
    /// What is there.
    pub before: T,
    /// What shall be there.
    pub after: T,
}

/// A table that is made anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebuild {
    /// The changes that it makes at once, each of this table.
    pub changes: Vec<Change>,
    /// The table before.
    pub before: Table,
    /// The table after.
    pub after: Table,
}

impl Change {
    /// Returns the table that the change belongs to.
    pub fn table(&self) -> &TableName {
        match self {
            Self::CreateTable(table) | Self::DropTable(table) => &table.name,
            Self::AddColumn(table, _)
            | Self::DropColumn(table, _)
            | Self::ChangeType(table, _)
            | Self::ChangeNull(table, _)
            | Self::ChangeDefault(table, _)
            | Self::AddPrimaryKey(table, _)
            | Self::DropPrimaryKey(table, _)
            | Self::ReplacePrimaryKey(table, _)
            | Self::AddIndex(table, _)
            | Self::DropIndex(table, _)
            | Self::ReplaceIndex(table, _)
            | Self::RenameIndex(table, _)
            | Self::AddForeignKey(table, _)
            | Self::DropForeignKey(table, _)
            | Self::ReplaceForeignKey(table, _)
            | Self::ValidateForeignKey(table, _)
            | Self::AddCheck(table, _)
            | Self::ValidateCheck(table, _)
            | Self::DropCheck(table, _)
            | Self::SetOptions(table, _) => table,
            Self::Rebuild(rebuild) => &rebuild.before.name,
        }
    }

    /// Returns the object that changes.
    pub fn object(&self) -> ObjectName {
        let table = self.table().clone();
        match self {
            Self::CreateTable(_) | Self::DropTable(_) | Self::SetOptions(..) | Self::Rebuild(_) => {
                ObjectName::Table(table)
            }
            Self::AddColumn(_, column) | Self::DropColumn(_, column) => {
                ObjectName::Column(table, column.name.clone())
            }
            Self::ChangeType(_, change) | Self::ChangeNull(_, change) | Self::ChangeDefault(_, change) => {
                ObjectName::Column(table, change.after.name.clone())
            }
            Self::AddPrimaryKey(..) | Self::DropPrimaryKey(..) | Self::ReplacePrimaryKey(..) => {
                ObjectName::PrimaryKey(table)
            }
            Self::AddIndex(_, index) | Self::DropIndex(_, index) => ObjectName::Index(table, index.label()),
            Self::ReplaceIndex(_, index) | Self::RenameIndex(_, index) => {
                ObjectName::Index(table, index.after.label())
            }
            Self::AddForeignKey(_, key) | Self::DropForeignKey(_, key) | Self::ValidateForeignKey(_, key) => {
                ObjectName::ForeignKey(table, key.label())
            }
            Self::ReplaceForeignKey(_, key) => ObjectName::ForeignKey(table, key.after.label()),
            Self::AddCheck(_, check) | Self::ValidateCheck(_, check) | Self::DropCheck(_, check) => {
                ObjectName::Check(
                    table,
                    check.name.clone().unwrap_or_else(|| check.definition.clone()),
                )
            }
        }
    }
}

impl Index {
    /// Returns the name, or the columns joined by commas where it has none.
    pub fn label(&self) -> String {
        if self.name.is_empty() {
            let columns: Vec<&str> = self
                .columns
                .iter()
                .filter_map(|part| part.column.as_deref())
                .collect();
            format!("({})", columns.join(", "))
        } else {
            self.name.clone()
        }
    }
}
