//! Settles what only the server can say: its own types, schemas and index methods, and what a default means.
//!
//! A default is compared in steps, and each step asks only for what the one before left: the same text; the same
//! tokens; the same plan in `EXPLAIN`, which works in a read-only transaction; then the text that the server itself
//! prints of it, read back from a temporary table in a transaction that is rolled back. Nothing in the database
//! changes. What can't be asked on a server that takes no writes is unproven, and the live default stays.

mod types;

use schema::desired::{Desired, DesiredTable};
use schema::engine::{LowerError, Resolution, Session, SessionError, Unproven};
use schema::ir::{Expr, ObjectName, Schema, TableName};
use sqlx::Row;

use crate::error;
use crate::lower::expression::normalised;
use crate::probe::Failure;
use crate::session::PostgresSession;

/// How many expressions go into one statement: the server takes at most 1,600 columns.
const AT_ONCE: usize = 400;

/// How often the server's own text is given to it again: what it prints of some expressions reads as another one.
const PASSES: usize = 3;

/// A default that is not settled yet.
struct Open {
    table: TableName,
    column: usize,
    type_: String,
    text: String,
    /// The live default of the same column, where its type stays.
    live: Option<Expr>,
}

/// Settles the desired tables over the live ones.
pub(crate) async fn resolve(
    session: &mut PostgresSession,
    desired: &mut Desired,
    live: &Schema,
) -> Result<Resolution, SessionError> {
    let mut resolution = Resolution::default();
    types::check_schemas(session, desired, live, &mut resolution).await?;
    types::check_methods(session, desired, live, &mut resolution).await?;
    types::settle(session, desired, live, &mut resolution).await?;
    if resolution.errors.is_empty() {
        settle_defaults(session, desired, live, &mut resolution).await?;
    }
    Ok(resolution)
}

fn declared(desired: &Desired) -> impl Iterator<Item = &DesiredTable> {
    desired.tables.values().filter(|table| !table.deleted)
}

fn error(table: &DesiredTable, field: impl Into<String>, problem: impl Into<String>) -> LowerError {
    LowerError {
        place: table.place.clone(),
        field: field.into(),
        problem: problem.into(),
    }
}

fn unreadable(session: &PostgresSession, error: &sqlx::Error) -> SessionError {
    SessionError::Catalog {
        server: session.server().to_owned(),
        reason: error::reason(error),
    }
}

async fn settle_defaults(
    session: &mut PostgresSession,
    desired: &mut Desired,
    live: &Schema,
    resolution: &mut Resolution,
) -> Result<(), SessionError> {
    let mut open = Vec::new();
    for table in desired.tables.values_mut().filter(|table| !table.deleted) {
        let old = live.table(&table.table.name);
        for (at, column) in table.table.columns.iter_mut().enumerate() {
            let Some(default) = &mut column.default else {
                continue;
            };
            let old = old.and_then(|old| old.column(&column.name));
            if old.is_some_and(|old| old.generated.is_some()) {
                continue;
            }
            let comparable = old
                .filter(|old| old.type_ == column.type_)
                .and_then(|old| old.default.clone());
            if let Some(live) = &comparable
                && (live == default || normalised(&live.text) == normalised(&default.text))
            {
                default.clone_from(live);
                continue;
            }
            open.push(Open {
                table: table.table.name.clone(),
                column: at,
                type_: column.type_.clone(),
                text: default.text.clone(),
                live: comparable,
            });
        }
    }
    let mut rest = Vec::new();
    for chunk in chunks(open) {
        rest.extend(settle_by_plan(session, desired, chunk).await?);
    }
    let unasked = if rest.is_empty() {
        None
    } else {
        why_no_temporary_table(session).await?
    };
    if let Some(reason) = unasked {
        for open in rest {
            leave(desired, &open, &reason, resolution);
        }
        return Ok(());
    }
    for chunk in chunks(rest) {
        settle_by_table(session, desired, chunk, resolution).await?;
    }
    Ok(())
}

fn chunks(mut open: Vec<Open>) -> Vec<Vec<Open>> {
    let mut chunks = Vec::new();
    while !open.is_empty() {
        let rest = open.split_off(open.len().min(AT_ONCE));
        chunks.push(std::mem::replace(&mut open, rest));
    }
    chunks
}

fn set(desired: &mut Desired, open: &Open, default: Option<Expr>) {
    let column = desired
        .tables
        .get_mut(&open.table)
        .and_then(|table| table.table.columns.get_mut(open.column));
    if let Some(column) = column {
        column.default = default;
    }
}

fn leave(desired: &mut Desired, open: &Open, reason: &str, resolution: &mut Resolution) {
    let column = desired
        .tables
        .get(&open.table)
        .and_then(|table| table.table.columns.get(open.column));
    if let Some(name) = column.map(|column| column.name.clone()) {
        let reason = format!("its default can't be compared: {reason}");
        resolution.unproven.push(Unproven {
            object: ObjectName::Column(open.table.clone(), name),
            reason,
        });
    }
    if open.live.is_some() {
        set(desired, open, open.live.clone());
    }
}

