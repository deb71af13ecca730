//! Templates in a cluster: what is rendered, and that what changes at each run is computed once.

use std::collections::BTreeMap;

use api::names::{KEPT_VALUES, TEMPLATE_METADATA};
use api::sealed_secret::SealedSecret;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use sealing::{Certificate, KeyPair};
use serde_json::json;
use testkit::{Cluster, TestNamespace, eventually};

use crate::cluster::{apply, cluster, edit, events, has, sealed, secret, synced};
use crate::keys::{pair, store};
use crate::process::Controller;

/// A SealedSecret `app` with these items and templates.
fn templated(
    namespace: &TestNamespace,
    items: &[(&str, &str)],
    templates: &[(&str, Option<&str>)],
    certificate: &str,
) -> SealedSecret {
    let mut sealed = sealed(&secret(namespace, "app", items), certificate);
    let data = templates
        .iter()
        .map(|(key, text)| ((*key).to_owned(), text.map(str::to_owned)));
    sealed.spec.template.as_mut().unwrap().data = Some(data.collect());
    sealed
}

/// Waits until the status speaks of the newest generation, and returns the Secret.
async fn made(namespace: &TestNamespace) -> Secret {
    synced(namespace, "app", "True").await;
    namespace.api::<Secret>().get("app").await.unwrap()
}

fn text(secret: &Secret, key: &str) -> String {
    String::from_utf8(secret.data.as_ref().unwrap()[key].0.clone()).unwrap()
}

#[tokio::test]
async fn templates_are_rendered_byte_for_byte_and_null_leaves_an_item_out() {
    let (cluster, namespace) = cluster("templates").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let mut document = secret(&namespace, "app", &[("user", "me"), ("password", "tulip")]);
    let bytes: Vec<u8> = (0..=255).collect();
    let data = document.data.as_mut().unwrap();
    data.insert("bytes".to_owned(), ByteString(bytes.clone()));
    let mut object = sealed(&document, &controller.certificate().await);
    let templates = [
        ("url", Some("{{ .user }}:{{ .password | b64enc }}@{{ .host }}")),
        ("host", Some("db.example")),
        ("copy", Some("{{ .bytes }}")),
        ("password", None),
    ];
    let templates = templates.map(|(key, text)| (key.to_owned(), text.map(str::to_owned)));
    object.spec.template.as_mut().unwrap().data = Some(templates.into());
    apply(&namespace, &object).await;
    let secret = made(&namespace).await;
    let expected: BTreeMap<String, ByteString> = [
        ("bytes", bytes.clone()),
        ("copy", bytes),
        ("host", b"db.example".to_vec()),
        ("url", b"me:dHVsaXA=@db.example".to_vec()),
        ("user", b"me".to_vec()),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), ByteString(value)))
    .collect();
    assert_eq!(secret.data, Some(expected));
    assert_eq!(secret.metadata.annotations, None);
}

#[tokio::test]
async fn labels_and_annotations_are_rendered_once_they_are_asked_for() {
    let (cluster, namespace) = cluster("metadata").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let mut document = secret(&namespace, "app", &[("team", "a")]);
    document.metadata.annotations = Some([("note".to_owned(), "{{ .team }}".to_owned())].into());
    apply(&namespace, &sealed(&document, &controller.certificate().await)).await;
    let note = |secret: &Secret| secret.metadata.annotations.as_ref().unwrap()["note"].clone();
    assert_eq!(note(&made(&namespace).await), "{{ .team }}");
    // An annotation alone changes no generation: it is noticed all the same.
    let documents: Api<SealedSecret> = namespace.api();
    let asked = Patch::Merge(json!({"metadata": {"annotations": {TEMPLATE_METADATA: "true"}}}));
    documents
        .patch("app", &PatchParams::default(), &asked)
        .await
        .unwrap();
    let secrets: Api<Secret> = namespace.api();
    eventually("the annotation is rendered", async || {
        let note = note(&secrets.get("app").await.unwrap());
        if note == "a" { Ok(()) } else { Err(note) }
    })
    .await;
}

