//! A plan for people.

use std::fmt::Write as _;

use schema::plan::{HazardCode, Severity, SizeClass, TransactionClass};
use schema::report::{HeldReport, PlanReport, Remark, StepReport};

use super::{advice, harmless, lock_words, report};
use crate::plan::Planned;

/// Returns the plan as [`of_report`] writes it, with a word about a run that was interrupted.
pub fn text(database: &str, planned: &Planned) -> String {
    let note = planned.unfinished().map(|run| {
        format!(
            "Run {} of plan {} was interrupted; `apply` goes on with it where the steps are the same.",
            planned.last_run, run.hash
        )
    });
    of_report(&report(database, planned), note.as_deref())
}

/// Returns the plan grouped by table, with the hazards of each step in words, then what is held and how to release
/// it, then what is not handled. `note` stands under the first line.
pub fn of_report(plan: &PlanReport, note: Option<&str>) -> String {
    let mut text = format!(
        "Database {}: {} at {}\n",
        harmless(&plan.database),
        harmless(&plan.server),
        harmless(&plan.target)
    );
    if let Some(note) = note {
        let _ = writeln!(text, "  {}", harmless(note));
    }
    let is_empty = plan.steps.is_empty() && plan.held.is_empty();
    if is_empty {
        text.push_str("  Nothing to do: the database is as declared.\n");
    }
    let mut table: Option<&str> = None;
    for (number, step) in (1..).zip(&plan.steps) {
        heading(&mut text, &mut table, step);
        one(&mut text, &format!("{number}. "), step);
    }
    if !plan.held.is_empty() {
        let _ = writeln!(
            text,
            "\nHeld: {}",
            count(plan.held.len(), "step does not run", "steps do not run")
        );
        let mut table = None;
        for held in &plan.held {
            heading(&mut text, &mut table, &held.step);
            one(&mut text, "- ", &held.step);
            release(&mut text, held);
        }
    }
    remarks(&mut text, "Not compared, and left as it is:", &plan.unproven);
    remarks(&mut text, "Not handled:", &plan.unsupported);
    if !is_empty {
        let steps = count(plan.steps.len(), "step", "steps");
        let _ = writeln!(
            text,
            "\nPlan: {steps} to run, {} held. Hash: {}",
            plan.held.len(),
            plan.hash
        );
    }
    text
}

fn heading<'a>(text: &mut String, table: &mut Option<&'a str>, step: &'a StepReport) {
    let this = step.table.as_str();
    if *table != Some(this) {
        *table = Some(this);
        let _ = writeln!(text, "\n  table {}{}", harmless(this), size(step.bytes));
    }
}

fn size(bytes: Option<u64>) -> String {
    match bytes {
        Some(bytes) if SizeClass::of(Some(bytes)) != SizeClass::Small => format!(" ({} MiB)", bytes >> 20),
        _ => String::new(),
    }
}

fn one(text: &mut String, mark: &str, step: &StepReport) {
    let _ = write!(text, "    {mark}{}", harmless(&step.summary));
    let mut notes: Vec<&str> = Vec::new();
    if step.transaction == TransactionClass::None.as_str() {
        notes.push("outside a transaction");
    }
    notes.extend(lock_words(&step.lock));
    let _ = if notes.is_empty() {
        writeln!(text)
    } else {
        writeln!(text, " ({})", notes.join("; "))
    };
    for statement in &step.sql {
        for line in format!("{statement};").lines() {
            let _ = writeln!(text, "         {}", harmless(line));
        }
    }
    if let Some(undo) = &step.undo {
        let _ = writeln!(text, "       if it fails: {};", harmless(undo));
    }
    for hazard in &step.hazards {
        let _ = write!(
            text,
            "       {} {}: {}",
            harmless(&hazard.severity),
            harmless(&hazard.code),
            harmless(&hazard.reason)
        );
        let code: Option<HazardCode> = hazard.code.parse().ok();
        let advice = code
            .filter(|code| code.severity() > Severity::Info)
            .and_then(advice);
        let _ = match advice {
            Some(advice) => writeln!(text, "; {advice}"),
            None => writeln!(text),
        };
    }
}

fn release(text: &mut String, held: &HeldReport) {
    let flags: Vec<String> = held
        .allow
        .iter()
        .map(|code| format!("--allow {}", harmless(code)))
        .collect();
    let _ = writeln!(text, "       held: runs with {}", flags.join(" "));
    if !held.waits_for.is_empty() {
        let objects: Vec<String> = held.waits_for.iter().map(|object| harmless(object)).collect();
        let _ = writeln!(text, "       waits for: {}", objects.join(", "));
    }
}

fn remarks(text: &mut String, title: &str, remarks: &[Remark]) {
    for (at, remark) in remarks.iter().enumerate() {
        if at == 0 {
            let _ = writeln!(text, "\n{title}");
        }
        let _ = writeln!(
            text,
            "  {}: {}",
            harmless(&remark.object),
            harmless(&remark.reason)
        );
    }
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
