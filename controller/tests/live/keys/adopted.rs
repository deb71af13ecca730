//! Keys that upstream's controller made, or would order and read.

use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::DeleteParams;
use testkit::{TestNamespace, eventually, upstream};

use super::fixture::{certificate_of, labelled, opens};
use super::{pair, serves, store};
use crate::cluster::cluster;
use crate::process::Controller;

const OWN: &str = "--all-namespaces=false";

/// Stores a key in a second after that of another one.
async fn store_after(namespace: &TestNamespace, name: &str, key: &sealing::KeyPair, other: &Secret) {
    let api: Api<Secret> = namespace.api();
    let second = |secret: &Secret| secret.metadata.creation_timestamp.clone().unwrap().0;
    eventually("a second has passed", async || {
        let stored = store(namespace, name, key).await;
        if second(&stored) > second(other) {
            return true;
        }
        api.delete(name, &DeleteParams::default()).await.unwrap();
        false
    })
    .await;
}

#[tokio::test]
async fn the_key_that_upstream_made_goes_on_being_the_one() {
    let (cluster, namespace) = cluster("adopted").await;
    let mut upstream =
        upstream::Controller::start(&cluster, namespace.name(), &[OWN, "--key-size=2048"]).await;
    let certificate = upstream.certificate().await;
    upstream.kill().await;
    let before = labelled(&namespace, "active").await;
    let ours = Controller::ready_with(&cluster, &namespace, &["--key-renew-period=720h"]).await;
    assert_eq!(ours.certificate().await, certificate);
    eventually("it leads", async || ours.line("lease acquired")).await;
    opens(&namespace, "upstreams", &certificate_of(&before[0])).await;
    let after = labelled(&namespace, "active").await;
    assert_eq!(after, before);
}

#[tokio::test]
async fn either_order_serves_the_key_that_upstream_serves() {
    let (cluster, namespace) = cluster("order").await;
    let (young, old) = (pair(2048, 1), pair(2048, 0));
    let first = store(&namespace, "young", &young).await;
    store_after(&namespace, "old", &old, &first).await;
    for (order, newest) in [("SecretCreationTimestamp", &old), ("CertNotBefore", &young)] {
        let order = format!("--key-order-priority={order}");
        let ours = Controller::ready_with(&cluster, &namespace, &[&order]).await;
        serves(&ours, newest).await;
        ours.terminate().await;
        let args = [OWN, "--key-renew-period=0", &order];
        let upstream = upstream::Controller::start(&cluster, namespace.name(), &args).await;
        assert_eq!(
            upstream.certificate().await,
            newest.certificate.to_pem(),
            "{order}"
        );
    }
}

#[tokio::test]
async fn a_new_key_has_the_labels_and_annotations_of_the_flags_and_upstream_reads_it() {
    let (cluster, namespace) = cluster("dressed").await;
    let args = [
        "--privatekey-labels=team=a,example.org/tier=gold",
        "--privatekey-annotations=note=x=y,example.org/empty=",
        "--my-cn=sealer",
    ];
    let ours = Controller::ready_with(&cluster, &namespace, &args).await;
    let certificate = ours.certificate().await;
    let made = labelled(&namespace, "active").await.pop().unwrap();
    let labels = made.metadata.labels.unwrap();
    assert_eq!(
        (labels["team"].as_str(), labels["example.org/tier"].as_str()),
        ("a", "gold")
    );
    let annotations = made.metadata.annotations.unwrap();
    assert_eq!(
        (
            annotations["note"].as_str(),
            annotations["example.org/empty"].as_str()
        ),
        ("x=y", "")
    );
    ours.terminate().await;
    let upstream = upstream::Controller::start(&cluster, namespace.name(), &[OWN]).await;
    assert_eq!(upstream.certificate().await, certificate);
}
