//! A controller with the arguments and the token that the installation gives it.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use testkit::{eventually, eventually_within};
use tokio::process::{Child, Command};

use super::installed::Installed;
use super::recorder::Recorder;
use super::right::Right;

/// How many controllers a test runs at a time.
pub(super) const AT_A_TIME: usize = 4;

/// How long a right may go unused: some are only needed at the end of a test's work.
const PATIENCE: Duration = Duration::from_mins(2);

/// A running controller, killed on drop.
pub(super) struct Running {
    pub(super) recorder: Recorder,
    log: PathBuf,
    _child: Child,
    _dir: tempfile::TempDir,
}

impl Running {
    /// Starts a controller that gets no answer to what needs `taken`. `args` come after the installation's.
    pub(super) async fn start(
        installed: &Installed,
        controller: &str,
        taken: Option<Right>,
        args: &[&str],
    ) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let recorder = Recorder::start(&installed.cluster, taken).await;
        let credentials = installed.token(controller).await;
        let log = dir.path().join("log");
        let output = File::create(&log).unwrap();
        // Tests run side by side. The schema controller has no such port.
        let numbers = (controller == "chancery-secrets").then_some("--listen-metrics-addr=127.0.0.1:0");
        let child = Command::new(env!("CARGO_BIN_EXE_chancery-controller"))
            .args(installed.args(controller))
            .args([
                "--listen-addr=127.0.0.1:0",
                "--log-format=json",
                "--log-level=debug",
            ])
            .arg("--kubeconfig")
            .arg(recorder.kubeconfig(dir.path(), &credentials))
            .args(numbers)
            .args(args)
            .env_clear()
            .env("POD_NAMESPACE", installed.own.name())
            .env("POD_NAME", controller)
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Self {
            recorder,
            log,
            _child: child,
            _dir: dir,
        }
    }

    /// Returns the log so far.
    fn text(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Waits until the controller serves and returns the port.
    pub(super) async fn port(&self) -> u16 {
        let line = eventually("the controller says where it serves", async || {
            let text = self.text();
            let mut lines = text
                .lines()
                .filter_map(|line| serde_json::from_str::<Value>(line).ok());
            lines.find(|line| line["msg"] == "serving").ok_or(text)
        });
        let address: SocketAddr = line.await["address"].as_str().unwrap().parse().unwrap();
        address.port()
    }

    /// Waits until all of these rights were used, and fails when another one was.
    pub(super) async fn uses_exactly(&self, granted: &BTreeSet<Right>) {
        eventually("every right is used", async || {
            let used = self.recorder.used();
            let unused: Vec<&Right> = granted
                .iter()
                .filter(|right| !used.iter().any(|needed| right.covers(needed)))
                .collect();
            if unused.is_empty() {
                Ok(())
            } else {
                Err(format!("unused: {unused:#?}\n{}", self.text()))
            }
        })
        .await;
        let used = self.recorder.used();
        let beyond: Vec<&Right> = used
            .iter()
            .filter(|needed| !granted.iter().any(|right| right.covers(needed)))
            .collect();
        assert!(beyond.is_empty(), "used without a role: {beyond:#?}");
    }

    /// Waits until the right that was taken away was asked for, and the log warns that something is forbidden.
    pub(super) async fn complains(&self, taken: &Right) {
        let what = format!("the lack of the right to {taken} is noticed");
        eventually_within(PATIENCE, &what, async || {
            let text = self.text();
            let says = text
                .lines()
                .any(|line| line.contains("Forbidden") && is_alarming(line));
            let refusals = self.recorder.refusals();
            if refusals > 0 && says {
                Ok(())
            } else {
                Err(format!("{refusals} refusals\n{text}"))
            }
        })
        .await;
    }
}

/// Returns whether a line of the log is one that calls for somebody.
fn is_alarming(line: &str) -> bool {
    let line: Value = serde_json::from_str(line).unwrap_or_default();
    line["level"] == "WARN" || line["level"] == "ERROR"
}
