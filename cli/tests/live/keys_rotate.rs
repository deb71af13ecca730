//! `chancery keys rotate` where nobody makes the key. That it is made is tested beside the controller that does.

use std::path::{Path, PathBuf};

use api::names::SEALING_KEY_LABEL;
use k8s_openapi::api::core::v1::{Secret, ServiceAccount};
use k8s_openapi::api::rbac::v1::{Role, RoleBinding};
use kube::Api;
use kube::api::{ListParams, PostParams};
use serde_json::json;
use tempfile::TempDir;
use testkit::upstream::Controller;
use testkit::{Cluster, TestNamespace, eventually, proxy};

use crate::program::{Run, chancery};

const SERVICE: &str = "sealed-secrets-controller";

struct Fixture {
    cluster: Cluster,
    namespace: TestNamespace,
    folder: TempDir,
}

impl Fixture {
    async fn new() -> Self {
        let cluster = testkit::cluster().await;
        cluster.install_sealed_secrets_crd().await;
        let namespace = cluster.namespace("rotate").await;
        Self {
            cluster,
            namespace,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn administrator(&self) -> PathBuf {
        self.cluster.kubeconfig(self.folder.path())
    }

    /// A kubeconfig of an account that may do this with Secrets, and nothing else.
    async fn account(&self, name: &str, verbs: &[&str]) -> PathBuf {
        let namespace = self.namespace.name();
        let account = json!({"metadata": {"name": name}});
        let role = json!({
            "metadata": {"name": name},
            "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": verbs}],
        });
        let binding = json!({
            "metadata": {"name": name},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name},
            "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": namespace}],
        });
        let params = PostParams::default();
        let accounts: Api<ServiceAccount> = self.namespace.api();
        let roles: Api<Role> = self.namespace.api();
        let bindings: Api<RoleBinding> = self.namespace.api();
        accounts
            .create(&params, &serde_json::from_value(account).unwrap())
            .await
            .unwrap();
        if !verbs.is_empty() {
            roles
                .create(&params, &serde_json::from_value(role).unwrap())
                .await
                .unwrap();
            bindings
                .create(&params, &serde_json::from_value(binding).unwrap())
                .await
                .unwrap();
        }
        let token = self.cluster.service_account_token(namespace, name).await;
        let folder = self.folder.path().join(name);
        std::fs::create_dir(&folder).unwrap();
        self.cluster.kubeconfig_with_token(&folder, &token)
    }

    fn run(&self, kubeconfig: &Path, arguments: &[&str]) -> Run {
        let kubeconfig = kubeconfig.display().to_string();
        let cluster = [
            "--kubeconfig",
            &kubeconfig,
            "--controller-namespace",
            self.namespace.name(),
            "--no-cache",
        ];
        let arguments = [&["keys", "rotate"], arguments, cluster.as_slice()].concat();
        chancery(self.folder.path(), &arguments, "")
    }

    /// The Secrets that ask for a key.
    async fn requests(&self) -> Vec<Secret> {
        let secrets: Api<Secret> = self.namespace.api();
        let selector = format!("{SEALING_KEY_LABEL}=requested");
        secrets
            .list(&ListParams::default().labels(&selector))
            .await
            .unwrap()
            .items
    }
}

#[tokio::test]
async fn where_upstreams_controller_serves_the_time_runs_out_and_the_message_says_what_to_look_at() {
    let fixture = Fixture::new().await;
    let args = ["--all-namespaces=false", "--key-size=2048", "--kubeclient-qps=-1"];
    let upstream = Controller::start(&fixture.cluster, fixture.namespace.name(), &args).await;
    let port = upstream.address.port();
    proxy::expose(&fixture.cluster, fixture.namespace.name(), SERVICE, port).await;
    let administrator = fixture.administrator();
    let run = eventually("the certificate comes through the proxy", async || {
        let run = fixture.run(&administrator, &["--timeout", "1s"]);
        // Until the API server knows the Endpoints, there is no certificate at all.
        if run.stderr.contains("gives no certificate") {
            Err(run.stderr)
        } else {
            Ok(run)
        }
    })
    .await;
    assert_eq!(run.code, Some(5), "{}", run.stderr);
    assert_eq!(run.stdout, "");
    let requests = fixture.requests().await;
    let asked: Vec<String> = requests
        .into_iter()
        .map(|secret| format!("{}/{}", fixture.namespace.name(), secret.metadata.name.unwrap()))
        .collect();
    assert!(
        asked.iter().any(|name| run
            .stderr
            .contains(&format!("no controller has filled Secret `{name}`"))),
        "{}",
        run.stderr
    );
    for words in [
        "no new certificate is served by Service",
        "Sealed Secrets' own one passes over requests",
        "goes on asking until it is deleted",
    ] {
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
}

#[tokio::test]
async fn whoever_may_not_create_secrets_is_told_which_right_it_takes() {
    let fixture = Fixture::new().await;
    let reader = fixture.account("reader", &["get", "list"]).await;
    let run = fixture.run(&reader, &["--no-wait"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let right = format!(
        "it takes the right to create Secrets in namespace `{}`",
        fixture.namespace.name()
    );
    for words in ["cannot ask for a new key", "cannot create resource", &right] {
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
    assert_eq!(fixture.requests().await.len(), 0);
}

#[tokio::test]
async fn the_right_to_create_secrets_is_enough_to_ask() {
    let fixture = Fixture::new().await;
    let creator = fixture.account("creator", &["create"]).await;
    let run = fixture.run(&creator, &["--no-wait"]).succeeded();
    let requests = fixture.requests().await;
    assert_eq!(requests.len(), 1);
    let name = requests[0].metadata.name.as_deref().unwrap();
    assert_eq!(run.stdout, format!("{name}\n"));
    assert!(name.starts_with("sealed-secrets-key"), "{name}");
    assert_eq!(requests[0].type_.as_deref(), Some("kubernetes.io/tls"));
    let empty = requests[0]
        .data
        .as_ref()
        .unwrap()
        .values()
        .all(|item| item.0.is_empty());
    assert!(empty);
}

#[tokio::test]
async fn without_a_controller_nothing_is_asked_for() {
    let fixture = Fixture::new().await;
    let run = fixture.run(&fixture.administrator(), &[]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(
        run.stderr.contains("the cluster has no Service"),
        "{}",
        run.stderr
    );
    assert_eq!(fixture.requests().await.len(), 0);
}
