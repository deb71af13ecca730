//! A plan for people.

use std::fmt::Write as _;

use schema::ir::TableName;
use schema::plan::{HeldStep, Severity, SizeClass, Step, TransactionClass};

use super::{advice, harmless, lock_words};
use crate::plan::Planned;

/// Returns the plan grouped by table, with the hazards of each step in words, then what is held and how to release
/// it, then what is not handled.
pub fn text(database: &str, planned: &Planned) -> String {
    let plan = &planned.plan;
    let mut text = format!(
        "Database {}: {} at {}\n",
        harmless(database),
        harmless(&plan.server),
        harmless(&planned.label)
    );
    if let Some(run) = &planned.unfinished {
        let _ = writeln!(
            text,
            "  Run {} of plan {} was interrupted; `apply` goes on with it where the steps are the same.",
            planned.last_run, run.hash
        );
    }
    if plan.is_empty() {
        text.push_str("  Nothing to do: the database is as declared.\n");
    }
    let mut table: Option<&TableName> = None;
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
    remarks(
        &mut text,
        "Not compared, and left as it is:",
        plan.unproven.iter().map(|part| (&part.object, &part.reason)),
    );
    remarks(
        &mut text,
        "Not handled:",
        plan.unsupported.iter().map(|part| (&part.object, &part.reason)),
    );
    if !plan.is_empty() {
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

fn heading<'a>(text: &mut String, table: &mut Option<&'a TableName>, step: &'a Step) {
    let this = step.object.table();
    if *table != Some(this) {
        *table = Some(this);
        let _ = writeln!(
            text,
            "\n  table {}{}",
            harmless(&this.to_string()),
            size(step.bytes)
        );
    }
}

fn size(bytes: Option<u64>) -> String {
    match bytes {
        Some(bytes) if SizeClass::of(Some(bytes)) != SizeClass::Small => format!(" ({} MiB)", bytes >> 20),
        _ => String::new(),
    }
}

fn one(text: &mut String, mark: &str, step: &Step) {
    let draft = &step.draft;
    let _ = write!(text, "    {mark}{}", harmless(&draft.summary));
    let mut notes: Vec<&str> = Vec::new();
    if draft.transaction == TransactionClass::None {
        notes.push("outside a transaction");
    }
    notes.extend(lock_words(draft.lock));
    let _ = if notes.is_empty() {
        writeln!(text)
    } else {
        writeln!(text, " ({})", notes.join("; "))
    };
    for statement in &draft.sql {
        for line in format!("{statement};").lines() {
            let _ = writeln!(text, "         {}", harmless(line));
        }
    }
    if let Some(undo) = &draft.undo {
        let _ = writeln!(text, "       if it fails: {};", harmless(undo));
    }
    for hazard in &draft.hazards {
        let severity = hazard.code.severity();
        let _ = write!(
            text,
            "       {} {}: {}",
            severity.as_str(),
            hazard.code,
            harmless(&hazard.reason)
        );
        let advice = advice(hazard.code).filter(|_| severity > Severity::Info);
        let _ = match advice {
            Some(advice) => writeln!(text, "; {advice}"),
            None => writeln!(text),
        };
    }
}

fn release(text: &mut String, held: &HeldStep) {
    let flags: Vec<String> = held.allow.iter().map(|code| format!("--allow {code}")).collect();
    let _ = writeln!(text, "       held: runs with {}", flags.join(" "));
    if !held.waits_for.is_empty() {
        let objects: Vec<String> = held
            .waits_for
            .iter()
            .map(|object| harmless(&object.to_string()))
            .collect();
        let _ = writeln!(text, "       waits for: {}", objects.join(", "));
    }
}

fn remarks<'a>(
    text: &mut String,
    title: &str,
    remarks: impl Iterator<Item = (&'a schema::ir::ObjectName, &'a String)>,
) {
    for (at, (object, reason)) in remarks.enumerate() {
        if at == 0 {
            let _ = writeln!(text, "\n{title}");
        }
        let _ = writeln!(text, "  {}: {}", harmless(&object.to_string()), harmless(reason));
    }
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
