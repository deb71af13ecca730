//! SealedSecrets of callers, sealed again by the controller.

use std::process::Stdio;

use api::sealed_secret::SealedSecret;
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use sealing::{Certificate, KeyPair, Scope};
use serde_json::{Value, json};
use testkit::{Cluster, TestNamespace, eventually, proxy};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::cluster::{apply, cluster, has, secret};
use crate::keys::{pair, with_two_keys};
use crate::process::Controller;

/// The Service that leads to the controller, by its usual name.
const SERVICE: &str = "sealed-secrets-controller";

const ITEMS: [(&str, &str); 2] = [("empty", ""), ("text", "open sesame\n")];

/// A controller with an old and a new key, behind its Service.
struct World {
    cluster: Cluster,
    namespace: TestNamespace,
    controller: Controller,
    old: KeyPair,
    new: KeyPair,
}

impl World {
    async fn new() -> Self {
        let (cluster, namespace) = cluster("reseal").await;
        let (old, new) = (pair(2048, 0), pair(2048, 1));
        let controller = with_two_keys(&cluster, &namespace, &old, &new).await;
        proxy::expose(&cluster, namespace.name(), SERVICE, controller.port()).await;
        Self {
            cluster,
            namespace,
            controller,
            old,
            new,
        }
    }

    /// A document with what upstream's controller would lose: a label, an annotation, the template's metadata.
    fn document(&self, name: &str, scope: Scope) -> SealedSecret {
        let mut document = secret(&self.namespace, name, &ITEMS);
        document.metadata.labels = Some([("team".to_owned(), "a".to_owned())].into());
        let options = manifests::seal::SealOptions {
            scope: Some(scope),
            hint: true,
            ..manifests::seal::SealOptions::default()
        };
        let random = aws_lc_rs::rand::SystemRandom::new();
        let mut sealed = manifests::seal::seal(&document, &self.old.certificate, &options, &random).unwrap();
        sealed.metadata.labels = Some([("wave".to_owned(), "2".to_owned())].into());
        sealed
    }

    /// What the real kubeseal makes of a document, through the API server; status and both outputs.
    async fn kubeseal(&self, arguments: &[&str], document: &impl serde::Serialize) -> (bool, String, String) {
        let dir = tempfile::tempdir().unwrap();
        let mut kubeseal = Command::new(testkit::kubeseal())
            .args(arguments)
            .args(["--controller-namespace", self.namespace.name(), "--kubeconfig"])
            .arg(self.cluster.kubeconfig(dir.path()))
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let input = serde_json::to_vec(document).unwrap();
        kubeseal.stdin.take().unwrap().write_all(&input).await.unwrap();
        let output = kubeseal.wait_with_output().await.unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.success(), text(output.stdout), text(output.stderr))
    }

    /// The API server takes a moment to see new Endpoints.
    async fn re_encrypt(&self, document: &SealedSecret) -> Value {
        let text = eventually("kubeseal re-encrypts", async || {
            match self.kubeseal(&["--re-encrypt"], document).await {
                (true, stdout, _) => Ok(stdout),
                (false, _, stderr) => Err(stderr),
            }
        })
        .await;
        serde_json::from_str(&text).unwrap()
    }
}

/// Opens with one key alone.
fn opens(sealed: &SealedSecret, key: &KeyPair) -> bool {
    let (ring, _) = manifests::keys::ring_from_pem("key", key.private_key_pem().as_bytes());
    let keys = manifests::opening::keys_of_items(sealed, &ring, &[]);
    keys.values().all(Result::is_ok)
}

#[tokio::test]
async fn kubeseals_re_encrypt_moves_every_scope_to_the_newest_key_and_loses_nothing() {
    let world = World::new().await;
    for scope in [Scope::Strict, Scope::NamespaceWide, Scope::ClusterWide] {
        let name = format!("app-{scope}");
        let before = world.document(&name, scope);
        let mut got = world.re_encrypt(&before).await;
        let after: SealedSecret = serde_json::from_value(got.clone()).unwrap();
        assert!(opens(&after, &world.new) && !opens(&after, &world.old), "{scope}");
        apply(&world.namespace, &after).await;
        has(&world.namespace, &name, &ITEMS).await;

        assert_eq!(world.re_encrypt(&after).await, got, "{scope}");
        let mut expected = serde_json::to_value(&before).unwrap();
        for object in [&mut expected, &mut got] {
            object["spec"]["encryptedData"].take();
            object["metadata"]["annotations"][api::names::SEALED_WITH].take();
            // kubeseal writes it, of whatever version.
            object["spec"]["template"]["metadata"]
                .as_object_mut()
                .unwrap()
                .remove("creationTimestamp");
            object["metadata"]
                .as_object_mut()
                .unwrap()
                .remove("creationTimestamp");
        }
        assert_eq!(got, expected, "{scope}");
    }
}

#[tokio::test]
async fn what_does_not_open_is_refused_and_the_log_has_no_value() {
    let world = World::new().await;
    let mut moved = world.document("app", Scope::Strict);
    world.re_encrypt(&moved).await;
    moved.metadata.name = Some("other".to_owned());
    let (done, stdout, stderr) = world.kubeseal(&["--re-encrypt"], &moved).await;
    assert!(!done && stdout.is_empty(), "{stdout}{stderr}");
    assert!(stderr.contains("unable to rotate secret"), "{stderr}");
    let answer = world.controller.post("/v1/rotate", &moved).await;
    assert_eq!(answer, (409, "the SealedSecret does not open\n".to_owned()));
    let log = world.controller.text();
    assert!(log.contains("object of a caller refused"), "{log}");
    assert!(
        !log.contains("sesame") && !log.contains("b3BlbiBzZXNhbWUK"),
        "{log}"
    );
}

#[tokio::test]
async fn a_replica_that_does_not_lead_answers_too() {
    let world = World::new().await;
    let second = Controller::ready_with(&world.cluster, &world.namespace, &[]).await;
    let before = world.document("app", Scope::Strict);
    for replica in [&world.controller, &second] {
        let (status, body) = eventually("the replica has both keys", async || {
            let answer = replica.post("/v1/rotate", &before).await;
            if answer.0 == 200 { Ok(answer) } else { Err(answer) }
        })
        .await;
        assert_eq!(status, 200);
        assert!(opens(&serde_json::from_str(&body).unwrap(), &world.new));
        let (status, body) = replica.post("/v1/inspect", &before).await;
        let old = world.old.certificate.fingerprint().to_string();
        let expected = json!({
            "newest": world.new.certificate.fingerprint().to_string(),
            "items": {"empty": old, "text": old},
        });
        assert_eq!(
            (status, serde_json::from_str::<Value>(&body).unwrap()),
            (200, expected)
        );
    }
}

#[tokio::test]
async fn a_key_that_is_no_longer_stored_is_not_sealed_to() {
    let world = World::new().await;
    let secrets: Api<Secret> = world.namespace.api();
    secrets
        .delete("new", &kube::api::DeleteParams::default())
        .await
        .unwrap();
    eventually("the older key is served", async || {
        world.controller.certificate().await == world.old.certificate.to_pem()
    })
    .await;
    let before = world.document("app", Scope::Strict);
    let (status, body) = world.controller.post("/v1/rotate", &before).await;
    assert_eq!(status, 200);
    let after: SealedSecret = serde_json::from_str(&body).unwrap();
    assert_eq!(after.spec.encrypted_data, before.spec.encrypted_data);
    let certificate = Certificate::from_pem(world.controller.certificate().await.as_bytes()).unwrap();
    assert_eq!(certificate.fingerprint(), world.old.certificate.fingerprint());
}
