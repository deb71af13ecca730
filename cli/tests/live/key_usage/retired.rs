//! `chancery keys retire`: what is refused, and what it leaves.

use serde_json::json;

use super::kind::Definition;
use super::world::{World, counted, fingerprint, pair};

/// Asserts that a key is not retired, and that this is said.
#[track_caller]
fn refused(world: &World, key: &str, said: &[&str]) {
    let run = world.run(&["keys", "retire", key]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{}", run.stderr);
    for said in said {
        assert!(run.stderr.contains(said), "not said: {said}\n{}", run.stderr);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_needed_is_refused_and_once_nothing_needs_it_is_archived_and_retired() {
    let world = World::new(Definition::Ours).await;
    let (old, new) = (world.key("old", 1).await, world.key("new", 2).await);
    for n in 0..12 {
        world
            .kind
            .create(&world.sealed(&format!("app-{n:02}"), &[&old]))
            .await;
    }
    let first = world.object("app-00");
    refused(
        &world,
        "old",
        &[
            "12 items of 12 live SealedSecrets need it",
            &first,
            "and 2 more",
            "chancery reseal",
        ],
    );
    refused(&world, "new", &["it is the newest", "chancery keys rotate"]);
    assert_eq!(world.label("old").await, "active");
    let before = world.secret("old").await;

    for n in 0..12 {
        world
            .kind
            .replace_spec(&world.sealed(&format!("app-{n:02}"), &[&new]))
            .await;
    }
    world.kind.create(&world.sealed("lost", &[&pair(9)])).await;
    let start = &fingerprint(&old).as_str()[..16].to_owned();
    let run = world.run(&["keys", "retire", start]).succeeded();
    assert!(run.stdout.starts_with("retired old"), "{}", run.stdout);
    assert!(run.stderr.contains("no key here opens"), "{}", run.stderr);
    assert_eq!(
        (world.label("old").await, world.label("new").await),
        ("retired".to_owned(), "active".to_owned())
    );
    let archive = world.secret("old-archived").await;
    assert_eq!(
        (archive.immutable, &archive.data, &archive.type_),
        (Some(true), &before.data, &before.type_)
    );
    assert_eq!(world.label("old-archived").await, "archived");
    assert_eq!(
        archive.metadata.annotations.unwrap()[api::names::COPIED_FROM],
        "old"
    );

    let again = world.run(&["keys", "retire", "old"]).succeeded();
    assert!(again.stderr.contains("out of use already"), "{}", again.stderr);
    let states: Vec<_> = world.list().iter().map(|key| key["state"].clone()).collect();
    assert_eq!(states, ["active", "retired", "archived"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_object_whose_status_speaks_of_the_newest_key_but_whose_items_do_not_still_needs_the_old_one() {
    let world = World::new(Definition::Ours).await;
    let (old, new) = (world.key("old", 1).await, world.key("new", 2).await);
    let sealed = counted(world.sealed("app", &[&new]), &[(&fingerprint(&new), 1)]);
    world.kind.create(&sealed).await;
    world.kind.write_status(&sealed).await;
    // Someone applied the old file again, and the controller has not come to it.
    world.kind.replace_spec(&world.sealed("app", &[&old])).await;
    refused(
        &world,
        "old",
        &["1 item of a live SealedSecret needs it", &world.object("app")],
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_object_that_cannot_be_read_may_need_any_key() {
    let world = World::new(Definition::Ours).await;
    world.key("old", 1).await;
    world.key("new", 2).await;
    let spec = json!({"encryptedData": {}, "template": {"metadata": {"creationTimestamp": "yesterday"}}});
    world
        .kind
        .create_with_spec(world.namespace.name(), "odd", spec)
        .await;
    let odd = world.object("odd");
    refused(
        &world,
        "old",
        &[
            &format!("{odd} has not the shape of a SealedSecret"),
            "mend or delete",
        ],
    );
    assert_eq!(world.listed("old")["objects"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_secret_with_the_key_is_retired() {
    let world = World::new(Definition::Ours).await;
    let old = world.key("old", 1).await;
    world.store("copy-of-old", &old).await;
    world.key("new", 2).await;
    world.run(&["keys", "retire", "old"]).succeeded();
    for name in ["old", "copy-of-old"] {
        assert_eq!(world.label(name).await, "retired", "{name}");
        assert_eq!(world.label(&format!("{name}-archived")).await, "archived");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_that_cert_manager_writes_is_left_to_it() {
    let world = World::new(Definition::Ours).await;
    world.key("old", 1).await;
    world.key("new", 2).await;
    let annotation = json!({"metadata": {"annotations": {"cert-manager.io/certificate-name": "keys"}}});
    world.patch("old", &annotation).await;
    refused(
        &world,
        "old",
        &["the Secret `old` belongs to something", "spec.secretTemplate"],
    );
    assert_eq!(world.label("old").await, "active");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_of_upstreams_first_versions_can_be_retired() {
    let world = World::new(Definition::Ours).await;
    world.key("sealed-secrets-key", 1).await;
    world.key("new", 2).await;
    let unlabelled = json!({"metadata": {"labels": {api::names::SEALING_KEY_LABEL: null}}});
    world.patch("sealed-secrets-key", &unlabelled).await;
    assert_eq!(world.listed("sealed-secrets-key")["state"], "active");
    world.run(&["keys", "retire", "sealed-secrets-key"]).succeeded();
    assert_eq!(world.label("sealed-secrets-key").await, "retired");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_another_key_has_is_not_taken_for_the_archive() {
    let world = World::new(Definition::Ours).await;
    world.key("old", 1).await;
    world.key("old-archived", 2).await;
    let other = world.secret("old-archived").await;
    let said = world.run(&["keys", "retire", "old"]).succeeded().stdout;
    let name = said.rsplit(' ').next().unwrap().trim();
    assert!(name.starts_with("old-archived-"), "{said}");
    assert_eq!(world.secret(name).await.data, world.secret("old").await.data);
    assert_eq!(world.secret("old-archived").await.data, other.data);
    assert_eq!(
        (world.label("old").await, world.label("old-archived").await),
        ("retired".to_owned(), "active".to_owned())
    );
}
