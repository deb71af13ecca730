//! Flags that change what becomes of SealedSecrets.

use std::collections::BTreeMap;

use api::names;
use api::sealed_secret::SealedSecret;
use k8s_openapi::api::core::v1::{Event, Secret};
use kube::Api;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams};
use serde_json::json;
use testkit::{TestNamespace, eventually};

use crate::cluster::{apply, cluster, has, sealed, secret, synced};
use crate::keys::{pair, store};
use crate::process::Controller;

fn labels(labels: &[(&str, &str)]) -> BTreeMap<String, String> {
    let labels = labels
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    labels.collect()
}

/// Declares an object with one item.
async fn declare(namespace: &TestNamespace, name: &str, certificate: &str) -> SealedSecret {
    let document = sealed(&secret(namespace, name, &[("a", "1")]), certificate);
    apply(namespace, &document).await
}

#[tokio::test]
async fn a_label_selector_is_of_sealed_secrets_and_not_of_their_secrets() {
    let (cluster, namespace) = cluster("selector").await;
    let controller = Controller::ready_with(&cluster, &namespace, &["--label-selector=team in (a,b)"]).await;
    let certificate = controller.certificate().await;
    let mut ours = sealed(&secret(&namespace, "ours", &[("a", "1")]), &certificate);
    ours.metadata.labels = Some(labels(&[("team", "a")]));
    declare(&namespace, "theirs", &certificate).await;
    apply(&namespace, &ours).await;
    let made = has(&namespace, "ours", &[("a", "1")]).await;
    assert_eq!(made.metadata.labels, None);
    synced(&namespace, "ours", "True").await;
    // Upstream selects Secrets by the same labels, and doesn't notice that this one goes.
    let secrets: Api<Secret> = namespace.api();
    secrets.delete("ours", &DeleteParams::default()).await.unwrap();
    has(&namespace, "ours", &[("a", "1")]).await;
    assert_eq!(secrets.get_opt("theirs").await.unwrap(), None);
    // It gets the label later.
    let documents: Api<SealedSecret> = namespace.api();
    let label = Patch::Merge(json!({"metadata": {"labels": {"team": "b"}}}));
    documents
        .patch("theirs", &PatchParams::default(), &label)
        .await
        .unwrap();
    has(&namespace, "theirs", &[("a", "1")]).await;
}

#[tokio::test]
async fn a_deleted_secret_stays_away_with_skip_recreate_until_the_spec_changes() {
    let (cluster, namespace) = cluster("recreate").await;
    let key = pair(2048, 0);
    store(&namespace, "key", &key).await;
    let certificate = key.certificate.to_pem();
    let controller = Controller::ready_with(&cluster, &namespace, &["--skip-recreate"]).await;
    declare(&namespace, "app", &certificate).await;
    has(&namespace, "app", &[("a", "1")]).await;
    synced(&namespace, "app", "True").await;
    let secrets: Api<Secret> = namespace.api();
    secrets.delete("app", &DeleteParams::default()).await.unwrap();
    // What comes after the deletion is dealt with after it.
    declare(&namespace, "other", &certificate).await;
    has(&namespace, "other", &[("a", "1")]).await;
    assert_eq!(secrets.get_opt("app").await.unwrap(), None);
    let changed = sealed(&secret(&namespace, "app", &[("a", "2")]), &certificate);
    apply(&namespace, &changed).await;
    has(&namespace, "app", &[("a", "2")]).await;
    controller.terminate().await;
}

