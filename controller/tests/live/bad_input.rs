//! Objects as they must not be: each fails alone, with its own status, and everything else goes on.

use std::collections::BTreeMap;

use api::sealed_secret::SealedSecret;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::{DynamicObject, PostParams};
use kube::discovery::ApiResource;
use serde_json::{Value, json};
use testkit::{Cluster, TestNamespace, eventually};

use crate::cluster::{apply, cluster, events, has, sealed, secret, synced};
use crate::keys::{pair, store};
use crate::process::Controller;

/// What no status, event or log may hold.
const CANARY: &str = "canary-7f3a";

/// Creates an object as it is written down.
async fn create(cluster: &Cluster, namespace: &TestNamespace, name: &str, mut object: Value) {
    object["apiVersion"] = "bitnami.com/v1alpha1".into();
    object["kind"] = "SealedSecret".into();
    object["metadata"]["name"] = name.into();
    let api = objects(cluster, namespace);
    let object = serde_json::from_value(object).unwrap();
    api.create(&PostParams::default(), &object)
        .await
        .unwrap_or_else(|error| panic!("{name}: {error}"));
}

/// Reads objects whatever shape they have.
fn objects(cluster: &Cluster, namespace: &TestNamespace) -> Api<DynamicObject> {
    let kind = ApiResource::erase::<SealedSecret>(&());
    Api::namespaced_with(cluster.client.clone(), namespace.name(), &kind)
}

/// Waits until an object is reported as one that a person must mend, for this reason and with these words.
async fn fails(cluster: &Cluster, namespace: &TestNamespace, name: &str, reason: &str, said: &str) {
    let api = objects(cluster, namespace);
    let status = eventually(&format!("SealedSecret {name} is Synced=False"), async || {
        let object = api.get(name).await.map_err(|error| error.to_string())?;
        let status = &object.data["status"];
        let current = status["observedGeneration"] == json!(object.metadata.generation);
        let first = &status["conditions"][0];
        if current && first["type"] == "Synced" && first["status"] == "False" {
            Ok(status.clone())
        } else {
            Err(status.to_string())
        }
    })
    .await;
    let conditions = status["conditions"].as_array().unwrap();
    let stalled = conditions.iter().find(|condition| condition["type"] == "Stalled");
    let stalled = stalled.unwrap_or_else(|| panic!("{name}: {status}"));
    assert_eq!(stalled["reason"], reason, "{name}: {status}");
    assert!(
        stalled["message"].as_str().unwrap().contains(said),
        "{name}: {status}"
    );
    assert!(!status.to_string().contains(CANARY), "{name}: {status}");
}

/// A good object is made into its Secret, whatever else is there.
async fn goes_on(namespace: &TestNamespace, name: &str, certificate: &str) {
    apply(
        namespace,
        &sealed(&secret(namespace, name, &[("a", "1")]), certificate),
    )
    .await;
    has(namespace, name, &[("a", "1")]).await;
    synced(namespace, name, "True").await;
}

#[tokio::test]
async fn every_malformed_object_fails_alone() {
    let (cluster, namespace) = cluster("malformed").await;
    let key = pair(2048, 0);
    store(&namespace, "key", &key).await;
    let certificate = key.certificate.to_pem();
    let good = sealed(&secret(&namespace, "cut", &[("a", CANARY)]), &certificate);
    let item = good.spec.encrypted_data["a"].clone();
    let metadata = |field: &str, value: Value| json!({"spec": {"encryptedData": {}, "template": {"metadata": {field: value}}}});
    let items = |item: &str| json!({"spec": {"encryptedData": {"a": item}}});
    let deprecated = |more: Value| json!({"spec": {"data": "AgA=", "encryptedData": more}});
    // Before the controller starts, so that its first list has them all.
    for (name, object) in [
        // The schema lets a template's metadata hold anything.
        ("generation", metadata("generation", CANARY.into())),
        ("managed-fields", metadata("managedFields", CANARY.into())),
        ("owner", metadata("ownerReferences", json!([CANARY]))),
        ("created", metadata("creationTimestamp", CANARY.into())),
        ("no-base64", items(&format!("{CANARY}!"))),
        ("short", items("AgA=")),
        ("cut", items(&item[..item.len() / 4 * 2])),
        ("plain", items("Y2FuYXJ5LTdmM2E=")),
        ("moved", items(&item)),
        ("empty-item", items("")),
        ("legacy", deprecated(json!({}))),
        ("both", deprecated(json!({"a": "AgA="}))),
        (
            "bad-key",
            json!({"spec": {"encryptedData": {}, "template": {"data": {"no/key": CANARY}}}}),
        ),
        (
            "bad-label",
            json!({"spec": {"encryptedData": {}, "template": {"metadata": {"labels": {"a": "no label!"}}}}}),
        ),
        (
            "bad-type",
            json!({"spec": {"encryptedData": {}, "template": {"type": "kubernetes.io/tls"}}}),
        ),
    ] {
        create(&cluster, &namespace, name, object).await;
    }
    let controller = Controller::ready(&cluster, &namespace).await;
    for (name, reason, said) in [
        ("generation", "Malformed", "`spec.template.metadata.generation`"),
        (
            "managed-fields",
            "Malformed",
            "`spec.template.metadata.managedFields`",
        ),
        ("owner", "Malformed", "`spec.template.metadata.ownerReferences"),
        (
            "created",
            "Malformed",
            "`spec.template.metadata.creationTimestamp`",
        ),
        ("no-base64", "UnsealFailed", "item `a`"),
        ("short", "UnsealFailed", "item `a`"),
        ("cut", "UnsealFailed", "item `a`"),
        ("plain", "UnsealFailed", "item `a`"),
        ("moved", "UnsealFailed", "no key could decrypt secret"),
        ("empty-item", "UnsealFailed", "item `a`"),
        ("legacy", "UnsealFailed", ""),
        (
            "both",
            "UnsealFailed",
            "cannot use the field 'encryptedData' and the deprecated field 'data' at the same time",
        ),
        ("bad-key", "Invalid", "failed update: "),
        ("bad-label", "Invalid", "failed update: "),
        ("bad-type", "Invalid", "failed update: "),
    ] {
        fails(&cluster, &namespace, name, reason, said).await;
        assert_eq!(namespace.api::<Secret>().get_opt(name).await.unwrap(), None);
        assert!(!format!("{:?}", events(&namespace, name).await).contains(CANARY));
    }
    goes_on(&namespace, "good", &certificate).await;
    // One that comes while the controller runs, and one that is mended and broken again.
    create(
        &cluster,
        &namespace,
        "late",
        metadata("generation", CANARY.into()),
    )
    .await;
    fails(&cluster, &namespace, "late", "Malformed", "").await;
    goes_on(&namespace, "late-good", &certificate).await;
    assert!(!controller.text().contains(CANARY));
}

