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
    assert!(output.stdout.is_empty());
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
fn help_names_every_variable() {
    let help = String::from_utf8(run(&["secrets", "--help"], &[]).stdout).unwrap();
    for variable in [
        "POD_NAMESPACE",
        "SEALED_SECRETS_KEY_TTL",
        "SEALED_SECRETS_LISTEN_ADDR",
        "SEALED_SECRETS_MY_CN",
    ] {
        assert!(help.contains(variable), "{variable}\n{help}");
    }
}
