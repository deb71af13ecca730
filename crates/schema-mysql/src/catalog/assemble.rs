//! Makes tables of catalog rows.

use std::collections::{BTreeMap, BTreeSet};

use schema::ServerFacts;
use schema::ir::{
    Attachment, Check, Dependent, ForeignKey, ObjectName, ReferentialAction, Schema, Table, TableName,
    Unsupported,
};
use sqlx::mysql::MySqlRow;

use super::column::column;
use super::index::Parts;
use super::view::reads;
use super::{Defaults, ReadError, cell};
use crate::lower::default::from_sql;
use crate::lower::{charset, keys};
use crate::render::quote;

/// Tables on their way, by their names.
#[derive(Debug)]
pub(super) struct Assembly<'a> {
    facts: &'a ServerFacts,
    database: &'a str,
    /// The wanted names. A server may find names of another case too.
    wanted: BTreeSet<String>,
    tables: BTreeMap<String, Table>,
    /// The checks that stand with a column (MariaDB), by table and column.
    column_checks: BTreeMap<(String, String), String>,
    indexes: BTreeMap<(String, String), Parts>,
    foreign_keys: BTreeMap<(String, String), (ReferentialAction, ReferentialAction)>,
    links: BTreeMap<(String, String), ForeignKey>,
    /// The tables that the server did not open when it was asked for them.
    unopened: BTreeSet<String>,
    /// The views whose text the catalog did not tell.
    hidden_views: Vec<String>,
    /// Whether the columns were just read.
    has_columns: bool,
    /// The columns whose default `SHOW CREATE TABLE` tells.
    unread: BTreeMap<String, BTreeSet<String>>,
}

impl<'a> Assembly<'a> {
    pub(super) fn new(facts: &'a ServerFacts, database: &'a str, names: &[&str]) -> Self {
        let mut assembly = Self {
            facts,
            database,
            wanted: BTreeSet::new(),
            tables: BTreeMap::new(),
            column_checks: BTreeMap::new(),
            indexes: BTreeMap::new(),
            foreign_keys: BTreeMap::new(),
            links: BTreeMap::new(),
            unopened: BTreeSet::new(),
            hidden_views: Vec::new(),
            has_columns: false,
            unread: BTreeMap::new(),
        };
        assembly.wanted = names.iter().map(|name| assembly.folded(name)).collect();
        assembly
    }

    /// Returns a table's name as this server compares it.
    fn folded(&self, name: &str) -> String {
        if self.facts.folds_table_names {
            name.to_lowercase()
        } else {
            name.to_owned()
        }
    }

    /// Returns the name of the table that a row belongs to, if it is a wanted one.
    fn relation(&self, row: &MySqlRow) -> Result<Option<String>, ReadError> {
        let name = self.folded(&cell::<String>(row, "relation")?);
        Ok(self.tables.contains_key(&name).then_some(name))
    }

    /// Adds a table. Where a plan could mistreat it, an unsupported part keeps the whole table from being altered.
    pub(super) fn table(&mut self, row: &MySqlRow) -> Result<(), ReadError> {
        let name = self.folded(&cell::<String>(row, "name")?);
        if !self.wanted.contains(&name) {
            return Ok(());
        }
        let kind: String = cell(row, "kind")?;
        let mut table = Table::new(TableName::unqualified(name.as_str()));
        match kind.as_str() {
            "BASE TABLE" => {}
            "SYSTEM VERSIONED" => table.whole("it keeps the history of its rows (system versioning)"),
            "VIEW" | "SYSTEM VIEW" => return Err(ReadError::NoTable(format!("{name} is a view"))),
            "SEQUENCE" => return Err(ReadError::NoTable(format!("{name} is a sequence"))),
            other => {
                let other = other.to_ascii_lowercase();
                return Err(ReadError::NoTable(format!("{name} is no table but a {other}")));
            }
        }
        match cell::<Option<String>>(row, "engine")? {
            Some(engine) if engine.eq_ignore_ascii_case("InnoDB") => {}
            Some(engine) => table.whole(&format!("its storage engine is {engine}")),
            None => {
                self.unopened.insert(name.clone());
                table.whole("the server can't open it, or its storage engine is not loaded");
            }
        }
        let options: Option<String> = cell(row, "options")?;
        if options.is_some_and(|options| options.to_ascii_lowercase().contains("partitioned")) {
            table.whole("it is partitioned");
        }
        if let Some(collation) = cell::<Option<String>>(row, "collation")? {
            let collation = charset::normalised(&collation);
            table.options.push(format!("{}={collation}", charset::OPTION));
        }
        table.bytes = cell::<Option<i64>>(row, "bytes")?.and_then(|bytes| u64::try_from(bytes).ok());
        self.tables.insert(name, table);
        Ok(())
    }

