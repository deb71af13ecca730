//! What the status counts of keys, and what the command line makes of it.

use api::names::SEALING_KEY_LABEL;
use api::sealed_secret::{SealedSecret, Unsealed};
use sealing::KeyPair;
use serde_json::{Value, json};
use testkit::TestNamespace;

use crate::chancery::Shell;
use crate::cluster::{apply, cluster, edit, sealed, secret, synced};
use crate::keys::{pair, store};
use crate::process::Controller;

/// A SealedSecret `app` with an item of each key.
fn mixed(namespace: &TestNamespace, pairs: &[(&str, &KeyPair)]) -> SealedSecret {
    let one = |(item, pair): &(&str, &KeyPair)| {
        sealed(
            &secret(namespace, "app", &[(item, "1")]),
            &pair.certificate.to_pem(),
        )
    };
    let mut all = one(&pairs[0]);
    for pair in &pairs[1..] {
        all.spec.encrypted_data.extend(one(pair).spec.encrypted_data);
    }
    all
}

/// Waits until the status counts the items of the object as it is, and returns keys and counts.
async fn counted(namespace: &TestNamespace) -> Unsealed {
    synced(namespace, "app", "True").await;
    let object = namespace.api::<SealedSecret>().get("app").await.unwrap();
    let digest = manifests::digest::digest(&object);
    let unsealed = object.status.unwrap().unsealed.unwrap();
    assert_eq!(unsealed.spec, digest, "the status speaks of another document");
    unsealed
}

fn name(pair: &KeyPair) -> String {
    pair.certificate.fingerprint().to_string()
}

#[tokio::test]
async fn the_status_counts_the_items_of_each_key_and_forgets_a_key_that_opens_none_any_more() {
    let (cluster, namespace) = cluster("counts").await;
    let (old, new) = (pair(2048, 0), pair(2048, 1));
    store(&namespace, "old", &old).await;
    store(&namespace, "new", &new).await;
    let _controller = Controller::ready(&cluster, &namespace).await;
    let before = mixed(&namespace, &[("a", &old), ("b", &new), ("c", &old)]);
    apply(&namespace, &before).await;
    let first = counted(&namespace).await;
    assert_eq!(first.items, [(name(&old), 2), (name(&new), 1)].into());

    let after = mixed(&namespace, &[("a", &new), ("b", &new), ("c", &new)]);
    apply(&namespace, &after).await;
    let second = counted(&namespace).await;
    assert_eq!(second.items, [(name(&new), 3)].into());
    assert_eq!(second.keys, [name(&new)]);
}

#[tokio::test]
async fn a_key_that_nothing_needs_is_retired_and_opens_nothing_until_its_label_is_taken_back() {
    let (cluster, namespace) = cluster("retire").await;
    let (old, new) = (pair(2048, 0), pair(2048, 1));
    store(&namespace, "old", &old).await;
    store(&namespace, "new", &new).await;
    let _controller = Controller::ready(&cluster, &namespace).await;
    let shell = Shell::new(&cluster, &namespace);
    let before = mixed(&namespace, &[("a", &old), ("b", &old)]);
    apply(&namespace, &before).await;
    counted(&namespace).await;
    let listed = shell
        .run(&["keys", "list", "-o", "json"])
        .await
        .succeeded()
        .stdout;
    let listed: Vec<Value> = serde_json::from_str(&listed).unwrap();
    // Other tests' objects need keys that are stored elsewhere; those have no name here.
    let counts: Vec<_> = listed
        .iter()
        .filter(|key| key["name"].is_string())
        .map(|key| {
            (
                key["name"].as_str(),
                key["objects"].as_u64(),
                key["items"].as_u64(),
            )
        })
        .collect();
    assert_eq!(
        counts,
        [(Some("new"), Some(0), Some(0)), (Some("old"), Some(1), Some(2))]
    );
    let object = format!("`{}/app`", namespace.name());
    shell.run(&["keys", "retire", "old"]).await.failed(1, &object);

    apply(&namespace, &mixed(&namespace, &[("a", &new), ("b", &new)])).await;
    counted(&namespace).await;
    shell.run(&["keys", "retire", "old"]).await.succeeded();
    apply(&namespace, &before).await;
    let failed = synced(&namespace, "app", "False").await;
    // What was opened last is still told, but not of this document.
    let record = failed.status.clone().unwrap().unsealed.unwrap();
    assert_ne!(record.spec, manifests::digest::digest(&failed));

    edit(
        &namespace,
        "old",
        json!({"metadata": {"labels": {SEALING_KEY_LABEL: "active"}}}),
    )
    .await;
    assert_eq!(counted(&namespace).await.items, [(name(&old), 2)].into());
}
