//! Declared tables as the catalog would report them.

pub(crate) mod default;
pub(crate) mod expression;
mod keys;
pub(crate) mod types;

use std::collections::BTreeSet;

use schema::ServerFacts;
use schema::declared::{self, PostgresTable, TableSpec};
use schema::desired::{Desired, DesiredTable};
use schema::engine::{DeclaredTable, LowerError};
use schema::ir::{AutoIncrement, Column, ObjectName, Table, TableName, Unsupported};

pub(crate) use self::keys::object_name;

/// The bytes of a name that the server keeps (NAMEDATALEN - 1); it cuts the rest off without an error.
const NAME_BYTES: usize = 63;

/// The beginning of the names of objects that exist only while a plan runs.
pub(crate) const TEMPORARY: &str = schema::desired::TEMPORARY_CHECKS;

/// Returns the declared tables lowered, or everything that is wrong with them.
pub(crate) fn lower(tables: &[DeclaredTable<'_>], facts: &ServerFacts) -> Result<Desired, Vec<LowerError>> {
    let (mut desired, mut errors) = Desired::collect(tables, |declared, errors, unsupported| {
        let mut lowering = Lowering {
            declared,
            errors,
            unsupported,
        };
        lowering.table(facts)
    });
    keys::settle_references(&mut desired);
    keys::check_references(&desired, &mut errors);
    keys::check_names(&desired, &mut errors);
    if errors.is_empty() {
        Ok(desired)
    } else {
        Err(errors)
    }
}

/// One table on its way.
struct Lowering<'a> {
    declared: &'a DeclaredTable<'a>,
    errors: &'a mut Vec<LowerError>,
    unsupported: &'a mut Vec<Unsupported>,
}

