//! `kubeseal --recovery-unseal`: SealedSecrets back to Secrets, with no cluster.

use std::fs;

use sealing::KeyPair;
use serde_json::{Value, json};

use crate::sandbox::{CANARY, Run, Sandbox, key, secret};

/// A key in every form that kubeseal takes, and `sealed.yaml` with the SealedSecrets `db` and `mail`.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    let pair = key("2026-01-01T00:00:00Z");
    let other = key("2025-01-01T00:00:00Z");
    sandbox.write("cert.pem", &pair.certificate.to_pem());
    sandbox.write("pkcs1.pem", pair.private_key_pem().as_str());
    let (own, old) = (key_secret(&pair, "own"), key_secret(&other, "old"));
    sandbox.write("secret.json", &own.to_string());
    let list = json!({"apiVersion": "v1", "kind": "List", "items": [old, own]});
    sandbox.write("list.json", &list.to_string());
    let bare = json!({"items": [old, own]});
    sandbox.write("bare-list.json", &bare.to_string());
    let yaml = |value: &Value| manifests::yaml::to_string(value).unwrap();
    sandbox.write(
        "documents.yaml",
        &format!("---\n{}---\n{}", yaml(&old), yaml(&own)),
    );
    sandbox.write("list.yaml", &yaml(&list));
    sandbox.write("old.pem", other.private_key_pem().as_str());
    // Dates of these certificates are past, which counts for nothing to those who hold the key.
    let secrets = [secret("shop", "db"), secret("shop", "mail")];
    let ring = secrets.map(|text| {
        let documents = manifests::documents::read("s", text.as_bytes()).unwrap();
        let options = manifests::seal::SealOptions::default();
        let random = aws_lc_rs::rand::SystemRandom::new();
        let sealed = manifests::seal::seal(&documents[0].to().unwrap(), &pair.certificate, &options, &random);
        manifests::yaml::to_string(&sealed.unwrap()).unwrap()
    });
    sandbox.write("sealed.yaml", &ring.join("---\n"));
    sandbox
}

fn key_secret(pair: &KeyPair, name: &str) -> Value {
    let name = manifests::keys::KeySecretName::Name(name);
    let secret = manifests::keys::key_secret(pair, name, Some("kube-system"), None);
    serde_json::to_value(secret).unwrap()
}

fn unseal(sandbox: &Sandbox, more: &[&str], stdin: &str) -> Run {
    sandbox.run_with(&[&["kubeseal", "--recovery-unseal"], more].concat(), stdin)
}

/// The Secrets that were printed as JSON.
fn secrets(stdout: &str) -> Vec<Value> {
    let secrets = serde_json::Deserializer::from_str(stdout).into_iter();
    secrets.map(Result::unwrap).collect()
}

fn expected(name: &str) -> Value {
    let token = k8s_openapi::ByteString(CANARY.as_bytes().to_vec());
    json!({
        "kind": "Secret",
        "apiVersion": "v1",
        "metadata": {"name": name, "namespace": "shop"},
        "data": {"token": token},
    })
}

#[test]
fn every_form_of_key_opens_every_document() {
    let sandbox = sandbox();
    for keys in [
        "pkcs1.pem",
        "secret.json",
        "list.json",
        "bare-list.json",
        "documents.yaml",
        "list.yaml",
        "old.pem,pkcs1.pem",
    ] {
        let run = unseal(
            &sandbox,
            &["--recovery-private-key", keys, "-f", "sealed.yaml"],
            "",
        )
        .succeeded();
        assert_eq!(secrets(&run.stdout), [expected("db"), expected("mail")], "{keys}");
        assert_eq!(run.stderr, "", "{keys}");
    }
    let repeated = [
        "--recovery-private-key",
        "old.pem",
        "--recovery-private-key",
        "pkcs1.pem",
    ];
    let run = unseal(&sandbox, &repeated, &sandbox.read("sealed.yaml")).succeeded();
    assert_eq!(secrets(&run.stdout).len(), 2);
}

#[test]
fn no_owner_without_a_uid_is_in_what_is_printed() {
    let sandbox = sandbox();
    let keys = ["--recovery-private-key", "pkcs1.pem", "-f", "sealed.yaml"];
    let run = unseal(&sandbox, &[&keys[..], &["-o", "yaml"]].concat(), "").succeeded();
    assert!(
        run.stdout.starts_with("---\napiVersion: v1\ndata:\n  token: "),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("ownerReferences"), "{}", run.stdout);
}

