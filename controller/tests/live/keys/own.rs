//! Keys from elsewhere, while the controller runs.

use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::{DeleteParams, PostParams};
use manifests::keys::{KeySecretName, key_secret};
use serde_json::json;

use super::fixture::{all_serve, create, issued_items, label, opens, patch};
use super::{pair, serves, store};
use crate::cluster::{apply, cluster, has, sealed, secret, synced};
use crate::process::Controller;

#[tokio::test]
async fn keys_of_both_forms_are_taken_and_served_without_a_restart() {
    let (cluster, namespace) = cluster("forms").await;
    let (base, one, eight) = (pair(2048, -1), pair(2048, 1), pair(2048, 2));
    store(&namespace, "base", &base).await;
    let controller = Controller::ready(&cluster, &namespace).await;
    store(&namespace, "pkcs1", &one).await;
    serves(&controller, &one).await;
    let label = json!({ api::names::SEALING_KEY_LABEL: "active" });
    create(
        &namespace,
        json!({
            "metadata": {"name": "pkcs8", "labels": label}, "type": "kubernetes.io/tls",
            "data": issued_items(&eight),
        }),
    )
    .await;
    serves(&controller, &eight).await;
    for (name, key) in [("base", &base), ("one", &one), ("eight", &eight)] {
        opens(&namespace, name, &key.certificate).await;
    }
}

#[tokio::test]
async fn a_key_that_is_disabled_and_enabled_again_closes_and_opens() {
    let (cluster, namespace) = cluster("toggled").await;
    let (base, own) = (pair(2048, 0), pair(2048, 1));
    store(&namespace, "base", &base).await;
    store(&namespace, "own", &own).await;
    let controller = Controller::ready(&cluster, &namespace).await;
    serves(&controller, &own).await;
    label(&namespace, "own", "compromised").await;
    serves(&controller, &base).await;
    let document = sealed(
        &secret(&namespace, "app", &[("a", "1")]),
        &own.certificate.to_pem(),
    );
    apply(&namespace, &document).await;
    synced(&namespace, "app", "False").await;
    label(&namespace, "own", "active").await;
    has(&namespace, "app", &[("a", "1")]).await;
    synced(&namespace, "app", "True").await;
    serves(&controller, &own).await;
}

#[tokio::test]
async fn upstreams_first_kind_of_key_comes_and_goes_without_a_restart() {
    let (cluster, namespace) = cluster("oldest").await;
    let (base, legacy) = (pair(2048, 0), pair(2048, 1));
    store(&namespace, "base", &base).await;
    let replicas = futures::join!(
        Controller::ready(&cluster, &namespace),
        Controller::ready(&cluster, &namespace)
    );
    let replicas = [&replicas.0, &replicas.1];
    let document = sealed(
        &secret(&namespace, "app", &[("a", "1")]),
        &legacy.certificate.to_pem(),
    );
    apply(&namespace, &document).await;
    synced(&namespace, "app", "False").await;
    let name = "sealed-secrets-key";
    let mut key = key_secret(&legacy, KeySecretName::Name(name), None, None);
    key.metadata.labels = None;
    let secrets: Api<Secret> = namespace.api();
    secrets.create(&PostParams::default(), &key).await.unwrap();
    has(&namespace, "app", &[("a", "1")]).await;
    all_serve(&replicas, &legacy.certificate).await;
    // With the label it is the same key, and with another value it is disabled; without one it is in use again.
    label(&namespace, name, "active").await;
    label(&namespace, name, "compromised").await;
    all_serve(&replicas, &base.certificate).await;
    let unlabelled = json!({ "metadata": { "labels": { api::names::SEALING_KEY_LABEL: null } } });
    patch(&namespace, name, unlabelled).await;
    all_serve(&replicas, &legacy.certificate).await;
    secrets.delete(name, &DeleteParams::default()).await.unwrap();
    all_serve(&replicas, &base.certificate).await;
}
