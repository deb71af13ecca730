//! What the journal says wins over what a status says.

use api::migration::{Migration, Phase};
use api::names;
use schema::journal::RunRecord;

use super::super::fixtures::{Annotate as _, Builder, decided, hash, name, observed, plan};
use super::super::{Decision, Next};
use crate::schema::found::{Ran, Rest, RunEnd, View};

fn record(letter: char, ended: bool, error: Option<&str>) -> RunRecord {
    RunRecord {
        hash: hash(letter),
        approved_by: "jo".into(),
        ended,
        error: error.map(ToOwned::to_owned),
    }
}

/// A plan after run 4 of plan `a`, of which it is the rest if `rest` is true.
fn after_run(tables: &[&str], record: RunRecord, rest: bool) -> View {
    let mut view = plan('b', tables);
    view.continues = rest.then(|| Rest {
        run: 4,
        hash: hash('a'),
        done: 1,
        error: record.error.clone(),
    });
    view.runs.insert(hash('a'), (4, record.clone()));
    view.last = Some(record);
    view
}

fn with(phase: Phase, change: impl FnOnce(&mut Migration)) -> Builder {
    observed().table("a").migration('a', phase, change)
}

fn failed(transient: bool) -> Ran {
    Ran {
        hash: hash('a'),
        end: RunEnd::Failed {
            reason: "StepFailed",
            message: "step 2 failed".into(),
            transient,
        },
    }
}

fn attempts(decision: &Decision) -> Option<u32> {
    let (_, status) = decision.migrations.iter().find(|(of, _)| *of == name('a'))?;
    status.attempts
}

#[test]
fn a_run_that_ended_before_its_status_was_written_is_executed() {
    for phase in [Phase::Approved, Phase::Executing] {
        let decision = decided(
            &with(phase, |_| {}).build(),
            after_run(&[], record('a', true, None), false),
            None,
        );
        assert_eq!(decision.phase('a'), "EXECUTED Executed");
        assert_eq!((decision.run.clone(), decision.of_database()), (None, "Synced"));
        let (_, status) = &decision.migrations[0];
        assert_eq!((status.run, status.executed_at), (Some(4), Some(1000)));
        assert_eq!(status.decided_by.as_deref(), Some("jo"));
    }
}

#[test]
fn a_killed_run_is_gone_on_with_under_its_approval_and_no_new_migration_is_made() {
    let observed = with(Phase::Executing, |_| {}).build();
    let decision = decided(&observed, after_run(&["a"], record('a', false, None), true), None);
    assert!(decision.create.is_none());
    let run = decision.run.clone().unwrap();
    assert_eq!((run.hash, run.approved_by.as_str()), (hash('a'), "jo"));
    assert!(!run.continue_failed);
    assert_eq!(attempts(&decision), Some(1));
    assert_eq!(decision.phase('a'), "EXECUTING Progressing");
}

#[test]
fn a_killed_run_whose_rest_is_another_plan_failed_and_the_plan_waits() {
    let observed = with(Phase::Executing, |_| {}).build();
    let decision = decided(
        &observed,
        after_run(&["a"], record('a', false, None), false),
        None,
    );
    assert_eq!(decision.run, None);
    assert_eq!(decision.phase('a'), "FAILED Failed");
    assert_eq!(decision.phase('b'), "PLANNED AwaitingApproval");
}

#[test]
fn a_run_of_a_person_that_was_killed_is_not_gone_on_with() {
    let observed = observed().table("a").build();
    let decision = decided(&observed, after_run(&["a"], record('a', false, None), true), None);
    assert_eq!(decision.run, None);
    assert_eq!(decision.phase('b'), "PLANNED AwaitingApproval");
}

#[test]
fn a_killed_run_with_nothing_left_is_ended_in_the_journal_first() {
    let observed = with(Phase::Executing, |_| {}).build();
    let view = after_run(&[], record('a', false, None), false);
    let decision = decided(&observed, view.clone(), None);
    assert_eq!(
        decision.phase('a'),
        "-",
        "not executed before the journal says so"
    );
    let run = decision.run.unwrap();
    assert_eq!((run.migration, run.hash), (None, hash('a')));
    // It is not tried in a circle.
    let ran = Ran {
        hash: hash('a'),
        end: RunEnd::Done,
    };
    let decision = decided(&observed, view, Some(&ran));
    assert_eq!((decision.run, decision.next), (None, Next::Retry));
}

