//! `chancery seal --into`: the items of Secrets, merged into the SealedSecrets of a file.

use serde_json::json;

use crate::sandbox::{CANARY, Run, Sandbox, secret};
use crate::sealed_text::{item, opened, replaced};

fn into(sandbox: &Sandbox, more: &[&str], stdin: &str) -> Run {
    let arguments = [&["seal", "--local", "store", "--into", "all.yaml"], more].concat();
    sandbox.run_with(&arguments, stdin)
}

fn sealed(name: &str, annotation: &str, item: &str) -> String {
    format!(
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: {name}\n  namespace: shop\n  annotations: {{{annotation}}}\nspec:\n  encryptedData:\n    token: {item} # {name}\n"
    )
}

/// Two SealedSecrets of the namespace `shop`: `db` is strict, `mail` cluster-wide.
fn repository(sandbox: &Sandbox) -> (String, String, String) {
    let (db, mail) = (
        item(sandbox, "strict", "shop/db", "one"),
        item(sandbox, "cluster-wide", "shop/mail", "two"),
    );
    let wide = "sealedsecrets.bitnami.com/cluster-wide: 'true'";
    let text = format!(
        "# ours\n{}---\n{}",
        sealed("db", "", &db),
        sealed("mail", wide, &mail)
    );
    sandbox.write("all.yaml", &text);
    (text, db, mail)
}

#[test]
fn every_secret_goes_into_the_sealed_secret_of_its_name() {
    let sandbox = Sandbox::with_store();
    let (before, db, mail) = repository(&sandbox);
    let run = into(
        &sandbox,
        &[],
        &format!("{}---\n{}", secret("shop", "mail"), secret("shop", "db")),
    )
    .succeeded();
    assert_eq!(run.stdout, "");
    assert!(
        run.stderr.contains("replaced in SealedSecret `shop/db`: `token`"),
        "{}",
        run.stderr
    );
    let after = sandbox.read("all.yaml");
    let (first, second) = (
        before.split("---\n").next().unwrap(),
        before.split("---\n").nth(1).unwrap(),
    );
    replaced(first, after.split("---\n").next().unwrap(), &db);
    replaced(second, after.split("---\n").nth(1).unwrap(), &mail);
    assert_eq!(
        opened(&sandbox, "all.yaml"),
        json!({"db": {"token": CANARY}, "mail": {"token": CANARY}})
    );
}

#[test]
fn new_items_are_added_and_those_that_the_secret_has_not_stay() {
    let sandbox = Sandbox::with_store();
    let (before, ..) = repository(&sandbox);
    let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\ndata: {user: YQ==}\nstringData: {user: b, host: c}\n";
    let run = into(&sandbox, &["-n", "shop"], text).succeeded();
    assert!(
        run.stderr
            .contains("added in SealedSecret `shop/db`: `host`, `user`"),
        "{}",
        run.stderr
    );
    let after = sandbox.read("all.yaml");
    let is_added = |line: &&str| line.starts_with("    host:") || line.starts_with("    user:");
    let (added, kept): (Vec<_>, Vec<_>) = after.split_inclusive('\n').partition(is_added);
    assert_eq!((added.len(), kept.concat()), (2, before));
    assert_eq!(
        opened(&sandbox, "all.yaml"),
        json!({"db": {"host": "c", "token": "one", "user": "b"}, "mail": {"token": "two"}})
    );
}

#[test]
fn the_scope_of_the_file_counts_and_another_one_is_said() {
    let sandbox = Sandbox::with_store();
    repository(&sandbox);
    let run = into(&sandbox, &["--scope", "namespace-wide"], &secret("shop", "mail")).succeeded();
    assert!(
        run.stderr.contains(
            "SealedSecret `shop/mail` is cluster-wide, and so are its new items, although `--scope` says namespace-wide"
        ),
        "{}",
        run.stderr
    );
    let annotated = secret("shop", "db").replace(
        "metadata:\n",
        "metadata:\n  annotations: {sealedsecrets.bitnami.com/cluster-wide: 'true'}\n",
    );
    let run = into(&sandbox, &[], &annotated).succeeded();
    assert!(
        run.stderr.contains("SealedSecret `shop/db` is strict, and so are its new items, although the Secret says cluster-wide"),
        "{}",
        run.stderr
    );
    assert_eq!(
        opened(&sandbox, "all.yaml"),
        json!({"db": {"token": CANARY}, "mail": {"token": CANARY}})
    );
}

#[test]
fn labels_annotations_and_type_are_not_merged_and_that_is_said() {
    let sandbox = Sandbox::with_store();
    let (before, db, _) = repository(&sandbox);
    let text = secret("shop", "db").replace(
        "metadata:\n",
        "type: kubernetes.io/tls\nmetadata:\n  labels: {app: shop}\n",
    );
    let run = into(&sandbox, &[], &text).succeeded();
    assert!(
        run.stderr
            .contains("SealedSecret `shop/db` keeps its own labels, type: only items are merged"),
        "{}",
        run.stderr
    );
    replaced(&before, &sandbox.read("all.yaml"), &db);
}

