//! Key Secrets that belong to something else, such as cert-manager, which renews them in place.

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::api::events::v1::Event;
use kube::Api;
use kube::api::{DeleteParams, ListParams};
use serde_json::json;
use testkit::eventually;

use super::fixture::{
    ISSUED, all_serve, copy_name, create, is_copied, issued, issued_items, label, labelled, opens, patch,
};
use super::{pair, store};
use crate::cluster::{apply, cluster, has, sealed, secret, synced};
use crate::process::Controller;

#[tokio::test]
async fn a_key_of_cert_managers_is_copied_and_a_renewal_loses_nothing() {
    let (cluster, namespace) = cluster("issued").await;
    let (first, second) = (pair(2048, 0), pair(2048, 1));
    let replicas = futures::join!(
        Controller::ready(&cluster, &namespace),
        Controller::ready(&cluster, &namespace),
        Controller::ready(&cluster, &namespace)
    );
    let replicas = [&replicas.0, &replicas.1, &replicas.2];
    // What waited for the key opens without a restart.
    let waiting = sealed(
        &secret(&namespace, "waiting", &[("a", "1")]),
        &first.certificate.to_pem(),
    );
    apply(&namespace, &waiting).await;
    synced(&namespace, "waiting", "False").await;
    create(&namespace, issued(&first)).await;
    has(&namespace, "waiting", &[("a", "1")]).await;
    is_copied(&namespace, ISSUED, &first).await;

    patch(&namespace, ISSUED, json!({ "data": issued_items(&second) })).await;
    opens(&namespace, "second", &second.certificate).await;
    is_copied(&namespace, ISSUED, &second).await;
    opens(&namespace, "first", &first.certificate).await;
    // The key that the controllers made for themselves is newer than both of these.
    let own = labelled(&namespace, "active").await;
    assert_eq!(own.len(), 4);
    for replica in replicas {
        assert_eq!(replica.certificate().await, replicas[0].certificate().await);
    }
}

#[tokio::test]
async fn a_renewal_while_no_controller_runs_loses_nothing() {
    let (cluster, namespace) = cluster("asleep").await;
    let (first, second, third) = (pair(2048, 0), pair(2048, 1), pair(2048, 2));
    create(&namespace, issued(&first)).await;
    let before = Controller::ready(&cluster, &namespace).await;
    // It is served, so there is a copy.
    all_serve(&[&before], &first.certificate).await;
    is_copied(&namespace, ISSUED, &first).await;
    before.terminate().await;
    patch(&namespace, ISSUED, json!({ "data": issued_items(&second) })).await;
    // Nobody saw the second one, and nobody can have sealed with it.
    patch(&namespace, ISSUED, json!({ "data": issued_items(&third) })).await;
    let after = Controller::ready(&cluster, &namespace).await;
    all_serve(&[&after], &third.certificate).await;
    opens(&namespace, "first", &first.certificate).await;
    opens(&namespace, "third", &third.certificate).await;
    let secrets: Api<Secret> = namespace.api();
    secrets.delete(ISSUED, &DeleteParams::default()).await.unwrap();
    opens(&namespace, "still", &third.certificate).await;
    all_serve(&[&after], &third.certificate).await;
    assert_eq!(labelled(&namespace, "active").await.len(), 2);
}

#[tokio::test]
async fn a_renewed_certificate_of_the_same_key_is_served_and_not_copied_again() {
    let (cluster, namespace) = cluster("renewed").await;
    let first = pair(2048, 0);
    let renewed = {
        // The same key, other text: a certificate is read wherever it stands in it.
        let mut items = issued_items(&first);
        let text = format!("renewed\n{}", first.certificate.to_pem());
        items["tls.crt"] = serde_json::to_value(ByteString(text.into_bytes())).unwrap();
        items
    };
    create(&namespace, issued(&first)).await;
    let controller = Controller::ready(&cluster, &namespace).await;
    patch(&namespace, ISSUED, json!({ "data": renewed })).await;
    let marker = pair(2048, 1);
    store(&namespace, "marker", &marker).await;
    // Events come in their order: what came before the marker was seen.
    all_serve(&[&controller], &marker.certificate).await;
    assert_eq!(labelled(&namespace, "active").await.len(), 3);
}

#[tokio::test]
async fn a_disabled_copy_is_not_made_again_and_goes_with_the_last_secret_in_use() {
    let (cluster, namespace) = cluster("retired").await;
    let (old, first) = (pair(2048, -1), pair(2048, 0));
    store(&namespace, "old", &old).await;
    create(&namespace, issued(&first)).await;
    let controller = Controller::ready(&cluster, &namespace).await;
    all_serve(&[&controller], &first.certificate).await;
    let copy = copy_name(ISSUED, &first.certificate);
    label(&namespace, &copy, "compromised").await;
    let events: Api<Event> = namespace.api();
    eventually("the other Secret is named", async || {
        let events = events.list(&ListParams::default()).await.unwrap().items;
        let note = events
            .into_iter()
            .find(|event| event.reason.as_deref() == Some("SealingKeyStillInUse"));
        note.and_then(|event| event.note)
            .filter(|note| note.contains(ISSUED))
    })
    .await;
    all_serve(&[&controller], &first.certificate).await;
    label(&namespace, ISSUED, "compromised").await;
    all_serve(&[&controller], &old.certificate).await;
    let leaked = sealed(
        &secret(&namespace, "app", &[("a", "1")]),
        &first.certificate.to_pem(),
    );
    apply(&namespace, &leaked).await;
    synced(&namespace, "app", "False").await;
    assert_eq!(labelled(&namespace, "compromised").await.len(), 2);
}
