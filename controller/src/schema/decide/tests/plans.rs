//! A plan: whose it is and whether it may run.

use api::migration::Phase;
use api::names;

use super::super::fixtures::{Annotate as _, decided, hash, name, observed, plan};
use super::super::{Next, Run};
use crate::schema::found::{Ran, RunEnd};

#[test]
fn a_new_plan_becomes_a_migration_that_waits() {
    let decision = decided(&observed().table("a").table("b").build(), plan('a', &["a"]), None);
    let created = decision.create.as_ref().unwrap();
    assert_eq!(created.metadata.name.as_deref(), Some(name('a').as_str()));
    assert_eq!(created.spec.tables.len(), 1);
    assert_eq!(created.spec.table_name, "a");
    assert_eq!(decision.phase('a'), "PLANNED AwaitingApproval");
    assert_eq!(
        (decision.table("a"), decision.table("b")),
        ("AwaitingApproval", "Synced")
    );
    assert_eq!(decision.of_database(), "AwaitingApproval");
    assert_eq!(decision.run, None);
    assert_eq!(decision.events[0].reason, "Planned");
    let (_, status) = &decision.migrations[0];
    assert_eq!((status.planned_at, status.ready), (Some(1000), Some(false)));
    assert_eq!(status.observed_generation, Some(1));
}

#[test]
fn a_plan_that_is_known_is_not_made_again() {
    let observed = observed()
        .table("a")
        .migration('a', Phase::Planned, |_| {})
        .build();
    let decision = decided(&observed, plan('a', &["a"]), None);
    assert!(decision.create.is_none());
    assert_eq!(decision.migrations.len(), 1, "its conditions are written");
    assert!(decision.events.is_empty(), "{:?}", decision.events);
}

#[test]
fn a_plan_that_another_one_follows_is_invalid() {
    for phase in [Phase::Planned, Phase::Approved] {
        let observed = observed().table("a").migration('a', phase, |_| {}).build();
        let decision = decided(&observed, plan('b', &["a"]), None);
        assert_eq!(decision.phase('a'), "INVALID Superseded", "{phase:?}");
        assert_eq!(decision.phase('b'), "PLANNED AwaitingApproval");
        let (_, status) = decision
            .migrations
            .iter()
            .find(|(of, _)| *of == name('a'))
            .unwrap();
        assert_eq!(status.invalidated_at, Some(1000));
        assert!(status.conditions[0].message.contains(&name('b')));
    }
}

#[test]
fn a_plan_that_comes_back_waits_again() {
    let observed = observed()
        .table("a")
        .migration('a', Phase::Invalid, |_| {})
        .build();
    assert_eq!(
        decided(&observed, plan('a', &["a"]), None).phase('a'),
        "PLANNED AwaitingApproval"
    );
}

#[test]
fn an_approval_counts_for_the_whole_hash_and_nothing_else() {
    let approved = |value: &str| {
        let observed = observed().table("a").migration('a', Phase::Planned, |migration| {
            migration.annotate(names::APPROVED_PLAN, value);
            migration.annotate(names::APPROVED_BY, "jo");
        });
        decided(&observed.build(), plan('a', &["a"]), None)
    };
    let decision = approved(&hash('a'));
    assert_eq!(
        decision.run,
        Some(Run {
            migration: Some(name('a')),
            hash: hash('a'),
            approved_by: "jo".into(),
            continue_failed: false,
            accept_server: false,
        })
    );
    assert_eq!(decision.phase('a'), "APPROVED Progressing");
    assert_eq!(decision.of_database(), "Executing");
    for other in [&hash('a')[..10], &hash('b'), "true"] {
        assert_eq!(approved(other).run, None, "{other}");
    }
}

#[test]
fn a_database_from_git_approves_and_so_does_its_standing_approval() {
    let from_git = observed()
        .table("a")
        .database(|database| database.annotate(names::APPROVED_PLAN, &hash('a')));
    let run = decided(&from_git.build(), plan('a', &["a"]), None).run.unwrap();
    assert_eq!(run.approved_by, "an annotation of the Database");
    let standing = observed()
        .table("a")
        .database(|database| database.spec.immediate_deploy = Some(true));
    let run = decided(&standing.build(), plan('a', &["a"]), None).run.unwrap();
    assert_eq!(run.approved_by, "immediateDeploy");
}

#[test]
fn an_approval_that_is_withdrawn_before_the_run_does_not_count() {
    let observed = observed()
        .table("a")
        .migration('a', Phase::Approved, |_| {})
        .build();
    let decision = decided(&observed, plan('a', &["a"]), None);
    assert_eq!(decision.run, None);
    assert_eq!(decision.phase('a'), "PLANNED AwaitingApproval");
}

#[test]
fn a_rejected_plan_does_not_run_though_it_is_approved() {
    let observed = observed()
        .table("a")
        .database(|database| database.spec.immediate_deploy = Some(true))
        .migration('a', Phase::Planned, |migration| {
            migration.annotate(names::REJECTED_PLAN, &hash('a'));
        });
    let decision = decided(&observed.build(), plan('a', &["a"]), None);
    assert_eq!(decision.run, None);
    assert_eq!(decision.phase('a'), "REJECTED Rejected");
    assert_eq!(
        (decision.of_database(), decision.table("a")),
        ("Rejected", "Rejected")
    );
}

