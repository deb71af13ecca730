//! `chancery keys`: sealing keys.

mod backup;
mod generate;
mod list;
mod look;
mod new_key;
mod restore;
mod retire;
mod rotate;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandResult;

/// Make, list, save and restore sealing keys
#[derive(clap::Args, Debug)]
pub(crate) struct KeysArgs {
    #[command(subcommand)]
    command: KeysCommand,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    Generate(generate::GenerateArgs),
    List(list::ListArgs),
    Rotate(rotate::RotateArgs),
    Retire(retire::RetireArgs),
    Backup(backup::BackupArgs),
    Restore(restore::RestoreArgs),
}

/// Runs the command under `keys`.
///
/// # Errors
/// Whatever that command fails with.
pub(crate) fn run(args: &KeysArgs, context: &Context) -> CommandResult {
    match &args.command {
        KeysCommand::Generate(args) => generate::run(args, context),
        KeysCommand::List(args) => list::run(args, context),
        KeysCommand::Rotate(args) => rotate::run(args, context),
        KeysCommand::Retire(args) => retire::run(args, context),
        KeysCommand::Backup(args) => backup::run(args, context),
        KeysCommand::Restore(args) => restore::run(args, context),
    }
}
