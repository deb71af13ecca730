//! Others who work with the same key Secrets: a second leader, and upstream's controller.

use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use serde_json::Value;
use testkit::{eventually, upstream};

use super::fixture::{all_serve, certificate_of, item, labelled, request};
use super::{pair, store};
use crate::cluster::cluster;
use crate::process::Controller;
use crate::proxy::Proxy;

/// Returns the certificates that a controller says it stored, by the Secret.
fn stored(controller: &Controller) -> Vec<(String, String)> {
    const SAYS: &str = "new sealing key stored; its certificate is\n";
    let log = controller.text();
    let lines = log
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let stored = lines.filter_map(|line| {
        let certificate = line["msg"].as_str()?.strip_prefix(SAYS)?.to_owned();
        Some((line["secret"].as_str()?.to_owned(), certificate))
    });
    stored.collect()
}

#[tokio::test]
async fn of_two_replicas_that_both_believe_to_lead_each_request_is_filled_by_one() {
    let (cluster, namespace) = cluster("rivals").await;
    store(&namespace, "old", &pair(2048, 0)).await;
    let (near, far) = (
        Proxy::start_beside(&cluster, "near").await,
        Proxy::start_beside(&cluster, "far").await,
    );
    let rivals = futures::join!(
        Controller::ready_behind(&namespace, &near),
        Controller::ready_behind(&namespace, &far)
    );
    let rivals = [&rivals.0, &rivals.1];
    for rival in rivals {
        eventually("each of them leads", async || rival.line("lease acquired")).await;
    }
    for _ in 0..4 {
        futures::future::join_all((0..3).map(|_| request(&namespace))).await;
        eventually("no request waits", async || {
            labelled(&namespace, "requested").await.is_empty()
        })
        .await;
    }
    // Every key that one of them stored is still there: none was written over by the other. They say so after the write.
    let (said, active) = eventually("every key that is there was stored by one of them", async || {
        let said: Vec<(String, String)> = rivals.iter().flat_map(|rival| stored(rival)).collect();
        let active = labelled(&namespace, "active").await;
        if said.len() == active.len() - 1 {
            Ok((said, active))
        } else {
            Err((said.len(), active.len()))
        }
    })
    .await;
    let secrets: Api<Secret> = namespace.api();
    for (name, certificate) in said {
        let secret = secrets.get(&name).await.unwrap();
        assert_eq!(item(&secret, "tls.crt"), certificate.as_bytes(), "{name}");
    }
    // Of two that began in the same second the one that was stored first counts, as in upstream's; then fingerprints
    // decide, so that all replicas agree.
    let newest = active.iter().max_by(|one, other| {
        let (first, second) = (certificate_of(one), certificate_of(other));
        let begun = first.not_before().cmp(&second.not_before());
        let stored = |secret: &Secret| secret.metadata.creation_timestamp.clone().map(|time| time.0);
        begun
            .then_with(|| stored(other).cmp(&stored(one)))
            .then_with(|| second.fingerprint().cmp(first.fingerprint()))
    });
    all_serve(&rivals, &certificate_of(newest.unwrap())).await;
}

#[tokio::test]
async fn upstreams_controller_passes_over_a_request_and_over_one_that_was_answered() {
    let (cluster, namespace) = cluster("upstream").await;
    let old = pair(2048, 0);
    store(&namespace, "old", &old).await;
    let asked = [request(&namespace).await, request(&namespace).await];
    let args = ["--all-namespaces=false", "--key-renew-period=0"];
    let upstream = upstream::Controller::start(&cluster, namespace.name(), &args).await;
    assert_eq!(upstream.certificate().await, old.certificate.to_pem());
    let requests = labelled(&namespace, "requested").await;
    assert_eq!(requests.len(), 2);
    drop(upstream);
    let ours = Controller::ready(&cluster, &namespace).await;
    eventually("no request waits", async || {
        labelled(&namespace, "requested").await.is_empty()
    })
    .await;
    let active = labelled(&namespace, "active").await;
    let made = active
        .iter()
        .find(|secret| asked.contains(secret.metadata.name.as_ref().unwrap()));
    let made = certificate_of(made.unwrap());
    all_serve(&[&ours], &made).await;
    // It takes the key that was made for a request, by its NotBefore.
    let upstream = upstream::Controller::start(&cluster, namespace.name(), &args).await;
    assert_eq!(upstream.certificate().await, made.to_pem());
}
