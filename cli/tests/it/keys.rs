//! `chancery keys`.

use std::fs;

use serde_json::Value;

use crate::sandbox::{Sandbox, secret};

fn generate(sandbox: &Sandbox) -> String {
    sandbox
        .run(&["keys", "generate", "--local", "store", "--bits", "2048"])
        .succeeded()
        .stdout
}

#[test]
fn a_key_is_listed_with_what_it_is_and_without_its_private_half() {
    let sandbox = Sandbox::new();
    let name = generate(&sandbox).split_whitespace().next().unwrap().to_owned();
    assert!(name.starts_with("sealed-secrets-key"), "{name}");
    let run = sandbox
        .run(&["keys", "list", "--local", "store", "-o", "json"])
        .succeeded();
    let keys: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        (&keys[0]["name"], &keys[0]["state"]),
        (&Value::from(name.as_str()), &Value::from("active"))
    );
    assert!(keys[0]["fingerprint"].as_str().unwrap().starts_with("SHA256:"));
    let text = sandbox
        .run(&["keys", "list", "--local", "store"])
        .succeeded()
        .stdout;
    let mut lines = text.lines();
    let headers: Vec<_> = lines.next().unwrap().split_whitespace().collect();
    let expected = [
        "NAME",
        "STATE",
        "AGE",
        "EXPIRES",
        "FINGERPRINT",
        "OBJECTS",
        "ITEMS",
        "RETIRABLE",
    ];
    assert_eq!(headers, expected);
    assert!(lines.next().unwrap().starts_with(&name));
}

#[test]
fn after_a_second_key_what_was_sealed_for_the_first_still_opens() {
    let sandbox = Sandbox::with_store();
    sandbox
        .run_with(
            &["seal", "--local", "store", "-w", "one.yaml"],
            &secret("shop", "one"),
        )
        .succeeded();
    generate(&sandbox);
    sandbox
        .run_with(
            &["seal", "--local", "store", "-w", "two.yaml"],
            &secret("shop", "two"),
        )
        .succeeded();
    sandbox
        .run(&["unseal", "one.yaml", "two.yaml", "--local", "store"])
        .succeeded();
}

#[test]
fn a_disabled_key_neither_seals_nor_opens() {
    let sandbox = Sandbox::with_store();
    sandbox
        .run_with(
            &["seal", "--local", "store", "-w", "sealed.yaml"],
            &secret("shop", "db"),
        )
        .succeeded();
    let file = format!("store/keys/{}", sandbox.files("store/keys")[0]);
    let disabled = sandbox
        .read(&file)
        .replace("sealed-secrets-key: active", "sealed-secrets-key: compromised");
    fs::write(sandbox.path(&file), disabled).unwrap();
    let listed = sandbox
        .run(&["keys", "list", "--local", "store"])
        .succeeded()
        .stdout;
    assert!(listed.contains("disabled"), "{listed}");
    sandbox
        .run(&["unseal", "sealed.yaml", "--local", "store"])
        .failed(
            1,
            &[
                "the local store `store` has no active sealing key",
                "hint: `chancery keys generate",
            ],
        );
}

#[test]
fn a_key_file_is_never_replaced() {
    let sandbox = Sandbox::new();
    sandbox.write("key.yaml", "precious");
    sandbox
        .run(&["keys", "generate", "-w", "key.yaml", "--bits", "2048"])
        .failed(1, &["`key.yaml` exists already", "hint: "]);
    assert_eq!(sandbox.read("key.yaml"), "precious");
}

#[test]
fn a_malformed_key_is_named() {
    let sandbox = Sandbox::with_store();
    sandbox.write(
        "store/keys/bad.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: bad\n  labels: {sealedsecrets.bitnami.com/sealed-secrets-key: active}\ndata: {tls.key: AAAA}\n",
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(
            sandbox.path("store/keys/bad.yaml"),
            fs::Permissions::from_mode(0o600),
        )
        .unwrap();
    }
    sandbox
        .run_with(&["seal", "--local", "store"], &secret("shop", "db"))
        .failed(1, &["`store/keys`", "`bad`"]);
    let listed = sandbox
        .run(&["keys", "list", "--local", "store"])
        .succeeded()
        .stdout;
    assert!(
        listed
            .lines()
            .any(|line| line.starts_with("bad") && line.contains("malformed")),
        "{listed}"
    );
}

#[cfg(unix)]
#[test]
fn a_store_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = Sandbox::with_store();
    fs::set_permissions(sandbox.path("store"), fs::Permissions::from_mode(0o755)).unwrap();
    sandbox
        .run_with(&["seal", "--local", "store"], &secret("shop", "db"))
        .failed(
            1,
            &[
                "`store` can be read by others than its owner (mode 755)",
                "hint: `chmod 700 store`",
            ],
        );
}

#[test]
fn a_store_that_does_not_exist_is_made_only_by_generate() {
    let sandbox = Sandbox::new();
    sandbox.run(&["keys", "list", "--local", "store"]).failed(
        1,
        &[
            "there is no local store at `store`",
            "hint: `chancery keys generate --local store`",
        ],
    );
    assert!(!sandbox.path("store").exists());
}

#[test]
fn a_wrong_call_is_a_usage_error() {
    let sandbox = Sandbox::new();
    for arguments in [
        &["keys", "generate"][..],
        &["keys", "generate", "--local", "store", "--bits", "1024"],
        &["keys", "generate", "--local", "store", "--ttl", "0h"],
        &["keys", "generate", "--local", "store", "-w", "key.yaml"],
        &["keys", "generate", "--local", "store", "-n", "sealing"],
    ] {
        sandbox.run(arguments).failed(2, &["error: "]);
    }
    assert!(!sandbox.path("store").exists());
}

#[test]
fn a_key_without_a_place_is_told_both_places() {
    let run = Sandbox::new().run(&["keys", "generate"]);
    run.failed(2, &["--local <DIR>|--write <FILE>"]);
}

#[test]
fn a_dash_prints_a_new_key_and_nothing_beside_it() {
    let sandbox = Sandbox::new();
    let run = sandbox
        .run(&["keys", "generate", "-w", "-", "-n", "sealing", "--bits", "2048"])
        .succeeded();
    assert_eq!(sandbox.files("."), Vec::<String>::new());
    assert!(run.stdout.contains("namespace: sealing"), "{}", run.stdout);
    assert!(run.stderr.contains("SHA256:"), "{}", run.stderr);
    sandbox
        .run_with(&["keys", "restore", "-", "--local", "store"], &run.stdout)
        .succeeded();
    sandbox.run(&["cert", "--local", "store", "-w", "-"]).succeeded();
}