#[tokio::test]
async fn a_template_that_fails_is_said_without_a_value_and_waits_for_another_spec() {
    let (cluster, namespace) = cluster("failing").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let certificate = controller.certificate().await;
    let bombs = [
        "{{ fail .password }}",
        "{{ printf \"%s\" .password | fail }}",
        "{{ mustFromJson .password }}",
        "{{ index .password 1000 }}",
        "{{ .password.missing }}",
        "{{ repeat 1000000000 .password }}",
        "{{ range untilStep 0 100000000 1 }}{{ . }}{{ end }}",
        "{{ define \"a\" }}{{ template \"a\" . }}{{ end }}{{ template \"a\" . }}",
    ];
    for bomb in bombs {
        let items = [("password", "canary-{]")];
        apply(
            &namespace,
            &templated(&namespace, &items, &[("url", Some(bomb))], &certificate),
        )
        .await;
        let failed = synced(&namespace, "app", "False").await;
        let condition = &failed.status.as_ref().unwrap().conditions[0];
        assert!(
            condition.message.contains("template \"url\", line 1"),
            "{bomb}: {condition:?}"
        );
        assert_eq!(condition.reason, "TemplateFailed");
        let stalled = &failed.status.as_ref().unwrap().conditions;
        assert!(
            stalled.iter().any(|c| c.type_ == "Stalled" && c.status == "True"),
            "{stalled:?}"
        );
        assert!(!format!("{:?}", failed.status).contains("canary"), "{bomb}");
    }
    assert_eq!(namespace.api::<Secret>().get_opt("app").await.unwrap(), None);
    let told = events(&namespace, "app").await;
    assert!(
        told.iter()
            .any(|(reason, note)| reason == "ErrUnsealFailed" && note.starts_with("Failed to unseal: ")),
        "{told:?}"
    );
    assert!(!format!("{told:?}").contains("canary"));
    let mended = templated(
        &namespace,
        &[("password", "tulip")],
        &[("url", Some("{{ .password }}"))],
        &certificate,
    );
    apply(&namespace, &mended).await;
    has(&namespace, "app", &[("password", "tulip"), ("url", "tulip")]).await;
    assert!(!controller.text().contains("canary"));
}

const TOKEN: (&str, Option<&str>) = ("token", Some("{{ .user }}-{{ randAlphaNum 30 }}"));

/// Declares items beside the template of a token, and returns the token that comes of it.
async fn token(namespace: &TestNamespace, items: &[(&str, &str)], key: &KeyPair) -> String {
    let object = templated(namespace, items, &[TOKEN], &key.certificate.to_pem());
    apply(namespace, &object).await;
    text(&made(namespace).await, "token")
}

async fn with_key(prefix: &str) -> (Cluster, TestNamespace, KeyPair) {
    let (cluster, namespace) = cluster(prefix).await;
    let key = pair(2048, 0);
    store(&namespace, "key", &key).await;
    (cluster, namespace, key)
}

#[tokio::test]
async fn a_random_value_stays_until_what_it_was_made_of_changes() {
    let (cluster, namespace, key) = with_key("kept").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let first = token(&namespace, &[("user", "me"), ("other", "1")], &key).await;
    assert!(first.starts_with("me-") && first.len() == 33, "{first}");

    // Another item changes, and the same items are sealed anew.
    assert_eq!(
        token(&namespace, &[("user", "me"), ("other", "2")], &key).await,
        first
    );
    assert_eq!(
        token(&namespace, &[("user", "me"), ("other", "2")], &key).await,
        first
    );

    // The controller is another process, with nothing but what is in the cluster.
    controller.terminate().await;
    let controller = Controller::ready(&cluster, &namespace).await;
    assert_eq!(
        token(&namespace, &[("user", "me"), ("other", "3")], &key).await,
        first
    );

    // A drifted neighbour is healed, and the token is none of that.
    edit(&namespace, "app", json!({"data": {"other": "ZHJpZnQ="}})).await;
    has_item(&namespace, "other", "3").await;
    assert_eq!(text(&made(&namespace).await, "token"), first);

    // Its input changes; then the Secret is deleted.
    let second = token(&namespace, &[("user", "you"), ("other", "3")], &key).await;
    assert!(second.starts_with("you-"), "{second}");
    let secrets: Api<Secret> = namespace.api();
    secrets.delete("app", &DeleteParams::default()).await.unwrap();
    let third = eventually("the Secret is made again", async || {
        secrets.get_opt("app").await.unwrap()
    })
    .await;
    assert_ne!(text(&third, "token"), second);
    assert!(!controller.text().contains(&second));
}

