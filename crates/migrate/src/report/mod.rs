//! Plans in words: for programs ([`PlanReport`], JSON), for people ([`text`]), for a database's own shell ([`sql`]).

mod sql;
mod text;

use schema::plan::{HazardCode, LockClass};
pub use schema::report::PlanReport;

use crate::plan::Planned;

pub use self::sql::{script, sql};
pub use self::text::{of_report, text};

/// Returns the report of a plan for the Database of that name.
pub fn report(database: &str, planned: &Planned) -> PlanReport {
    PlanReport::new(planned.engine.as_str(), database, &planned.label, &planned.plan)
}

/// Returns what a lock, by its word in a report, does to others, for people; `None` if nothing.
fn lock_words(lock: &str) -> Option<&'static str> {
    let words = [
        (LockClass::Shared, "other schema changes wait"),
        (LockClass::BlocksWrites, "writes wait"),
        (LockClass::Exclusive, "reads and writes wait"),
    ];
    let known = words.into_iter().find(|(class, _)| class.as_str() == lock);
    known.map(|(_, words)| words)
}

/// Returns what a person can do about a hazard.
fn advice(code: HazardCode) -> Option<&'static str> {
    match code {
        HazardCode::DeletesData => Some("make sure that nothing needs the data, or back it up"),
        HazardCode::ConvertsData => Some("look for values that don't fit first"),
        HazardCode::RewritesTable => Some("run it when little is going on, and have room for a second copy"),
        HazardCode::ScansTable => Some("run it when little is going on"),
        HazardCode::WeakensIntegrity => Some("make sure that the application keeps the rule itself"),
        HazardCode::DependsOnRows => Some("if it fails, nothing has changed: mend the rows and apply again"),
        HazardCode::BuildsIndex | HazardCode::DropsIndex => None,
    }
}

/// Returns a text with control characters written as escapes: names come from manifests, and a line break or a
/// terminal's escape in one must not become part of the output.
pub fn harmless(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control()
            || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        {
            safe.extend(character.escape_default());
        } else {
            safe.push(character);
        }
    }
    safe
}

#[cfg(test)]
mod tests;
