//! The certificate and the keys of a cluster.

use std::path::PathBuf;

use api::sealed_secret::SealedSecret;
use k8s_openapi::api::core::v1::{Secret, Service};
use kube::api::PostParams;
use tempfile::TempDir;
use testkit::upstream::Controller;
use testkit::{Cluster, TestNamespace, eventually, proxy};

use crate::program::{Run, chancery};

const SERVICE: &str = "sealed-secrets-controller";

/// A namespace of the private API server, and a kubeconfig for it.
struct Fixture {
    cluster: Cluster,
    namespace: TestNamespace,
    folder: TempDir,
    kubeconfig: PathBuf,
}

impl Fixture {
    async fn new() -> Self {
        let cluster = testkit::cluster().await;
        cluster.install_sealed_secrets_crd().await;
        let namespace = cluster.namespace("cli").await;
        let folder = tempfile::tempdir().unwrap();
        let kubeconfig = cluster.kubeconfig(folder.path());
        Self {
            cluster,
            namespace,
            folder,
            kubeconfig,
        }
    }

    /// The real controller, behind a Service of its usual name.
    async fn controller(&self) -> Controller {
        let args = ["--all-namespaces=false", "--key-size=2048", "--kubeclient-qps=-1"];
        let controller = Controller::start(&self.cluster, self.namespace.name(), &args).await;
        proxy::expose(
            &self.cluster,
            self.namespace.name(),
            SERVICE,
            controller.address.port(),
        )
        .await;
        controller
    }

    fn run(&self, arguments: &[&str], stdin: &str) -> Run {
        let kubeconfig = self.kubeconfig.display().to_string();
        let cluster = [
            "--kubeconfig",
            &kubeconfig,
            "--controller-namespace",
            self.namespace.name(),
        ];
        chancery(
            self.folder.path(),
            &[arguments, cluster.as_slice()].concat(),
            stdin,
        )
    }

    /// The API server takes a moment to see new Endpoints.
    async fn certificate(&self) -> String {
        eventually("the certificate comes through the proxy", async || {
            let run = self.run(&["cert"], "");
            if run.code == Some(0) {
                Ok(run.stdout)
            } else {
                Err(run.stderr)
            }
        })
        .await
    }
}

#[tokio::test]
async fn the_certificate_is_the_controllers() {
    let fixture = Fixture::new().await;
    let controller = fixture.controller().await;
    assert_eq!(fixture.certificate().await, controller.certificate().await);
}

#[tokio::test]
async fn the_real_controller_opens_what_was_sealed_with_the_clusters_certificate() {
    let fixture = Fixture::new().await;
    let _controller = fixture.controller().await;
    fixture.certificate().await;
    let namespace = fixture.namespace.name();
    let secret = format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: db, namespace: {namespace}}}\nstringData: {{password: tulip}}\n"
    );
    let sealed = fixture.run(&["seal", "-o", "json"], &secret).succeeded().stdout;
    let sealed: SealedSecret = serde_json::from_str(&sealed).unwrap();
    fixture
        .namespace
        .api::<SealedSecret>()
        .create(&PostParams::default(), &sealed)
        .await
        .unwrap();
    let opened = eventually("the Secret appears", async || {
        fixture.namespace.api::<Secret>().get_opt("db").await.unwrap()
    })
    .await;
    assert_eq!(opened.data.unwrap()["password"].0, b"tulip");
}

#[tokio::test]
async fn the_keys_of_the_cluster_are_listed() {
    let fixture = Fixture::new().await;
    let _controller = fixture.controller().await;
    let about = |json: &str| serde_json::from_str::<serde_json::Value>(json).unwrap();
    fixture.certificate().await;
    let certificate = about(&fixture.run(&["cert", "-o", "json"], "").succeeded().stdout);
    let keys = about(
        &fixture
            .run(&["keys", "list", "-o", "json"], "")
            .succeeded()
            .stdout,
    );
    assert_eq!(keys.as_array().unwrap().len(), 1);
    assert_eq!(keys[0]["fingerprint"], certificate["fingerprint"]);
    assert_eq!(keys[0]["state"], "active");
}

#[tokio::test]
async fn a_missing_service_is_named_with_the_flags_that_say_where_it_is() {
    let fixture = Fixture::new().await;
    let run = fixture.run(&["cert"], "");
    assert_eq!(run.code, Some(1));
    let service = format!(
        "the cluster has no Service `{}/{SERVICE}`",
        fixture.namespace.name()
    );
    assert!(run.stderr.contains(&service), "{}", run.stderr);
    assert!(
        run.stderr
            .contains("hint: where is the controller? --controller-namespace"),
        "{}",
        run.stderr
    );
}

#[tokio::test]
async fn a_service_with_nothing_behind_it_gives_no_certificate() {
    let fixture = Fixture::new().await;
    let service: Service = serde_json::from_value(serde_json::json!({
        "metadata": {"name": SERVICE},
        "spec": {"ports": [{"name": "http", "port": 8080}]},
    }))
    .unwrap();
    fixture
        .namespace
        .api::<Service>()
        .create(&PostParams::default(), &service)
        .await
        .unwrap();
    let run = fixture.run(&["cert"], "");
    assert_eq!(run.code, Some(1));
    let service = format!(
        "Service `{}/{SERVICE}` gives no certificate",
        fixture.namespace.name()
    );
    assert!(run.stderr.contains(&service), "{}", run.stderr);
}