#[test]
fn one_secret_without_a_sealed_secret_leaves_the_file_as_it_was() {
    let sandbox = Sandbox::with_store();
    let (before, ..) = repository(&sandbox);
    for other in [secret("shop", "web"), secret("team", "db")] {
        into(&sandbox, &[], &format!("{}---\n{other}", secret("shop", "db"))).failed(
            1,
            &[
                "cannot merge <stdin>, document 2 (line 9)",
                "there is no SealedSecret `",
                "` in `all.yaml`, but `shop/db` (line 2), `shop/mail` (line 12)",
                "hint: without --into, `chancery seal` makes one; what it prints can be appended: `>> all.yaml`",
            ],
        );
    }
    assert_eq!(sandbox.read("all.yaml"), before);
}

#[test]
fn of_several_the_one_in_the_secrets_namespace_is_meant() {
    let sandbox = Sandbox::with_store();
    let (_, db, _) = repository(&sandbox);
    let (shop, nameless) = (
        sealed("db", "", &db),
        sealed("db", "", "AAAA").replace("  namespace: shop\n", ""),
    );
    let before = format!(
        "{shop}---\n{nameless}---\n{}",
        shop.replace("shop", "team").replace(&db, "AAAA")
    );
    sandbox.write("all.yaml", &before);
    into(&sandbox, &[], &secret("shop", "db")).succeeded();
    replaced(&before, &sandbox.read("all.yaml"), &db);
    let unclear = secret("shop", "db").replace("  namespace: shop\n", "");
    into(&sandbox, &[], &unclear).failed(
        2,
        &[
            "3 SealedSecrets in `all.yaml` fit: `shop/db` (line 1), `db` (line 11), `team/db` (line 20)",
            "hint: choose one with -n",
        ],
    );
}

#[test]
fn what_the_hint_says_can_be_done() {
    let sandbox = Sandbox::with_store();
    let (before, ..) = repository(&sandbox);
    let appended = sandbox
        .run_with(&["seal", "--local", "store"], &secret("shop", "web"))
        .succeeded();
    sandbox.write("all.yaml", &format!("{before}{}", appended.stdout));
    into(&sandbox, &[], &secret("shop", "web").replace("token:", "user:")).succeeded();
    assert_eq!(
        opened(&sandbox, "all.yaml")["web"],
        json!({"token": CANARY, "user": CANARY})
    );
}

#[test]
fn two_secrets_that_set_one_item_are_refused() {
    let sandbox = Sandbox::with_store();
    let (before, ..) = repository(&sandbox);
    let twice = format!("{}---\n{}", secret("shop", "db"), secret("shop", "db"));
    into(&sandbox, &[], &twice).failed(
        1,
        &["both <stdin>, document 1 (line 1) and <stdin>, document 2 (line 9) set the item `token` of SealedSecret `shop/db`"],
    );
    assert_eq!(sandbox.read("all.yaml"), before);
}

#[test]
fn a_secret_that_cannot_be_merged_is_refused_by_its_place() {
    let sandbox = Sandbox::with_store();
    let (before, ..) = repository(&sandbox);
    let bad_key = secret("shop", "db").replace("token:", "'a/b':");
    into(&sandbox, &[], &bad_key).failed(
        1,
        &[
            "cannot merge <stdin>, document 1 (line 1)",
            "`a/b` is no key for an item",
        ],
    );
    let empty = "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\n";
    into(&sandbox, &[], empty).failed(
        1,
        &["cannot merge <stdin>, document 1 (line 1)", "--allow-empty-data"],
    );
    into(&sandbox, &["-n", "team"], &secret("shop", "db")).failed(1, &["namespace mismatch"]);
    into(&sandbox, &["-f", "all.yaml"], "").failed(1, &["all.yaml, document 1 (line 2) is sealed already"]);
    assert_eq!(sandbox.read("all.yaml"), before);
}

#[test]
fn the_result_can_go_elsewhere_but_not_into_another_format() {
    let sandbox = Sandbox::with_store();
    let (before, db, _) = repository(&sandbox);
    let printed = into(&sandbox, &["-w", "-"], &secret("shop", "db")).succeeded();
    replaced(&before, &printed.stdout, &db);
    into(&sandbox, &["-w", "other.yaml"], &secret("shop", "db")).succeeded();
    replaced(&before, &sandbox.read("other.yaml"), &db);
    assert_eq!(sandbox.read("all.yaml"), before);
    for flag in [&["-o", "json"][..], &["--no-hint"], &["--keep-metadata=*"]] {
        into(&sandbox, flag, &secret("shop", "db")).failed(2, &["cannot be used with"]);
    }
    let both = ["seal", "--local", "store", "--into", "-"];
    sandbox
        .run_with(&both, &before)
        .failed(2, &["can't both come from standard input"]);
}

#[test]
fn the_hint_names_the_new_key_first() {
    let sandbox = Sandbox::with_store();
    let (_, db, _) = repository(&sandbox);
    let old = format!("SHA256:{}", "A".repeat(43));
    let text = sealed("db", &format!("chancery.dev/sealed-with: '{old}'"), &db).replace("token:", "other:");
    sandbox.write("all.yaml", &text);
    let pem = sandbox.run(&["cert", "--local", "store"]).succeeded().stdout;
    let new = sealing::Certificate::from_pem(pem.as_bytes()).unwrap();
    into(&sandbox, &[], &secret("shop", "db")).succeeded();
    let after = sandbox.read("all.yaml");
    assert!(
        after.contains(&format!(
            "{{chancery.dev/sealed-with: '{},{old}'}}",
            new.fingerprint()
        )),
        "{after}"
    );
}
