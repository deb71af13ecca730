//! Declared tables to the IR: what `inspect` would report once they are made.

pub(crate) mod default;
pub(crate) mod expression;
mod keys;
pub(crate) mod types;

use std::collections::BTreeMap;

use schema::ServerFacts;
use schema::declared::{Column as DeclaredColumn, SqliteTable};
use schema::desired::{Desired, DesiredTable, Facet};
use schema::engine::{DeclaredTable, LowerError};
use schema::ir::{AutoIncrement, Column, Expr, ObjectName, PrimaryKey, Table, TableName, Unsupported};
use schema::simulate::normalised;

use crate::version::Version;

/// Returns the declared tables, or all that is wrong with them.
pub(crate) fn lower(tables: &[DeclaredTable<'_>], facts: &ServerFacts) -> Result<Desired, Vec<LowerError>> {
    let mut desired = Desired::default();
    let mut errors = Vec::new();
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for declared in tables {
        let mut reader = Reader {
            place: declared.place,
            errors: Vec::new(),
            unsupported: Vec::new(),
        };
        if let Some(table) = reader.table(declared, facts) {
            let name = table.table.name.clone();
            if let Some(first) = seen.insert(name.name.to_ascii_lowercase(), declared.place) {
                reader.error(
                    "spec.name",
                    format!("table `{}` is declared twice; the other is in {first}", name.name),
                );
            }
            desired.tables.insert(name, table);
        }
        errors.append(&mut reader.errors);
        desired.unsupported.append(&mut reader.unsupported);
    }
    errors.extend(keys::unmatched(&desired));
    if errors.is_empty() {
        Ok(desired)
    } else {
        Err(errors)
    }
}

/// Reads one table and collects what is wrong with it.
struct Reader<'a> {
    place: &'a str,
    errors: Vec<LowerError>,
    unsupported: Vec<Unsupported>,
}

/// The part of the path of every field that belongs to SQLite.
pub(crate) const ROOT: &str = "spec.schema.sqlite";