#[test]
fn held_steps_never_run_for_a_standing_approval() {
    let observed = observed()
        .table("a")
        .table("b")
        .database(|database| database.spec.immediate_deploy = Some(true))
        .build();
    let decision = decided(&observed, plan('a', &["!a"]), None);
    assert_eq!(decision.run, None);
    assert_eq!(decision.phase('a'), "PLANNED Held");
    assert_eq!((decision.table("a"), decision.table("b")), ("Held", "Synced"));
    let status = decision.database.as_ref().unwrap();
    assert!(
        status.conditions[0]
            .message
            .contains("chancery.dev/allow: deletes-data")
    );
    // What does not depend on them runs.
    let decision = decided(&observed, plan('a', &["!a", "b"]), None);
    assert!(decision.run.is_some());
    assert_eq!(decision.table("a"), "Held");
}

#[test]
fn a_plan_that_was_run_and_comes_back_is_a_restored_database() {
    let observed = observed()
        .table("a")
        .database(|database| database.spec.immediate_deploy = Some(true))
        .migration('a', Phase::Executed, |_| {})
        .build();
    let decision = decided(&observed, plan('a', &["a"]), None);
    assert_eq!(decision.run, None);
    assert_eq!(decision.of_database(), "Restored");
    assert_eq!(decision.phase('a'), "-");
}

#[test]
fn a_plan_that_was_run_makes_room_on_a_server_that_was_accepted() {
    let observed = observed()
        .table("a")
        .database(|database| database.spec.immediate_deploy = Some(true))
        .migration('a', Phase::Executed, |_| {})
        .build();
    let mut view = plan('a', &["a"]);
    view.accepted = true;
    let decision = decided(&observed, view, None);
    assert_eq!((decision.run, decision.next), (None, Next::Soon));
    assert_eq!(decision.prune, [name('a')]);
}

#[test]
fn what_schemahero_planned_never_runs() {
    let observed = observed()
        .table("a")
        .database(|database| database.spec.immediate_deploy = Some(true))
        .migration('c', Phase::Approved, |migration| migration.spec.plan = None)
        .migration('d', Phase::Executed, |migration| migration.spec.plan = None)
        .build();
    let decision = decided(&observed, plan('a', &["a"]), None);
    assert_eq!(decision.phase('c'), "INVALID Superseded");
    assert_eq!(decision.phase('d'), "-");
    assert_eq!(decision.run.unwrap().hash, hash('a'));
}

#[test]
fn another_plan_with_the_same_ten_digits_has_a_longer_name() {
    let mut view = plan('a', &["a"]);
    view.report.hash = format!("{}b", "a".repeat(63));
    let observed = observed()
        .table("a")
        .migration('a', Phase::Planned, |_| {})
        .build();
    let created = decided(&observed, view, None).create.unwrap();
    assert_eq!(
        created.metadata.name.as_deref(),
        Some(format!("db-{}", "a".repeat(16)).as_str())
    );
}

#[test]
fn a_plan_too_long_for_an_object_keeps_its_hash_and_loses_its_sql() {
    let mut view = plan('a', &["a"]);
    view.report.steps[0].sql = vec!["x".repeat(600 * 1024)];
    let created = decided(&observed().table("a").build(), view, None)
        .create
        .unwrap();
    let plan = created.spec.plan.unwrap();
    assert_eq!(plan.hash, hash('a'));
    assert!(plan.steps[0].sql.is_empty());
    assert!(created.spec.generated_ddl.unwrap().contains("chancery plan"));
}

#[test]
fn the_last_twenty_finished_migrations_are_kept() {
    let mut builder = observed().table("a");
    for (at, letter) in ('0'..='9').chain('g'..='z').enumerate() {
        builder = builder.migration(letter, Phase::Executed, |migration| {
            let status = migration.status.as_mut().unwrap();
            status.planned_at = Some(i64::try_from(at).unwrap());
        });
    }
    let decision = decided(&builder.build(), plan('a', &["a"]), None);
    let expected: Vec<String> = ('0'..='9').map(name).collect();
    assert_eq!(decision.prune, expected);
}

#[test]
fn an_error_before_the_run_began_is_tried_again_if_it_may_pass() {
    let observed = observed()
        .table("a")
        .database(|database| database.spec.immediate_deploy = Some(true))
        .migration('a', Phase::Approved, |_| {})
        .build();
    let failed = |transient| Ran {
        hash: hash('a'),
        end: RunEnd::Failed {
            reason: "LockTimeout",
            message: "…".into(),
            transient,
        },
    };
    let decision = decided(&observed, plan('a', &["a"]), Some(&failed(true)));
    assert_eq!((decision.run.clone(), decision.next), (None, Next::Retry));
    assert_eq!(decision.phase('a'), "APPROVED LockTimeout");
    let decision = decided(&observed, plan('a', &["a"]), Some(&failed(false)));
    assert_eq!((decision.run.clone(), decision.next), (None, Next::Recheck));
    assert_eq!(decision.of_database(), "LockTimeout");
}
