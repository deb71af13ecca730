//! `chancery kubeseal`: kubeseal's command line.

use std::ffi::OsString;

use crate::context::Context;
use crate::error::CommandResult;
use crate::kubeseal;

/// Seal and open with kubeseal's command line, flag by flag
///
/// A program or link named `kubeseal` that leads to this one is the same.
// The flags are pflag's, read in kubeseal/: clap's own grammar would not fit between them.
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct KubesealArgs {
    /// kubeseal's flags: `chancery kubeseal --help` lists them
    #[arg(
        value_name = "FLAGS",
        trailing_var_arg = true,
        allow_hyphen_values = true,
        num_args = 0..
    )]
    arguments: Vec<OsString>,
}

/// Runs kubeseal's mode.
///
/// # Errors
/// Whatever it fails with.
pub(crate) fn run(args: &KubesealArgs, context: &Context) -> CommandResult {
    kubeseal::run(&args.arguments, context)
}
