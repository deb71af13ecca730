//! The laws of the core, on random schemas.

use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;
use schema::diff::diff;
use schema::fingerprint::Fingerprint;
use schema::ir::{Column, Expr, Schema, Table};
use schema::plan::Policy;
use schema::simulate;

use crate::toy::{desired, indexed, plan, references, table};

const TABLES: [&str; 5] = ["a", "b", "c", "d", "e"];
const COLUMNS: [&str; 4] = ["w", "x", "y", "z"];

fn column() -> impl Strategy<Value = (String, bool, Option<String>)> {
    let types = prop::sample::select(vec!["integer", "smallint", "text"]);
    (
        types.prop_map(str::to_owned),
        any::<bool>(),
        prop::option::of("[0-9]"),
    )
}

fn any_table(table_name: &'static str) -> impl Strategy<Value = Table> {
    let columns = btree_map(prop::sample::select(COLUMNS.to_vec()), column(), 0..4);
    let indexed_columns = btree_set(prop::sample::select(COLUMNS.to_vec()), 0..3);
    let targets = vec(prop::sample::select(TABLES.to_vec()), 0..2);
    (columns, indexed_columns, targets).prop_map(move |(columns, indexes, targets)| {
        let mut made = table(table_name, &["id"]);
        for (column, (type_, not_null, default)) in &columns {
            let default = default.as_ref().map(Expr::new);
            let column = Column {
                name: (*column).into(),
                type_: type_.clone(),
                not_null: *not_null,
                default,
                ..Column::default()
            };
            made.columns.push(column);
        }
        for column in indexes.iter().filter(|column| columns.contains_key(**column)) {
            made = indexed(made, &[column]);
        }
        for (column, target) in columns.keys().zip(targets) {
            made = references(made, column, target);
        }
        made
    })
}

/// Schemas in which every table that is referred to exists.
fn schema() -> impl Strategy<Value = Schema> {
    TABLES
        .map(any_table)
        .prop_map(Schema::from_iter)
        .prop_map(|mut schema| {
            for table in schema.tables.values_mut() {
                *table = simulate::normalised(table.clone());
            }
            schema
        })
}

/// A part of the tables, without the foreign keys that would lead out of it.
fn part_of(schema: &Schema, kept: &[bool]) -> Schema {
    let names: Vec<_> = schema
        .tables
        .keys()
        .zip(kept)
        .filter(|(_, kept)| **kept)
        .map(|(name, _)| name.clone())
        .collect();
    let inside = |table: Table| Table {
        foreign_keys: table
            .foreign_keys
            .iter()
            .filter(|key| names.contains(&key.references))
            .cloned()
            .collect(),
        ..table
    };
    schema
        .tables
        .values()
        .filter(|table| names.contains(&table.name))
        .cloned()
        .map(inside)
        .collect()
}

fn by_fingerprint(schema: &Schema) -> Fingerprint {
    Fingerprint::of_tables(schema, schema.tables.keys())
}

proptest! {
    #[test]
    fn nothing_differs_from_itself(schema in schema()) {
        prop_assert!(diff(&schema, &schema).is_empty());
    }

    #[test]
    fn the_steps_of_a_plan_lead_to_its_target(
        live in schema(),
        target in schema(),
        kept in vec(any::<bool>(), TABLES.len()),
    ) {
        let live = part_of(&live, &kept);
        let desired = desired(target.tables.values().cloned());
        let plan = plan(&live, &desired, &Policy::allow_all());
        prop_assert!(plan.held.is_empty());
        let mut now = live.clone();
        for step in &plan.steps {
            for (name, before) in &step.before {
                prop_assert_eq!(before, &now.table(name).map(Fingerprint::of_table));
            }
            for effect in &step.draft.effects {
                simulate::apply(&mut now, effect).unwrap();
            }
        }
        prop_assert_eq!(by_fingerprint(&now), by_fingerprint(&schema::diff::target(&desired, &live)));
    }

    #[test]
    fn nothing_destructive_runs_without_permission_and_the_rest_is_held(live in schema(), target in schema()) {
        let plan = plan(&live, &desired(target.tables.values().cloned()), &Policy::default());
        for step in &plan.steps {
            prop_assert!(Policy::default().missing(&step.draft.hazards).is_empty(), "{:?}", step);
        }
        for held in &plan.held {
            prop_assert!(!held.allow.is_empty());
        }
    }

    #[test]
    fn steps_and_held_steps_together_lead_to_the_target(live in schema(), target in schema()) {
        let desired = desired(target.tables.values().cloned());
        let plan = plan(&live, &desired, &Policy::default());
        let mut now = live.clone();
        for step in plan.steps.iter().chain(plan.held.iter().map(|held| &held.step)) {
            for effect in &step.draft.effects {
                simulate::apply(&mut now, effect).unwrap();
            }
        }
        prop_assert_eq!(by_fingerprint(&now), by_fingerprint(&schema::diff::target(&desired, &live)));
    }
}
