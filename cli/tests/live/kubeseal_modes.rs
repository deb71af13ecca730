//! `chancery kubeseal` with upstream's controller, beside the real kubeseal where that one is right.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use k8s_openapi::api::core::v1::Secret;
use kube::api::ListParams;
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::upstream::Controller;
use testkit::{Cluster, TestNamespace, eventually, proxy};

use crate::program::{Run, chancery, run};

const SERVICE: &str = "sealed-secrets-controller";

/// Upstream's controller behind its Service, and a folder with `a.yaml`.
struct World {
    _cluster: Cluster,
    namespace: TestNamespace,
    _controller: Controller,
    folder: TempDir,
    kubeconfig: PathBuf,
}

impl World {
    async fn new() -> Self {
        Self::with(&["--rate-limit=50", "--rate-limit-burst=50"]).await
    }

    async fn with(more: &[&str]) -> Self {
        let cluster = testkit::cluster().await;
        cluster.install_sealed_secrets_crd().await;
        let namespace = cluster.namespace("kubeseal").await;
        let own = ["--all-namespaces=false", "--key-size=2048", "--kubeclient-qps=-1"];
        let args = [own.as_slice(), more].concat();
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
        eventually("the certificate comes through the proxy", async || {
            let run = world.ours(&["--fetch-cert"], "");
            if run.code == Some(0) {
                Ok(())
            } else {
                Err(run.stderr)
            }
        })
        .await;
        fs::write(world.path("a.yaml"), world.repository()).unwrap();
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn arguments<'a>(&'a self, arguments: &[&'a str], kubeconfig: &'a str) -> Vec<&'a str> {
        let cluster = [
            "--kubeconfig",
            kubeconfig,
            "--controller-namespace",
            self.namespace.name(),
        ];
        [arguments, cluster.as_slice()].concat()
    }

    fn ours(&self, arguments: &[&str], stdin: &str) -> Run {
        let kubeconfig = self.kubeconfig.display().to_string();
        let arguments = [&["kubeseal"], self.arguments(arguments, &kubeconfig).as_slice()].concat();
        chancery(self.folder.path(), &arguments, stdin)
    }

    fn theirs(&self, arguments: &[&str], stdin: &str) -> Run {
        let kubeconfig = self.kubeconfig.display().to_string();
        let arguments = self.arguments(arguments, &kubeconfig);
        run(&testkit::kubeseal(), self.folder.path(), &arguments, stdin)
    }

    /// What the namespace's SealedSecret of that name holds, sealed by the real kubeseal.
    fn sealed(&self, name: &str, scope: &str) -> String {
        let secret = format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}, namespace: {}, labels: {{app: shop}}}}\nstringData: {{a: tulip, b: rose}}\n",
            self.namespace.name()
        );
        self.theirs(&["-o", "yaml", "--scope", scope], &secret)
            .succeeded()
            .stdout
    }

    /// Two SealedSecrets as people keep them, with a ConfigMap between them.
    fn repository(&self) -> String {
        let first = self.sealed("db", "strict").replacen(
            "  template:\n",
            "  template: # kept\n    data: {c: '{{ .a }}'} # rendered in the cluster\n",
            1,
        );
        let second = self.sealed("mail", "cluster-wide");
        assert!(first.contains("# kept"), "{first}");
        format!("# ours\n{first}---\nkind: ConfigMap\napiVersion: v1\n{second}# the end\n")
    }

    /// The keys of the items of each SealedSecret in a text, all of which open with the keys that the cluster stores.
    async fn items(&self, text: &str) -> Vec<Value> {
        let labelled = ListParams::default().labels(api::names::SEALING_KEY_LABEL);
        let keys = self.namespace.api::<Secret>().list(&labelled).await.unwrap();
        let ring = manifests::keys::ring_from_secrets(&keys.items).0;
        let documents = manifests::documents::read("text", text.as_bytes()).unwrap();
        let sealed = documents
            .iter()
            .filter(|document| document.kind() == Some("SealedSecret"));
        let mut items = Vec::new();
        for document in sealed {
            let mut document = document.clone();
            document.value["spec"]["template"]["data"] = Value::Null;
            let sealed: api::sealed_secret::SealedSecret = document.to().unwrap();
            let keys = manifests::opening::keys_of_items(&sealed, &ring, &[]);
            assert!(keys.values().all(Result::is_ok), "{keys:?}");
            items.push(json!(keys.into_keys().collect::<Vec<_>>()));
        }
        items
    }
}

