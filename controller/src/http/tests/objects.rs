//! What becomes of callers' SealedSecrets.

use api::names::{SCOPE_CLUSTER_WIDE, SEALED_WITH};
use api::sealed_secret::{SealedSecret, SealedSecretSpec};
use aws_lc_rs::rand::SystemRandom;
use manifests::unseal::{self, Terms};
use serde_json::{Value, json};

use super::world::{NEW, OLD, World, certificate, fingerprint, sealed};

const ROTATE: &str = "/v1/rotate";
const INSPECT: &str = "/v1/inspect";

fn terms() -> Terms<'static> {
    static RANDOM: std::sync::LazyLock<SystemRandom> = std::sync::LazyLock::new(SystemRandom::new);
    Terms::new(unseal::World {
        now: jiff::Timestamp::UNIX_EPOCH,
        random: &*RANDOM,
        expired: &|| false,
    })
}

fn data(world: &World, sealed: &SealedSecret) -> Value {
    let newest = world.keys.newest.as_ref().unwrap().fingerprint();
    let opened = unseal::unseal(sealed, &world.keys.ring, &[], &terms()).unwrap();
    assert!(opened.keys.keys().all(|key| key == newest), "{opened:?}");
    serde_json::to_value(opened.secret.data).unwrap()
}

#[tokio::test]
async fn items_come_back_under_the_newest_key_and_nothing_else_differs() {
    let world = World::new().await;
    let before = sealed(&json!({"a": "tulip", "b": ""}), OLD);
    let mut sent = serde_json::to_value(&before).unwrap();
    // What the cluster added, and a template that doesn't parse: neither is ours to change or to run.
    sent["metadata"]["annotations"] = json!({SEALED_WITH: fingerprint(OLD), "team": "shop"});
    sent["spec"]["template"]["data"] = json!({"t": "{{ fail .a "});
    sent["metadata"]["creationTimestamp"] = Value::Null;
    sent["metadata"]["managedFields"] = json!([{"fieldsV1": {"f:x": {}}, "manager": "kubectl"}]);
    let answer = world.post(ROTATE, &sent).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(
        answer.head.contains("content-type: application/json"),
        "{}",
        answer.head
    );

    let mut got: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(got["metadata"]["annotations"][SEALED_WITH], fingerprint(NEW));
    for key in ["a", "b"] {
        assert_ne!(
            got["spec"]["encryptedData"][key],
            sent["spec"]["encryptedData"][key]
        );
    }
    let mut after = before.clone();
    after.spec.encrypted_data = serde_json::from_value(got["spec"]["encryptedData"].take()).unwrap();
    assert_eq!(data(&world, &after), json!({"a": "dHVsaXA=", "b": ""}));
    sent["spec"]["encryptedData"].take();
    sent["metadata"]["annotations"][SEALED_WITH] = fingerprint(NEW).into();
    assert_eq!(got, sent);
}

#[tokio::test]
async fn what_is_on_the_newest_key_comes_back_as_it_is() {
    let world = World::new().await;
    let sent = serde_json::to_value(sealed(&json!({"a": "b"}), NEW)).unwrap();
    let answer = world.post(ROTATE, &sent).await;
    assert_eq!(serde_json::from_str::<Value>(&answer.body).unwrap(), sent);
}

#[tokio::test]
async fn whoever_asks_gets_the_items_alone_with_the_key_of_each() {
    let world = World::new().await;
    let mut mixed = sealed(&json!({"old": "a"}), OLD);
    let new = sealed(&json!({"new": "b"}), NEW);
    mixed.spec.encrypted_data.extend(new.spec.encrypted_data);
    let accept = format!("Accept: text/plain, {};q=0.9\r\n", api::endpoints::RESEALED);
    let body = serde_json::to_vec(&mixed).unwrap();
    let answer = world.send("POST", ROTATE, &accept, &body).await;
    let got: api::endpoints::Resealed = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(got.newest, fingerprint(NEW));
    assert_eq!(
        (got.items["new"].item.as_ref(), &got.items["new"].from),
        (None, &fingerprint(NEW))
    );
    assert_eq!(got.items["old"].from, fingerprint(OLD));
    assert!(got.items["old"].item.is_some());
}

