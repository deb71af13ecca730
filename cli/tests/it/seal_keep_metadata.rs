//! `chancery seal --keep-metadata`: labels and annotations on the SealedSecret itself.

use serde_json::{Value, json};

use crate::sandbox::{CANARY, Sandbox};

const SECRET: &str = "\
apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: shop
  labels: {app: shop}
  annotations:
    argocd.argoproj.io/sync-wave: '-10'
    helm.sh/hook: pre-install
    kubectl.kubernetes.io/last-applied-configuration: '{\"stringData\": {\"a\": \"tulip-hunter2-canary\"}}'
stringData: {a: tulip-hunter2-canary}
";

/// The own labels and annotations of what is sealed, without the hint.
fn kept(flags: &[&str]) -> (Value, Value) {
    let sandbox = Sandbox::with_store();
    sandbox.write("secret.yaml", SECRET);
    let arguments = [&["seal", "--local", "store", "--no-hint", "-o", "json"], flags].concat();
    let sealed = sandbox.run_with(&arguments, SECRET).succeeded().stdout;
    assert!(!sealed.contains(CANARY), "{sealed}");
    let mut sealed: Value = serde_json::from_str(&sealed).unwrap();
    let metadata = &mut sealed["metadata"];
    (metadata["labels"].take(), metadata["annotations"].take())
}

#[test]
fn all_are_kept_without_a_pattern() {
    let all = (
        json!({"app": "shop"}),
        json!({"argocd.argoproj.io/sync-wave": "-10", "helm.sh/hook": "pre-install"}),
    );
    assert_eq!(kept(&["--keep-metadata"]), all);
    assert_eq!(kept(&["--keep-metadata", "-f", "secret.yaml"]), all);
    assert_eq!(kept(&["secret.yaml", "--keep-metadata"]), all);
}

#[test]
fn a_pattern_keeps_what_it_matches() {
    let wave = json!({"argocd.argoproj.io/sync-wave": "-10"});
    assert_eq!(
        kept(&["--keep-metadata", "argocd.argoproj.io/*"]),
        (Value::Null, wave.clone())
    );
    let both = (json!({"app": "shop"}), wave);
    assert_eq!(kept(&["--keep-metadata=argocd.argoproj.io/*,app"]), both);
    assert_eq!(
        kept(&["--keep-metadata", "argocd.*", "--keep-metadata", "app"]),
        both
    );
}

#[test]
fn none_are_kept_unless_that_is_asked_for() {
    assert_eq!(kept(&[]), (Value::Null, Value::Null));
}

#[test]
fn a_file_is_not_taken_for_a_pattern() {
    let sandbox = Sandbox::with_store();
    sandbox.write("secret.yaml", SECRET);
    let arguments = ["seal", "--local", "store", "--keep-metadata", "secret.yaml"];
    sandbox.run_with(&arguments, SECRET).failed(
        2,
        &[
            "`--keep-metadata secret.yaml` takes the file for the name of a label",
            "hint: to keep all: --keep-metadata='*' secret.yaml",
        ],
    );
}
