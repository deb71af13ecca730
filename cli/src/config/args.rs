//! Which configuration a command uses.

use std::env;
use std::path::PathBuf;

use anyhow::Context as _;

use super::Config;
use crate::environment::path_or_empty;
use crate::error::CommandError;

/// Which configuration to use.
#[derive(clap::Args, Clone, Debug, Default)]
#[command(next_help_heading = "Configuration")]
pub(crate) struct ConfigArgs {
    /// The configuration; by default `.chancery.yaml` in this folder or the nearest one above it in the repository
    #[arg(long, value_name = "FILE", env = "CHANCERY_CONFIG", value_parser = path_or_empty())]
    config: Option<PathBuf>,
}

impl ConfigArgs {
    /// The configuration that was named, else the one that is found; `None` when there is none.
    ///
    /// # Errors
    /// When it can't be read or has a mistake, with its line and field; and when the one that was found belongs to
    /// another user.
    pub(crate) fn load(&self) -> Result<Option<Config>, CommandError> {
        let working = env::current_dir().context("cannot tell the working directory")?;
        match self.config.as_deref().filter(|file| !file.as_os_str().is_empty()) {
            Some(file) => Config::read(&working, file).map(Some),
            None => Config::find(&working),
        }
    }
}