    pub(super) fn check(&mut self, row: &MySqlRow) -> Result<(), ReadError> {
        let Some(relation) = self.relation(row)? else {
            return Ok(());
        };
        let name: String = cell(row, "name")?;
        let definition: String = cell(row, "definition")?;
        if cell::<String>(row, "level")?.eq_ignore_ascii_case("Column") {
            self.column_checks.insert((relation, name), definition);
        } else if let Some(table) = self.tables.get_mut(&relation) {
            table.checks.push(Check {
                name: Some(name),
                definition,
                validated: true,
            });
        }
        Ok(())
    }

    pub(super) fn column(&mut self, row: &MySqlRow) -> Result<(), ReadError> {
        let Some(relation) = self.relation(row)? else {
            return Ok(());
        };
        let name: String = cell(row, "name")?;
        let key = (relation.clone(), name.clone());
        let (column, unread) = column(row, name, self.column_checks.get(&key), self.facts)?;
        let table = self.tables.get_mut(&relation).ok_or(ReadError::Moved)?;
        let position: i64 = cell(row, "position")?;
        if usize::try_from(position) != Ok(table.columns.len() + 1) && !table.is_whole() {
            table.whole("this user may not see all of its columns");
        }
        if column.generated.is_some() {
            let object = ObjectName::Column(table.name.clone(), column.name.clone());
            let reason =
                "it is a generated column, which the declared form can't say; it is left as it is".to_owned();
            table.unsupported.push(Unsupported { object, reason });
        } else if unread {
            self.unread
                .entry(relation)
                .or_default()
                .insert(column.name.clone());
        }
        table.columns.push(column);
        self.has_columns = true;
        Ok(())
    }

    /// Returns, each once, the tables that this user may not see, or that someone held for longer than the server
    /// waited: MariaDB tells the one as the other.
    pub(super) fn doubtful(&mut self) -> BTreeSet<String> {
        let mut doubtful = std::mem::take(&mut self.unopened);
        if std::mem::take(&mut self.has_columns) {
            let empty = self.tables.values().filter(|table| table.columns.is_empty());
            doubtful.extend(empty.map(|table| table.name.name.clone()));
        }
        doubtful
    }

    /// Returns the tables of which `SHOW CREATE TABLE` must tell defaults.
    pub(super) fn unread_defaults(&self) -> Vec<String> {
        self.unread.keys().cloned().collect()
    }

    /// Sets the defaults that were not known yet.
    pub(super) fn defaults(&mut self, relation: &str, defaults: &Defaults) -> Result<(), ReadError> {
        let (Some(table), Some(unread)) = (self.tables.get_mut(relation), self.unread.get(relation)) else {
            return Ok(());
        };
        for column in table
            .columns
            .iter_mut()
            .filter(|column| unread.contains(&column.name))
        {
            let text = defaults.get(&column.name).ok_or(ReadError::Moved)?;
            column.default = from_sql(text, &column.type_);
        }
        Ok(())
    }

    pub(super) fn index(&mut self, row: &MySqlRow) -> Result<(), ReadError> {
        let Some(relation) = self.relation(row)? else {
            return Ok(());
        };
        let name: String = cell(row, "name")?;
        self.indexes.entry((relation, name)).or_default().add(row)?;
        Ok(())
    }

    pub(super) fn foreign_key(&mut self, row: &MySqlRow) -> Result<(), ReadError> {
        let Some(relation) = self.relation(row)? else {
            return Ok(());
        };
        let name: String = cell(row, "name")?;
        let rule = |field: &str| -> Result<ReferentialAction, ReadError> {
            let text: String = cell(row, field)?;
            Ok(keys::action(ReferentialAction::parse(&text).unwrap_or_default()))
        };
        let rules = (rule("on_delete")?, rule("on_update")?);
        self.foreign_keys.insert((relation, name), rules);
        Ok(())
    }

    /// Adds a pair of columns to a foreign key, of a wanted table or to one.
    pub(super) fn foreign_key_column(&mut self, row: &MySqlRow) -> Result<(), ReadError> {
        let relation = self.folded(&cell::<String>(row, "relation")?);
        let name: String = cell(row, "name")?;
        let target = self.folded(&cell::<String>(row, "referenced_table")?);
        let database: String = cell(row, "referenced_database")?;
        let references = if self.folded(&database) == self.folded(self.database) {
            TableName::unqualified(target)
        } else {
            TableName::new(database, target)
        };
        let key = self
            .links
            .entry((relation, name.clone()))
            .or_insert_with(|| ForeignKey {
                name: Some(name),
                columns: Vec::new(),
                references,
                referenced_columns: Vec::new(),
                on_delete: ReferentialAction::NoAction,
                on_update: ReferentialAction::NoAction,
                extra: None,
                validated: true,
            });
        key.columns.push(cell(row, "part")?);
        key.referenced_columns.push(cell(row, "referenced_column")?);
        Ok(())
    }

