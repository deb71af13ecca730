use api::migration::{MigrationSpec, MigrationStatus, Phase};
use schema::report::{HeldReport, PlanReport, StepReport};
use serde_json::json;

use super::*;

fn migration(status: &serde_json::Value) -> Migration {
    let plan = PlanReport {
        engine: "postgres".to_owned(),
        database: "shop/app".to_owned(),
        hash: "1f0c".to_owned(),
        server: "postgres 15.18".to_owned(),
        target: "db:5432/app".to_owned(),
        steps: vec![StepReport {
            summary: "add column `email`".to_owned(),
            sql: vec!["ALTER TABLE users ADD email text".to_owned()],
            ..StepReport::default()
        }],
        held: vec![HeldReport {
            allow: vec!["deletes-data".to_owned()],
            ..HeldReport::default()
        }],
        ..PlanReport::default()
    };
    let spec = MigrationSpec {
        database_name: "app".to_owned(),
        plan: Some(plan),
        ..MigrationSpec::default()
    };
    let mut migration = Migration::new("app-1f0c", spec);
    migration.metadata.namespace = Some("shop".to_owned());
    migration.status = serde_json::from_value(status.clone()).unwrap();
    migration
}

fn annotate(migration: &mut Migration, name: &str, value: &str) {
    let annotations = migration.metadata.annotations.get_or_insert_default();
    annotations.insert(name.to_owned(), value.to_owned());
}

/// What stands under the plan.
fn status_of(migration: &Migration) -> String {
    let text = text(migration);
    let (_, status) = text.split_once("\nMigration ").unwrap();
    status.to_owned()
}

#[test]
fn the_plan_is_followed_by_where_it_stands_and_the_next_command() {
    let planned = migration(&json!({"phase": "PLANNED", "plannedAt": 1_795_000_000}));
    let text = text(&planned);
    assert!(
        text.starts_with("Database shop/app: postgres 15.18 at db:5432/app\n"),
        "{text}"
    );
    assert!(text.contains("1. add column `email`"), "{text}");
    assert_eq!(
        status_of(&planned),
        "shop/app-1f0c: PLANNED\n  \
         planned:    2026-11-18T11:06:40Z\n  \
         held:       allow it in Git, on the Database `app`: annotation chancery.dev/allow: deletes-data; a new plan is made then\n  \
         next:       chancery migrations approve app-1f0c -n shop\n"
    );
}

#[test]
fn a_failed_run_is_shown_with_who_approved_it_how_far_it_came_and_why() {
    let failed = migration(&json!({
        "phase": "FAILED", "approvedAt": 1_795_000_000, "decidedBy": "alice", "run": 7, "stepsDone": 0, "attempts": 2,
        "conditions": [{"type": "Succeeded", "status": "False", "reason": "StepFailed", "message": "step 1: no\nroom"}],
    }));
    assert_eq!(
        status_of(&failed),
        "shop/app-1f0c: FAILED\n  \
         approved:   by alice at 2026-11-18T11:06:40Z\n  \
         run:        run 7, 0 of 1 step done, begun again 2 times after errors\n  \
         says:       step 1: no\\nroom\n  \
         held:       allow it in Git, on the Database `app`: annotation chancery.dev/allow: deletes-data; a new plan is made then\n  \
         next:       mend the cause, then chancery migrations retry app-1f0c -n shop\n"
    );
}

#[test]
fn a_rejection_is_shown_with_who_and_why() {
    let mut rejected =
        migration(&json!({"phase": "REJECTED", "rejectedAt": 1_795_000_000, "decidedBy": "bob"}));
    annotate(&mut rejected, names::REJECTED_PLAN, "1f0c");
    annotate(&mut rejected, names::REJECTED_REASON, "not today");
    let said = status_of(&rejected);
    assert!(
        said.contains("rejected:   by bob at 2026-11-18T11:06:40Z\n  reason:     not today\n"),
        "{said}"
    );
    assert!(!said.contains("approved:"), "{said}");
}

#[test]
fn statements_that_are_too_long_for_the_object_are_replaced_by_what_stands_in_their_place() {
    let mut large = migration(&json!({"phase": "PLANNED"}));
    large.spec.plan.as_mut().unwrap().steps[0].sql.clear();
    large.spec.generated_ddl = Some("-- too long: chancery plan shows them".to_owned());
    assert!(text(&large).contains("  -- too long: chancery plan shows them\n"));
    assert_eq!(sql(&large).unwrap(), "-- too long: chancery plan shows them\n");
}

#[test]
fn what_schemahero_made_is_shown_as_such() {
    let mut foreign = migration(&json!({"phase": "PLANNED"}));
    foreign.spec.plan = None;
    foreign.spec.table_name = "users".to_owned();
    foreign.spec.generated_ddl = Some("create table users".to_owned());
    let text = text(&foreign);
    assert!(
        text.contains("made by SchemaHero") && text.contains("create table users"),
        "{text}"
    );
    assert!(text.contains("it is never run"), "{text}");
}

#[test]
fn every_phase_has_a_next_step() {
    for phase in [
        Phase::Planned,
        Phase::Approved,
        Phase::Executing,
        Phase::Executed,
        Phase::Failed,
        Phase::Invalid,
        Phase::Rejected,
    ] {
        let mut any = migration(&json!({}));
        any.status = Some(MigrationStatus {
            phase: Some(phase),
            ..MigrationStatus::default()
        });
        assert!(status_of(&any).contains("\n  next:       "), "{phase:?}");
    }
}
