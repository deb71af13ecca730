//! `chancery migrations wait`: until a plan has run, or a Database is as declared.

use std::time::Duration;

use clap::ValueEnum;

use super::NamespaceArgs;
use super::standing::Goal;
use super::waiting;
use crate::cluster::object_name;
use crate::context::Context;
use crate::error::{CommandResult, Status};

const EXAMPLES: &str = "\
Examples:
  chancery migrations wait app-1f0c9a2b3d
  chancery migrations wait -d app --timeout 10m            the Database is as declared
  chancery migrations wait -d app --for executed -n shop   its newest Migration has run

Ends at once when it can't come any more: failed, rejected, no longer valid, stalled.
Exit codes: 0 it has come, 1 it will not, 4 held, or awaiting approval when the time is over,
5 timed out.";

/// Wait until a Migration has run, or a Database is ready
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct WaitArgs {
    /// The Migration
    #[arg(required_unless_present = "database", value_name = "NAME", value_parser = object_name)]
    name: Option<String>,
    /// The Database
    #[arg(short, long, value_name = "NAME", conflicts_with = "name", value_parser = object_name)]
    database: Option<String>,
    /// What to wait for; by default `executed` for a Migration, `ready` for a Database
    #[arg(long = "for", value_enum, value_name = "WHAT", ignore_case = true)]
    what: Option<What>,
    /// How long to wait, such as 90s, 5m or 2h
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = waiting::timeout)]
    timeout: Duration,
    #[command(flatten)]
    place: NamespaceArgs,
}

/// What can be waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// The Migration, or the newest of the Database, has run.
    Executed,
    /// The Database is as all its Tables declare now.
    Ready,
}

/// Waits.
///
/// # Errors
/// As [`waiting::until`]; when there is no such Migration or Database.
pub(super) fn run(args: &WaitArgs, context: &Context) -> CommandResult {
    let (cluster, namespace) = args.place.open()?;
    let goal = match (&args.name, args.database.as_ref(), args.what) {
        (Some(name), _, None | Some(What::Executed)) => Goal::Executed(name.clone()),
        (Some(name), _, Some(What::Ready)) => Goal::Ready {
            database: cluster.migration(&namespace, name)?.spec.database_name,
            migration: Some(name.clone()),
        },
        (None, Some(database), Some(What::Executed)) => Goal::NewestExecuted(database.clone()),
        (None, database, _) => Goal::Ready {
            database: database.cloned().unwrap_or_default(),
            migration: None,
        },
    };
    waiting::until(&cluster, &namespace, &goal, args.timeout, context)?;
    Ok(Status::Done)
}