/// The lines that differ, when there are as many as before.
#[track_caller]
fn differing<'a>(before: &'a str, after: &'a str) -> Vec<&'a str> {
    assert_eq!(before.lines().count(), after.lines().count(), "{after}");
    let pairs = before.lines().zip(after.lines());
    pairs
        .filter(|(old, new)| old != new)
        .map(|(_, new)| new)
        .collect()
}

#[tokio::test]
async fn re_encrypt_replaces_the_file_and_nothing_in_it_but_ciphertexts() {
    let world = World::new().await;
    let before = world.read("a.yaml");
    fs::set_permissions(world.path("a.yaml"), fs::Permissions::from_mode(0o640)).unwrap();
    for flag in ["--re-encrypt", "--rotate"] {
        let run = world.ours(&[flag, "-f", "a.yaml"], "").succeeded();
        assert_eq!(run.stdout, "");
        let after = world.read("a.yaml");
        let lines = differing(&before, &after);
        assert!(
            lines.len() == 4 && lines.iter().all(|line| line.contains(": AQ")),
            "{lines:?}"
        );
        assert_eq!(world.items(&after).await, [json!(["a", "b"]), json!(["a", "b"])]);
        assert_eq!(
            run.stderr
                .contains("Flag --rotate has been deprecated, please use --re-encrypt instead"),
            flag == "--rotate",
            "{}",
            run.stderr
        );
    }
    let mode = fs::metadata(world.path("a.yaml")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    let strays = fs::read_dir(world.folder.path()).unwrap().filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().ends_with(".tmp")
    });
    assert_eq!(strays.count(), 0);
}

#[tokio::test]
async fn re_encrypt_writes_elsewhere_in_the_format_that_was_asked_for() {
    let world = World::new().await;
    let before = world.read("a.yaml");
    world
        .ours(&["--re-encrypt", "-f", "a.yaml", "-w", "b.yml"], "")
        .succeeded();
    assert_eq!(differing(&before, &world.read("b.yml")).len(), 4);
    let printed = world.ours(&["--re-encrypt", "-o", "YAML"], &before).succeeded();
    assert_eq!(differing(&before, &printed.stdout).len(), 4);
    // As kubeseal: JSON, unless something else was said.
    let printed = world.ours(&["--re-encrypt"], &before).succeeded().stdout;
    assert!(
        printed.starts_with("{\n  \"kind\": \"SealedSecret\",\n"),
        "{printed}"
    );
    let documents: Vec<Value> = serde_json::Deserializer::from_str(&printed)
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let kinds: Vec<_> = documents.iter().map(|document| &document["kind"]).collect();
    assert_eq!(kinds, ["SealedSecret", "ConfigMap", "SealedSecret"]);
    assert_eq!(documents[0]["spec"]["template"]["data"]["c"], "{{ .a }}");
    assert_eq!(
        documents[0]["spec"]["template"]["metadata"]["labels"]["app"],
        "shop"
    );
    assert_eq!(world.items(&printed).await.len(), 2);
    assert_eq!(world.read("a.yaml"), before);
}

#[tokio::test]
async fn what_does_not_open_is_not_re_encrypted_and_its_file_stays() {
    let world = World::new().await;
    let moved = world.read("a.yaml").replace("name: db\n", "name: other\n");
    fs::write(world.path("a.yaml"), &moved).unwrap();
    let one = moved.split("---\n").nth(1).unwrap();
    let (ours, theirs) = (
        world.ours(&["--re-encrypt", "-f", "a.yaml"], ""),
        world.theirs(&["--re-encrypt"], one),
    );
    for run in [&ours, &theirs] {
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
        assert!(
            run.stderr.starts_with("error: cannot re-encrypt secret: "),
            "{}",
            run.stderr
        );
    }
    assert!(ours.stderr.contains("a.yaml, document "), "{}", ours.stderr);
    assert!(ours.stderr.contains("does not open it"), "{}", ours.stderr);
    assert_eq!(world.read("a.yaml"), moved);
}

