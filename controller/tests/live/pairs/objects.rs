//! What the controller makes of every kind of SealedSecret.

use std::collections::BTreeSet;

use api::sealed_secret::SealedSecret;
use k8s_openapi::api::core::v1::{Event, Secret};
use kube::Api;
use kube::api::{DeleteParams, ListParams, PostParams};
use manifests::documents;
use serde_json::{Value, json};
use testkit::eventually;

use super::Seen;
use super::world::{World, without_null};

const OURS: &str = "sealedsecrets.bitnami.com";

/// An object: what it is called, what is there before, what the Secret to seal has besides its name, and what is done to
/// the SealedSecret.
struct Case {
    name: &'static str,
    before: Option<Value>,
    secret: &'static str,
    scope: &'static str,
    change: fn(&mut Value),
}

fn case(name: &'static str, secret: &'static str) -> Case {
    Case {
        name,
        before: None,
        secret,
        scope: "strict",
        change: |_| (),
    }
}

fn before(name: &'static str, before: Value) -> Case {
    Case {
        before: Some(before),
        ..case(name, "  labels: {team: a}\nstringData: {user: me, word: open}\n")
    }
}

fn with(name: &'static str, secret: &'static str, change: fn(&mut Value)) -> Case {
    Case {
        change,
        ..case(name, secret)
    }
}

/// Two items, one of them no text.
const TWO: &str = "stringData: {user: me}\ndata: {bytes: AAECAwD/}\n";

fn cases() -> Vec<Case> {
    let annotated = |names: &[&str]| -> Value {
        let annotations = names.iter().map(|name| (format!("{OURS}/{name}"), json!("true")));
        json!({"metadata": {"annotations": annotations.collect::<serde_json::Map<_, _>>(), "labels": {"old": "label"}},
            "data": {"user": "b2xk", "left": "bGVmdA=="}})
    };
    let mut cases = vec![
        case("plain", TWO),
        case(
            "typed",
            "type: kubernetes.io/basic-auth\nstringData: {username: me, password: open}\n",
        ),
        case("immutable", "immutable: true\nstringData: {user: me}\n"),
        case(
            "labelled",
            "  labels: {team: a}\n  annotations: {note: kept}\nstringData: {user: me}\n",
        ),
        case(
            "skipped",
            "  annotations: {sealedsecrets.bitnami.com/skip-set-owner-references: 'true'}\nstringData: {user: me}\n",
        ),
        case(
            "skipped-managed",
            "  annotations: {sealedsecrets.bitnami.com/skip-set-owner-references: 'true', sealedsecrets.bitnami.com/managed: 'true'}\nstringData: {user: me}\n",
        ),
        before("unmanaged", annotated(&[])),
        before("managed", annotated(&["managed"])),
        before("patched", annotated(&["patch"])),
        before("patched-managed", annotated(&["patch", "managed"])),
        before(
            "managed-immutable",
            json!({"immutable": true, "data": {"user": "b2xk"},
            "metadata": {"annotations": {"sealedsecrets.bitnami.com/managed": "true"}}}),
        ),
        with("moved", TWO, |sealed| {
            sealed["metadata"]["name"] = "moved-here".into();
        }),
        with("not-base64", TWO, |sealed| {
            sealed["spec"]["encryptedData"]["user"] = "%%%".into();
        }),
        with("too-short", TWO, |sealed| {
            sealed["spec"]["encryptedData"]["user"] = "AQ==".into();
        }),
        with("templated", TWO, |sealed| {
            sealed["spec"]["template"]["data"] = json!({
                "line": "user={{ .user | upper | quote }} {{ len .bytes }}",
                "raw": "as it is", "uses-raw": "{{ .raw }}!", "missing": "{{ .absent }}",
            });
        }),
        with("templated-same", TWO, |sealed| {
            sealed["spec"]["template"]["data"] = json!({"user": "{{ .bytes | len }}"});
        }),
        with("template-fails", TWO, |sealed| {
            sealed["spec"]["template"]["data"] = json!({"line": "{{ fail .user }}"});
        }),
        with("template-broken", TWO, |sealed| {
            sealed["spec"]["template"]["data"] = json!({"line": "{{ if }}"});
        }),
        with("template-env", TWO, |sealed| {
            sealed["spec"]["template"]["data"] = json!({"line": "{{ env \"HOME\" }}"});
        }),
        with("templated-left-out", TWO, |sealed| {
            sealed["spec"]["template"]["data"] = json!({"user": null, "line": "{{ .user }}"});
        }),
        with("no-template", TWO, |sealed| {
            sealed["spec"].as_object_mut().unwrap().remove("template");
        }),
    ];
    for (name, scope) in [
        ("namespace-wide", "namespace-wide"),
        ("cluster-wide", "cluster-wide"),
    ] {
        cases.push(Case {
            scope,
            ..case(name, TWO)
        });
    }
    cases
}

