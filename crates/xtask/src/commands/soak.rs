//! `cargo xtask soak`: what takes more time than every change has.

mod crash;
mod fuzz;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Kill runs of plans, and the controller, in every way at every boundary.
    ///
    /// The tests of `cargo xtask test` meet each boundary once; this is the same code with all kinds of kill.
    Crash(crash::CrashArguments),
    /// Look for inputs that break a law: items, keys, documents, edits, scopes, templates.
    ///
    /// The laws are in `crates/manifests/fuzz`; the tests of `manifests` hold them against the files of `testdata/`.
    Fuzz(fuzz::FuzzArguments),
}

/// Runs it, and returns its exit code.
///
/// # Errors
/// When something is missing or does not start.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    match &arguments.what {
        What::Crash(arguments) => crash::run(arguments),
        What::Fuzz(arguments) => fuzz::run(arguments),
    }
}
