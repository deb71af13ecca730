//! Secrets that someone edits or deletes.

use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::DeleteParams;
use serde_json::json;
use testkit::eventually;

use crate::cluster::{apply, cluster, edit, has, item, sealed, secret, synced};
use crate::process::Controller;

#[tokio::test]
async fn an_edited_item_is_healed_and_an_added_one_stays_until_the_spec_changes() {
    let (cluster, namespace) = cluster("edit").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let certificate = controller.certificate().await;
    apply(
        &namespace,
        &sealed(&secret(&namespace, "app", &[("a", "1")]), &certificate),
    )
    .await;
    has(&namespace, "app", &[("a", "1")]).await;
    synced(&namespace, "app", "True").await;

    edit(
        &namespace,
        "app",
        json!({ "data": { "a": "ZWRpdGVk", "added": "Mg==" } }),
    )
    .await;
    has(&namespace, "app", &[("a", "1"), ("added", "2")]).await;

    apply(
        &namespace,
        &sealed(&secret(&namespace, "app", &[("a", "3")]), &certificate),
    )
    .await;
    has(&namespace, "app", &[("a", "3")]).await;
}

#[tokio::test]
async fn a_removed_item_and_a_removed_owner_come_back() {
    let (cluster, namespace) = cluster("remove").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let items = [("a", "1"), ("b", "2")];
    apply(
        &namespace,
        &sealed(
            &secret(&namespace, "app", &items),
            &controller.certificate().await,
        ),
    )
    .await;
    has(&namespace, "app", &items).await;
    edit(&namespace, "app", json!({ "data": { "b": null } })).await;
    has(&namespace, "app", &items).await;
}

#[tokio::test]
async fn whoever_undoes_three_repairs_is_reported_and_not_fought() {
    let (cluster, namespace) = cluster("fight").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let certificate = controller.certificate().await;
    apply(
        &namespace,
        &sealed(&secret(&namespace, "app", &[("a", "1")]), &certificate),
    )
    .await;
    synced(&namespace, "app", "True").await;
    for _ in 0..3 {
        edit(&namespace, "app", item("a", "ZWRpdGVk")).await;
        has(&namespace, "app", &[("a", "1")]).await;
    }
    edit(&namespace, "app", item("a", "ZWRpdGVk")).await;
    let contested = synced(&namespace, "app", "Unknown").await.status.unwrap();
    assert_eq!(contested.conditions[0].reason, "DriftConflict");
    // A new spec is not held up by the fight.
    apply(
        &namespace,
        &sealed(&secret(&namespace, "app", &[("a", "2")]), &certificate),
    )
    .await;
    has(&namespace, "app", &[("a", "2")]).await;
}

#[tokio::test]
async fn a_deleted_secret_is_made_again() {
    let (cluster, namespace) = cluster("recreate").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    apply(
        &namespace,
        &sealed(
            &secret(&namespace, "app", &[("a", "1")]),
            &controller.certificate().await,
        ),
    )
    .await;
    let first = has(&namespace, "app", &[("a", "1")]).await;
    let secrets: Api<Secret> = namespace.api();
    // At once and later: the watch may bring the creation and the deletion together.
    secrets.delete("app", &DeleteParams::default()).await.unwrap();
    let second = has(&namespace, "app", &[("a", "1")]).await;
    assert_ne!(first.metadata.uid, second.metadata.uid);
    synced(&namespace, "app", "True").await;
    secrets.delete("app", &DeleteParams::default()).await.unwrap();
    has(&namespace, "app", &[("a", "1")]).await;
}

#[tokio::test]
async fn a_sealed_secret_that_is_replaced_within_moments_keeps_its_secret() {
    let (cluster, namespace) = cluster("replace").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let document = sealed(
        &secret(&namespace, "app", &[("a", "1")]),
        &controller.certificate().await,
    );
    apply(&namespace, &document).await;
    has(&namespace, "app", &[("a", "1")]).await;
    let sealed_secrets: Api<api::sealed_secret::SealedSecret> = namespace.api();
    sealed_secrets
        .delete("app", &DeleteParams::background())
        .await
        .unwrap();
    let again = apply(&namespace, &document).await;
    let secrets: Api<Secret> = namespace.api();
    eventually("the Secret belongs to the new SealedSecret", async || {
        let secret = secrets.get_opt("app").await.unwrap()?;
        let owners = secret.metadata.owner_references?;
        (Some(&owners[0].uid) == again.metadata.uid.as_ref()).then_some(())
    })
    .await;
    synced(&namespace, "app", "True").await;
}

#[tokio::test]
async fn an_immutable_secret_stalls_its_object_until_it_is_deleted() {
    let (cluster, namespace) = cluster("immutable").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let certificate = controller.certificate().await;
    let mut document = secret(&namespace, "app", &[("a", "1")]);
    document.immutable = Some(true);
    apply(&namespace, &sealed(&document, &certificate)).await;
    has(&namespace, "app", &[("a", "1")]).await;
    document.data = secret(&namespace, "app", &[("a", "2")]).data;
    apply(&namespace, &sealed(&document, &certificate)).await;
    let stalled = synced(&namespace, "app", "False").await;
    assert!(
        stalled.status.unwrap().conditions[0]
            .message
            .contains("the target Secret is immutable")
    );
    let secrets: Api<Secret> = namespace.api();
    secrets.delete("app", &DeleteParams::default()).await.unwrap();
    has(&namespace, "app", &[("a", "2")]).await;
    synced(&namespace, "app", "True").await;
}

#[tokio::test]
async fn a_secret_of_another_type_is_created_and_left_alone_afterwards() {
    let (cluster, namespace) = cluster("typed").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let mut document = secret(&namespace, "app", &[("username", "me"), ("password", "x")]);
    document.type_ = Some("kubernetes.io/basic-auth".to_owned());
    apply(&namespace, &sealed(&document, &controller.certificate().await)).await;
    has(&namespace, "app", &[("username", "me"), ("password", "x")]).await;
    synced(&namespace, "app", "True").await;
    edit(&namespace, "app", item("username", "ZWRpdGVk")).await;
    let healed = has(&namespace, "app", &[("username", "me"), ("password", "x")]).await;
    assert_eq!(healed.type_.as_deref(), Some("kubernetes.io/basic-auth"));
}
