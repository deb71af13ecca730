//! Certificates that were fetched: kept for an hour, and for when their source can't be reached.

use std::fs;

use crate::sandbox::{Sandbox, key, secret};
use crate::web_server::{serve, serve_each};

const FOLDER: &str = ".cache/chancery/certificates";

/// A folder with a store, and the PEM of its certificate.
fn store() -> (Sandbox, String) {
    let sandbox = Sandbox::with_store();
    let pem = sandbox.run(&["cert", "--local", "store"]).succeeded().stdout;
    (sandbox, pem)
}

fn seal(sandbox: &Sandbox, url: &str, more: &[&str]) -> crate::sandbox::Run {
    let arguments = [["seal", "--cert", url].as_slice(), more].concat();
    sandbox.run_with(&arguments, &secret("shop", "db"))
}

/// The one file of the cache.
fn entry(sandbox: &Sandbox) -> String {
    let files = sandbox.files(FOLDER);
    assert_eq!(files.len(), 1, "{files:?}");
    format!("{FOLDER}/{}", files[0])
}

/// As if it had been fetched years ago.
fn age(sandbox: &Sandbox) {
    let file = entry(sandbox);
    let mut kept: serde_json::Value = serde_json::from_str(&sandbox.read(&file)).unwrap();
    kept["fetched"] = "2024-01-01T00:00:00Z".into();
    fs::write(sandbox.path(&file), kept.to_string()).unwrap();
}

#[test]
fn within_the_hour_nobody_is_asked_again() {
    let (sandbox, pem) = store();
    let server = serve_each(vec![("200 OK", pem)]);
    let url = server.url.clone();
    seal(&sandbox, &url, &[]).succeeded();
    server.ended();
    let run = seal(&sandbox, &url, &["-w", "sealed.yaml"]).succeeded();
    assert!(!run.stderr.contains("can't be asked for"), "{}", run.stderr);
    sandbox
        .run(&["unseal", "sealed.yaml", "--local", "store"])
        .succeeded();
}

#[test]
fn an_old_one_is_used_with_a_warning_when_the_source_cannot_be_reached() {
    let (sandbox, pem) = store();
    let server = serve_each(vec![("200 OK", pem), ("503 Service Unavailable", String::new())]);
    let url = server.url.clone();
    seal(&sandbox, &url, &[]).succeeded();
    age(&sandbox);
    for _ in ["it answers 503", "it is gone"] {
        let run = seal(&sandbox, &url, &[]).succeeded();
        assert!(
            run.stderr
                .contains("can't be asked for, so the one that was fetched")
                && run.stderr.contains("d ago is used"),
            "{}",
            run.stderr
        );
    }
    server.ended();
}

#[test]
fn a_source_that_answers_no_is_believed() {
    let (sandbox, pem) = store();
    let server = serve_each(vec![
        ("200 OK", pem),
        ("404 Not Found", String::new()),
        ("200 OK", "<html>please log in</html>".to_owned()),
    ]);
    let url = server.url.clone();
    seal(&sandbox, &url, &[]).succeeded();
    age(&sandbox);
    seal(&sandbox, &url, &[]).failed(1, &["the server answered 404"]);
    seal(&sandbox, &url, &[]).failed(1, &["cannot use the certificate from http://"]);
    server.ended();
}

#[test]
fn after_the_hour_the_source_is_asked_and_its_answer_kept() {
    let (sandbox, pem) = store();
    let other = Sandbox::with_store();
    let new = other.run(&["cert", "--local", "store"]).succeeded().stdout;
    let server = serve_each(vec![("200 OK", pem), ("200 OK", new)]);
    let url = server.url.clone();
    seal(&sandbox, &url, &[]).succeeded();
    age(&sandbox);
    seal(&sandbox, &url, &[]).succeeded();
    server.ended();
    let sealed = seal(&sandbox, &url, &[]).succeeded().stdout;
    other
        .run_with(&["unseal", "--local", "store"], &sealed)
        .succeeded();
}

#[test]
fn without_the_cache_the_source_is_asked_each_time_and_nothing_is_kept() {
    let (sandbox, pem) = store();
    let server = serve_each(vec![("200 OK", pem.clone()), ("200 OK", pem)]);
    let url = server.url.clone();
    seal(&sandbox, &url, &["--no-cache"]).succeeded();
    assert!(!sandbox.path(FOLDER).exists());
    seal(&sandbox, &url, &["--no-cache"]).succeeded();
    server.ended();
    seal(&sandbox, &url, &["--no-cache"]).failed(1, &["cannot fetch the certificate"]);
}

#[test]
fn cert_always_asks_and_keeps_the_answer_for_the_others() {
    let (sandbox, pem) = store();
    let server = serve_each(vec![("200 OK", pem.clone()), ("200 OK", pem)]);
    let url = server.url.clone();
    sandbox.run(&["cert", "--cert", &url]).succeeded();
    sandbox.run(&["cert", "--cert", &url]).succeeded();
    server.ended();
    sandbox
        .run(&["cert", "--cert", &url])
        .failed(1, &["cannot fetch the certificate"]);
    seal(&sandbox, &url, &[]).succeeded();
}

#[test]
fn one_that_has_expired_is_not_kept() {
    let sandbox = Sandbox::new();
    let url = serve("200 OK", "", key("2020-02-01T00:00:00Z").certificate.to_pem());
    seal(&sandbox, &url, &[]).failed(1, &["cannot seal with this certificate", "expired at 2020-02-02"]);
    assert!(!sandbox.path(FOLDER).exists());
}

#[test]
fn a_damaged_file_is_passed_over() {
    let (sandbox, pem) = store();
    let url = serve("200 OK", "", pem);
    seal(&sandbox, &url, &[]).succeeded();
    let file = entry(&sandbox);
    for damaged in [
        "",
        "{}",
        "not JSON",
        "{\"fetched\": \"2026-01-01T00:00:00Z\", \"certificate\": \"x\"}",
    ] {
        fs::write(sandbox.path(&file), damaged).unwrap();
        seal(&sandbox, &url, &[]).succeeded();
        assert!(sandbox.read(&file).contains("BEGIN CERTIFICATE"), "{damaged}");
    }
}

#[test]
fn the_cache_is_where_the_environment_says_and_never_in_the_way() {
    let (sandbox, pem) = store();
    let url = serve("200 OK", "", pem);
    let at = |folder: &str| {
        let output = sandbox
            .command()
            .args(["seal", "--cert", &url])
            .env("XDG_CACHE_HOME", folder)
            .write_stdin(secret("shop", "db"))
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    };
    at(sandbox.path("elsewhere").to_str().unwrap());
    assert_eq!(sandbox.files("elsewhere/chancery/certificates").len(), 1);
    // Relative: not valid by the specification. A file in its place: it can't be written.
    at("relative");
    assert!(!sandbox.path("relative").exists());
    sandbox.write("file", "");
    at(sandbox.path("file").to_str().unwrap());
}

#[test]
fn a_password_in_the_url_is_not_in_the_cache() {
    let (sandbox, pem) = store();
    let url = serve("200 OK", "", pem).replace("http://", "http://user:hunter2@");
    seal(&sandbox, &url, &[]).succeeded();
    let file = entry(&sandbox);
    assert!(!file.contains("hunter2") && !sandbox.read(&file).contains("hunter2"));
}
