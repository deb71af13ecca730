//! `chancery keys retire` while someone else changes the cluster.

use super::kind::Definition;
use super::world::{Meanwhile, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_that_changed_since_it_was_looked_at_is_not_written_and_the_next_run_goes_on() {
    let world = World::new(Definition::Ours).await;
    world.key("old", 1).await;
    world.key("new", 2).await;
    world.meanwhile(Meanwhile::SecretChanges);
    let run = world.run(&["keys", "retire", "old"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{}", run.stderr);
    assert!(run.stderr.contains("was changed meanwhile"), "{}", run.stderr);
    assert_eq!(world.label("old").await, "active");
    // The archive of the run that stopped is used.
    let archive = world.secret("old-archived").await.metadata.uid;
    world.run(&["keys", "retire", "old"]).succeeded();
    assert_eq!(world.label("old").await, "retired");
    assert_eq!(world.secret("old-archived").await.metadata.uid, archive);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_object_that_came_to_need_the_key_meanwhile_is_told_of_with_the_way_back() {
    let world = World::new(Definition::Ours).await;
    let old = world.key("old", 1).await;
    world.key("new", 2).await;
    let late = world.sealed("late", &[&old]);
    world.meanwhile(Meanwhile::Created(Box::new(late)));
    let run = world.run(&["keys", "retire", "old"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    for said in [
        "is retired",
        &format!("meanwhile something came to need it: {}", world.object("late")),
        "kubectl label secret",
    ] {
        assert!(run.stderr.contains(said), "not said: {said}\n{}", run.stderr);
    }
    assert_eq!(world.label("old").await, "retired");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_label_that_something_puts_back_is_told_of() {
    let world = World::new(Definition::Ours).await;
    world.key("old", 1).await;
    world.key("new", 2).await;
    world.meanwhile(Meanwhile::LabelledAgain);
    let run = world.run(&["keys", "retire", "old"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("is not retired"), "{}", run.stderr);
    assert!(run.stderr.contains("`old` `active` again"), "{}", run.stderr);
}
