//! `cargo xtask layers`.

use std::process::ExitCode;

use anyhow::Result;

use super::report;
use crate::{layers, repository};

/// Checks the arrows between the packages.
///
/// # Errors
/// When `cargo metadata` fails.
pub fn run() -> Result<ExitCode> {
    let metadata = repository::metadata(repository::root())?;
    Ok(report("layers", &layers::violations(&metadata)))
}
