//! The account that database servers run as: they refuse to run as root.

use std::os::unix::fs::chown;
use std::path::Path;

use anyhow::{Context, Result};
use tokio::process::Command;

use super::needs::{answer, is_root};

/// The account of database servers: this process' own, or another one when this process is root's.
pub(super) struct Account(Option<Other>);

struct Other {
    name: &'static str,
    id: u32,
    group: u32,
}

impl Account {
    /// Returns this process' account; for root `postgres`, which Debian's package makes, else `nobody`.
    ///
    /// # Errors
    /// When this process is root's and there is neither.
    pub(super) fn choose() -> Result<Self> {
        if !is_root() {
            return Ok(Self(None));
        }
        ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| {
                Some(Self(Some(Other {
                    name,
                    id: answer("id", &["-u", name])?.parse().ok()?,
                    group: answer("id", &["-g", name])?.parse().ok()?,
                })))
            })
            .context(
                "database servers refuse to run as root, and there is neither a user `postgres` nor `nobody`",
            )
    }

    /// Gives a file or folder to the account.
    ///
    /// # Errors
    /// When the system refuses.
    pub(super) fn give(&self, path: &Path) -> Result<()> {
        let Some(other) = &self.0 else { return Ok(()) };
        chown(path, Some(other.id), Some(other.group))
            .with_context(|| format!("giving `{}` to the database servers' account", path.display()))
    }

    /// Returns a command that runs a program as the account, from its first instruction on.
    pub(super) fn run(&self, program: &Path) -> Command {
        let Some(other) = &self.0 else {
            return Command::new(program);
        };
        let mut command = Command::new("setpriv");
        command
            .args([
                "--reuid",
                &other.id.to_string(),
                "--regid",
                &other.group.to_string(),
                "--clear-groups",
                "--",
            ])
            .arg(program);
        command
    }

    /// Returns the option with which a MySQL or MariaDB program that was started as root becomes the account.
    ///
    /// The program itself may be in a folder that the account cannot enter, such as root's cache.
    pub(super) fn user_option(&self) -> Option<String> {
        self.0.as_ref().map(|other| format!("--user={}", other.name))
    }
}
