//! Indexes, those behind unique constraints included.

/// An index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// Its name. Empty on engines whose catalog names it only after it is made (an inline `UNIQUE` of SQLite).
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<IndexColumn>,
    /// Whether it refuses a second row with the same values.
    pub unique: bool,
    /// Whether it stands for itself or behind a unique constraint.
    pub origin: IndexOrigin,
    /// The index method, such as `btree`; `None` where the engine has one only.
    pub method: Option<String>,
    /// The storage parameters, such as `fillfactor=70`, sorted.
    pub with: Vec<String>,
    /// What the declared form cannot say of it (predicate, expressions, operator classes, included columns,
    /// order), in the catalog's words. It is compared, kept and never made by a plan.
    pub extra: Option<String>,
    /// Whether the server uses it: an interrupted concurrent build leaves one that it does not.
    pub valid: bool,
}

impl Index {
    /// Returns the names of its columns; `None` if a part is an expression.
    pub fn column_names(&self) -> Option<Vec<&str>> {
        self.columns.iter().map(|part| part.column.as_deref()).collect()
    }

    /// Returns whether it is an index that the declared form of SchemaHero can say: plain columns, no predicate
    /// or other extra. One that it cannot say is kept when no manifest names it (design, Ownership).
    pub fn is_plain(&self) -> bool {
        self.extra.is_none() && self.columns.iter().all(|part| part.column.is_some())
    }
}

/// One part of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexColumn {
    /// The column; `None` for an expression, whose text is in [`Index::extra`].
    pub column: Option<String>,
}

impl IndexColumn {
    /// Returns the part that is a column.
    pub fn column(name: impl Into<String>) -> Self {
        Self {
            column: Some(name.into()),
        }
    }
}

/// Where an index comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum IndexOrigin {
    /// `CREATE INDEX`.
    #[default]
    Index,
    /// A unique constraint.
    UniqueConstraint,
}
