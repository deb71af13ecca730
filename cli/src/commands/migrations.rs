//! `chancery migrations`: the plans of a cluster's schema controller, and what people decide about them.

mod approve;
mod decision;
mod list;
mod listing;
mod reject;
mod retry;
mod show;
mod standing;
mod state;
mod summary;
mod wait;
mod waiting;

use clap::Subcommand;

use crate::cluster::{Cluster, ClusterError, KubeconfigArgs, object_name};
use crate::context::Context;
use crate::error::CommandResult;

pub(crate) use waiting::timeout;

const EXAMPLES: &str = "\
Examples:
  chancery migrations list
  chancery migrations show app-1f0c9a2b3d
  chancery migrations approve app-1f0c9a2b3d --wait
  chancery migrations wait -d app --timeout 10m

The schema controller makes one Migration for all that the Tables of a Database change. It runs
what is approved, once, and only as long as the plan is still the same.";

/// Show, approve and follow the Migrations of a cluster
#[derive(clap::Args, Debug)]
#[command(visible_alias = "migration", after_help = EXAMPLES)]
pub(crate) struct MigrationsArgs {
    #[command(subcommand)]
    command: MigrationsCommand,
}

#[derive(Debug, Subcommand)]
enum MigrationsCommand {
    List(list::ListArgs),
    Show(show::ShowArgs),
    Approve(approve::ApproveArgs),
    Reject(reject::RejectArgs),
    Retry(retry::RetryArgs),
    Wait(wait::WaitArgs),
}

/// Which namespace of which cluster.
#[derive(clap::Args, Clone, Debug)]
struct NamespaceArgs {
    /// The namespace; by default that of the kubeconfig's context
    #[arg(short = 'n', long, value_name = "NAMESPACE", value_parser = object_name, help_heading = "Cluster")]
    namespace: Option<String>,
    #[command(flatten)]
    cluster: KubeconfigArgs,
}

impl NamespaceArgs {
    /// Returns the cluster and the namespace.
    fn open(&self) -> Result<(Cluster, String), ClusterError> {
        let cluster = Cluster::open(&self.cluster)?;
        let namespace = self
            .namespace
            .clone()
            .unwrap_or_else(|| cluster.namespace().to_owned());
        Ok((cluster, namespace))
    }
}

/// Runs the command under `migrations`.
///
/// # Errors
/// Whatever that command fails with.
pub(crate) fn run(args: &MigrationsArgs, context: &Context) -> CommandResult {
    match &args.command {
        MigrationsCommand::List(args) => list::run(args, context),
        MigrationsCommand::Show(args) => show::run(args, context),
        MigrationsCommand::Approve(args) => approve::run(args, context),
        MigrationsCommand::Reject(args) => reject::run(args, context),
        MigrationsCommand::Retry(args) => retry::run(args, context),
        MigrationsCommand::Wait(args) => wait::run(args, context),
    }
}
