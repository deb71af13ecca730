//! What is held back, and what runs without it.

use schema::ir::Schema;
use schema::plan::{HazardCode, Policy};

use crate::toy::{deleted, desired, held_sql, indexed, name, plan, references, sql, table, typed};

#[test]
fn a_dropped_column_is_held_and_the_rest_runs() {
    let live = Schema::from_iter([table("a", &["id", "old"])]);
    let plan = plan(&live, &desired([table("a", &["id", "new"])]), &Policy::default());
    assert_eq!(sql(&plan), ["add column public.a.new"]);
    assert_eq!(held_sql(&plan), ["drop column public.a.old"]);
    assert_eq!(plan.held[0].allow, [HazardCode::DeletesData]);
    assert!(plan.held[0].waits_for.is_empty());
}

#[test]
fn the_index_of_a_held_column_stays_with_it() {
    let live = Schema::from_iter([indexed(table("a", &["id", "old"]), &["old"])]);
    let plan = plan(&live, &desired([table("a", &["id"])]), &Policy::default());
    assert!(plan.steps.is_empty(), "{:?}", sql(&plan));
    assert_eq!(
        held_sql(&plan),
        ["drop index idx_old on public.a", "drop column public.a.old"]
    );
    assert_eq!(plan.held[0].allow, [HazardCode::DeletesData]);
}

#[test]
fn what_needs_a_held_change_is_held_and_says_so() {
    let live = Schema::from_iter([table("a", &["id", "b_id"]), table("b", &["id"])]);
    let a = references(
        typed(table("a", &["id", "b_id"]), "b_id", "smallint"),
        "b_id",
        "b",
    );
    let plan = plan(&live, &desired([a, table("b", &["id"])]), &Policy::default());
    assert!(plan.steps.is_empty());
    let key = &plan.held[1];
    assert_eq!(key.step.object.to_string(), "foreign key a_b_id_fkey on public.a");
    assert_eq!(key.allow, [HazardCode::ConvertsData]);
    assert_eq!(key.waits_for[0].to_string(), "column public.a.b_id");
}

#[test]
fn a_deleted_table_is_held_unless_the_policy_takes_the_declaration_for_the_permission() {
    let live = Schema::from_iter([table("a", &["id"])]);
    let gone = deleted(desired([]), "a");
    assert_eq!(
        held_sql(&plan(&live, &gone, &Policy::default())),
        ["drop table public.a"]
    );
    let by_declaration = Policy {
        deleted_allows_drop: true,
        ..Policy::default()
    };
    assert_eq!(sql(&plan(&live, &gone, &by_declaration)), ["drop table public.a"]);
    let by_name = Policy {
        allow: [HazardCode::DeletesData].into(),
        ..Policy::default()
    };
    assert_eq!(sql(&plan(&live, &gone, &by_name)), ["drop table public.a"]);
}

#[test]
fn a_table_that_is_declared_deleted_and_does_not_exist_is_nothing_to_do() {
    assert!(plan(&Schema::default(), &deleted(desired([]), "a"), &Policy::default()).is_empty());
}

#[test]
fn the_hash_changes_with_the_policy_the_steps_and_each_run() {
    let live = Schema::from_iter([table("a", &["id", "old"])]);
    let target = desired([table("a", &["id"])]);
    let held = plan(&live, &target, &Policy::default());
    let allowed = plan(&live, &target, &Policy::allow_all());
    assert_ne!(held.hash, allowed.hash);
    assert_eq!(held.hash, plan(&live, &target, &Policy::default()).hash);
    let facts = crate::toy::facts();
    let input = schema::plan::PlanInput {
        engine: &crate::toy::Toy::default(),
        facts: &facts,
        desired: &target,
        live: &live,
        unproven: &[],
        policy: &Policy::default(),
        last_run: 1,
    };
    assert_ne!(schema::plan::plan(input).unwrap().hash, held.hash);
}

#[test]
fn the_hash_stays_while_a_table_grows_within_its_size_class() {
    let sized = |bytes| {
        let mut live = table("a", &["id"]);
        live.bytes = Some(bytes);
        plan(
            &Schema::from_iter([live]),
            &desired([table("a", &["id", "new"])]),
            &Policy::default(),
        )
        .hash
    };
    assert_eq!(sized(8_192), sized(1_000_000));
    assert_ne!(sized(8_192), sized(2_000_000_000));
}

#[test]
fn each_step_starts_from_what_the_one_before_it_leaves() {
    let live = Schema::from_iter([table("a", &["id"])]);
    let plan = plan(
        &live,
        &desired([table("a", &["id", "x", "y"])]),
        &Policy::default(),
    );
    let table = name("a");
    assert_eq!(plan.steps.len(), 2);
    assert_eq!(plan.steps[0].after[&table], plan.steps[1].before[&table]);
    assert_ne!(plan.steps[0].before[&table], plan.steps[0].after[&table]);
}
