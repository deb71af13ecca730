//! `chancery seal` for several clusters: one output each, all of them or none.

use serde_json::Value;

use crate::sandbox::{Run, Sandbox, key, secret};

/// Two stores with their certificates `NAME.pem`, and `plain/db.yaml`.
fn two() -> Sandbox {
    let sandbox = Sandbox::new();
    for name in ["staging", "production"] {
        sandbox
            .run(&["keys", "generate", "--local", name, "--bits", "2048"])
            .succeeded();
        sandbox
            .run(&["cert", "--local", name, "-w", &format!("{name}.pem")])
            .succeeded();
    }
    sandbox.write("plain/db.yaml", &secret("shop", "db"));
    sandbox
}

fn configured(more: &str) -> Sandbox {
    let sandbox = two();
    config(&sandbox, more);
    sandbox
}

fn config(sandbox: &Sandbox, more: &str) {
    sandbox.write(
        ".chancery.yaml",
        &format!(
            "apiVersion: chancery.dev/v1alpha1\nkind: Config\nclusters:\n\
             - {{name: staging, certificate: staging.pem}}\n\
             - {{name: production, certificate: production.pem}}\n{more}"
        ),
    );
}

fn opens(sandbox: &Sandbox, file: &str, store: &str) {
    sandbox.run(&["unseal", file, "--local", store]).succeeded();
}

const BOTH: [&str; 4] = ["--cert", "staging.pem", "--cert", "production.pem"];

fn seal(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    sandbox.run(&[["seal", "-f", "plain"].as_slice(), arguments].concat())
}

#[test]
fn each_certificate_has_a_folder_of_its_own() {
    let sandbox = two();
    sandbox.write("plain/team/mail.yaml", &secret("team", "mail"));
    seal(&sandbox, &[BOTH.as_slice(), &["-w", "sealed/"]].concat()).succeeded();
    assert_eq!(
        sandbox.files("sealed"),
        [
            "production/db.yaml",
            "production/team/mail.yaml",
            "staging/db.yaml",
            "staging/team/mail.yaml"
        ]
    );
    opens(&sandbox, "sealed/staging/db.yaml", "staging");
    opens(&sandbox, "sealed/production/team/mail.yaml", "production");
}

#[test]
fn certificates_are_named_by_their_files_or_by_name() {
    let sandbox = two();
    let arguments = [
        "--cert",
        "a=staging.pem",
        "--cert",
        "production.pem",
        "-w",
        "sealed/",
    ];
    seal(&sandbox, &arguments).succeeded();
    assert_eq!(sandbox.files("sealed"), ["a/db.yaml", "production/db.yaml"]);
    seal(
        &sandbox,
        &["--cert", "staging.pem", "--cert", "./staging.pem", "-w", "x/"],
    )
    .failed(2, &["two certificates are named `staging`", "--cert NAME=FILE"]);
    let web = "https://example.org/cert.pem";
    seal(&sandbox, &["--cert", "staging.pem", "--cert", web, "-w", "x/"])
        .failed(2, &["several certificates need names", web, "--cert NAME=FILE"]);
}

#[test]
fn the_path_that_is_written_may_be_a_pattern() {
    let sandbox = two();
    let to = |pattern: &str| seal(&sandbox, &[BOTH.as_slice(), &["-w", pattern]].concat());
    to("out/{namespace}/{name}.{cluster}.yaml").succeeded();
    assert_eq!(
        sandbox.files("out"),
        ["shop/db.production.yaml", "shop/db.staging.yaml"]
    );
    to("again/{path}").failed(
        1,
        &[
            "`staging` and plain/db.yaml",
            "would both be written to `again/db.yaml`",
            "{cluster}",
        ],
    );
    assert!(!sandbox.path("again").exists());
    to("x/{clusters}/{name}").failed(2, &["did you mean `{cluster}`?"]);
}

#[test]
fn several_clusters_are_not_mixed_up_in_one_text() {
    let sandbox = two();
    for target in [&[][..], &["-w", "-"], &["-w", "one.yaml"]] {
        seal(&sandbox, &[BOTH.as_slice(), target].concat()).failed(
            2,
            &[
                "the documents of production, staging would be mixed up",
                "-w FOLDER/",
                "name one --cert",
                "--by-cluster",
            ],
        );
    }
    assert!(!sandbox.path("one.yaml").exists());
    let run = seal(&sandbox, &[BOTH.as_slice(), &["--by-cluster"]].concat()).succeeded();
    let by_cluster: Value = serde_json::from_str(&run.stdout).unwrap();
    for name in ["staging", "production"] {
        assert_eq!(by_cluster[name][0]["kind"], "SealedSecret");
        let output = sandbox.run_with(&["unseal", "--local", name], &by_cluster[name][0].to_string());
        output.succeeded();
    }
}

#[test]
fn rules_say_for_which_clusters_and_where_to() {
    let sandbox = configured(
        "rules:
- {path: 'plain/**', clusters: [staging, production], output: 'sealed/{cluster}/{path}'}
- {path: 'plain/tests/**', clusters: [staging]}
",
    );
    sandbox.write("plain/tests/mail.yaml", &secret("tests", "mail"));
    seal(&sandbox, &[]).succeeded();
    let expected = ["production/db.yaml", "staging/db.yaml", "staging/tests/mail.yaml"];
    assert_eq!(sandbox.files("sealed"), expected);
    opens(&sandbox, "sealed/production/db.yaml", "production");
    opens(&sandbox, "sealed/staging/tests/mail.yaml", "staging");

    // From elsewhere in the repository, and with the file itself named, it is the same.
    std::fs::remove_dir_all(sandbox.path("sealed")).unwrap();
    let output = sandbox
        .command()
        .current_dir(sandbox.path("plain/tests"))
        .args(["seal", "mail.yaml", "../db.yaml"])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(sandbox.files("sealed"), expected);
}

