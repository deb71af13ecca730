//! `chancery seal`: what it refuses. Each message says which file, document, line and field.

use std::fs;

use crate::sandbox::{CANARY, Sandbox, key, secret};
use crate::web_server::serve;

fn refused(text: &str, said: &[&str]) {
    let sandbox = Sandbox::with_store();
    sandbox.write("in.yaml", text);
    sandbox
        .run(&["seal", "--local", "store", "-f", "in.yaml"])
        .failed(1, said);
}

#[test]
fn yaml_that_does_not_parse() {
    refused(
        &format!("{}---\nkind: Secret\n  bad: [{CANARY}\n", secret("shop", "a")),
        &["error: ", "in.yaml, document 2 (line 1"],
    );
}

#[test]
fn a_document_that_is_no_secret() {
    let text = format!(
        "{}---\napiVersion: v1\nkind: ConfigMap\ndata: {{a: {CANARY}}}\n",
        secret("shop", "a")
    );
    refused(
        &text,
        &[
            "in.yaml, document 2 (line 9) is a `ConfigMap`, not a Secret",
            "hint: ",
        ],
    );
}

#[test]
fn a_document_without_a_kind() {
    refused(
        "metadata: {name: a}\n",
        &["in.yaml, document 1 (line 1) has no `kind`"],
    );
}

#[test]
fn an_item_of_a_list_that_is_no_secret() {
    let text = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Service\n";
    refused(text, &["in.yaml, document 1, item 1 (line 4) is a `Service`"]);
}

#[test]
fn a_value_that_is_no_text() {
    let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: b}\nstringData:\n  port: 5432\n";
    refused(
        text,
        &["in.yaml, document 1 (line 1)", "`stringData.port` (line 5)"],
    );
}

#[test]
fn a_value_that_is_no_base64() {
    let text = format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: a, namespace: b}}\ndata:\n  token: {CANARY}!\n"
    );
    refused(&text, &["in.yaml, document 1 (line 1)", "`data.token` (line 5)"]);
}

#[test]
fn a_misspelt_field() {
    let text = format!("{}stringdata:\n  a: b\n", secret("shop", "a"));
    refused(
        &text,
        &[
            "in.yaml, document 1 (line 1)",
            "`stringdata` (line 8)",
            "did you mean `stringData`?",
        ],
    );
}

#[test]
fn another_namespace_than_the_one_asked_for() {
    let sandbox = Sandbox::with_store();
    sandbox
        .run_with(&["seal", "--local", "store", "-n", "team"], &secret("shop", "db"))
        .failed(
            1,
            &[
                "<stdin>, document 1 (line 1)",
                "input secret is in namespace \"shop\" but \"team\" was specified",
            ],
        );
}

#[test]
fn a_file_that_cannot_be_read() {
    let sandbox = Sandbox::with_store();
    sandbox.write("file", "");
    for path in ["missing.yaml", "file/below.yaml"] {
        sandbox
            .run(&["seal", "--local", "store", "-f", path])
            .failed(1, &[&format!("cannot open `{path}`"), "caused by: "]);
    }
}

#[test]
fn a_folder_without_manifests() {
    let sandbox = Sandbox::with_store();
    sandbox.write("notes/readme.txt", "");
    sandbox.run(&["seal", "--local", "store", "-f", "notes"]).failed(
        1,
        &[
            "no manifest in the folder `notes`",
            "hint: a folder is searched for *.yaml",
        ],
    );
}

#[test]
fn input_without_a_document() {
    let sandbox = Sandbox::with_store();
    for text in ["", "# only a comment\n", "---\n---\n"] {
        sandbox
            .run_with(&["seal", "--local", "store"], text)
            .failed(1, &["no document in <stdin>"]);
    }
}

#[test]
fn input_that_is_larger_than_any_manifest() {
    let sandbox = Sandbox::with_store();
    fs::File::create(sandbox.path("big.yaml"))
        .unwrap()
        .set_len(1 << 40)
        .unwrap();
    sandbox
        .run(&["seal", "--local", "store", "-f", "big.yaml"])
        .failed(1, &["`big.yaml` is larger than 10 MiB"]);
}

#[test]
fn an_expired_certificate_by_its_date() {
    let sandbox = Sandbox::new();
    sandbox.write("old.pem", &key("2020-02-01T00:00:00Z").certificate.to_pem());
    sandbox
        .run_with(&["seal", "--cert", "old.pem"], &secret("shop", "db"))
        .failed(1, &["expired", "2020-02-02", "hint: "]);
}

#[test]
fn a_certificate_file_that_is_none() {
    let sandbox = Sandbox::new();
    let pem = key("2020-02-01T00:00:00Z").private_key_pem();
    for (name, text) in [("empty.pem", ""), ("key.pem", pem.as_str())] {
        sandbox.write(name, text);
        let run = sandbox.run_with(&["seal", "--cert", name], &secret("shop", "db"));
        let run = run.failed(1, &[&format!("cannot use the certificate from `{name}`")]);
        assert!(!run.stderr.contains(pem.lines().nth(1).unwrap()));
    }
    sandbox
        .run_with(&["seal", "--cert", "missing.pem"], &secret("shop", "db"))
        .failed(1, &["cannot read the certificate", "cannot open `missing.pem`"]);
}

#[test]
fn a_web_server_without_the_certificate() {
    let sandbox = Sandbox::new();
    let url = serve("404 Not Found", "", "nothing here".to_owned());
    let url_with_password = url.replace("http://", &format!("http://user:{CANARY}@"));
    sandbox
        .run_with(&["seal", "--cert", &url_with_password], &secret("shop", "db"))
        .failed(
            1,
            &[
                &format!("cannot fetch the certificate from {url}"),
                "the server answered 404 Not Found",
            ],
        );
}

#[test]
fn a_web_server_that_is_not_there() {
    let sandbox = Sandbox::new();
    // A port that was free a moment ago; whoever might take it speaks no certificate either.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("http://127.0.0.1:{port}/cert.pem");
    sandbox
        .run_with(&["seal", "--cert", &url], &secret("shop", "db"))
        .failed(1, &[&format!("cannot fetch the certificate from {url}")]);
}

#[test]
fn a_web_answer_that_is_too_large() {
    let sandbox = Sandbox::new();
    let url = serve("200 OK", "", "x".repeat(2 << 20));
    sandbox
        .run_with(&["seal", "--cert", &url], &secret("shop", "db"))
        .failed(1, &[&format!("cannot fetch the certificate from {url}")]);
}

#[test]
fn no_cluster_and_no_certificate() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "kubeconfig",
        &format!("users:\n- name: a\n  user: {{token: {CANARY}}}\nclusters: [\n"),
    );
    sandbox
        .run_with(&["seal", "--kubeconfig", "kubeconfig"], &secret("shop", "db"))
        .failed(1, &["no usable kubeconfig", "--cert FILE or --local DIR"]);
    sandbox
        .run_with(&["seal"], &secret("shop", "db"))
        .failed(1, &["no usable kubeconfig", "--cert FILE or --local DIR"]);
}

#[test]
fn a_wrong_call() {
    let sandbox = Sandbox::new();
    for arguments in [
        &["seal", "--scope", "everywhere"][..],
        &["seal", "--cert", "a.pem", "--local", "store"],
        &["seal", "--controller-name", "../secrets"],
        &["seal", "-o", "xml"],
        &["seal", "-f", "-", "-f", "-"],
    ] {
        sandbox.run(arguments).failed(2, &["error: "]);
    }
}
