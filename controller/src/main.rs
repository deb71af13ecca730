//! `chancery-controller`: one program, one subcommand for each Deployment.
//!
//! `secrets` turns SealedSecrets into Secrets, `schema` brings databases in line with their declared
//! tables. Each half watches in `scope`, has its rules in `decide`, which is pure, its effects in
//! `reconcile` or `pass`, and makes conditions in `status`. `README.md` beside this folder is the user's
//! manual.

use std::process::ExitCode;

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
mod schema;
mod sealed_secret;
mod telemetry;

fn main() -> ExitCode {
    let args = args::Args::read();
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
