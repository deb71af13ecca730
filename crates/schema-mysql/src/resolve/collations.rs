//! Settles collations: the server's name for each, its default for a character set, and what a table that is there has
//! where its manifest is silent.

use std::collections::{BTreeMap, BTreeSet};

use schema::desired::{Desired, DesiredTable, Facet};
use schema::engine::{Resolution, SessionError};
use schema::ir::{Schema, Table};
use sqlx::mysql::MySqlRow;

use super::error;
use crate::catalog::cell;
use crate::lower::{charset, types};
use crate::session::MysqlSession;
use crate::version;

/// What the server has.
#[derive(Debug, Default)]
struct Known {
    /// Character sets with their default collations.
    charsets: BTreeMap<String, String>,
    /// Collations with the character set of each.
    collations: BTreeMap<String, BTreeSet<String>>,
}

/// Settles the collations of all declared tables.
pub(super) async fn settle(
    session: &mut MysqlSession,
    desired: &mut Desired,
    live: &Schema,
    resolution: &mut Resolution,
) -> Result<(), SessionError> {
    let is_declared = desired.tables.values().any(|table| {
        table
            .managed
            .iter()
            .any(|facet| matches!(facet, Facet::Option(_) | Facet::ColumnCollation(_)))
    });
    // What no manifest sets is what the server said itself.
    if is_declared {
        let known = read(session).await?;
        for table in desired.tables.values_mut().filter(|table| !table.deleted) {
            declared(table, &known, resolution);
        }
    }
    for table in desired.tables.values_mut().filter(|table| !table.deleted) {
        if let Some(live) = live.table(&table.table.name) {
            silent(table, live);
        }
    }
    Ok(())
}

async fn read(session: &mut MysqlSession) -> Result<Known, SessionError> {
    let doing = "reading the server's character sets";
    let mut known = Known::default();
    let query = "SELECT CONVERT(CHARACTER_SET_NAME USING utf8mb4) AS charset, \
                        CONVERT(DEFAULT_COLLATE_NAME USING utf8mb4) AS collation \
                   FROM information_schema.CHARACTER_SETS";
    for row in &session.own(doing, sqlx::query(query)).await? {
        if let Some((charset, collation)) = pair(row) {
            known.charsets.insert(charset, collation);
        }
    }
    let query = if version::has_full_collation_names(&session.facts) {
        "SELECT CONVERT(CHARACTER_SET_NAME USING utf8mb4) AS charset, \
                CONVERT(FULL_COLLATION_NAME USING utf8mb4) AS collation \
           FROM information_schema.COLLATION_CHARACTER_SET_APPLICABILITY"
    } else {
        "SELECT CONVERT(CHARACTER_SET_NAME USING utf8mb4) AS charset, \
                CONVERT(COLLATION_NAME USING utf8mb4) AS collation \
           FROM information_schema.COLLATION_CHARACTER_SET_APPLICABILITY"
    };
    for row in &session.own(doing, sqlx::query(query)).await? {
        if let Some((charset, collation)) = pair(row) {
            known.collations.entry(collation).or_default().insert(charset);
        }
    }
    Ok(known)
}

fn pair(row: &MySqlRow) -> Option<(String, String)> {
    let text = |field| cell::<Option<String>>(row, field).ok().flatten();
    Some((
        charset::normalised(&text("charset")?),
        charset::normalised(&text("collation")?),
    ))
}

/// A character set or collation that can't be had: which of the two it is, and why.
struct Unknown {
    is_charset: bool,
    problem: String,
}

