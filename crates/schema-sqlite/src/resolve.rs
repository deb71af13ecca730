//! Settles what is written differently and means the same: SQLite's names ignore case, and its catalog keeps types and
//! defaults as someone wrote them.

use std::collections::BTreeMap;

use schema::desired::{Desired, DesiredTable, Facet};
use schema::engine::LowerError;
use schema::ir::{Column, Expr, IndexOrigin, Schema, Table};
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

use crate::lexer::{Kind, same_expression, tokens};
use crate::lower::types::{self, Affinity};
use crate::render::column::{default_value, is_plain_default};
use crate::render::quote::identifier;

/// Gives the desired tables the spelling of the live ones, for everything that is the same but for that.
pub(crate) fn settle(desired: &mut Desired, live: &Schema) {
    for table in desired.tables.values_mut().filter(|table| !table.deleted) {
        if let Some(old) = live.table(&table.table.name) {
            spell(table, old);
            for column in &mut table.table.columns {
                if let Some(old) = old.column(&column.name) {
                    settle_column(column, old);
                }
            }
            settle_unique_names(table, old);
        }
    }
}

fn spell(desired: &mut DesiredTable, live: &Table) {
    let own = desired.table.name.clone();
    let spelled: BTreeMap<String, String> = live
        .columns
        .iter()
        .map(|column| (column.name.to_ascii_lowercase(), column.name.clone()))
        .collect();
    let column = |name: &mut String| {
        if let Some(live) = spelled.get(&name.to_ascii_lowercase()) {
            name.clone_from(live);
        }
    };
    let table = &mut desired.table;
    table.columns.iter_mut().for_each(|it| column(&mut it.name));
    table
        .primary_key
        .iter_mut()
        .flat_map(|key| &mut key.columns)
        .for_each(column);
    table
        .indexes
        .iter_mut()
        .flat_map(|it| &mut it.columns)
        .filter_map(|it| it.column.as_mut())
        .for_each(column);
    for index in &mut table.indexes {
        let same = live
            .indexes
            .iter()
            .find(|old| old.name.eq_ignore_ascii_case(&index.name));
        if let Some(old) = same.filter(|old| old.name != index.name) {
            if desired.managed.remove(&Facet::IndexName(index.name.clone())) {
                desired.managed.insert(Facet::IndexName(old.name.clone()));
            }
            index.name.clone_from(&old.name);
        }
    }
    for key in &mut table.foreign_keys {
        key.columns.iter_mut().for_each(column);
        if key.references == own {
            key.referenced_columns.iter_mut().for_each(column);
        }
        let folded = |names: &[String]| {
            names
                .iter()
                .map(|name| name.to_ascii_lowercase())
                .collect::<Vec<_>>()
        };
        let same = live.foreign_keys.iter().find(|old| {
            old.columns == key.columns
                && old.references.name.eq_ignore_ascii_case(&key.references.name)
                && folded(&old.referenced_columns) == folded(&key.referenced_columns)
        });
        if let Some(old) = same {
            key.references.clone_from(&old.references);
            key.referenced_columns.clone_from(&old.referenced_columns);
        }
    }
}

fn settle_column(column: &mut Column, live: &Column) {
    let untyped = live.type_.is_empty() && Affinity::of(&column.type_) == Affinity::Blob;
    if types::same(&column.type_, &live.type_) || untyped {
        column.type_.clone_from(&live.type_);
    }
    let same = match (&column.default, &live.default) {
        (Some(declared), Some(live)) => same_default(&declared.text, &live.text, &column.type_),
        // A column without a default has NULL.
        (Some(one), None) | (None, Some(one)) => one.text.eq_ignore_ascii_case("NULL"),
        (None, None) => true,
    };
    if same {
        column.default.clone_from(&live.default);
    }
}

