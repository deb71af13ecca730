//! `--raw`.

use serde_json::json;

use super::fixture::Kubeseal;

impl Kubeseal {
    /// The item put into an object of that name opens to the value.
    #[track_caller]
    fn opens_in(&self, item: &str, metadata: &serde_json::Value) -> serde_json::Value {
        let object = json!({
            "apiVersion": "bitnami.com/v1alpha1",
            "kind": "SealedSecret",
            "metadata": metadata,
            "spec": {"encryptedData": {"a": item}},
        });
        self.opened(&object.to_string())["a"].clone()
    }
}

#[test]
fn a_value_is_sealed_as_it_is_and_printed_without_a_line_break() {
    let kubeseal = Kubeseal::new();
    let run = kubeseal
        .seal(&["--raw", "-n", "shop", "--name", "db"], "tulip\n")
        .succeeded();
    assert!(
        !run.stdout.contains('\n') && run.stderr.is_empty(),
        "{}",
        run.stderr
    );
    let opened = kubeseal.opens_in(&run.stdout, &json!({"name": "db", "namespace": "shop"}));
    assert_eq!(opened, "dHVsaXAK");
}

#[test]
fn wider_scopes_need_less() {
    let kubeseal = Kubeseal::new();
    let namespace = kubeseal.seal(&["--raw", "--scope", "namespace-wide", "-n", "shop"], "tulip");
    let metadata = json!({
        "name": "any", "namespace": "shop",
        "annotations": {"sealedsecrets.bitnami.com/namespace-wide": "true"},
    });
    assert_eq!(
        kubeseal.opens_in(&namespace.succeeded().stdout, &metadata),
        "dHVsaXA="
    );
    let cluster = kubeseal.seal(&["--raw", "--scope", "cluster-wide"], "");
    let metadata = json!({
        "name": "any", "namespace": "any",
        "annotations": {"sealedsecrets.bitnami.com/cluster-wide": "true"},
    });
    assert_eq!(kubeseal.opens_in(&cluster.succeeded().stdout, &metadata), "");
}

#[test]
fn what_a_scope_needs_and_nobody_says_is_an_error() {
    let kubeseal = Kubeseal::new();
    let name = "error: must provide the --name flag with --raw and --scope strict";
    kubeseal.seal(&["--raw", "-n", "shop"], "x").failed(1, &[name]);
    for scope in ["strict", "namespace-wide"] {
        kubeseal
            .seal(&["--raw", "--name", "db", "--scope", scope], "x")
            .failed(
                1,
                &[
                    "error: invalid configuration",
                    "no configuration has been provided",
                    "--namespace",
                ],
            );
    }
}

#[test]
fn the_value_may_come_from_one_file() {
    let kubeseal = Kubeseal::new();
    kubeseal.sandbox.write("a=b", "tulip");
    let raw = |files: &[&str]| {
        let arguments = ["--raw", "--scope", "cluster-wide"];
        kubeseal.seal(&[&arguments, files].concat(), "standard input")
    };
    raw(&["--from-file", "key=a=b"]).succeeded();
    raw(&["--from-file=key=a=b", "-f", "cert.pem"]).succeeded();
    raw(&["--from-file=/dev/stdin"]).succeeded();
    let said = "error: must provide only one --from-file when encrypting a single item with --raw";
    raw(&["--from-file", "a,b"]).failed(1, &[said]);
    raw(&["--from-file", "a", "--from-file", "b"]).failed(1, &[said]);
    raw(&["--from-file", "none"]).failed(1, &["error: open none: no such file or directory"]);
}

#[test]
fn an_item_goes_to_the_file_of_w() {
    let kubeseal = Kubeseal::new();
    let run = kubeseal.seal(&["--raw", "--scope=cluster-wide", "-w", "item"], "tulip");
    assert_eq!(run.succeeded().stdout, "");
    assert!(kubeseal.sandbox.read("item").starts_with('A'));
}
