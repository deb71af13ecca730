//! A server's process, which can be killed and started again.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::servers::servers;
use crate::unique::unique_name;

/// How long a server may take to answer; recovery after a kill is part of it.
const LIMIT: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(50);

/// A server's process and its log, which stays after the run. It is killed when this is dropped.
pub(super) struct Process {
    child: Mutex<Option<Child>>,
    log: PathBuf,
}

impl Process {
    /// Returns one that doesn't run.
    pub(super) fn new(name: &str) -> Self {
        Self {
            child: Mutex::new(None),
            log: servers().logs.join(unique_name(name)).with_extension("log"),
        }
    }

    /// Starts the server, unless it runs, and returns when `probe` succeeds.
    ///
    /// A Postgres that was killed a moment ago is started again and again until its last process is gone: until then
    /// the new one ends by itself.
    pub(super) async fn start(
        &self,
        command: impl Fn() -> Result<Command>,
        mut probe: impl AsyncFnMut() -> sqlx::Result<()>,
    ) -> Result<()> {
        let deadline = Instant::now() + LIMIT;
        loop {
            self.spawned(&command)?;
            let left = deadline.saturating_duration_since(Instant::now());
            let problem = match tokio::time::timeout(left, probe()).await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(error)) => error.to_string(),
                Err(_) => "no answer".to_owned(),
            };
            if left.is_zero() {
                let log = fs::read_to_string(&self.log).unwrap_or_default();
                let lines: Vec<&str> = log.lines().collect();
                let end = lines.get(lines.len().saturating_sub(20)..).unwrap_or_default();
                bail!(
                    "not ready after {LIMIT:?}: {problem}\n{}:\n{}",
                    self.log.display(),
                    end.join("\n")
                );
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Sends SIGKILL to the server and all its children, and waits for its end.
    pub(super) fn kill(&self) -> Result<()> {
        let Some(mut child) = self.child().take() else {
            return Ok(());
        };
        // Stopped first, so that it makes no child after the others were counted.
        signal("STOP", &[child.id()])?;
        let children = children(child.id());
        child.kill().context("killing the server")?;
        child.wait().context("waiting for the end of the server")?;
        if children.is_empty() {
            return Ok(());
        }
        // Some may have ended by themselves when their parent was gone.
        let _ = signal("KILL", &children);
        Ok(())
    }

    fn spawned(&self, command: &impl Fn() -> Result<Command>) -> Result<()> {
        let mut running = self.child();
        if let Some(child) = running.as_mut()
            && child.try_wait().context("looking after the server")?.is_none()
        {
            return Ok(());
        }
        let doing = || format!("opening the log `{}`", self.log.display());
        let log = File::options()
            .create(true)
            .append(true)
            .open(&self.log)
            .with_context(doing)?;
        let mut command = command()?;
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone().with_context(doing)?)
            .stderr(log);
        *running = Some(command.spawn().with_context(|| format!("starting {command:?}"))?);
        Ok(())
    }

    fn child(&self) -> MutexGuard<'_, Option<Child>> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It goes with the test's process group at the latest.
        let _ = self.kill();
    }
}

/// Returns the processes whose parent is this one. `setpriv` becomes the server, so the server is our child.
fn children(parent: u32) -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let is_child = |pid: &u32| {
        // After the name in parentheses: state, parent.
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
        after.split_whitespace().nth(1) == Some(&parent.to_string())
    };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(is_child)
        .collect()
}

fn signal(name: &str, pids: &[u32]) -> Result<()> {
    let status = Command::new("kill")
        .arg(format!("-{name}"))
        .args(pids.iter().map(u32::to_string))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .with_context(|| format!("sending SIG{name}"))?;
    if status.success() {
        Ok(())
    } else {
        bail!("sending SIG{name} to {pids:?}: `kill` ended with {status}")
    }
}