#[test]
fn an_error_that_may_pass_is_retried_until_the_attempts_are_used_up() {
    let begun = |times: u32| {
        with(Phase::Executing, |migration| {
            migration.status.as_mut().unwrap().attempts = Some(times);
        })
        .build()
    };
    let view = || after_run(&["a"], record('a', true, Some("…")), true);
    let decision = decided(&begun(1), view(), Some(&failed(true)));
    assert_eq!((decision.run.clone(), decision.next), (None, Next::Retry));
    assert_eq!(decision.phase('a'), "EXECUTING StepFailed");
    let decision = decided(&begun(1), view(), None);
    assert!(decision.run.as_ref().unwrap().continue_failed);
    assert_eq!(attempts(&decision), Some(2));
    // It was begun three times now.
    let decision = decided(&begun(2), view(), Some(&failed(true)));
    assert_eq!(
        (decision.phase('a').as_str(), decision.next),
        ("FAILED StepFailed", Next::Recheck)
    );
    assert_eq!(decided(&begun(2), view(), None).run, None);
}

#[test]
fn an_error_that_stays_waits_for_a_person() {
    let observed = with(Phase::Executing, |_| {}).build();
    let view = || after_run(&["a"], record('a', true, Some("…")), true);
    let decision = decided(&observed, view(), Some(&failed(false)));
    assert_eq!(decision.phase('a'), "FAILED StepFailed");
    assert_eq!(
        (decision.of_database(), decision.table("a")),
        ("Failed", "Failed")
    );
    assert_eq!(decision.events[0].reason, "Failed");
    let still = with(Phase::Failed, |_| {}).build();
    let decision = decided(&still, view(), None);
    assert_eq!((decision.run.clone(), decision.of_database()), (None, "Failed"));
    assert!(decision.events.is_empty());
}

#[test]
fn a_person_lets_a_failed_run_go_on_once() {
    let asked = |value: &str, followed: Option<&str>| {
        let observed = with(Phase::Failed, |migration| {
            migration.annotate(names::RETRY_RUN, value);
            let status = migration.status.as_mut().unwrap();
            status.attempts = Some(2);
            status.last_handled_retry = followed.map(ToOwned::to_owned);
        });
        decided(
            &observed.build(),
            after_run(&["a"], record('a', true, Some("…")), true),
            None,
        )
    };
    let decision = asked("4", None);
    assert!(decision.run.as_ref().unwrap().continue_failed);
    assert_eq!(attempts(&decision), Some(0));
    assert_eq!(decision.migrations[0].1.last_handled_retry.as_deref(), Some("4"));
    assert_eq!(asked("4", Some("4")).run, None);
    assert!(asked("4/again", Some("4")).run.is_some());
    assert_eq!(asked("3", None).run, None);
}

#[test]
fn a_standing_approval_does_not_count_for_the_steps_that_just_failed() {
    let decided_for = |summary: &str| {
        let observed = with(Phase::Failed, |migration| {
            let plan = migration.spec.plan.as_mut().unwrap();
            plan.steps[0].object = "table public.a".into();
            plan.steps[0].summary = summary.into();
        })
        .database(|database| database.spec.immediate_deploy = Some(true));
        decided(
            &observed.build(),
            after_run(&["a"], record('a', true, Some("…")), false),
            None,
        )
    };
    let same = decided_for("change it");
    assert_eq!((same.run.clone(), same.of_database()), (None, "AwaitingApproval"));
    assert!(decided_for("do something else").run.is_some());
}

#[test]
fn a_new_plan_after_a_failure_has_an_approval_of_its_own() {
    let observed = with(Phase::Failed, |migration| {
        migration.annotate(names::APPROVED_PLAN, &hash('a'));
    })
    .build();
    let decision = decided(
        &observed,
        after_run(&["a"], record('a', true, Some("…")), false),
        None,
    );
    assert_eq!(decision.run, None);
    assert_eq!(decision.phase('b'), "PLANNED AwaitingApproval");
    assert_ne!(
        decision.phase('a'),
        "INVALID Superseded",
        "what it did is history"
    );
}
