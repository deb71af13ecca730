//! Sealing keys that appear, disappear and are broken.

mod adopted;
mod alone;
mod archived;
mod borrowed;
mod command;
mod fixture;
mod own;
mod renewal;
mod replaced;
mod requested;
mod rivals;
mod signal;
mod unasked;

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams, PostParams};
use manifests::keys::{KeySecretName, key_secret};
use sealing::{KeyOptions, KeyPair};
use serde_json::json;
use testkit::{Cluster, TestNamespace, eventually, proxy};

pub(crate) use self::fixture::pkcs8;
use crate::cluster::{apply, cluster, has, sealed, secret, synced};
use crate::process::Controller;

/// Makes a key that is `days` days newer than another with 0.
pub(crate) fn pair(bits: u32, days: i64) -> KeyPair {
    let epoch: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let options = KeyOptions {
        bits,
        common_name: String::new(),
        not_before: epoch + SignedDuration::from_hours(24 * days),
        valid_for: SignedDuration::from_hours(87_600),
    };
    KeyPair::generate(&options).unwrap()
}

/// Stores a key as upstream does.
pub(crate) async fn store(namespace: &TestNamespace, name: &str, pair: &KeyPair) -> Secret {
    let api: Api<Secret> = namespace.api();
    let key = key_secret(pair, KeySecretName::Name(name), Some(namespace.name()), None);
    api.create(&PostParams::default(), &key).await.unwrap()
}

/// Starts a controller that the API server's proxy can reach, and waits until it serves the newer one of these keys.
pub(crate) async fn with_two_keys(
    cluster: &Cluster,
    namespace: &TestNamespace,
    old: &KeyPair,
    new: &KeyPair,
) -> Controller {
    store(namespace, "old", old).await;
    store(namespace, "new", new).await;
    let listen = format!("--listen-addr={}:0", proxy::pod_address());
    let controller = Controller::ready_with(cluster, namespace, &[&listen]).await;
    serves(&controller, new).await;
    controller
}

/// Waits until a replica serves the certificate of a key.
async fn serves(controller: &Controller, pair: &KeyPair) {
    let expected = (200, pair.certificate.to_pem());
    eventually("the certificate of the key is served", async || {
        let answer = controller.get("/v1/cert.pem").await;
        if answer == expected { Ok(()) } else { Err(answer) }
    })
    .await;
}

#[tokio::test]
async fn a_key_is_made_stored_and_only_then_served() {
    let (cluster, namespace) = cluster("key").await;
    let controller =
        Controller::ready_with(&cluster, &namespace, &["--key-size=4096", "--my-cn=sealer"]).await;
    let secrets: Api<Secret> = namespace.api();
    let label = format!("{}=active", api::names::SEALING_KEY_LABEL);
    let stored = secrets
        .list(&ListParams::default().labels(&label))
        .await
        .unwrap()
        .items;
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].type_.as_deref(), Some("kubernetes.io/tls"));
    assert!(
        stored[0]
            .metadata
            .name
            .as_ref()
            .unwrap()
            .starts_with("sealed-secrets-key")
    );
    let data = stored[0].data.as_ref().unwrap();
    assert_eq!(controller.certificate().await.as_bytes(), data["tls.crt"].0);
    assert!(data["tls.key"].0.starts_with(b"-----BEGIN RSA PRIVATE KEY-----"));
}

#[tokio::test]
async fn a_key_that_is_added_later_wakes_what_waited_for_it() {
    let (cluster, namespace) = cluster("late").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let late = pair(2048, -1);
    apply(
        &namespace,
        &sealed(
            &secret(&namespace, "app", &[("a", "1")]),
            &late.certificate.to_pem(),
        ),
    )
    .await;
    synced(&namespace, "app", "False").await;
    store(&namespace, "restored", &late).await;
    has(&namespace, "app", &[("a", "1")]).await;
    synced(&namespace, "app", "True").await;
    // It is older than the one that was made, so that one is served on.
    assert_ne!(controller.certificate().await, late.certificate.to_pem());
}