#[tokio::test]
async fn validate_is_silent_about_what_opens_and_names_what_does_not() {
    let world = World::new().await;
    let good = [
        world.sealed("db", "strict"),
        world.sealed("mail", "namespace-wide"),
    ]
    .concat();
    let bad = [
        world
            .sealed("db", "strict")
            .replace("name: db\n", "name: first\n"),
        world.sealed("mail", "cluster-wide"),
        world
            .sealed("db", "strict")
            .replace("name: db\n", "name: second\n"),
    ]
    .concat();
    for run in [
        world.ours(&["--validate"], &good),
        world.theirs(&["--validate"], &good),
    ] {
        let run = run.succeeded();
        assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    }
    let (ours, theirs) = (
        world.ours(&["--validate"], &bad),
        world.theirs(&["--validate"], &bad),
    );
    for run in [&ours, &theirs] {
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
        assert!(
            run.stderr
                .starts_with("error: unable to decrypt sealed secret: first\n"),
            "{}",
            run.stderr
        );
    }
    // kubeseal stops at the first.
    assert!(
        ours.stderr
            .contains("error: unable to decrypt sealed secret: second\n"),
        "{}",
        ours.stderr
    );
    assert!(!ours.stderr.contains("mail"), "{}", ours.stderr);
}

#[tokio::test]
async fn validate_refuses_what_is_no_sealed_secret() {
    let world = World::new().await;
    let other = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n";
    for run in [
        world.ours(&["--validate"], other),
        world.theirs(&["--validate"], other),
    ] {
        assert_eq!(run.code, Some(1));
        assert!(
            run.stderr.starts_with("error: cannot validate sealed secret: "),
            "{}",
            run.stderr
        );
    }
    fs::write(world.path("out.yaml"), "precious\n").unwrap();
    let good = world.sealed("db", "strict");
    let run = world.ours(&["--validate", "-w", "out.yaml"], &good).succeeded();
    assert!(
        run.stderr.contains("`out.yaml` is left as it is"),
        "{}",
        run.stderr
    );
    assert_eq!(world.read("out.yaml"), "precious\n");
    let unknown = good.replace("bitnami.com/v1alpha1", "bitnami.com/v9");
    let run = world.ours(&["--validate"], &unknown);
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr
            .starts_with("error: cannot validate sealed secret: db\n")
            && run.stderr.contains("has the apiVersion `bitnami.com/v9`"),
        "{}",
        run.stderr
    );
    // Upstream's controller passes over what is no item, and says that the rest is good.
    let (head, _) = good.split_once("  encryptedData:\n").unwrap();
    let run = world.ours(&["--validate"], &format!("{head}  encryptedData: [a]\n"));
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr
            .starts_with("error: cannot validate sealed secret: db\n")
            && run.stderr.contains("field `spec.encryptedData`"),
        "{}",
        run.stderr
    );
}

#[tokio::test]
async fn merge_into_asks_the_controller_for_its_certificate_and_kubeseal_opens_the_result() {
    let world = World::new().await;
    let before = world.sealed("db", "namespace-wide");
    fs::write(world.path("b.yaml"), &before).unwrap();
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {labels: {tier: web}}\nstringData: {c: oak}\n";
    let run = world.ours(&["--merge-into", "b.yaml"], secret).succeeded();
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    let after = world.read("b.yaml");
    assert_eq!(after.lines().count(), before.lines().count() + 2, "{after}");
    assert!(
        after.contains("        app: shop\n        tier: web\n"),
        "{after}"
    );
    world.theirs(&["--validate"], &after).succeeded();
    assert_eq!(world.items(&after).await, [json!(["a", "b", "c"])]);
}

#[tokio::test]
async fn a_controller_that_limits_its_rate_is_waited_for() {
    // Upstream's default: two at once, and two a second.
    let world = World::with(&[]).await;
    let many: Vec<String> = (0..6)
        .map(|n| world.sealed(&format!("db-{n}"), "strict"))
        .collect();
    let before = many.concat();
    fs::write(world.path("many.yaml"), &before).unwrap();
    world.ours(&["--validate", "-f", "many.yaml"], "").succeeded();
    world.ours(&["--re-encrypt", "-f", "many.yaml"], "").succeeded();
    assert_eq!(differing(&before, &world.read("many.yaml")).len(), 12);
}
