//! The rules of a plan: whose it is, whether it may run, and what is said of it.

use api::conditions::Outcome;
use api::migration::Phase;

use super::work::{Entry, Work};
use super::{Next, Run, approval, draw, settle, tables};
use crate::schema::found::{Ran, Rest, RunEnd, View};
use crate::schema::status;

/// Where the plan stands: what is said of the Database and of the Tables that the plan changes.
pub(super) struct Standing {
    pub(super) outcome: Outcome,
    pub(super) migration: Option<String>,
}

/// Decides about a plan.
pub(super) fn decide(work: &mut Work<'_>, view: &View, ran: Option<&Ran>) {
    settle::settle(work, view, ran);
    work.invalidate_foreign();
    if view.is_empty() {
        nothing_to_do(work, view, ran);
        return;
    }
    let standing = match rest_of(work, view) {
        Some((name, rest)) => {
            supersede(work, &name);
            go_on(work, view, &name, &rest, ran)
        }
        None => anew(work, view, ran),
    };
    tables::decide(work, view, &standing, ran.is_some());
    work.database(standing.outcome, standing.migration);
}

/// Nothing is to be done: the Tables are as declared, but for what nobody knows.
fn nothing_to_do(work: &mut Work<'_>, view: &View, ran: Option<&Ran>) {
    let interrupted = view.last.as_ref().filter(|last| !last.ended);
    if let Some(last) = interrupted {
        // Everything it was to do is done, and only its end is missing in the journal.
        if ran.is_some() {
            work.decision.next = Next::Retry;
        } else {
            work.decision.run = Some(Run {
                migration: None,
                hash: last.hash.clone(),
                approved_by: last.approved_by.clone(),
                continue_failed: false,
                accept_server: view.moved,
            });
        }
    } else {
        work.invalidate(&[], "the database is as declared without it");
        if view.moved && ran.is_none() {
            work.decision.run = Some(Run {
                migration: None,
                hash: view.report.hash.clone(),
                approved_by: String::new(),
                continue_failed: false,
                accept_server: true,
            });
        }
    }
    let outcome = tables::as_declared(work, view);
    work.database(outcome, None);
}

/// Returns the Migration of the run of which the plan is the rest.
fn rest_of(work: &Work<'_>, view: &View) -> Option<(String, Rest)> {
    let rest = view.continues.as_ref()?;
    let name = work.of_hash(&rest.hash)?;
    Some((name, rest.clone()))
}

/// Decides about a run that was killed or failed, and of which the plan is the rest.
fn go_on(work: &mut Work<'_>, view: &View, name: &str, rest: &Rest, ran: Option<&Ran>) -> Standing {
    let Some(entry) = work.entries.get_mut(name) else {
        return waiting(name);
    };
    let migration = entry.migration.clone();
    let phase = entry.phase();
    entry.status.run = Some(rest.run);
    entry.status.steps_done = u32::try_from(rest.done).ok();
    if let Some(by) = approval::rejected_by(&migration, &rest.hash) {
        return rejected(work, name, &by);
    }
    let begun_again = entry.status.attempts.unwrap_or(0);
    let exhausted = begun_again.saturating_add(1) >= work.terms.max_attempts;
    let ended = ran.filter(|ran| ran.hash == rest.hash).map(|ran| &ran.end);
    if let Some(end) = ended {
        return match end {
            RunEnd::Failed {
                reason,
                message,
                transient,
            } if !transient || exhausted => {
                let why = if *transient {
                    format!("{message}; it was begun {} times", begun_again + 1)
                } else {
                    message.clone()
                };
                settle::failed(work, name, rest.run, reason, &why);
                stopped(work, name)
            }
            RunEnd::Failed { reason, message, .. } => {
                work.decision.next = Next::Retry;
                again(work, name, reason, message)
            }
            RunEnd::Done | RunEnd::Void => {
                work.decision.next = Next::Retry;
                executing(work, name)
            }
        };
    }
    let asked = approval::retry_of(&migration, rest.run);
    if asked.is_none() && (phase == Phase::Failed || exhausted) {
        let why = rest
            .error
            .clone()
            .unwrap_or_else(|| "it was interrupted".to_owned());
        let why = format!("{why}; it was begun {} times", begun_again + 1);
        settle::failed(work, name, rest.run, "Failed", &why);
        return stopped(work, name);
    }
    let by = view.last.as_ref().map(|last| last.approved_by.clone());
    if let Some(entry) = work.entries.get_mut(name) {
        let status = &mut entry.status;
        // A person who asks for it gives it all its attempts again.
        status.attempts = Some(if asked.is_some() { 0 } else { begun_again + 1 });
        status.last_handled_retry = asked.or_else(|| status.last_handled_retry.take());
        status.decided_by = status.decided_by.take().or_else(|| by.clone());
    }
    work.decision.run = Some(Run {
        migration: Some(name.to_owned()),
        hash: rest.hash.clone(),
        approved_by: by.unwrap_or_default(),
        continue_failed: rest.error.is_some(),
        accept_server: view.moved,
    });
    executing(work, name)
}

