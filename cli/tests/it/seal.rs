//! `chancery seal`: what it makes.

use serde_json::Value;

use crate::sandbox::{CANARY, Sandbox, secret};

const SEAL: [&str; 3] = ["seal", "--local", "store"];

fn seal<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [SEAL.as_slice(), more].concat()
}

#[test]
fn a_secret_from_standard_input_comes_out_sealed_in_its_own_format() {
    let sandbox = Sandbox::with_store();
    let sealed = sandbox.run_with(&SEAL, &secret("shop", "db")).succeeded().stdout;
    assert!(
        sealed.starts_with("---\napiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\n"),
        "{sealed}"
    );
    assert!(!sealed.contains(CANARY));
    let json = r#"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"db","namespace":"shop"},"data":{"a":"MQ=="}}"#;
    let sealed: Value = serde_json::from_str(&sandbox.run_with(&SEAL, json).succeeded().stdout).unwrap();
    assert_eq!(sealed["kind"], "SealedSecret");
}

#[test]
fn the_output_format_can_be_chosen() {
    let sandbox = Sandbox::with_store();
    let sealed = sandbox
        .run_with(&seal(&["-o", "JSON"]), &secret("shop", "db"))
        .succeeded()
        .stdout;
    assert_eq!(
        serde_json::from_str::<Value>(&sealed).unwrap()["metadata"]["name"],
        "db"
    );
}

#[test]
fn each_document_and_each_item_of_a_list_is_sealed() {
    let sandbox = Sandbox::with_store();
    let item = "  - apiVersion: v1\n    kind: Secret\n    metadata: {name: three, namespace: shop}\n    stringData: {a: b}\n";
    let text = format!(
        "{}---\n# nothing here\n---\n{}---\napiVersion: v1\nkind: List\nitems:\n{item}",
        secret("shop", "one"),
        secret("shop", "two")
    );
    let sealed = sandbox.run_with(&SEAL, &text).succeeded().stdout;
    let names: Vec<_> = sealed
        .lines()
        .filter_map(|line| line.strip_prefix("  name: "))
        .collect();
    assert_eq!(names, ["one", "two", "three"]);
}

#[test]
fn files_can_be_named_with_and_without_the_flag_and_mixed_with_standard_input() {
    let sandbox = Sandbox::with_store();
    sandbox.write("a.yaml", &secret("shop", "a"));
    sandbox.write("b.yaml", &secret("shop", "b"));
    let sealed = sandbox
        .run_with(
            &seal(&["a.yaml", "-f", "b.yaml", "-f", "-"]),
            &secret("shop", "c"),
        )
        .succeeded();
    assert_eq!(sealed.stdout.matches("kind: SealedSecret").count(), 3);
}

#[test]
fn the_key_is_named_unless_that_is_not_wanted() {
    let sandbox = Sandbox::with_store();
    let hinted = sandbox.run_with(&SEAL, &secret("shop", "db")).succeeded().stdout;
    assert!(
        hinted.contains("chancery.dev/sealed-with: \"SHA256:")
            || hinted.contains("chancery.dev/sealed-with: SHA256:")
    );
    let plain = sandbox
        .run_with(&seal(&["--no-hint"]), &secret("shop", "db"))
        .succeeded()
        .stdout;
    assert!(!plain.contains("chancery.dev"), "{plain}");
}

#[test]
fn a_missing_namespace_is_taken_from_the_flag_and_else_said() {
    let sandbox = Sandbox::with_store();
    let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {a: b}\n";
    let named = sandbox.run_with(&seal(&["-n", "shop"]), text).succeeded();
    assert!(named.stdout.contains("  namespace: shop\n"), "{}", named.stdout);
    assert_eq!(named.stderr, "");
    let assumed = sandbox.run_with(&SEAL, text).succeeded();
    assert!(
        assumed.stdout.contains("  namespace: default\n"),
        "{}",
        assumed.stdout
    );
    assert!(
        assumed
            .stderr
            .contains("Secret `db` names no namespace: sealed for `default`"),
        "{}",
        assumed.stderr
    );
    let quiet = sandbox.run_with(&seal(&["-q"]), text).succeeded();
    assert_eq!(quiet.stderr, "");
}

#[test]
fn a_missing_namespace_is_that_of_the_kubeconfigs_context() {
    let sandbox = Sandbox::with_store();
    sandbox.write(
        "cert.pem",
        &sandbox.run(&["cert", "--local", "store"]).succeeded().stdout,
    );
    sandbox.write(
        "kubeconfig",
        "apiVersion: v1\nkind: Config\ncurrent-context: here\ncontexts:\n- name: here\n  context: {cluster: c, namespace: mine}\n- name: there\n  context: {cluster: c, namespace: other}\n",
    );
    let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {a: b}\n";
    for (context, namespace) in [(&[][..], "mine"), (&["--context", "there"], "other")] {
        let arguments = [
            &["seal", "--cert", "cert.pem", "--kubeconfig", "kubeconfig"],
            context,
        ]
        .concat();
        let sealed = sandbox.run_with(&arguments, text).succeeded().stdout;
        assert!(
            sealed.contains(&format!("  namespace: {namespace}\n")),
            "{sealed}"
        );
    }
}

#[test]
fn a_cluster_wide_secret_needs_no_namespace() {
    let sandbox = Sandbox::with_store();
    let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {a: b}\n";
    let sealed = sandbox
        .run_with(&seal(&["--scope", "cluster-wide"]), text)
        .succeeded();
    assert!(!sealed.stdout.contains("namespace:"), "{}", sealed.stdout);
    assert_eq!(sealed.stderr, "");
}

#[test]
fn a_secret_without_items_is_sealed_only_when_that_is_allowed() {
    let sandbox = Sandbox::with_store();
    let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\n";
    sandbox
        .run_with(&SEAL, text)
        .failed(1, &["<stdin>, document 1 (line 1)", "--allow-empty-data"]);
    sandbox.run_with(&seal(&["--allow-empty-data"]), text).succeeded();
}
