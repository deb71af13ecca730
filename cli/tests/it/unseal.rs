//! `chancery unseal`.

use std::fs;

use crate::sandbox::{Sandbox, key, secret};

/// A sandbox with `store` and, sealed for it, `sealed.yaml`.
fn sealed(scope: &str) -> Sandbox {
    let sandbox = Sandbox::with_store();
    let arguments = ["seal", "--local", "store", "--scope", scope, "-w", "sealed.yaml"];
    sandbox.run_with(&arguments, &secret("shop", "db")).succeeded();
    sandbox
}

#[test]
fn what_was_sealed_opens_in_every_scope() {
    for scope in ["strict", "namespace-wide", "cluster-wide"] {
        let opened = sealed(scope)
            .run(&["unseal", "sealed.yaml", "--local", "store"])
            .succeeded();
        assert!(opened.stdout.contains("kind: Secret\n"), "{}", opened.stdout);
        // The canary in base64, as a Secret's data has it.
        assert!(
            opened.stdout.contains("dHVsaXAtaHVudGVyMi1jYW5hcnk="),
            "{}",
            opened.stdout
        );
        assert_eq!(opened.stderr, "", "no warning where no terminal is");
    }
}

#[test]
fn a_secret_moved_out_of_its_scope_does_not_open() {
    let sandbox = sealed("strict");
    sandbox.write(
        "moved.yaml",
        &sandbox
            .read("sealed.yaml")
            .replace("namespace: shop", "namespace: team"),
    );
    sandbox.run(&["unseal", "moved.yaml", "--local", "store"]).failed(
        1,
        &[
            "cannot unseal moved.yaml, document 1 (line 2)",
            "item `token`: no key could decrypt secret",
            "hint: the key that `chancery.dev/sealed-with` names is at hand",
        ],
    );
}

#[test]
fn a_ciphertext_that_is_cut_short_or_no_base64_is_named_by_its_item() {
    let sandbox = sealed("strict");
    let text = sandbox.read("sealed.yaml");
    let line = text
        .lines()
        .find(|line| line.trim_start().starts_with("token:"))
        .unwrap();
    let (field, item) = line.split_once(": ").unwrap();
    for (broken, said) in [(&item[..40], "cut short"), ("AgB%", "base64")] {
        sandbox.write("broken.yaml", &text.replace(line, &format!("{field}: {broken}")));
        sandbox
            .run(&["unseal", "broken.yaml", "--local", "store"])
            .failed(
                1,
                &["cannot unseal broken.yaml, document 1 (line 2)", "token", said],
            );
    }
}

#[test]
fn a_ciphertext_for_another_key_is_refused() {
    let sandbox = sealed("strict");
    sandbox.write("other.pem", &key("2026-01-01T00:00:00Z").private_key_pem());
    sandbox
        .run(&["unseal", "sealed.yaml", "--key", "other.pem"])
        .failed(
            1,
            &[
                "cannot unseal sealed.yaml, document 1",
                "no key could decrypt secret",
                "hint: `chancery.dev/sealed-with` names the key SHA256:",
            ],
        );
}

#[test]
fn keys_can_be_pem_or_key_secrets_and_several() {
    let sandbox = Sandbox::new();
    sandbox.write("key.pem", &key("2026-01-01T00:00:00Z").private_key_pem());
    sandbox
        .run(&["keys", "generate", "-w", "key.yaml", "--bits", "2048"])
        .succeeded();
    sandbox.write(
        "cert.pem",
        &sandbox.run(&["cert", "--cert", "key.yaml"]).succeeded().stdout,
    );
    sandbox
        .run_with(
            &["seal", "--cert", "cert.pem", "-w", "sealed.yaml"],
            &secret("shop", "db"),
        )
        .succeeded();
    sandbox
        .run(&["unseal", "sealed.yaml", "--key", "key.pem,key.yaml"])
        .succeeded();
    sandbox
        .run(&["unseal", "sealed.yaml", "-k", "key.yaml", "-k", "key.pem"])
        .succeeded();
}

#[test]
fn a_key_file_without_a_private_key_says_what_belongs_there() {
    let sandbox = sealed("strict");
    sandbox.write("cert.pem", &key("2026-01-01T00:00:00Z").certificate.to_pem());
    sandbox.write("config.yaml", "apiVersion: v1\nkind: ConfigMap\ndata: {a: b}\n");
    for name in ["cert.pem", "config.yaml"] {
        sandbox
            .run(&["unseal", "sealed.yaml", "--key", name])
            .failed(1, &[&format!("cannot use the key file `{name}`")]);
    }
    sandbox
        .run(&["unseal", "sealed.yaml", "--key", "missing.pem"])
        .failed(1, &["cannot read the private key", "cannot open `missing.pem`"]);
}