/// Decides about a plan of its own.
fn anew(work: &mut Work<'_>, view: &View, ran: Option<&Ran>) -> Standing {
    let hash = view.report.hash.as_str();
    let name = work.of_hash(hash).unwrap_or_else(|| draw::name(work, hash));
    if !work.entries.contains_key(&name) {
        let migration = draw::migration(work, view, &name);
        // What the API server will make of it, and what its first status speaks of.
        let mut made = migration.clone();
        made.metadata.generation = Some(1);
        let entry = Entry {
            migration: std::sync::Arc::new(made),
            status: api::migration::MigrationStatus::default(),
        };
        work.entries.insert(name.clone(), entry);
        work.decision.create = Some(Box::new(migration));
    }
    supersede(work, &name);
    let Some(entry) = work.entries.get(&name) else {
        return waiting(&name);
    };
    let (migration, phase) = (entry.migration.clone(), entry.phase());
    if phase == Phase::Executed && view.accepted {
        // It ran on the server before. Its approval was for that one: it makes room for a plan of this one.
        work.decision.prune.push(name.clone());
        work.decision.next = Next::Soon;
        return waiting(&name);
    }
    if phase == Phase::Executed {
        // The hash holds the number of the last run: the journal is older than the run.
        let text = format!(
            "plan {name} was run before, and the database knows nothing of it: it was restored from a backup, or is \
             another one. Delete Migration {name} to have it planned again"
        );
        let outcome = Outcome::permanent("Restored", status::message(text));
        return Standing {
            outcome,
            migration: Some(name),
        };
    }
    if let Some(by) = approval::rejected_by(&migration, hash) {
        return rejected(work, &name, &by);
    }
    if view.report.steps.is_empty() {
        return held(work, view, &name);
    }
    let Some(by) = approval::approved_by(work, view, &migration) else {
        return awaiting(work, view, &name);
    };
    match ran.filter(|ran| ran.hash == hash).map(|ran| &ran.end) {
        None => {}
        Some(RunEnd::Done | RunEnd::Void) => {
            work.decision.next = Next::Retry;
            return executing(work, &name);
        }
        Some(RunEnd::Failed {
            reason,
            message,
            transient,
        }) => {
            // It never began, so there is nothing to count.
            if *transient {
                work.decision.next = Next::Retry;
                return again(work, &name, reason, message);
            }
            let outcome = Outcome::permanent(reason, status::message(message));
            work.migration(&name, Phase::Approved, &outcome, None);
            return Standing {
                outcome,
                migration: Some(name),
            };
        }
    }
    approve(work, view, &name, by)
}

fn approve(work: &mut Work<'_>, view: &View, name: &str, by: String) -> Standing {
    let event = ("Approved", format!("Migration {name} was approved by {by}"));
    let outcome = Outcome::pending("Progressing", format!("approved by {by}; it begins"));
    if let Some(entry) = work.entries.get_mut(name) {
        let status = &mut entry.status;
        status.decided_by = Some(by.clone());
        (status.run, status.attempts, status.steps_done) = (None, None, Some(0));
    }
    work.migration(name, Phase::Approved, &outcome, Some(event));
    work.decision.run = Some(Run {
        migration: Some(name.to_owned()),
        hash: view.report.hash.clone(),
        approved_by: by,
        continue_failed: false,
        accept_server: view.moved,
    });
    Standing {
        outcome: Outcome::pending("Executing", format!("plan {name} runs")),
        migration: Some(name.to_owned()),
    }
}

