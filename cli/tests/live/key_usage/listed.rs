//! `chancery keys list`: objects and items by key.

use std::collections::BTreeMap;

use futures::StreamExt as _;
use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{Role, RoleBinding};
use kube::api::PostParams;
use serde_json::{Value, json};

use super::kind::Definition;
use super::world::{World, counted, fingerprint, pair};

/// Objects and items of a key.
fn counts(key: &Value) -> (Option<u64>, Option<u64>) {
    (key["objects"].as_u64(), key["items"].as_u64())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn objects_and_items_are_counted_from_current_statuses_and_the_rest_is_opened() {
    let world = World::new(Definition::Ours).await;
    let (old, new) = (world.key("old", 1).await, world.key("new", 2).await);
    world
        .kind
        .create(&world.sealed("plain", &[&old, &new, &old]))
        .await;
    // No key here opens it, so only its status can tell.
    let believed = counted(
        world.sealed("believed", &[&pair(1), &pair(1)]),
        &[(&fingerprint(&old), 2)],
    );
    world.kind.create(&believed).await;
    let stored = world.kind.write_status(&believed).await.status.unwrap();
    assert_eq!(stored.unsealed, believed.status.unwrap().unsealed);
    // Its status speaks of what it was before.
    let stale = counted(world.sealed("stale", &[&old]), &[(&fingerprint(&old), 1)]);
    world.kind.create(&stale).await;
    world.kind.write_status(&stale).await;
    world.kind.replace_spec(&world.sealed("stale", &[&new])).await;

    assert_eq!(counts(&world.listed("old")), (Some(2), Some(4)));
    assert_eq!(counts(&world.listed("new")), (Some(2), Some(2)));
    let text = world.run(&["keys", "list"]).succeeded().stdout;
    let rows: BTreeMap<&str, Vec<&str>> = text
        .lines()
        .map(|line| {
            let cells: Vec<_> = line.split_whitespace().collect();
            (cells[0], cells[5..].to_vec())
        })
        .collect();
    assert_eq!(rows["NAME"], ["OBJECTS", "ITEMS", "RETIRABLE"]);
    assert_eq!(rows["new"], ["2", "2", "no", "(newest)"]);
    assert_eq!(rows["old"], ["2", "4", "no", "(needed)"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_upstreams_definition_drops_the_count_the_items_are_opened() {
    let world = World::new(Definition::Upstreams).await;
    let (old, new) = (world.key("old", 1).await, world.key("new", 2).await);
    let sealed = counted(world.sealed("app", &[&old]), &[(&fingerprint(&new), 1)]);
    world.kind.create(&sealed).await;
    let stored = world.kind.write_status(&sealed).await;
    assert_eq!(stored.status.unwrap_or_default().unsealed, None);
    assert_eq!(counts(&world.listed("old")), (Some(1), Some(1)));
    assert_eq!(counts(&world.listed("new")), (Some(0), Some(0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_objects_are_read_page_by_page() {
    let world = World::new(Definition::Ours).await;
    let (old, new) = (world.key("old", 1).await, world.key("new", 2).await);
    // The API server gives them in the order of their names: the last ones are on the third page.
    let empty: Vec<_> = (0..1001).map(|n| world.sealed(&format!("a-{n}"), &[])).collect();
    futures::stream::iter(&empty)
        .for_each_concurrent(16, async |sealed| drop(world.kind.create(sealed).await))
        .await;
    world.kind.create(&world.sealed("z", &[&old, &new])).await;
    assert_eq!(counts(&world.listed("old")), (Some(1), Some(1)));
    assert_eq!(counts(&world.listed("new")), (Some(1), Some(1)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_right_to_list_sealed_secrets_the_keys_are_listed_and_nothing_is_retired() {
    let world = World::new(Definition::Ours).await;
    world.key("old", 1).await;
    world.key("new", 2).await;
    let create = PostParams::default();
    let account: ServiceAccount = serde_json::from_value(json!({"metadata": {"name": "reader"}})).unwrap();
    let role: Role = serde_json::from_value(json!({
        "metadata": {"name": "reader"},
        "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list", "create", "patch"]}],
    }))
    .unwrap();
    let binding: RoleBinding = serde_json::from_value(json!({
        "metadata": {"name": "reader"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"},
        "subjects": [{"kind": "ServiceAccount", "name": "reader", "namespace": world.namespace.name()}],
    }))
    .unwrap();
    world.namespace.api().create(&create, &account).await.unwrap();
    world.namespace.api().create(&create, &role).await.unwrap();
    world.namespace.api().create(&create, &binding).await.unwrap();
    let token = world
        .cluster
        .service_account_token(world.namespace.name(), "reader")
        .await;

    let run = world.run_as(&token, &["keys", "list", "-o", "json"]).succeeded();
    let keys: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    let said: Vec<_> = keys
        .iter()
        .map(|key| {
            (
                key["name"].as_str().unwrap(),
                counts(key),
                key["retirable"].as_bool(),
            )
        })
        .collect();
    let unknown = (None, None);
    assert_eq!(
        said,
        [("new", unknown, Some(false)), ("old", unknown, Some(false))]
    );
    assert!(
        run.stderr
            .contains("what needs the keys is not known: not allowed: listing the SealedSecrets"),
        "{}",
        run.stderr
    );
    let refused = world.run_as(&token, &["keys", "retire", "old"]);
    assert_eq!(refused.code, Some(1), "{}", refused.stdout);
    assert!(
        refused
            .stderr
            .contains("the right to list SealedSecrets in all namespaces"),
        "{}",
        refused.stderr
    );
    assert_eq!(world.label("old").await, "active");
    let needing = world.run_as(&token, &["keys", "list", "--needing", "old"]);
    assert_eq!((needing.code, needing.stdout.as_str()), (Some(1), ""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_kind_is_gone_nothing_tells_what_needs_a_key_and_nothing_is_retired() {
    let world = World::new(Definition::Nobodys).await;
    world.key("old", 1).await;
    world.key("new", 2).await;
    let run = world.run(&["keys", "list"]).succeeded();
    assert!(
        run.stderr.contains("the cluster knows no SealedSecrets"),
        "{}",
        run.stderr
    );
    let refused = world.run(&["keys", "retire", "old"]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.stderr.contains("the cluster knows no SealedSecrets"),
        "{}",
        refused.stderr
    );
    assert_eq!(world.label("old").await, "active");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_needed_and_stored_nowhere_or_out_of_use_is_told_of() {
    let world = World::new(Definition::Ours).await;
    let old = world.key("old", 1).await;
    world.key("new", 2).await;
    let lost = pair(3);
    let sealed = counted(world.sealed("lost", &[&lost]), &[(&fingerprint(&lost), 1)]);
    world.kind.create(&sealed).await;
    world.kind.write_status(&sealed).await;
    world.kind.create(&world.sealed("off", &[&old])).await;
    world.kind.create(&world.sealed("unknown", &[&pair(4)])).await;
    let label = json!({"metadata": {"labels": {api::names::SEALING_KEY_LABEL: "compromised"}}});
    world.patch("old", &label).await;

    let run = world.run(&["keys", "list", "-o", "json"]).succeeded();
    let keys: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    let missing = keys.iter().find(|key| key["state"] == "missing").unwrap();
    assert_eq!(
        (&missing["name"], counts(missing)),
        (&Value::Null, (Some(1), Some(1)))
    );
    assert_eq!(missing["fingerprint"], fingerprint(&lost).as_str());
    let old_key = keys.iter().find(|key| key["name"] == "old").unwrap();
    assert_eq!(
        (&old_key["state"], counts(old_key)),
        (&json!("disabled"), (Some(1), Some(1)))
    );
    for said in [
        "no Secret holds it: `chancery keys restore`",
        "`old` is out of use",
        &format!("no key here opens {} (a)", world.object("unknown")),
    ] {
        assert!(run.stderr.contains(said), "not said: {said}\n{}", run.stderr);
    }
}
