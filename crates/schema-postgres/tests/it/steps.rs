//! Steps of changes, in memory: transaction and lock classes, timeouts, hazards.

use schema::ir::Schema;
use schema::plan::{LockClass, Plan, PlanInput, Policy, TransactionClass, plan};
use schema_postgres::ENGINE;
use serde_json::{Value, json};

use crate::declared::{facts, lower, table};

/// Plans from one declaration of table `t` to another.
fn planned(before: Value, after: Value) -> Plan {
    let live: Schema = lower(&[table("t", before)])
        .unwrap()
        .tables
        .into_values()
        .map(|table| table.table)
        .collect();
    let desired = lower(&[table("t", after)]).unwrap();
    let input = PlanInput {
        engine: &ENGINE,
        facts: &facts(),
        desired: &desired,
        live: &live,
        unproven: &[],
        policy: &Policy::allow_all(),
        last_run: 0,
    };
    plan(input).unwrap()
}

fn columns(columns: Value) -> Value {
    json!({ "columns": columns })
}

#[test]
fn a_strong_lock_on_a_live_table_is_alone_in_its_transaction_and_waits_shortly() {
    let before = columns(json!([{"name": "a", "type": "varchar(3)"}, {"name": "gone", "type": "int"}]));
    let mut after = columns(
        json!([{"name": "a", "type": "varchar(9)", "default": "x", "constraints": {"notNull": true}},
                                   {"name": "new", "type": "int", "default": "1"}]),
    );
    after["primaryKey"] = json!(["a"]);
    let plan = planned(before, after);
    assert!(plan.steps.len() >= 6);
    for step in &plan.steps {
        let draft = &step.draft;
        assert!(draft.statement_timeout_ms > 0, "{}", draft.summary);
        if draft.lock >= LockClass::BlocksWrites {
            assert_eq!(draft.transaction, TransactionClass::Alone, "{}", draft.summary);
            assert!((1..=3_000).contains(&draft.lock_timeout_ms), "{}", draft.summary);
        }
        if draft.transaction == TransactionClass::None {
            assert_eq!(
                (draft.lock, draft.lock_timeout_ms),
                (LockClass::Shared, 0),
                "{}",
                draft.summary
            );
        }
    }
}

#[test]
fn every_statement_is_one_and_has_no_semicolon_at_its_end() {
    let before = json!({"primaryKey": ["a"], "columns": [{"name": "a", "type": "serial"}, {"name": "b", "type": "int"}],
                        "indexes": [{"columns": ["b"], "name": "i"}]});
    let after = json!({"primaryKey": ["a", "b"], "columns": [{"name": "a", "type": "bigserial"}, {"name": "b", "type": "text"}],
                       "indexes": [{"columns": ["b", "a"], "name": "i", "isUnique": true}]});
    let plan = planned(before, after);
    for sql in plan.steps.iter().flat_map(|step| &step.draft.sql) {
        assert!(!sql.trim_end().ends_with(';') && !sql.is_empty(), "{sql}");
    }
}

#[test]
fn a_plan_from_a_table_to_itself_is_empty() {
    let table = json!({"primaryKey": ["a"], "columns": [{"name": "a", "type": "serial"}, {"name": "b", "type": "text", "default": "x"}],
                       "indexes": [{"columns": ["b"]}],
                       "foreignKeys": [{"columns": ["a"], "references": {"table": "t", "columns": ["a"]}, "onDelete": "cascade"}]});
    assert!(planned(table.clone(), table).is_empty());
}