#[test]
fn a_cluster_can_be_picked_and_what_its_rule_sends_elsewhere_is_passed_over() {
    let sandbox = configured("rules: [{path: 'plain/tests/**', clusters: [staging]}]\n");
    sandbox.write("plain/tests/mail.yaml", &secret("tests", "mail"));
    let run = seal(&sandbox, &["--cluster", "production", "-w", "sealed/"]).succeeded();
    assert!(
        run.stderr
            .contains("passed over plain/tests/mail.yaml, document 1 (line 1): it is for staging alone"),
        "{}",
        run.stderr
    );
    assert_eq!(sandbox.files("sealed"), ["production/db.yaml"]);
    sandbox
        .run(&["seal", "--cluster", "production", "plain/tests/mail.yaml"])
        .failed(1, &["is for staging alone", "rule 1 of `.chancery.yaml`"]);
    seal(&sandbox, &["--cluster", "producton"]).failed(2, &["did you mean `production`?"]);
}

#[test]
fn without_a_rule_one_has_to_say_for_which_cluster() {
    let sandbox = configured("");
    seal(&sandbox, &["-w", "sealed/"]).failed(
        2,
        &[
            "`.chancery.yaml` configures `staging`, `production`, and nothing says which of them plain/db.yaml",
            "--cluster NAME",
        ],
    );
    config(&sandbox, "defaults: {clusters: [production]}\n");
    seal(&sandbox, &["-w", "sealed.yaml"]).succeeded();
    opens(&sandbox, "sealed.yaml", "production");
}

#[test]
fn flags_win_over_the_clusters_of_the_file() {
    let sandbox = configured("defaults: {clusters: [production]}\n");
    seal(&sandbox, &["--local", "staging", "-w", "a.yaml"]).succeeded();
    seal(&sandbox, &["--cert", "staging.pem", "-w", "b.yaml"]).succeeded();
    seal(&sandbox, &["--cluster", "staging", "-w", "c.yaml"]).succeeded();
    for file in ["a.yaml", "b.yaml", "c.yaml"] {
        opens(&sandbox, file, "staging");
    }
    // There is no kubeconfig, which is what is then asked for.
    for flag in ["--context", "--controller-name", "--controller-namespace"] {
        seal(&sandbox, &[flag, "x"]).failed(1, &["no usable kubeconfig"]);
    }
    let sealed = sandbox
        .command()
        .args(["seal", "-f", "plain", "-w", "d.yaml"])
        .env("SEALED_SECRETS_CERT", "staging.pem")
        .env("SEALED_SECRETS_CONTROLLER_NAME", "x")
        .output()
        .unwrap();
    let said = String::from_utf8(sealed.stderr).unwrap();
    assert!(said.contains("SEALED_SECRETS_CERT is not used"), "{said}");
    opens(&sandbox, "d.yaml", "production");
}

#[test]
fn one_certificate_that_cannot_be_had_leaves_everything_as_it_was() {
    let sandbox =
        configured("defaults: {clusters: [staging, production], output: 'sealed/{cluster}/{path}'}\n");
    sandbox.write("sealed/staging/plain/db.yaml", "old");
    sandbox.write(
        "production.pem",
        &key("2020-02-01T00:00:00Z").certificate.to_pem(),
    );
    seal(&sandbox, &[]).failed(
        1,
        &["the certificate of cluster `production`", "expired at 2020-02-02"],
    );
    std::fs::remove_file(sandbox.path("production.pem")).unwrap();
    seal(&sandbox, &[]).failed(
        1,
        &[
            "cannot get the certificate of cluster `production`",
            "cannot open `production.pem`",
        ],
    );
    assert_eq!(sandbox.files("sealed"), ["staging/plain/db.yaml"]);
    assert_eq!(sandbox.read("sealed/staging/plain/db.yaml"), "old");
}

#[test]
fn two_documents_are_not_written_over_each_other() {
    let sandbox = configured("defaults: {clusters: [staging], output: 'sealed/{name}.yaml'}\n");
    sandbox.write("plain/other.yaml", &secret("team", "db"));
    seal(&sandbox, &[]).failed(
        1,
        &[
            "plain/db.yaml",
            "plain/other.yaml",
            "would both be written to `sealed/db.yaml`",
        ],
    );
    let twice = format!("{}---\n{}", secret("shop", "db"), secret("team", "db"));
    sandbox
        .run_with(&["seal"], &twice)
        .failed(1, &["would both be written to `sealed/db.yaml`"]);
    assert!(!sandbox.path("sealed").exists());
}

#[test]
fn documents_of_one_file_stay_together() {
    let sandbox = configured("defaults: {clusters: [staging], output: 'sealed/{path}'}\n");
    sandbox.write(
        "plain/db.yaml",
        &format!("{}---\n{}", secret("shop", "a"), secret("shop", "b")),
    );
    seal(&sandbox, &[]).succeeded();
    assert_eq!(
        sandbox
            .read("sealed/plain/db.yaml")
            .matches("kind: SealedSecret")
            .count(),
        2
    );
}

#[test]
fn where_only_some_documents_have_a_place_by_rule_nothing_is_written() {
    let sandbox = configured(
        "rules: [{path: plain/db.yaml, clusters: [staging], output: 'sealed/{name}.yaml'}]\ndefaults: {clusters: [staging]}\n",
    );
    sandbox.write("plain/other.yaml", &secret("team", "other"));
    seal(&sandbox, &[]).failed(
        2,
        &["of plain/other.yaml, document 1 (line 1) they don't", "-w -"],
    );
    seal(&sandbox, &["-w", "-"]).succeeded();
    assert!(!sandbox.path("sealed").exists());
}