    pub(super) fn attachment(&mut self, row: &MySqlRow) -> Result<(), ReadError> {
        let Some(table) = self.relation(row)?.and_then(|name| self.tables.get_mut(&name)) else {
            return Ok(());
        };
        table.attachments.push(Attachment {
            kind: "trigger".to_owned(),
            name: cell(row, "name")?,
            definition: cell(row, "definition")?,
        });
        Ok(())
    }

    pub(super) fn view(&mut self, row: &MySqlRow) -> Result<(), ReadError> {
        let name: String = cell(row, "name")?;
        match cell::<Option<String>>(row, "definition")? {
            Some(text) if !text.is_empty() => self.view_text(&name, &text),
            _ => self.hidden_views.push(name),
        }
        Ok(())
    }

    /// Adds a view to the tables that its text names.
    pub(super) fn view_text(&mut self, view: &str, text: &str) {
        for table in self.tables.values_mut() {
            if reads(text, self.database, &table.name.name) {
                table.dependents.push(Dependent {
                    kind: "view".to_owned(),
                    name: view.to_owned(),
                    columns: Vec::new(),
                });
            }
        }
    }

    /// Returns the views whose text the catalog did not tell.
    pub(super) fn hidden_views(&mut self) -> Vec<String> {
        std::mem::take(&mut self.hidden_views)
    }

    /// Puts the indexes and foreign keys into their tables, and returns whether all that was read fits together.
    pub(super) fn is_whole(&mut self) -> bool {
        for ((relation, name), parts) in std::mem::take(&mut self.indexes) {
            if let Some(table) = self.tables.get_mut(&relation) {
                parts.put(name, table);
            }
        }
        for ((relation, name), mut key) in std::mem::take(&mut self.links) {
            if key.references.schema.is_none()
                && key.references.name != relation
                && let Some(referenced) = self.tables.get_mut(&key.references.name)
            {
                let columns = key.referenced_columns.clone();
                let name = format!("{name} on {relation}");
                referenced.dependents.push(Dependent {
                    kind: "foreign key".to_owned(),
                    name,
                    columns,
                });
            }
            let Some(table) = self.tables.get_mut(&relation) else {
                continue;
            };
            let Some((on_delete, on_update)) = self.foreign_keys.get(&(relation, name)) else {
                return false;
            };
            (key.on_delete, key.on_update) = (*on_delete, *on_update);
            table.foreign_keys.push(key);
        }
        self.tables.values().all(fits)
    }

    pub(super) fn finish(self) -> Schema {
        self.tables
            .into_values()
            .map(|mut table| {
                if table.columns.is_empty() && !table.is_whole() {
                    table.whole("this user may not see its columns");
                }
                table.dependents.extend(expressions(&table));
                table.dependents.sort();
                schema::simulate::normalised(table)
            })
            .collect()
    }
}

/// Returns whether a table has the columns that its indexes and keys name, or is one that no plan alters anyway.
fn fits(table: &Table) -> bool {
    let named = table
        .indexes
        .iter()
        .flat_map(|index| index.columns.iter().filter_map(|part| part.column.as_deref()))
        .chain(
            table
                .primary_key
                .iter()
                .flat_map(|key| key.columns.iter().map(String::as_str)),
        )
        .chain(
            table
                .foreign_keys
                .iter()
                .flat_map(|key| key.columns.iter().map(String::as_str)),
        );
    let named: Vec<&str> = named.collect();
    table.is_whole() || table.columns.is_empty() || named.iter().all(|name| table.column(name).is_some())
}

/// Returns what of a table needs a column of it by an expression: a generated column, a check. Both servers quote each
/// column in them.
fn expressions(table: &Table) -> Vec<Dependent> {
    let generated = table.columns.iter().filter_map(|column| {
        let text = column.generated.as_deref()?;
        Some(("generated column", column.name.as_str(), text))
    });
    let checks = table.checks.iter().map(|check| {
        let name = check.name.as_deref().unwrap_or_default();
        ("check", name, check.definition.as_str())
    });
    generated
        .chain(checks)
        .map(|(kind, name, text)| Dependent {
            kind: kind.to_owned(),
            name: name.to_owned(),
            columns: table
                .columns
                .iter()
                .filter(|column| text.contains(&quote::identifier(&column.name)))
                .map(|column| column.name.clone())
                .collect(),
        })
        .collect()
}

/// Marks a table as one that no plan alters.
trait Whole {
    fn whole(&mut self, reason: &str);
    fn is_whole(&self) -> bool;
}

impl Whole for Table {
    fn whole(&mut self, reason: &str) {
        let object = ObjectName::Table(self.name.clone());
        let reason = format!("{reason}, which this version does not alter");
        self.unsupported.push(Unsupported { object, reason });
    }

    fn is_whole(&self) -> bool {
        self.unsupported
            .iter()
            .any(|part| matches!(part.object, ObjectName::Table(_)))
    }
}