impl Known {
    /// Returns the collation that a declared text stands for.
    fn collation(&self, text: &str) -> Result<String, Unknown> {
        let Some(placeholder) = text.strip_prefix(charset::PLACEHOLDER) else {
            return self.named(text).map(|(name, _)| name);
        };
        let (charset, collation) = match placeholder.split_once(':') {
            Some((charset, collation)) => (charset, Some(collation)),
            None => (placeholder, None),
        };
        let default = self.charsets.get(charset).ok_or_else(|| Unknown {
            is_charset: true,
            problem: format!("the server has no character set `{charset}`"),
        })?;
        let Some(collation) = collation else {
            return Ok(default.clone());
        };
        let (name, charsets) = self.named(collation)?;
        if charsets.contains(charset) {
            return Ok(name);
        }
        let problem = format!("`{collation}` is no collation of character set `{charset}`");
        Err(Unknown {
            is_charset: false,
            problem,
        })
    }

    fn named(&self, collation: &str) -> Result<(String, &BTreeSet<String>), Unknown> {
        self.collations
            .get(collation)
            .map(|charsets| (collation.to_owned(), charsets))
            .ok_or_else(|| Unknown {
                is_charset: false,
                problem: format!("the server has no collation `{collation}`"),
            })
    }
}

/// Puts the server's collations in the place of what a manifest declares.
fn declared(table: &mut DesiredTable, known: &Known, resolution: &mut Resolution) {
    let option = charset::of_options(&table.table.options).map(str::to_owned);
    let is_managed = table.managed.contains(&Facet::Option(charset::OPTION.to_owned()));
    if let Some(text) = option.as_deref().filter(|_| is_managed) {
        match known.collation(text) {
            Ok(collation) => set_option(&mut table.table, &collation),
            Err(unknown) => {
                let field = if unknown.is_charset {
                    "defaultCharset"
                } else {
                    "collation"
                };
                let field = format!("spec.schema.mysql.{field}");
                resolution.errors.push(error(table, field, unknown.problem));
            }
        }
    }
    let mut errors = Vec::new();
    for (at, column) in table.table.columns.iter_mut().enumerate() {
        let facet = Facet::ColumnCollation(column.name.clone());
        let Some(text) = column
            .collation
            .clone()
            .filter(|_| table.managed.contains(&facet))
        else {
            continue;
        };
        match known.collation(&text) {
            Ok(collation) => column.collation = Some(collation),
            // It was said of the table, whose collation the column has.
            Err(_) if is_managed && Some(&text) == option.as_ref() => {}
            Err(unknown) => {
                let field = if unknown.is_charset {
                    "charset"
                } else {
                    "collation"
                };
                errors.push((
                    format!("spec.schema.mysql.columns[{at}].{field}"),
                    unknown.problem,
                ));
            }
        }
    }
    let errors = errors
        .into_iter()
        .map(|(field, problem)| error(table, field, problem));
    resolution.errors.extend(errors);
}

fn set_option(table: &mut Table, collation: &str) {
    table
        .options
        .retain(|option| charset::of_options(std::slice::from_ref(option)).is_none());
    table.options.push(charset::option(collation));
}

/// Takes from a table that is there what its manifest leaves open: its collation, which a new column gets too, and one
/// that was of another kind.
fn silent(table: &mut DesiredTable, live: &Table) {
    let own = charset::of_options(&live.options);
    if let Some(own) = own
        && !table.managed.contains(&Facet::Option(charset::OPTION.to_owned()))
    {
        set_option(&mut table.table, own);
    }
    for column in &mut table.table.columns {
        let facet = Facet::ColumnCollation(column.name.clone());
        if table.managed.contains(&facet) {
            continue;
        }
        let old = live.column(&column.name);
        if old.is_some_and(|old| old.generated.is_some()) {
            continue;
        }
        let is_text = types::kind(&column.type_).has_collation();
        let kept = old.and_then(|old| old.collation.as_deref());
        column.collation = match (is_text, kept, own) {
            (false, ..) => None,
            (true, Some(kept), _) => Some(kept.to_owned()),
            (true, None, Some(own)) => Some(own.to_owned()),
            (true, None, None) => column.collation.clone(),
        };
        if old.is_some_and(|old| old.collation != column.collation) {
            // The kind of the column changes, so what it had is not what it keeps.
            table.managed.insert(facet);
        }
    }
}
