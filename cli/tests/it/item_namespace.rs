//! For which namespace `item set` and `seal --into` seal, where the SealedSecret in the file names none.

use serde_json::json;

use crate::sandbox::{CANARY, Run, Sandbox, secret};
use crate::sealed_text::opened;

const NAMELESS: &str = "\
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: db
spec:
  encryptedData: {}
";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::with_store();
    sandbox.write("apps/db.yaml", NAMELESS);
    sandbox
}

fn set(sandbox: &Sandbox, more: &[&str]) -> Run {
    let arguments = [
        &["item", "set", "apps/db.yaml", "token", "--local", "store"],
        more,
    ]
    .concat();
    sandbox.run_with(&arguments, CANARY)
}

/// Its item opens in this namespace, and the file names none still.
#[track_caller]
fn check(sandbox: &Sandbox, namespace: &str) {
    let text = sandbox.read("apps/db.yaml");
    assert!(!text.contains("namespace"), "{text}");
    sandbox.write(
        "there.yaml",
        &text.replace("  name: db\n", &format!("  name: db\n  namespace: {namespace}\n")),
    );
    assert_eq!(opened(sandbox, "there.yaml"), json!({"db": {"token": CANARY}}));
}

fn with_kustomization(sandbox: &Sandbox) {
    sandbox.write(
        "apps/kustomization.yaml",
        "namespace: kustomized\nresources: [db.yaml]\n",
    );
}

fn with_rule(sandbox: &Sandbox) {
    sandbox.write(
        ".chancery.yaml",
        "apiVersion: chancery.dev/v1alpha1\nkind: Config\nrules:\n- path: apps/**\n  namespace: ruled\n",
    );
}

#[test]
fn that_of_the_kustomization() {
    let sandbox = sandbox();
    with_kustomization(&sandbox);
    let run = set(&sandbox, &[]).succeeded();
    let said = "SealedSecret `db` names no namespace: sealed for `kustomized`, as its kustomization says";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    check(&sandbox, "kustomized");
}

#[test]
fn that_of_the_rule() {
    let sandbox = sandbox();
    with_rule(&sandbox);
    let run = set(&sandbox, &[]).succeeded();
    assert!(
        run.stderr
            .contains("sealed for `ruled`, as `.chancery.yaml` says"),
        "{}",
        run.stderr
    );
    check(&sandbox, "ruled");
}

#[test]
fn neither_when_the_rule_and_the_kustomization_differ() {
    let sandbox = sandbox();
    with_rule(&sandbox);
    with_kustomization(&sandbox);
    set(&sandbox, &[]).failed(
        1,
        &[
            "`apps/db.yaml` is for the namespace `ruled`, as `.chancery.yaml` says, and for `kustomized`, as its kustomization says",
            "hint: say which it will be: -n NAMESPACE",
        ],
    );
    assert_eq!(sandbox.read("apps/db.yaml"), NAMELESS);
}

#[test]
fn that_of_the_flag_before_everything() {
    let sandbox = sandbox();
    with_kustomization(&sandbox);
    with_rule(&sandbox);
    set(&sandbox, &["-n", "asked"]).succeeded();
    check(&sandbox, "asked");
}

#[test]
fn that_of_the_secret_that_is_merged_where_nothing_else_says() {
    let sandbox = sandbox();
    let into = ["seal", "--local", "store", "--into", "apps/db.yaml"];
    let run = sandbox.run_with(&into, &secret("shop", "db")).succeeded();
    assert!(
        run.stderr.contains("sealed for `shop`, as the Secret says"),
        "{}",
        run.stderr
    );
    check(&sandbox, "shop");
}

#[test]
fn a_secret_of_another_namespace_than_the_kustomizations_is_refused() {
    let sandbox = sandbox();
    with_kustomization(&sandbox);
    let into = ["seal", "--local", "store", "--into", "apps/db.yaml"];
    sandbox.run_with(&into, &secret("shop", "db")).failed(
        1,
        &[
            "cannot merge <stdin>, document 1 (line 1)",
            "is for `kustomized`, as its kustomization says, but the Secret is for `shop`",
        ],
    );
    assert_eq!(sandbox.read("apps/db.yaml"), NAMELESS);
}
