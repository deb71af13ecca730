//! The order of steps.

use schema::ir::Schema;
use schema::plan::Policy;

use crate::toy::{deleted, desired, index, indexed, name, plan, plan_with, references, sql, table, typed};

fn create(tables: Vec<schema::ir::Table>) -> Vec<String> {
    let plan = plan(&Schema::default(), &desired(tables), &Policy::default());
    sql(&plan).into_iter().map(str::to_owned).collect()
}

#[test]
fn a_table_is_made_after_those_it_refers_to() {
    let tables = vec![
        references(table("a", &["id", "b_id"]), "b_id", "b"),
        table("b", &["id"]),
    ];
    assert_eq!(create(tables), ["create table public.b", "create table public.a"]);
}

#[test]
fn a_table_that_refers_to_itself_is_made_in_one_step() {
    let tables = vec![references(table("a", &["id", "parent"]), "parent", "a")];
    assert_eq!(create(tables), ["create table public.a"]);
}

#[test]
fn only_the_foreign_keys_of_a_circle_are_added_after_their_tables() {
    let a = references(
        references(table("a", &["id", "b_id", "c_id"]), "b_id", "b"),
        "c_id",
        "c",
    );
    let b = references(table("b", &["id", "a_id"]), "a_id", "a");
    let made = create(vec![a, b, table("c", &["id"])]);
    assert_eq!(
        made,
        [
            "create table public.b",
            "create table public.c",
            "create table public.a",
            "add foreign key a_b_id_fkey on public.a",
            "add foreign key b_a_id_fkey on public.b",
        ]
    );
}

#[test]
fn tables_in_a_circle_are_dropped_after_its_foreign_keys() {
    let a = references(table("a", &["id", "b_id"]), "b_id", "b");
    let b = references(table("b", &["id", "a_id"]), "a_id", "a");
    let live = Schema::from_iter([a, b]);
    let gone = deleted(deleted(desired([]), "a"), "b");
    let dropped = plan(&live, &gone, &Policy::allow_all());
    let position = |text: &str| sql(&dropped).iter().position(|sql| *sql == text).expect(text);
    assert!(position("drop foreign key a_b_id_fkey on public.a") < position("drop table public.b"));
    assert!(position("drop foreign key b_a_id_fkey on public.b") < position("drop table public.a"));
}

#[test]
fn a_key_is_added_before_the_foreign_key_that_refers_to_it() {
    let live = Schema::from_iter([table("a", &["id", "b_id"]), table("b", &["key", "id"])]);
    let mut b = table("b", &["key", "id"]);
    b.indexes.push(schema::ir::Index {
        unique: true,
        ..index(&["id"])
    });
    let target = desired([references(table("a", &["id", "b_id"]), "b_id", "b"), b]);
    let plan = plan(&live, &target, &Policy::default());
    assert_eq!(
        sql(&plan),
        [
            "add index idx_id on public.b",
            "add foreign key a_b_id_fkey on public.a"
        ]
    );
}

#[test]
fn a_column_is_added_before_its_index_and_dropped_after_it() {
    let live = Schema::from_iter([indexed(table("a", &["id", "old"]), &["old"])]);
    let target = desired([indexed(table("a", &["id", "new"]), &["new"])]);
    let plan = plan(&live, &target, &Policy::allow_all());
    assert_eq!(
        sql(&plan),
        [
            "add column public.a.new",
            "add index idx_new on public.a",
            "drop index idx_old on public.a",
            "drop column public.a.old",
        ]
    );
}

#[test]
fn what_needs_a_refused_change_is_left_out_and_said() {
    let live = Schema::from_iter([table("a", &["id", "b_id"]), table("b", &["id"])]);
    let a = references(
        typed(table("a", &["id", "b_id", "extra"]), "b_id", "bigint"),
        "b_id",
        "b",
    );
    let engine = crate::toy::Toy {
        refuses: ["b_id".to_owned()].into(),
    };
    let plan = plan_with(
        &engine,
        &live,
        &desired([a, table("b", &["id"])]),
        &Policy::default(),
    );
    assert_eq!(sql(&plan), ["add column public.a.extra"]);
    let said: Vec<String> = plan
        .unsupported
        .iter()
        .map(|part| part.object.to_string())
        .collect();
    assert_eq!(
        said,
        ["column public.a.b_id", "foreign key a_b_id_fkey on public.a"]
    );
}

#[test]
fn a_long_chain_of_references_is_ordered_without_deep_recursion() {
    let chain = |at: usize| {
        let own = table(&format!("t{at:05}"), &["id", "next"]);
        references(own, "next", &format!("t{:05}", at + 1))
    };
    let mut tables: Vec<_> = (0..5_000).map(chain).collect();
    tables.push(table("t05000", &["id"]));
    let made = create(tables);
    assert_eq!(
        made.first().map(String::as_str),
        Some("create table public.t05000")
    );
    assert_eq!(made.len(), 5_001);
}

#[test]
fn tables_that_no_manifest_names_are_left_alone() {
    let live = Schema::from_iter([table("mine", &["id"]), table("theirs", &["id"])]);
    let plan = plan(&live, &desired([table("mine", &["id"])]), &Policy::allow_all());
    assert!(plan.is_empty(), "{:?}", sql(&plan));
    assert!(
        plan.steps
            .iter()
            .all(|step| !step.before.contains_key(&name("theirs")))
    );
}
