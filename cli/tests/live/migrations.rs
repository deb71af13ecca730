//! `chancery migrations` against a real API server: what is there, and what people decide.

use api::migration::Migration;
use k8s_openapi::api::admissionregistration::v1::{
    ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding,
};
use k8s_openapi::api::rbac::v1::{Role, RoleBinding};
use kube::Api;
use kube::api::{DeleteParams, PostParams};
use serde_json::{Value, json};
use testkit::eventually;

use crate::program::Run;
use crate::schema_objects::{Fixture, HASH};

#[track_caller]
fn failed(run: &Run, code: i32, said: &[&str]) {
    assert_eq!(run.code, Some(code), "{}{}", run.stdout, run.stderr);
    for part in said {
        assert!(run.stderr.contains(part), "not said: {part:?} in\n{}", run.stderr);
    }
}

#[tokio::test]
async fn migrations_are_listed_with_what_matters_for_an_approval() {
    let fixture = Fixture::new().await;
    let none = fixture.run(&["list"]).succeeded();
    assert_eq!(none.stdout, "");
    assert!(
        none.stderr.contains("there is no Migration in namespace"),
        "{}",
        none.stderr
    );
    fixture.migration("app-one", json!({"phase": "PLANNED"})).await;
    let decided = json!({"phase": "EXECUTED", "decidedBy": "alice", "approvedAt": 1_795_000_000, "run": 1});
    fixture.migration("app-two", decided).await;
    let list = fixture.run(&["list"]).succeeded().stdout;
    let rows: Vec<Vec<&str>> = list
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    let headers = [
        "NAME",
        "DATABASE",
        "PHASE",
        "STEPS",
        "HELD",
        "HAZARDS",
        "APPROVED-BY",
        "AGE",
    ];
    assert_eq!(rows[0], headers);
    let row = |name: &str| rows.iter().find(|row| row[0] == name).unwrap()[..7].to_vec();
    assert_eq!(
        row("app-one"),
        ["app-one", "app", "PLANNED", "1", "1", "warning", "-"]
    );
    assert_eq!(
        row("app-two"),
        ["app-two", "app", "EXECUTED", "1", "1", "warning", "alice"]
    );
    let json = fixture
        .run(&["list", "--phase", "planned,failed", "-o", "json"])
        .succeeded();
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 1);
    assert_eq!(
        (&json[0]["name"], &json[0]["hash"]),
        (&json!("app-one"), &json!(HASH))
    );
    let other = fixture.run(&["list", "-d", "other"]).succeeded();
    assert!(
        other.stderr.contains("none of the 2 Migrations"),
        "{}",
        other.stderr
    );
}

#[tokio::test]
async fn all_namespaces_are_listed_with_their_names() {
    let fixture = Fixture::new().await;
    fixture.migration("app-one", json!({"phase": "PLANNED"})).await;
    let kubeconfig = fixture.kubeconfig.display().to_string();
    let all = [
        "migrations",
        "list",
        "-A",
        "-d",
        "app",
        "--kubeconfig",
        &kubeconfig,
    ];
    let list = crate::program::chancery(fixture.folder.path(), &all, "").succeeded();
    assert!(list.stdout.starts_with("NAMESPACE"), "{}", list.stdout);
    let ours = list
        .stdout
        .lines()
        .find(|line| line.starts_with(fixture.namespace.name()));
    assert!(ours.unwrap().contains(" app-one "), "{}", list.stdout);
}

#[tokio::test]
async fn a_plan_is_shown_in_every_format() {
    let fixture = Fixture::new().await;
    fixture.migration("app-one", json!({"phase": "PLANNED"})).await;
    let text = fixture.run(&["show", "app-one"]).succeeded().stdout;
    for part in [
        "1. add column `email`",
        "warning scans-table: every row is read",
        "Held: 1 step does not run",
        HASH,
        "PLANNED",
        "chancery migrations approve app-one -n",
    ] {
        assert!(text.contains(part), "not said: {part:?} in\n{text}");
    }
    for newest in [&["show", "--latest"][..], &["show", "-d", "app"]] {
        assert_eq!(fixture.run(newest).succeeded().stdout, text);
    }
    let json = fixture.run(&["show", "app-one", "-o", "json"]).succeeded();
    let read: Migration = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(read.spec, fixture.read("app-one").await.spec);
    let yaml = fixture.run(&["show", "app-one", "-o", "yaml"]).succeeded().stdout;
    assert!(
        yaml.contains("\nkind: Migration\n") && !yaml.contains("managedFields"),
        "{yaml}"
    );
    let sql = fixture.run(&["show", "app-one", "-o", "sql"]).succeeded();
    assert_eq!(sql.stdout, "ALTER TABLE users ADD COLUMN email text;\n");
    failed(
        &fixture.run(&["show", "app-two"]),
        1,
        &["no Migration", "/app-two`", "hint: "],
    );
    failed(
        &fixture.run(&["show", "-d", "other"]),
        1,
        &["no Migration of the Database `other`"],
    );
}