#[tokio::test]
async fn a_malformed_object_that_is_mended_is_unsealed() {
    let (cluster, namespace) = cluster("mended").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let certificate = controller.certificate().await;
    let broken = json!({"spec": {"encryptedData": {}, "template": {"metadata": {"generation": CANARY}}}});
    create(&cluster, &namespace, "app", broken).await;
    fails(&cluster, &namespace, "app", "Malformed", "").await;
    let api = objects(&cluster, &namespace);
    let mut live = api.get("app").await.unwrap();
    let mended = sealed(&secret(&namespace, "app", &[("a", "1")]), &certificate);
    live.data["spec"] = serde_json::to_value(&mended.spec).unwrap();
    api.replace("app", &PostParams::default(), &live).await.unwrap();
    has(&namespace, "app", &[("a", "1")]).await;
    synced(&namespace, "app", "True").await;
}

#[tokio::test]
async fn thousands_of_items_and_large_objects_hold_nobody_up() {
    let (cluster, namespace) = cluster("large").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let certificate = controller.certificate().await;
    let foreign = pair(2048, 0).certificate.to_pem();

    // 5,000 items that are none, and as many whole ones that no key opens as an object holds.
    let mut junk = sealed(&secret(&namespace, "junk", &[("a", "1")]), &foreign);
    junk.spec.encrypted_data = (0..5000)
        .map(|n| (format!("item-{n:04}"), "AgA=".to_owned()))
        .collect();
    apply(&namespace, &junk).await;
    let one = sealed(&secret(&namespace, "many", &[("a", "1")]), &foreign);
    let item = &one.spec.encrypted_data["a"];
    let mut many = one.clone();
    many.spec.encrypted_data = (0..3000)
        .map(|n| (format!("item-{n:04}"), item.clone()))
        .collect();
    apply(&namespace, &many).await;

    // A value so large that no Secret holds it, made by a small template.
    let mut bomb = sealed(&secret(&namespace, "bomb", &[("a", "1")]), &certificate);
    let text = "{{ range until 100000 }}{{ repeat 100 \"x\" }}{{ end }}";
    let template = bomb.spec.template.as_mut().unwrap();
    template.data = Some([("b".to_owned(), Some(text.to_owned()))].into());
    apply(&namespace, &bomb).await;

    // As large as the API server takes an object, and what is in it fits a Secret.
    let large = ByteString(vec![b'x'; 1_045_000]);
    let mut document = secret(&namespace, "large", &[]);
    document.data = Some(BTreeMap::from([("a".to_owned(), large.clone())]));
    apply(&namespace, &sealed(&document, &certificate)).await;

    goes_on(&namespace, "good", &certificate).await;
    fails(
        &cluster,
        &namespace,
        "many",
        "UnsealFailed",
        "no key could decrypt secret",
    )
    .await;
    fails(&cluster, &namespace, "junk", "UnsealFailed", "item `item-0000`").await;
    fails(
        &cluster,
        &namespace,
        "bomb",
        "TemplateFailed",
        "template \"b\", line 1",
    )
    .await;
    synced(&namespace, "large", "True").await;
    let made = namespace.api::<Secret>().get("large").await.unwrap();
    assert_eq!(made.data.unwrap()["a"], large);
}

#[tokio::test]
async fn as_many_items_as_an_object_holds_become_a_secret() {
    let (cluster, namespace) = cluster("items").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let certificate = controller.certificate().await;
    // Items are bound to the object and not to their keys, so one does for all; as many as the API server takes.
    let mut many = sealed(&secret(&namespace, "app", &[("a", "1")]), &certificate);
    let item = many.spec.encrypted_data["a"].clone();
    many.spec.encrypted_data = (0..3600).map(|n| (format!("{n}"), item.clone())).collect();
    apply(&namespace, &many).await;
    goes_on(&namespace, "good", &certificate).await;
    synced(&namespace, "app", "True").await;
    let made = namespace.api::<Secret>().get("app").await.unwrap();
    assert_eq!(made.data.unwrap().len(), 3600);
}
