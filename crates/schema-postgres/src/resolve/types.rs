//! What only the server can say of names: its types, schemas and index methods.

use std::collections::{BTreeMap, BTreeSet};

use schema::desired::{Desired, DesiredTable};
use schema::engine::{Resolution, SessionError};
use schema::ir::Schema;
use sqlx::Row;

use super::{declared, error, unreadable};
use crate::error::reason;
use crate::lower::types::{self, Kind};
use crate::probe::Failure;
use crate::session::PostgresSession;

/// A schema that is not there is an error before any step: this version makes none.
pub(super) async fn check_schemas(
    session: &mut PostgresSession,
    desired: &Desired,
    live: &Schema,
    resolution: &mut Resolution,
) -> Result<(), SessionError> {
    let new: Vec<&DesiredTable> = declared(desired)
        .filter(|table| live.table(&table.table.name).is_none())
        .collect();
    let names: BTreeSet<&str> = new
        .iter()
        .filter_map(|table| table.table.name.schema.as_deref())
        .collect();
    let known = session.facts.default_schema.clone();
    let names: Vec<&str> = names
        .into_iter()
        .filter(|name| known.as_deref() != Some(*name))
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    let query = "SELECT name FROM unnest($1::text[]) AS name \
                  WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = name)";
    for row in session
        .own("looking for schemas", sqlx::query(query).bind(&names))
        .await?
    {
        let missing: String = row.try_get("name").map_err(|error| unreadable(session, &error))?;
        let tables = new
            .iter()
            .filter(|table| table.table.name.schema.as_ref() == Some(&missing));
        let problem = format!("there is no schema `{missing}` in the database; create it first");
        let errors = tables.map(|table| error(table, "spec.schema.postgres.schema", problem.clone()));
        resolution.errors.extend(errors);
    }
    Ok(())
}

pub(super) async fn check_methods(
    session: &mut PostgresSession,
    desired: &Desired,
    live: &Schema,
    resolution: &mut Resolution,
) -> Result<(), SessionError> {
    let known: BTreeSet<&str> = live
        .tables
        .values()
        .flat_map(|table| &table.indexes)
        .filter_map(|index| index.method.as_deref())
        .chain(["btree"])
        .collect();
    let asked: Vec<(&DesiredTable, &str, &str)> = declared(desired)
        .flat_map(|table| table.table.indexes.iter().map(move |index| (table, index)))
        .filter_map(|(table, index)| Some((table, index.name.as_str(), index.method.as_deref()?)))
        .filter(|(_, _, method)| !known.contains(method))
        .collect();
    if asked.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = asked.iter().map(|(_, _, method)| *method).collect();
    let query =
        "SELECT amname::text AS name FROM pg_catalog.pg_am WHERE amtype = 'i' AND amname = ANY ($1::text[])";
    let rows = session
        .own("looking for index methods", sqlx::query(query).bind(&names))
        .await?;
    let there: BTreeSet<String> = rows.iter().filter_map(|row| row.try_get("name").ok()).collect();
    for (table, index, method) in asked
        .into_iter()
        .filter(|(_, _, method)| !there.contains(*method))
    {
        let field = format!("spec.schema.postgres.indexes ({index}).type");
        resolution.errors.push(error(
            table,
            field,
            format!("the server has no index method `{method}`"),
        ));
    }
    Ok(())
}

/// Writes each type that only the server knows as the catalog does.
pub(super) async fn settle(
    session: &mut PostgresSession,
    desired: &mut Desired,
    live: &Schema,
    resolution: &mut Resolution,
) -> Result<(), SessionError> {
    let is_open = |table: &DesiredTable, name: &str, type_: &str| {
        let old = live.table(&table.table.name).and_then(|old| old.column(name));
        old.is_none_or(|old| old.type_ != type_)
            && types::parse(type_).is_ok_and(|parsed| parsed.kind == Kind::Named)
    };
    let mut answers: BTreeMap<String, Result<String, String>> = BTreeMap::new();
    for table in declared(desired) {
        for column in table
            .table
            .columns
            .iter()
            .filter(|column| is_open(table, &column.name, &column.type_))
        {
            answers
                .entry(column.type_.clone())
                .or_insert_with(|| Err(String::new()));
        }
    }
    for (type_, answer) in &mut answers {
        *answer = canonical_type(session, type_).await?;
    }
    for table in desired.tables.values_mut().filter(|table| !table.deleted) {
        for at in 0..table.table.columns.len() {
            let column = &table.table.columns[at];
            if !is_open(table, &column.name, &column.type_) {
                continue;
            }
            match answers.get(&column.type_) {
                Some(Ok(text)) => table.table.columns[at].type_.clone_from(text),
                Some(Err(problem)) => {
                    let field = format!("spec.schema.postgres.columns[{at}].type");
                    resolution.errors.push(error(table, field, problem));
                }
                None => {}
            }
        }
    }
    Ok(())
}

/// Returns the catalog's text of a type, or what is wrong with it.
async fn canonical_type(
    session: &mut PostgresSession,
    type_: &str,
) -> Result<Result<String, String>, SessionError> {
    let base = match (type_.find('('), type_.rfind(')')) {
        (Some(open), Some(close)) if open < close => format!("{}{}", &type_[..open], &type_[close + 1..]),
        _ => type_.to_owned(),
    };
    let query = "SELECT t.typtype::text AS kind, \
                        CASE WHEN e.typnamespace = 'pg_catalog'::regnamespace OR NOT pg_catalog.pg_type_is_visible(e.oid) \
                             THEN pg_catalog.format_type(t.oid, NULL) \
                             ELSE pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.format_type(t.oid, NULL) \
                        END AS text \
                   FROM pg_catalog.pg_type t \
                   JOIN pg_catalog.pg_type e \
                     ON e.oid = CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END \
                   JOIN pg_catalog.pg_namespace n ON n.oid = e.typnamespace \
                  WHERE t.oid = pg_catalog.to_regtype($1)";
    let unknown = || format!("the server knows no type `{type_}`; create it, or its extension, first");
    let rows = session
        .own("looking for a type", sqlx::query(query).bind(&base))
        .await?;
    let Some(row) = rows.first() else {
        return Ok(Err(unknown()));
    };
    let kind: String = row.try_get("kind").map_err(|error| unreadable(session, &error))?;
    let text: String = row.try_get("text").map_err(|error| unreadable(session, &error))?;
    if kind == "p" {
        return Ok(Err(format!("`{type_}` is a pseudo-type; no column can have it")));
    }
    if base == type_ {
        return Ok(Ok(text));
    }
    // Only the type itself knows how its modifiers are printed.
    let explained = session.explain(&[format!("NULL::{type_}")]).await;
    match explained {
        Ok(outputs) => {
            let printed = outputs
                .first()
                .and_then(|output| output.find('(').map(|open| output[open..].to_owned()));
            let plain = text.strip_suffix("[]").unwrap_or(&text);
            Ok(Ok(printed.map_or_else(
                || text.clone(),
                |modifiers| format!("{plain}{modifiers}"),
            )))
        }
        Err(Failure::Refused(failure)) => Ok(Err(format!("type `{type_}`: {}", reason(&failure)))),
        Err(Failure::Session(error)) => Err(error),
    }
}
