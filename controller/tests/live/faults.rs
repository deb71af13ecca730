//! An API server that refuses, loses and is away, seen through a proxy.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use api::sealed_secret::SealedSecret;
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::ListParams;
use testkit::eventually;

use crate::cluster::{apply, cluster, has, sealed, secret, synced};
use crate::keys::{pair, store};
use crate::process::Controller;
use crate::proxy::{Fault, Proxy};

const UNAVAILABLE: &str = r#"{"kind":"Status","apiVersion":"v1","status":"Failure","code":503,
    "reason":"ServiceUnavailable","message":"away"}"#;
const QUOTING: &str = r#"{"kind":"Status","apiVersion":"v1","status":"Failure","code":400,"reason":"BadRequest",
    "message":"admission webhook \"policy.example\" denied the request: hunter2 is too short"}"#;

fn writes_a_secret(path: &str, name: &str) -> bool {
    path.ends_with("/secrets") || path.ends_with(&format!("/secrets/{name}"))
}

#[tokio::test]
async fn an_outage_is_said_in_status_and_heals_by_itself() {
    let (cluster, namespace) = cluster("outage").await;
    let key = pair(2048, 0);
    store(&namespace, "key", &key).await;
    let away = Arc::new(AtomicBool::new(true));
    let rule = Arc::clone(&away);
    let proxy = Proxy::start(&cluster, move |_, _, path| {
        let refused = rule.load(Ordering::SeqCst) && writes_a_secret(path, "app");
        refused.then_some(Fault::Refuse(503, UNAVAILABLE))
    })
    .await;
    let _controller = Controller::ready_behind(&namespace, &proxy).await;
    apply(
        &namespace,
        &sealed(
            &secret(&namespace, "app", &[("a", "1")]),
            &key.certificate.to_pem(),
        ),
    )
    .await;
    let failing = synced(&namespace, "app", "Unknown").await.status.unwrap();
    let reconciling = failing
        .conditions
        .iter()
        .find(|c| c.type_ == "Reconciling")
        .unwrap();
    assert_eq!(reconciling.reason, "ProgressingWithRetry");
    away.store(false, Ordering::SeqCst);
    has(&namespace, "app", &[("a", "1")]).await;
    synced(&namespace, "app", "True").await;
}

#[tokio::test]
async fn a_webhook_that_quotes_the_secret_leaks_it_nowhere() {
    let (cluster, namespace) = cluster("canary").await;
    let key = pair(2048, 0);
    store(&namespace, "key", &key).await;
    let proxy = Proxy::start(&cluster, |_, _, path| {
        writes_a_secret(path, "app").then_some(Fault::Refuse(400, QUOTING))
    })
    .await;
    let controller = Controller::ready_behind(&namespace, &proxy).await;
    apply(
        &namespace,
        &sealed(
            &secret(&namespace, "app", &[("a", "hunter2")]),
            &key.certificate.to_pem(),
        ),
    )
    .await;
    let sealed = synced(&namespace, "app", "Unknown").await;
    assert!(
        sealed.status.as_ref().unwrap().conditions[0]
            .message
            .contains("`policy.example` denied it")
    );
    let events: Api<k8s_openapi::api::events::v1::Event> = namespace.api();
    let told = eventually("there is an event", async || {
        let events = events.list(&ListParams::default()).await.unwrap().items;
        events
            .iter()
            .any(|event| event.reason.as_deref() == Some("ErrUpdateFailed"))
            .then_some(events)
    })
    .await;
    for text in [
        serde_json::to_string(&sealed).unwrap(),
        serde_json::to_string(&told).unwrap(),
        controller.text(),
    ] {
        for canary in ["hunter2", "aHVudGVyMg"] {
            assert!(!text.contains(canary), "{text}");
        }
    }
}

/// Runs a controller that is killed at its n-th write, and another to the end. Returns the number of
/// writes of the first.
async fn killed_at(n: usize, fault: Fault) -> usize {
    let (cluster, namespace) = cluster("crash").await;
    let proxy = Proxy::start(&cluster, move |write, _, _| (write == n).then_some(fault)).await;
    let first = Controller::start_behind(&namespace, &proxy).await;
    let secrets: Api<Secret> = namespace.api();
    let certificate = async {
        let answer = eventually("there is a certificate", async || {
            match first.get("/v1/cert.pem").await {
                (200, pem) => Ok(pem),
                other => Err(other),
            }
        })
        .await;
        apply(
            &namespace,
            &sealed(&secret(&namespace, "app", &[("a", "1")]), &answer),
        )
        .await;
        synced(&namespace, "app", "True").await;
        eventually("the event was sent", async || proxy.writes() >= 4).await;
    };
    tokio::select! {
        () = proxy.lost() => {}
        () = certificate => {}
    }
    let writes = proxy.writes();
    first.kill().await;

    let second = Controller::ready(&cluster, &namespace).await;
    let label = format!("{}=active", api::names::SEALING_KEY_LABEL);
    let keys = secrets
        .list(&ListParams::default().labels(&label))
        .await
        .unwrap()
        .items;
    assert_eq!(keys.len(), 1, "killed at write {n}, {fault:?}");
    assert_eq!(
        keys[0].data.as_ref().unwrap()["tls.crt"].0,
        second.certificate().await.into_bytes()
    );
    let sealed_secrets: Api<SealedSecret> = namespace.api();
    if sealed_secrets.get_opt("app").await.unwrap().is_none() {
        let document = sealed(
            &secret(&namespace, "app", &[("a", "1")]),
            &second.certificate().await,
        );
        apply(&namespace, &document).await;
    }
    has(&namespace, "app", &[("a", "1")]).await;
    let status = synced(&namespace, "app", "True").await.status.unwrap();
    let live = secrets.get("app").await.unwrap();
    assert_eq!(
        Some(status.unsealed.unwrap().secret_resource_version),
        live.metadata.resource_version
    );
    writes
}

/// The writes are: the key, the Secret, its status, the event.
#[tokio::test]
async fn a_crash_at_any_write_ends_in_the_same_objects() {
    let faults = [Fault::LostRequest, Fault::LostAnswer];
    let runs = (1..=4).flat_map(|n| faults.map(|fault| async move { (n, killed_at(n, fault).await) }));
    for (n, writes) in futures::future::join_all(runs).await {
        assert!(writes >= n, "killed at {n}, seen {writes}");
    }
}
