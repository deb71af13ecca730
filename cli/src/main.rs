//! The `chancery` command line: seals Secrets so that they can live in Git, and migrates the
//! database schemas that are declared beside them. The commands are in `commands/`.

mod age;
mod atomic_file;
mod certificate;
mod cli;
mod cluster;
mod commands;
mod config;
mod context;
mod database;
mod environment;
mod error;
mod input;
mod interrupt;
mod item_key;
mod item_value;
mod key_backup;
mod key_choice;
mod key_listing;
mod key_standing;
mod key_store;
mod key_usage;
mod kubeseal;
mod local;
mod merge;
mod namespace;
mod opener;
mod output;
mod planning;
mod printer;
mod prompt;
mod report;
mod sealed_file;
mod tables;
mod tree;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::Cli;
use crate::context::Context;
use crate::error::{CommandResult, Status};
use crate::printer::Printer;

fn main() -> ExitCode {
    // Before anything can speak TLS: ureq is built without a provider of its own, and kube would
    // have to guess if a second provider were ever linked in. The call fails only when a provider
    // is installed already, which is then this one.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    #[expect(
        clippy::disallowed_methods,
        reason = "main reads the clock, everything else is given the time"
    )]
    let now = jiff::Timestamp::now();
    let mut arguments = std::env::args_os();
    if arguments
        .next()
        .is_some_and(|program| kubeseal::is_called(&program))
    {
        let context = Context::new(now, Printer::default());
        let arguments: Vec<_> = arguments.collect();
        return ended(kubeseal::run(&arguments, &context), &context);
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return Printer::default().command_line(&error).into(),
    };
    let context = Context::new(now, cli.global.printer());
    ended(cli.run(&context), &context)
}

fn ended(result: CommandResult, context: &Context) -> ExitCode {
    match result {
        Ok(status) => status.into(),
        Err(error) => {
            context.printer.error(&error);
            Status::from(&error).into()
        }
    }
}
