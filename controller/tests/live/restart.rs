//! A restart with nothing changed does nothing.

use api::sealed_secret::SealedSecret;
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::ListParams;
use testkit::{TestNamespace, eventually};

use crate::cluster::{apply, cluster, edit, has, item, sealed, secret, synced};
use crate::process::{Controller, Work};

/// Returns names and resourceVersions of all SealedSecrets and Secrets.
async fn versions(namespace: &TestNamespace) -> Vec<(Option<String>, Option<String>)> {
    let (sealed, secrets): (Api<SealedSecret>, Api<Secret>) = (namespace.api(), namespace.api());
    let sealed = sealed.list(&ListParams::default()).await.unwrap().items;
    let secrets = secrets.list(&ListParams::default()).await.unwrap().items;
    let metadata = sealed
        .into_iter()
        .map(|s| s.metadata)
        .chain(secrets.into_iter().map(|s| s.metadata));
    metadata
        .map(|metadata| (metadata.name, metadata.resource_version))
        .collect()
}

#[tokio::test]
async fn a_restart_with_nothing_changed_opens_nothing_and_writes_nothing() {
    let (cluster, namespace) = cluster("restart").await;
    let first = Controller::ready(&cluster, &namespace).await;
    let certificate = first.certificate().await;
    let names: Vec<String> = (0..20).map(|n| format!("app-{n}")).collect();
    for name in &names {
        apply(
            &namespace,
            &sealed(&secret(&namespace, name, &[("a", "1")]), &certificate),
        )
        .await;
    }
    for name in &names {
        synced(&namespace, name, "True").await;
    }
    first.terminate().await;
    let before = versions(&namespace).await;

    let second = Controller::ready(&cluster, &namespace).await;
    // Something that must be done shows that the others were looked at: the queue is worked off in
    // order, and this one is changed only after all were queued.
    edit(&namespace, "app-7", item("a", "ZWRpdGVk")).await;
    has(&namespace, "app-7", &[("a", "1")]).await;
    eventually("every object was looked at", async || {
        let text = second.text();
        names
            .iter()
            .all(|name| text.contains(&format!("\"name\":\"{name}\"")))
    })
    .await;
    let recorded: Api<SealedSecret> = namespace.api();
    let secrets: Api<Secret> = namespace.api();
    eventually("the heal is recorded", async || {
        let record = recorded
            .get("app-7")
            .await
            .unwrap()
            .status
            .unwrap()
            .unsealed
            .unwrap();
        let live = secrets.get("app-7").await.unwrap();
        Some(record.secret_resource_version) == live.metadata.resource_version
    })
    .await;
    let (_, work) = second.terminate().await;
    assert_eq!(
        work,
        Work {
            unseals: 1,
            secret_writes: 1,
            status_writes: 1
        }
    );
    let changed = |(name, _): &&(Option<String>, Option<String>)| name.as_deref() == Some("app-7");
    let after = versions(&namespace).await;
    assert_eq!(
        before.iter().filter(|entry| !changed(entry)).collect::<Vec<_>>(),
        after.iter().filter(|entry| !changed(entry)).collect::<Vec<_>>()
    );
}