pub(super) async fn seen(world: &World) -> Seen {
    let mut seen = Seen::new();
    let mut names = Vec::new();
    for case in cases() {
        names.push((case.name, applied(world, &case).await));
    }
    for (name, object) in names {
        settled(world, &object).await;
        seen.insert(format!("object {name}: Secret"), secret(world, &object).await);
        seen.insert(format!("object {name}: Synced"), synced(world, &object).await);
        seen.insert(format!("object {name}: events"), events(world, &object).await);
    }
    deleted(world, &mut seen).await;
    seen
}

/// Makes what is there before, seals by the pair's command line, and creates the SealedSecret; returns its name.
async fn applied(world: &World, case: &Case) -> String {
    if let Some(mut before) = case.before.clone() {
        before["metadata"]["name"] = case.name.into();
        let before: Secret = serde_json::from_value(before).unwrap();
        let secrets: Api<Secret> = world.namespace.api();
        secrets.create(&PostParams::default(), &before).await.unwrap();
    }
    let input = world.secret(case.name, case.secret);
    let ended = world
        .run(&["--cert=cert.pem", "--scope", case.scope], &input)
        .await;
    assert_eq!(ended.code, Some(0), "{}: {}", case.name, ended.stderr);
    let mut sealed = documents::read("sealed", ended.stdout.as_bytes())
        .unwrap()
        .remove(0)
        .value;
    without_null(&mut sealed);
    (case.change)(&mut sealed);
    let sealed: SealedSecret = serde_json::from_value(sealed).unwrap();
    let api: Api<SealedSecret> = world.namespace.api();
    let created = api.create(&PostParams::default(), &sealed).await.unwrap();
    created.metadata.name.unwrap()
}

/// Waits until the controller has said something about the object as it is.
async fn settled(world: &World, name: &str) {
    let api: Api<SealedSecret> = world.namespace.api();
    eventually(&format!("{name} has a status"), async || {
        let sealed = api.get(name).await.unwrap();
        let status = sealed.status.clone().unwrap_or_default();
        let said = status.observed_generation == sealed.metadata.generation && !status.conditions.is_empty();
        if said { Ok(()) } else { Err(format!("{status:?}")) }
    })
    .await;
}

/// The Secret without what the server chose.
async fn secret(world: &World, name: &str) -> String {
    let api: Api<Secret> = world.namespace.api();
    let Some(secret) = api.get_opt(name).await.unwrap() else {
        return "none".to_owned();
    };
    let mut secret = serde_json::to_value(secret).unwrap();
    let metadata = secret["metadata"].as_object_mut().unwrap();
    for chosen in ["uid", "resourceVersion", "creationTimestamp", "managedFields"] {
        metadata.remove(chosen);
    }
    if let Some(owner) = secret.pointer_mut("/metadata/ownerReferences/0/uid") {
        *owner = "UID".into();
    }
    without_null(&mut secret);
    world.plain(&secret.to_string())
}

async fn synced(world: &World, name: &str) -> String {
    let api: Api<SealedSecret> = world.namespace.api();
    let status = api.get(name).await.unwrap().status.unwrap_or_default();
    let synced = &status.conditions[0];
    assert_eq!(synced.type_, "Synced");
    synced.status.clone()
}

/// Type and reason of the events, each once.
async fn events(world: &World, name: &str) -> String {
    let api: Api<Event> = world.namespace.api();
    let about = format!("involvedObject.kind=SealedSecret,involvedObject.name={name}");
    let what = format!("an event about {name}");
    let events = eventually(&what, async || {
        let found = api
            .list(&ListParams::default().fields(&about))
            .await
            .unwrap()
            .items;
        (!found.is_empty()).then_some(found)
    })
    .await;
    let words = |event: &Event| {
        let component = event.source.as_ref().and_then(|source| source.component.clone());
        format!(
            "{} {} by {}",
            event.type_.as_deref().unwrap_or_default(),
            event.reason.as_deref().unwrap_or_default(),
            component.unwrap_or_default()
        )
    };
    let all: BTreeSet<String> = events.iter().map(words).collect();
    all.into_iter().collect::<Vec<_>>().join(", ")
}

/// A Secret that someone deletes is made again; one that goes with its SealedSecret is gone.
async fn deleted(world: &World, seen: &mut Seen) {
    let secrets: Api<Secret> = world.namespace.api();
    let before = secrets.get("plain").await.unwrap().metadata.uid;
    secrets.delete("plain", &DeleteParams::default()).await.unwrap();
    eventually("the Secret is made again", async || {
        let again = secrets.get_opt("plain").await.unwrap()?;
        (again.metadata.uid != before).then_some(())
    })
    .await;
    seen.insert("a deleted Secret".into(), secret(world, "plain").await);
    let api: Api<SealedSecret> = world.namespace.api();
    api.delete("labelled", &DeleteParams::default()).await.unwrap();
    eventually("the Secret goes with its SealedSecret", async || {
        secrets.get_opt("labelled").await.unwrap().is_none().then_some(())
    })
    .await;
    seen.insert("a deleted SealedSecret".into(), secret(world, "labelled").await);
}