async fn has_item(namespace: &TestNamespace, key: &str, value: &str) {
    let secrets: Api<Secret> = namespace.api();
    eventually(&format!("`{key}` is `{value}`"), async || {
        let now = text(&secrets.get("app").await.unwrap(), key);
        if now == value { Ok(()) } else { Err(now) }
    })
    .await;
}

#[tokio::test]
async fn a_random_value_outlives_the_key_that_it_was_remembered_with() {
    let (cluster, namespace, old) = with_key("kept-rotation").await;
    let _controller = Controller::ready(&cluster, &namespace).await;
    let first = token(&namespace, &[("user", "me")], &old).await;
    let remembered = |secret: &Secret| secret.metadata.annotations.as_ref().unwrap()[KEPT_VALUES].clone();
    let before = remembered(&made(&namespace).await);

    // A new key, and the document re-sealed with it.
    let new = pair(2048, 1);
    store(&namespace, "new", &new).await;
    opens_with(&namespace, &new.certificate).await;
    assert_eq!(token(&namespace, &[("user", "me")], &new).await, first);
    let after = remembered(&made(&namespace).await);
    assert_ne!(before, after, "the tag is the new key's");

    // The old key is retired, and the document changes where the token doesn't look.
    let secrets: Api<Secret> = namespace.api();
    let label = Patch::Merge(json!({"metadata": {"labels": {api::names::SEALING_KEY_LABEL: "retired"}}}));
    secrets
        .patch("key", &PatchParams::default(), &label)
        .await
        .unwrap();
    assert_eq!(
        token(&namespace, &[("user", "me"), ("other", "1")], &new).await,
        first
    );
}

/// Waits until the controller has a key: an object that is sealed with it opens.
async fn opens_with(namespace: &TestNamespace, certificate: &Certificate) {
    let probe = sealed(&secret(namespace, "probe", &[("a", "1")]), &certificate.to_pem());
    apply(namespace, &probe).await;
    has(namespace, "probe", &[("a", "1")]).await;
}

#[tokio::test]
async fn a_secret_of_upstreams_keeps_the_random_value_that_it_has() {
    let (cluster, namespace, key) = with_key("kept-upstream").await;
    let upstream =
        testkit::upstream::Controller::start(&cluster, namespace.name(), &["--all-namespaces=false"]).await;
    let object = templated(&namespace, &[("user", "me")], &[TOKEN], &key.certificate.to_pem());
    namespace
        .api::<SealedSecret>()
        .create(&PostParams::default(), &object)
        .await
        .unwrap();
    let secret = made(&namespace).await;
    assert!(
        !secret
            .metadata
            .annotations
            .clone()
            .unwrap_or_default()
            .contains_key(KEPT_VALUES)
    );
    drop(upstream);
    // Upstream makes a new value at each look, so only what is there now counts.
    let before = text(&namespace.api::<Secret>().get("app").await.unwrap(), "token");
    let _controller = Controller::ready(&cluster, &namespace).await;
    let secrets: Api<Secret> = namespace.api();
    let taken = eventually("what the value was made of is remembered", async || {
        let secret = secrets.get("app").await.unwrap();
        let annotations = secret.metadata.annotations.clone().unwrap_or_default();
        annotations.contains_key(KEPT_VALUES).then_some(secret)
    })
    .await;
    assert_eq!(text(&taken, "token"), before);
    assert_eq!(
        token(&namespace, &[("user", "me"), ("other", "1")], &key).await,
        before
    );
}
