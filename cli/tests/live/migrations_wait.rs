//! `chancery migrations wait` against a real API server, while statuses change.

use api::database::Database;
use api::migration::Migration;
use api::table::Table;
use serde_json::{Value, json};

use crate::program::Run;
use crate::schema_objects::Fixture;

#[track_caller]
fn ended(run: &Run, code: i32, said: &[&str]) {
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(code), ""),
        "{}",
        run.stderr
    );
    for part in said {
        assert!(run.stderr.contains(part), "not said: {part:?} in\n{}", run.stderr);
    }
}

#[tokio::test]
async fn a_wait_ends_when_the_migration_has_run() {
    let fixture = Fixture::new().await;
    fixture.migration("app-one", json!({"phase": "APPROVED"})).await;
    let wait = fixture.start(&["wait", "app-one", "--timeout", "60s"]);
    fixture
        .status::<Migration>("app-one", json!({"phase": "EXECUTING", "run": 3, "stepsDone": 0}))
        .await;
    fixture
        .status::<Migration>("app-one", json!({"phase": "EXECUTED", "run": 3, "stepsDone": 1}))
        .await;
    ended(
        &wait.await.unwrap(),
        0,
        &["app-one has run (run 3, 1 of 1 step done)"],
    );
    // It looks at what is there, too.
    ended(
        &fixture.run(&["wait", "-d", "app", "--for", "executed"]),
        0,
        &["app-one has run"],
    );
}

#[tokio::test]
async fn an_approval_can_be_waited_for_to_its_end() {
    let fixture = Fixture::new().await;
    fixture.migration("app-one", json!({"phase": "PLANNED"})).await;
    let approve = fixture.start(&["approve", "app-one", "--wait", "--timeout", "60s"]);
    testkit::eventually("it is approved", async || {
        fixture.annotation("app-one", api::names::APPROVED_PLAN).await
    })
    .await;
    let failed = json!({"phase": "FAILED", "run": 3, "stepsDone": 0, "conditions": [
        {"type": "Succeeded", "status": "False", "reason": "StepFailed", "message": "step 1: the disk is full"},
    ]});
    fixture.status::<Migration>("app-one", failed).await;
    let said = [
        "approved Migration",
        "failed (run 3",
        "step 1: the disk is full",
        "migrations retry app-one",
    ];
    ended(&approve.await.unwrap(), 1, &said);
    // The old failure is not the end of a retry.
    let retry = fixture.start(&["retry", "app-one", "--wait", "--timeout", "60s"]);
    testkit::eventually("it is retried", async || {
        fixture.annotation("app-one", api::names::RETRY_RUN).await
    })
    .await;
    fixture
        .status::<Migration>(
            "app-one",
            json!({"phase": "EXECUTED", "attempts": 1, "stepsDone": 1}),
        )
        .await;
    ended(
        &retry.await.unwrap(),
        0,
        &["has run (run 3, 1 of 1 step done, begun again once"],
    );
}

#[tokio::test]
async fn what_still_awaits_an_approval_or_goes_on_when_the_time_is_over_is_told_apart() {
    let fixture = Fixture::new().await;
    fixture.migration("app-one", json!({"phase": "PLANNED"})).await;
    let waits = fixture.run(&["wait", "app-one", "--timeout", "1s"]);
    ended(
        &waits,
        4,
        &[
            "not within 1 s",
            "waits for an approval",
            "hint: chancery migrations approve app-one",
        ],
    );
    fixture
        .status::<Migration>("app-one", json!({"phase": "EXECUTING", "blockedBy": ["pid 12"]}))
        .await;
    let runs = fixture.run(&["wait", "app-one", "--timeout", "1s"]);
    ended(&runs, 5, &["blocked by pid 12", "hint: "]);
    ended(
        &fixture.run(&["wait", "app-two", "--timeout", "1s"]),
        1,
        &["no Migration"],
    );
    ended(
        &fixture.run(&["wait", "-d", "other", "--for", "executed", "--timeout", "1s"]),
        5,
        &["no Migration yet"],
    );
}

fn status(ready: &str, reason: &str) -> Value {
    json!({"observedGeneration": 1, "conditions": [
        {"type": "Synced", "status": ready, "reason": reason, "message": format!("because {reason}")},
        {"type": "Ready", "status": ready, "reason": reason, "message": format!("because {reason}")},
    ]})
}

#[tokio::test]
async fn a_database_is_waited_for_until_it_and_its_tables_are_ready() {
    let fixture = Fixture::new().await;
    ended(
        &fixture.run(&["wait", "-d", "app", "--timeout", "5s"]),
        1,
        &["no Database"],
    );
    let connection = json!({"connection": {"sqlite": {"dsn": "app.db"}}});
    let version = "databases.schemahero.io/v1alpha4";
    let waiting = status("False", "AwaitingApproval");
    fixture
        .object::<Database>(version, "Database", "app", connection, waiting)
        .await;
    let columns = json!({"sqlite": {"columns": [{"name": "id", "type": "integer"}]}});
    let spec = json!({"database": "app", "name": "users", "schema": columns});
    let version = "schemas.schemahero.io/v1alpha4";
    fixture
        .object::<Table>(
            version,
            "Table",
            "users",
            spec,
            status("False", "AwaitingApproval"),
        )
        .await;
    fixture.migration("app-one", json!({"phase": "PLANNED"})).await;
    fixture
        .status::<Database>("app", json!({"migration": "app-one"}))
        .await;
    let waits = fixture.run(&["wait", "-d", "app", "--timeout", "1s"]);
    ended(
        &waits,
        4,
        &[
            "because AwaitingApproval",
            "hint: chancery migrations approve app-one",
        ],
    );
    let wait = fixture.start(&["wait", "-d", "app", "--timeout", "60s"]);
    let both = fixture.start(&["wait", "app-one", "--for", "ready", "--timeout", "60s"]);
    fixture
        .status::<Migration>("app-one", json!({"phase": "EXECUTED"}))
        .await;
    fixture.status::<Database>("app", status("True", "Synced")).await;
    fixture.status::<Table>("users", status("True", "Synced")).await;
    ended(&wait.await.unwrap(), 0, &["is as its 1 Table declare"]);
    ended(&both.await.unwrap(), 0, &["is as its 1 Table declare"]);
}
