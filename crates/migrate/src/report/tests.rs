use std::collections::BTreeMap;

use schema::EngineKind;
use schema::fingerprint::Fingerprint;
use schema::ir::{ObjectName, Schema, TableName, Unsupported};
use schema::plan::{Hazard, HeldStep, Plan, Step, StepDraft, TransactionClass};

use super::*;

fn step(summary: &str, sql: &[&str], transaction: TransactionClass) -> Step {
    Step {
        object: ObjectName::Column(TableName::new("public", "users"), "email".into()),
        draft: StepDraft {
            summary: summary.into(),
            sql: sql.iter().map(|sql| (*sql).to_owned()).collect(),
            hazards: Vec::new(),
            transaction,
            lock: LockClass::Exclusive,
            lock_timeout_ms: 3000,
            statement_timeout_ms: 60000,
            effects: Vec::new(),
            undo: None,
        },
        bytes: Some(8192),
        before: BTreeMap::new(),
        after: BTreeMap::new(),
    }
}

fn planned(steps: Vec<Step>, held: Vec<Step>) -> Planned {
    let held = held.into_iter().map(|mut step| {
        step.draft.hazards = vec![Hazard::new(HazardCode::DeletesData, "the values are deleted")];
        HeldStep {
            step,
            allow: vec![HazardCode::DeletesData],
            waits_for: Vec::new(),
        }
    });
    Planned {
        plan: Plan {
            server: "postgres 15.1".into(),
            fingerprint: Fingerprint::of_texts(["f"]),
            hash: Fingerprint::of_texts(["h"]),
            steps,
            held: held.collect(),
            unproven: Vec::new(),
            unsupported: vec![Unsupported {
                object: ObjectName::Table(TableName::new("public", "users")),
                reason: "row level security".into(),
            }],
        },
        engine: EngineKind::Postgres,
        label: "localhost:5432/app".into(),
        live: Schema::default(),
        tables: Vec::new(),
        last_run: 0,
        last: None,
        continues: None,
        owner: None,
        ignored: Vec::new(),
    }
}

#[test]
fn the_report_has_the_keys_of_the_stable_interface_and_no_others() {
    let planned = planned(
        vec![step(
            "add column `email`",
            &["ALTER TABLE x ADD y text"],
            TransactionClass::Alone,
        )],
        vec![step(
            "drop column `old`",
            &["ALTER TABLE x DROP z"],
            TransactionClass::WithOthers,
        )],
    );
    let report = serde_json::to_value(report("app", &planned).stable()).unwrap();
    let keys =
        |value: &serde_json::Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    let step = [
        "object",
        "summary",
        "sql",
        "hazards",
        "transaction",
        "lock",
        "lockTimeoutMs",
        "statementTimeoutMs",
        "bytes",
    ];
    assert_eq!(
        keys(&report),
        [
            "engine",
            "database",
            "fingerprint",
            "hash",
            "steps",
            "held",
            "unproven",
            "unsupported"
        ]
    );
    assert_eq!(keys(&report["steps"][0]), step);
    assert_eq!(keys(&report["held"][0]), [&step[..], &["allow"]].concat());
    assert_eq!(
        keys(&report["held"][0]["hazards"][0]),
        ["code", "severity", "reason"]
    );
    assert_eq!(report["held"][0]["allow"], serde_json::json!(["deletes-data"]));
    assert_eq!(report["steps"][0]["object"], "column public.users.email");
    assert_eq!(report["unsupported"][0]["reason"], "row level security");
}

#[test]
fn a_script_writes_transactions_out_and_held_steps_as_comments() {
    let planned = planned(
        vec![
            step("one", &["CREATE TABLE a ()"], TransactionClass::WithOthers),
            step("two", &["CREATE TABLE b ()"], TransactionClass::WithOthers),
            step(
                "three",
                &["CREATE INDEX CONCURRENTLY i ON a (b)"],
                TransactionClass::None,
            ),
        ],
        vec![step(
            "drop column `z`",
            &["ALTER TABLE a DROP z"],
            TransactionClass::Alone,
        )],
    );
    assert_eq!(
        script(&planned),
        "BEGIN;\n-- one\nCREATE TABLE a ();\n-- two\nCREATE TABLE b ();\nCOMMIT;\n\
         -- three\nCREATE INDEX CONCURRENTLY i ON a (b);\n\
         -- held: deletes-data\n-- drop column `z`\n-- deletes-data: the values are deleted\n-- ALTER TABLE a DROP z;\n"
    );
    assert!(sql("app", &planned).contains("SET lock_timeout = 3000;\n"));
}

#[test]
fn a_line_break_in_a_name_never_leaves_a_comment() {
    let evil = "drop column `x\nDROP TABLE secrets`\r\u{2028}DROP";
    let planned = planned(
        vec![step(evil, &["SELECT 1"], TransactionClass::Alone)],
        vec![step(
            evil,
            &["ALTER TABLE a DROP \"x\nDROP TABLE y\""],
            TransactionClass::Alone,
        )],
    );
    for line in sql("app\nDROP TABLE z", &planned).lines() {
        assert!(!line.starts_with("DROP"), "{line}");
    }
    let text = text("app", &planned);
    assert!(!text.lines().any(|line| line.starts_with("DROP")), "{text}");
}

#[test]
fn people_see_hazards_in_words_and_the_flag_that_releases_a_held_step() {
    let planned = planned(
        vec![],
        vec![step(
            "drop column `z`",
            &["ALTER TABLE a DROP z"],
            TransactionClass::Alone,
        )],
    );
    let text = text("app", &planned);
    assert!(text.contains("held: runs with --allow deletes-data\n"), "{text}");
    assert!(
        text.contains("destructive deletes-data: the values are deleted; make sure"),
        "{text}"
    );
    assert!(text.contains("Plan: 0 steps to run, 1 held. Hash: "), "{text}");
    assert!(
        text.contains("table public.users: row level security\n"),
        "{text}"
    );
}

#[test]
fn an_empty_plan_says_so() {
    let text = text("app", &planned(vec![], vec![]));
    assert!(text.contains("Nothing to do"), "{text}");
    assert!(!text.contains("Hash"), "{text}");
}
