//! What GitOps tools make of the status that the controller writes.

use kube::Api;
use kube::api::PostParams;
use kube::core::DynamicObject;
use kube::discovery::ApiResource;
use serde_json::Value;
use testkit::{Cluster, TestNamespace};

use crate::cluster::{apply, cluster, sealed, secret, synced};
use crate::keys::pair;
use crate::kstatus::{Verdict, objections, verdict};
use crate::process::Controller;

/// Returns the object as the API server has it, unknown fields included.
async fn raw(cluster: &Cluster, namespace: &TestNamespace, name: &str) -> Value {
    let kind = ApiResource::erase::<api::sealed_secret::SealedSecret>(&());
    let api: Api<DynamicObject> = Api::namespaced_with(cluster.client.clone(), namespace.name(), &kind);
    serde_json::to_value(api.get(name).await.unwrap()).unwrap()
}

#[tokio::test]
async fn an_object_that_nobody_has_seen_is_in_progress() {
    let (cluster, namespace) = cluster("unseen").await;
    let certificate = pair(2048, 0).certificate.to_pem();
    apply(
        &namespace,
        &sealed(&secret(&namespace, "app", &[("a", "1")]), &certificate),
    )
    .await;
    assert_eq!(
        verdict(&raw(&cluster, &namespace, "app").await),
        Verdict::InProgress
    );
}

#[tokio::test]
async fn success_is_current_and_a_changed_spec_is_in_progress_until_it_was_seen() {
    let (cluster, namespace) = cluster("current").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let certificate = controller.certificate().await;
    apply(
        &namespace,
        &sealed(&secret(&namespace, "app", &[("a", "1")]), &certificate),
    )
    .await;
    synced(&namespace, "app", "True").await;
    let object = raw(&cluster, &namespace, "app").await;
    assert_eq!(
        (verdict(&object), objections(&object)),
        (Verdict::Current, vec![])
    );
    controller.terminate().await;
    apply(
        &namespace,
        &sealed(&secret(&namespace, "app", &[("a", "2")]), &certificate),
    )
    .await;
    assert_eq!(
        verdict(&raw(&cluster, &namespace, "app").await),
        Verdict::InProgress
    );
}

#[tokio::test]
async fn a_permanent_failure_is_failed() {
    let (cluster, namespace) = cluster("failed").await;
    let _controller = Controller::ready(&cluster, &namespace).await;
    let certificate = pair(2048, 0).certificate.to_pem();
    apply(
        &namespace,
        &sealed(&secret(&namespace, "nokey", &[("a", "1")]), &certificate),
    )
    .await;
    synced(&namespace, "nokey", "False").await;
    let object = raw(&cluster, &namespace, "nokey").await;
    assert_eq!((verdict(&object), objections(&object)), (Verdict::Failed, vec![]));

    let secrets: Api<k8s_openapi::api::core::v1::Secret> = namespace.api();
    let foreign = secret(&namespace, "foreign", &[("a", "1")]);
    secrets.create(&PostParams::default(), &foreign).await.unwrap();
    apply(&namespace, &sealed(&foreign, &certificate)).await;
    synced(&namespace, "foreign", "False").await;
    let object = raw(&cluster, &namespace, "foreign").await;
    assert_eq!((verdict(&object), objections(&object)), (Verdict::Failed, vec![]));
}
