//! The same command line through the real kubeseal and through ours, each in a folder of its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::program::Run;

/// Two folders with the same files.
pub(super) struct Both {
    folders: [TempDir; 2],
    programs: [PathBuf; 2],
}

/// How one of the programs ended.
pub(super) struct Ended {
    pub(super) run: Run,
    /// The files in its folder, with items as a word.
    files: BTreeMap<String, String>,
}

impl Both {
    pub(super) fn new() -> Self {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let link = folders[1].path().join("kubeseal");
        std::os::unix::fs::symlink(assert_cmd::cargo::cargo_bin!("chancery"), &link).unwrap();
        Self {
            folders,
            programs: [testkit::kubeseal(), link],
        }
    }

    /// Writes a file into both folders.
    pub(super) fn write(&self, name: &str, text: &str) {
        for folder in &self.folders {
            fs::write(folder.path().join(name), text).unwrap();
        }
    }

    /// Runs theirs, then ours.
    pub(super) fn run(&self, arguments: &[&str], stdin: &str, environment: &[(&str, &str)]) -> [Ended; 2] {
        let run = |program: &Path, folder: &Path| {
            let mut command = Command::new(program);
            command.args(arguments).envs(environment.iter().copied());
            ended(command, folder, stdin)
        };
        let [theirs, ours] = &self.folders;
        [
            run(&self.programs[0], theirs.path()),
            run(&self.programs[1], ours.path()),
        ]
    }

    /// Runs both where a Pod's account is found.
    pub(super) fn run_in_pod(
        &self,
        account: &Path,
        arguments: &[&str],
        stdin: &str,
        environment: &[(&str, &str)],
    ) -> [Ended; 2] {
        // In a mount namespace of its own; /var/run leads to /run.
        const SCRIPT: &str = "mount -t tmpfs tmpfs /run && mkdir -p /run/secrets/kubernetes.io && \
            cp -r \"$1\" /run/secrets/kubernetes.io/serviceaccount && shift && exec \"$@\"";
        let run = |program: &Path, folder: &Path| {
            let mut command = Command::new("unshare");
            command.args(["--mount", "sh", "-c", SCRIPT, "sh"]).arg(account);
            command.arg(program).args(arguments);
            command.envs(environment.iter().copied());
            ended(command, folder, stdin)
        };
        let [theirs, ours] = &self.folders;
        [
            run(&self.programs[0], theirs.path()),
            run(&self.programs[1], ours.path()),
        ]
    }
}

/// Runs it with an environment that is empty but for a home and what was added.
fn ended(mut command: Command, folder: &Path, stdin: &str) -> Ended {
    let added: Vec<_> = command
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect();
    let input = tempfile::NamedTempFile::new().unwrap();
    fs::write(input.path(), stdin).unwrap();
    let output = command
        .current_dir(folder)
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("HOME", folder)
        .envs(added)
        .stdin(Stdio::from(input.reopen().unwrap()))
        .output()
        .unwrap();
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if name != "kubeseal" && entry.file_type().unwrap().is_file() {
            files.insert(name, shape(&fs::read_to_string(entry.path()).unwrap()));
        }
    }
    Ended {
        run: Run {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        },
        files,
    }
}

/// A text with the word ITEM for each item, and with one kind of quotes: where YAML needs some, Go's library takes single
/// ones.
fn shape(text: &str) -> String {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let mut shaped = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_base64(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let is_item = word.len() > 300 && word.starts_with('A');
        shaped.push_str(if is_item { "ITEM" } else { word });
        let next = after.chars().next();
        shaped.extend(next.map(|c| if c == '\'' { '"' } else { c }));
        rest = &after[next.map_or(0, char::len_utf8)..];
    }
    shaped
}

/// The message that kubeseal ends with, in its own words up to where ours may go on.
fn message(theirs: &Run) -> Option<String> {
    match theirs.code {
        Some(0) => None,
        // pflag's message is the last line, after the usage.
        Some(2) => theirs.stdout.lines().last().map(str::to_owned),
        _ => {
            let mut said = theirs
                .stderr
                .lines()
                .filter_map(|line| line.strip_prefix("error: "));
            // Ours ends no message with a full stop.
            Some(said.next()?.trim_end_matches('.').to_owned())
        }
    }
}

/// Both did the same: code, standard output, files, and ours said what theirs said.
#[track_caller]
pub(super) fn assert_same(what: &str, [theirs, ours]: &[Ended; 2]) {
    let show = |ended: &Ended| {
        format!(
            "{:?}\n{}\n{}",
            ended.run.code,
            shape(&ended.run.stdout),
            ended.run.stderr
        )
    };
    let both = format!("{what}\n--- theirs: {}\n--- ours: {}", show(theirs), show(ours));
    assert_eq!(theirs.run.code, ours.run.code, "{both}");
    if theirs.run.code != Some(2) {
        assert_eq!(shape(&theirs.run.stdout), shape(&ours.run.stdout), "{both}");
    }
    assert_eq!(theirs.files, ours.files, "{both}");
    if theirs.run.code != Some(0) {
        let said = message(&theirs.run).map(|message| format!("error: {message}"));
        assert!(said.is_some_and(|said| ours.run.stderr.contains(&said)), "{both}");
    }
}
