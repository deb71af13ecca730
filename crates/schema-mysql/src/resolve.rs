//! Settles what only the server can say: which collation a character set has by default, which collations there are,
//! and what a default means.
//!
//! A default is compared in steps, and each step asks only for what the one before left: the same text; the same
//! tokens; then the text that the server itself prints of it, read back from a temporary table of the same columns.
//! Making and dropping that changes nothing in the database, commits nothing, and works on a server that is read only.

mod collations;

use schema::desired::{Desired, DesiredTable};
use schema::engine::{LowerError, Resolution, SessionError, Unproven};
use schema::ir::{Expr, ObjectName, Schema, TableName};

use crate::error;
use crate::lower::default::from_sql;
use crate::lower::expression::normalised;
use crate::lower::{live, types};
use crate::probe::{Failure, Probed};
use crate::session::MysqlSession;

/// Settles the desired tables over the live ones.
pub(crate) async fn resolve(
    session: &mut MysqlSession,
    desired: &mut Desired,
    live: &Schema,
) -> Result<Resolution, SessionError> {
    let mut resolution = Resolution::default();
    live::settle(desired, live);
    collations::settle(session, desired, live, &mut resolution).await?;
    if session.implicit_timestamps {
        refuse_implicit(desired, live, &mut resolution);
    }
    if resolution.errors.is_empty() {
        settle_defaults(session, desired, live, &mut resolution).await?;
    }
    Ok(resolution)
}

fn error(table: &DesiredTable, field: impl Into<String>, problem: impl Into<String>) -> LowerError {
    LowerError {
        place: table.place.clone(),
        field: field.into(),
        problem: problem.into(),
    }
}

/// Refuses the columns to which the server would give a default that no one declared (MySQL manual,
/// `explicit_defaults_for_timestamp`).
fn refuse_implicit(desired: &Desired, live: &Schema, resolution: &mut Resolution) {
    for table in desired.tables.values().filter(|table| !table.deleted) {
        let old = live.table(&table.table.name);
        for (at, column) in table.table.columns.iter().enumerate() {
            let is_it =
                types::base(&column.type_) == "timestamp" && column.not_null && column.default.is_none();
            let is_so = old
                .and_then(|old| old.column(&column.name))
                .is_some_and(|old| old.type_ == column.type_ && old.not_null && old.default.is_none());
            if is_it && !is_so {
                let problem = "the server has explicit_defaults_for_timestamp off, and would give the column a \
                               default and ON UPDATE of its own; declare a default, or set that in the server's \
                               configuration";
                let field = format!("spec.schema.mysql.columns[{at}].default");
                resolution.errors.push(error(table, field, problem));
            }
        }
    }
}

async fn settle_defaults(
    session: &mut MysqlSession,
    desired: &mut Desired,
    live: &Schema,
    resolution: &mut Resolution,
) -> Result<(), SessionError> {
    let mut open: Vec<(TableName, Vec<usize>)> = Vec::new();
    for table in desired.tables.values_mut().filter(|table| !table.deleted) {
        let unsettled = unsettled(table, live);
        if !unsettled.is_empty() {
            open.push((table.table.name.clone(), unsettled));
        }
    }
    for (name, columns) in open {
        if let Some(table) = desired.tables.get_mut(&name) {
            settle_table(session, table, &columns, live, resolution).await?;
        }
    }
    Ok(())
}

/// Gives the live text to each default that has it in other words, and returns the positions of the others.
fn unsettled(table: &mut DesiredTable, live: &Schema) -> Vec<usize> {
    let old = live.table(&table.table.name);
    let mut open = Vec::new();
    for (at, column) in table.table.columns.iter_mut().enumerate() {
        let Some(default) = &mut column.default else {
            continue;
        };
        let old = old.and_then(|old| old.column(&column.name));
        if old.is_some_and(|old| old.generated.is_some()) {
            continue;
        }
        match old
            .filter(|old| old.type_ == column.type_)
            .and_then(|old| old.default.as_ref())
        {
            Some(live) if means_same(live, default) => default.clone_from(live),
            _ => open.push(at),
        }
    }
    open
}

fn means_same(live: &Expr, declared: &Expr) -> bool {
    live == declared || {
        let live = normalised(&live.text);
        live.is_some() && live == normalised(&declared.text)
    }
}

/// Gives each of these defaults the text that the server prints of it; one that the server refuses is an error at its
/// field.
async fn settle_table(
    session: &mut MysqlSession,
    table: &mut DesiredTable,
    open: &[usize],
    live: &Schema,
    resolution: &mut Resolution,
) -> Result<(), SessionError> {
    match session.print_defaults(&table.table.columns, open).await {
        Ok(printed) => {
            for at in open {
                set(table, *at, &printed, live);
            }
            return Ok(());
        }
        Err(Failure::Denied) => {
            for at in open {
                leave(table, *at, live, resolution);
            }
            return Ok(());
        }
        Err(Failure::Session(error)) => return Err(error),
        Err(Failure::Refused(_)) => {}
    }
    // One of them is refused, and with it all: each by itself then.
    match session.print_defaults(&table.table.columns, &[]).await {
        Err(Failure::Session(error)) => return Err(error),
        Err(Failure::Refused(failure)) => {
            let problem = format!(
                "the server takes no table with these columns: {}",
                error::reason(&failure)
            );
            resolution
                .errors
                .push(error(table, "spec.schema.mysql.columns", problem));
            return Ok(());
        }
        Ok(_) | Err(Failure::Denied) => {}
    }
    for at in open {
        match session
            .print_defaults(&table.table.columns, std::slice::from_ref(at))
            .await
        {
            Ok(printed) => set(table, *at, &printed, live),
            Err(Failure::Denied) => leave(table, *at, live, resolution),
            Err(Failure::Session(error)) => return Err(error),
            Err(Failure::Refused(failure)) => {
                let field = format!("spec.schema.mysql.columns[{at}].default");
                let problem = format!(
                    "the server takes it for no default of {}: {}",
                    table.table.columns[*at].type_,
                    error::reason(&failure)
                );
                resolution.errors.push(error(table, field, problem));
            }
        }
    }
    Ok(())
}

/// Sets the default to what the server printed, or to the live one where that says the same in other words.
fn set(table: &mut DesiredTable, at: usize, printed: &Probed, live: &Schema) {
    let old = live.table(&table.table.name);
    let column = &mut table.table.columns[at];
    let default = printed
        .get(&column.name)
        .and_then(|text| from_sql(text, &column.type_));
    let old = old
        .and_then(|old| old.column(&column.name))
        .filter(|old| old.type_ == column.type_)
        .and_then(|old| old.default.clone());
    column.default = match (default, old) {
        (Some(default), Some(old)) if means_same(&old, &default) => Some(old),
        (default, _) => default,
    };
}

/// Leaves a default as it is live, and says that it was not compared.
fn leave(table: &mut DesiredTable, at: usize, live: &Schema, resolution: &mut Resolution) {
    let name = table.table.name.clone();
    let column = &mut table.table.columns[at];
    let old = live
        .table(&name)
        .and_then(|old| old.column(&column.name))
        .filter(|old| old.type_ == column.type_)
        .and_then(|old| old.default.clone());
    let Some(old) = old else {
        // There is nothing to compare it with: it is set as it is declared.
        return;
    };
    column.default = Some(old);
    let reason = "its default can't be compared: the user may make no temporary tables; grant CREATE TEMPORARY \
                  TABLES on the database";
    resolution.unproven.push(Unproven {
        object: ObjectName::Column(name, column.name.clone()),
        reason: reason.to_owned(),
    });
}
