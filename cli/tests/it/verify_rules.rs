//! `chancery verify` with `.chancery.yaml`: rules by path, certificates and pins.

use jiff::{SignedDuration, Timestamp};
use sealing::{KeyOptions, KeyPair};

use crate::sandbox::{Sandbox, key};
use crate::verify::{check, good};

const HEAD: &str = "apiVersion: chancery.dev/v1alpha1\nkind: Config\n";

fn now() -> Timestamp {
    #[expect(
        clippy::disallowed_methods,
        reason = "the program under test reads the clock too"
    )]
    Timestamp::now()
}

/// A key whose certificate is valid for that many days from now on.
fn key_for(days: i64) -> KeyPair {
    KeyPair::generate(&KeyOptions {
        bits: 2048,
        common_name: String::new(),
        not_before: now(),
        valid_for: SignedDuration::from_hours(days * 24),
    })
    .unwrap()
}

fn hinted(name: &str, pair: &KeyPair) -> String {
    let hint = pair.certificate.fingerprint();
    good(name).replace(
        "spec:",
        &format!("  annotations:\n    chancery.dev/sealed-with: {hint}\nspec:"),
    )
}

#[test]
fn the_rule_of_a_file_says_its_namespace_and_scope() {
    let sandbox = Sandbox::new();
    sandbox.write(
        ".chancery.yaml",
        &format!(
            "{HEAD}rules:\n- path: team/**\n  namespace: team\n- path: wide/**\n  scope: namespace-wide\n"
        ),
    );
    sandbox.write("team/a.yaml", &good("a"));
    sandbox.write("team/b.yaml", &good("b").replace("  namespace: shop\n", ""));
    sandbox.write("wide/c.yaml", &good("c"));
    sandbox.write("d.yaml", &good("d"));
    let run = sandbox.run(&["verify", "."]);
    check(
        &run,
        1,
        &[
            "./team/a.yaml:5:3: error[namespace-rule]",
            "./wide/c.yaml:3:1: error[scope-rule]",
        ],
    );
    assert!(run.stdout.contains("rule 1 of `"), "{}", run.stdout);
}

#[test]
fn a_hint_names_a_pinned_key_of_the_files_cluster() {
    let sandbox = Sandbox::new();
    let (known, other) = (key_for(400), key_for(400));
    sandbox.write(
        ".chancery.yaml",
        &format!(
            "{HEAD}clusters:\n- name: a\n  certificate: a.pem\n  fingerprints: [\"{}\"]\n- name: b\n  certificate: b.pem\nrules:\n- path: a/**\n  clusters: [a]\n- path: b/**\n  clusters: [b]\n",
            known.certificate.fingerprint()
        ),
    );
    sandbox.write("a.pem", &known.certificate.to_pem());
    sandbox.write("b.pem", &other.certificate.to_pem());
    sandbox.write("a/known.yaml", &hinted("known", &known));
    sandbox.write("a/other.yaml", &hinted("other", &other));
    sandbox.write("b/other.yaml", &hinted("other", &other));
    // The same name for two clusters is no duplicate.
    sandbox.write("b/known.yaml", &hinted("known", &known));
    let run = sandbox.run(&["verify", "."]);
    check(&run, 1, &["./a/other.yaml:7:5: error[hint-unknown]"]);
}

#[test]
fn a_certificate_that_ends_or_is_not_pinned_is_found_in_the_configuration() {
    let sandbox = Sandbox::new();
    let pinned = key_for(400);
    for (name, pair) in [
        ("ended", key("2020-01-01T00:00:00Z")),
        ("ends", key_for(10)),
        ("another", key_for(400)),
        ("unused", key("2020-01-01T00:00:00Z")),
    ] {
        sandbox.write(&format!("{name}.pem"), &pair.certificate.to_pem());
    }
    sandbox.write("damaged.pem", "-----BEGIN CERTIFICATE-----\nxxxx\n");
    sandbox.write(
        ".chancery.yaml",
        &format!(
            "{HEAD}clusters:\n- name: ended\n  certificate: ended.pem\n- name: ends\n  certificate: ends.pem\n- name: another\n  certificate: another.pem\n  fingerprints: [\"{}\"]\n- name: damaged\n  certificate: damaged.pem\n- name: unused\n  certificate: unused.pem\ndefaults:\n  clusters: [ended, ends, another, damaged]\n",
            pinned.certificate.fingerprint()
        ),
    );
    sandbox.write("a.yaml", &good("a"));
    let run = sandbox.run(&["verify", "a.yaml"]);
    check(
        &run,
        1,
        &[
            ".chancery.yaml:4:1: error[certificate-expired]",
            ".chancery.yaml:6:1: warning[certificate-expires]",
            ".chancery.yaml:10:1: error[certificate-pin]",
            ".chancery.yaml:11:1: error[certificate-unreadable]",
        ],
    );
    sandbox.write("none.yaml", "a: b\n");
    check(&sandbox.run(&["verify", "none.yaml"]), 0, &[]);
}

#[test]
fn an_item_of_a_key_of_another_size_than_the_certificates_is_noticed() {
    let sandbox = Sandbox::new();
    let large = KeyPair::generate(&KeyOptions {
        bits: 3072,
        common_name: String::new(),
        not_before: now(),
        valid_for: SignedDuration::from_hours(24 * 400),
    })
    .unwrap();
    sandbox.write("large.pem", &large.certificate.to_pem());
    sandbox.write("small.pem", &key_for(400).certificate.to_pem());
    sandbox.write("a.yaml", &good("a"));
    check(
        &sandbox.run(&["verify", "a.yaml", "--cert", "large.pem"]),
        0,
        &["a.yaml:8:5: warning[item-key-size]"],
    );
    check(
        &sandbox.run(&["verify", "a.yaml", "--cert", "large.pem", "--cert", "small.pem"]),
        0,
        &[],
    );
    sandbox
        .run(&["verify", "a.yaml", "--cert", "a.yaml"])
        .failed(1, &["cannot use the certificate `a.yaml`"]);
}