#[tokio::test]
async fn each_item_is_told_its_key() {
    let world = World::new().await;
    let mut mixed = sealed(&json!({"a": "1", "b": "2", "c": "3", "d": "4", "e": "5"}), OLD);
    let new = sealed(&json!({"new": "b"}), NEW);
    mixed.spec.encrypted_data.extend(new.spec.encrypted_data);
    let items = &mut mixed.spec.encrypted_data;
    items.insert("cut".to_owned(), "AQA=".to_owned());
    items.insert("text".to_owned(), "?".to_owned());
    let answer = world.post(INSPECT, &mixed).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let (old, new) = (fingerprint(OLD), fingerprint(NEW));
    let expected = json!({
        "newest": new,
        "items": {"a": old, "b": old, "c": old, "d": old, "e": old, "new": new, "cut": null, "text": null},
    });
    assert_eq!(serde_json::from_str::<Value>(&answer.body).unwrap(), expected);
}

#[tokio::test]
async fn whatever_does_not_open_gets_the_same_answer() {
    let world = World::new().await;
    let good = sealed(&json!({"a": "hunter2"}), OLD);
    let with_item = |item: String| {
        let mut bad = good.clone();
        bad.spec.encrypted_data.insert("z".to_owned(), item);
        bad
    };
    let mut flipped = sealing::decode_item(&good.spec.encrypted_data["a"]).unwrap();
    *flipped.last_mut().unwrap() ^= 1;
    let mut renamed = good.clone();
    renamed.metadata.name = Some("other".to_owned());
    let mut wide = good.clone();
    wide.metadata.annotations = Some([(SCOPE_CLUSTER_WIDE.to_owned(), "true".to_owned())].into());
    let mut answers = std::collections::BTreeSet::new();
    for bad in [
        with_item("no base64".to_owned()),
        with_item("AQA=".to_owned()),
        with_item(sealing::encode_item(&flipped)),
        with_item(String::new()),
        renamed,
        wide,
    ] {
        let answer = world.post(ROTATE, &bad).await;
        assert_eq!(answer.status, 409);
        let head: Vec<_> = answer
            .head
            .lines()
            .filter(|line| !line.starts_with("date:"))
            .collect();
        answers.insert((head.join("\n"), answer.body));
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert!(!format!("{answers:?}").contains("hunter2"));
}

#[tokio::test]
async fn the_annotations_of_the_template_never_widen_the_scope() {
    let world = World::new().await;
    let mut sent = serde_json::to_value(sealed(&json!({"a": "b"}), OLD)).unwrap();
    sent["spec"]["template"]["metadata"]["annotations"] = json!({SCOPE_CLUSTER_WIDE: "true"});
    let answer = world.post(ROTATE, &sent).await;
    let mut got: SealedSecret = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(data(&world, &got), json!({"a": "Yg=="}));
    got.metadata.annotations = Some([(SCOPE_CLUSTER_WIDE.to_owned(), "true".to_owned())].into());
    assert!(unseal::unseal(&got, &world.keys.ring, &[], &terms()).is_err());
}

#[tokio::test]
async fn the_deprecated_format_stays_what_it_is() {
    let world = World::new().await;
    let label = sealing::Label::new(sealing::Scope::Strict, "shop", "database");
    let random = SystemRandom::new();
    let json = br#"{"kind":"Secret","apiVersion":"v1","data":{"p":"dHVsaXA="}}"#;
    let item = certificate(OLD).public_key().seal(&random, &label, json).unwrap();
    let mut old = SealedSecret::new(
        "database",
        SealedSecretSpec {
            data: Some(sealing::encode_item(&item)),
            ..SealedSecretSpec::default()
        },
    );
    old.metadata.namespace = Some("shop".to_owned());
    let answer = world.post(ROTATE, &old).await;
    let got: SealedSecret = serde_json::from_str(&answer.body).unwrap();
    assert!(got.spec.encrypted_data.is_empty());
    assert_eq!(data(&world, &got), json!({"p": "dHVsaXA="}));
    let answer = world.post(INSPECT, &old).await;
    assert!(answer.body.contains("\"spec.data\":\"SHA256:"), "{}", answer.body);

    old.spec.encrypted_data.insert("a".to_owned(), "b".to_owned());
    for path in [ROTATE, INSPECT] {
        let answer = world.post(path, &old).await;
        assert_eq!(answer.status, 400);
        assert!(answer.body.contains("at the same time"), "{}", answer.body);
    }
}

#[tokio::test]
async fn yaml_is_taken_as_upstream_takes_it() {
    let world = World::new().await;
    let sent = sealed(&json!({"a": "b"}), OLD);
    let yaml = manifests::yaml::to_string(&sent).unwrap();
    let headers = "Content-Type: application/x-www-form-urlencoded\r\n";
    let answer = world.send("POST", ROTATE, headers, yaml.as_bytes()).await;
    let got: SealedSecret = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(data(&world, &got), json!({"a": "Yg=="}));
}
