//! One server: started with its output in a log file, watched until it answers.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::process::{Child, Command};
use tokio::time::Instant;

use super::reaper::{Reaper, Stop};

/// Time for a server to come up; on a busy machine kube-apiserver took half a minute.
const LIMIT: Duration = Duration::from_mins(3);
const INTERVAL: Duration = Duration::from_millis(100);

/// A running server.
pub(super) struct Server {
    /// Its name, and that of its log without `.log`.
    pub(super) name: &'static str,
    /// Its log file.
    pub(super) log: PathBuf,
    child: Child,
}

impl Server {
    /// Starts `command` in a process group of its own, noted to be stopped at the end.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub(super) fn start(
        name: &'static str,
        mut command: Command,
        logs: &Path,
        stop: Stop,
        reaper: &Reaper,
    ) -> Result<Self> {
        let log = logs.join(format!("{name}.log"));
        let output = File::create(&log).with_context(|| format!("making the log `{}`", log.display()))?;
        let errors = output
            .try_clone()
            .with_context(|| format!("opening the log `{}`", log.display()))?;
        command
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .process_group(0);
        let child = command.spawn().with_context(|| format!("starting {name}"))?;
        if let Some(pid) = child.id() {
            reaper.stop_group(pid, stop)?;
        }
        Ok(Self { name, log, child })
    }

    /// Returns when `probe` succeeds.
    ///
    /// # Errors
    /// When the server ends, or the probe still fails after three minutes: with the end of the log and its
    /// path.
    pub(super) async fn ready<P>(&mut self, mut probe: P) -> Result<()>
    where
        P: AsyncFnMut() -> Result<()>,
    {
        let deadline = Instant::now() + LIMIT;
        loop {
            if let Some(status) = self
                .child
                .try_wait()
                .with_context(|| format!("looking after {}", self.name))?
            {
                bail!(
                    "starting {}: it ended with {status}\n{}",
                    self.name,
                    end_of_log(&self.log)
                );
            }
            let error = match tokio::time::timeout_at(deadline, probe()).await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(error)) => error,
                Err(_) => anyhow::anyhow!("no answer"),
            };
            if Instant::now() >= deadline {
                bail!(
                    "starting {}: not ready after {LIMIT:?}: {error:#}\n{}",
                    self.name,
                    end_of_log(&self.log)
                );
            }
            tokio::time::sleep(INTERVAL).await;
        }
    }

    /// Returns when the server ends, which it should not: with what to say about it.
    pub(super) async fn ended(&mut self) -> String {
        let status = self
            .child
            .wait()
            .await
            .map_or_else(|error| error.to_string(), |status| status.to_string());
        format!(
            "{} ended with {status} during the run\n{}",
            self.name,
            end_of_log(&self.log)
        )
    }
}

/// Returns the last lines of a log under its path.
fn end_of_log(path: &Path) -> String {
    let text = fs::read(path)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let tail = lines.get(lines.len().saturating_sub(20)..).unwrap_or_default();
    format!(
        "the end of its log `{}`:\n  {}",
        path.display(),
        tail.join("\n  ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(script: &str, dir: &Path) -> (Server, Reaper) {
        let reaper = Reaper::start().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        (
            Server::start("probe", command, dir, Stop::Kill, &reaper).unwrap(),
            reaper,
        )
    }

    #[tokio::test]
    async fn a_server_that_ends_is_told_with_the_end_of_its_log() {
        let dir = tempfile::tempdir().unwrap();
        let (mut server, _reaper) = start("seq 30; echo no room >&2; exit 3", dir.path());
        let error = server
            .ready(async || bail!("not yet"))
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains("exit status: 3"), "{error}");
        assert!(error.contains("probe.log"), "{error}");
        assert!(error.ends_with("  30\n  no room"), "{error}");
        assert!(!error.contains("  10\n"), "{error}");
    }

    #[tokio::test]
    async fn a_server_is_ready_when_its_probe_succeeds() {
        let dir = tempfile::tempdir().unwrap();
        let (mut server, _reaper) = start("exec sleep 600", dir.path());
        let mut asked = 0;
        server
            .ready(async || {
                asked += 1;
                if asked == 3 { Ok(()) } else { bail!("not yet") }
            })
            .await
            .unwrap();
        assert_eq!(asked, 3);
    }
}
