//! One object that can't be done, and the others.

use aws_lc_rs::rand::SystemRandom;
use sealing::{KeyPair, Label, Scope};

use super::repository::{key, write_keys};
use crate::sandbox::{CANARY, Run, Sandbox};

pub(super) struct Keys {
    pub(super) old: KeyPair,
    pub(super) new: KeyPair,
}

pub(super) fn sandbox() -> (Sandbox, Keys) {
    let sandbox = Sandbox::new();
    let keys = Keys {
        old: key("2026-01-01T00:00:00Z"),
        new: key("2026-11-01T00:00:00Z"),
    };
    write_keys(&sandbox, &keys.old, "old.pem");
    write_keys(&sandbox, &keys.new, "new.pem");
    (sandbox, keys)
}

pub(super) fn item(pair: &KeyPair, namespace: &str, name: &str) -> String {
    let label = Label::new(Scope::Strict, namespace, name);
    let key = pair.certificate.public_key();
    sealing::encode_item(&key.seal(&SystemRandom::new(), &label, CANARY.as_bytes()).unwrap())
}

pub(super) fn document(namespace: Option<&str>, name: &str, items: &[(&str, &str)]) -> String {
    use std::fmt::Write as _;
    let mut text =
        format!("apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: {name}\n");
    if let Some(namespace) = namespace {
        writeln!(text, "  namespace: {namespace}").unwrap();
    }
    text.push_str("spec:\n  encryptedData:\n");
    for (key, item) in items {
        writeln!(text, "    {key}: {item}").unwrap();
    }
    text
}

fn reseal(sandbox: &Sandbox, more: &[&str]) -> Run {
    sandbox.run(&[&["reseal", "tree", "--key", "old.pem,new.pem"], more].concat())
}

/// It ended with 1, said all of that, and no value.
#[track_caller]
fn failed(run: &Run, said: &[&str]) {
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    for part in said {
        assert!(run.stderr.contains(part), "not said: {part:?} in\n{}", run.stderr);
    }
    assert!(!run.stderr.contains(CANARY) && !run.stdout.contains(CANARY));
}

#[test]
fn an_object_that_does_not_open_keeps_its_bytes_and_the_others_of_its_file_are_done() {
    let (sandbox, keys) = sandbox();
    let good = item(&keys.old, "shop", "good");
    let moved = item(&keys.old, "elsewhere", "bad");
    let bad = document(
        Some("shop"),
        "bad",
        &[("fine", &item(&keys.old, "shop", "bad")), ("token", &moved)],
    );
    let text = format!(
        "{}---\n{bad}---\n{}",
        document(Some("shop"), "good", &[("a", &good)]),
        "kind: Other\n"
    );
    sandbox.write("tree/a.yaml", &text);
    sandbox.write("tree/b.yaml", &document(Some("shop"), "good", &[("a", &good)]));
    let run = reseal(&sandbox, &[]);
    failed(
        &run,
        &[
            "cannot re-seal tree/a.yaml, document 2 (line 10)",
            "item `token`",
            "no key could decrypt secret",
        ],
    );
    let now = sandbox.read("tree/a.yaml");
    assert!(now.contains(&bad) && !now.contains(&good), "{now}");
    assert!(!sandbox.read("tree/b.yaml").contains(&good));
    assert!(run.stdout.ends_with("1 failed\n"), "{}", run.stdout);
}

#[test]
fn the_namespace_of_an_object_that_names_none_comes_from_a_flag_a_rule_or_the_kustomization() {
    let (sandbox, keys) = sandbox();
    let text = document(None, "db", &[("a", &item(&keys.old, "shop", "db"))]);
    sandbox.write("tree/apps/db.yaml", &text);
    failed(
        &reseal(&sandbox, &[]),
        &[
            "cannot re-seal tree/apps/db.yaml, document 1 (line 1)",
            "it names no namespace",
            "hint:",
            "--namespace",
        ],
    );
    assert_eq!(sandbox.read("tree/apps/db.yaml"), text);

    sandbox.write("tree/apps/kustomization.yaml", "namespace: wrong\n");
    failed(
        &reseal(&sandbox, &["--dry-run"]),
        &["no key could decrypt secret"],
    );
    reseal(&sandbox, &["--dry-run", "--namespace", "shop"]).succeeded();
    sandbox.write("tree/apps/kustomization.yaml", "namespace: shop\n");
    reseal(&sandbox, &["--dry-run"]).succeeded();

    sandbox.write("tree/apps/kustomization.yaml", "namespace: wrong\n");
    let config =
        "apiVersion: chancery.dev/v1alpha1\nkind: Config\nrules:\n- path: tree/apps/**\n  namespace: shop\n";
    sandbox.write(".chancery.yaml", config);
    reseal(&sandbox, &[]).succeeded();
    assert_ne!(sandbox.read("tree/apps/db.yaml"), text);
    assert!(!sandbox.read("tree/apps/db.yaml").contains("namespace"));
}

