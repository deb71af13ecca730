//! `--cert https://…`: whom it trusts.

use crate::sandbox::{Sandbox, key};
use crate::{tls_server, web_server};

fn run(sandbox: &Sandbox, url: &str) -> std::process::Output {
    let mut command = sandbox.command();
    command
        .args(["cert", "--cert", url])
        .env("SSL_CERT_FILE", sandbox.path("authority.pem"));
    command.output().unwrap()
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

#[test]
fn a_server_that_the_system_trusts_is_believed() {
    let sandbox = Sandbox::new();
    let pem = key("2020-02-01T00:00:00Z").certificate.to_pem();
    let (url, authority) = tls_server::serve(answer("200 OK", "", &pem));
    sandbox.write("authority.pem", &authority);
    let output = run(&sandbox, &url);
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        pem,
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_server_that_the_system_does_not_trust_is_refused() {
    let sandbox = Sandbox::new();
    let (url, _) = tls_server::serve(answer(
        "200 OK",
        "",
        &key("2020-02-01T00:00:00Z").certificate.to_pem(),
    ));
    let (_, other) = tls_server::serve(String::new());
    sandbox.write("authority.pem", &other);
    let output = run(&sandbox, &url);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("cannot fetch the certificate") && said.contains("certificate"),
        "{said}"
    );
    assert!(output.stdout.is_empty());
}

#[test]
fn what_began_with_https_is_not_continued_without_it() {
    let sandbox = Sandbox::new();
    let plain = web_server::serve("200 OK", "", key("2020-02-01T00:00:00Z").certificate.to_pem());
    let (url, authority) = tls_server::serve(answer("302 Found", &format!("location: {plain}\r\n"), ""));
    sandbox.write("authority.pem", &authority);
    let output = run(&sandbox, &url);
    assert_eq!(
        output.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    assert!(output.stdout.is_empty());
}
