//! The list of commands and the flags that all of them have.

use anstream::ColorChoice;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::commands::{
    apply, cert, completions, grants, inspect, install, item, keys, kubeseal, migrations, plan, quickstart,
    reseal, seal, unseal, verify,
};
use crate::context::Context;
use crate::error::CommandResult;
use crate::printer::Printer;

/// How wide help is at most.
const WIDTH: usize = 100;

/// Keeps a cluster's secrets and its database schemas in Git.
#[derive(Parser)]
#[command(name = "chancery", version, propagate_version = false, max_term_width = WIDTH)]
#[command(after_help = "\
Start with `chancery quickstart`: it shows the main job, with no cluster and no server.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 changes are pending, 4 held or awaiting approval,
5 timed out.")]
pub(crate) struct Cli {
    /// Flags of every command.
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    command: Command,
}

/// Flags that every command has.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct GlobalArgs {
    /// Say only warnings and errors on standard error
    #[arg(short, long, global = true, help_heading = "All commands")]
    quiet: bool,
    /// When to use colours; `NO_COLOR` in the environment turns them off too
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "WHEN",
        help_heading = "All commands"
    )]
    color: Colour,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Colour {
    #[default]
    Auto,
    Always,
    Never,
}

// Without `Debug`: arguments may hold a URL with a password.
#[derive(Subcommand)]
enum Command {
    Seal(seal::SealArgs),
    Unseal(unseal::UnsealArgs),
    Reseal(reseal::ResealArgs),
    Verify(verify::VerifyArgs),
    Inspect(inspect::InspectArgs),
    Cert(cert::CertArgs),
    Item(item::ItemArgs),
    Keys(keys::KeysArgs),
    Plan(plan::PlanArgs),
    Apply(apply::ApplyArgs),
    Migrations(migrations::MigrationsArgs),
    Grants(grants::GrantsArgs),
    Quickstart(quickstart::QuickstartArgs),
    Install(install::InstallArgs),
    Kubeseal(kubeseal::KubesealArgs),
    Completions(completions::CompletionsArgs),
}

impl GlobalArgs {
    /// The printer that these flags ask for.
    pub(crate) fn printer(self) -> Printer {
        let colour = match self.color {
            Colour::Auto => ColorChoice::Auto,
            Colour::Always => ColorChoice::Always,
            Colour::Never => ColorChoice::Never,
        };
        Printer::new(self.quiet, colour)
    }
}

impl Cli {
    /// Runs the command that was called.
    ///
    /// # Errors
    /// Whatever the command fails with.
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        match self.command {
            Command::Seal(args) => seal::run(&args, context),
            Command::Unseal(args) => unseal::run(&args, context),
            Command::Reseal(args) => reseal::run(&args, context),
            Command::Verify(args) => verify::run(&args, context),
            Command::Inspect(args) => inspect::run(&args, context),
            Command::Cert(args) => cert::run(&args, context),
            Command::Item(args) => item::run(&args, context),
            Command::Keys(args) => keys::run(&args, context),
            Command::Plan(args) => plan::run(&args, context),
            Command::Apply(args) => apply::run(&args, context),
            Command::Migrations(args) => migrations::run(&args, context),
            Command::Grants(args) => grants::run(&args, context),
            Command::Quickstart(args) => quickstart::run(&args, context),
            Command::Install(args) => install::run(&args, context),
            Command::Kubeseal(args) => kubeseal::run(&args, context),
            Command::Completions(args) => completions::run(args, context),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn no_line_of_the_examples_is_too_long_for_the_width_that_help_is_wrapped_at() {
        fn check(command: &clap::Command, path: &str) {
            let path = format!("{path} {}", command.get_name());
            for text in [command.get_after_help(), command.get_after_long_help()] {
                let text = text.map(ToString::to_string).unwrap_or_default();
                for line in text.lines() {
                    assert!(line.chars().count() <= WIDTH, "{path}: {line}");
                }
            }
            for one in command.get_subcommands() {
                check(one, &path);
            }
        }
        check(&Cli::command(), "");
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