/// Gives the live text to each default that plans as the live one does, and returns the others.
async fn settle_by_plan(
    session: &mut PostgresSession,
    desired: &mut Desired,
    open: Vec<Open>,
) -> Result<Vec<Open>, SessionError> {
    let (both, mut rest): (Vec<Open>, Vec<Open>) = open.into_iter().partition(|open| open.live.is_some());
    let sides = |open: &Open| {
        let live = open
            .live
            .as_ref()
            .map(|live| live.text.as_str())
            .unwrap_or_default();
        [
            format!("({})::{}", open.text, open.type_),
            format!("({live})::{}", open.type_),
        ]
    };
    let all: Vec<String> = both.iter().flat_map(sides).collect();
    let mut outputs = if all.is_empty() {
        Vec::new()
    } else {
        probe(session, &all).await?.unwrap_or_default()
    };
    if outputs.len() != all.len() {
        // One of them is refused, and with it all: each by itself then, and those that are refused are left open.
        outputs = Vec::with_capacity(all.len());
        for open in &both {
            let pair = probe(session, &sides(open)).await?.filter(|pair| pair.len() == 2);
            outputs.extend(pair.unwrap_or_else(|| vec![String::new(), "refused".to_owned()]));
        }
    }
    for (open, pair) in both.into_iter().zip(outputs.chunks(2)) {
        if pair[0] == pair[1] {
            set(desired, &open, open.live.clone());
        } else {
            rest.push(open);
        }
    }
    Ok(rest)
}

async fn probe(
    session: &mut PostgresSession,
    expressions: &[String],
) -> Result<Option<Vec<String>>, SessionError> {
    match session.explain(expressions).await {
        Ok(outputs) => Ok(Some(outputs)),
        Err(Failure::Refused(_)) => Ok(None),
        Err(Failure::Session(error)) => Err(error),
    }
}

async fn why_no_temporary_table(session: &mut PostgresSession) -> Result<Option<String>, SessionError> {
    if session.facts.read_only {
        return Ok(Some("the server takes no writes; ask the primary".to_owned()));
    }
    let query =
        "SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMPORARY') AS allowed";
    let rows = session
        .own("asking for the right to temporary tables", sqlx::query(query))
        .await?;
    let allowed = rows
        .first()
        .is_some_and(|row| row.try_get("allowed").unwrap_or_default());
    Ok((!allowed)
        .then(|| "the role may make no temporary tables; grant TEMPORARY on the database".to_owned()))
}

/// Gives each default the text that the server prints of it; one that the server refuses is an error at its field.
async fn settle_by_table(
    session: &mut PostgresSession,
    desired: &mut Desired,
    open: Vec<Open>,
    resolution: &mut Resolution,
) -> Result<(), SessionError> {
    let texts: Vec<(String, String)> = open
        .iter()
        .map(|open| (open.type_.clone(), open.text.clone()))
        .collect();
    match fixed_point(session, texts).await {
        Ok(printed) => {
            for (open, text) in open.iter().zip(printed) {
                set(desired, open, text.map(Expr::new));
            }
        }
        Err(Failure::Session(error)) => return Err(error),
        Err(Failure::Refused(_)) => {
            for open in &open {
                match fixed_point(session, vec![(open.type_.clone(), open.text.clone())]).await {
                    Ok(printed) => set(desired, open, printed.into_iter().next().flatten().map(Expr::new)),
                    Err(Failure::Session(error)) => return Err(error),
                    Err(Failure::Refused(failure)) => {
                        let Some(table) = desired.tables.get(&open.table) else {
                            continue;
                        };
                        let field = format!("spec.schema.postgres.columns[{}].default", open.column);
                        let problem = format!(
                            "the server takes it for no default of {}: {}",
                            open.type_,
                            error::reason(&failure)
                        );
                        resolution.errors.push(error(table, field, problem));
                    }
                }
            }
        }
    }
    Ok(())
}

async fn fixed_point(
    session: &mut PostgresSession,
    mut columns: Vec<(String, String)>,
) -> Result<Vec<Option<String>>, Failure> {
    let mut printed = Vec::new();
    for _ in 0..PASSES {
        session.begin().await?;
        let outcome = session.print_defaults(&columns).await;
        session.rollback().await?;
        printed = outcome?;
        let before: Vec<String> = columns.iter().map(|(_, text)| text.clone()).collect();
        for ((_, text), printed) in columns.iter_mut().zip(&printed) {
            if let Some(printed) = printed {
                text.clone_from(printed);
            }
        }
        if columns.iter().map(|(_, text)| text).eq(&before) {
            break;
        }
    }
    Ok(printed)
}
