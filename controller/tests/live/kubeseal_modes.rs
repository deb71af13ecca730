//! `chancery kubeseal` with our controller: what it adds to kubeseal's own answers.

use std::fs;

use manifests::seal::SealOptions;
use sealing::{KeyPair, Scope};
use testkit::{TestNamespace, eventually};

use crate::chancery::{Ended, Shell};
use crate::cluster::{cluster, secret};
use crate::keys::{pair, with_two_keys};
use crate::process::Controller;

/// A controller with an old and a new key, and `a.yaml` with an object on the old one.
struct World {
    namespace: TestNamespace,
    _controller: Controller,
    shell: Shell,
    old: KeyPair,
    new: KeyPair,
}

impl World {
    async fn new() -> Self {
        let (cluster, namespace) = cluster("kubeseal-modes").await;
        let (old, new) = (pair(2048, 0), pair(2048, 1));
        let controller = with_two_keys(&cluster, &namespace, &old, &new).await;
        Shell::expose(&cluster, &namespace, &controller).await;
        let world = Self {
            shell: Shell::new(&cluster, &namespace),
            namespace,
            _controller: controller,
            old,
            new,
        };
        eventually("the certificate comes through the proxy", async || {
            let run = world.kubeseal(&["--fetch-cert"]).await;
            if run.code == Some(0) {
                Ok(())
            } else {
                Err(run.stderr)
            }
        })
        .await;
        world.write("a.yaml", &world.sealed("db", Scope::Strict, true));
        world
    }

    async fn kubeseal(&self, arguments: &[&str]) -> Ended {
        self.shell.run(&[&["kubeseal"], arguments].concat()).await
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.shell.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.shell.path(name)).unwrap()
    }

    /// An object on the old key, with a comment behind its kind.
    fn sealed(&self, name: &str, scope: Scope, hint: bool) -> String {
        let secret = secret(&self.namespace, name, &[("token", "open sesame")]);
        let options = SealOptions {
            scope: Some(scope),
            hint,
            ..SealOptions::default()
        };
        let random = aws_lc_rs::rand::SystemRandom::new();
        let sealed = manifests::seal::seal(&secret, &self.old.certificate, &options, &random).unwrap();
        let text = manifests::yaml::to_string(&sealed).unwrap();
        text.replacen("kind: SealedSecret\n", "kind: SealedSecret # kept\n", 1)
    }
}

#[tokio::test]
async fn what_is_on_the_newest_key_is_left_as_it_is() {
    let world = World::new().await;
    let before = world.read("a.yaml");
    world
        .kubeseal(&["--re-encrypt", "-f", "a.yaml"])
        .await
        .succeeded();
    let after = world.read("a.yaml");
    let pairs = before.lines().zip(after.lines());
    let differing: Vec<_> = pairs
        .filter(|(old, new)| old != new)
        .map(|(_, new)| new)
        .collect();
    // The hint that was there names the new key.
    assert_eq!(differing.len(), 2, "{after}");
    assert!(
        differing[0].contains(world.new.certificate.fingerprint().as_str()),
        "{after}"
    );
    let written = fs::metadata(world.shell.path("a.yaml"))
        .unwrap()
        .modified()
        .unwrap();
    world
        .kubeseal(&["--re-encrypt", "-f", "a.yaml"])
        .await
        .succeeded();
    assert_eq!(world.read("a.yaml"), after);
    let again = fs::metadata(world.shell.path("a.yaml"))
        .unwrap()
        .modified()
        .unwrap();
    assert_eq!(again, written);
}

#[tokio::test]
async fn what_does_not_open_is_named_in_kubeseals_words_and_its_file_stays() {
    let world = World::new().await;
    let moved = world.read("a.yaml").replacen("name: db\n", "name: other\n", 1);
    let text = format!("{}---\n{moved}", world.sealed("mail", Scope::ClusterWide, false));
    world.write("a.yaml", &text);
    let run = world.kubeseal(&["--re-encrypt", "-f", "a.yaml"]).await;
    let run = run.failed(1, "error: unable to rotate secret: a.yaml, document 2");
    assert_eq!(run.stdout, "");
    assert_eq!(world.read("a.yaml"), text);
    let run = world.kubeseal(&["--validate", "-f", "a.yaml"]).await;
    let run = run.failed(1, "error: unable to decrypt sealed secret: other\n");
    assert!(
        !run.stderr.contains("mail") && !run.stderr.contains("sesame"),
        "{}",
        run.stderr
    );
}

#[tokio::test]
async fn what_the_controller_refuses_is_shown_in_its_words() {
    let world = World::new().await;
    let before = world.read("a.yaml");
    let (head, _) = before.split_once("  encryptedData:\n").unwrap();
    world.write("a.yaml", &format!("{head}  encryptedData: [token]\n"));
    let run = world.kubeseal(&["--validate", "-f", "a.yaml"]).await;
    let run = run.failed(1, "error: cannot validate sealed secret: db\n");
    assert!(run.stderr.contains("encryptedData"), "{}", run.stderr);
}

#[tokio::test]
async fn every_scope_is_validated_and_sealed_again() {
    let world = World::new().await;
    let scopes = [Scope::Strict, Scope::NamespaceWide, Scope::ClusterWide];
    let all = scopes.map(|scope| world.sealed(&format!("app-{scope}"), scope, false));
    world.write("all.yaml", &all.join("---\n"));
    world
        .kubeseal(&["--validate", "-f", "all.yaml"])
        .await
        .succeeded();
    world
        .kubeseal(&["--re-encrypt", "-f", "all.yaml"])
        .await
        .succeeded();
    let (ring, _) = manifests::keys::ring_from_pem("new", world.new.private_key_pem().as_bytes());
    let documents = manifests::documents::read("all", world.read("all.yaml").as_bytes()).unwrap();
    assert_eq!(documents.len(), 3);
    for document in documents {
        let keys = manifests::opening::keys_of_items(&document.to().unwrap(), &ring, &[]);
        assert!(keys.values().all(Result::is_ok), "{document:?} {keys:?}");
    }
    assert!(!world.read("all.yaml").contains("sealed-with"));
}
