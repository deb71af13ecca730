//! From a SealedSecret to its Secret and back to nothing.

use api::sealed_secret::SealedSecret;
use k8s_openapi::api::core::v1::{Namespace, Secret};
use kube::Api;
use kube::api::{DeleteParams, ObjectMeta, PostParams};
use testkit::eventually;

use crate::cluster::{apply, cluster, events, has, sealed, secret, synced};
use crate::process::Controller;

#[tokio::test]
async fn a_sealed_secret_becomes_a_secret_that_it_owns() {
    let (cluster, namespace) = cluster("create").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let items = [("user", "me"), ("word", "open sesame")];
    let applied = apply(
        &namespace,
        &sealed(
            &secret(&namespace, "app", &items),
            &controller.certificate().await,
        ),
    )
    .await;
    let made = has(&namespace, "app", &items).await;
    assert_eq!(made.type_.as_deref(), Some("Opaque"));
    let owners = made.metadata.owner_references.unwrap();
    assert_eq!(owners.len(), 1);
    assert_eq!(owners[0].api_version, "bitnami.com/v1alpha1");
    assert_eq!(owners[0].kind, "SealedSecret");
    assert_eq!(Some(&owners[0].uid), applied.metadata.uid.as_ref());
    assert_eq!(
        (owners[0].controller, owners[0].block_owner_deletion),
        (Some(true), None)
    );
    synced(&namespace, "app", "True").await;
    let event = (
        "Unsealed".to_owned(),
        "SealedSecret unsealed successfully".to_owned(),
    );
    eventually("there is one event", async || {
        let events = events(&namespace, "app").await;
        if events == [event.clone()] {
            Ok(())
        } else {
            Err(events)
        }
    })
    .await;
}

#[tokio::test]
async fn a_create_costs_one_unseal_one_secret_write_and_one_status_write() {
    let (cluster, namespace) = cluster("cost").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    apply(
        &namespace,
        &sealed(
            &secret(&namespace, "app", &[("a", "1")]),
            &controller.certificate().await,
        ),
    )
    .await;
    synced(&namespace, "app", "True").await;
    let (status, work) = controller.terminate().await;
    assert_eq!(status.code(), Some(0));
    assert_eq!(
        (work.unseals, work.secret_writes, work.status_writes),
        (1, 1, 1),
        "{work:?}"
    );
}

#[tokio::test]
async fn a_new_spec_replaces_the_items() {
    let (cluster, namespace) = cluster("update").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let certificate = controller.certificate().await;
    let first = [("kept", "1"), ("dropped", "2")];
    apply(
        &namespace,
        &sealed(&secret(&namespace, "app", &first), &certificate),
    )
    .await;
    has(&namespace, "app", &first).await;
    let second = [("kept", "changed"), ("added", "3")];
    apply(
        &namespace,
        &sealed(&secret(&namespace, "app", &second), &certificate),
    )
    .await;
    has(&namespace, "app", &second).await;
    synced(&namespace, "app", "True").await;
}

#[tokio::test]
async fn a_deleted_sealed_secret_takes_its_secret_along() {
    let (cluster, namespace) = cluster("delete").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let applied = apply(
        &namespace,
        &sealed(
            &secret(&namespace, "app", &[("a", "1")]),
            &controller.certificate().await,
        ),
    )
    .await;
    has(&namespace, "app", &[("a", "1")]).await;
    let sealed_secrets: Api<SealedSecret> = namespace.api();
    sealed_secrets
        .delete(&applied.metadata.name.unwrap(), &DeleteParams::background())
        .await
        .unwrap();
    let secrets: Api<Secret> = namespace.api();
    eventually("the Secret is gone", async || {
        secrets.get_opt("app").await.unwrap().is_none()
    })
    .await;
}

#[tokio::test]
async fn an_item_that_does_not_open_stops_its_object_and_no_other() {
    let (cluster, namespace) = cluster("poison").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    let certificate = controller.certificate().await;
    // Sealed for another name: nothing opens it under this one.
    let mut bad = sealed(
        &secret(&namespace, "elsewhere", &[("a", "secret value")]),
        &certificate,
    );
    bad.metadata.name = Some("bad".to_owned());
    apply(&namespace, &bad).await;
    let mut junk = bad.clone();
    junk.metadata.name = Some("junk".to_owned());
    junk.spec.encrypted_data = [("a".to_owned(), "not base64!".to_owned())].into();
    apply(&namespace, &junk).await;
    apply(
        &namespace,
        &sealed(&secret(&namespace, "good", &[("a", "1")]), &certificate),
    )
    .await;
    has(&namespace, "good", &[("a", "1")]).await;
    let stalled = synced(&namespace, "bad", "False").await;
    assert!(
        stalled.status.unwrap().conditions[0]
            .message
            .contains("no key could decrypt secret")
    );
    synced(&namespace, "junk", "False").await;
    let secrets: Api<Secret> = namespace.api();
    assert!(secrets.get_opt("bad").await.unwrap().is_none());
    eventually("there is an event with upstream's reason", async || {
        let events = events(&namespace, "bad").await;
        let told = events
            .iter()
            .any(|(r, n)| r == "ErrUnsealFailed" && n.starts_with("Failed to unseal: "));
        if told { Ok(()) } else { Err(events) }
    })
    .await;
}

#[tokio::test]
async fn a_namespace_that_appears_later_is_served_when_it_does() {
    let (cluster, namespace) = cluster("appears").await;
    let later = testkit::unique_name("later");
    let more = format!("--additional-namespaces={later}");
    let controller = Controller::ready_with(&cluster, &namespace, &[&more]).await;
    let namespaces: Api<Namespace> = Api::all(cluster.client.clone());
    let metadata = ObjectMeta {
        name: Some(later.clone()),
        ..ObjectMeta::default()
    };
    let created = Namespace {
        metadata,
        ..Namespace::default()
    };
    namespaces.create(&PostParams::default(), &created).await.unwrap();

    let mut document = secret(&namespace, "app", &[("a", "1")]);
    document.metadata.namespace = Some(later.clone());
    let sealed_secrets: Api<SealedSecret> = Api::namespaced(cluster.client.clone(), &later);
    let sealed = sealed(&document, &controller.certificate().await);
    sealed_secrets
        .create(&PostParams::default(), &sealed)
        .await
        .unwrap();
    let secrets: Api<Secret> = Api::namespaced(cluster.client.clone(), &later);
    let made = eventually("the Secret is made", async || {
        secrets.get_opt("app").await.unwrap()
    })
    .await;
    assert_eq!(made.data, document.data);
    namespaces
        .delete(&later, &DeleteParams::background())
        .await
        .unwrap();
}
