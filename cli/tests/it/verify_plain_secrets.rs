//! `chancery verify --no-plain-secrets`: values that are not sealed.

use crate::sandbox::{CANARY, Sandbox, secret};
use crate::verify::{check, good, sealed_secret};

#[test]
fn a_secret_with_values_is_refused_wherever_it_stands() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "a.yaml",
        &format!("{}---\n{}", good("sealed"), secret("shop", "db")),
    );
    sandbox.write(
        "list.json",
        &format!("{{\"kind\": \"List\", \"items\": [\n  {{\"kind\": \"Secret\", \"data\": {{\"a\": \"{CANARY}\"}}}}\n]}}"),
    );
    sandbox.write(
        "typed-list.yaml",
        &format!("apiVersion: v1\nkind: SecretList\nitems:\n- metadata: {{name: x}}\n  stringData: {{a: {CANARY}}}\n"),
    );
    sandbox.write(
        "empty.yaml",
        "kind: Secret\nmetadata: {name: x}\ndata: {}\nstringData: {a: \"\"}\n",
    );
    sandbox.write("store.yaml", "kind: SecretStore\ndata: {a: b}\n");
    check(&sandbox.run(&["verify", "."]), 0, &[]);
    let run = sandbox.run(&["verify", ".", "--no-plain-secrets"]);
    check(
        &run,
        1,
        &[
            "./a.yaml:15:1: error[plain-secret]",
            "./list.json:2:22: error[plain-secret]",
            "./typed-list.yaml:5:3: error[plain-secret]",
        ],
    );
    assert!(
        run.stdout
            .contains("`shop/db`: a plain Secret: `stringData` has `token`"),
        "{}",
        run.stdout
    );
}

#[test]
fn files_are_allowed_by_pattern_on_the_command_line_and_in_the_configuration() {
    let sandbox = Sandbox::new();
    sandbox.write("examples/deep/a.yaml", &secret("shop", "a"));
    sandbox.write("test/b.yaml", &secret("shop", "b"));
    sandbox.write("c.yaml", &secret("shop", "c"));
    let run = |arguments: &[&str]| sandbox.run(&[&["verify", ".", "--no-plain-secrets"], arguments].concat());
    check(
        &run(&["--allow-plain", "examples/**", "--allow-plain", "c.yaml"]),
        1,
        &["./test/b.yaml:6:1: error[plain-secret]"],
    );
    sandbox.write(
        ".chancery.yaml",
        "apiVersion: chancery.dev/v1alpha1\nkind: Config\nplainSecrets:\n  allow: [test/]\n",
    );
    check(
        &run(&["--allow-plain", "examples/**"]),
        1,
        &["./c.yaml:6:1: error[plain-secret]"],
    );
    run(&["--allow-plain", "["]).failed(2, &["`--allow-plain [`"]);
}

#[test]
fn a_sealed_secret_in_an_allowed_file_is_still_judged() {
    let sandbox = Sandbox::new();
    sandbox.write("a.yaml", &sealed_secret("db", &format!("    a: {CANARY}\n")));
    check(
        &sandbox.run(&["verify", ".", "--no-plain-secrets", "--allow-plain", "**"]),
        1,
        &["./a.yaml:8:5: error[item-plain]"],
    );
}

#[test]
fn secrets_that_a_kustomization_generates_from_values_are_found() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "k/kustomization.yaml",
        &format!(
            "secretGenerator:\n- name: a\n  literals:\n  - token={CANARY}\n  envs: [full.env, empty.env, not-there.env]\n  files:\n  - tls.key=key.txt\n"
        ),
    );
    sandbox.write("k/full.env", &format!("# of the database\nTOKEN={CANARY}\n"));
    sandbox.write("k/empty.env", "TOKEN=\n");
    sandbox.write("k/key.txt", CANARY);
    check(&sandbox.run(&["verify", "k"]), 0, &[]);
    check(
        &sandbox.run(&["verify", "k", "--no-plain-secrets"]),
        1,
        &[
            "k/kustomization.yaml:4:5: error[generator-literal]",
            "k/kustomization.yaml:5:10: warning[generator-file]",
            "k/kustomization.yaml:7:5: warning[generator-file]",
        ],
    );
}

#[test]
fn a_mistake_in_a_file_does_not_hide_a_plain_secret() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "broken.yaml",
        &format!("kind: Secret\ndata:\n  a: \"x\" {CANARY}\n"),
    );
    sandbox.write("other.yaml", "secrets: a: b\nkind: SecretStore\n");
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(secret("shop", "db").bytes().flat_map(|byte| [byte, 0]))
        .collect();
    std::fs::write(sandbox.path("powershell.yaml"), utf16).unwrap();
    check(
        &sandbox.run(&["verify", ".", "--no-plain-secrets"]),
        1,
        &[
            "./broken.yaml:3:10: error[syntax]",
            "./powershell.yaml:1:1: error[not-utf8]",
        ],
    );
}

#[test]
fn a_sealing_key_is_called_one_and_not_to_be_sealed() {
    let sandbox = Sandbox::new();
    sandbox
        .run(&["keys", "generate", "--bits", "2048", "-w", "key.yaml"])
        .succeeded();
    let run = sandbox.run(&["verify", "key.yaml", "--no-plain-secrets"]);
    check(&run, 1, &["key.yaml:3:1: error[plain-secret]"]);
    for said in [
        "a sealing key",
        "take it out of the repository",
        "When a key has leaked",
    ] {
        assert!(run.stdout.contains(said), "{said}: {}", run.stdout);
    }
    assert!(!run.stdout.contains("chancery seal"), "{}", run.stdout);
}
