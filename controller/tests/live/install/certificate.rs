//! What people get through the Service that is installed: everyone the certificate, and those who may have SealedSecrets
//! sealed again.

use std::path::Path;
use std::process::Stdio;

use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::api::rbac::v1::RoleBinding;
use kube::api::{Patch, PatchParams, PostParams};
use serde_json::json;
use testkit::{eventually, proxy};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::installed::Installed;
use super::running::Running;
use super::secrets::{NAME, certificate};
use crate::cluster::{sealed, secret};

/// Makes the Pod of the Deployment as a node would report it. Its port is the one that the process happens to have.
async fn pod(installed: &Installed, port: u16) {
    let mut template = installed.deployment(NAME)["spec"]["template"].clone();
    template["metadata"]["name"] = "pod".into();
    template["spec"]["nodeName"] = "testkit".into();
    template["spec"]["containers"][0]["ports"][0]["containerPort"] = port.into();
    let pod: Pod = serde_json::from_value(template).unwrap();
    let pods = installed.own.api::<Pod>();
    pods.create(&PostParams::default(), &pod).await.unwrap();
    let address = proxy::pod_address();
    let status = json!({"status": {
        "phase": "Running",
        "podIP": address,
        "podIPs": [{"ip": address}],
        "conditions": [{"type": "Ready", "status": "True"}],
    }});
    pods.patch_status("pod", &PatchParams::default(), &Patch::Merge(status))
        .await
        .unwrap();
}

/// A controller behind the Service that is installed, and someone without any role.
struct World {
    installed: Installed,
    _controller: Running,
    expected: String,
    folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let installed = Installed::new("crds,secrets").await;
        let listen = format!("--listen-addr={}:0", proxy::pod_address());
        let controller = Running::start(&installed, NAME, None, &["--key-size=2048", &listen]).await;
        let expected = certificate(&installed).await;
        pod(&installed, controller.port().await).await;
        Self {
            installed,
            _controller: controller,
            expected,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Runs kubeseal as someone with this token.
    async fn kubeseal(&self, token: &str, arguments: &[&str], input: &[u8]) -> Result<String, String> {
        let kubeconfig = self
            .installed
            .cluster
            .kubeconfig_with_token(self.folder.path(), token);
        kubeseal(&kubeconfig, self.installed.own.name(), arguments, input).await
    }

    async fn someone(&self) -> String {
        let namespace = self.installed.watched.name();
        self.installed
            .cluster
            .service_account_token(namespace, "default")
            .await
    }
}

async fn kubeseal(
    kubeconfig: &Path,
    namespace: &str,
    arguments: &[&str],
    input: &[u8],
) -> Result<String, String> {
    let mut kubeseal = Command::new(testkit::kubeseal())
        .args(arguments)
        .args(["--controller-namespace", namespace])
        .arg("--kubeconfig")
        .arg(kubeconfig)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A refusal may come before all is read.
    let _ = kubeseal.stdin.take().unwrap().write_all(input).await;
    let output = kubeseal.wait_with_output().await.unwrap();
    if output.status.success() {
        Ok(String::from_utf8(output.stdout).unwrap())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

#[tokio::test]
async fn kubeseal_fetches_the_certificate_for_someone_without_any_role() {
    let world = World::new().await;
    let token = world.someone().await;
    let fetched = eventually("kubeseal fetches the certificate", async || {
        world.kubeseal(&token, &["--fetch-cert"], b"").await
    })
    .await;
    assert_eq!(fetched.trim(), world.expected.trim());
}

#[tokio::test]
async fn kubeseal_re_encrypts_for_those_alone_who_are_bound_to_the_role_for_it() {
    let world = World::new().await;
    let watched = &world.installed.watched;
    let document = sealed(&secret(watched, "app", &[("a", "1")]), &world.expected);
    let document = serde_json::to_vec(&document).unwrap();
    let token = world.someone().await;
    let refused = world
        .kubeseal(&token, &["--re-encrypt"], &document)
        .await
        .unwrap_err();
    assert!(
        refused.contains("forbidden") && refused.contains("cannot create resource"),
        "{refused}"
    );

    let binding: RoleBinding = serde_json::from_value(json!({
        "metadata": {"name": "resealers"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "chancery-resealer"},
        "subjects": [{"kind": "ServiceAccount", "name": "default", "namespace": watched.name()}],
    }))
    .unwrap();
    let bindings = world.installed.own.api::<RoleBinding>();
    bindings.create(&PostParams::default(), &binding).await.unwrap();
    let resealed = eventually("kubeseal re-encrypts", async || {
        world.kubeseal(&token, &["--re-encrypt"], &document).await
    })
    .await;
    assert!(resealed.contains("\"encryptedData\""), "{resealed}");
}
