//! Steps of changes, in memory: one statement a step, each `ALTER TABLE` with its way, locks, hazards.

use schema::ServerFacts;
use schema::plan::{HazardCode, LockClass, Plan, PlanInput, Policy, TransactionClass, plan};
use schema_mysql::ENGINE;
use serde_json::{Value, json};

use crate::declared::{live, lower_on, mariadb, mysql, server, table};

/// Plans from one declaration of table `t` to another.
fn planned_on(before: Value, after: Value, facts: &ServerFacts) -> Plan {
    let live = live(&[table("t", before)], facts);
    let desired = lower_on(&[table("t", after)], facts).unwrap();
    let input = PlanInput {
        engine: &ENGINE,
        facts,
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

fn statements(plan: &Plan) -> Vec<&str> {
    plan.steps
        .iter()
        .flat_map(|step| step.draft.sql.iter().map(String::as_str))
        .collect()
}

fn much() -> (Value, Value) {
    let before = json!({"primaryKey": ["a"],
        "columns": [{"name": "a", "type": "int"}, {"name": "b", "type": "int"}, {"name": "gone", "type": "int"},
                    {"name": "c", "type": "varchar(20)", "default": "x"}],
        "indexes": [{"columns": ["b"], "name": "i"}, {"columns": ["c"], "name": "j"}],
        "foreignKeys": [{"columns": ["b"], "references": {"table": "t", "columns": ["a"]}}]});
    let after = json!({"primaryKey": ["a", "b"], "collation": "utf8mb4_bin",
        "columns": [{"name": "a", "type": "bigint"}, {"name": "b", "type": "int", "constraints": {"notNull": true}},
                    {"name": "c", "type": "varchar(30)"}, {"name": "new", "type": "date", "default": "2026-01-01"}],
        "indexes": [{"columns": ["b", "a"], "name": "i", "isUnique": true}, {"columns": ["c"], "name": "k"}]});
    (before, after)
}

#[test]
fn a_step_is_one_statement_that_commits_by_itself_and_every_alteration_states_its_way() {
    let (before, after) = much();
    for facts in [mysql(), mariadb(), server("mysql", &[8, 4, 0])] {
        let plan = planned_on(before.clone(), after.clone(), &facts);
        assert!(plan.steps.len() >= 8, "{:?}", statements(&plan));
        for step in &plan.steps {
            let draft = &step.draft;
            assert_eq!(draft.sql.len(), 1, "{}", draft.summary);
            assert_eq!(draft.transaction, TransactionClass::None, "{}", draft.summary);
            assert!(draft.sql[0].contains(", ALGORITHM="), "{}", draft.sql[0]);
            assert!(!draft.sql[0].trim_end().ends_with(';'), "{}", draft.sql[0]);
            assert!(draft.statement_timeout_ms > 0, "{}", draft.summary);
            assert!((1..=10_000).contains(&draft.lock_timeout_ms), "{}", draft.summary);
            let copies = draft.sql[0].ends_with("ALGORITHM=COPY, LOCK=SHARED");
            let rewrites = draft
                .hazards
                .iter()
                .any(|hazard| hazard.code == HazardCode::RewritesTable);
            assert_eq!(
                (copies, copies),
                (rewrites, draft.lock == LockClass::BlocksWrites),
                "{}",
                draft.summary
            );
        }
    }
}

#[test]
fn a_plan_from_a_table_to_itself_is_empty() {
    let (before, after) = much();
    for table in [before, after] {
        assert!(planned_on(table.clone(), table, &mysql()).is_empty());
    }
}

#[test]
fn a_column_goes_the_cheapest_way_that_the_version_has() {
    let before = columns(json!([{"name": "a", "type": "int"}, {"name": "b", "type": "int"}]));
    let after = columns(json!([{"name": "a", "type": "int"}]));
    for (facts, way) in [
        (mysql(), "ALGORITHM=INPLACE, LOCK=NONE"),
        (server("mysql", &[8, 0, 29]), "ALGORITHM=INSTANT"),
        (mariadb(), "ALGORITHM=INSTANT"),
    ] {
        let gone = planned_on(before.clone(), after.clone(), &facts);
        assert_eq!(
            statements(&gone),
            [format!("ALTER TABLE `t` DROP COLUMN `b`, {way}")]
        );
        let back = planned_on(after.clone(), before.clone(), &facts);
        assert_eq!(
            statements(&back),
            ["ALTER TABLE `t` ADD COLUMN `b` int, ALGORITHM=INSTANT"]
        );
    }
    let old = planned_on(after, before, &server("mysql", &[8, 0, 11]));
    assert_eq!(
        statements(&old),
        ["ALTER TABLE `t` ADD COLUMN `b` int, ALGORITHM=INPLACE, LOCK=NONE"]
    );
}

#[test]
fn a_timestamp_that_comes_to_refuse_null_on_mariadb_is_held_since_its_rows_would_be_filled() {
    let column = |not_null: bool| {
        let constraints = json!({ "notNull": not_null });
        columns(json!([{"name": "a", "type": "timestamp", "constraints": constraints}]))
    };
    let hazards = |facts: &ServerFacts| {
        let plan = planned_on(column(false), column(true), facts);
        let codes: Vec<HazardCode> = plan.steps[0]
            .draft
            .hazards
            .iter()
            .map(|hazard| hazard.code)
            .collect();
        codes.contains(&HazardCode::ConvertsData)
    };
    assert!(hazards(&mariadb()));
    assert!(!hazards(&mysql()));
}

#[test]
fn a_literal_default_of_a_large_type_is_an_expression_on_mysql_alone() {
    let after =
        columns(json!([{"name": "a", "type": "int"}, {"name": "b", "type": "json", "default": "{}"}]));
    let sql = |facts: &ServerFacts| {
        let plan = planned_on(
            columns(json!([{"name": "a", "type": "int"}])),
            after.clone(),
            facts,
        );
        statements(&plan)[0].to_owned()
    };
    assert_eq!(
        sql(&mysql()),
        "ALTER TABLE `t` ADD COLUMN `b` json DEFAULT ('{}'), ALGORITHM=COPY, LOCK=SHARED"
    );
    assert_eq!(
        sql(&mariadb()),
        "ALTER TABLE `t` ADD COLUMN `b` json DEFAULT '{}', ALGORITHM=INSTANT"
    );
}

#[test]
fn a_key_that_a_foreign_key_uses_is_not_dropped_while_nothing_else_serves() {
    let parent = |key: &str| {
        let columns = json!([{"name": "id", "type": "int", "constraints": {"notNull": true}}, {"name": "x", "type": "int"}]);
        table("p", json!({"columns": columns, "primaryKey": [key]}))
    };
    let facts = mysql();
    let mut live = live(&[parent("id")], &facts);
    let name = schema::ir::TableName::unqualified("p");
    live.tables
        .get_mut(&name)
        .unwrap()
        .dependents
        .push(schema::ir::Dependent {
            kind: "foreign key".to_owned(),
            name: "k on undeclared".to_owned(),
            columns: vec!["id".to_owned()],
        });
    let desired = lower_on(&[parent("x")], &facts).unwrap();
    let input = PlanInput {
        engine: &ENGINE,
        facts: &facts,
        desired: &desired,
        live: &live,
        unproven: &[],
        policy: &Policy::allow_all(),
        last_run: 0,
    };
    let plan = plan(input).unwrap();
    assert!(
        !statements(&plan)
            .iter()
            .any(|sql| sql.contains("DROP PRIMARY KEY")),
        "{:?}",
        statements(&plan)
    );
    assert!(
        plan.unsupported[0].reason.contains("k on undeclared"),
        "{:?}",
        plan.unsupported
    );
}
