//! Keys that are replaced in place by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::http::Method;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::api::events::v1::Event;
use kube::Api;
use kube::api::{DeleteParams, ListParams};
use sealing::KeyPair;
use serde_json::{Value, json};
use testkit::{eventually, eventually_within};

use super::fixture::{all_serve, copy_name, create, is_copied, issued_items, labelled, opens, patch};
use super::{pair, serves, store};
use crate::cluster::{apply, cluster, has, sealed, secret};
use crate::process::Controller;
use crate::proxy::{Fault, Proxy};

const UNAVAILABLE: &str = r#"{"kind":"Status","apiVersion":"v1","status":"Failure","code":503,
    "reason":"ServiceUnavailable","message":"away"}"#;

/// Returns the items of a key Secret as upstream writes them: PKCS#1.
fn items(pair: &KeyPair) -> Value {
    json!({
        "tls.crt": ByteString(pair.certificate.to_pem().into_bytes()),
        "tls.key": ByteString(pair.private_key_pem().as_bytes().to_vec()),
    })
}

fn creates(method: &Method, path: &str) -> bool {
    method == Method::POST && path.ends_with("/secrets")
}

#[tokio::test]
async fn a_key_that_is_replaced_in_place_is_stored_again_and_opens_after_a_restart() {
    let (cluster, namespace) = cluster("replaced").await;
    let (first, second) = (pair(2048, 0), pair(2048, 1));
    store(&namespace, "own", &first).await;
    let controller = Controller::ready(&cluster, &namespace).await;
    serves(&controller, &first).await;
    patch(&namespace, "own", json!({ "data": items(&second) })).await;
    serves(&controller, &second).await;
    is_copied(&namespace, "own", &first).await;
    controller.terminate().await;
    let controller = Controller::ready(&cluster, &namespace).await;
    serves(&controller, &second).await;
    opens(&namespace, "first", &first.certificate).await;
    opens(&namespace, "second", &second.certificate).await;
}

#[tokio::test]
async fn none_of_three_replicas_serves_the_new_key_before_the_old_one_is_stored_again() {
    let (cluster, namespace) = cluster("three").await;
    let (first, second) = (pair(2048, 0), pair(2048, 1));
    store(&namespace, "own", &first).await;
    let refusing = Arc::new(AtomicBool::new(true));
    let rule = Arc::clone(&refusing);
    let proxy = Proxy::start(&cluster, move |_, method, path| {
        let refused = rule.load(Ordering::SeqCst) && creates(method, path);
        refused.then_some(Fault::Refuse(503, UNAVAILABLE))
    })
    .await;
    let replicas = futures::join!(
        Controller::ready_behind(&namespace, &proxy),
        Controller::ready_behind(&namespace, &proxy),
        Controller::ready_behind(&namespace, &proxy)
    );
    let replicas = [&replicas.0, &replicas.1, &replicas.2];
    patch(&namespace, "own", json!({ "data": items(&second) })).await;
    for replica in replicas {
        eventually("each of them saw it", async || {
            let log = replica.text();
            if log.contains("sealing key was replaced in place") {
                Ok(())
            } else {
                Err(log)
            }
        })
        .await;
    }
    eventually("the copy is refused again and again", async || {
        let tries = proxy.writes();
        if tries >= 4 { Ok(()) } else { Err(tries) }
    })
    .await;
    for replica in replicas {
        assert_eq!(replica.get("/v1/cert.pem").await.0, 503);
    }
    // The old key is in the memory of each alone.
    assert_eq!(labelled(&namespace, "active").await.len(), 1);
    refusing.store(false, Ordering::SeqCst);
    all_serve(&replicas, &second.certificate).await;
    is_copied(&namespace, "own", &first).await;
    opens(&namespace, "first", &first.certificate).await;
    opens(&namespace, "second", &second.certificate).await;
}

#[tokio::test]
async fn what_the_new_key_sealed_opens_while_the_old_one_is_not_stored_yet() {
    let (cluster, namespace) = cluster("before").await;
    let (other, first, second) = (pair(2048, -1), pair(2048, 0), pair(2048, 1));
    store(&namespace, "other", &other).await;
    store(&namespace, "own", &first).await;
    let proxy = Proxy::start(&cluster, |_, method, path| {
        creates(method, path).then_some(Fault::Refuse(503, UNAVAILABLE))
    })
    .await;
    let controller = Controller::ready_behind(&namespace, &proxy).await;
    serves(&controller, &first).await;
    let document = sealed(
        &secret(&namespace, "app", &[("a", "1")]),
        &second.certificate.to_pem(),
    );
    // No Secret can be created, so it is there already, to be taken over.
    create(
        &namespace,
        json!({
            "metadata": {"name": "app", "annotations": {api::names::MANAGED: "true"}}, "data": {},
        }),
    )
    .await;
    patch(&namespace, "own", json!({ "data": items(&second) })).await;
    apply(&namespace, &document).await;
    has(&namespace, "app", &[("a", "1")]).await;
    serves(&controller, &other).await;
    assert_eq!(labelled(&namespace, "active").await.len(), 2);
}

#[tokio::test]
async fn another_replica_stores_the_key_when_the_leader_does_not() {
    let (cluster, namespace) = cluster("helped").await;
    let (first, second) = (pair(2048, 0), pair(2048, 1));
    store(&namespace, "own", &first).await;
    let proxy = Proxy::start(&cluster, |_, method, path| {
        creates(method, path).then_some(Fault::Refuse(503, UNAVAILABLE))
    })
    .await;
    let leader = Controller::ready_behind(&namespace, &proxy).await;
    eventually("the first one leads", async || leader.line("lease acquired")).await;
    let other = Controller::ready(&cluster, &namespace).await;
    patch(&namespace, "own", json!({ "data": items(&second) })).await;
    eventually_within(Duration::from_mins(1), "both serve the new key", async || {
        let expected = (200, second.certificate.to_pem());
        let answers = (leader.get("/v1/cert.pem").await, other.get("/v1/cert.pem").await);
        if answers.0 == expected && answers.1 == expected {
            Ok(())
        } else {
            Err(answers)
        }
    })
    .await;
    is_copied(&namespace, "own", &first).await;
    assert!(other.line("lease acquired").is_none(), "{}", other.text());
}

#[tokio::test]
async fn a_copys_name_that_is_taken_by_something_else_is_reported_and_the_new_key_is_not_served() {
    let (cluster, namespace) = cluster("taken").await;
    let (first, second) = (pair(2048, 0), pair(2048, 1));
    store(&namespace, "own", &first).await;
    let name = copy_name("own", &first.certificate);
    let label = json!({ api::names::SEALING_KEY_LABEL: "compromised" });
    create(
        &namespace,
        json!({"metadata": {"name": name, "labels": label}, "type": "kubernetes.io/tls", "data": issued_items(&second)}),
    )
    .await;
    let controller = Controller::ready(&cluster, &namespace).await;
    patch(&namespace, "own", json!({ "data": items(&second) })).await;
    let events: Api<Event> = namespace.api();
    eventually("it is reported", async || {
        let events = events.list(&ListParams::default()).await.unwrap().items;
        events
            .into_iter()
            .find(|event| event.reason.as_deref() == Some("SealingKeyNotKept"))
    })
    .await;
    assert_eq!(controller.get("/v1/cert.pem").await.0, 503);
    let secrets: Api<Secret> = namespace.api();
    secrets.delete(&name, &DeleteParams::default()).await.unwrap();
    serves(&controller, &second).await;
    is_copied(&namespace, "own", &first).await;
}
