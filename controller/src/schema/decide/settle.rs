//! What the journal says of Migrations whose statuses are older: a controller may have been killed between
//! the end of a run and its status.

use api::conditions::Outcome;
use api::migration::Phase;

use super::work::Work;
use crate::schema::found::{Ran, RunEnd, View};
use crate::schema::status;

/// Brings Migrations in line with their runs, but for the one that the plan goes on with.
pub(super) fn settle(work: &mut Work<'_>, view: &View, ran: Option<&Ran>) {
    let current = view.continues.as_ref().map(|rest| rest.hash.as_str());
    let runs: Vec<(String, String)> = work
        .entries
        .iter()
        .filter(|(_, entry)| !entry.phase().is_final())
        .filter_map(|(name, entry)| entry.hash().map(|hash| (name.clone(), hash.to_owned())))
        .collect();
    for (name, hash) in runs {
        let Some((run, record)) = view.runs.get(&hash) else {
            continue;
        };
        if record.ended && record.error.is_none() {
            executed(work, &name, *run, &record.approved_by);
            continue;
        }
        if current == Some(hash.as_str()) {
            continue;
        }
        // What ended it in this pass says more than the journal does.
        let told = ran.filter(|ran| ran.hash == hash).and_then(|ran| match &ran.end {
            RunEnd::Failed { message, reason, .. } => Some((*reason, message.as_str())),
            RunEnd::Done | RunEnd::Void => None,
        });
        let why = told.map_or_else(
            || {
                record
                    .error
                    .clone()
                    .unwrap_or_else(|| "it was interrupted".to_owned())
            },
            |(_, message)| message.to_owned(),
        );
        // An unended run of which the plan is no rest, with nothing to do: its end is written by the next pass.
        if view.is_empty() && !record.ended {
            continue;
        }
        failed(
            work,
            &name,
            *run,
            told.map_or("Failed", |(reason, _)| reason),
            &format!("{why}; what is left of it is not what was approved any more"),
        );
    }
}

/// Notes that a run came to its end.
pub(super) fn executed(work: &mut Work<'_>, name: &str, run: u64, approved_by: &str) {
    let now = work.terms.now.as_second();
    let Some(entry) = work.entries.get_mut(name) else {
        return;
    };
    let steps = entry
        .migration
        .spec
        .plan
        .as_ref()
        .map_or(0, |plan| plan.steps.len());
    let status = &mut entry.status;
    status.run = Some(run);
    status.steps_done = u32::try_from(steps).ok();
    status.approved_at = status.approved_at.or(Some(now));
    if status.decided_by.is_none() {
        status.decided_by = Some(approved_by.to_owned());
    }
    let by = status.decided_by.clone().unwrap_or_default();
    let steps = match steps {
        1 => "its step".to_owned(),
        steps => format!("its {steps} steps"),
    };
    let text = format!("run {run} did {steps}, approved by {by}");
    let event = ("Executed", format!("Migration {name}: {text}"));
    let outcome = Outcome::success("Executed", status::message(&text));
    work.migration(name, Phase::Executed, &outcome, Some(event));
}

/// Notes that a run stopped at an error.
pub(super) fn failed(work: &mut Work<'_>, name: &str, run: u64, reason: &'static str, why: &str) {
    let Some(entry) = work.entries.get_mut(name) else {
        return;
    };
    // The first report is the fullest; a later look knows only what the journal kept.
    let told = entry.phase() == Phase::Failed && entry.status.run == Some(run);
    entry.status.run = Some(run);
    if told {
        return;
    }
    let event = ("Failed", format!("Migration {name}, run {run}: {why}"));
    let outcome = Outcome::permanent(reason, status::message(why));
    work.migration(name, Phase::Failed, &outcome, Some(event));
}
