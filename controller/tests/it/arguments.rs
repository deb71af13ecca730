//! Arguments, the environment, and what is said when they cannot work.

use std::process::{Command, Output};

fn run(args: &[&str], environment: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_chancery-controller"))
        .args(args)
        .env_clear()
        // Neither a kubeconfig nor a ServiceAccount is to be found.
        .env("HOME", "/nonexistent")
        .envs(environment.iter().copied())
        .output()
        .unwrap()
}

fn check(args: &[&str], environment: &[(&str, &str)], code: i32, said: &str) {
    let output = run(args, environment);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    assert!(stderr.contains(said), "{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    // What is logged at the start is no answer.
    let answers = String::from_utf8(output.stdout).unwrap();
    assert!(
        answers
            .lines()
            .all(|line| line.contains("Starting sealed-secrets controller")),
        "{answers}"
    );
}

#[test]
fn a_wrong_argument_is_a_usage_error_that_names_it() {
    check(
        &["secrets", "--key-size=512"],
        &[],
        2,
        "must be 2048, 3072 or 4096",
    );
    check(
        &["secrets", "--key-ttl=soon"],
        &[],
        2,
        "is not a duration such as `720h`",
    );
    check(
        &["secrets", "--listen-addr=nowhere"],
        &[],
        2,
        "not an address and port",
    );
    check(&["secrets", "--no-such-flag"], &[], 2, "--no-such-flag");
    check(&[], &[], 2, "secrets");
}

#[test]
fn a_variable_that_is_set_to_nothing_is_not_set() {
    let empty = [
        ("SEALED_SECRETS_KEY_SIZE", ""),
        ("SEALED_SECRETS_KEY_TTL", ""),
        ("SEALED_SECRETS_UPDATE_STATUS", ""),
    ];
    // That is what stops it then.
    check(&["secrets"], &empty, 1, "no cluster to work for");
    let other = [("SEALED_SECRETS_KEY_SIZE", "512"), ("SEALED_SECRETS_KEY_TTL", "")];
    check(&["secrets"], &other, 2, "must be 2048, 3072 or 4096");
}

#[test]
fn the_environment_is_read_as_upstream_reads_it_and_flags_win() {
    check(
        &["secrets"],
        &[("SEALED_SECRETS_KEY_SIZE", "512")],
        2,
        "must be 2048, 3072 or 4096",
    );
    let flag = &["secrets", "--key-size=2048", "--listen-addr=127.0.0.1:0"];
    check(
        flag,
        &[("SEALED_SECRETS_KEY_SIZE", "512")],
        1,
        "no cluster to work for",
    );
}

#[test]
fn without_a_cluster_the_error_says_how_to_name_one() {
    check(&["secrets"], &[], 1, "give --kubeconfig FILE");
}

#[test]
fn a_kubeconfig_that_cannot_be_read_is_named() {
    let args = &["secrets", "--kubeconfig=/nonexistent/config"];
    check(args, &[], 1, "cannot read the kubeconfig /nonexistent/config");
}

#[test]
fn called_as_controller_it_has_upstreams_command_line_and_version() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("controller");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_chancery-controller"), &program).unwrap();
    let run = |args: &[&str]| {
        let output = Command::new(&program)
            .args(args)
            .env_clear()
            .env("HOME", "/nonexistent")
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (code, stdout, stderr) = run(&["--version"]);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(
        stdout.starts_with("controller version: v") && stdout.lines().count() == 1,
        "{stdout}"
    );
    // What upstream's chart passes, and words that upstream passes over.
    let (code, _, stderr) = run(&[
        "--update-status",
        "false",
        "--key-prefix",
        "sealed-secrets-key",
        "--listen-addr=127.0.0.1:0",
        "--listen-metrics-addr=127.0.0.1:0",
        "--rotate-period=1h",
        "--max-unseal-retries=3",
        "--kubeclient-qps",
        "-1",
        "-v=4",
    ]);
    assert_eq!(code, Some(1), "{stderr}");
    for said in [
        "no cluster to work for",
        "`false`",
        "--rotate-period",
        "--max-unseal-retries",
        "-v",
    ] {
        assert!(stderr.contains(said), "{said}: {stderr}");
    }
    let (code, _, stderr) = run(&["--no-such-flag"]);
    assert_eq!(code, Some(2), "{stderr}");
    assert!(stderr.contains("--no-such-flag"), "{stderr}");
}

#[test]
fn a_wrong_value_is_named_wherever_it_comes_from() {
    for (variable, value, flag) in [
        ("SEALED_SECRETS_KEY_RENEW_PERIOD", "monthly", "--key-renew-period"),
        ("SEALED_SECRETS_UPDATE_STATUS", "maybe", "--update-status"),
        ("SEALED_SECRETS_KEY_CUTOFF_TIME", "today", "--key-cutoff-time"),
        ("SEALED_SECRETS_PRIVATEKEY_LABELS", "team", "--privatekey-labels"),
        ("SEALED_SECRETS_LABEL_SELECTOR", "a b", "--label-selector"),
        ("CHANCERY_GENERATE_KEYS", "perhaps", "--generate-keys"),
    ] {
        check(&["secrets"], &[(variable, value)], 2, flag);
        check(&["secrets", &format!("{flag}={value} ")], &[], 2, flag);
    }
}

#[test]
fn help_names_every_variable() {
    let help = String::from_utf8(run(&["secrets", "--help"], &[]).stdout).unwrap();
    for variable in [
        "CHANCERY_GENERATE_KEYS",
        "POD_NAMESPACE",
        "SEALED_SECRETS_ACCEPT_DEPRECATED_V1_DATA",
        "SEALED_SECRETS_KEY_CUTOFF_TIME",
        "SEALED_SECRETS_KEY_ORDER_PRIORITY",
        "SEALED_SECRETS_KEY_RENEW_PERIOD",
        "SEALED_SECRETS_KEY_TTL",
        "SEALED_SECRETS_KUBECLIENT_QPS",
        "SEALED_SECRETS_LABEL_SELECTOR",
        "SEALED_SECRETS_LISTEN_ADDR",
        "SEALED_SECRETS_MY_CN",
    ] {
        assert!(help.contains(variable), "{variable}\n{help}");
    }
}