#[tokio::test]
async fn a_secret_without_an_owner_goes_with_its_sealed_secret_by_the_old_behaviour() {
    let (cluster, namespace) = cluster("old-gc").await;
    let controller = Controller::ready_with(&cluster, &namespace, &["--old-gc-behavior"]).await;
    let certificate = controller.certificate().await;
    for name in ["app", "relabelled"] {
        let mut document = secret(&namespace, name, &[("a", "1")]);
        document.metadata.annotations = Some(labels(&[(names::SKIP_SET_OWNER_REFERENCES, "true")]));
        apply(&namespace, &sealed(&document, &certificate)).await;
        synced(&namespace, name, "True").await;
    }
    let documents: Api<SealedSecret> = namespace.api();
    documents.delete("app", &DeleteParams::default()).await.unwrap();
    let secrets: Api<Secret> = namespace.api();
    eventually("the Secret goes too", async || {
        match secrets.get_opt("app").await {
            Ok(None) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await;
    assert!(secrets.get_opt("relabelled").await.unwrap().is_some());
}

#[tokio::test]
async fn no_status_is_written_when_none_is_wanted_and_nothing_is_done_twice() {
    let (cluster, namespace) = cluster("no-status").await;
    let controller = Controller::ready_with(&cluster, &namespace, &["--update-status=false"]).await;
    let certificate = controller.certificate().await;
    let foreign = pair(2048, 0).certificate.to_pem();
    declare(&namespace, "broken", &foreign).await;
    declare(&namespace, "app", &certificate).await;
    let made = has(&namespace, "app", &[("a", "1")]).await;
    // Healed as ever.
    crate::cluster::edit(&namespace, "app", crate::cluster::item("a", "ZHJpZnQ=")).await;
    has(&namespace, "app", &[("a", "1")]).await;
    assert!(made.metadata.owner_references.is_some());
    let documents: Api<SealedSecret> = namespace.api();
    for name in ["app", "broken"] {
        let status = documents.get(name).await.unwrap().status.unwrap_or_default();
        assert!(status.conditions.is_empty(), "{name}: {status:?}");
    }
    let told = events(&namespace, "broken").await;
    assert_eq!(told.len(), 1, "{told:?}");
    let (_, work) = controller.terminate().await;
    assert_eq!((work.status_writes, work.secret_writes), (0, 2), "{work:?}");
}

#[tokio::test]
async fn the_deprecated_format_is_refused_by_flag() {
    let (cluster, namespace) = cluster("deprecated").await;
    let _controller =
        Controller::ready_with(&cluster, &namespace, &["--accept-deprecated-v1-data=false"]).await;
    let mut document = declare(&namespace, "app", &pair(2048, 0).certificate.to_pem()).await;
    document.spec.data = document.spec.encrypted_data.remove("a");
    apply(&namespace, &document).await;
    let failed = synced(&namespace, "app", "False").await;
    assert_eq!(
        failed.status.unwrap().conditions[0].message,
        "using deprecated 'data' field, use 'encryptedData' or flip the feature flag"
    );
}

#[tokio::test]
async fn a_namespace_that_comes_later_is_watched_from_then_on() {
    let (cluster, own) = cluster("own").await;
    let later = format!("{}-later", own.name());
    let controller =
        Controller::ready_with(&cluster, &own, &[&format!("--additional-namespaces={later}")]).await;
    let certificate = controller.certificate().await;
    let later = cluster.namespace_called(&later).await;
    declare(&later, "app", &certificate).await;
    has(&later, "app", &[("a", "1")]).await;
    synced(&later, "app", "True").await;
}

/// Returns the core/v1 events about an object, as upstream's users query them.
async fn events(namespace: &TestNamespace, name: &str) -> Vec<Event> {
    let about = ListParams::default().fields(&format!(
        "involvedObject.name={name},involvedObject.kind=SealedSecret"
    ));
    namespace.api::<Event>().list(&about).await.unwrap().items
}

#[tokio::test]
async fn events_are_upstreams_by_component_reason_and_text_and_are_counted_up() {
    let (cluster, namespace) = cluster("events").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let certificate = controller.certificate().await;
    for value in ["1", "2", "3"] {
        let document = sealed(&secret(&namespace, "app", &[("a", value)]), &certificate);
        apply(&namespace, &document).await;
        has(&namespace, "app", &[("a", value)]).await;
        synced(&namespace, "app", "True").await;
    }
    let event = eventually("the event is counted up", async || {
        let all = events(&namespace, "app").await;
        match all.as_slice() {
            [event] if event.count == Some(3) => Ok(event.clone()),
            _ => Err(format!("{all:?}")),
        }
    })
    .await;
    assert_eq!(event.reason.as_deref(), Some("Unsealed"));
    assert_eq!(event.type_.as_deref(), Some("Normal"));
    assert_eq!(
        event.message.as_deref(),
        Some("SealedSecret unsealed successfully")
    );
    assert_eq!(event.source.unwrap().component.as_deref(), Some("sealed-secrets"));
    assert_eq!(
        event.involved_object.api_version.as_deref(),
        Some("bitnami.com/v1alpha1")
    );
    assert!(event.involved_object.uid.is_some());
}
