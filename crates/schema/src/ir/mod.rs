//! The intermediate representation: a schema as a server's catalog would report it.
//!
//! It has two producers, `lower` (what is declared) and `inspect` (what is live), and both give the same
//! text for the same thing: canonical type names, folded identifiers, generated names. So equality of two
//! values is equality of two schemas. It is not serialisable; reports and fingerprints convert it.

mod column;
mod constraint;
mod index;
mod name;
mod table;

use std::collections::BTreeMap;

pub use self::column::{AutoIncrement, Column, Expr};
pub use self::constraint::{Check, ForeignKey, PrimaryKey, ReferentialAction};
pub use self::index::{Index, IndexColumn, IndexOrigin};
pub use self::name::{ObjectName, TableName};
pub use self::table::{Attachment, Dependent, Table, Unsupported};

/// Tables by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// The tables.
    pub tables: BTreeMap<TableName, Table>,
}

impl Schema {
    /// Returns the table of that name.
    pub fn table(&self, name: &TableName) -> Option<&Table> {
        self.tables.get(name)
    }

    /// Adds a table, in the place of one of the same name.
    pub fn insert(&mut self, table: Table) {
        self.tables.insert(table.name.clone(), table);
    }
}

impl FromIterator<Table> for Schema {
    fn from_iter<I: IntoIterator<Item = Table>>(tables: I) -> Self {
        Self {
            tables: tables
                .into_iter()
                .map(|table| (table.name.clone(), table))
                .collect(),
        }
    }
}
