//! `kubeseal --validate` and `--re-encrypt`, as far as they go without a controller: what can't be read is refused
//! before one is asked, where kubeseal says nothing at all.

use crate::sandbox::Sandbox;

const SEALED: &str = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db, namespace: shop}\nspec: {encryptedData: {a: AgAA}}\n";

#[test]
fn what_cannot_be_read_is_refused_and_its_file_stays() {
    for mode in ["--validate", "--re-encrypt", "--rotate"] {
        let sandbox = Sandbox::new();
        for (text, said) in [
            (
                "",
                "error: no sealed secrets found in a.yaml. Ensure the input is valid and UTF-8 encoded",
            ),
            ("# nothing\n---\n", "error: no sealed secrets found in a.yaml"),
            ("a: [\n", "error: a.yaml, document 1 (line 1)"),
            (&format!("{SEALED}---\n\tbad\n"), "error: a.yaml, document 2"),
            (
                "{\"kind\": \"SealedSecret\"} {\"kind\": \"SealedSecret\"} garbage",
                "error: a.yaml, document 3",
            ),
            ("[1, 2]\n", "error: a.yaml, document 1"),
        ] {
            sandbox.write("a.yaml", text);
            sandbox
                .run(&["kubeseal", mode, "-f", "a.yaml"])
                .failed(1, &[said]);
            assert_eq!(sandbox.read("a.yaml"), text);
            assert_eq!(sandbox.files("."), ["a.yaml"]);
        }
    }
}

#[test]
fn a_document_that_is_no_sealed_secret_is_not_re_encrypted() {
    let sandbox = Sandbox::new();
    for (text, said) in [
        (
            "a: b\n",
            "cannot re-encrypt secret\n  caused by: a.yaml, document 1 (line 1) has no `kind`",
        ),
        (
            "kind: SealedSecret\n",
            "a.yaml, document 1 (line 1) has no `apiVersion`",
        ),
        ("kind: Secret\n", "no sealed secrets found in a.yaml"),
    ] {
        sandbox.write("a.yaml", text);
        sandbox
            .run(&["kubeseal", "--re-encrypt", "-f", "a.yaml"])
            .failed(1, &[said]);
        assert_eq!(sandbox.read("a.yaml"), text);
    }
}

#[test]
fn without_a_cluster_the_file_stays_and_nothing_is_left_beside_it() {
    let sandbox = Sandbox::new();
    sandbox.write("a.yaml", SEALED);
    sandbox.write("b.yaml", "before\n");
    let cluster = ["--server", "http://127.0.0.1:1", "--request-timeout", "5s"];
    for more in [&["-f", "a.yaml"][..], &["-f", "a.yaml", "-w", "b.yaml"]] {
        for mode in ["--re-encrypt", "--validate"] {
            let arguments = [&["kubeseal", mode], more, &cluster].concat();
            sandbox
                .run(&arguments)
                .failed(1, &["error: cannot get sealed secret service"]);
            assert_eq!(
                (sandbox.read("a.yaml").as_str(), sandbox.read("b.yaml").as_str()),
                (SEALED, "before\n")
            );
            assert_eq!(sandbox.files("."), ["a.yaml", "b.yaml"]);
        }
    }
}
