//! Keys that are asked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use api::names;
use axum::http::Method;
use jiff::SignedDuration;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::api::events::v1::Event;
use kube::Api;
use kube::api::ListParams;
use serde_json::json;
use testkit::eventually;

use super::fixture::{
    all_serve, certificate_of, create, filled, item, label, labelled, opens, patch, request,
};
use super::{pair, serves, store};
use crate::cluster::cluster;
use crate::process::Controller;
use crate::proxy::{Fault, Proxy};

const FORBIDDEN: &str = r#"{"kind":"Status","apiVersion":"v1","status":"Failure","code":403,"reason":"Forbidden",
    "message":"secrets is forbidden"}"#;

fn fills(method: &Method, path: &str) -> bool {
    method == Method::PUT && path.contains("/secrets/")
}

#[tokio::test]
async fn a_key_that_is_asked_for_is_made_in_that_secret_and_served_by_every_replica() {
    let (cluster, namespace) = cluster("asked").await;
    let old = pair(2048, 0);
    store(&namespace, "old", &old).await;
    let replicas = futures::join!(
        Controller::ready(&cluster, &namespace),
        Controller::ready(&cluster, &namespace),
        Controller::ready(&cluster, &namespace)
    );
    let replicas = [&replicas.0, &replicas.1, &replicas.2];
    all_serve(&replicas, &old.certificate).await;
    for _ in 0..2 {
        let name = request(&namespace).await;
        let secret = filled(&namespace, &name).await;
        let certificate = certificate_of(&secret);
        all_serve(&replicas, &certificate).await;
        assert!(item(&secret, "tls.key").starts_with(b"-----BEGIN RSA PRIVATE KEY-----"));
        opens(&namespace, &name, &certificate).await;
    }
    // What was sealed before opens as it did.
    opens(&namespace, "before", &old.certificate).await;
    assert_eq!(labelled(&namespace, "active").await.len(), 3);
}

#[tokio::test]
async fn requests_that_were_there_before_the_controller_get_one_key_which_is_also_the_first() {
    let (cluster, namespace) = cluster("crowd").await;
    let names = futures::future::join_all((0..30).map(|_| request(&namespace))).await;
    let controller = Controller::ready(&cluster, &namespace).await;
    eventually("no request waits", async || {
        let waiting = labelled(&namespace, "requested").await.len();
        if waiting == 0 { Ok(()) } else { Err(waiting) }
    })
    .await;
    let active = labelled(&namespace, "active").await;
    assert_eq!(active.len(), 1);
    let key = active[0].metadata.name.clone().unwrap();
    assert!(names.contains(&key), "{key}");
    let answered = labelled(&namespace, "answered").await;
    assert_eq!(answered.len(), 29);
    for secret in &answered {
        assert_eq!(
            secret.metadata.annotations.as_ref().unwrap()[names::ANSWERED_BY],
            key
        );
        assert!(item(secret, "tls.key").is_empty());
    }
    all_serve(&[&controller], &certificate_of(&active[0])).await;
}

#[tokio::test]
async fn what_is_no_request_is_reported_and_left_as_it_is_and_the_next_one_is_filled() {
    let (cluster, namespace) = cluster("shape").await;
    let key = pair(2048, 0);
    let labels = json!({names::SEALING_KEY_LABEL: "requested"});
    let kept = store(&namespace, "kept", &key).await;
    label(&namespace, "kept", "requested").await;
    create(
        &namespace,
        json!({"metadata": {"name": "opaque", "labels": labels}, "type": "Opaque"}),
    )
    .await;
    create(
        &namespace,
        json!({
            "metadata": {"name": "fixed", "labels": labels}, "type": "kubernetes.io/tls", "immutable": true,
            "data": {"tls.crt": "", "tls.key": ""},
        }),
    )
    .await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let good = request(&namespace).await;
    let made = filled(&namespace, &good).await;
    all_serve(&[&controller], &certificate_of(&made)).await;
    let events: Api<Event> = namespace.api();
    eventually("all three are reported", async || {
        let events = events.list(&ListParams::default()).await.unwrap().items;
        let reported: std::collections::BTreeSet<String> = events
            .into_iter()
            .filter(|event| event.reason.as_deref() == Some("InvalidKeyRequest"))
            .filter_map(|event| event.regarding?.name)
            .collect();
        let expected = ["fixed", "kept", "opaque"].map(str::to_owned);
        if reported == expected.into() {
            Ok(())
        } else {
            Err(reported)
        }
    })
    .await;
    let secrets: Api<Secret> = namespace.api();
    let after = secrets.get("kept").await.unwrap();
    assert_eq!(after.data, kept.data);
    assert_eq!(labelled(&namespace, "requested").await.len(), 3);
}

#[tokio::test]
async fn the_new_key_is_the_newest_even_where_one_from_elsewhere_begins_in_the_future() {
    let (cluster, namespace) = cluster("future").await;
    let future = pair(2048, 40_000);
    store(&namespace, "future", &future).await;
    let controller = Controller::ready(&cluster, &namespace).await;
    serves(&controller, &future).await;
    let name = request(&namespace).await;
    let made = certificate_of(&filled(&namespace, &name).await);
    assert_eq!(
        made.not_before(),
        future.certificate.not_before() + SignedDuration::from_secs(1)
    );
    all_serve(&[&controller], &made).await;
}

