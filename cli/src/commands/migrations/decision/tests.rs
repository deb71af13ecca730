use api::migration::{MigrationSpec, MigrationStatus};
use schema::report::{HeldReport, PlanReport, StepReport};

use super::*;
use crate::error::Status;

const HASH: &str = "1f0c9a2b3d4e5f60";

fn migration(phase: Phase) -> Migration {
    let plan = PlanReport {
        hash: HASH.to_owned(),
        steps: vec![StepReport::default()],
        ..PlanReport::default()
    };
    let spec = MigrationSpec {
        database_name: "app".to_owned(),
        plan: Some(plan),
        ..MigrationSpec::default()
    };
    let mut migration = Migration::new("app-1f0c9a2b3d", spec);
    migration.metadata.namespace = Some("shop".to_owned());
    migration.status = Some(MigrationStatus {
        phase: Some(phase),
        run: Some(7),
        ..MigrationStatus::default()
    });
    migration
}

fn annotated(mut migration: Migration, name: &str, value: &str) -> Migration {
    let annotations = migration.metadata.annotations.get_or_insert_default();
    annotations.insert(name.to_owned(), value.to_owned());
    migration
}

#[track_caller]
fn refused(decision: &Decision, migration: &Migration, status: Status, said: &[&str]) {
    let error = decision.check(migration).unwrap_err();
    assert_eq!(Status::from(&error), status);
    let text = [error.causes(), error.hints().to_vec()].concat().join("\n");
    for part in said {
        assert!(text.contains(part), "not said: {part:?} in\n{text}");
    }
}

#[test]
fn only_what_is_planned_is_approved_and_the_refusal_says_what_it_is_instead() {
    let approve = Decision::Approve(None);
    assert!(approve.check(&migration(Phase::Planned)).is_ok());
    for (phase, said) in [
        (Phase::Approved, "approved already"),
        (Phase::Executing, "runs already (run 7)"),
        (Phase::Executed, "has run already (run 7)"),
        (Phase::Failed, "migrations retry app-1f0c9a2b3d -n shop"),
        (Phase::Invalid, "migrations show -d app -n shop"),
        (Phase::Rejected, "was rejected"),
    ] {
        refused(
            &approve,
            &migration(phase),
            Status::Failed,
            &["`shop/app-1f0c9a2b3d`", said],
        );
    }
}

#[test]
fn a_migration_that_the_controller_has_not_seen_yet_can_be_approved() {
    let mut new = migration(Phase::Planned);
    new.status = None;
    assert!(Decision::Approve(None).check(&new).is_ok());
}

#[test]
fn a_hash_that_was_not_reviewed_is_refused_with_both() {
    let planned = migration(Phase::Planned);
    assert!(Decision::Approve(Some(HASH.to_owned())).check(&planned).is_ok());
    for other in ["", "1f0c9a2b3d", "2f0c9a2b3d4e5f60"] {
        let approve = Decision::Approve(Some(other.to_owned()));
        refused(
            &approve,
            &planned,
            Status::Held,
            &[HASH, other, "what was reviewed is not what is there"],
        );
    }
}

#[test]
fn what_is_held_altogether_is_not_approved_and_the_annotation_that_releases_it_is_told() {
    let mut held = migration(Phase::Planned);
    let plan = held.spec.plan.as_mut().unwrap();
    plan.steps.clear();
    plan.held = vec![HeldReport {
        allow: vec!["deletes-data".to_owned()],
        ..HeldReport::default()
    }];
    let said = ["chancery.dev/allow: deletes-data", "Database `app`"];
    refused(&Decision::Approve(None), &held, Status::Held, &said);
}

#[test]
fn what_was_rejected_a_moment_ago_is_not_approved() {
    let rejected = annotated(migration(Phase::Planned), names::REJECTED_PLAN, HASH);
    refused(
        &Decision::Approve(None),
        &rejected,
        Status::Failed,
        &["is rejected"],
    );
    // A rejection of another plan has no meaning here.
    let other = annotated(migration(Phase::Planned), names::REJECTED_PLAN, "x");
    assert!(Decision::Approve(None).check(&other).is_ok());
}

