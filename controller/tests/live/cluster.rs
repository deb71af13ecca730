//! Objects for tests: sealing them, applying them, waiting for what becomes of them.

use std::collections::BTreeMap;

use api::sealed_secret::SealedSecret;
use aws_lc_rs::rand::SystemRandom;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Api;
use kube::api::{Patch, PatchParams, PostParams};
use manifests::seal::{SealOptions, seal};
use sealing::Certificate;
use serde_json::json;
use testkit::{Cluster, TestNamespace, eventually};

/// Returns the cluster, with our CRD, and a namespace in it.
pub(crate) async fn cluster(prefix: &str) -> (Cluster, TestNamespace) {
    let cluster = testkit::cluster().await;
    let crds: Api<CustomResourceDefinition> = Api::all(cluster.client.clone());
    let crd = api::sealed_secret::crd();
    let params = PatchParams::apply("testkit").force();
    let name = crd.metadata.name.clone().unwrap();
    crds.patch(&name, &params, &Patch::Apply(&crd)).await.unwrap();
    let served: Api<SealedSecret> = Api::all(cluster.client.clone());
    eventually("SealedSecrets are served", async || {
        served.list(&kube::api::ListParams::default().limit(1)).await
    })
    .await;
    let namespace = cluster.namespace(prefix).await;
    (cluster, namespace)
}

/// Returns a Secret with these items.
pub(crate) fn secret(namespace: &TestNamespace, name: &str, items: &[(&str, &str)]) -> Secret {
    Secret {
        metadata: ObjectMeta {
            name: Some(name.to_owned()),
            namespace: Some(namespace.name().to_owned()),
            ..ObjectMeta::default()
        },
        data: Some(data(items)),
        ..Secret::default()
    }
}

/// Returns items as a Secret has them.
pub(crate) fn data(items: &[(&str, &str)]) -> BTreeMap<String, ByteString> {
    items
        .iter()
        .map(|(key, value)| ((*key).to_owned(), ByteString(value.as_bytes().to_vec())))
        .collect()
}

/// Seals a Secret for the holder of a certificate.
pub(crate) fn sealed(secret: &Secret, certificate: &str) -> SealedSecret {
    let certificate = Certificate::from_pem(certificate.as_bytes()).unwrap();
    seal(
        secret,
        &certificate,
        &SealOptions::default(),
        &SystemRandom::new(),
    )
    .unwrap()
}

/// Creates a SealedSecret, or changes its spec.
pub(crate) async fn apply(namespace: &TestNamespace, sealed: &SealedSecret) -> SealedSecret {
    let api: Api<SealedSecret> = namespace.api();
    let name = sealed.metadata.name.as_deref().unwrap();
    loop {
        let written = if let Some(mut live) = api.get_opt(name).await.unwrap() {
            live.spec = sealed.spec.clone();
            api.replace(name, &PostParams::default(), &live).await
        } else {
            api.create(&PostParams::default(), sealed).await
        };
        match written {
            // The controller wrote its status in between.
            Err(kube::Error::Api(status)) if status.is_conflict() => {}
            written => return written.unwrap(),
        }
    }
}

/// Waits until there is a Secret with exactly these items.
pub(crate) async fn has(namespace: &TestNamespace, name: &str, items: &[(&str, &str)]) -> Secret {
    let api: Api<Secret> = namespace.api();
    let keys: Vec<&str> = items.iter().map(|(key, _)| *key).collect();
    eventually(&format!("Secret {name} has {keys:?}"), async || {
        match api.get_opt(name).await {
            Ok(Some(secret)) if secret.data.as_ref() == Some(&data(items)) => Ok(secret),
            Ok(Some(secret)) => Err(format!(
                "{:?}",
                secret.data.map(|data| data.into_keys().collect::<Vec<_>>())
            )),
            Ok(None) => Err("no Secret".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    })
    .await
}

/// Waits until the status of a SealedSecret speaks of its generation and its `Synced` is as given.
pub(crate) async fn synced(namespace: &TestNamespace, name: &str, expected: &str) -> SealedSecret {
    let api: Api<SealedSecret> = namespace.api();
    eventually(&format!("SealedSecret {name} is Synced={expected}"), async || {
        let sealed = api.get(name).await.map_err(|error| error.to_string())?;
        let status = sealed.status.clone().unwrap_or_default();
        let current = status.observed_generation == sealed.metadata.generation;
        let synced = status
            .conditions
            .first()
            .is_some_and(|c| c.type_ == "Synced" && c.status == expected);
        if current && synced {
            Ok(sealed)
        } else {
            Err(format!("{status:?}"))
        }
    })
    .await
}

/// Changes a Secret by a merge patch.
pub(crate) async fn edit(namespace: &TestNamespace, name: &str, patch: serde_json::Value) {
    let api: Api<Secret> = namespace.api();
    api.patch(name, &PatchParams::default(), &Patch::Merge(patch))
        .await
        .unwrap();
}

/// Returns reasons and notes of the events about a SealedSecret.
pub(crate) async fn events(namespace: &TestNamespace, name: &str) -> Vec<(String, String)> {
    let api: Api<k8s_openapi::api::events::v1::Event> = namespace.api();
    let params = kube::api::ListParams::default().fields("regarding.kind=SealedSecret");
    let params = kube::api::ListParams {
        field_selector: None,
        ..params
    };
    let events = api.list(&params).await.unwrap();
    let about = |event: &k8s_openapi::api::events::v1::Event| {
        let regarding = event.regarding.as_ref();
        regarding.is_some_and(|object| object.name.as_deref() == Some(name))
    };
    events
        .items
        .into_iter()
        .filter(about)
        .map(|event| (event.reason.unwrap_or_default(), event.note.unwrap_or_default()))
        .collect()
}

/// Returns a patch of one item, base64 as the API has it.
pub(crate) fn item(key: &str, base64: &str) -> serde_json::Value {
    json!({ "data": { key: base64 } })
}
