use std::fs;
use std::process::Command;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::{DynamicObject, ListParams, PostParams};
use kube::core::{ApiResource, GroupVersionKind};
use serde_json::json;
use testkit::upstream::Controller;
use testkit::{TestNamespace, eventually};

/// Only the namespace of the test, so that controllers of tests do not fight; small keys, so that they come soon.
const ARGS: [&str; 3] = ["--all-namespaces=false", "--key-size=2048", "--kubeclient-qps=-1"];

fn kubeseal(namespace: &TestNamespace, certificate: &str) -> serde_json::Value {
    let dir = tempfile::tempdir().unwrap();
    let secret = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "login", "namespace": namespace.name()},
        "stringData": {"password": "correct horse"},
    });
    let (input, cert) = (dir.path().join("secret.json"), dir.path().join("cert.pem"));
    fs::write(&input, secret.to_string()).unwrap();
    fs::write(&cert, certificate).unwrap();
    let output = Command::new(testkit::kubeseal())
        .arg("--cert")
        .arg(&cert)
        .arg("-f")
        .arg(&input)
        .env_clear()
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn the_real_controller_makes_its_key_and_opens_what_the_real_kubeseal_sealed() {
    let cluster = testkit::cluster().await;
    cluster.install_sealed_secrets_crd().await;
    let namespace = cluster.namespace("upstream").await;
    let controller = Controller::start(&cluster, namespace.name(), &ARGS).await;
    let secrets: Api<Secret> = namespace.api();
    let active = ListParams::default().labels("sealedsecrets.bitnami.com/sealed-secrets-key=active");
    assert_eq!(secrets.list(&active).await.unwrap().items.len(), 1);

    let sealed: DynamicObject =
        serde_json::from_value(kubeseal(&namespace, &controller.certificate().await)).unwrap();
    let kind = ApiResource::from_gvk(&GroupVersionKind::gvk("bitnami.com", "v1alpha1", "SealedSecret"));
    let sealed_secrets: Api<DynamicObject> =
        Api::namespaced_with(cluster.client.clone(), namespace.name(), &kind);
    sealed_secrets
        .create(&PostParams::default(), &sealed)
        .await
        .unwrap();
    let secret = eventually("the Secret appears", async || {
        secrets
            .get("login")
            .await
            .map_err(|error| format!("{error}; log: {}", controller.log()))
    })
    .await;
    assert_eq!(
        secret.data.unwrap()["password"],
        ByteString(b"correct horse".to_vec())
    );
}

#[tokio::test]
async fn two_controllers_run_at_once_each_with_the_credentials_it_was_given() {
    let cluster = testkit::cluster().await;
    cluster.install_sealed_secrets_crd().await;
    let (one, two) = (
        cluster.namespace("upstream").await,
        cluster.namespace("upstream").await,
    );
    let (first, second) = tokio::join!(
        Controller::start(&cluster, one.name(), &ARGS),
        Controller::start(&cluster, two.name(), &ARGS)
    );
    assert_ne!(first.certificate().await, second.certificate().await);
    assert!(!std::path::Path::new("/var/run/secrets/kubernetes.io/serviceaccount/token").exists());
}

#[tokio::test]
#[should_panic(expected = "is forbidden")]
async fn a_controller_that_cannot_start_fails_with_its_log() {
    let cluster = testkit::cluster().await;
    let namespace = cluster.namespace("upstream").await;
    let token = cluster.service_account_token(namespace.name(), "default").await;
    Controller::start_with_token(&cluster, namespace.name(), &token, &ARGS).await;
}