/// Returns whether two defaults are the same. For a text column a declared default is a literal; where the live one is
/// an expression of just that text, it was meant. A number and its text are the same in a column that makes numbers of
/// texts, which is how `SchemaHero` wrote them.
fn same_default(declared: &str, live: &str, type_: &str) -> bool {
    if same_expression(declared, live) {
        return true;
    }
    let content = |text: &str| match tokens(text).as_deref() {
        Ok([token]) => token.content(),
        _ => None,
    };
    let is_number = |text: &str| match tokens(text).as_deref() {
        Ok([token] | [_, token]) => token.kind == Kind::Number,
        _ => false,
    };
    match (content(declared), content(live)) {
        (Some(declared), None) if Affinity::of(type_).is_numeric() => {
            is_number(live) && same_expression(&declared, live)
        }
        // A number in a column of texts is stored as a text, which is the same one where it is written plainly.
        (Some(declared), None) if is_number(live) => {
            declared == live
                && live.bytes().all(|byte| byte.is_ascii_digit())
                && (live == "0" || !live.starts_with('0'))
        }
        (Some(declared), None) => same_expression(&declared, live),
        (None, Some(live)) => {
            Affinity::of(type_).is_numeric() && is_number(declared) && same_expression(declared, &live)
        }
        _ => false,
    }
}

/// The name of a unique constraint means nothing in SQLite: an index that is declared with one, and stands behind a
/// constraint, is not made anew for it.
fn settle_unique_names(desired: &mut DesiredTable, live: &Table) {
    for index in desired.table.indexes.iter().filter(|index| index.unique) {
        let same = |origin: IndexOrigin| {
            live.indexes
                .iter()
                .any(|old| old.unique && old.origin == origin && old.column_names() == index.column_names())
        };
        if same(IndexOrigin::UniqueConstraint) && !same(IndexOrigin::Index) {
            desired.managed.remove(&Facet::IndexName(index.name.clone()));
        }
    }
}

/// A default that SQLite is asked about before a plan is made of it.
struct Probe<'a> {
    table: &'a DesiredTable,
    column: &'a Column,
    default: &'a Expr,
}

/// Returns the defaults that SQLite refuses, of those that differ from the live ones. They are tried in a database of
/// their own in memory; nothing is asked when none differs.
pub(crate) async fn refused(desired: &Desired, live: &Schema) -> Result<Vec<LowerError>, sqlx::Error> {
    let probes: Vec<Probe<'_>> = desired
        .tables
        .values()
        .flat_map(|table| probes(table, live))
        .collect();
    if probes.is_empty() {
        return Ok(Vec::new());
    }
    let mut memory = SqliteConnection::connect("sqlite::memory:").await?;
    let mut errors = Vec::new();
    for Probe {
        table,
        column,
        default,
    } in probes
    {
        let (name, value) = (identifier(&column.name), default_value(&default.text));
        let create = format!("CREATE TABLE \"probe\" ({name} {} DEFAULT {value})", column.type_);
        // A function that doesn't exist shows only where a row is made; EXPLAIN makes none.
        let statements = [
            create,
            "EXPLAIN INSERT INTO \"probe\" DEFAULT VALUES".to_owned(),
            "DROP TABLE \"probe\"".to_owned(),
        ];
        for sql in statements {
            if let Err(error) = sqlx::query(AssertSqlSafe(sql))
                .persistent(false)
                .execute(&mut memory)
                .await
            {
                let problem = format!(
                    "SQLite refuses `{}`: {}",
                    default.text,
                    crate::error::reason(&error)
                );
                let field = format!("{}.columns[name={}].default", crate::lower::ROOT, column.name);
                errors.push(LowerError {
                    place: table.place.clone(),
                    field,
                    problem,
                });
                sqlx::query("DROP TABLE IF EXISTS \"probe\"")
                    .execute(&mut memory)
                    .await?;
                break;
            }
        }
    }
    memory.close().await?;
    Ok(errors)
}

fn probes<'a>(table: &'a DesiredTable, live: &Schema) -> Vec<Probe<'a>> {
    let old = live.table(&table.table.name);
    let differs = |column: &Column| {
        old.and_then(|old| old.column(&column.name))
            .is_none_or(|old| old.default != column.default)
    };
    table
        .table
        .columns
        .iter()
        .filter(|column| differs(column))
        .filter_map(|column| {
            column.default.as_ref().map(|default| Probe {
                table,
                column,
                default,
            })
        })
        .filter(|probe| !is_plain_default(&probe.default.text))
        .collect()
}

#[cfg(test)]
mod tests;
