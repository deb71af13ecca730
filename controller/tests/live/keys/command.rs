//! `chancery keys rotate` with a controller that makes the key.

use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{Role, RoleBinding};
use kube::Api;
use kube::api::{DeleteParams, PostParams};
use serde_json::{Value, json};
use testkit::{Cluster, TestNamespace, eventually, proxy};
use tokio::process::Command;

use super::fixture::{all_serve, certificate_of, labelled, opens};
use super::{pair, store};
use crate::chancery::{Shell, program};
use crate::cluster::cluster;
use crate::process::Controller;

/// A controller that the API server's proxy reaches.
async fn exposed(cluster: &Cluster, namespace: &TestNamespace) -> Controller {
    let listen = format!("--listen-addr={}:0", proxy::pod_address());
    let controller = Controller::ready_with(cluster, namespace, &[&listen]).await;
    Shell::expose(cluster, namespace, &controller).await;
    controller
}

#[tokio::test]
async fn the_command_returns_when_the_new_key_is_served_and_seal_uses_it_at_once() {
    let (cluster, namespace) = cluster("command").await;
    let old = pair(2048, 0);
    store(&namespace, "old", &old).await;
    let controller = exposed(&cluster, &namespace).await;
    let shell = Shell::new(&cluster, &namespace);
    // A certificate that is kept for an hour must not outlive the rotation.
    eventually("the certificate comes through the proxy", async || {
        let run = shell.run(&["cert"]).await;
        if run.code == Some(0) {
            Ok(())
        } else {
            Err(run.stderr)
        }
    })
    .await;
    let run = shell.run(&["keys", "rotate", "-o", "json"]).await.succeeded();
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["old"], old.certificate.fingerprint().as_str());
    let secrets: Api<Secret> = namespace.api();
    let made = secrets.get(report["secret"].as_str().unwrap()).await.unwrap();
    let certificate = certificate_of(&made);
    assert_eq!(report["new"], certificate.fingerprint().as_str());
    assert_eq!(report["expires"], certificate.not_after().to_string());
    all_serve(&[&controller], &certificate).await;
    assert!(!run.stdout.contains("PRIVATE") && !run.stderr.contains("PRIVATE"));
    let plain = "apiVersion: v1\nkind: Secret\nmetadata: {name: app, namespace: shop}\nstringData: {a: b}\n";
    std::fs::write(shell.path("plain.yaml"), plain).unwrap();
    let sealed = shell.run(&["seal", "-f", "plain.yaml"]).await.succeeded().stdout;
    assert!(sealed.contains(certificate.fingerprint().as_str()), "{sealed}");
    opens(&namespace, "after", &certificate).await;
}

#[tokio::test]
async fn where_no_key_is_served_any_more_the_command_brings_one() {
    let (cluster, namespace) = cluster("nokey").await;
    let lost = pair(2048, 0);
    store(&namespace, "lost", &lost).await;
    let controller = exposed(&cluster, &namespace).await;
    let secrets: Api<Secret> = namespace.api();
    secrets.delete("lost", &DeleteParams::default()).await.unwrap();
    eventually("no certificate is served", async || {
        controller.get("/v1/cert.pem").await.0 == 503
    })
    .await;
    let shell = Shell::new(&cluster, &namespace);
    let run = shell.run(&["keys", "rotate", "-o", "json"]).await.succeeded();
    assert!(
        run.stderr.contains("a key is asked for all the same"),
        "{}",
        run.stderr
    );
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["old"], Value::Null);
    let active = labelled(&namespace, "active").await;
    assert_eq!(active.len(), 1);
    all_serve(&[&controller], &certificate_of(&active[0])).await;
    // The process still has the lost one.
    opens(&namespace, "lost", &lost.certificate).await;
}

#[tokio::test]
async fn whoever_may_create_secrets_and_read_the_certificate_may_rotate() {
    let (cluster, namespace) = cluster("least").await;
    let controller = exposed(&cluster, &namespace).await;
    let before = controller.certificate().await;
    let name = "rotator";
    let account: ServiceAccount = serde_json::from_value(json!({"metadata": {"name": name}})).unwrap();
    // The last two are everybody's, as `chancery install` and upstream's manifests have it.
    let role: Role = serde_json::from_value(json!({
        "metadata": {"name": name},
        "rules": [
            {"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]},
            {"apiGroups": [""], "resources": ["services"], "verbs": ["get"]},
            {"apiGroups": [""], "resources": ["services/proxy"], "verbs": ["get"]},
        ],
    }))
    .unwrap();
    let binding: RoleBinding = serde_json::from_value(json!({
        "metadata": {"name": name},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": namespace.name()}],
    }))
    .unwrap();
    let params = PostParams::default();
    namespace
        .api::<ServiceAccount>()
        .create(&params, &account)
        .await
        .unwrap();
    namespace.api::<Role>().create(&params, &role).await.unwrap();
    namespace
        .api::<RoleBinding>()
        .create(&params, &binding)
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let token = cluster.service_account_token(namespace.name(), name).await;
    let kubeconfig = cluster.kubeconfig_with_token(folder.path(), &token);
    let output = Command::new(program())
        .args([
            "keys",
            "rotate",
            "--no-cache",
            "--controller-namespace",
            namespace.name(),
        ])
        .arg("--kubeconfig")
        .arg(kubeconfig)
        .env_clear()
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert_ne!(controller.certificate().await, before);
    assert_eq!(labelled(&namespace, "active").await.len(), 2);
}
