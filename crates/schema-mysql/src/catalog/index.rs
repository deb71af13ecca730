//! Makes indexes of the rows of their parts.

use schema::ir::{Index, IndexColumn, IndexOrigin, PrimaryKey, Table};
use sqlx::mysql::MySqlRow;

use super::{ReadError, cell};
use crate::render::quote;

/// An index on its way.
#[derive(Debug, Default)]
pub(super) struct Parts {
    columns: Vec<IndexColumn>,
    /// The parts in SQL.
    texts: Vec<String>,
    /// Whether a part is more than a column.
    is_special: bool,
    is_unique: bool,
    is_hidden: bool,
    method: String,
    comment: String,
}

impl Parts {
    /// Adds a part, in order.
    pub(super) fn add(&mut self, row: &MySqlRow) -> Result<(), ReadError> {
        let column: Option<String> = cell(row, "part")?;
        self.is_unique = cell::<i64>(row, "is_unique")? != 0;
        self.is_hidden = cell::<Option<i64>>(row, "hidden")?.unwrap_or_default() != 0;
        self.method = cell(row, "method")?;
        self.comment = cell::<Option<String>>(row, "comment")?.unwrap_or_default();
        let mut text = match &column {
            Some(column) => quote::identifier(column),
            None => format!(
                "({})",
                cell::<Option<String>>(row, "expression")?.unwrap_or_default()
            ),
        };
        // The server gives the parts of a spatial index the length of a rectangle.
        let prefix = cell::<Option<i64>>(row, "prefix")?.filter(|_| self.method != "SPATIAL");
        if let Some(prefix) = prefix {
            text = format!("{text}({prefix})");
        }
        let is_descending = cell::<Option<String>>(row, "direction")?.as_deref() == Some("D");
        if is_descending {
            text.push_str(" DESC");
        }
        self.is_special |= prefix.is_some() || is_descending || column.is_none();
        self.texts.push(text);
        self.columns.push(IndexColumn { column });
        Ok(())
    }

    /// Puts the index, or the primary key, into its table.
    pub(super) fn put(self, name: String, table: &mut Table) {
        let extra = self.extra();
        if name == "PRIMARY" {
            table.primary_key = Some(PrimaryKey {
                name: None,
                columns: self.columns.into_iter().filter_map(|part| part.column).collect(),
                extra,
            });
            return;
        }
        table.indexes.push(Index {
            name,
            columns: self.columns,
            unique: self.is_unique,
            origin: IndexOrigin::Index,
            method: None,
            with: Vec::new(),
            extra,
            valid: true,
        });
    }

    /// Returns what a plain list of columns doesn't say of it.
    fn extra(&self) -> Option<String> {
        let mut extra = Vec::new();
        match self.method.as_str() {
            "BTREE" => {}
            "HASH" | "RTREE" => extra.push(format!("USING {}", self.method)),
            other => extra.push(other.to_owned()),
        }
        if self.is_special {
            extra.push(format!("({})", self.texts.join(", ")));
        }
        if self.is_hidden {
            extra.push("INVISIBLE".to_owned());
        }
        if !self.comment.is_empty() {
            extra.push(format!("COMMENT {}", quote::literal(&self.comment)));
        }
        (!extra.is_empty()).then(|| extra.join(" "))
    }
}