impl Lowering<'_> {
    fn error(&mut self, field: impl Into<String>, problem: impl Into<String>) {
        let place = self.declared.place.to_owned();
        self.errors.push(LowerError {
            place,
            field: field.into(),
            problem: problem.into(),
        });
    }

    fn table(&mut self, facts: &ServerFacts) -> Option<DesiredTable> {
        let spec = self.declared.spec;
        self.name("spec.name", &spec.name);
        let Some(declared) = spec.schema.as_ref().and_then(|schema| schema.postgres.as_ref()) else {
            let sections = spec
                .schema
                .as_ref()
                .map(declared::EngineSchema::engines)
                .unwrap_or_default();
            let has = if sections.is_empty() {
                "nothing".to_owned()
            } else {
                sections.join(", ")
            };
            self.error(
                "spec.schema",
                format!("the database is Postgres and the table has {has}; add `postgres`"),
            );
            return None;
        };
        let name = self.table_name(spec, declared, facts)?;
        let mut table = Table::new(name.clone());
        let mut managed = BTreeSet::new();
        let deleted = declared.is_deleted == Some(true);
        if !deleted {
            table.columns = self.columns(declared, &name);
            table.primary_key = self.primary_key(declared, &table);
            table.indexes = self.indexes(declared, &table, &mut managed);
            table.foreign_keys = self.foreign_keys(declared, &table, &mut managed);
            self.not_handled(spec, declared, &name);
        }
        Some(DesiredTable {
            place: self.declared.place.to_owned(),
            table: schema::simulate::normalised(table),
            deleted,
            managed,
        })
    }

    fn table_name(
        &mut self,
        spec: &TableSpec,
        declared: &PostgresTable,
        facts: &ServerFacts,
    ) -> Option<TableName> {
        let field = "spec.schema.postgres.schema";
        let Some(schema) = declared.schema.as_ref().or(facts.default_schema.as_ref()) else {
            self.error(
                field,
                "no schema of the connection's search_path exists; name the schema here",
            );
            return None;
        };
        if declared.schema.is_some() {
            self.name(field, schema);
        }
        if schema.starts_with("pg_") || schema == "information_schema" || schema == crate::journal::SCHEMA {
            self.error(field, format!("the schema `{schema}` is not for tables of yours"));
        }
        Some(TableName::new(schema, &spec.name))
    }

    /// Checks a name: the server would cut a long one in silence, and then it is another name at the next plan.
    fn name(&mut self, field: &str, name: &str) {
        if name.is_empty() {
            self.error(field, "the name is empty");
        } else if name.contains('\0') {
            self.error(field, "the name holds a NUL character");
        } else if name.len() > NAME_BYTES {
            let bytes = name.len();
            self.error(
                field,
                format!("the name has {bytes} bytes and Postgres keeps {NAME_BYTES}; shorten it"),
            );
        } else if name.starts_with(TEMPORARY) {
            self.error(
                field,
                format!("names that begin with `{TEMPORARY}` are for objects of a running plan"),
            );
        }
    }

    fn columns(&mut self, declared: &PostgresTable, table: &TableName) -> Vec<Column> {
        if declared.columns.is_empty() {
            self.error(
                "spec.schema.postgres.columns",
                "the table has no columns; to drop it, write isDeleted: true",
            );
        }
        let mut seen = BTreeSet::new();
        let mut columns = Vec::with_capacity(declared.columns.len());
        for (at, column) in declared.columns.iter().enumerate() {
            let field = format!("spec.schema.postgres.columns[{at}]");
            self.name(&format!("{field}.name"), &column.name);
            if !seen.insert(&column.name) {
                self.error(
                    format!("{field}.name"),
                    format!("column `{}` is declared twice", column.name),
                );
            }
            if column
                .attributes
                .is_some_and(|attributes| attributes.auto_increment == Some(true))
            {
                let reason = "`autoIncrement` has no effect on Postgres; write the type serial or bigserial";
                let object = ObjectName::Column(table.clone(), column.name.clone());
                self.unsupported.push(Unsupported {
                    object,
                    reason: reason.to_owned(),
                });
            }
            let in_key = declared.primary_key.contains(&column.name);
            columns.extend(self.column(&field, column, in_key));
        }
        columns
    }

    fn column(&mut self, field: &str, column: &declared::Column, in_key: bool) -> Option<Column> {
        let parsed = match types::parse(&column.type_) {
            Ok(parsed) => parsed,
            Err(problem) => {
                self.error(format!("{field}.type"), problem);
                return None;
            }
        };
        let mut default = None;
        if let Some(declared) = &column.default {
            if parsed.serial {
                self.error(
                    format!("{field}.default"),
                    "a serial column has its sequence as the default; remove one",
                );
            } else {
                match default::lower(&parsed, declared) {
                    Ok(lowered) => default = lowered,
                    Err(problem) => self.error(format!("{field}.default"), problem),
                }
            }
        }
        let not_null = column.constraints.and_then(|constraints| constraints.not_null) == Some(true);
        Some(Column {
            name: column.name.clone(),
            type_: parsed.text,
            // `serial` makes the column NOT NULL, as a primary key does.
            not_null: not_null || in_key || parsed.serial,
            default,
            auto_increment: parsed.serial.then_some(AutoIncrement::Serial),
            ..Column::default()
        })
    }

    /// Reports what is declared and has no effect.
    fn not_handled(&mut self, spec: &TableSpec, declared: &PostgresTable, table: &TableName) {
        let mut report = |object, reason: &str| {
            self.unsupported.push(Unsupported {
                object,
                reason: reason.to_owned(),
            });
        };
        for trigger in declared.triggers.iter().chain(&declared.json_triggers) {
            let name = trigger
                .name
                .clone()
                .unwrap_or_else(|| "without a name".to_owned());
            report(
                ObjectName::Trigger(table.clone(), name),
                "triggers are not handled by this version",
            );
        }
        if spec.seed_data.as_ref().is_some_and(|seed| !seed.rows.is_empty()) {
            report(
                ObjectName::SeedData(table.clone()),
                "seed data is not handled by this version",
            );
        }
        if !spec.requires.is_empty() {
            let reason = "`requires` is not handled by this version: the extensions must be there already";
            report(ObjectName::Table(table.clone()), reason);
        }
    }
}
