//! `chancery-controller`: one program, one subcommand for each Deployment.
//!
//! `secrets` turns SealedSecrets into Secrets. Every kind of object has one folder with the same
//! four files: `mod` wires its watches, `decide` holds its rules and is pure, `reconcile` has the
//! effects, `status` makes its conditions. `README.md` beside this folder is the user's manual.

use std::process::ExitCode;

use clap::Parser;

mod args;
mod backoff;
mod context;
mod cpu;
mod duration;
mod error;
mod http;
mod keys;
mod lease;
mod ready;
mod run;
mod sealed_secret;
mod telemetry;

fn main() -> ExitCode {
    let args = args::Args::parse();
    let logs = telemetry::install(args.log());
    match run::run(args) {
        Ok(()) => {
            logs.flush();
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!("{error:#}");
            logs.flush();
            ExitCode::FAILURE
        }
    }
}
