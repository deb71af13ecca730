//! `cargo xtask crds`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, ensure};

use super::report;
use crate::{crds, repository};

/// What the command takes.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Arguments {
    /// Write nothing, and say which files are out of date.
    #[arg(long)]
    pub check: bool,
}

/// Writes or checks the manifests in `crds/`.
///
/// # Errors
/// When the types do not compile, or a file cannot be read or written.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let root = repository::root();
    let (folder, generated) = (root.join("crds"), generate(root)?);
    if arguments.check {
        return Ok(report("crds", &crds::violations(&folder, &generated)?));
    }
    crds::write(&folder, &generated)?;
    crate::progress(&format!("wrote {} files to crds/", generated.len()));
    Ok(ExitCode::SUCCESS)
}

/// Returns the manifests, file name to text. Another program knows the types, so that this one can be built
/// while they do not compile.
fn generate(root: &Path) -> Result<BTreeMap<String, String>> {
    let output = Command::new("cargo")
        .args(["run", "--quiet", "--package", "xtask", "--example", "crds"])
        .current_dir(root)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("generating the CRDs with `cargo run --example crds`")?;
    ensure!(
        output.status.success(),
        "generating the CRDs: `cargo run --package xtask --example crds` ended with {}",
        output.status
    );
    serde_json::from_slice(&output.stdout).context("reading the generated CRDs")
}
