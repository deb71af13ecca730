//! What is about to be approved, in a few lines.

use std::fmt::Write as _;

use api::migration::Migration;
use migrate::report::harmless;
use schema::report::StepReport;

use super::state::count;
use crate::cluster::label;

/// Most steps that are named; `show` has them all.
const MOST: usize = 20;

/// Returns the steps that will run with what is to be feared of them, then those that are held.
pub(super) fn summary(migration: &Migration) -> String {
    let Some(plan) = &migration.spec.plan else {
        return format!("Migration {}: no plan", label(migration));
    };
    let mut text = format!(
        "Migration {} for the Database {} ({} at {}): {} to run, {} held",
        label(migration),
        harmless(&migration.spec.database_name),
        harmless(&plan.server),
        harmless(&plan.target),
        count(plan.steps.len(), "step", "steps"),
        plan.held.len()
    );
    for (number, step) in (1..).zip(plan.steps.iter().take(MOST)) {
        line(&mut text, &format!("{number}."), step);
    }
    more(&mut text, plan.steps.len());
    for held in plan.held.iter().take(MOST) {
        line(&mut text, "held:", &held.step);
    }
    more(&mut text, plan.held.len());
    text
}

fn line(text: &mut String, mark: &str, step: &StepReport) {
    let _ = write!(text, "\n  {mark} {}", harmless(&step.summary));
    for hazard in step.hazards.iter().filter(|hazard| hazard.severity != "info") {
        let _ = write!(
            text,
            "\n     {} {}: {}",
            harmless(&hazard.severity),
            harmless(&hazard.code),
            harmless(&hazard.reason)
        );
    }
}

fn more(text: &mut String, all: usize) {
    if all > MOST {
        let _ = write!(text, "\n  … and {} more", all - MOST);
    }
}
