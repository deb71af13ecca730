//! Archives that are left over where retiring a key was broken off or taken back.

use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::api::events::v1::Event;
use kube::Api;
use kube::api::{DeleteParams, ListParams};
use serde_json::json;
use testkit::{TestNamespace, eventually};

use super::fixture::{copy_name, create, is_copied, issued_items, label, labelled, opens, patch};
use super::{pair, serves, store};
use crate::cluster::cluster;
use crate::process::Controller;

/// Stores the archive of a key as `chancery keys retire` does.
async fn archive(namespace: &TestNamespace, of: &str, pair: &sealing::KeyPair) {
    let metadata = json!({
        "name": format!("{of}-archived"),
        "labels": {api::names::SEALING_KEY_LABEL: api::names::SEALING_KEY_ARCHIVED},
        "annotations": {api::names::COPIED_FROM: of},
    });
    let archive = json!({
        "metadata": metadata, "type": "kubernetes.io/tls", "immutable": true, "data": issued_items(pair),
    });
    create(namespace, archive).await;
}

#[tokio::test]
async fn a_key_with_an_archive_that_is_replaced_in_place_is_stored_again_and_opens_after_a_restart() {
    let (cluster, namespace) = cluster("archived").await;
    let (first, second) = (pair(2048, 0), pair(2048, 1));
    store(&namespace, "own", &first).await;
    archive(&namespace, "own", &first).await;
    let controller = Controller::ready(&cluster, &namespace).await;
    serves(&controller, &first).await;
    patch(&namespace, "own", json!({ "data": issued_items(&second) })).await;
    serves(&controller, &second).await;
    is_copied(&namespace, "own", &first).await;
    controller.terminate().await;
    let controller = Controller::ready(&cluster, &namespace).await;
    serves(&controller, &second).await;
    opens(&namespace, "first", &first.certificate).await;
}

#[tokio::test]
async fn a_key_with_an_archive_whose_secret_is_deleted_is_reported_as_lost_and_opens_on() {
    let (cluster, namespace) = cluster("archived-lost").await;
    let (own, other) = (pair(2048, 1), pair(2048, 0));
    store(&namespace, "own", &own).await;
    store(&namespace, "other", &other).await;
    let controller = Controller::ready(&cluster, &namespace).await;
    archive(&namespace, "own", &own).await;
    let secrets: Api<Secret> = namespace.api();
    secrets.delete("own", &DeleteParams::default()).await.unwrap();
    serves(&controller, &other).await;
    let events: Api<Event> = namespace.api();
    eventually("the loss is reported", async || {
        let events = events.list(&ListParams::default()).await.unwrap().items;
        events
            .into_iter()
            .find(|event| event.reason.as_deref() == Some("SealingKeyLost"))
    })
    .await;
    opens(&namespace, "own", &own.certificate).await;
}

#[tokio::test]
async fn a_key_whose_copy_was_archived_is_stored_again_beside_it() {
    let (cluster, namespace) = cluster("archived-copy").await;
    let (first, second) = (pair(2048, 0), pair(2048, 1));
    store(&namespace, "own", &first).await;
    let controller = Controller::ready(&cluster, &namespace).await;
    patch(&namespace, "own", json!({ "data": issued_items(&second) })).await;
    is_copied(&namespace, "own", &first).await;
    // The first key goes back to where it was, its copy is archived, and it is replaced again.
    let copy = copy_name("own", &first.certificate);
    patch(&namespace, "own", json!({ "data": issued_items(&first) })).await;
    is_copied(&namespace, "own", &second).await;
    label(&namespace, &copy, "archived").await;
    patch(&namespace, "own", json!({ "data": issued_items(&second) })).await;
    serves(&controller, &second).await;
    let beside = copy_name(&copy, &first.certificate);
    eventually("it is stored again", async || {
        let active = labelled(&namespace, "active").await;
        let names: Vec<_> = active
            .into_iter()
            .filter_map(|secret| secret.metadata.name)
            .collect();
        if names.contains(&beside) {
            Ok(())
        } else {
            Err(names)
        }
    })
    .await;
    opens(&namespace, "first", &first.certificate).await;
}
