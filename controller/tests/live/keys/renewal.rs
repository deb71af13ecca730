//! Keys that are made because the newest is old.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::Method;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::Secret;
use testkit::{TestNamespace, eventually};

use super::fixture::{all_serve, certificate_of, labelled, opens};
use super::{pair, serves, store};
use crate::cluster::cluster;
use crate::process::Controller;
use crate::proxy::{Fault, Proxy};

/// When the keys in use begin, in order.
fn begun(keys: &[Secret]) -> Vec<Timestamp> {
    let mut begun: Vec<Timestamp> = keys.iter().map(|key| certificate_of(key).not_before()).collect();
    begun.sort();
    begun
}

/// Waits until there are as many keys in use, and returns them, the newest last.
pub(super) async fn keys(namespace: &TestNamespace, count: usize) -> Vec<Secret> {
    let mut keys = eventually("there are as many keys", async || {
        let keys = labelled(namespace, "active").await;
        if keys.len() == count {
            Ok(keys)
        } else {
            Err(keys.len())
        }
    })
    .await;
    keys.sort_by_key(|key| certificate_of(key).not_before());
    keys
}

#[tokio::test]
async fn each_period_brings_one_key_across_crashes_of_the_controller() {
    let (cluster, namespace) = cluster("period").await;
    let period = SignedDuration::from_secs(4);
    let args = ["--key-renew-period=4s"];
    for life in 1..=3 {
        let controller = Controller::ready_with(&cluster, &namespace, &args).await;
        let newest = keys(&namespace, life + 1).await.pop().unwrap();
        all_serve(&[&controller], &certificate_of(&newest)).await;
        controller.kill().await;
    }
    let stored = labelled(&namespace, "active").await;
    let begun = begun(&stored);
    for two in begun.windows(2) {
        assert!(two[1].duration_since(two[0]) >= period, "{begun:?}");
    }
    // All of them open.
    let controller = Controller::ready(&cluster, &namespace).await;
    for (place, key) in stored.iter().enumerate() {
        opens(&namespace, &place.to_string(), &certificate_of(key)).await;
    }
    drop(controller);
}

#[tokio::test]
async fn two_replicas_that_both_believe_to_lead_renew_a_key_once() {
    let (cluster, namespace) = cluster("once").await;
    store(&namespace, "old", &pair(2048, 0)).await;
    let (near, far) = (
        Proxy::start_beside(&cluster, "near").await,
        Proxy::start_beside(&cluster, "far").await,
    );
    let args = ["--key-renew-period=720h"];
    let rivals = futures::join!(
        Controller::start_behind_with(&namespace, &near, &args),
        Controller::start_behind_with(&namespace, &far, &args)
    );
    let rivals = [&rivals.0, &rivals.1];
    for rival in rivals {
        eventually("each of them leads", async || rival.line("lease acquired")).await;
    }
    let newest = keys(&namespace, 2).await.pop().unwrap();
    // Who serves the new key has done with its own attempt: it does one thing at a time.
    all_serve(&rivals, &certificate_of(&newest)).await;
    assert_eq!(labelled(&namespace, "active").await.len(), 2);
}

#[tokio::test]
async fn a_renewal_that_the_api_server_refuses_is_tried_again_before_another_period_has_passed() {
    let (cluster, namespace) = cluster("again").await;
    let old = pair(2048, 0);
    store(&namespace, "old", &old).await;
    let refused = AtomicUsize::new(0);
    let status = r#"{"kind":"Status","code":500,"reason":"InternalError","message":"no"}"#;
    let proxy = Proxy::start(&cluster, move |_, method, path| {
        let creates = *method == Method::POST && path.ends_with("/secrets");
        (creates && refused.fetch_add(1, Ordering::SeqCst) < 3).then_some(Fault::Refuse(500, status))
    })
    .await;
    let controller = Controller::start_behind_with(&namespace, &proxy, &["--key-renew-period=720h"]).await;
    let newest = keys(&namespace, 2).await.pop().unwrap();
    all_serve(&[&controller], &certificate_of(&newest)).await;
    let said = "no sealing key could be made; it is tried again";
    assert!(controller.line(said).is_some(), "{}", controller.text());
}

#[tokio::test]
async fn a_key_from_before_the_cutoff_is_replaced_once() {
    let (cluster, namespace) = cluster("cutoff").await;
    let old = pair(2048, 0);
    store(&namespace, "old", &old).await;
    // It began at that very moment, which is not before.
    let at = "--key-cutoff-time=Thu, 01 Jan 2026 01:00:00 +0100";
    let controller = Controller::ready_with(&cluster, &namespace, &[at]).await;
    serves(&controller, &old).await;
    controller.terminate().await;
    assert_eq!(labelled(&namespace, "active").await.len(), 1);
    let after = "--key-cutoff-time=Thu, 01 Jan 2026 01:00:01 +0100";
    for _ in 0..2 {
        let controller = Controller::ready_with(&cluster, &namespace, &[after]).await;
        let newest = keys(&namespace, 2).await.pop().unwrap();
        all_serve(&[&controller], &certificate_of(&newest)).await;
        controller.terminate().await;
    }
    assert_eq!(labelled(&namespace, "active").await.len(), 2);
}
