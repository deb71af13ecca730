//! Programs run in a folder of the test's own.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// How a program ended.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    #[track_caller]
    pub(crate) fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "{}{}", self.stdout, self.stderr);
        self
    }
}

/// Runs `chancery` there with an environment that is empty but for a home there.
pub(crate) fn chancery(folder: &Path, arguments: &[&str], stdin: &str) -> Run {
    run(
        assert_cmd::cargo::cargo_bin!("chancery"),
        folder,
        arguments,
        stdin,
    )
}

/// Runs a program there with an environment that is empty but for a home there.
pub(crate) fn run(program: &Path, folder: &Path, arguments: &[&str], stdin: &str) -> Run {
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        // Certificates that are fetched are kept there.
        .env("HOME", folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // What is written here fits a pipe, so that it cannot block.
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
