//! What all commands share: help, version, exit codes, where text goes.

use std::process::{Command, Stdio};

use crate::sandbox::{Sandbox, secret};

#[test]
fn help_and_version_are_data() {
    let sandbox = Sandbox::new();
    let version = sandbox.run(&["--version"]).succeeded();
    assert_eq!(
        version.stdout,
        format!("chancery {}\n", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(version.stderr, "");
    for command in [
        "seal",
        "unseal",
        "cert",
        "keys",
        "quickstart",
        "completions",
        "migrations",
        "grants",
    ] {
        let help = sandbox.run(&[command, "--help"]).succeeded();
        assert!(help.stdout.contains("Usage: chancery"), "{}", help.stdout);
    }
}

#[test]
fn no_command_and_an_unknown_one_are_usage_errors() {
    let sandbox = Sandbox::new();
    sandbox.run(&[]).failed(2, &["Usage: chancery"]);
    sandbox.run(&["sael"]).failed(2, &["error: ", "'seal'"]);
}

#[test]
fn without_a_terminal_nothing_is_coloured_and_colours_can_be_had() {
    let sandbox = Sandbox::new();
    assert!(
        !sandbox
            .run(&["cert", "--local", "none"])
            .stderr
            .contains('\u{1b}')
    );
    assert!(
        sandbox
            .run(&["cert", "--local", "none", "--color", "always"])
            .stderr
            .contains('\u{1b}')
    );
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let sandbox = Sandbox::with_store();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = Command::new(assert_cmd::cargo::cargo_bin!("chancery"))
        .args(["cert", "--local", "store"])
        .current_dir(sandbox.path(""))
        .stdout(writer)
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_failure() {
    let sandbox = Sandbox::with_store();
    sandbox.write("db.yaml", &secret("shop", "db"));
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = Command::new(assert_cmd::cargo::cargo_bin!("chancery"))
        .args(["seal", "--local", "store", "db.yaml"])
        .current_dir(sandbox.path(""))
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("cannot write to standard output")
    );
}
