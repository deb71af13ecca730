//! Credentials in the forms that programs read: a kubeconfig file, a `ServiceAccount` folder.

use std::fs;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::ServiceAccount;
use kube::Api;
use kube::api::PostParams;
use serde_json::json;

use crate::cluster::Cluster;
use crate::fail::OrFail;

impl Cluster {
    /// Writes a kubeconfig of the administrator into `dir` and returns its path; mode 0600.
    ///
    /// # Panics
    /// When the file cannot be written.
    #[track_caller]
    pub fn kubeconfig(&self, dir: &Path) -> PathBuf {
        self.kubeconfig_with_token(dir, &self.token)
    }

    /// Writes a kubeconfig that authenticates with `token` into `dir` and returns its path; mode 0600.
    ///
    /// # Panics
    /// When the file cannot be written.
    #[track_caller]
    pub fn kubeconfig_with_token(&self, dir: &Path, token: &str) -> PathBuf {
        use base64::Engine;
        let ca = base64::engine::general_purpose::STANDARD.encode(&self.ca);
        // JSON is YAML too, and needs no quoting of ours.
        let config = json!({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "testkit", "cluster": {"server": self.url, "certificate-authority-data": ca}}],
            "users": [{"name": "testkit", "user": {"token": token}}],
            "contexts": [{"name": "testkit", "context": {"cluster": "testkit", "user": "testkit"}}],
            "current-context": "testkit",
        });
        let path = dir.join("kubeconfig.yaml");
        write_private(&path, &format!("{config:#}\n"));
        path
    }

    /// Asks the API server for a token of a `ServiceAccount`, good for an hour.
    ///
    /// # Panics
    /// When there is no such `ServiceAccount`.
    pub async fn service_account_token(&self, namespace: &str, name: &str) -> String {
        let doing = || format!("asking for a token of the ServiceAccount `{namespace}/{name}`");
        let accounts: Api<ServiceAccount> = Api::namespaced(self.client.clone(), namespace);
        let request = TokenRequest {
            spec: TokenRequestSpec {
                expiration_seconds: Some(3600),
                ..TokenRequestSpec::default()
            },
            ..TokenRequest::default()
        };
        let granted = accounts
            .create_token_request(name, &PostParams::default(), &request)
            .await
            .or_fail(doing);
        granted
            .status
            .ok_or_else(|| anyhow::anyhow!("the answer has no token"))
            .or_fail(doing)
            .token
    }

    /// Makes the folder `dir` like the one that a Pod finds at `/var/run/secrets/kubernetes.io/serviceaccount`:
    /// `token`, `ca.crt` and `namespace`, mode 0600.
    ///
    /// # Panics
    /// When the folder or a file cannot be written.
    #[track_caller]
    pub fn service_account_dir(&self, dir: &Path, namespace: &str, token: &str) {
        fs::create_dir_all(dir).or_fail(|| format!("making the ServiceAccount folder `{}`", dir.display()));
        write_private(&dir.join("token"), token);
        write_private(&dir.join("ca.crt"), &self.ca);
        write_private(&dir.join("namespace"), namespace);
    }

    /// Returns the variables that a Pod finds in its environment, for programs that read in-cluster
    /// configuration.
    pub fn in_cluster_environment(&self) -> [(&'static str, String); 2] {
        let address = self.url.trim_start_matches("https://");
        let (host, port) = address.rsplit_once(':').unwrap_or((address, "443"));
        [
            ("KUBERNETES_SERVICE_HOST", host.to_owned()),
            ("KUBERNETES_SERVICE_PORT", port.to_owned()),
        ]
    }
}

#[track_caller]
fn write_private(path: &Path, text: &str) {
    use std::io::Write;
    let doing = || format!("writing `{}`", path.display());
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .or_fail(doing);
    file.write_all(text.as_bytes()).or_fail(doing);
}
