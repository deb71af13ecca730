//! Secrets that were there before the SealedSecret.

use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::{DeleteParams, PostParams};
use testkit::TestNamespace;

use crate::cluster::{apply, cluster, data, edit, has, sealed, secret, synced};
use crate::process::Controller;

/// Creates a Secret that nobody sealed.
async fn foreign(namespace: &TestNamespace, annotation: Option<&str>) -> Secret {
    let mut foreign = secret(namespace, "app", &[("their", "value")]);
    foreign.metadata.annotations = annotation.map(|name| [(name.to_owned(), "true".to_owned())].into());
    let api: Api<Secret> = namespace.api();
    api.create(&PostParams::default(), &foreign).await.unwrap()
}

#[tokio::test]
async fn a_foreign_secret_is_never_touched_and_its_deletion_makes_room() {
    let (cluster, namespace) = cluster("foreign").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let before = foreign(&namespace, None).await;
    apply(
        &namespace,
        &sealed(
            &secret(&namespace, "app", &[("a", "1")]),
            &controller.certificate().await,
        ),
    )
    .await;
    let stalled = synced(&namespace, "app", "False").await;
    assert_eq!(
        stalled.status.unwrap().conditions[0].message,
        "failed update: Resource \"app\" already exists and is not managed by SealedSecret"
    );
    let secrets: Api<Secret> = namespace.api();
    assert_eq!(secrets.get("app").await.unwrap(), before);
    secrets.delete("app", &DeleteParams::default()).await.unwrap();
    has(&namespace, "app", &[("a", "1")]).await;
    synced(&namespace, "app", "True").await;
}

#[tokio::test]
async fn a_managed_secret_is_taken_over() {
    let (cluster, namespace) = cluster("managed").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    foreign(&namespace, Some(api::names::MANAGED)).await;
    apply(
        &namespace,
        &sealed(
            &secret(&namespace, "app", &[("a", "1")]),
            &controller.certificate().await,
        ),
    )
    .await;
    let taken = has(&namespace, "app", &[("a", "1")]).await;
    assert_eq!(taken.metadata.owner_references.unwrap()[0].kind, "SealedSecret");
    synced(&namespace, "app", "True").await;
}

#[tokio::test]
async fn a_patched_secret_keeps_its_items_and_its_owner() {
    let (cluster, namespace) = cluster("patched").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    foreign(&namespace, Some(api::names::PATCH)).await;
    apply(
        &namespace,
        &sealed(
            &secret(&namespace, "app", &[("a", "1")]),
            &controller.certificate().await,
        ),
    )
    .await;
    let patched = has(&namespace, "app", &[("a", "1"), ("their", "value")]).await;
    assert_eq!(patched.metadata.owner_references, None);
    synced(&namespace, "app", "True").await;
}

#[tokio::test]
async fn a_secret_without_an_owner_reference_stays_in_sync() {
    let (cluster, namespace) = cluster("skip").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let certificate = controller.certificate().await;
    let document = |items| {
        let mut document = secret(&namespace, "app", items);
        let skip = api::names::SKIP_SET_OWNER_REFERENCES.to_owned();
        document.metadata.annotations = Some([(skip, "true".to_owned())].into());
        document
    };
    apply(&namespace, &sealed(&document(&[("a", "1")]), &certificate)).await;
    let made = has(&namespace, "app", &[("a", "1")]).await;
    assert_eq!(made.metadata.owner_references, None);
    synced(&namespace, "app", "True").await;
    // Upstream fails here: it does not know its own Secret again.
    apply(&namespace, &sealed(&document(&[("a", "2")]), &certificate)).await;
    let updated = has(&namespace, "app", &[("a", "2")]).await;
    assert_eq!(updated.data, Some(data(&[("a", "2")])));
    synced(&namespace, "app", "True").await;
}

#[tokio::test]
async fn a_secret_that_is_patched_and_managed_keeps_its_items_and_gets_an_owner() {
    let (cluster, namespace) = cluster("patched-managed").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    foreign(&namespace, Some(api::names::PATCH)).await;
    let managed = serde_json::json!({"metadata": {"annotations": {api::names::MANAGED: "true"}}});
    edit(&namespace, "app", managed).await;
    apply(
        &namespace,
        &sealed(
            &secret(&namespace, "app", &[("a", "1")]),
            &controller.certificate().await,
        ),
    )
    .await;
    let patched = has(&namespace, "app", &[("a", "1"), ("their", "value")]).await;
    assert_eq!(patched.metadata.owner_references.unwrap()[0].kind, "SealedSecret");
    assert_eq!(patched.metadata.annotations.unwrap().len(), 2);
    synced(&namespace, "app", "True").await;
}

#[tokio::test]
async fn a_patched_secret_has_its_own_type_whatever_the_template_says() {
    let (cluster, namespace) = cluster("patched-type").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let before = foreign(&namespace, Some(api::names::PATCH)).await;
    let mut document = secret(&namespace, "app", &[("a", "1")]);
    document.type_ = Some("example.com/typed".to_owned());
    document.metadata.labels = Some([("team".to_owned(), "a".to_owned())].into());
    apply(&namespace, &sealed(&document, &controller.certificate().await)).await;
    let patched = has(&namespace, "app", &[("a", "1"), ("their", "value")]).await;
    assert_eq!(patched.type_, before.type_);
    assert_eq!(patched.metadata.labels, document.metadata.labels);
    synced(&namespace, "app", "True").await;
}

#[tokio::test]
async fn a_managed_secret_can_be_taken_over_without_an_owner() {
    let (cluster, namespace) = cluster("managed-skip").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let certificate = controller.certificate().await;
    foreign(&namespace, Some(api::names::MANAGED)).await;
    let skip = (
        api::names::SKIP_SET_OWNER_REFERENCES.to_owned(),
        "true".to_owned(),
    );
    let managed = (api::names::MANAGED.to_owned(), "true".to_owned());
    for value in ["1", "2"] {
        let mut document = secret(&namespace, "app", &[("a", value)]);
        document.metadata.annotations = Some([skip.clone(), managed.clone()].into());
        apply(&namespace, &sealed(&document, &certificate)).await;
        let taken = has(&namespace, "app", &[("a", value)]).await;
        assert_eq!(taken.metadata.owner_references, None);
        synced(&namespace, "app", "True").await;
    }
    namespace
        .api::<Secret>()
        .delete("app", &DeleteParams::default())
        .await
        .unwrap();
    has(&namespace, "app", &[("a", "2")]).await;
}

#[tokio::test]
async fn a_patched_secret_that_is_immutable_is_said_to_be() {
    let (cluster, namespace) = cluster("patched-immutable").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    foreign(&namespace, Some(api::names::PATCH)).await;
    edit(&namespace, "app", serde_json::json!({"immutable": true})).await;
    apply(
        &namespace,
        &sealed(
            &secret(&namespace, "app", &[("a", "1")]),
            &controller.certificate().await,
        ),
    )
    .await;
    let stalled = synced(&namespace, "app", "False").await;
    let message = &stalled.status.unwrap().conditions[0].message;
    assert!(message.contains("the target Secret is immutable"), "{message}");
}