#[tokio::test]
async fn an_approval_is_for_the_hash_and_by_the_user_of_the_api_server() {
    let fixture = Fixture::new().await;
    fixture.migration("app-one", json!({"phase": "PLANNED"})).await;
    let run = fixture.run(&["approve", "app-one", "--hash", HASH]).succeeded();
    assert_eq!(run.stdout, "");
    for part in [
        "1 step to run, 1 held",
        "scans-table",
        "held: drop column `old`",
        "app-one, as admin",
    ] {
        assert!(run.stderr.contains(part), "not said: {part:?} in\n{}", run.stderr);
    }
    let approved = fixture.annotation("app-one", api::names::APPROVED_PLAN).await;
    assert_eq!(approved.as_deref(), Some(HASH));
    let by = fixture.annotation("app-one", api::names::APPROVED_BY).await;
    assert_eq!(by.as_deref(), Some("admin"));
    // Until the controller has seen it, it can be said again.
    fixture.run(&["approve", "app-one"]).succeeded();
}

#[tokio::test]
async fn what_cannot_be_approved_says_why_and_nothing_is_written_for_the_others() {
    let fixture = Fixture::new().await;
    fixture.migration("app-one", json!({"phase": "PLANNED"})).await;
    let over = json!({"phase": "INVALID", "conditions": [
        {"type": "Succeeded", "status": "False", "reason": "Superseded", "message": "superseded by app-one"},
    ]});
    fixture.migration("app-old", over).await;
    let run = fixture.run(&["approve", "app-one", "app-old"]);
    failed(
        &run,
        1,
        &["/app-old` is no longer valid: superseded by app-one", "hint: "],
    );
    let run = fixture.run(&["approve", "app-one", "--hash", "other"]);
    failed(&run, 4, &[HASH, "what was reviewed is not what is there"]);
    let run = fixture.run(&["approve", "app-one", "app-none"]);
    failed(&run, 1, &["no Migration"]);
    assert_eq!(
        fixture.annotation("app-one", api::names::APPROVED_PLAN).await,
        None
    );
}

#[tokio::test]
async fn a_migration_that_changes_between_check_and_write_is_checked_and_written_again() {
    let fixture = Fixture::new().await;
    fixture.migration("app-one", json!({"phase": "PLANNED"})).await;
    let approve = fixture.start(&["approve", "app-one"]);
    for at in 0..15 {
        fixture
            .status::<Migration>("app-one", json!({"plannedAt": 1_795_000_000 + at}))
            .await;
    }
    approve.await.unwrap().succeeded();
    let approved = fixture.annotation("app-one", api::names::APPROVED_PLAN).await;
    assert_eq!(approved.as_deref(), Some(HASH));
}

#[tokio::test]
async fn a_rejection_keeps_who_and_why() {
    let fixture = Fixture::new().await;
    fixture.migration("app-one", json!({"phase": "PLANNED"})).await;
    let run = fixture
        .run(&["reject", "app-one", "--reason", "not today"])
        .succeeded();
    assert!(run.stderr.contains("app-one, as admin"), "{}", run.stderr);
    for (name, value) in [
        (api::names::REJECTED_PLAN, HASH),
        (api::names::REJECTED_BY, "admin"),
        (api::names::REJECTED_REASON, "not today"),
    ] {
        assert_eq!(fixture.annotation("app-one", name).await.as_deref(), Some(value));
    }
    failed(
        &fixture.run(&["approve", "app-one"]),
        1,
        &["is rejected by admin"],
    );
}

#[tokio::test]
async fn only_a_failed_run_is_retried_and_by_its_number() {
    let fixture = Fixture::new().await;
    fixture.migration("app-one", json!({"phase": "PLANNED"})).await;
    failed(
        &fixture.run(&["retry", "app-one"]),
        1,
        &["only a Migration that failed"],
    );
    fixture
        .status::<Migration>("app-one", json!({"phase": "FAILED", "run": 7}))
        .await;
    fixture.run(&["retry", "app-one"]).succeeded();
    let run = fixture.annotation("app-one", api::names::RETRY_RUN).await;
    assert_eq!(run.as_deref(), Some("7"));
}

/// A kubeconfig of the namespace's `default` ServiceAccount, which has no rights of its own.
async fn nobody(fixture: &Fixture) -> std::path::PathBuf {
    let namespace = fixture.namespace.name();
    let token = fixture.cluster.service_account_token(namespace, "default").await;
    let folder = fixture.folder.path().join("nobody");
    std::fs::create_dir(&folder).unwrap();
    fixture.cluster.kubeconfig_with_token(&folder, &token)
}

