//! `chancery cert`.

use serde_json::Value;

use crate::sandbox::{Sandbox, key, secret};
use crate::web_server::serve;

#[test]
fn the_certificate_of_a_store_seals_what_the_store_opens() {
    let sandbox = Sandbox::with_store();
    sandbox
        .run(&["cert", "--local", "store", "-w", "cert.pem"])
        .succeeded();
    assert!(
        sandbox
            .read("cert.pem")
            .starts_with("-----BEGIN CERTIFICATE-----\n")
    );
    sandbox
        .run_with(
            &["seal", "--cert", "cert.pem", "-w", "sealed.yaml"],
            &secret("shop", "db"),
        )
        .succeeded();
    sandbox
        .run(&["unseal", "sealed.yaml", "--local", "store"])
        .succeeded();
}

#[test]
fn a_web_server_a_file_url_and_the_environment_are_sources_too() {
    let sandbox = Sandbox::new();
    let pem = key("2020-02-01T00:00:00Z").certificate.to_pem();
    sandbox.write("cert.pem", &pem);
    let file = format!("file://{}", sandbox.path("cert.pem").display());
    let web = serve("200 OK", "content-type: application/x-pem-file\r\n", pem.clone());
    for source in [web.as_str(), file.as_str(), "cert.pem"] {
        assert_eq!(
            sandbox.run(&["cert", "--cert", source]).succeeded().stdout,
            pem,
            "{source}"
        );
    }
    let output = sandbox
        .command()
        .arg("cert")
        .env("SEALED_SECRETS_CERT", "cert.pem")
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), pem);
}

#[test]
fn a_redirect_is_followed() {
    let sandbox = Sandbox::new();
    let pem = key("2020-02-01T00:00:00Z").certificate.to_pem();
    let there = serve("200 OK", "", pem.clone());
    let headers: &'static str = Box::leak(format!("location: {there}\r\n").into_boxed_str());
    let here = serve("302 Found", headers, String::new());
    assert_eq!(sandbox.run(&["cert", "--cert", &here]).succeeded().stdout, pem);
}

#[test]
fn the_store_named_on_the_command_line_wins_over_the_environment() {
    let sandbox = Sandbox::with_store();
    let run = sandbox
        .command()
        .args(["cert", "--local", "store"])
        .env("SEALED_SECRETS_CERT", "none.pem")
        .output();
    assert!(run.unwrap().status.success());
}

#[test]
fn json_and_text_say_what_the_certificate_is() {
    let sandbox = Sandbox::new();
    let pair = key("2020-02-01T00:00:00Z");
    sandbox.write("cert.pem", &pair.certificate.to_pem());
    let run = sandbox
        .run(&["cert", "--cert", "cert.pem", "-o", "json"])
        .succeeded();
    assert!(
        run.stderr
            .starts_with("warning: the certificate expired at 2020-02-02T00:00:00Z"),
        "{}",
        run.stderr
    );
    let about: Value = serde_json::from_str(&run.stdout).unwrap();
    let fingerprint = pair.certificate.fingerprint().to_string();
    assert_eq!(
        about,
        serde_json::json!({
            "fingerprint": fingerprint,
            "notBefore": "2020-02-01T00:00:00Z",
            "notAfter": "2020-02-02T00:00:00Z",
            "bits": 2048,
            "expired": true,
        })
    );
    let text = sandbox
        .run(&["cert", "--cert", "cert.pem", "-o", "text"])
        .succeeded()
        .stdout;
    assert_eq!(
        text,
        format!(
            "fingerprint  {fingerprint}\nnot before   2020-02-01T00:00:00Z\nnot after    2020-02-02T00:00:00Z (expired)\nsize         2048 bits\n"
        )
    );
}

#[test]
fn a_certificate_of_another_kind_of_key_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.write("ec.pem", ELLIPTIC);
    sandbox
        .run(&["cert", "--cert", "ec.pem"])
        .failed(1, &["cannot use the certificate from `ec.pem`", "RSA"]);
}

/// Made by `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=test -days 36500`.
const ELLIPTIC: &str = "\
-----BEGIN CERTIFICATE-----
MIIBdTCCARugAwIBAgIUJXCg420QcD0o6RNKiE2gRm6Y9GowCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjMxMDQxMDRaGA8yMTI2MTAzMDEwNDEw
NFowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABFUD
rXNly6o9GzBwX2bHG0DrCSZeTYy6dv2yEmWTq19tiuRhJe6Z/zlLuTXSxxmD+xA7
AJ9AFkgKliFjSn5rm4ejUzBRMB0GA1UdDgQWBBSUCHvqL9IWcM4E4QDm3E7CvEmh
hjAfBgNVHSMEGDAWgBSUCHvqL9IWcM4E4QDm3E7CvEmhhjAPBgNVHRMBAf8EBTAD
AQH/MAoGCCqGSM49BAMCA0gAMEUCIASKyLl+so/7ibbCaI7CYfL05kFEO98I8C73
JODhejBoAiEA+zOwdudnuvBmAA/ioJwzW1PkqYvLqzB27ShxD1v39g0=
-----END CERTIFICATE-----
";
