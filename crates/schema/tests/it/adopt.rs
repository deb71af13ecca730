//! What a manifest leaves open is taken from the live table.

use std::collections::BTreeSet;

use schema::desired::{DesiredTable, Facet};
use schema::ir::{AutoIncrement, Check, Index, IndexOrigin, Schema, Table};
use schema::plan::Policy;

use crate::toy::{desired, index, indexed, name, plan, references, sql, table};

fn is_kept(live: Table, declared: Table) {
    let plan = plan(
        &Schema::from_iter([live]),
        &desired([declared]),
        &Policy::allow_all(),
    );
    assert!(plan.is_empty(), "{:?}", sql(&plan));
}

#[test]
fn an_index_keeps_its_name_method_and_predicate() {
    let mut live = table("a", &["id", "x"]);
    let kept = Index {
        name: "by_hand".into(),
        method: Some("gin".into()),
        extra: Some("WHERE x > 0".into()),
        ..index(&["x"])
    };
    live.indexes.push(kept);
    is_kept(live, indexed(table("a", &["id", "x"]), &["x"]));
}

#[test]
fn a_unique_index_is_satisfied_by_a_unique_constraint() {
    let mut live = table("a", &["id", "x"]);
    let constraint = Index {
        unique: true,
        origin: IndexOrigin::UniqueConstraint,
        ..index(&["x"])
    };
    live.indexes.push(Index {
        name: "a_x_key".into(),
        ..constraint
    });
    let mut declared = table("a", &["id", "x"]);
    declared.indexes.push(Index {
        unique: true,
        ..index(&["x"])
    });
    is_kept(live, declared);
}

#[test]
fn an_index_that_the_declared_form_cannot_say_stays() {
    let mut live = table("a", &["id"]);
    live.indexes.push(Index {
        extra: Some("lower(x)".into()),
        columns: Vec::new(),
        ..index(&["id"])
    });
    is_kept(live, table("a", &["id"]));
}

#[test]
fn checks_and_collations_and_numbering_stay() {
    let mut live = table("a", &["id", "x"]);
    live.checks.push(Check {
        name: Some("positive".into()),
        definition: "CHECK ((x > 0))".into(),
        validated: true,
    });
    live.columns[1].collation = Some("C".into());
    live.columns[0].auto_increment = Some(AutoIncrement::IdentityAlways);
    is_kept(live, table("a", &["id", "x"]));
}

#[test]
fn a_foreign_key_keeps_its_name_and_is_no_other_because_of_it() {
    let mut live = references(table("a", &["id", "b_id"]), "b_id", "b");
    live.foreign_keys[0].name = Some("by_hand".into());
    live.foreign_keys[0].extra = Some("DEFERRABLE".into());
    is_kept(live, references(table("a", &["id", "b_id"]), "b_id", "b"));
}

#[test]
fn columns_in_another_order_are_no_difference() {
    let mut live = table("a", &["id", "x", "y"]);
    live.columns.reverse();
    is_kept(live, table("a", &["id", "x", "y"]));
}

#[test]
fn a_name_that_the_manifest_sets_is_managed() {
    let live = indexed(table("a", &["id", "x"]), &["x"]);
    let mut declared = table("a", &["id", "x"]);
    declared.indexes.push(Index {
        name: "chosen".into(),
        ..index(&["x"])
    });
    let managed = BTreeSet::from([Facet::IndexName("chosen".into())]);
    let mut desired = desired([]);
    let entry = DesiredTable {
        table: declared,
        managed,
        ..DesiredTable::default()
    };
    desired.tables.insert(name("a"), entry);
    let plan = plan(&Schema::from_iter([live]), &desired, &Policy::default());
    assert_eq!(sql(&plan), ["change index chosen on public.a"]);
}

#[test]
fn an_index_that_an_interrupted_build_left_is_made_again() {
    let mut live = table("a", &["id", "x"]);
    live.indexes.push(Index {
        valid: false,
        ..index(&["x"])
    });
    let declared = indexed(table("a", &["id", "x"]), &["x"]);
    let plan = plan(
        &Schema::from_iter([live]),
        &desired([declared]),
        &Policy::default(),
    );
    assert_eq!(sql(&plan), ["change index idx_x on public.a"]);
}

#[test]
fn a_second_index_over_the_same_columns_goes() {
    let mut live = indexed(table("a", &["id", "x"]), &["x"]);
    live.indexes.push(Index {
        name: "twin".into(),
        ..index(&["x"])
    });
    let declared = indexed(table("a", &["id", "x"]), &["x"]);
    let plan = plan(
        &Schema::from_iter([live]),
        &desired([declared]),
        &Policy::default(),
    );
    assert_eq!(sql(&plan), ["drop index twin on public.a"]);
}
