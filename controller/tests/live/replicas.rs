//! Two replicas, and the end of one.

use api::sealed_secret::SealedSecret;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::{ListParams, Patch, PatchParams};
use serde_json::json;
use testkit::{TestNamespace, eventually};

use crate::cluster::{apply, cluster, has, sealed, secret, synced};
use crate::process::Controller;

async fn holder(namespace: &TestNamespace) -> String {
    let leases: Api<Lease> = namespace.api();
    let lease = leases.get("chancery-secrets").await.unwrap();
    lease.spec.unwrap().holder_identity.unwrap_or_default()
}

#[tokio::test]
async fn two_replicas_make_one_key_and_both_serve_it() {
    let (cluster, namespace) = cluster("two").await;
    let (a, b) = futures::join!(
        Controller::ready(&cluster, &namespace),
        Controller::ready(&cluster, &namespace)
    );
    assert_eq!(a.certificate().await, b.certificate().await);
    let secrets: Api<Secret> = namespace.api();
    let keys = secrets
        .list(&ListParams::default().labels(api::names::SEALING_KEY_LABEL))
        .await
        .unwrap();
    assert_eq!(keys.items.len(), 1);
}

#[tokio::test]
async fn a_stopped_leader_gives_the_lease_back_and_the_other_goes_on() {
    let (cluster, namespace) = cluster("handover").await;
    let first = Controller::ready_with(&cluster, &namespace, &["--pod-name=first"]).await;
    let second = Controller::ready_with(&cluster, &namespace, &["--pod-name=second"]).await;
    assert!(holder(&namespace).await.starts_with("first_"));
    let certificate = second.certificate().await;
    apply(
        &namespace,
        &sealed(&secret(&namespace, "before", &[("a", "1")]), &certificate),
    )
    .await;
    synced(&namespace, "before", "True").await;

    let (status, _) = first.terminate().await;
    assert_eq!(status.code(), Some(0));
    // Not the 15 seconds of an expiry, and nobody's name in between.
    assert!(!holder(&namespace).await.starts_with("first_"));
    eventually("the second replica leads", async || {
        holder(&namespace).await.starts_with("second_")
    })
    .await;
    apply(
        &namespace,
        &sealed(&secret(&namespace, "after", &[("a", "2")]), &certificate),
    )
    .await;
    synced(&namespace, "after", "True").await;
    let (_, work) = second.terminate().await;
    // What the first did is not done again.
    assert_eq!(
        (work.unseals, work.secret_writes, work.status_writes),
        (1, 1, 1),
        "{work:?}"
    );
}

#[tokio::test]
async fn a_killed_leader_is_succeeded_when_its_lease_expires() {
    let (cluster, namespace) = cluster("expiry").await;
    let first = Controller::ready(&cluster, &namespace).await;
    let second = Controller::ready(&cluster, &namespace).await;
    let certificate = first.certificate().await;
    first.kill().await;
    apply(
        &namespace,
        &sealed(&secret(&namespace, "app", &[("a", "1")]), &certificate),
    )
    .await;
    has(&namespace, "app", &[("a", "1")]).await;
    drop(second);
}

#[tokio::test]
async fn a_leader_that_lost_its_lease_stops_until_it_has_it_again() {
    let (cluster, namespace) = cluster("stolen").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let leases: Api<Lease> = namespace.api();
    let theft = json!({ "spec": { "holderIdentity": "thief", "leaseDurationSeconds": 8 } });
    leases
        .patch("chancery-secrets", &PatchParams::default(), &Patch::Merge(theft))
        .await
        .unwrap();
    let lost = "lease lost to another replica";
    eventually("the loss is noticed", async || controller.line(lost)).await;
    apply(
        &namespace,
        &sealed(
            &secret(&namespace, "app", &[("a", "1")]),
            &controller.certificate().await,
        ),
    )
    .await;
    // The thief never renews, so that the lease comes back.
    synced(&namespace, "app", "True").await;
    let log = controller.text();
    let at = |text: &str| log.rfind(text).unwrap_or_else(|| panic!("no `{text}` in\n{log}"));
    assert!(
        at(lost) < at("lease acquired") && at("lease acquired") < at("Secret written"),
        "{log}"
    );
}

#[tokio::test]
async fn sigterm_under_load_leaves_nothing_half_done() {
    let (cluster, namespace) = cluster("sigterm").await;
    let first = Controller::ready(&cluster, &namespace).await;
    let certificate = first.certificate().await;
    let names: Vec<String> = (0..40).map(|n| format!("app-{n}")).collect();
    let documents = names
        .iter()
        .map(|name| sealed(&secret(&namespace, name, &[("a", "1")]), &certificate));
    futures::future::join_all(documents.map(|document| {
        let namespace = &namespace;
        async move { apply(namespace, &document).await }
    }))
    .await;
    let (status, first_work) = first.terminate().await;
    assert_eq!(status.code(), Some(0));
    // Whoever has a Secret has a status that says so.
    let sealed_secrets: Api<SealedSecret> = namespace.api();
    let done = |sealed: &&SealedSecret| {
        let status = sealed.status.as_ref();
        status.is_some_and(|status| status.conditions.first().is_some_and(|c| c.status == "True"))
    };
    let listed = sealed_secrets.list(&ListParams::default()).await.unwrap();
    let finished = u64::try_from(listed.items.iter().filter(done).count()).unwrap();
    assert_eq!(first_work.secret_writes, finished, "{first_work:?}");

    let second = Controller::ready(&cluster, &namespace).await;
    for name in &names {
        synced(&namespace, name, "True").await;
    }
    let (_, second_work) = second.terminate().await;
    assert_eq!(first_work.secret_writes + second_work.secret_writes, 40);
}
