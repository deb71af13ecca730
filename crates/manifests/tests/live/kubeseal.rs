use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use api::sealed_secret::SealedSecret;
use aws_lc_rs::rand::SystemRandom;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::Secret;
use manifests::keys::{KeySecretName, key_secret, ring_from_secrets};
use manifests::seal::{SealOptions, seal};
use manifests::unseal::{Terms, World, unseal};
use manifests::{documents, json, yaml};
use sealing::{Certificate, KeyOptions, KeyPair, Scope};
use serde_json::Value;

const SCOPES: [Scope; 3] = [Scope::Strict, Scope::NamespaceWide, Scope::ClusterWide];

/// Terms with a clock that stands still.
pub(crate) fn terms() -> Terms<'static> {
    static RANDOM: std::sync::LazyLock<SystemRandom> = std::sync::LazyLock::new(SystemRandom::new);
    Terms::new(World {
        now: Timestamp::UNIX_EPOCH,
        random: &*RANDOM,
        expired: &|| false,
    })
}

/// Runs kubeseal without a cluster and returns its standard output.
pub(crate) fn kubeseal(arguments: &[&str], input: &str) -> String {
    let mut kubeseal = Command::new(testkit::kubeseal())
        .args(arguments)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    kubeseal
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let output = kubeseal.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn pair(bits: u32) -> KeyPair {
    KeyPair::generate(&KeyOptions {
        bits,
        common_name: String::new(),
        not_before: Timestamp::UNIX_EPOCH,
        // Longer than these tests will be run: kubeseal refuses expired certificates.
        valid_for: SignedDuration::from_hours(24 * 365 * 200),
    })
    .unwrap()
}

fn secret(text: &str) -> Secret {
    documents::read("secret.yaml", text.as_bytes()).unwrap()[0]
        .to()
        .unwrap()
}

const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: database\n  namespace: shop\n  labels: {\"on\": \"yes\"}\n\
                      type: Opaque\nimmutable: true\ndata: {binary: AAEC/f7/}\nstringData: {password: tulip, empty: \"\"}\n";

/// The Secret's JSON, with `null` for an empty value as Go writes it, and without the owner.
fn normal(text: &str) -> Value {
    let mut value: Value = serde_json::from_str(text).unwrap();
    value["metadata"]
        .as_object_mut()
        .unwrap()
        .remove("ownerReferences");
    for item in value["data"].as_object_mut().unwrap().values_mut() {
        if item.is_null() {
            *item = "".into();
        }
    }
    value
}

#[test]
fn kubeseal_opens_what_we_seal_with_the_key_secret_that_we_write() {
    let folder = tempfile::tempdir().unwrap();
    for bits in [2048, 4096] {
        let pair = pair(bits);
        let keys = key_secret(&pair, KeySecretName::Name("k"), Some("kube-system"), None);
        let (ring, _) = ring_from_secrets([&keys]);
        let key_file = folder.path().join("key.yaml");
        fs::write(&key_file, yaml::to_string(&keys).unwrap()).unwrap();
        let arguments = [
            "--recovery-unseal",
            "--recovery-private-key",
            key_file.to_str().unwrap(),
            "-o",
            "json",
        ];
        for scope in SCOPES {
            let options = SealOptions {
                scope: Some(scope),
                hint: true,
                ..SealOptions::default()
            };
            let sealed = seal(&secret(SECRET), &pair.certificate, &options, &SystemRandom::new()).unwrap();
            let expected =
                serde_json::to_value(unseal(&sealed, &ring, &[], &terms()).unwrap().secret).unwrap();
            for text in [
                yaml::to_string(&sealed).unwrap(),
                json::to_string_pretty(&sealed).unwrap(),
            ] {
                assert_eq!(normal(&kubeseal(&arguments, &text)), expected, "{bits} {scope}");
            }
        }
    }
}

#[test]
fn we_open_what_kubeseal_seals_with_the_certificate_that_we_make() {
    let folder = tempfile::tempdir().unwrap();
    for bits in [2048, 4096] {
        let pair = pair(bits);
        let certificate_file = folder.path().join("cert.pem");
        fs::write(&certificate_file, pair.certificate.to_pem()).unwrap();
        let (ring, _) = ring_from_secrets([&key_secret(&pair, KeySecretName::Name("k"), None, None)]);
        for scope in SCOPES {
            for format in ["yaml", "json"] {
                let certificate = certificate_file.to_str().unwrap();
                let scope = scope.as_str();
                let text = kubeseal(&["--cert", certificate, "--scope", scope, "-o", format], SECRET);
                let sealed: SealedSecret = documents::read("sealed", text.as_bytes()).unwrap()[0]
                    .to()
                    .unwrap();
                let data = unseal(&sealed, &ring, &[], &terms())
                    .unwrap()
                    .secret
                    .data
                    .unwrap();
                let values: Vec<_> = data.values().map(|value| value.0.as_slice()).collect();
                assert_eq!(
                    values,
                    [&[0, 1, 2, 0xfd, 0xfe, 0xff][..], b"", b"tulip"],
                    "{bits} {scope} {format}"
                );
            }
        }
    }
}

#[test]
fn the_expected_documents_of_the_cases_are_still_kubeseals() {
    let certificate = testkit::case::testdata().join("crypto/cert-2048.pem");
    // Where we differ on purpose; `testdata/sealing/README.md` says why.
    let ours = ["cluster-wide-without-namespace", "hint", "managed-fields"];
    for case in testkit::case::dirs("sealing") {
        let Some(expected) = case
            .find("sealed.json")
            .filter(|_| !ours.contains(&case.name.as_str()))
        else {
            continue;
        };
        let options: Value = case
            .find("options.json")
            .map_or(Value::Null, |text| serde_json::from_str(&text).unwrap());
        let mut arguments = vec!["--cert", certificate.to_str().unwrap(), "-o", "json"];
        for (option, flag) in [("scope", "--scope"), ("namespace", "--namespace")] {
            if let Some(value) = options[option].as_str() {
                arguments.extend([flag, value]);
            }
        }
        if options["allowEmptyData"] == true {
            arguments.push("--allow-empty-data");
        }
        let mut theirs: Value =
            serde_json::from_str(&kubeseal(&arguments, &case.read("secret.yaml"))).unwrap();
        let mut expected: Value = serde_json::from_str(&expected).unwrap();
        if !options["keepMetadata"].is_null() {
            without_kept(&mut expected);
        }
        for document in [&mut theirs, &mut expected] {
            for item in document["spec"]["encryptedData"]
                .as_object_mut()
                .unwrap()
                .values_mut()
            {
                *item = Value::Null;
            }
        }
        assert_eq!(theirs, expected, "{}", case.name);
    }
}

/// Takes out what is kept on the SealedSecret itself, which kubeseal can't do and is all that may differ.
fn without_kept(document: &mut Value) {
    let metadata = document["metadata"].as_object_mut().unwrap();
    metadata.remove("labels");
    if let Some(annotations) = metadata.get_mut("annotations") {
        let annotations = annotations.as_object_mut().unwrap();
        annotations.retain(|name, _| name.starts_with("sealedsecrets.bitnami.com/"));
        if annotations.is_empty() {
            metadata.remove("annotations");
        }
    }
}

#[test]
fn a_certificate_of_ours_reads_in_go_with_its_times() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("expired.pem");
    let expired = KeyPair::generate(&KeyOptions {
        bits: 2048,
        common_name: "x".to_owned(),
        not_before: Timestamp::UNIX_EPOCH,
        valid_for: SignedDuration::from_hours(24),
    })
    .unwrap();
    fs::write(&file, expired.certificate.to_pem()).unwrap();
    let output = Command::new(testkit::kubeseal())
        .args(["--cert", file.to_str().unwrap()])
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        message.contains("expired certificate on January 2, 1970"),
        "{message}"
    );
    assert!(
        Certificate::from_pem(&fs::read(&file).unwrap())
            .unwrap()
            .check_valid(Timestamp::MAX)
            .is_err()
    );
}