#[tokio::test]
async fn the_newest_key_is_served_and_its_label_disables_it() {
    let (cluster, namespace) = cluster("newest").await;
    let (old, new) = (pair(2048, 0), pair(2048, 1));
    store(&namespace, "old", &old).await;
    store(&namespace, "new", &new).await;
    let controller = Controller::ready(&cluster, &namespace).await;
    serves(&controller, &new).await;
    let secrets: Api<Secret> = namespace.api();
    let label = json!({ "metadata": { "labels": { api::names::SEALING_KEY_LABEL: "compromised" } } });
    secrets
        .patch("new", &PatchParams::default(), &Patch::Merge(label))
        .await
        .unwrap();
    serves(&controller, &old).await;
}

#[tokio::test]
async fn a_malformed_key_is_reported_and_the_others_work() {
    let (cluster, namespace) = cluster("malformed").await;
    let good = pair(2048, 0);
    let secrets: Api<Secret> = namespace.api();
    for (name, key) in [
        ("empty", ""),
        (
            "junk",
            "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----",
        ),
    ] {
        let mut bad = key_secret(&good, KeySecretName::Name(name), Some(namespace.name()), None);
        bad.data.as_mut().unwrap().insert(
            "tls.key".to_owned(),
            k8s_openapi::ByteString(key.as_bytes().to_vec()),
        );
        bad.type_ = Some("Opaque".to_owned());
        secrets.create(&PostParams::default(), &bad).await.unwrap();
    }
    store(&namespace, "good", &good).await;
    let controller = Controller::ready(&cluster, &namespace).await;
    serves(&controller, &good).await;
    let events: Api<k8s_openapi::api::events::v1::Event> = namespace.api();
    eventually("both are reported", async || {
        let events = events.list(&ListParams::default()).await.unwrap().items;
        events
            .iter()
            .filter(|event| event.reason.as_deref() == Some("InvalidSealingKey"))
            .count()
            == 2
    })
    .await;
    apply(
        &namespace,
        &sealed(
            &secret(&namespace, "app", &[("a", "1")]),
            &good.certificate.to_pem(),
        ),
    )
    .await;
    has(&namespace, "app", &[("a", "1")]).await;
}

#[tokio::test]
async fn a_key_whose_secret_was_deleted_opens_on_is_not_served_and_not_replaced() {
    let (cluster, namespace) = cluster("lost").await;
    let only = pair(2048, 0);
    store(&namespace, "only", &only).await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let secrets: Api<Secret> = namespace.api();
    secrets.delete("only", &DeleteParams::default()).await.unwrap();
    eventually("the certificate is no longer served", async || {
        controller.get("/v1/cert.pem").await.0 == 503
    })
    .await;
    apply(
        &namespace,
        &sealed(
            &secret(&namespace, "app", &[("a", "1")]),
            &only.certificate.to_pem(),
        ),
    )
    .await;
    has(&namespace, "app", &[("a", "1")]).await;
    let keys = secrets
        .list(&ListParams::default().labels(api::names::SEALING_KEY_LABEL))
        .await
        .unwrap();
    assert_eq!(keys.items.len(), 0);
    store(&namespace, "only", &only).await;
    serves(&controller, &only).await;
}

#[tokio::test]
async fn upstreams_first_kind_of_key_is_found_by_its_name() {
    let (cluster, namespace) = cluster("legacy").await;
    let legacy = pair(2048, 0);
    let mut key = key_secret(
        &legacy,
        KeySecretName::Name("sealed-secrets-key"),
        Some(namespace.name()),
        None,
    );
    key.metadata.labels = None;
    let secrets: Api<Secret> = namespace.api();
    secrets.create(&PostParams::default(), &key).await.unwrap();
    let controller = Controller::ready(&cluster, &namespace).await;
    serves(&controller, &legacy).await;
}
