//! `cargo xtask tidy`.

use std::process::ExitCode;

use anyhow::Result;

use super::report;
use crate::{repository, tidy};

/// Checks the shape of files and folders.
///
/// # Errors
/// When the files cannot be listed or read.
pub fn run() -> Result<ExitCode> {
    let files = repository::files(repository::root())?;
    Ok(report("tidy", &tidy::violations(&files)))
}
