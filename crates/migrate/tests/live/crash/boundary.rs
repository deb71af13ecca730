//! The statements of a run at which it is killed.

use std::collections::HashMap;

use testkit::database_proxy::{Statement, StatementKind};

/// One statement of the first connection of a run.
#[derive(Clone, Debug)]
pub(crate) struct Boundary {
    /// Its text, without the name of the database.
    pub(crate) sql: String,
    /// How many of that text came up to it.
    pub(crate) occurrence: usize,
    /// Whether it takes, proves or gives back the lock, writes the journal, is a step, or begins or ends a transaction:
    /// the others only read.
    pub(crate) matters: bool,
}

/// Returns the boundaries of a clean run of these statements.
pub(crate) fn boundaries(run: &[Statement], database: &str, steps: &[String]) -> Vec<Boundary> {
    let mut occurrences: HashMap<String, usize> = HashMap::new();
    run.iter()
        .filter(|statement| counts(statement))
        .map(|statement| {
            let sql = neutral(statement, database);
            let occurrence = occurrences.entry(sql.clone()).or_default();
            *occurrence += 1;
            Boundary {
                matters: matters(&sql) || steps.contains(&statement.sql),
                occurrence: *occurrence,
                sql,
            }
        })
        .collect()
}

/// Returns what tells whether a statement is the one of the boundary, asked about each statement in order.
pub(crate) fn reached(boundary: &Boundary, database: &str) -> impl FnMut(&Statement) -> bool + Send + use<> {
    let (boundary, database) = (boundary.clone(), database.to_owned());
    let mut seen = 0;
    move |statement| {
        if !counts(statement) || neutral(statement, &database) != boundary.sql {
            return false;
        }
        seen += 1;
        seen == boundary.occurrence
    }
}

/// A preparation changes nothing, and other connections are a rival's or only look.
fn counts(statement: &Statement) -> bool {
    statement.connection == 1 && statement.kind != StatementKind::Prepare
}

fn neutral(statement: &Statement, database: &str) -> String {
    statement.sql.replace(database, "DATABASE")
}

fn matters(sql: &str) -> bool {
    let begins = |words: &[&str]| words.iter().any(|word| sql.starts_with(word));
    let locks = ["advisory", "GET_LOCK", "RELEASE_LOCK", "IS_USED_LOCK"]
        .iter()
        .any(|word| sql.contains(word));
    let writes =
        sql.contains("_chancery") && begins(&["CREATE", "INSERT", "UPDATE", "WITH", "DELETE", "ALTER"]);
    locks || writes || begins(&["BEGIN", "START", "COMMIT", "ROLLBACK"])
}
