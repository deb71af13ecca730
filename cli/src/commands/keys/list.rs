//! `chancery keys list`: the sealing keys of a cluster or a local store.

use std::path::PathBuf;

use k8s_openapi::api::core::v1::Secret;

use crate::cluster::{Cluster, ClusterArgs};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Status};
use crate::key_listing::KeyListing;
use crate::local::LocalStore;
use crate::printer::table;
use crate::report::{self, ReportFormat};

const EXAMPLES: &str = "\
Examples:
  chancery keys list
  chancery keys list --controller-namespace sealed-secrets -o json
  chancery keys list --local .chancery

The newest active key is what is sealed with; every active key opens what was sealed for it.";

/// List sealing keys, newest first
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ListArgs {
    /// The format
    #[arg(short = 'o', long = "output", value_enum, ignore_case = true, default_value_t)]
    output: ReportFormat,
    /// A folder that stands in for a cluster
    #[arg(long, value_name = "DIR")]
    local: Option<PathBuf>,
    #[command(flatten)]
    cluster: ClusterArgs,
}

/// Lists the keys.
///
/// # Errors
/// When the store or the cluster cannot be read. A key that is malformed is listed as such.
pub(crate) fn run(args: &ListArgs, context: &Context) -> CommandResult {
    let secrets = match &args.local {
        Some(folder) => {
            let documents = LocalStore::open(folder)?.keys()?;
            documents
                .iter()
                .map(|document| Ok(document.to::<Secret>()?))
                .collect::<Result<Vec<_>, CommandError>>()?
        }
        None => Cluster::connect(&args.cluster)?.key_secrets(&args.cluster)?,
    };
    let mut keys: Vec<KeyListing> = secrets
        .iter()
        .map(|secret| KeyListing::new(secret, context.now))
        .collect();
    keys.sort_by(|one, other| {
        other
            .created
            .cmp(&one.created)
            .then_with(|| one.name.cmp(&other.name))
    });
    match args.output {
        ReportFormat::Json => context.printer.data(&report::json(&keys)?)?,
        ReportFormat::Text => {
            let rows: Vec<_> = keys.iter().map(KeyListing::row).collect();
            context.printer.report(&table(
                ["NAME", "STATE", "CREATED", "EXPIRES", "FINGERPRINT"],
                &rows,
            ))?;
        }
    }
    Ok(Status::Done)
}
