//! `chancery migrations approve`: lets a plan run.

use super::NamespaceArgs;
use super::decision::{Decision, decide};
use super::state;
use super::summary::summary;
use super::waiting::{self, WaitFlags};
use crate::cluster::{label, object_name};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Status};

const EXAMPLES: &str = "\
Examples:
  chancery migrations approve app-1f0c9a2b3d
  chancery migrations approve app-1f0c9a2b3d --hash 1f0c9a2b3d… --wait --timeout 10m
  chancery migrations approve app-1f0c9a2b3d billing-77c01b6a2e -n shop

An approval is for the plan of this hash, once: when the Tables or the database change before it
has run, it is void. What is held stays held. Where the cluster has Chancery's admission policies,
it needs the right `update` on `migrations/approve`.";

/// Approve Migrations: their plans run
///
/// Shows what will run, and writes the approval on the Migration. With several names, all are checked before
/// the first is approved.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct ApproveArgs {
    /// The Migrations
    #[arg(required = true, value_name = "NAME", value_parser = object_name)]
    names: Vec<String>,
    /// Approve only the plan with this hash, the one that was reviewed (`show` prints it)
    #[arg(long, value_name = "HASH")]
    hash: Option<String>,
    #[command(flatten)]
    wait: WaitFlags,
    #[command(flatten)]
    place: NamespaceArgs,
}

/// Approves the Migrations.
///
/// # Errors
/// When one can't be approved as it is, and when the cluster refuses. With `--wait`, as
/// [`super::wait::run`].
pub(super) fn run(args: &ApproveArgs, context: &Context) -> CommandResult {
    if args.hash.is_some() && args.names.iter().any(|name| *name != args.names[0]) {
        return Err(CommandError::usage(
            "`--hash` is the hash of one plan, and several Migrations are named",
        )
        .hint("approve them one by one"));
    }
    let (cluster, namespace) = args.place.open()?;
    let decision = Decision::Approve(args.hash.clone());
    let approved = decide(&cluster, &namespace, &args.names, &decision, |migration| {
        context.printer.note(&summary(migration));
    })?;
    for migration in &approved {
        let by = state::approved_by(migration).map_or_else(String::new, |by| format!(", as {by}"));
        context
            .printer
            .note(&format!("approved Migration {}{by}", label(migration)));
    }
    if args.wait.wait {
        waiting::until_executed(&cluster, &approved, args.wait.timeout, context)?;
    }
    Ok(Status::Done)
}
