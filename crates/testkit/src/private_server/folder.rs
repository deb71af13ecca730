//! The folder of a private server, and the one that it is a copy of.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, ensure};

use crate::servers::servers;
use crate::unique::unique_name;

/// A folder that the account of the run's database servers owns; it is removed when this is dropped.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Makes one beside those of the shared servers, so that it goes with the run at the latest.
    pub(super) fn create(name: &str) -> Result<Self> {
        let path = of_run()?.join(unique_name(name));
        let doing = || format!("making `{}`", path.display());
        DirBuilder::new().mode(0o755).create(&path).with_context(doing)?;
        let folder = Self(path.clone());
        let account = Account::of_run()?;
        chown(&path, Some(account.user), Some(account.group)).with_context(doing)?;
        Ok(folder)
    }

    /// Makes one with a copy of the data folder that `make` fills, once a run, in the folder that it is given.
    pub(super) fn with_data(name: &str, make: impl FnOnce(&Path) -> Result<()>) -> Result<Self> {
        // Two tests of a process at once would each make it.
        static MAKING: Mutex<()> = Mutex::new(());
        let template = of_run()?.join(format!("template-{name}"));
        {
            let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
            if !template.is_dir() {
                let partial = Self::create("partial")?;
                make(&partial.0)?;
                // Another process may have been faster, with one as good.
                if fs::rename(&partial.0, &template).is_ok() {
                    std::mem::forget(partial);
                }
            }
        }
        let folder = Self::create(name)?;
        let mut copy = Command::new("cp");
        copy.arg("--archive")
            .arg(template.join("data"))
            .arg(folder.path());
        run(&mut copy, "copying the data folder")?;
        Ok(folder)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left goes with the run.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The account that the run's database servers run as: they refuse to run as root.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Account {
    user: u32,
    group: u32,
}

impl Account {
    /// Returns the owner of the shared Postgres server's folder.
    pub(super) fn of_run() -> Result<Self> {
        Self::owner(&servers().postgres.socket)
    }

    fn owner(path: &Path) -> Result<Self> {
        let metadata = fs::metadata(path).with_context(|| format!("looking at `{}`", path.display()))?;
        Ok(Self {
            user: metadata.uid(),
            group: metadata.gid(),
        })
    }

    /// Returns its number, unless it is this process' own.
    pub(super) fn other(self) -> Result<Option<u32>> {
        Ok((Self::owner(Path::new("/proc/self"))?.user != self.user).then_some(self.user))
    }

    /// Gives it a file.
    pub(super) fn give(self, path: &Path) -> Result<()> {
        chown(path, Some(self.user), Some(self.group))
            .with_context(|| format!("giving `{}` to the database servers' account", path.display()))
    }

    /// Returns a command that runs a program as the account, from its first instruction on.
    pub(super) fn run(self, program: &Path) -> Result<Command> {
        if self.other()?.is_none() {
            return Ok(Command::new(program));
        }
        let mut command = Command::new("setpriv");
        command
            .args([
                format!("--reuid={}", self.user),
                format!("--regid={}", self.group),
            ])
            .args(["--clear-groups", "--"])
            .arg(program);
        Ok(command)
    }
}

/// Runs a command to its end.
pub(super) fn run(command: &mut Command, doing: &str) -> Result<()> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{doing}: running {command:?}"))?;
    ensure!(
        output.status.success(),
        "{doing}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

fn of_run() -> Result<PathBuf> {
    let socket = &servers().postgres.socket;
    let parent = socket
        .parent()
        .context("the shared Postgres server's folder has no parent")?;
    Ok(parent.to_owned())
}
