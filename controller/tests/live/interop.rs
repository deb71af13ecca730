//! The real kubeseal and the real Sealed Secrets controller against ours: every document becomes the
//! same Secret through both.

use std::process::Stdio;

use api::sealed_secret::SealedSecret;
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use sealing::{Certificate, Scope};
use testkit::{Cluster, TestNamespace, eventually};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::chancery::program;
use crate::cluster::{apply, cluster, secret, synced};
use crate::keys::{pair, store};
use crate::process::Controller;

const SCOPES: [Scope; 3] = [Scope::Strict, Scope::NamespaceWide, Scope::ClusterWide];

/// A Secret with what tends to go wrong: bytes that are no text, an empty item, metadata.
fn document(namespace: &TestNamespace, name: &str) -> Secret {
    let mut document = secret(namespace, name, &[("text", "open sesame\n"), ("empty", "")]);
    let bytes: Vec<u8> = (0..=255).collect();
    document
        .data
        .as_mut()
        .unwrap()
        .insert("bytes".to_owned(), k8s_openapi::ByteString(bytes));
    document.metadata.labels = Some([("team".to_owned(), "a".to_owned())].into());
    document.metadata.annotations = Some([("note".to_owned(), "kept".to_owned())].into());
    document.type_ = Some("example.com/typed".to_owned());
    document
}

async fn by_kubeseal(document: &Secret, certificate: &Certificate, scope: Scope) -> SealedSecret {
    let mut command = Command::new(testkit::kubeseal());
    command.arg("--format=json");
    sealed_by(command, document, certificate, scope).await
}

async fn by_us(document: &Secret, certificate: &Certificate, scope: Scope) -> SealedSecret {
    let mut command = Command::new(program());
    command.args(["seal", "-o", "json"]);
    sealed_by(command, document, certificate, scope).await
}

async fn sealed_by(
    mut command: Command,
    document: &Secret,
    certificate: &Certificate,
    scope: Scope,
) -> SealedSecret {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("cert.pem");
    std::fs::write(&file, certificate.to_pem()).unwrap();
    let mut sealing = command
        .args(["--scope", &scope.to_string(), "--cert"])
        .arg(&file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let input = serde_json::to_vec(document).unwrap();
    sealing.stdin.take().unwrap().write_all(&input).await.unwrap();
    let output = sealing.wait_with_output().await.unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Seals in every scope, by kubeseal and by us, and applies it all. Returns the names.
async fn seal_all(namespace: &TestNamespace, certificate: &Certificate) -> Vec<String> {
    let mut names = Vec::new();
    for scope in SCOPES {
        let name = format!("kubeseal-{scope}");
        let sealed = by_kubeseal(&document(namespace, &name), certificate, scope).await;
        apply(namespace, &sealed).await;
        names.push(name);
        let name = format!("ours-{scope}");
        let sealed = by_us(&document(namespace, &name), certificate, scope).await;
        apply(namespace, &sealed).await;
        names.push(name);
    }
    names
}

/// Returns what must be equal, whoever unsealed it: all but what the server chose.
async fn made(namespace: &TestNamespace, name: &str) -> Secret {
    let api: Api<Secret> = namespace.api();
    let what = format!("Secret {name} is made in {}", namespace.name());
    let mut secret = eventually(&what, async || api.get_opt(name).await.unwrap()).await;
    let metadata = &mut secret.metadata;
    metadata.uid = None;
    metadata.namespace = None;
    metadata.resource_version = None;
    metadata.creation_timestamp = None;
    metadata.managed_fields = None;
    for owner in metadata.owner_references.iter_mut().flatten() {
        owner.uid = String::new();
    }
    secret
}

async fn both_make_the_same(bits: u32) {
    let (cluster, ours) = cluster("interop-ours").await;
    let theirs = cluster.namespace("interop-theirs").await;
    let key = pair(bits, 0);
    store(&ours, "key", &key).await;
    store(&theirs, "key", &key).await;
    let controller = Controller::ready(&cluster, &ours).await;
    let upstream =
        testkit::upstream::Controller::start(&cluster, theirs.name(), &["--all-namespaces=false"]).await;
    assert_eq!(controller.certificate().await, upstream.certificate().await);
    let names = seal_all(&ours, &key.certificate).await;
    assert_eq!(names, seal_all(&theirs, &key.certificate).await);
    for name in &names {
        synced(&ours, name, "True").await;
        let mine = made(&ours, name).await;
        assert_eq!(mine.data, document(&ours, name).data, "{name}");
        assert_eq!(mine, made(&theirs, name).await, "{name}");
    }
}

#[tokio::test]
async fn secrets_are_equal_to_upstreams_with_2048_bits() {
    both_make_the_same(2048).await;
}

#[tokio::test]
async fn secrets_are_equal_to_upstreams_with_4096_bits() {
    both_make_the_same(4096).await;
}

#[tokio::test]
async fn objects_of_upstream_are_taken_over_without_a_write_of_their_secrets() {
    let (cluster, namespace) = cluster("takeover").await;
    let names = under_upstream(&cluster, &namespace).await;
    let secrets: Api<Secret> = namespace.api();
    let mut versions = Vec::new();
    for name in &names {
        versions.push(secrets.get(name).await.unwrap().metadata.resource_version);
    }
    let controller = Controller::ready(&cluster, &namespace).await;
    let sealed_secrets: Api<SealedSecret> = namespace.api();
    for name in &names {
        eventually("our status is there", async || {
            let status = sealed_secrets.get(name).await.unwrap().status?;
            status
                .conditions
                .iter()
                .any(|c| c.type_ == "Ready" && c.status == "True")
                .then_some(())
        })
        .await;
    }
    let (_, work) = controller.terminate().await;
    assert_eq!(work.secret_writes, 0, "{work:?}");
    for (name, version) in names.iter().zip(versions) {
        assert_eq!(
            secrets.get(name).await.unwrap().metadata.resource_version,
            version,
            "{name}"
        );
    }
}

/// Lets upstream's controller make its key and unseal everything, then stops it.
async fn under_upstream(cluster: &Cluster, namespace: &TestNamespace) -> Vec<String> {
    let mut upstream =
        testkit::upstream::Controller::start(cluster, namespace.name(), &["--all-namespaces=false"]).await;
    let certificate = Certificate::from_pem(upstream.certificate().await.as_bytes()).unwrap();
    let names = seal_all(namespace, &certificate).await;
    for name in &names {
        synced(namespace, name, "True").await;
    }
    upstream.kill().await;
    names
}
