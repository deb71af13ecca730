//! `chancery item set`: what it changes, and what it leaves.

use std::fs;

use serde_json::json;

use crate::sandbox::{CANARY, Sandbox, key};
use crate::sealed_text::{item, opened, opened_with, replaced};

const SET: [&str; 2] = ["item", "set"];
const STORE: [&str; 2] = ["--local", "store"];

fn set<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&SET, more, &STORE].concat()
}

/// Two SealedSecrets among other documents, written as no program would.
fn repository(sandbox: &Sandbox) -> (String, String) {
    let first = item(sandbox, "strict", "shop/db", "one");
    let second = item(sandbox, "namespace-wide", "shop/mail", "two");
    let text = format!(
        "# first\n---\napiVersion: bitnami.com/v1alpha1\nkind:   SealedSecret\nmetadata: {{name: db, namespace: 'shop'}}\nspec:\n    encryptedData:\n        # rotated in May\n        password:   \"{first}\"   # keep\n    template:\n        metadata: {{name: db}}\n\n---\nkind: ConfigMap\ndata: {{a: '1'}}\n---\napiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  annotations: {{sealedsecrets.bitnami.com/namespace-wide: \"true\"}}\n  name: mail\n  namespace: shop\nspec:\n  encryptedData:\n    password: {second}\n...\n"
    );
    (sandbox.write("all.yaml", &text), first)
}

#[test]
fn an_item_is_replaced_and_every_other_byte_stays() {
    let sandbox = Sandbox::with_store();
    let (file, old) = repository(&sandbox);
    let before = sandbox.read(&file);
    let run = sandbox
        .run_with(&set(&[&file, "password", "--name", "db"]), CANARY)
        .succeeded();
    assert_eq!(run.stdout, "");
    assert!(!run.stderr.contains(CANARY), "{}", run.stderr);
    assert!(
        run.stderr
            .contains("replaced the item `password` of SealedSecret `shop/db`, strict, sealed with SHA256:"),
        "{}",
        run.stderr
    );
    let after = sandbox.read(&file);
    let new = replaced(&before, &after, &old);
    assert_ne!(new, old);
    assert!(sealing::decode_item(new).is_ok(), "{new}");
    fs::write(sandbox.path("db.yaml"), after.split("---\n").nth(1).unwrap()).unwrap();
    assert_eq!(opened(&sandbox, "db.yaml"), json!({"db": {"password": CANARY}}));
}

#[test]
fn line_endings_and_the_byte_order_mark_stay() {
    let sandbox = Sandbox::with_store();
    let (file, old) = repository(&sandbox);
    let before = format!("\u{feff}{}", sandbox.read(&file).replace('\n', "\r\n"));
    sandbox.write(&file, &before);
    sandbox
        .run_with(&set(&[&file, "password", "--name", "db"]), CANARY)
        .succeeded();
    replaced(&before, &sandbox.read(&file), &old);
}

#[test]
fn a_new_item_is_one_line_more() {
    let sandbox = Sandbox::with_store();
    let (file, _) = repository(&sandbox);
    let before = sandbox.read(&file);
    let run = sandbox
        .run_with(&set(&[&file, "user", "--name", "db"]), CANARY)
        .succeeded();
    assert!(run.stderr.contains("added the item `user`"), "{}", run.stderr);
    let after = sandbox.read(&file);
    let (lines, added): (Vec<_>, Vec<_>) = after
        .split_inclusive('\n')
        .partition(|line| !line.trim_start().starts_with("user:"));
    assert_eq!(lines.concat(), before);
    assert_eq!(added.len(), 1, "{after}");
    fs::write(sandbox.path("db.yaml"), after.split("---\n").nth(1).unwrap()).unwrap();
    assert_eq!(
        opened(&sandbox, "db.yaml"),
        json!({"db": {"password": "one", "user": CANARY}})
    );
}

#[test]
fn the_scope_is_that_of_the_file() {
    let sandbox = Sandbox::with_store();
    for scope in ["strict", "namespace-wide", "cluster-wide"] {
        let item = item(&sandbox, scope, "shop/db", "old");
        let text = format!(
            "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: db\n  namespace: shop\n  annotations: {{sealedsecrets.bitnami.com/{scope}: \"true\"}}\nspec:\n  encryptedData: {{a: {item}}}\n"
        );
        let file = sandbox.write("db.yaml", &text);
        sandbox.run_with(&set(&[&file, "b"]), CANARY).succeeded();
        assert_eq!(
            opened(&sandbox, &file),
            json!({"db": {"a": "old", "b": CANARY}}),
            "{scope}"
        );
    }
}

#[test]
fn json_stays_json() {
    let sandbox = Sandbox::with_store();
    let old = item(&sandbox, "strict", "shop/db", "old");
    let before = format!(
        "{{\"kind\": \"SealedSecret\", \"apiVersion\": \"bitnami.com/v1alpha1\",\n \"metadata\": {{\"namespace\": \"shop\", \"name\": \"db\"}},\n \"spec\": {{\"encryptedData\": {{\"a\": \"{old}\"}}}}}}\n"
    );
    let file = sandbox.write("db.json", &before);
    sandbox.run_with(&set(&[&file, "a"]), CANARY).succeeded();
    replaced(&before, &sandbox.read(&file), &old);
    assert_eq!(opened(&sandbox, &file), json!({"db": {"a": CANARY}}));
}

