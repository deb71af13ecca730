//! Declared tables as the catalog would report them.

pub(crate) mod charset;
mod column;
pub(crate) mod default;
pub(crate) mod expression;
pub(crate) mod keys;
pub(crate) mod live;
mod references;
pub(crate) mod types;

use std::collections::BTreeSet;

use schema::ServerFacts;
use schema::declared::{self, MysqlTable, TableSpec};
use schema::desired::{Desired, DesiredTable, Facet};
use schema::engine::{DeclaredTable, LowerError};
use schema::ir::{ObjectName, Table, TableName, Unsupported};

use crate::version;

/// The characters of a name that the server takes (MySQL manual, Identifier Length Limits).
const NAME_CHARACTERS: usize = 64;

/// The beginning of the names of the journal's tables.
const JOURNAL: &str = "_chancery_";

/// Returns the declared tables lowered, or everything that is wrong with them.
pub(crate) fn lower(tables: &[DeclaredTable<'_>], facts: &ServerFacts) -> Result<Desired, Vec<LowerError>> {
    let (mut desired, mut errors) = Desired::collect(tables, |declared, errors, unsupported| {
        let mut lowering = Lowering {
            declared,
            facts,
            errors,
            unsupported,
        };
        lowering.table()
    });
    references::settle(&mut desired);
    references::check(&desired, &mut errors);
    references::check_names(&desired, &mut errors);
    if errors.is_empty() {
        Ok(desired)
    } else {
        Err(errors)
    }
}

/// One table on its way.
struct Lowering<'a> {
    declared: &'a DeclaredTable<'a>,
    facts: &'a ServerFacts,
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

    fn table(&mut self) -> Option<DesiredTable> {
        let spec = self.declared.spec;
        self.name("spec.name", &spec.name);
        if spec.name.to_ascii_lowercase().starts_with(JOURNAL) {
            self.error(
                "spec.name",
                format!("names that begin with `{JOURNAL}` are for Chancery's journal"),
            );
        }
        let Some(declared) = spec.schema.as_ref().and_then(|schema| schema.mysql.as_ref()) else {
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
                format!("the database is MySQL or MariaDB and the table has {has}; add `mysql`"),
            );
            return None;
        };
        let name = self.table_name(&spec.name);
        let mut table = Table::new(name.clone());
        let mut managed = BTreeSet::new();
        let deleted = declared.is_deleted == Some(true);
        if !deleted {
            self.options(declared, &mut table, &mut managed);
            table.columns = self.columns(declared, &name, &mut managed);
            table.primary_key = self.primary_key(declared, &table);
            table.indexes = self.indexes(declared, &table, &mut managed);
            table.foreign_keys = self.foreign_keys(declared, &table, &mut managed);
            keys::add_backing_indexes(&mut table);
            self.check_numbered(declared, &table);
            self.not_handled(spec, &name);
        }
        Some(DesiredTable {
            place: self.declared.place.to_owned(),
            table: schema::simulate::normalised(table),
            deleted,
            managed,
        })
    }

    /// A table of the connection's database has no schema: a plan means the same in any database.
    fn table_name(&self, name: &str) -> TableName {
        if self.facts.folds_table_names {
            TableName::unqualified(name.to_lowercase())
        } else {
            TableName::unqualified(name)
        }
    }

    /// Checks a name (MySQL manual, Schema Object Names and Identifier Length Limits).
    fn name(&mut self, field: &str, name: &str) {
        let characters = name.chars().count();
        if name.is_empty() {
            self.error(field, "the name is empty");
        } else if name.contains('\0') {
            self.error(field, "the name holds a NUL character");
        } else if characters > NAME_CHARACTERS {
            self.error(
                field,
                format!(
                    "the name has {characters} characters and the server takes {NAME_CHARACTERS}; shorten it"
                ),
            );
        } else if name.ends_with(' ') {
            self.error(field, "the name ends with a blank, which the server refuses");
        } else if name.chars().any(|character| character > '\u{ffff}') {
            self.error(
                field,
                "the name holds a character beyond U+FFFF, which the server refuses",
            );
        }
    }

    /// The collation of the table. Without one the database's counts, for a table that is made.
    fn options(&mut self, declared: &MysqlTable, table: &mut Table, managed: &mut BTreeSet<Facet>) {
        let field = "spec.schema.mysql";
        let declared = self.collation(
            field,
            ("defaultCharset", declared.default_charset.as_deref()),
            declared.collation.as_deref(),
        );
        if declared.is_some() {
            managed.insert(Facet::Option(charset::OPTION.to_owned()));
        }
        let collation = declared.unwrap_or_else(|| self.default_collation());
        table.options.push(charset::option(&collation));
    }

    fn default_collation(&self) -> String {
        let own = self.facts.default_collation.as_deref();
        charset::normalised(own.unwrap_or_else(|| version::collation_as_it_comes(self.facts)))
    }

    /// Returns the collation that a character set and a collation ask for, with what only the server knows left open
    /// ([`charset::PLACEHOLDER`]); `None` if neither is declared.
    fn collation(
        &mut self,
        field: &str,
        (charset_field, charset): (&str, Option<&str>),
        collation: Option<&str>,
    ) -> Option<String> {
        let charset = self.charset_word(&format!("{field}.{charset_field}"), charset);
        let collation = self.charset_word(&format!("{field}.collation"), collation);
        match (charset, collation) {
            (None, None) => None,
            (None, Some(collation)) => Some(collation),
            (Some(charset), None) => Some(format!("{}{charset}", charset::PLACEHOLDER)),
            (Some(charset), Some(collation)) => {
                Some(format!("{}{charset}:{collation}", charset::PLACEHOLDER))
            }
        }
    }

    /// Reads the name of a character set or collation, which goes into SQL without quotes.
    fn charset_word(&mut self, field: &str, word: Option<&str>) -> Option<String> {
        let word = word.filter(|word| !word.is_empty())?;
        if word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        {
            return Some(charset::normalised(word));
        }
        let word = word.escape_default();
        self.error(field, format!("`{word}` is no word of letters, digits and `_`"));
        None
    }

    /// Reports what is declared and has no effect.
    fn not_handled(&mut self, spec: &TableSpec, table: &TableName) {
        let mut report = |object, reason: &str| {
            self.unsupported.push(Unsupported {
                object,
                reason: reason.to_owned(),
            });
        };
        if spec.seed_data.as_ref().is_some_and(|seed| !seed.rows.is_empty()) {
            report(
                ObjectName::SeedData(table.clone()),
                "seed data is not handled by this version",
            );
        }
        if !spec.requires.is_empty() {
            let reason = "`requires` names extensions of Postgres; MySQL and MariaDB have none";
            report(ObjectName::Table(table.clone()), reason);
        }
    }
}
