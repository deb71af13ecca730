//! A plan as a script for the database's own shell.

use std::fmt::Write as _;

use schema::engine::Timeouts;
use schema::plan::{Step, TransactionClass};

use super::harmless;
use crate::apply::batches;
use crate::engines;
use crate::plan::Planned;

/// Returns the plan as a script, under a comment that says what it is for. `psql` and `sqlite3` run it as it is:
/// transactions are written out, held steps are comments. A run by hand is not in the journal.
pub fn sql(database: &str, planned: &Planned) -> String {
    let mut text = format!(
        "-- Database {} ({}), plan {}\n",
        harmless(database),
        harmless(&planned.plan.server),
        planned.plan.hash
    );
    let preamble = engines::script(planned.engine).preamble;
    if !planned.plan.steps.is_empty() {
        for statement in preamble {
            let _ = writeln!(text, "{statement};");
        }
    }
    steps(&mut text, planned, true);
    held(&mut text, planned);
    text
}

/// Returns the steps alone, without what depends on the server or on how long steps may take: what golden files hold.
pub fn script(planned: &Planned) -> String {
    let mut text = String::new();
    steps(&mut text, planned, false);
    held(&mut text, planned);
    text
}

fn steps(text: &mut String, planned: &Planned, with_timeouts: bool) {
    let steps = &planned.plan.steps;
    let timeouts = engines::script(planned.engine).timeouts;
    let mut set = None;
    for batch in batches(steps) {
        let in_transaction = steps[batch.start].draft.transaction != TransactionClass::None;
        if in_transaction {
            text.push_str("BEGIN;\n");
        }
        for step in &steps[batch] {
            let draft = &step.draft;
            comment(text, step);
            let wanted = Timeouts {
                lock_ms: draft.lock_timeout_ms,
                statement_ms: draft.statement_timeout_ms,
            };
            if with_timeouts && set != Some(wanted) {
                for statement in timeouts(wanted) {
                    let _ = writeln!(text, "{statement};");
                }
                set = Some(wanted);
            }
            for statement in &draft.sql {
                let _ = writeln!(text, "{statement};");
            }
        }
        if in_transaction {
            text.push_str("COMMIT;\n");
        }
    }
}

fn comment(text: &mut String, step: &Step) {
    let _ = writeln!(text, "-- {}", harmless(&step.draft.summary));
    for hazard in &step.draft.hazards {
        let _ = writeln!(text, "-- {}: {}", hazard.code, harmless(&hazard.reason));
    }
    if let Some(undo) = &step.draft.undo {
        let _ = writeln!(text, "-- if it fails: {};", harmless(undo));
    }
}

fn held(text: &mut String, planned: &Planned) {
    for held in &planned.plan.held {
        let codes: Vec<&str> = held.allow.iter().map(|code| code.as_str()).collect();
        let _ = writeln!(text, "-- held: {}", codes.join(", "));
        comment(text, &held.step);
        for statement in &held.step.draft.sql {
            // Each line of its own: a line break in a quoted name must not end the comment.
            for line in format!("{statement};").split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) {
                let _ = writeln!(text, "-- {line}");
            }
        }
    }
}
