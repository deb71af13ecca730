//! Databases whose connection is in a Secret.

use std::net::TcpListener;

use crate::manifests::{COLUMNS, DATABASE, table};
use crate::sandbox::{CANARY, Run, Sandbox};

/// Plans with a Database whose URI comes from there, with the store `store`.
fn plan(sandbox: &Sandbox, value_from: &str) -> Run {
    let (head, _) = DATABASE.split_once("    sqlite:").unwrap();
    let database = format!("{head}    postgres:\n      uri:\n        valueFrom: {value_from}\n");
    sandbox.write("schema/database.yaml", &database);
    sandbox.write(
        "schema/book.yaml",
        &table("book", &COLUMNS).replace("sqlite:", "postgres:"),
    );
    sandbox.run(&["plan", "-f", "schema", "--local", "store"])
}

const REFERENCE: &str = "{secretKeyRef: {name: db, key: uri}}";

/// Seals a Secret and opens it into the store, as a user would.
fn save(sandbox: &Sandbox, key: &str, value: &str) {
    let secret = format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: db, namespace: default}}\nstringData: {{{key}: '{value}'}}\n"
    );
    sandbox.write("secret.yaml", &secret);
    sandbox
        .run(&[
            "seal",
            "-f",
            "secret.yaml",
            "--local",
            "store",
            "-w",
            "sealed.yaml",
        ])
        .succeeded();
    sandbox
        .run(&["unseal", "-f", "sealed.yaml", "--local", "store", "--save"])
        .succeeded();
}

#[test]
fn a_secret_of_the_local_store_gives_the_connection() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let sandbox = Sandbox::with_store();
    save(
        &sandbox,
        "uri",
        &format!("postgres://me:{CANARY}@127.0.0.1:{port}/app"),
    );
    plan(&sandbox, REFERENCE).failed(1, &["cannot connect to", &port.to_string()]);
}

#[test]
fn a_missing_secret_or_key_is_named_with_field_and_place() {
    let sandbox = Sandbox::with_store();
    plan(&sandbox, REFERENCE).failed(
        1,
        &[
            "schema/database.yaml, document 1 (line 9): spec.connection.postgres.uri.valueFrom.secretKeyRef",
            "there is no Secret `default/db` in the local store `store`",
            "--save",
        ],
    );
    save(&sandbox, "url", CANARY);
    plan(&sandbox, REFERENCE).failed(1, &["has no key `uri`; it has `url`"]);
}

#[test]
fn a_secret_that_is_no_url_is_not_shown() {
    let sandbox = Sandbox::with_store();
    save(&sandbox, "uri", CANARY);
    plan(&sandbox, REFERENCE).failed(1, &["spec.connection.postgres.uri", "begins with no scheme"]);
}

#[test]
fn sources_that_are_not_served_are_said() {
    let sandbox = Sandbox::with_store();
    plan(&sandbox, "{vault: {secret: a, role: b}}")
        .failed(1, &["uri.valueFrom.vault", "not served", "secretKeyRef"]);
    plan(&sandbox, "{ssm: {name: a}}").failed(1, &["uri.valueFrom.ssm", "not served"]);
}
