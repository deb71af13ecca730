//! What opens SealedSecrets: the controller of a cluster, upstream's too as far as it goes.

use std::fs;
use std::path::PathBuf;

use k8s_openapi::api::core::v1::Secret;
use kube::api::ListParams;
use serde_json::Value;
use tempfile::TempDir;
use testkit::upstream::Controller;
use testkit::{Cluster, TestNamespace, eventually, proxy};

use crate::program::{Run, chancery};

const SERVICE: &str = "sealed-secrets-controller";

/// Upstream's controller behind its Service, and a folder to work in.
struct World {
    _cluster: Cluster,
    namespace: TestNamespace,
    _controller: Controller,
    folder: TempDir,
    kubeconfig: PathBuf,
}

impl World {
    async fn new() -> Self {
        let cluster = testkit::cluster().await;
        cluster.install_sealed_secrets_crd().await;
        let namespace = cluster.namespace("opener").await;
        let args = ["--all-namespaces=false", "--key-size=2048", "--kubeclient-qps=-1"];
        let controller = Controller::start(&cluster, namespace.name(), &args).await;
        proxy::expose(&cluster, namespace.name(), SERVICE, controller.address.port()).await;
        let folder = tempfile::tempdir().unwrap();
        let kubeconfig = cluster.kubeconfig(folder.path());
        let world = Self {
            _cluster: cluster,
            namespace,
            _controller: controller,
            folder,
            kubeconfig,
        };
        let certificate = eventually("the certificate comes through the proxy", async || {
            let run = world.run(&["cert"]);
            if run.code == Some(0) {
                Ok(run.stdout)
            } else {
                Err(run.stderr)
            }
        })
        .await;
        fs::write(world.path("cert.pem"), certificate).unwrap();
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let kubeconfig = self.kubeconfig.display().to_string();
        let cluster = [
            "--kubeconfig",
            &kubeconfig,
            "--controller-namespace",
            self.namespace.name(),
        ];
        chancery(self.folder.path(), &[arguments, cluster.as_slice()].concat(), "")
    }

    /// Seals two values to upstream's key into `sealed.yaml`, and adds a template that bakes one into the other.
    fn seal(&self) {
        let secret = format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{name: db, namespace: {}}}\nstringData: {{a: tulip, b: rose}}\n",
            self.namespace.name()
        );
        fs::write(self.path("secret.yaml"), secret).unwrap();
        let seal = [
            "seal",
            "-f",
            "secret.yaml",
            "--cert",
            "cert.pem",
            "-w",
            "sealed.yaml",
            "--no-hint",
        ];
        chancery(self.folder.path(), &seal, "").succeeded();
        let text = fs::read_to_string(self.path("sealed.yaml")).unwrap();
        let with_template = text.replacen(
            "  template:\n",
            "  template:\n    data: {a: 'x{{ .a }}', c: '{{ .b }}'} # kept\n",
            1,
        );
        assert_ne!(text, with_template);
        fs::write(self.path("sealed.yaml"), with_template).unwrap();
    }

    fn sealed(&self) -> String {
        fs::read_to_string(self.path("sealed.yaml")).unwrap()
    }

    /// What the file holds without its template, opened with the keys that the cluster stores.
    async fn data(&self) -> Value {
        let labelled = ListParams::default().labels(api::names::SEALING_KEY_LABEL);
        let keys = self.namespace.api::<Secret>().list(&labelled).await.unwrap();
        let keys: Vec<String> = keys
            .items
            .iter()
            .map(|key| manifests::yaml::to_string(key).unwrap())
            .collect();
        fs::write(self.path("keys.yaml"), keys.join("---\n")).unwrap();
        let sealed = self.sealed();
        let plain: Vec<&str> = sealed.lines().filter(|line| !line.ends_with("# kept")).collect();
        fs::write(self.path("plain.yaml"), plain.join("\n")).unwrap();
        let unseal = ["unseal", "-f", "plain.yaml", "--key", "keys.yaml", "-o", "json"];
        let secret = chancery(self.folder.path(), &unseal, "").succeeded().stdout;
        serde_json::from_str::<Value>(&secret).unwrap()["data"].take()
    }
}

#[tokio::test]
async fn upstreams_controller_seals_again_and_its_templates_stay_out_of_the_items() {
    let world = World::new().await;
    world.seal();
    let before = world.sealed();
    let run = world.run(&["reseal", "sealed.yaml", "-o", "json"]).succeeded();
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(!report.to_string().contains("tulip"), "{report}");
    let after = world.sealed();
    assert_ne!(after, before);
    let differing = before.lines().zip(after.lines()).filter(|(a, b)| a != b).count();
    assert_eq!((differing, before.lines().count()), (2, after.lines().count()));
    let expected = serde_json::json!({"a": "dHVsaXA=", "b": "cm9zZQ=="});
    assert_eq!(world.data().await, expected);
}

#[tokio::test]
async fn what_upstreams_controller_cannot_tell_is_said_with_what_can() {
    let world = World::new().await;
    world.seal();
    let before = world.sealed();
    let run = world.run(&["reseal", "sealed.yaml", "--check"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let said = run.stdout + &run.stderr;
    assert!(
        said.contains("does not tell which keys open") && said.contains("--key FILE"),
        "{said}"
    );
    assert_eq!(world.sealed(), before);
}

#[tokio::test]
async fn what_upstreams_controller_does_not_open_stays_as_it_is() {
    let world = World::new().await;
    world.seal();
    let moved = world.sealed().replace("name: db", "name: other");
    fs::write(world.path("sealed.yaml"), &moved).unwrap();
    let run = world.run(&["reseal", "sealed.yaml"]);
    assert_eq!(run.code, Some(1));
    let said = run.stdout + &run.stderr;
    assert!(
        said.contains("does not open it") && said.contains("name, namespace or scope"),
        "{said}"
    );
    assert_eq!(world.sealed(), moved);
}

#[tokio::test]
async fn upstreams_controller_says_of_a_whole_object_whether_it_opens() {
    let world = World::new().await;
    world.seal();
    let sealed = world.sealed();
    world
        .run(&["verify", "sealed.yaml", "--ask-controller"])
        .succeeded();
    let moved = sealed.replace("name: db", "name: other");
    fs::write(world.path("sealed.yaml"), &moved).unwrap();
    let run = world.run(&["verify", "sealed.yaml", "--ask-controller"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stdout.contains("error[item-does-not-open]"), "{}", run.stdout);
    assert_eq!(world.sealed(), moved);
}
