//! A folder to run commands in, with nothing of the user's around it.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::cargo::cargo_bin_cmd;
use jiff::{SignedDuration, Timestamp};
use sealing::{KeyOptions, KeyPair};
use tempfile::TempDir;

/// A value that must never be seen but where it was asked for.
pub(crate) const CANARY: &str = "tulip-hunter2-canary";

/// A folder for one test.
pub(crate) struct Sandbox {
    folder: TempDir,
}

/// How a command ended.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A folder with a local store `store` that has one key.
    pub(crate) fn with_store() -> Self {
        let sandbox = Self::new();
        sandbox
            .run(&["keys", "generate", "--local", "store", "--bits", "2048"])
            .succeeded();
        sandbox
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    pub(crate) fn write(&self, relative: &str, text: &str) -> String {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        relative.to_owned()
    }

    pub(crate) fn read(&self, relative: &str) -> String {
        fs::read_to_string(self.path(relative)).unwrap()
    }

    /// Every file below a folder, hidden ones too, sorted.
    pub(crate) fn files(&self, relative: &str) -> Vec<String> {
        fn collect(root: &Path, folder: &Path, found: &mut Vec<String>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    collect(root, &path, found);
                } else {
                    found.push(path.strip_prefix(root).unwrap().display().to_string());
                }
            }
        }
        let mut found = Vec::new();
        let root = self.path(relative);
        collect(&root, &root, &mut found);
        found.sort();
        found
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, "")
    }

    pub(crate) fn run_with(&self, arguments: &[&str], stdin: &str) -> Run {
        let output = self
            .command()
            .args(arguments)
            .write_stdin(stdin)
            .output()
            .unwrap();
        Run {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The command in this folder, with an empty environment.
    pub(crate) fn command(&self) -> assert_cmd::Command {
        let mut command = cargo_bin_cmd!("chancery");
        command
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path());
        if let Some(path) = option_env!("PATH") {
            command.env("PATH", path);
        }
        command
    }
}

impl Run {
    #[track_caller]
    pub(crate) fn succeeded(self) -> Self {
        assert_eq!(self.code, 0, "{}{}", self.stdout, self.stderr);
        self
    }

    /// It ended with this code, printed no data, and said all of that.
    #[track_caller]
    pub(crate) fn failed(self, code: i32, said: &[&str]) -> Self {
        assert_eq!(self.code, code, "{}{}", self.stdout, self.stderr);
        assert_eq!(self.stdout, "");
        for part in said {
            assert!(
                self.stderr.contains(part),
                "not said: {part:?} in\n{}",
                self.stderr
            );
        }
        assert!(
            !self.stderr.contains(CANARY),
            "a value was shown:\n{}",
            self.stderr
        );
        self
    }
}

/// A Secret with one item, whose value is the canary.
pub(crate) fn secret(namespace: &str, name: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: {name}\n  namespace: {namespace}\nstringData:\n  token: {CANARY}\n"
    )
}

/// A key whose certificate is valid for a day from that time on.
pub(crate) fn key(not_before: &str) -> KeyPair {
    KeyPair::generate(&KeyOptions {
        bits: 2048,
        common_name: String::new(),
        not_before: not_before.parse::<Timestamp>().unwrap(),
        valid_for: SignedDuration::from_hours(24),
    })
    .unwrap()
}
