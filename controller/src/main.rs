//! `chancery-controller`: one program, one subcommand for each Deployment.
//!
//! `secrets` turns SealedSecrets into Secrets, `schema` brings databases in line with their declared
//! tables. Each half watches in `scope`, has its rules in `decide`, which is pure, its effects in
//! `reconcile` or `pass`, and makes conditions in `status`. `README.md` beside this folder is the user's
//! manual.

use std::io::{self, Write as _};
use std::process::ExitCode;

mod args;
mod backoff;
mod context;
mod cpu;
mod duration;
mod error;
mod events;
mod http;
mod keys;
mod lease;
mod metrics;
mod pace;
mod ready;
mod run;
mod schema;
mod sealed_secret;
mod serve;
mod telemetry;
mod version;

fn main() -> ExitCode {
    let args = args::Args::read();
    if args.asks_for_version() {
        // Upstream's line, which scripts read.
        let said = writeln!(io::stdout(), "controller version: {}", version::VERSION);
        return if said.is_ok() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        };
    }
    let logs = telemetry::install(args.log());
    for remark in args.remarks() {
        tracing::warn!("{remark}");
    }
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
