//! `chancery migrations retry`: goes on with a run that failed.

use super::NamespaceArgs;
use super::decision::{Decision, decide};
use super::state;
use super::waiting::{self, WaitFlags};
use crate::cluster::{label, object_name};
use crate::context::Context;
use crate::error::{CommandResult, Status};

const EXAMPLES: &str = "\
Examples:
  chancery migrations retry app-1f0c9a2b3d
  chancery migrations retry app-1f0c9a2b3d --wait

The steps that are done stay done; the run goes on with the one that failed. Mend the cause first:
`show` tells it.";

/// Go on with the runs of Migrations that failed
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct RetryArgs {
    /// The Migrations
    #[arg(required = true, value_name = "NAME", value_parser = object_name)]
    names: Vec<String>,
    #[command(flatten)]
    wait: WaitFlags,
    #[command(flatten)]
    place: NamespaceArgs,
}

/// Asks for the runs to go on.
///
/// # Errors
/// When one did not fail, and when the cluster refuses. With `--wait`, as [`super::wait::run`].
pub(super) fn run(args: &RetryArgs, context: &Context) -> CommandResult {
    let (cluster, namespace) = args.place.open()?;
    let retried = decide(&cluster, &namespace, &args.names, &Decision::Retry, |migration| {
        if let Some(why) = state::why(migration) {
            context
                .printer
                .note(&format!("Migration {} failed: {why}", label(migration)));
        }
    })?;
    for migration in &retried {
        let run = state::run(migration).unwrap_or_default();
        context
            .printer
            .note(&format!("Migration {} is tried again ({run})", label(migration)));
    }
    if args.wait.wait {
        waiting::until_executed(&cluster, &retried, args.wait.timeout, context)?;
    }
    Ok(Status::Done)
}