#[test]
fn without_the_key_the_items_are_named_as_kubeseal_names_them() {
    let sandbox = sandbox();
    let one = sandbox
        .read("sealed.yaml")
        .split("---\n")
        .next()
        .unwrap()
        .to_owned();
    for keys in [&[][..], &["--recovery-private-key", "old.pem"]] {
        let run = unseal(&sandbox, keys, &one).failed(1, &["error: no key could decrypt secret (token)\n"]);
        assert_eq!(run.stderr.matches("error:").count(), 1);
    }
    unseal(&sandbox, &[], &one).failed(1, &["hint: name the private keys: --recovery-private-key FILE"]);
    let broken = one.replace("token: AQ", "other: '!'\n    third: '!'\n    token: AQ");
    unseal(&sandbox, &["--recovery-private-key", "old.pem"], &broken).failed(
        1,
        &["error: illegal base64 data (other, third); no key could decrypt secret (token)\n"],
    );
}

#[test]
fn all_documents_are_tried_and_with_one_failure_nothing_is_printed_or_written() {
    let sandbox = sandbox();
    sandbox.write("out.yaml", "before\n");
    let moved = sandbox.read("sealed.yaml").replace("name: db", "name: moved");
    let text = format!("{moved}---\nkind: Secret\n");
    let arguments = ["--recovery-private-key", "pkcs1.pem", "-w", "out.yaml"];
    let run = unseal(&sandbox, &arguments, &text).failed(
        1,
        &[
            "error: no key could decrypt secret (token)",
            "<stdin>, document 1",
            "error: cannot unseal <stdin>, document 3",
            "is a `Secret`, not a SealedSecret",
        ],
    );
    assert!(!run.stderr.contains("document 2"), "{}", run.stderr);
    assert_eq!(sandbox.read("out.yaml"), "before\n");
}

#[test]
fn what_is_no_document_is_refused() {
    let sandbox = sandbox();
    let keys = ["--recovery-private-key", "pkcs1.pem"];
    unseal(&sandbox, &keys, "").failed(1, &["no sealed secrets found in <stdin>"]);
    unseal(&sandbox, &keys, "# only\n---\n").failed(1, &["no sealed secrets found in <stdin>"]);
    unseal(&sandbox, &keys, "a: [\n").failed(1, &["<stdin>, document 1"]);
    unseal(&sandbox, &keys, "a: b\n").failed(1, &["has no `kind`"]);
    unseal(
        &sandbox,
        &["--recovery-private-key", "cert.pem", "-f", "sealed.yaml"],
        "",
    )
    .failed(1, &["cert.pem"]);
    unseal(
        &sandbox,
        &["--recovery-private-key", "none.pem", "-f", "sealed.yaml"],
        "",
    )
    .failed(1, &["error: open none.pem: no such file or directory"]);
}

#[test]
fn a_file_of_plain_values_is_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = sandbox();
    sandbox.write("out.yml", "before\n");
    fs::set_permissions(sandbox.path("out.yml"), fs::Permissions::from_mode(0o644)).unwrap();
    let arguments = [
        "--recovery-private-key",
        "pkcs1.pem",
        "-f",
        "sealed.yaml",
        "-w",
        "out.yml",
        "-o",
        "json",
    ];
    let run = unseal(&sandbox, &arguments, "").succeeded();
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    // The ending counts, not the flag.
    assert_eq!(sandbox.read("out.yml").matches("---\n").count(), 2);
    let mode = fs::metadata(sandbox.path("out.yml"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    unseal(
        &sandbox,
        &["--recovery-private-key", "pkcs1.pem", "-o", "toml"],
        "",
    )
    .failed(1, &["error: unsupported output format: toml"]);
}

#[test]
fn a_template_without_an_end_is_an_error_and_no_error_holds_a_value() {
    let sandbox = sandbox();
    let text = sandbox.read("sealed.yaml");
    let documents = manifests::documents::read("sealed.yaml", text.as_bytes()).unwrap();
    for template in [
        "{{ range . }}{{ repeat 1000000000 . }}{{ end }}",
        "{{ range until 1000000000 }}{{ end }}",
        "{{ define \"x\" }}{{ template \"x\" }}{{ end }}{{ template \"x\" }}",
        "{{ range . }}{{ fail . }}{{ end }}",
    ] {
        let mut sealed = documents[0].value.clone();
        sealed["spec"]["template"]["data"] = json!({ "bomb": template });
        let keys = ["--recovery-private-key", "pkcs1.pem"];
        let run = unseal(&sandbox, &keys, &sealed.to_string());
        assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{template}");
        assert!(
            run.stderr.contains("bomb") && !run.stderr.contains(CANARY),
            "{}",
            run.stderr
        );
    }
}
