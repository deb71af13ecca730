//! `chancery keys list --needing KEY`.

use serde_json::{Value, json};

use super::kind::Definition;
use super::world::{World, counted, fingerprint};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_objects_and_items_that_a_leaked_key_opens_are_listed() {
    let world = World::new(Definition::Ours).await;
    let (old, new) = (world.key("old", 1).await, world.key("new", 2).await);
    world.kind.create(&world.sealed("mixed", &[&new, &old])).await;
    let whole = counted(world.sealed("whole", &[&old, &old]), &[(&fingerprint(&old), 2)]);
    world.kind.create(&whole).await;
    world.kind.write_status(&whole).await;
    world.kind.create(&world.sealed("other", &[&new])).await;
    let namespace = world.namespace.name();

    let leaked = fingerprint(&old);
    let json = ["keys", "list", "--needing", leaked.as_str(), "-o", "json"];
    let found: Value = serde_json::from_str(&world.run(&json).succeeded().stdout).unwrap();
    let expected = json!({
        "fingerprint": leaked.as_str(),
        "objects": [
            {"namespace": namespace, "name": "mixed", "items": ["b"]},
            {"namespace": namespace, "name": "whole", "items": ["a", "b"]},
        ],
        "unseen": [],
    });
    assert_eq!(found, expected);

    let text = world
        .run(&["keys", "list", "--needing", "old"])
        .succeeded()
        .stdout;
    let lines: Vec<Vec<&str>> = text
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(
        lines,
        [
            vec!["NAMESPACE", "NAME", "ITEMS"],
            vec![namespace, "mixed", "b"],
            vec![namespace, "whole", "a,b"],
        ]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_key_that_was_deleted_the_statuses_still_tell() {
    let world = World::new(Definition::Ours).await;
    let (old, new) = (super::world::pair(1), world.key("new", 2).await);
    let sealed = counted(
        world.sealed("app", &[&old, &new]),
        &[(&fingerprint(&old), 1), (&fingerprint(&new), 1)],
    );
    world.kind.create(&sealed).await;
    world.kind.write_status(&sealed).await;
    world.kind.create(&world.sealed("uncounted", &[&old])).await;
    let run = world.run(&[
        "keys",
        "list",
        "--needing",
        fingerprint(&old).as_str(),
        "-o",
        "json",
    ]);
    let found: Value = serde_json::from_str(&run.succeeded().stdout).unwrap();
    let expected = json!([{"namespace": world.namespace.name(), "name": "app", "items": ["a"]}]);
    assert_eq!(found["objects"], expected);
    let run = world.run(&["keys", "list", "--needing", "SHA256:nothing"]);
    assert_eq!(run.code, Some(1), "{}", run.stdout);
}
