//! `chancery completions`: what a shell needs to complete commands and flags.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::context::Context;
use crate::error::{CommandResult, Status};
use crate::kubeseal;

const EXAMPLES: &str = "\
Examples:
  chancery completions bash > ~/.local/share/bash-completion/completions/chancery
  chancery completions zsh > \"${fpath[1]}/_chancery\"
  chancery completions fish > ~/.config/fish/completions/chancery.fish";

/// Print a completion script for a shell
#[derive(clap::Args, Clone, Copy, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the script.
///
/// # Errors
/// When standard output does not take it.
pub(crate) fn run(args: CompletionsArgs, context: &Context) -> CommandResult {
    let mut script = Vec::new();
    // The command itself takes kubeseal's flags as they come; a shell can complete them all the same.
    let mut command = Cli::command().mut_subcommand("kubeseal", |_| kubeseal::command());
    clap_complete::generate(args.shell, &mut command, "chancery", &mut script);
    context.printer.data(&script)?;
    Ok(Status::Done)
}
