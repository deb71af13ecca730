//! `chancery item`: single items of a SealedSecret, in its file, with the certificate alone.

mod list;
mod mentions;
mod rename;
mod set;
mod unset;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandResult;

/// Change single items of a SealedSecret in its file
///
/// Works on the file alone: nothing is opened, and no other byte of the file changes.
#[derive(clap::Args)]
pub(crate) struct ItemArgs {
    #[command(subcommand)]
    command: ItemCommand,
}

// Without `Debug`: arguments may hold a URL with a password.
#[derive(Subcommand)]
enum ItemCommand {
    Set(Box<set::SetArgs>),
    Unset(unset::UnsetArgs),
    Rename(rename::RenameArgs),
    List(list::ListArgs),
}

/// Runs the command under `item`.
///
/// # Errors
/// Whatever that command fails with.
pub(crate) fn run(args: &ItemArgs, context: &Context) -> CommandResult {
    match &args.command {
        ItemCommand::Set(args) => set::run(args, context),
        ItemCommand::Unset(args) => unset::run(args, context),
        ItemCommand::Rename(args) => rename::run(args, context),
        ItemCommand::List(args) => list::run(args, context),
    }
}
