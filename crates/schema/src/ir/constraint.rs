//! Primary keys, foreign keys and checks. Unique constraints are [`super::Index`]es with their origin.

use super::TableName;

/// A primary key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrimaryKey {
    /// The name of the constraint, where the engine names it.
    pub name: Option<String>,
    /// The columns, in order.
    pub columns: Vec<String>,
    /// What else the catalog says of it (deferrable, included columns, order of the parts), in its words.
    pub extra: Option<String>,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignKey {
    /// The name of the constraint, where it has one.
    pub name: Option<String>,
    /// The columns of this table, in order.
    pub columns: Vec<String>,
    /// The table that they refer to.
    pub references: TableName,
    /// Its columns, in the order of the columns that refer to them.
    pub referenced_columns: Vec<String>,
    /// What happens here when the referenced row is deleted.
    pub on_delete: ReferentialAction,
    /// What happens here when the referenced row's key changes.
    pub on_update: ReferentialAction,
    /// What else the catalog says of it (match, deferrable, column lists of actions), in its words.
    pub extra: Option<String>,
    /// Whether the rows that are there were checked.
    pub validated: bool,
}

impl ForeignKey {
    /// Returns the name, or the columns joined by commas where it has none.
    pub fn label(&self) -> String {
        self.name
            .clone()
            .unwrap_or_else(|| format!("({})", self.columns.join(", ")))
    }

    /// Returns whether both connect the same columns, whatever their names and actions.
    pub fn connects_same(&self, other: &Self) -> bool {
        self.columns == other.columns
            && self.references == other.references
            && self.referenced_columns == other.referenced_columns
    }
}

/// What a foreign key does to rows whose referenced row goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReferentialAction {
    /// Refuse, at the end of the statement or later.
    #[default]
    NoAction,
    /// Refuse at once.
    Restrict,
    /// Do the same to them.
    Cascade,
    /// Set their columns to NULL.
    SetNull,
    /// Set their columns to the default.
    SetDefault,
}

impl ReferentialAction {
    /// Returns the SQL keywords.
    pub fn as_sql(self) -> &'static str {
        match self {
            Self::NoAction => "NO ACTION",
            Self::Restrict => "RESTRICT",
            Self::Cascade => "CASCADE",
            Self::SetNull => "SET NULL",
            Self::SetDefault => "SET DEFAULT",
        }
    }

    /// Reads the keywords in any case and with any white space between them; `None` if they are no action.
    pub fn parse(text: &str) -> Option<Self> {
        let words: Vec<String> = text.split_whitespace().map(str::to_ascii_uppercase).collect();
        let action = match words.join(" ").as_str() {
            "NO ACTION" => Self::NoAction,
            "RESTRICT" => Self::Restrict,
            "CASCADE" => Self::Cascade,
            "SET NULL" => Self::SetNull,
            "SET DEFAULT" => Self::SetDefault,
            _ => return None,
        };
        Some(action)
    }
}

/// A check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The name of the constraint, where it has one.
    pub name: Option<String>,
    /// The definition as the catalog writes it.
    pub definition: String,
    /// Whether the rows that are there were checked.
    pub validated: bool,
}
