//! What the proxy does at which statement, and what it has seen.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::statement::{Statement, StatementKind};

/// When a rule acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The message is not sent to the server.
    BeforeSend,
    /// The message is sent, and the server's answer read to its end (in Postgres to `ReadyForQuery`, so it has
    /// committed what it commits); the client is not given any of it.
    AfterReply,
}

type When = Box<dyn FnMut(&Statement) -> bool + Send>;
type Then = Box<dyn FnOnce(&Statement) + Send>;

struct Rule {
    moment: Moment,
    when: When,
    then: Then,
}

/// What is to happen at a statement whose rule matched; it is called once.
pub(super) struct Action {
    pub(super) moment: Moment,
    statement: Statement,
    then: Then,
}

#[derive(Default)]
struct Seen {
    statements: Vec<Statement>,
    fired: bool,
}

/// Shared by the test and all connections of a proxy.
#[derive(Default)]
pub(super) struct Rules {
    // Two locks, so that a rule's predicate may look at the statements.
    rule: Mutex<Option<Rule>>,
    seen: Mutex<Seen>,
}

impl Rules {
    pub(super) fn install(&self, moment: Moment, when: When, then: Then) {
        *lock(&self.rule) = Some(Rule { moment, when, then });
        lock(&self.seen).fired = false;
    }

    pub(super) fn has_fired(&self) -> bool {
        lock(&self.seen).fired
    }

    pub(super) fn statements(&self) -> Vec<Statement> {
        lock(&self.seen).statements.clone()
    }

    pub(super) fn forget(&self) {
        lock(&self.seen).statements.clear();
    }

    /// Notes a statement and returns what is to happen at it, if anything is.
    pub(super) fn see(&self, connection: usize, kind: StatementKind, sql: String) -> Option<Action> {
        let statement = {
            let mut seen = lock(&self.seen);
            let statement = Statement {
                number: seen.statements.len() + 1,
                connection,
                kind,
                sql,
            };
            seen.statements.push(statement.clone());
            statement
        };
        let mut rule = lock(&self.rule);
        let matches = rule.as_mut().is_some_and(|rule| (rule.when)(&statement));
        let Rule { moment, then, .. } = rule.take_if(|_| matches)?;
        Some(Action {
            moment,
            statement,
            then,
        })
    }

    /// Calls the test back.
    pub(super) fn fire(&self, action: Action) {
        (action.then)(&action.statement);
        lock(&self.seen).fired = true;
    }
}

/// A test's closure that panicked has failed the test; others go on.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn see(rules: &Rules, sql: &str) -> Option<Action> {
        rules.see(1, StatementKind::Query, sql.to_owned())
    }

    #[test]
    fn a_rule_acts_at_the_first_match_and_never_again() {
        let rules = Rules::default();
        rules.install(
            Moment::BeforeSend,
            Box::new(|statement| statement.sql == "COMMIT"),
            Box::new(|statement| assert_eq!(statement.number, 2)),
        );
        assert!(see(&rules, "BEGIN").is_none());
        let action = see(&rules, "COMMIT").unwrap();
        assert!(!rules.has_fired());
        rules.fire(action);
        assert!(rules.has_fired());
        assert!(see(&rules, "COMMIT").is_none());
        assert_eq!(rules.statements().len(), 3);
    }

    #[test]
    fn numbers_begin_again_after_the_statements_are_forgotten() {
        let rules = Rules::default();
        see(&rules, "BEGIN");
        rules.forget();
        see(&rules, "COMMIT");
        assert_eq!(rules.statements()[0].number, 1);
    }
}
