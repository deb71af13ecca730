//! A namespace with two keys, a controller, and a command line.

use std::path::PathBuf;
use std::process::Stdio;

use manifests::keys;
use sealing::{KeyPair, KeyRing};
use serde_json::Value;
use testkit::{TestNamespace, eventually, proxy};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::Whose;
use crate::chancery::program;
use crate::cluster::cluster;
use crate::keys::{pair, store};
use crate::process::Controller;

const SERVICE: &str = "sealed-secrets-controller";

/// What every pair is tried in.
pub(super) struct World {
    pub(super) namespace: TestNamespace,
    pub(super) old: KeyPair,
    pub(super) new: KeyPair,
    cli: Whose,
    folder: tempfile::TempDir,
    kubeconfig: PathBuf,
    // Ended with the world.
    _controller: Running,
}

#[expect(dead_code, reason = "they are held so that they run")]
enum Running {
    Ours(Controller),
    Upstreams(testkit::upstream::Controller),
}

/// How a command ended.
pub(super) struct Ended {
    pub(super) code: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl World {
    pub(super) async fn new(cli: Whose, controller: Whose) -> Self {
        let (cluster, namespace) = cluster("pairs").await;
        let (old, new) = (pair(2048, 0), pair(2048, 1));
        store(&namespace, "old", &old).await;
        store(&namespace, "new", &new).await;
        let (controller, port) = match controller {
            Whose::Ours => {
                let listen = format!("--listen-addr={}:0", proxy::pod_address());
                let arguments = [listen.as_str(), "--key-renew-period=0"];
                let controller = Controller::ready_with(&cluster, &namespace, &arguments).await;
                let port = controller.port();
                (Running::Ours(controller), port)
            }
            Whose::Upstreams => {
                let arguments = ["--all-namespaces=false", "--key-renew-period=0"];
                let controller =
                    testkit::upstream::Controller::start(&cluster, namespace.name(), &arguments).await;
                let port = controller.address.port();
                (Running::Upstreams(controller), port)
            }
        };
        proxy::expose(&cluster, namespace.name(), SERVICE, port).await;
        let folder = tempfile::tempdir().unwrap();
        let world = Self {
            kubeconfig: cluster.kubeconfig(folder.path()),
            namespace,
            old,
            new,
            cli,
            folder,
            _controller: controller,
        };
        world.write("cert.pem", &world.new.certificate.to_pem());
        world.write("old.pem", &world.old.certificate.to_pem());
        world.write("key.pem", &world.new.private_key_pem());
        eventually(
            "the newest certificate comes through the API server",
            async || {
                let fetched = world.run(&["--fetch-cert"], "").await;
                if fetched.stdout == world.new.certificate.to_pem() {
                    Ok(())
                } else {
                    Err(fetched.stderr)
                }
            },
        )
        .await;
        world
    }

    /// Runs the command line with these arguments and those that name the cluster.
    pub(super) async fn run(&self, arguments: &[&str], stdin: &str) -> Ended {
        let mut command = match self.cli {
            Whose::Upstreams => Command::new(testkit::kubeseal()),
            Whose::Ours => {
                let mut command = Command::new(program());
                command.arg("kubeseal");
                command
            }
        };
        let mut child = command
            .args(arguments)
            .args(["--controller-namespace", self.namespace.name(), "--kubeconfig"])
            .arg(&self.kubeconfig)
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Who needs no input closes it early.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes()).await;
        let output = child.wait_with_output().await.unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ended {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    pub(super) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    /// A Secret of this name in the world's namespace, as YAML.
    pub(super) fn secret(&self, name: &str, more: &str) -> String {
        let namespace = self.namespace.name();
        format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: {name}\n  namespace: {namespace}\n{more}")
    }

    /// Text without what differs from run to run.
    pub(super) fn plain(&self, text: &str) -> String {
        let folder = self.folder.path().display().to_string();
        text.replace(self.namespace.name(), "NS")
            .replace(&folder, "FOLDER")
    }

    /// A SealedSecret with each item as what it holds and which key opens it.
    pub(super) fn opened(&self, mut sealed: Value) -> String {
        let document: api::sealed_secret::SealedSecret = serde_json::from_value(sealed.clone()).unwrap();
        let scope = manifests::scope::of_sealed_secret(&document.metadata);
        let metadata = &document.metadata;
        let label = sealing::Label::new(
            scope,
            metadata.namespace.as_deref().unwrap_or_default(),
            metadata.name.as_deref().unwrap_or_default(),
        );
        let items = sealed["spec"]["encryptedData"].as_object_mut();
        for value in items.into_iter().flat_map(|items| items.values_mut()) {
            *value = self.held(value.as_str().unwrap(), &label).into();
        }
        without_null(&mut sealed);
        self.plain(&sealed.to_string())
    }

    /// What an item holds, and the key.
    pub(super) fn held(&self, item: &str, label: &sealing::Label) -> String {
        let item = sealing::decode_item(item).unwrap();
        for (name, pair) in [("old", &self.old), ("new", &self.new)] {
            if let Ok(opened) = ring(pair).open(&item, label, &[]) {
                return format!("{name} key: {:?}", String::from_utf8_lossy(&opened.plaintext));
            }
        }
        "no key".to_owned()
    }
}

fn ring(pair: &KeyPair) -> KeyRing {
    keys::ring_from_pem("key", pair.private_key_pem().as_bytes()).0
}

/// Takes out what is null, which is the same as absent, and sorts.
pub(super) fn without_null(value: &mut Value) {
    if let Value::Object(map) = value {
        map.retain(|_, value| !value.is_null());
        map.sort_keys();
        map.values_mut().for_each(without_null);
        map.retain(|_, value| value.as_object().is_none_or(|map| !map.is_empty()));
    }
}
