//! `chancery item unset`, `rename` and `list`.

use serde_json::{Value, json};

use crate::sandbox::Sandbox;
use crate::sealed_text::{item, opened};

fn file(sandbox: &Sandbox) -> String {
    let (a, b) = (
        item(sandbox, "strict", "shop/db", "one"),
        item(sandbox, "strict", "shop/db", "other"),
    );
    sandbox.write(
        "db.yaml",
        &format!(
            "# Shop\napiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: db\n  namespace: shop\nspec:\n  encryptedData:\n    password: {a} # first\n    # the user\n    user: '{b}'\n  template:\n    data:\n      url: postgres://{{{{ .user }}}}@db\n      host: db\n"
        ),
    )
}

#[test]
fn an_item_goes_with_its_line() {
    let sandbox = Sandbox::with_store();
    let file = file(&sandbox);
    let before = sandbox.read(&file);
    let run = sandbox.run(&["item", "unset", &file, "password"]).succeeded();
    assert!(
        run.stderr
            .contains("removed the item `password` of SealedSecret `shop/db`"),
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains("warning"), "{}", run.stderr);
    let kept = before
        .split_inclusive('\n')
        .filter(|line| !line.starts_with("    password:"));
    assert_eq!(sandbox.read(&file), kept.collect::<String>());
}

#[test]
fn the_last_item_and_one_that_a_template_needs_are_warned_of() {
    let sandbox = Sandbox::with_store();
    let file = file(&sandbox);
    let run = sandbox
        .run(&["item", "unset", &file, "user", "password"])
        .succeeded();
    assert!(
        run.stderr
            .contains("warning: SealedSecret `shop/db` has no item left: its Secret will be empty"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains(
            "warning: `url` in `spec.template.data` of SealedSecret `shop/db` mentions `user`; change it too"
        ),
        "{}",
        run.stderr
    );
    let listed = sandbox.run(&["item", "list", &file]).succeeded();
    assert!(listed.stdout.ends_with("\nno items\n"), "{}", listed.stdout);
}

#[test]
fn nothing_is_removed_when_one_of_the_keys_is_missing() {
    let sandbox = Sandbox::with_store();
    let file = file(&sandbox);
    let before = sandbox.read(&file);
    sandbox.run(&["item", "unset", &file, "user", "token"]).failed(
        1,
        &["SealedSecret `shop/db` in `db.yaml` has no item `token`; it has `password`, `user`"],
    );
    assert_eq!(sandbox.read(&file), before);
}

#[test]
fn an_item_is_renamed_and_still_opens() {
    let sandbox = Sandbox::with_store();
    let file = file(&sandbox);
    let before = sandbox.read(&file);
    let run = sandbox
        .run(&["item", "rename", &file, "user", "login.name"])
        .succeeded();
    assert!(
        run.stderr.contains("`url` in `spec.template.data`"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr
            .contains("the item `user` of SealedSecret `shop/db` is now `login.name`"),
        "{}",
        run.stderr
    );
    let after = sandbox.read(&file);
    assert_eq!(after, before.replacen("    user:", "    login.name:", 1));
    let without_template = after.split("  template:").next().unwrap();
    sandbox.write("opened.yaml", without_template);
    assert_eq!(
        opened(&sandbox, "opened.yaml"),
        json!({"db": {"login.name": "other", "password": "one"}})
    );
}

#[test]
fn a_rename_replaces_nothing() {
    let sandbox = Sandbox::with_store();
    let file = file(&sandbox);
    let before = sandbox.read(&file);
    let rename = |from: &str, to: &str| sandbox.run(&["item", "rename", &file, from, to]);
    rename("user", "password").failed(
        1,
        &[
            "SealedSecret `shop/db` in `db.yaml` has an item `password` already",
            "hint: remove it first",
        ],
    );
    rename("token", "key").failed(1, &["has no item `token`; it has `password`, `user`"]);
    rename("user", "user").failed(2, &["has this key already"]);
    rename("user", "a/b").failed(2, &["'a/b'", "a Secret's keys have"]);
    assert_eq!(sandbox.read(&file), before);
}

#[test]
fn items_are_listed_with_their_sizes_and_lines() {
    let sandbox = Sandbox::with_store();
    let file = file(&sandbox);
    let listed = sandbox.run(&["item", "list", &file]).succeeded();
    assert_eq!(
        listed.stdout,
        "SealedSecret shop/db (db.yaml, line 2), strict\nKEY       BYTES  LINE\npassword  3      9\nuser      5      11\n"
    );
    assert_eq!(listed.stderr, "");
}

#[test]
fn a_listing_is_told_in_json_of_every_sealed_secret_with_its_hint() {
    let sandbox = Sandbox::with_store();
    let sealed = sandbox
        .run_with(
            &["seal", "--local", "store", "--scope", "cluster-wide"],
            "apiVersion: v1\nkind: Secret\nmetadata: {name: all}\nstringData: {a: '123'}\n",
        )
        .succeeded()
        .stdout;
    let old = item(&sandbox, "strict", "shop/db", "{}");
    let deprecated = format!(
        "---\napiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {{name: old, namespace: shop}}\nspec:\n  data: {old}\n  encryptedData: {{}}\n"
    );
    let broken = "---\napiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: bad, namespace: shop}\nspec:\n  encryptedData: {a: '!', b: AAAA}\n";
    let file = sandbox.write("all.yaml", &format!("{sealed}{deprecated}{broken}"));
    let listed = sandbox
        .run(&["item", "list", &file, "-o", "json"])
        .succeeded()
        .stdout;
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let cert = sandbox.run(&["cert", "--local", "store"]).succeeded().stdout;
    let cert = sealing::Certificate::from_pem(cert.as_bytes()).unwrap();
    assert_eq!(listed[0]["name"], "all");
    assert_eq!(listed[0]["scope"], "cluster-wide");
    assert_eq!(listed[0]["sealedWith"], json!([cert.fingerprint().to_string()]));
    assert_eq!(listed[0]["items"][0]["bytes"], 3);
    assert_eq!(listed[1]["items"][0]["key"], "spec.data");
    assert_eq!(listed[1]["items"][0]["bytes"], 2);
    let items = &listed[2]["items"];
    assert_eq!(
        (&items[0]["bytes"], &items[1]["bytes"]),
        (&Value::Null, &Value::Null)
    );
    assert!(
        items[0]["problem"]
            .as_str()
            .unwrap()
            .contains("not standard base64"),
        "{items}"
    );
    assert!(
        items[1]["problem"].as_str().unwrap().contains("cut short"),
        "{items}"
    );
    assert_eq!(
        (&items[1]["line"], &items[1]["column"]),
        (&json!(line_of(&sandbox, "b: AAAA")), &json!(27))
    );
    let one = sandbox
        .run(&["item", "list", &file, "-o", "json", "--name", "old"])
        .succeeded()
        .stdout;
    assert_eq!(
        serde_json::from_str::<Value>(&one)
            .unwrap()
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

fn line_of(sandbox: &Sandbox, text: &str) -> usize {
    let file = sandbox.read("all.yaml");
    file.lines().position(|line| line.contains(text)).unwrap() + 1
}