fn awaiting(work: &mut Work<'_>, view: &View, name: &str) -> Standing {
    let held = match view.report.held.len() {
        0 => String::new(),
        1 => "; 1 more step is held".to_owned(),
        held => format!("; {held} more steps are held"),
    };
    let steps = match view.report.steps.len() {
        1 => "1 step".to_owned(),
        steps => format!("{steps} steps"),
    };
    let event = (
        "Planned",
        format!("Migration {name} has {steps}{held}; it waits for an approval"),
    );
    let outcome = Outcome::pending(
        "AwaitingApproval",
        format!(
            "plan {name} waits for an approval: `chancery migrations approve {name} -n {}`{held}",
            work.observed.key.0
        ),
    );
    work.migration(name, Phase::Planned, &outcome, Some(event));
    Standing {
        outcome,
        migration: Some(name.to_owned()),
    }
}

/// All of it is held: there is nothing that an approval could let run.
fn held(work: &mut Work<'_>, view: &View, name: &str) -> Standing {
    let outcome = tables::held(&view.report.held, name);
    let event = (
        "Planned",
        format!("Migration {name} has only steps that are held"),
    );
    work.migration(name, Phase::Planned, &outcome, Some(event));
    Standing {
        outcome,
        migration: Some(name.to_owned()),
    }
}

fn rejected(work: &mut Work<'_>, name: &str, by: &str) -> Standing {
    let text =
        format!("plan {name} was rejected by {by}; change the Tables or the Database to have another one");
    let outcome = Outcome::permanent("Rejected", status::message(&text));
    if let Some(entry) = work.entries.get_mut(name) {
        entry.status.decided_by = Some(by.to_owned());
    }
    let event = ("Rejected", format!("Migration {name} was rejected by {by}"));
    work.migration(name, Phase::Rejected, &outcome, Some(event));
    Standing {
        outcome,
        migration: Some(name.to_owned()),
    }
}

/// A run that stopped and waits for a person, or for a new plan.
fn stopped(work: &Work<'_>, name: &str) -> Standing {
    let why = work.entries.get(name).and_then(|entry| {
        let conditions = &entry.status.conditions;
        conditions.first().map(|condition| condition.message.clone())
    });
    let text = format!(
        "plan {name} stopped: {}. Mend it, then `chancery migrations retry {name} -n {}`, or change the Tables",
        why.unwrap_or_default(),
        work.observed.key.0
    );
    Standing {
        outcome: Outcome::permanent("Failed", status::message(text)),
        migration: Some(name.to_owned()),
    }
}

/// A run that met an error that may pass: it is gone on with after a wait.
fn again(work: &mut Work<'_>, name: &str, reason: &str, message: &str) -> Standing {
    let outcome = Outcome::transient(reason, status::message(message));
    let phase = work.entries.get(name).map_or(Phase::Approved, Entry::phase);
    let phase = if phase == Phase::Executing {
        phase
    } else {
        Phase::Approved
    };
    work.migration(name, phase, &outcome, None);
    Standing {
        outcome,
        migration: Some(name.to_owned()),
    }
}

fn executing(work: &mut Work<'_>, name: &str) -> Standing {
    let outcome = Outcome::pending("Progressing", "it runs");
    work.migration(name, Phase::Executing, &outcome, None);
    Standing {
        outcome: Outcome::pending("Executing", format!("plan {name} runs")),
        migration: Some(name.to_owned()),
    }
}

fn waiting(name: &str) -> Standing {
    Standing {
        outcome: Outcome::pending("Progressing", "it is planned"),
        migration: Some(name.to_owned()),
    }
}

/// Declares every other pending Migration invalid: there is one plan for all tables of a Database.
fn supersede(work: &mut Work<'_>, name: &str) {
    let others: Vec<String> = work
        .entries
        .iter()
        .filter(|(other, entry)| {
            *other != name
                && entry.hash().is_some()
                && matches!(entry.phase(), Phase::Planned | Phase::Approved | Phase::Executing)
        })
        .map(|(other, _)| other.clone())
        .collect();
    let why =
        format!("superseded by {name}: the Tables, the Database, its policy or the database itself changed");
    for other in others {
        work.invalidate_one(&other, &why);
    }
}