#[test]
fn a_value_is_sealed_byte_for_byte() {
    let sandbox = Sandbox::with_store();
    let (file, _) = repository(&sandbox);
    let bytes = b"\x00\xff\r\n\xe2\n";
    fs::write(sandbox.path("value"), bytes).unwrap();
    let from_file = set(&[&file, "file", "--name", "mail", "--from-file", "value"]);
    sandbox.run(&from_file).succeeded();
    let from_pipe = set(&[&file, "pipe", "--name", "mail"]);
    sandbox
        .command()
        .args(from_pipe)
        .write_stdin(bytes)
        .assert()
        .success();
    let line = sandbox
        .run_with(&set(&[&file, "line", "--name", "mail"]), "tulip\n")
        .succeeded();
    assert!(
        line.stderr
            .contains("the value of `line` ends with a line feed, which is sealed too"),
        "{}",
        line.stderr
    );
    fs::write(
        sandbox.path("mail.yaml"),
        sandbox.read(&file).split("---\n").nth(3).unwrap(),
    )
    .unwrap();
    let secret = sandbox
        .run(&["unseal", "mail.yaml", "--local", "store", "-o", "json"])
        .succeeded();
    let secret: serde_json::Value = serde_json::from_str(&secret.stdout).unwrap();
    let expected = sealing::encode_item(bytes);
    assert_eq!(
        secret["data"],
        json!({"file": expected, "line": "dHVsaXAK", "password": "dHdv", "pipe": expected})
    );
}

#[test]
fn the_hint_names_the_new_key_first_and_only_where_there_is_one() {
    let sandbox = Sandbox::with_store();
    let pem = sandbox.run(&["cert", "--local", "store"]).succeeded().stdout;
    sandbox.write("new.pem", &pem);
    let new = sealing::Certificate::from_pem(pem.as_bytes())
        .unwrap()
        .fingerprint()
        .to_string();
    let old = key("2026-11-01T00:00:00Z").certificate.fingerprint().to_string();
    let hint = |text: &str| {
        let line = text
            .lines()
            .find(|line| line.contains("chancery.dev/sealed-with"))
            .map(str::to_owned);
        line.map(|line| {
            line.split_once(": ")
                .unwrap()
                .1
                .trim_matches(['"', '\''])
                .to_owned()
        })
    };
    let sealed = |annotation: &str| {
        format!(
            "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: db\n  namespace: shop\n{annotation}spec:\n  encryptedData:\n    a: AAAA\n    b: AAAA\n"
        )
    };
    let annotation = format!("  annotations:\n    chancery.dev/sealed-with: {old}\n");
    let run = |text: &str, item: &str| {
        sandbox.write("db.yaml", text);
        sandbox
            .run_with(&["item", "set", "db.yaml", item, "--cert", "new.pem"], CANARY)
            .succeeded();
        hint(&sandbox.read("db.yaml"))
    };
    assert_eq!(run(&sealed(&annotation), "a"), Some(format!("{new},{old}")));
    assert_eq!(run(&sealed(&annotation), "c"), Some(format!("{new},{old}")));
    assert_eq!(run(&sandbox.read("db.yaml"), "b"), Some(format!("{new},{old}")));
    assert_eq!(
        run(&sealed(&annotation).replace("    b: AAAA\n", ""), "a"),
        Some(new)
    );
    assert_eq!(run(&sealed(""), "a"), None);
}

#[test]
fn the_certificate_alone_is_enough() {
    let sandbox = Sandbox::with_store();
    let (file, _) = repository(&sandbox);
    sandbox.write(
        "cert.pem",
        &sandbox.run(&["cert", "--local", "store"]).succeeded().stdout,
    );
    fs::rename(sandbox.path("store"), sandbox.path("away")).unwrap();
    let arguments = [
        "item", "set", &file, "password", "--name", "mail", "--cert", "cert.pem",
    ];
    sandbox.run_with(&arguments, CANARY).succeeded();
    fs::write(
        sandbox.path("mail.yaml"),
        sandbox.read(&file).split("---\n").nth(3).unwrap(),
    )
    .unwrap();
    let opened = opened_with(&sandbox, "mail.yaml", &["--local", "away"]);
    assert_eq!(opened, json!({"mail": {"password": CANARY}}));
}

#[test]
fn the_result_can_go_elsewhere() {
    let sandbox = Sandbox::with_store();
    let (file, old) = repository(&sandbox);
    let before = sandbox.read(&file);
    let printed = sandbox
        .run_with(&set(&[&file, "password", "--name", "db", "-w", "-"]), CANARY)
        .succeeded();
    replaced(&before, &printed.stdout, &old);
    let elsewhere = set(&[&file, "password", "--name", "db", "-w", "out/"]);
    sandbox.run_with(&elsewhere, CANARY).succeeded();
    replaced(&before, &sandbox.read("out/all.yaml"), &old);
    assert_eq!(sandbox.read(&file), before);
    sandbox.write("value", CANARY);
    let piped = set(&["-", "password", "--name", "db", "--from-file", "value"]);
    replaced(
        &before,
        &sandbox.run_with(&piped, &before).succeeded().stdout,
        &old,
    );
}

#[test]
fn a_template_that_has_the_key_too_is_warned_of() {
    let sandbox = Sandbox::with_store();
    let text = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db, namespace: shop}\nspec:\n  encryptedData: {}\n  template: {data: {url: 'postgres://{{ .password }}'}}\n";
    let file = sandbox.write("db.yaml", text);
    let run = sandbox.run_with(&set(&[&file, "url"]), CANARY).succeeded();
    assert!(
        run.stderr
            .contains("warning: `spec.template.data` of SealedSecret `shop/db` has a `url` too"),
        "{}",
        run.stderr
    );
    let run = sandbox.run_with(&set(&[&file, "password"]), CANARY).succeeded();
    assert!(!run.stderr.contains("warning"), "{}", run.stderr);
}
