//! The certificate, as everyone who is logged in gets it: through the Service that is installed.

use k8s_openapi::api::core::v1::Pod;
use kube::api::{Patch, PatchParams, PostParams};
use serde_json::json;
use testkit::{eventually, proxy};
use tokio::process::Command;

use super::installed::Installed;
use super::running::Running;
use super::secrets::{NAME, certificate};

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

#[tokio::test]
async fn kubeseal_fetches_the_certificate_for_someone_without_any_role() {
    let installed = Installed::new("crds,secrets").await;
    let listen = format!("--listen-addr={}:0", proxy::pod_address());
    let controller = Running::start(&installed, NAME, None, &["--key-size=2048", &listen]).await;
    let expected = certificate(&installed).await;
    pod(&installed, controller.port().await).await;
    let folder = tempfile::tempdir().unwrap();
    let cluster = &installed.cluster;
    let token = cluster
        .service_account_token(installed.watched.name(), "default")
        .await;
    let kubeconfig = cluster.kubeconfig_with_token(folder.path(), &token);
    let fetched = eventually("kubeseal fetches the certificate", async || {
        let output = Command::new(testkit::kubeseal())
            .args(["--fetch-cert", "--controller-namespace", installed.own.name()])
            .arg("--kubeconfig")
            .arg(&kubeconfig)
            .env_clear()
            .output()
            .await
            .unwrap();
        if output.status.success() {
            Ok(String::from_utf8(output.stdout).unwrap())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    })
    .await;
    assert_eq!(fetched.trim(), expected.trim());
}
