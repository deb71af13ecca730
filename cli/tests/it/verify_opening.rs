//! `chancery verify` with keys: whether each item opens.

use crate::sandbox::{Sandbox, secret};
use crate::verify::{check, good};

/// A sandbox with `store`, `other`, and what was sealed for the first.
fn sealed() -> Sandbox {
    let sandbox = Sandbox::with_store();
    sandbox
        .run(&["keys", "generate", "--local", "other", "--bits", "2048"])
        .succeeded();
    let arguments = ["seal", "--local", "store", "-w", "db.yaml"];
    sandbox.run_with(&arguments, &secret("shop", "db")).succeeded();
    sandbox
}

/// The line on which the document has this, from 1.
fn line(text: &str, start: &str) -> usize {
    1 + text
        .lines()
        .position(|line| line.trim_start().starts_with(start))
        .unwrap()
}

#[test]
fn what_opens_is_fine_and_what_does_not_is_found_at_its_item() {
    let sandbox = sealed();
    check(&sandbox.run(&["verify", "db.yaml", "--local", "store"]), 0, &[]);
    let at = line(&sandbox.read("db.yaml"), "token:");
    let run = sandbox.run(&["verify", "db.yaml", "--local", "other"]);
    check(&run, 1, &[&format!("db.yaml:{at}:5: error[item-does-not-open]")]);
    assert!(run.stdout.contains("`shop/db`: item `token`: "), "{}", run.stdout);
}

#[test]
fn an_object_that_was_moved_does_not_open() {
    let sandbox = sealed();
    let text = sandbox.read("db.yaml");
    // By hand, as well in the template: nothing but the key can tell.
    sandbox.write("moved.yaml", &text.replace("namespace: shop", "namespace: team"));
    check(&sandbox.run(&["verify", "moved.yaml"]), 0, &[]);
    let at = line(&text, "token:");
    check(
        &sandbox.run(&["verify", "moved.yaml", "--local", "store"]),
        1,
        &[&format!("moved.yaml:{at}:5: error[item-does-not-open]")],
    );
}

#[test]
fn what_was_changed_since_the_sealing_is_said_where_it_explains_it() {
    let sandbox = sealed();
    let text = sandbox.read("db.yaml");
    let check = |changed: &str, said: &str| {
        assert_ne!(changed, text);
        sandbox.write("changed.yaml", changed);
        let run = sandbox.run(&["verify", "changed.yaml", "--local", "store"]);
        assert_eq!(run.code, 1);
        assert!(run.stdout.contains(said), "{}", run.stdout);
    };
    check(
        &text.replacen("name: db", "name: other", 1),
        "it was sealed as `shop/db`",
    );
    let annotations = "  annotations:\n";
    check(
        &text.replacen(
            annotations,
            &format!("{annotations}    sealedsecrets.bitnami.com/cluster-wide: \"true\"\n"),
            1,
        ),
        "it was sealed for the scope strict",
    );
}

#[test]
fn a_namespace_that_the_file_does_not_name_is_filled_in() {
    let sandbox = sealed();
    let bare = sandbox.read("db.yaml").replace("  namespace: shop\n", "");
    sandbox.write("bare.yaml", &bare);
    check(
        &sandbox.run(&["verify", "bare.yaml", "-n", "shop", "--local", "store"]),
        0,
        &[],
    );
    let metadata = line(&bare, "metadata:");
    let (first, second) = (
        format!("bare.yaml:{}:1: error[not-tried]", line(&bare, "apiVersion:")),
        format!("bare.yaml:{metadata}:1: warning[namespace-missing]"),
    );
    check(
        &sandbox.run(&["verify", "bare.yaml", "--local", "store"]),
        1,
        &[&first, &second],
    );
}

#[test]
fn a_hint_that_misleads_is_noticed() {
    let sandbox = sealed();
    let text = sandbox.read("db.yaml");
    let at = line(&text, "chancery.dev/sealed-with:");
    let hint = text.lines().nth(at - 1).unwrap();
    let wrong = format!("    chancery.dev/sealed-with: SHA256:{}", "A".repeat(43));
    sandbox.write("wrong.yaml", &text.replace(hint, &wrong));
    check(
        &sandbox.run(&["verify", "wrong.yaml", "--local", "store"]),
        0,
        &[&format!("wrong.yaml:{at}:5: warning[hint-wrong]")],
    );
}

#[test]
fn many_objects_are_tried_each_once() {
    let sandbox = sealed();
    let one = sandbox.read("db.yaml");
    let mut text = String::new();
    for name in ["a", "b", "c", "d", "e", "f", "g"] {
        text.push_str("---\n");
        text.push_str(&good(name));
    }
    sandbox.write("many.yaml", &format!("{text}{one}"));
    let run = sandbox.run(&["verify", "many.yaml", "--local", "store"]);
    let expected: Vec<String> = (0..7)
        .map(|index| format!("many.yaml:{}:5: error[item-does-not-open]", 9 + index * 9))
        .collect();
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    check(&run, 1, &expected);
}

#[test]
fn keys_that_cannot_be_had_are_no_finding() {
    let sandbox = sealed();
    sandbox
        .run(&["verify", "db.yaml", "--key", "no.pem"])
        .failed(1, &["no.pem"]);
    sandbox
        .run(&["verify", "db.yaml", "--ask-controller", "--local", "store"])
        .failed(2, &["--ask-controller"]);
}
