//! What GitOps tools make of the status that the controller writes, by their own code, in every state.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::PostParams;
use kube::core::DynamicObject;
use kube::discovery::ApiResource;
use serde_json::Value;
use testkit::{Cluster, TestNamespace};

use crate::cluster::{apply, cluster, sealed, secret, synced};
use crate::keys::{pair, store};
use crate::process::Controller;
use crate::proxy::{Fault, Proxy};
use crate::samples::Samples;

const UNAVAILABLE: &str = r#"{"kind":"Status","apiVersion":"v1","status":"Failure","code":503,
    "reason":"ServiceUnavailable","message":"away"}"#;

/// Returns no samples yet. Flux is told what its own documentation says of SealedSecrets.
fn samples() -> Samples {
    Samples::new(
        "status.conditions.filter(e, e.type == 'Synced').all(e, e.status == 'False')",
        "status.conditions.filter(e, e.type == 'Synced').all(e, e.status == 'True')",
    )
}

/// Seals a Secret of this name and value and applies it.
async fn declare(namespace: &TestNamespace, name: &str, value: &str, certificate: &str) {
    let document = sealed(&secret(namespace, name, &[("a", value)]), certificate);
    apply(namespace, &document).await;
}

/// Returns the object as the API server has it, unknown fields included.
async fn raw(cluster: &Cluster, namespace: &TestNamespace, name: &str) -> Value {
    let kind = ApiResource::erase::<api::sealed_secret::SealedSecret>(&());
    let api: Api<DynamicObject> = Api::namespaced_with(cluster.client.clone(), namespace.name(), &kind);
    serde_json::to_value(api.get(name).await.unwrap()).unwrap()
}

/// Waits for `Synced` and returns the object; its conditions are as we promise where no tool asks:
/// `Synced` first, for upstream's printer columns, and each with generation, reason and time.
async fn settled(cluster: &Cluster, namespace: &TestNamespace, name: &str, expected: &str) -> Value {
    synced(namespace, name, expected).await;
    let object = raw(cluster, namespace, name).await;
    let status = &object["status"];
    let conditions = status["conditions"].as_array().unwrap();
    assert_eq!(conditions[0]["type"], "Synced", "{status}");
    for condition in conditions {
        let generation = &condition["observedGeneration"];
        assert_eq!(generation, &status["observedGeneration"], "{status}");
        let reason = condition["reason"].as_str();
        assert!(reason.is_some_and(|reason| !reason.is_empty()), "{status}");
        assert!(condition["lastTransitionTime"].is_string(), "{status}");
    }
    object
}

#[tokio::test]
async fn an_object_that_nobody_has_seen_is_in_progress() {
    let (cluster, namespace) = cluster("unseen").await;
    let certificate = pair(2048, 0).certificate.to_pem();
    declare(&namespace, "app", "1", &certificate).await;
    let mut samples = samples();
    samples.add_unseen("created", &raw(&cluster, &namespace, "app").await);
    samples.judge().await;
}

#[tokio::test]
async fn success_is_current_and_a_changed_spec_is_in_progress_until_it_was_seen() {
    let (cluster, namespace) = cluster("current").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let certificate = controller.certificate().await;
    declare(&namespace, "app", "1", &certificate).await;
    let mut samples = samples();
    let object = settled(&cluster, &namespace, "app", "True").await;
    samples.add("success", &object, "Current");
    controller.terminate().await;
    declare(&namespace, "app", "2", &certificate).await;
    let object = raw(&cluster, &namespace, "app").await;
    samples.add("changed after success", &object, "InProgress");
    samples.judge().await;
}

#[tokio::test]
async fn a_transient_failure_is_in_progress() {
    let (cluster, namespace) = cluster("transient").await;
    let key = pair(2048, 0);
    store(&namespace, "key", &key).await;
    let away = Arc::new(AtomicBool::new(true));
    let rule = Arc::clone(&away);
    let proxy = Proxy::start(&cluster, move |_, _, path| {
        let refused = rule.load(Ordering::SeqCst) && path.contains("/secrets");
        refused.then_some(Fault::Refuse(503, UNAVAILABLE))
    })
    .await;
    let _controller = Controller::ready_behind(&namespace, &proxy).await;
    declare(&namespace, "app", "1", &key.certificate.to_pem()).await;
    let mut samples = samples();
    let object = settled(&cluster, &namespace, "app", "Unknown").await;
    samples.add("transient", &object, "InProgress");
    away.store(false, Ordering::SeqCst);
    let object = settled(&cluster, &namespace, "app", "True").await;
    samples.add("recovered", &object, "Current");
    samples.judge().await;
}

#[tokio::test]
async fn a_permanent_failure_is_failed_until_its_spec_changes() {
    let (cluster, namespace) = cluster("failed").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let certificate = pair(2048, 0).certificate.to_pem();
    declare(&namespace, "nokey", "1", &certificate).await;
    let mut samples = samples();
    let object = settled(&cluster, &namespace, "nokey", "False").await;
    samples.add("no key", &object, "Failed");

    let secrets: Api<Secret> = namespace.api();
    let foreign = secret(&namespace, "foreign", &[("a", "1")]);
    secrets.create(&PostParams::default(), &foreign).await.unwrap();
    declare(&namespace, "foreign", "1", &controller.certificate().await).await;
    let object = settled(&cluster, &namespace, "foreign", "False").await;
    samples.add("foreign Secret", &object, "Failed");

    controller.terminate().await;
    declare(&namespace, "nokey", "2", &certificate).await;
    let object = raw(&cluster, &namespace, "nokey").await;
    samples.add("changed after failure", &object, "InProgress");
    samples.judge().await;
}