#[test]
fn kustomizations_that_disagree_about_a_namespace_are_named() {
    let (sandbox, keys) = sandbox();
    let text = document(None, "db", &[("a", &item(&keys.old, "shop", "db"))]);
    sandbox.write("tree/base/db.yaml", &text);
    sandbox.write("tree/base/kustomization.yaml", "resources: [db.yaml]\n");
    for namespace in ["shop", "blog"] {
        let overlay = format!("namespace: {namespace}\nresources: [../base]\n");
        sandbox.write(&format!("tree/{namespace}/kustomization.yaml"), &overlay);
    }
    failed(
        &reseal(&sandbox, &[]),
        &["different namespaces: blog, shop", "--namespace"],
    );
}

#[test]
fn a_template_of_helm_is_left_alone_and_the_object_beside_it_is_done() {
    let (sandbox, keys) = sandbox();
    let good = item(&keys.old, "shop", "good");
    let helm = document(Some("'{{ .Release.Namespace }}'"), "helm", &[("a", &good)]);
    sandbox.write(
        "tree/a.yaml",
        &format!("{helm}---\n{}", document(Some("shop"), "good", &[("a", &good)])),
    );
    sandbox.write("tree/b.yaml", "{{ if .x }}\nkind: SealedSecret\n{{ end }}\n");
    let run = reseal(&sandbox, &[]).succeeded();
    for file in ["tree/a.yaml", "tree/b.yaml"] {
        let said = format!("warning: {file}: left alone: it is a template of Helm");
        assert!(run.stderr.contains(&said), "{}", run.stderr);
    }
    let now = sandbox.read("tree/a.yaml");
    assert!(now.starts_with(&helm) && now.matches(&good).count() == 1, "{now}");
}

#[test]
fn a_file_that_is_no_yaml_fails_alone() {
    let (sandbox, keys) = sandbox();
    let good = item(&keys.old, "shop", "good");
    sandbox.write("tree/a.yaml", "kind: SealedSecret\nspec: [\n");
    sandbox.write("tree/b.yaml", &document(Some("shop"), "good", &[("a", &good)]));
    sandbox.write("tree/c/kustomization.yaml", "resources: {\n");
    failed(
        &reseal(&sandbox, &[]),
        &[
            "tree/a.yaml, document 1",
            "cannot use the kustomization `tree/c/kustomization.yaml`",
        ],
    );
    assert!(!sandbox.read("tree/b.yaml").contains(&good));
}

#[test]
fn a_ciphertext_that_is_damaged_is_named_by_its_item() {
    let (sandbox, keys) = sandbox();
    let good = item(&keys.old, "shop", "bad");
    sandbox.write(
        "tree/a.yaml",
        &document(Some("shop"), "bad", &[("short", &good[..40]), ("odd", "AgB%")]),
    );
    for more in [&[][..], &["--check"], &["--dry-run"]] {
        failed(
            &reseal(&sandbox, more),
            &["tree/a.yaml, document 1 (line 1)", "`short`", "`odd`"],
        );
    }
}

#[test]
fn without_a_certificate_nothing_can_be_sealed_anew() {
    let (sandbox, keys) = sandbox();
    sandbox.write("bare.pem", &keys.new.private_key_pem());
    sandbox.write("tree/a.yaml", "a: b\n");
    let run = sandbox.run(&["reseal", "tree", "--key", "bare.pem"]);
    failed(&run, &["none of the keys has a certificate to seal with"]);
}

#[test]
fn an_expired_certificate_is_said_once_and_a_check_does_not_mind() {
    let (sandbox, keys) = sandbox();
    let expired = crate::sandbox::key("2026-11-01T00:00:00Z");
    write_keys(&sandbox, &expired, "new.pem");
    for name in ["a", "b"] {
        let text = document(Some("shop"), name, &[("a", &item(&keys.old, "shop", name))]);
        sandbox.write(&format!("tree/{name}.yaml"), &text);
    }
    let run = reseal(&sandbox, &[]);
    failed(
        &run,
        &[
            "the certificate expired at 2026-11-02T00:00:00Z",
            "hint: `chancery keys rotate`",
        ],
    );
    assert_eq!(run.stderr.matches("error:").count(), 1, "{}", run.stderr);
    assert_eq!(reseal(&sandbox, &["--check"]).code, 3);
}