/// Lets that ServiceAccount read Migrations.
async fn may_read(fixture: &Fixture) {
    let role: Role = serde_json::from_value(json!({"metadata": {"name": "reader"}, "rules": [
        {"apiGroups": ["schemas.schemahero.io"], "resources": ["migrations"], "verbs": ["get", "list", "watch"]},
    ]}))
    .unwrap();
    let binding: RoleBinding = serde_json::from_value(json!({
        "metadata": {"name": "reader"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"},
        "subjects": [{"kind": "ServiceAccount", "name": "default", "namespace": fixture.namespace.name()}],
    }))
    .unwrap();
    let roles: Api<Role> = fixture.namespace.api();
    roles.create(&PostParams::default(), &role).await.unwrap();
    let bindings: Api<RoleBinding> = fixture.namespace.api();
    bindings.create(&PostParams::default(), &binding).await.unwrap();
}

#[tokio::test]
async fn a_user_without_rights_is_told_which_are_missing() {
    let fixture = Fixture::new().await;
    fixture.migration("app-one", json!({"phase": "PLANNED"})).await;
    let nobody = nobody(&fixture).await;
    let run = fixture.run_as(&nobody, &["list"]);
    failed(
        &run,
        1,
        &[
            "not allowed: listing the Migrations",
            "cannot list resource \"migrations\"",
        ],
    );
    for arguments in [
        &["show", "app-one"][..],
        &["approve", "app-one"],
        &["retry", "app-one"],
    ] {
        let run = fixture.run_as(&nobody, arguments);
        failed(
            &run,
            1,
            &["not allowed: reading Migration", "cannot get resource"],
        );
    }
    // Waiting would not give the right.
    let run = fixture.run_as(&nobody, &["wait", "app-one", "--timeout", "10m"]);
    failed(&run, 1, &["not allowed: watching Migrations named `app-one`"]);
}

#[tokio::test]
async fn a_user_who_may_only_look_is_told_how_the_right_to_approve_is_given() {
    let fixture = Fixture::new().await;
    fixture.migration("app-one", json!({"phase": "PLANNED"})).await;
    let reader = nobody(&fixture).await;
    may_read(&fixture).await;
    eventually("the role is in force", async || {
        let run = fixture.run_as(&reader, &["show", "app-one"]);
        if run.code == Some(0) {
            Ok(())
        } else {
            Err(run.stderr)
        }
    })
    .await;
    let run = fixture.run_as(&reader, &["approve", "app-one"]);
    let said = [
        "not allowed: approving Migration",
        "cannot patch resource",
        "--clusterrole=chancery-migration-approver",
    ];
    failed(&run, 1, &said);
    assert_eq!(
        fixture.annotation("app-one", api::names::APPROVED_PLAN).await,
        None
    );
}

#[tokio::test]
async fn what_an_admission_policy_says_is_passed_on() {
    let fixture = Fixture::new().await;
    let name = format!("refuses-{}", fixture.namespace.name());
    let policy: ValidatingAdmissionPolicy = serde_json::from_value(json!({
        "metadata": {"name": name},
        "spec": {
            "matchConstraints": {
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": fixture.namespace.name()}},
                "resourceRules": [{
                    "apiGroups": ["schemas.schemahero.io"], "apiVersions": ["*"], "operations": ["UPDATE"],
                    "resources": ["migrations"],
                }],
            },
            "validations": [{"expression": "false", "message": "nobody approves on a Monday"}],
        },
    }))
    .unwrap();
    let binding: ValidatingAdmissionPolicyBinding = serde_json::from_value(json!({
        "metadata": {"name": name}, "spec": {"policyName": name, "validationActions": ["Deny"]},
    }))
    .unwrap();
    let policies: Api<ValidatingAdmissionPolicy> = Api::all(fixture.cluster.client.clone());
    let bindings: Api<ValidatingAdmissionPolicyBinding> = Api::all(fixture.cluster.client.clone());
    policies.create(&PostParams::default(), &policy).await.unwrap();
    bindings.create(&PostParams::default(), &binding).await.unwrap();
    fixture.migration("app-one", json!({"phase": "PLANNED"})).await;
    // The API server takes a moment to heed a new policy.
    let refused = eventually("the policy refuses", async || {
        let run = fixture.run(&["approve", "app-one"]);
        (run.code != Some(0)).then_some(run)
    })
    .await;
    let said = [
        "the cluster refuses: approving Migration",
        "nobody approves on a Monday",
        "hint: ",
    ];
    failed(&refused, 1, &said);
    bindings.delete(&name, &DeleteParams::default()).await.unwrap();
    policies.delete(&name, &DeleteParams::default()).await.unwrap();
}
