//! Objects whose edits depend on each other, and one that can't be edited among many.

use std::fmt::Write as _;

use super::objects::{Keys, document, item, sandbox};
use crate::sandbox::{Run, Sandbox};

fn reseal(sandbox: &Sandbox) -> Run {
    sandbox.run(&["reseal", "tree", "--key", "old.pem,new.pem"])
}

/// An entry of a List; `more` are lines of its metadata.
fn entry(name: &str, more: &str, item: &str) -> String {
    let mut text = "- apiVersion: bitnami.com/v1alpha1\n  kind: SealedSecret\n  metadata:\n".to_owned();
    writeln!(text, "    name: {name}\n    namespace: shop").unwrap();
    for line in more.lines() {
        writeln!(text, "    {line}").unwrap();
    }
    writeln!(text, "  spec:\n    encryptedData:\n      a: {item}").unwrap();
    text
}

fn hint(keys: &Keys, anchor: &str) -> String {
    format!(
        "annotations:\n  chancery.dev/sealed-with: {anchor} {}",
        keys.old.certificate.fingerprint()
    )
}

#[test]
fn one_object_that_cannot_be_edited_leaves_the_others_of_its_file_alone() {
    let (sandbox, keys) = sandbox();
    let mut texts: Vec<String> = (0..40)
        .map(|at| {
            let name = format!("good-{at}");
            document(Some("shop"), &name, &[("a", &item(&keys.old, "shop", &name))])
        })
        .collect();
    let bad = document(Some("shop"), "bad", &[("a", "*a")]).replace(
        "  name: bad\n",
        &format!(
            "  name: bad\n  labels: {{x: &a {}}}\n",
            item(&keys.old, "shop", "bad")
        ),
    );
    texts.insert(17, bad.clone());
    sandbox.write("tree/a.yaml", &texts.join("---\n"));
    let run = reseal(&sandbox);
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stderr.contains("cannot edit tree/a.yaml, document 18"),
        "{}",
        run.stderr
    );
    assert!(
        run.stdout.contains("re-sealed 40 items in 1 file"),
        "{}",
        run.stdout
    );
    let now = sandbox.read("tree/a.yaml");
    for text in texts {
        assert_eq!(now.contains(&text), text == bad, "{text}");
    }
}

#[test]
fn objects_that_share_a_hint_or_an_item_stand_or_fall_with_each_other_and_with_no_others() {
    let (sandbox, keys) = sandbox();
    let sealed = |name: &str| item(&keys.old, "shop", name);
    let alias = |name: &str| format!("annotations:\n  chancery.dev/sealed-with: *{name}");
    let label = |name: &str| format!("labels: {{x: &{name} {}}}", sealed(name));
    let hinted = entry("hint-1", &hint(&keys, "&h"), &sealed("hint-1"));
    let done = [
        hinted,
        entry("hint-2", &alias("h"), &sealed("hint-2")),
        entry("twin", "", &format!("&t {}", sealed("twin"))),
        entry("twin", "labels: {second: 'true'}", "*t"),
        entry("alone", "", &sealed("alone")),
    ];
    let failed = [
        entry("bad", &label("bad"), "*bad"),
        entry("worse-1", &hint(&keys, "&w"), &sealed("worse-1")),
        entry("worse", &format!("{}\n{}", alias("w"), label("worse")), "*worse"),
    ];
    let entries = [
        &done[0], &failed[0], &done[2], &failed[1], &done[1], &failed[2], &done[3], &done[4],
    ];
    let mut text = "apiVersion: v1\nkind: List\nitems:\n".to_owned();
    text.extend(entries.map(String::as_str));
    sandbox.write("tree/a.yaml", &text);
    let run = reseal(&sandbox);
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    let now = sandbox.read("tree/a.yaml");
    for entry in &failed {
        assert!(now.contains(entry.as_str()), "changed: {entry}\n{}", run.stderr);
    }
    let sealed_anew = ["hint-1", "hint-2", "twin", "alone"];
    for (name, entry) in sealed_anew.iter().zip([&done[0], &done[1], &done[2], &done[4]]) {
        assert!(!now.contains(entry.as_str()), "not done: {name}\n{}", run.stderr);
    }
    let newest = keys.new.certificate.fingerprint().to_string();
    assert!(now.contains(&format!("sealed-with: &h {newest}")), "{now}");
    assert_eq!(run.stderr.matches("cannot edit").count(), 3, "{}", run.stderr);
}
