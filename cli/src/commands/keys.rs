//! `chancery keys`: sealing keys.

mod generate;
mod list;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandResult;

/// Make and list sealing keys
#[derive(clap::Args, Debug)]
pub(crate) struct KeysArgs {
    #[command(subcommand)]
    command: KeysCommand,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    Generate(generate::GenerateArgs),
    List(list::ListArgs),
}

/// Runs the command under `keys`.
///
/// # Errors
/// Whatever that command fails with.
pub(crate) fn run(args: &KeysArgs, context: &Context) -> CommandResult {
    match &args.command {
        KeysCommand::Generate(args) => generate::run(args, context),
        KeysCommand::List(args) => list::run(args, context),
    }
}
