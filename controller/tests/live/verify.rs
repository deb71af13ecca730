//! `chancery verify` and `inspect`, which ask the controller whether items open and which keys they are on.

use api::sealed_secret::SealedSecret;
use sealing::{KeyPair, Scope};
use serde_json::{Value, json};
use testkit::TestNamespace;

use crate::chancery::Shell;
use crate::cluster::{cluster, secret};
use crate::keys::{pair, with_two_keys};

fn sealed(namespace: &TestNamespace, name: &str, pair: &KeyPair) -> SealedSecret {
    let options = manifests::seal::SealOptions {
        scope: Some(Scope::Strict),
        hint: false,
        ..manifests::seal::SealOptions::default()
    };
    let random = aws_lc_rs::rand::SystemRandom::new();
    let secret = secret(namespace, name, &[("a", "tulip"), ("b", "")]);
    manifests::seal::seal(&secret, &pair.certificate, &options, &random).unwrap()
}

#[tokio::test]
async fn the_controller_tells_which_items_open_and_with_which_key() {
    let (cluster, namespace) = cluster("verify").await;
    let (old, new, foreign) = (pair(2048, 0), pair(2048, 1), pair(2048, 2));
    let controller = with_two_keys(&cluster, &namespace, &old, &new).await;
    let shell = Shell::new(&cluster, &namespace);
    Shell::expose(&cluster, &namespace, &controller).await;

    let mut mixed = sealed(&namespace, "mixed", &old);
    let other = sealed(&namespace, "mixed", &foreign);
    mixed
        .spec
        .encrypted_data
        .insert("b".to_owned(), other.spec.encrypted_data["b"].clone());
    std::fs::write(
        shell.path("mixed.yaml"),
        manifests::yaml::to_string(&mixed).unwrap(),
    )
    .unwrap();
    let good = sealed(&namespace, "good", &new);
    std::fs::write(
        shell.path("good.yaml"),
        manifests::yaml::to_string(&good).unwrap(),
    )
    .unwrap();

    shell
        .run(&["verify", "good.yaml", "--ask-controller"])
        .await
        .succeeded();
    let run = shell
        .run(&[
            "verify",
            "good.yaml",
            "mixed.yaml",
            "--ask-controller",
            "-o",
            "json",
        ])
        .await;
    assert_eq!(run.code, Some(1), "{}{}", run.stdout, run.stderr);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let found: Vec<(&Value, &Value)> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| (&finding["code"], &finding["item"]))
        .collect();
    assert_eq!(found, [(&json!("item-does-not-open"), &json!("b"))], "{report}");

    let run = shell
        .run(&["inspect", "mixed.yaml", "--ask-controller", "-o", "json"])
        .await
        .succeeded();
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report[0]["newest"], new.certificate.fingerprint().as_str());
    let items = &report[0]["items"];
    assert_eq!(items[0]["key"], old.certificate.fingerprint().as_str());
    assert_eq!(
        (&items[0]["toldBy"], &items[0]["reseal"]),
        (&json!("opened"), &json!("changes"))
    );
    assert_eq!(
        (&items[1]["key"], &items[1]["reseal"]),
        (&Value::Null, &json!("fails"))
    );
}
