//! `chancery item set`: what it refuses. The file is as it was then, and no value is shown.

use std::fs;

use crate::sandbox::{CANARY, Sandbox, key};

const ONE: &str = "\
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: db
  namespace: shop
spec:
  encryptedData:
    password: AAAA
";

/// Sets an item of this text and looks at the message, and that the file was left.
#[track_caller]
fn refused(text: &str, arguments: &[&str], stdin: &str, code: i32, said: &[&str]) {
    let sandbox = Sandbox::with_store();
    let file = sandbox.write("db.yaml", text);
    let arguments = [&["item", "set", &file], arguments, &["--local", "store"]].concat();
    sandbox.run_with(&arguments, stdin).failed(code, said);
    assert_eq!(sandbox.read(&file), text);
}

#[test]
fn a_value_as_an_argument_without_repeating_it() {
    for arguments in [&["password", CANARY][..], &["password=tulip-hunter2-canary"]] {
        refused(
            ONE,
            arguments,
            "",
            2,
            &[
                "a value is never an argument",
                "hint: pipe it in",
                "choose another",
            ],
        );
    }
}

#[test]
fn a_key_that_no_secret_can_have() {
    for key in ["a/b", "..", "a b"] {
        refused(
            ONE,
            &[key],
            CANARY,
            2,
            &[&format!("`{key}` is no key for an item")],
        );
    }
}

#[test]
fn an_empty_value_unless_it_is_allowed() {
    refused(
        ONE,
        &["password"],
        "",
        1,
        &[
            "the value of `password` from standard input is empty",
            "--allow-empty",
        ],
    );
    let sandbox = Sandbox::with_store();
    let file = sandbox.write("db.yaml", ONE);
    let allowed = [
        "item",
        "set",
        &file,
        "password",
        "--allow-empty",
        "--local",
        "store",
    ];
    sandbox.run(&allowed).succeeded();
    assert_ne!(sandbox.read(&file), ONE);
}

#[test]
fn a_value_larger_than_a_secret() {
    refused(
        ONE,
        &["password"],
        &CANARY.repeat(60_000),
        1,
        &["the value from standard input is larger than 1 MiB"],
    );
}

#[test]
fn a_file_of_a_value_that_is_not_there() {
    refused(
        ONE,
        &["password", "--from-file", "gone"],
        "",
        1,
        &["cannot open `gone`"],
    );
}

#[test]
fn several_sealed_secrets_without_saying_which() {
    let text = format!("{ONE}---\n{}", ONE.replace("shop", "team"));
    refused(
        &text,
        &["password"],
        CANARY,
        2,
        &[
            "2 SealedSecrets in `db.yaml` fit: `shop/db` (line 1), `team/db` (line 10)",
            "hint: choose one with --name and -n",
        ],
    );
    refused(
        &text,
        &["password", "--name", "db"],
        CANARY,
        2,
        &["2 SealedSecrets"],
    );
    let missing = ["password", "--name", "mail", "-n", "shop"];
    refused(
        &text,
        &missing,
        CANARY,
        1,
        &["there is no SealedSecret `shop/mail` in `db.yaml`, but `shop/db` (line 1), `team/db` (line 10)"],
    );
}

#[test]
fn a_namespace_that_is_not_the_files() {
    refused(
        ONE,
        &["password", "-n", "team"],
        CANARY,
        1,
        &["there is no SealedSecret in the namespace `team` in `db.yaml`, but `shop/db` (line 1)"],
    );
}

#[test]
fn a_file_without_a_sealed_secret() {
    refused(
        "kind: ConfigMap\n",
        &["password"],
        CANARY,
        1,
        &[
            "there is no SealedSecret in `db.yaml`",
            "hint: `chancery seal` makes one",
        ],
    );
}

#[test]
fn a_file_of_the_format_before_2019() {
    refused(
        &ONE.replace("encryptedData:\n    password: AAAA", "data: AAAA"),
        &["spec.data"],
        CANARY,
        1,
        &["SealedSecret `shop/db` is in the format before 2019"],
    );
}

#[test]
fn a_namespace_that_is_nowhere_to_be_had() {
    refused(
        &ONE.replace("  namespace: shop\n", ""),
        &["password"],
        CANARY,
        1,
        &[
            "cannot seal for SealedSecret `db` in `db.yaml` (line 1)",
            "it names no namespace",
            "hint: say which it will be: `-n NAMESPACE`",
        ],
    );
}

#[test]
fn names_and_scopes_that_are_yet_to_be_filled_in() {
    let scope = "  annotations: {sealedsecrets.bitnami.com/cluster-wide: '{{ .Values.wide }}'}\nspec:";
    for (text, field) in [
        (
            ONE.replace("name: db", "name: '{{ .Values.name }}'"),
            "metadata.name",
        ),
        (ONE.replace(": shop", ": ${namespace}"), "metadata.namespace"),
        (
            ONE.replace("spec:", scope),
            "metadata.annotations[sealedsecrets.bitnami.com/cluster-wide]",
        ),
    ] {
        refused(
            &text,
            &["password"],
            CANARY,
            1,
            &[&format!("{field} holds a placeholder")],
        );
    }
}

#[test]
fn a_template_of_helm_that_is_no_yaml() {
    refused(
        &format!("{{{{- if .Values.db }}}}\n{ONE}{{{{- end }}}}\n"),
        &["password"],
        CANARY,
        1,
        &["db.yaml, document 1", "hint: a template of Helm is no YAML"],
    );
}

#[test]
fn an_expired_certificate_before_the_value_is_read() {
    let sandbox = Sandbox::new();
    let file = sandbox.write("db.yaml", ONE);
    sandbox.write("old.pem", &key("2020-02-01T00:00:00Z").certificate.to_pem());
    sandbox
        .run_with(&["item", "set", &file, "password", "--cert", "old.pem"], CANARY)
        .failed(1, &["expired", "2020-02-02"]);
    assert_eq!(sandbox.read(&file), ONE);
}

#[test]
fn a_target_that_is_no_place_for_a_file() {
    let sandbox = Sandbox::with_store();
    let file = sandbox.write("db.yaml", ONE);
    sandbox.write("value", CANARY);
    fs::create_dir(sandbox.path("out")).unwrap();
    let arguments = [
        "item",
        "set",
        "-",
        "a",
        "--from-file",
        "value",
        "-w",
        "out",
        "--local",
        "store",
    ];
    sandbox.run_with(&arguments, &sandbox.read(&file)).failed(
        2,
        &["what comes from standard input has no name for a file in the folder `out`"],
    );
}

#[cfg(unix)]
#[test]
fn a_question_where_there_is_no_terminal() {
    let sandbox = Sandbox::with_store();
    let text = sandbox.read(&sandbox.write("db.yaml", ONE));
    // A session of its own has no terminal to ask on.
    let mut command = std::process::Command::new("setsid");
    command.args([
        "--wait",
        assert_cmd::cargo::cargo_bin!("chancery").to_str().unwrap(),
    ]);
    command
        .args(["item", "set", "-", "password", "--local", "store"])
        .current_dir(sandbox.path(""));
    let output = assert_cmd::Command::from_std(command)
        .write_stdin(text)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("there is no terminal to ask for the value of `password`"),
        "{said}"
    );
    assert!(
        said.contains("hint: pipe the value in, or name a file with --from-file"),
        "{said}"
    );
}
