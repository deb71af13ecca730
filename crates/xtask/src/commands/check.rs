//! `cargo xtask check`: what is worth a look before each commit.

use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result};

use super::{crds, layers, tidy};
use crate::repository;

/// Runs all fast checks, also after one has failed, so that one run tells everything.
///
/// # Errors
/// When a check cannot be run.
pub fn run() -> Result<ExitCode> {
    let checks: [(&str, &dyn Fn() -> Result<ExitCode>); 5] = [
        ("layers", &layers::run),
        ("tidy", &tidy::run),
        ("fmt", &|| cargo(&["fmt", "--all", "--check"])),
        ("clippy", &|| {
            cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])
        }),
        ("crds", &|| crds::run(&crds::Arguments { check: true })),
    ];
    let mut failed = Vec::new();
    for (name, check) in checks {
        crate::progress(&format!("checking {name}"));
        let passed = match check() {
            Ok(code) => code == ExitCode::SUCCESS,
            Err(error) => {
                crate::progress(&format!("error: {error:#}"));
                false
            }
        };
        if !passed {
            failed.push(name);
        }
    }
    if failed.is_empty() {
        crate::progress("all checks passed");
        return Ok(ExitCode::SUCCESS);
    }
    crate::progress(&format!("failed: {}", failed.join(", ")));
    Ok(ExitCode::FAILURE)
}

fn cargo(args: &[&str]) -> Result<ExitCode> {
    let status = Command::new("cargo")
        .args(args)
        .current_dir(repository::root())
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("running `cargo {}`", args.join(" ")))?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