#[tokio::test]
async fn a_controller_that_dies_before_its_key_is_stored_leaves_the_request_to_the_next() {
    let (cluster, namespace) = cluster("died").await;
    let old = pair(2048, 0);
    store(&namespace, "old", &old).await;
    let proxy = Proxy::start(&cluster, |_, method, path| {
        fills(method, path).then_some(Fault::LostRequest)
    })
    .await;
    let first = Controller::ready_behind(&namespace, &proxy).await;
    let name = request(&namespace).await;
    proxy.lost().await;
    assert_eq!(labelled(&namespace, "requested").await.len(), 1);
    first.kill().await;
    let second = Controller::ready(&cluster, &namespace).await;
    let made = filled(&namespace, &name).await;
    all_serve(&[&second], &certificate_of(&made)).await;
    assert_eq!(labelled(&namespace, "active").await.len(), 2);
}

#[tokio::test]
async fn a_controller_that_dies_before_it_knows_that_its_key_is_stored_is_not_repeated() {
    let (cluster, namespace) = cluster("unsure").await;
    let old = pair(2048, 0);
    store(&namespace, "old", &old).await;
    let proxy = Proxy::start(&cluster, |_, method, path| {
        fills(method, path).then_some(Fault::LostAnswer)
    })
    .await;
    let first = Controller::ready_behind(&namespace, &proxy).await;
    let name = request(&namespace).await;
    proxy.lost().await;
    let made = filled(&namespace, &name).await;
    first.kill().await;
    let second = Controller::ready(&cluster, &namespace).await;
    all_serve(&[&second], &certificate_of(&made)).await;
    // It leads, and has nothing left to do about keys.
    opens(&namespace, "app", &certificate_of(&made)).await;
    let secrets: Api<Secret> = namespace.api();
    assert_eq!(secrets.get(&name).await.unwrap(), made);
    assert_eq!(labelled(&namespace, "active").await.len(), 2);
}

#[tokio::test]
async fn a_request_that_may_not_be_filled_is_filled_once_it_may() {
    let (cluster, namespace) = cluster("forbidden").await;
    let old = pair(2048, 0);
    store(&namespace, "old", &old).await;
    let forbidden = Arc::new(AtomicBool::new(true));
    let rule = Arc::clone(&forbidden);
    let proxy = Proxy::start(&cluster, move |_, method, path| {
        let refused = rule.load(Ordering::SeqCst) && fills(method, path);
        refused.then_some(Fault::Refuse(403, FORBIDDEN))
    })
    .await;
    let controller = Controller::ready_behind(&namespace, &proxy).await;
    let name = request(&namespace).await;
    eventually("it is refused twice", async || {
        let refusals = controller.text().matches("403 Forbidden").count();
        if refusals >= 2 { Ok(()) } else { Err(refusals) }
    })
    .await;
    serves(&controller, &old).await;
    forbidden.store(false, Ordering::SeqCst);
    let made = filled(&namespace, &name).await;
    all_serve(&[&controller], &certificate_of(&made)).await;
}

#[tokio::test]
async fn a_request_that_may_not_be_filled_does_not_leave_everybody_without_a_first_key() {
    let (cluster, namespace) = cluster("barred").await;
    let name = request(&namespace).await;
    let proxy = Proxy::start(&cluster, |_, method, path| {
        fills(method, path).then_some(Fault::Refuse(403, FORBIDDEN))
    })
    .await;
    let controller = Controller::ready_behind(&namespace, &proxy).await;
    let active = labelled(&namespace, "active").await;
    assert_eq!(active.len(), 1);
    assert_ne!(active[0].metadata.name.as_ref(), Some(&name));
    all_serve(&[&controller], &certificate_of(&active[0])).await;
    assert_eq!(labelled(&namespace, "requested").await.len(), 1);
}

#[tokio::test]
async fn changes_of_a_request_while_its_key_is_made_do_not_take_that_key_out_of_use() {
    let (cluster, namespace) = cluster("queued").await;
    let (old, late) = (pair(2048, 0), pair(2048, 1));
    store(&namespace, "old", &old).await;
    let controller = Controller::ready(&cluster, &namespace).await;
    serves(&controller, &old).await;
    let name = request(&namespace).await;
    for time in 0..5 {
        let annotations = json!({ "metadata": { "annotations": { "time": time.to_string() } } });
        patch(&namespace, &name, annotations).await;
    }
    let made = certificate_of(&filled(&namespace, &name).await);
    all_serve(&[&controller], &made).await;
    // Events come in order: with this one all of the request's were seen.
    store(&namespace, "late", &late).await;
    eventually("the later key is seen", async || {
        let seen = format!("{}", late.certificate.fingerprint());
        let log = controller.text();
        if log.contains(&seen) { Ok(()) } else { Err(log) }
    })
    .await;
    let log = controller.text();
    let made = made.fingerprint().to_string();
    let of_made = |line: &&str| line.contains(&made) && line.contains("disabled");
    assert_eq!(log.lines().find(of_made), None, "{log}");
}