#[test]
fn a_document_that_is_not_sealed_is_refused() {
    let sandbox = Sandbox::with_store();
    sandbox.write("plain.yaml", &secret("shop", "db"));
    sandbox.run(&["unseal", "plain.yaml", "--local", "store"]).failed(
        1,
        &["plain.yaml, document 1 (line 1) is a `Secret`, not a SealedSecret"],
    );
}

#[cfg(unix)]
#[test]
fn a_file_that_is_written_is_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = sealed("strict");
    sandbox.write("open.yaml", "old");
    fs::set_permissions(sandbox.path("open.yaml"), fs::Permissions::from_mode(0o644)).unwrap();
    sandbox
        .run(&["unseal", "sealed.yaml", "--local", "store", "-w", "open.yaml"])
        .succeeded();
    assert_eq!(
        fs::metadata(sandbox.path("open.yaml"))
            .unwrap()
            .permissions()
            .mode()
            & 0o777,
        0o600
    );
}

#[test]
fn one_that_does_not_open_leaves_every_file_as_it_was() {
    let sandbox = sealed("strict");
    let moved = sandbox.read("sealed.yaml").replace("name: db", "name: other");
    sandbox.write("two.yaml", &format!("{}{moved}", sandbox.read("sealed.yaml")));
    sandbox.write("open.yaml", "old");
    let run = sandbox.run(&["unseal", "two.yaml", "--local", "store", "-w", "open.yaml"]);
    run.failed(1, &["cannot unseal two.yaml, document 2"]);
    assert_eq!(sandbox.read("open.yaml"), "old");
}

#[test]
fn secrets_can_be_kept_in_the_store() {
    let sandbox = sealed("strict");
    let run = sandbox
        .run(&["unseal", "sealed.yaml", "--local", "store", "--save"])
        .succeeded();
    assert_eq!(
        (run.stdout.as_str(), run.stderr.as_str()),
        ("", "wrote `store/secrets/shop/db.yaml`\n")
    );
    assert!(
        sandbox
            .read("store/secrets/shop/db.yaml")
            .contains("dHVsaXAtaHVudGVyMi1jYW5hcnk=")
    );
}

#[test]
fn a_call_without_a_key_is_a_usage_error() {
    let sandbox = Sandbox::new();
    sandbox.run(&["unseal", "a.yaml"]).failed(2, &["--key"]);
    sandbox
        .run(&["unseal", "a.yaml", "--key", "k", "--save"])
        .failed(2, &["--save"]);
    sandbox
        .run(&["unseal", "a.yaml", "--key", "k", "--local", "store"])
        .failed(2, &["--local"]);
}

/// `sealed.yaml` with a template of this text.
fn templated(template: &str) -> Sandbox {
    let sandbox = sealed("strict");
    let text = sandbox.read("sealed.yaml");
    let (head, tail) = text.split_once("  template:\n").unwrap();
    let entry = format!("    data:\n      url: '{template}'\n      token: null\n");
    sandbox.write("templated.yaml", &format!("{head}  template:\n{entry}{tail}"));
    sandbox
}

#[test]
fn templates_are_rendered_and_what_they_leave_out_is_left_out() {
    let opened = templated("x-{{ .token }}")
        .run(&["unseal", "templated.yaml", "--local", "store"])
        .succeeded();
    // `x-` and the canary.
    assert!(
        opened.stdout.contains("url: eC10dWxpcC1odW50ZXIyLWNhbmFyeQ=="),
        "{}",
        opened.stdout
    );
    assert!(!opened.stdout.contains("token:"), "{}", opened.stdout);
    assert!(!opened.stdout.contains("kept-values"), "{}", opened.stdout);
}

#[test]
fn a_template_that_fails_names_the_entry_and_no_value() {
    let run = templated("{{ fail .token }}").run(&["unseal", "templated.yaml", "--local", "store"]);
    assert!(!run.stderr.contains("canary"), "{}", run.stderr);
    run.failed(
        1,
        &[
            "cannot unseal templated.yaml, document 1",
            "template \"url\", line 1",
        ],
    );
}