impl Reader<'_> {
    fn error(&mut self, field: impl Into<String>, problem: impl Into<String>) {
        self.errors.push(LowerError {
            place: self.place.to_owned(),
            field: field.into(),
            problem: problem.into(),
        });
    }

    /// Reports a name that SQLite can't have or that is not ours to use.
    fn check_name(&mut self, field: &str, name: &str) {
        let lower = name.to_ascii_lowercase();
        if name.is_empty() {
            self.error(field, "the name is empty");
        } else if name.contains('\0') {
            self.error(field, "the name has a NUL character");
        } else if lower.starts_with("sqlite_") {
            self.error(
                field,
                format!("`{name}`: names that start with `sqlite_` are SQLite's own; choose another"),
            );
        } else if lower.starts_with("_chancery_") {
            self.error(
                field,
                format!("`{name}`: names that start with `_chancery_` are Chancery's own; choose another"),
            );
        }
    }

    fn table(&mut self, declared: &DeclaredTable<'_>, facts: &ServerFacts) -> Option<DesiredTable> {
        let spec = declared.spec;
        self.check_name("spec.name", &spec.name);
        let schema = spec.schema.as_ref();
        let Some(section) = schema.and_then(|schema| schema.sqlite.as_ref()) else {
            let found = schema
                .map(schema::declared::EngineSchema::engines)
                .unwrap_or_default();
            let found = if found.is_empty() {
                "it has none".to_owned()
            } else {
                format!("it has {}", found.join(", "))
            };
            self.error(
                "spec.schema",
                format!("the database is SQLite and the table has no `sqlite` section ({found})"),
            );
            return None;
        };
        let name = TableName::unqualified(&spec.name);
        let object = ObjectName::Table(name.clone());
        if !spec.requires.is_empty() {
            let reason = "`requires` names extensions of a database, which SQLite has none of".to_owned();
            self.unsupported.push(Unsupported { object, reason });
        }
        if spec.seed_data.as_ref().is_some_and(|seed| !seed.rows.is_empty()) {
            let reason = "seed data is not written by this version".to_owned();
            self.unsupported.push(Unsupported {
                object: ObjectName::SeedData(name.clone()),
                reason,
            });
        }
        let mut desired = DesiredTable {
            place: self.place.to_owned(),
            table: Table::new(name),
            ..DesiredTable::default()
        };
        if section.is_deleted == Some(true) {
            desired.deleted = true;
            return Some(desired);
        }
        self.strict(section, facts, &mut desired);
        self.columns(section, &mut desired.table);
        self.indexes(section, &mut desired);
        self.foreign_keys(section, &mut desired);
        desired.table = normalised(desired.table);
        Some(desired)
    }

    fn strict(&mut self, section: &SqliteTable, facts: &ServerFacts, desired: &mut DesiredTable) {
        let Some(strict) = section.strict else { return };
        desired.managed.insert(Facet::Option("STRICT".to_owned()));
        if strict {
            if !Version::of(facts).has_strict_tables() {
                self.error(
                    format!("{ROOT}.strict"),
                    format!("{} has no strict tables", facts.label()),
                );
            }
            desired.table.options.push("STRICT".to_owned());
        }
    }

    fn columns(&mut self, section: &SqliteTable, table: &mut Table) {
        if section.columns.is_empty() {
            self.error(
                format!("{ROOT}.columns"),
                "the table has no columns; write at least one, or `isDeleted: true`",
            );
        }
        let strict = table.options.iter().any(|option| option == "STRICT");
        for (at, declared) in section.columns.iter().enumerate() {
            let field = format!("{ROOT}.columns[{at}]");
            if declared.name.is_empty() || declared.name.contains('\0') {
                self.error(
                    format!("{field}.name"),
                    "the name of the column is empty or has a NUL character",
                );
            }
            if table
                .columns
                .iter()
                .any(|column| column.name.eq_ignore_ascii_case(&declared.name))
            {
                self.error(
                    format!("{field}.name"),
                    format!(
                        "column `{}` is declared twice; SQLite's names ignore case",
                        declared.name
                    ),
                );
            }
            let column = self.column(declared, &field, strict);
            table.columns.push(column);
        }
        self.primary_key(section, table);
    }

    fn column(&mut self, declared: &DeclaredColumn, field: &str, strict: bool) -> Column {
        let type_ = types::lower(&declared.type_).unwrap_or_else(|problem| {
            self.error(format!("{field}.type"), problem);
            String::new()
        });
        if strict && !type_.is_empty() && !types::is_strict(&type_) {
            let known = types::STRICT.join(", ");
            self.error(
                format!("{field}.type"),
                format!("`{type_}`: the columns of a strict table are one of {known}"),
            );
        }
        let default = declared
            .default
            .as_ref()
            .and_then(|text| match default::lower(text, &type_) {
                Ok(text) => Some(Expr::new(text)),
                Err(problem) => {
                    self.error(format!("{field}.default"), problem);
                    None
                }
            });
        let numbered = declared
            .attributes
            .and_then(|attributes| attributes.auto_increment)
            == Some(true);
        Column {
            name: declared.name.clone(),
            type_,
            not_null: declared.constraints.and_then(|constraints| constraints.not_null) == Some(true),
            default,
            auto_increment: numbered.then_some(AutoIncrement::Native),
            ..Column::default()
        }
    }

    fn primary_key(&mut self, section: &SqliteTable, table: &mut Table) {
        let field = format!("{ROOT}.primaryKey");
        let columns = self.known_columns(&field, &section.primary_key, table);
        for column in &mut table.columns {
            // `SchemaHero`: columns of the primary key are implicitly not null.
            column.not_null |= columns.contains(&column.name);
        }
        for at in 0..table.columns.len() {
            let column = &table.columns[at];
            if column.auto_increment.is_none() {
                continue;
            }
            let path = format!("{ROOT}.columns[{at}].attributes.autoIncrement");
            if columns.as_slice() != std::slice::from_ref(&column.name) || !types::is_rowid(&column.type_) {
                let name = &column.name;
                let problem = format!(
                    "SQLite numbers only a column of type `integer` that is the whole primary key; `{name}` is not"
                );
                self.error(path, problem);
            } else if column.default.is_some() {
                self.error(path, "a column that SQLite numbers has no default");
            }
        }
        if !columns.is_empty() {
            table.primary_key = Some(PrimaryKey {
                columns,
                ..PrimaryKey::default()
            });
        }
    }

    /// Returns the declared spelling of the columns in a list, and reports those that are not there.
    fn known_columns(&mut self, field: &str, names: &[String], table: &Table) -> Vec<String> {
        let mut known: Vec<String> = Vec::with_capacity(names.len());
        for (at, name) in names.iter().enumerate() {
            match table
                .columns
                .iter()
                .find(|column| column.name.eq_ignore_ascii_case(name))
            {
                None => self.error(
                    format!("{field}[{at}]"),
                    format!("the table has no column `{name}`"),
                ),
                Some(column) if known.contains(&column.name) => {
                    self.error(
                        format!("{field}[{at}]"),
                        format!("column `{name}` is named twice"),
                    );
                }
                Some(column) => known.push(column.name.clone()),
            }
        }
        known
    }
}

#[cfg(test)]
mod tests;
