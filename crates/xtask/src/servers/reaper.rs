//! The process that stops everything at the end of a run, also when this program is killed.
//!
//! It is a shell that reads its standard input to the end. The other end is held by this program, so the
//! end comes when the run is over, when it fails, and when it is killed with SIGKILL: one way for all.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

/// Stops what was started last first. Postgres gets SIGQUIT (stop at once, but give the shared memory
/// back); all others SIGKILL, kube-apiserver because SIGTERM hangs when etcd is gone.
const SCRIPT: &str = r#"
trap '' INT TERM HUP
kills= quits= address= folder=
while read -r kind value; do
  case $kind in
    kill) kills="$value $kills" ;;
    ended)
      left=
      for group in $kills; do [ "$group" = "$value" ] || left="$left $group"; done
      kills=$left ;;
    quit) quits="$value $quits" ;;
    address) address=$value ;;
    folder) folder=$value ;;
  esac
done
for group in $quits; do kill -s QUIT -- "-$group"; done
for group in $kills; do kill -s KILL -- "-$group"; done
[ -z "$quits" ] || sleep 0.5
for group in $quits; do kill -s KILL -- "-$group"; done
[ -z "$address" ] || ip address del "$address" dev lo
[ -z "$folder" ] || rm -rf -- "$folder" || { sleep 1; rm -rf -- "$folder"; }
"#;

/// What stops a process group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// SIGKILL.
    Kill,
    /// SIGQUIT, and SIGKILL half a second later.
    Quit,
}

/// A list of what has to go at the end of the run; dropping it makes it so and waits for it.
pub struct Reaper {
    shell: Child,
}

impl Reaper {
    /// Starts the waiting process.
    ///
    /// # Errors
    /// When there is no shell.
    pub fn start() -> Result<Self> {
        let shell = Command::new("sh")
            .args(["-c", SCRIPT])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C reaches the terminal's foreground group, and this has to outlive it.
            .process_group(0)
            .spawn()
            .context("starting the shell that stops the servers at the end")?;
        Ok(Self { shell })
    }

    /// Notes the process group that `pid` leads.
    ///
    /// # Errors
    /// When the waiting process has gone; then nothing may be started.
    pub fn stop_group(&self, pid: u32, how: Stop) -> Result<()> {
        let kind = match how {
            Stop::Kill => "kill",
            Stop::Quit => "quit",
        };
        self.note(kind, &pid.to_string())
    }

    /// Kills what is left of a group that was to be killed, now that its leader has ended, and forgets it:
    /// later the number may be another process'.
    ///
    /// # Errors
    /// When the waiting process has gone.
    pub fn group_ended(&self, pid: u32) -> Result<()> {
        let _ = Command::new("sh")
            .args(["-c", "kill -s KILL -- \"-$0\" 2> /dev/null", &pid.to_string()])
            .status();
        self.note("ended", &pid.to_string())
    }

    /// Runs a command to its end in a process group of its own, without input, that is killed when this run
    /// ends first.
    ///
    /// # Errors
    /// When the program cannot be started or waited for; not when it fails.
    pub(super) async fn wait(
        &self,
        command: &mut tokio::process::Command,
        name: &str,
    ) -> Result<std::process::ExitStatus> {
        let mut child = command
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .with_context(|| format!("starting `{name}`"))?;
        let pid = child
            .id()
            .with_context(|| format!("`{name}` has no process id"))?;
        self.stop_group(pid, Stop::Kill)?;
        let status = child
            .wait()
            .await
            .with_context(|| format!("waiting for `{name}`"))?;
        self.group_ended(pid)?;
        Ok(status)
    }

    /// Notes an address (`198.18.0.1/32`) to take off the loopback interface.
    ///
    /// # Errors
    /// When the waiting process has gone.
    pub fn remove_address(&self, address: &str) -> Result<()> {
        self.note("address", address)
    }

    /// Notes the one folder to remove, after everything has stopped.
    ///
    /// # Errors
    /// When the waiting process has gone.
    pub fn remove_folder(&self, folder: &Path) -> Result<()> {
        self.note("folder", &folder.display().to_string())
    }

    fn note(&self, kind: &str, value: &str) -> Result<()> {
        let mut input = self
            .shell
            .stdin
            .as_ref()
            .context("the shell that stops the servers has no input")?;
        // One write: servers are started side by side, and their lines must not mix.
        input
            .write_all(format!("{kind} {value}\n").as_bytes())
            .with_context(|| format!("telling the shell that stops the servers: {kind} {value}"))
    }
}

impl Drop for Reaper {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::os::unix::process::ExitStatusExt;
    use std::time::{Duration, Instant};

    use super::*;

    /// Started as if at a terminal: a shell without job control lets what it puts in the background ignore SIGQUIT,
    /// and whoever runs these tests so hands that on.
    fn sleeper() -> Child {
        Command::new("env")
            .args(["--default-signal=QUIT", "sleep", "600"])
            .process_group(0)
            .spawn()
            .unwrap()
    }

    #[test]
    fn the_end_kills_every_group_and_removes_the_folder() {
        let folder = tempfile::tempdir().unwrap().keep();
        let (mut killed, mut quit) = (sleeper(), sleeper());
        let reaper = Reaper::start().unwrap();
        reaper.stop_group(killed.id(), Stop::Kill).unwrap();
        reaper.stop_group(quit.id(), Stop::Quit).unwrap();
        reaper.remove_folder(&folder).unwrap();
        drop(reaper);
        assert_eq!(killed.wait().unwrap().signal(), Some(9));
        assert_eq!(quit.wait().unwrap().signal(), Some(3));
        assert!(!folder.exists());
    }

    #[test]
    fn a_group_whose_leader_ended_is_killed_at_once_and_forgotten() {
        // The sleeper in the background holds the pipe: its end is the sleeper's.
        let mut leader = Command::new("sh")
            .args(["-c", "sleep 60 & exit 0"])
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .unwrap();
        let (pid, start) = (leader.id(), Instant::now());
        let reaper = Reaper::start().unwrap();
        reaper.stop_group(pid, Stop::Kill).unwrap();
        assert!(leader.wait().unwrap().success());
        reaper.group_ended(pid).unwrap();
        leader
            .stdout
            .take()
            .unwrap()
            .read_to_end(&mut Vec::new())
            .unwrap();
        assert!(
            start.elapsed() < Duration::from_secs(40),
            "the sleeper outlived its group"
        );
    }

    #[test]
    fn a_killed_program_leaves_no_process() {
        // A shell plays the killed program: it holds the reaper's input, starts a process and is killed.
        let dir = tempfile::tempdir().unwrap();
        let (pipe, pids) = (dir.path().join("pipe"), dir.path().join("pids"));
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let mut reaper = Command::new("sh")
            .args(["-c", &format!("exec < '{}'\n{SCRIPT}", pipe.display())])
            .spawn()
            .unwrap();
        let mut orphan = sleeper();
        let mut program = Command::new("sh")
            .args([
                "-c",
                "exec 3> \"$0\"; echo kill \"$1\" >&3; echo ready > \"$2\"; exec sleep 600",
            ])
            .args([
                pipe.as_os_str(),
                orphan.id().to_string().as_ref(),
                pids.as_os_str(),
            ])
            .spawn()
            .unwrap();
        while !pids.exists() {
            assert!(program.try_wait().unwrap().is_none(), "the program ended early");
            std::thread::yield_now();
        }
        program.kill().unwrap();
        program.wait().unwrap();
        assert!(reaper.wait().unwrap().code().is_some());
        assert_eq!(orphan.wait().unwrap().signal(), Some(9));
    }
}
