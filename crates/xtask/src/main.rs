//! `cargo xtask`: see the library.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::commands::{bench, check, crds, layers, servers, soak, test, tidy};

/// Quick checks and chores of this repository.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run all fast checks: formatting, lints, layers, tidy, CRDs.
    Check,
    /// Write the CRD manifests of crds/ from the types of crates/api.
    Crds(crds::Arguments),
    /// Check the arrows between the packages.
    Layers,
    /// Check the shape of files and folders.
    Tidy,
    /// Start the private servers of live tests and keep them until Ctrl-C.
    Servers(servers::Arguments),
    /// Provide and start the private servers, run `cargo test`, stop the servers.
    Test(test::Arguments),
    /// Repeat tests of faults for as long as is wished.
    Soak(soak::Arguments),
    /// Measure against the programs that this one replaces.
    Bench(bench::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Check => check::run(),
        Command::Crds(arguments) => crds::run(&arguments),
        Command::Layers => layers::run(),
        Command::Tidy => tidy::run(),
        Command::Servers(arguments) => servers::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Soak(arguments) => soak::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
    };
    result.unwrap_or_else(|error| {
        xtask::progress(&format!("error: {error:#}"));
        ExitCode::FAILURE
    })
}
