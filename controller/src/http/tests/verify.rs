//! Whether an object opens, and nothing more.

use api::sealed_secret::SealedSecret;
use serde_json::json;

use super::world::{NEW, OLD, World, certificate, sealed};
use crate::http::{Limit, Times};

/// Posts a document and returns the status; a body comes with refusals alone.
async fn verify(world: &World, body: &[u8]) -> u16 {
    let answer = world.send("POST", "/v1/verify", "", body).await;
    if answer.status == 200 {
        assert_eq!(answer.body, "");
        assert!(answer.head.contains("content-length: 0"), "{}", answer.head);
    }
    answer.status
}

fn text(sealed: &SealedSecret) -> String {
    serde_json::to_string(sealed).unwrap()
}

#[tokio::test]
async fn an_object_of_any_key_in_json_or_yaml_opens() {
    let world = World::new().await;
    for pem in [OLD, NEW] {
        let sealed = sealed(&json!({"a": "b", "c": ""}), pem);
        assert_eq!(verify(&world, text(&sealed).as_bytes()).await, 200);
        let yaml = manifests::yaml::to_string(&sealed).unwrap();
        assert_eq!(verify(&world, yaml.as_bytes()).await, 200);
    }
    // As for upstream's: there is nothing that doesn't.
    let mut empty = sealed(&json!({"a": "b"}), OLD);
    empty.spec.encrypted_data.clear();
    assert_eq!(verify(&world, text(&empty).as_bytes()).await, 200);
}

#[tokio::test]
async fn an_item_that_does_not_open_gets_one_answer_whatever_is_wrong_with_it() {
    let world = World::new().await;
    let good = sealed(&json!({"a": "b", "c": "d"}), OLD);
    let mut bodies = std::collections::BTreeSet::new();
    let mut other_name = good.clone();
    other_name.metadata.name = Some("another".to_owned());
    let mut other_scope = good.clone();
    let wide = (
        "sealedsecrets.bitnami.com/cluster-wide".to_owned(),
        "true".to_owned(),
    );
    other_scope.metadata.annotations = Some([wide].into());
    let with = |item: &str| {
        let mut bad = good.clone();
        bad.spec.encrypted_data.insert("c".to_owned(), item.to_owned());
        bad
    };
    for bad in [
        other_name,
        other_scope,
        with(""),
        with("!"),
        with("AgA="),
        with("AAAA"),
    ] {
        let answer = world.post("/v1/verify", &bad).await;
        assert_eq!(answer.status, 409);
        bodies.insert(answer.body);
    }
    assert_eq!(bodies.len(), 1, "{bodies:?}");
}

#[tokio::test]
async fn the_template_changes_no_answer() {
    let world = World::new().await;
    for template in ["{{ fail .a }}", "{{", "{{ .a }}"] {
        let mut object = serde_json::to_value(sealed(&json!({"a": "b"}), OLD)).unwrap();
        object["spec"]["template"]["data"] = json!({"file": template});
        assert_eq!(
            verify(&world, object.to_string().as_bytes()).await,
            200,
            "{template}"
        );
    }
}

#[tokio::test]
async fn the_format_before_2019_opens_unless_it_is_turned_off() {
    let random = aws_lc_rs::rand::SystemRandom::new();
    let label = sealing::Label::new(sealing::Scope::Strict, "shop", "database");
    let item = certificate(OLD)
        .public_key()
        .seal(&random, &label, b"{}")
        .unwrap();
    let object = json!({
        "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret",
        "metadata": {"name": "database", "namespace": "shop"},
        "spec": {"data": sealing::encode_item(&item)},
    });
    let body = object.to_string();
    for (accepted, status) in [(true, 200), (false, 409)] {
        let world = World::with(Limit::new(9, 9), Times::default(), accepted).await;
        assert_eq!(verify(&world, body.as_bytes()).await, status);
    }
}