#[test]
fn what_schemahero_made_is_not_decided_about() {
    let mut foreign = migration(Phase::Planned);
    foreign.spec.plan = None;
    for decision in [Decision::Approve(None), Decision::Reject(None), Decision::Retry] {
        refused(
            &decision,
            &foreign,
            Status::Failed,
            &["SchemaHero", "has no plan"],
        );
    }
}

#[test]
fn only_a_failed_run_is_retried() {
    assert!(Decision::Retry.check(&migration(Phase::Failed)).is_ok());
    refused(
        &Decision::Retry,
        &migration(Phase::Planned),
        Status::Failed,
        &["only a Migration that failed"],
    );
    let mut without_run = migration(Phase::Failed);
    without_run.status.as_mut().unwrap().run = None;
    refused(
        &Decision::Retry,
        &without_run,
        Status::Failed,
        &["before it had a run"],
    );
}

#[test]
fn what_has_run_is_not_rejected_any_more() {
    for phase in [Phase::Planned, Phase::Approved, Phase::Failed] {
        assert!(Decision::Reject(None).check(&migration(phase)).is_ok());
    }
    refused(
        &Decision::Reject(None),
        &migration(Phase::Executed),
        Status::Failed,
        &["has run already"],
    );
}

#[test]
fn a_decision_is_the_hash_and_who_made_it_and_nothing_else() {
    let planned = migration(Phase::Planned);
    let written = |decision: &Decision, user| -> Vec<(&str, String)> {
        decision.annotations(&planned, user).into_iter().collect()
    };
    assert_eq!(
        written(&Decision::Approve(None), Some("alice")),
        [
            ("chancery.dev/approved-by", "alice".to_owned()),
            ("chancery.dev/approved-plan", HASH.to_owned())
        ]
    );
    assert_eq!(
        written(&Decision::Reject(Some("later".to_owned())), None),
        [
            ("chancery.dev/rejected-plan", HASH.to_owned()),
            ("chancery.dev/rejected-reason", "later".to_owned())
        ]
    );
    assert_eq!(
        written(&Decision::Retry, None),
        [("chancery.dev/retry-run", "7".to_owned())]
    );
}

#[test]
fn a_run_can_be_retried_again_after_the_controller_followed_the_first_time() {
    let asks = |asked: Option<&str>, followed: Option<&str>| {
        let mut failed = migration(Phase::Failed);
        failed.status.as_mut().unwrap().last_handled_retry = followed.map(ToOwned::to_owned);
        if let Some(asked) = asked {
            failed = annotated(failed, names::RETRY_RUN, asked);
        }
        let annotations = Decision::Retry.annotations(&failed, None);
        (annotations[names::RETRY_RUN].clone(), state::is_retried(&failed))
    };
    assert_eq!(asks(None, None), ("7".to_owned(), false));
    assert_eq!(asks(Some("7"), None), ("7".to_owned(), true));
    assert_eq!(asks(Some("7"), Some("7")), ("7/2".to_owned(), false));
    assert_eq!(asks(Some("7/2"), Some("7")), ("7/2".to_owned(), true));
    assert_eq!(asks(Some("7/2"), Some("7/2")), ("7/3".to_owned(), false));
    // What was said of an earlier run is over.
    assert_eq!(asks(Some("6/4"), Some("6/4")), ("7".to_owned(), false));
    assert_eq!(asks(Some("6"), None), ("7".to_owned(), false));
}

#[test]
fn names_from_the_cluster_do_not_reach_the_terminal_as_escapes() {
    let mut approved = annotated(migration(Phase::Approved), names::APPROVED_PLAN, HASH);
    approved = annotated(approved, names::APPROVED_BY, "eve\u{1b}[2J\nhint: all is well");
    let error = Decision::Approve(None).check(&approved).unwrap_err();
    let text = error.causes().join("\n");
    assert!(text.contains("eve") && !text.contains(['\u{1b}', '\n']), "{text}");
}
