//! `chancery migrations reject`: a plan shall not run.

use api::migration::Phase;
use api::names;
use migrate::report::harmless;

use super::NamespaceArgs;
use super::decision::{Decision, decide};
use super::state;
use super::summary::summary;
use crate::cluster::{label, object_name};
use crate::context::Context;
use crate::error::{CommandResult, Status};

const EXAMPLES: &str = "\
Examples:
  chancery migrations reject app-1f0c9a2b3d
  chancery migrations reject app-1f0c9a2b3d --reason 'not before the release'

The Database then waits until its Tables change, and a new plan is made.";

/// Longest reason: an annotation is no place for more.
const MOST: usize = 1024;

/// Reject Migrations: their plans never run
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct RejectArgs {
    /// The Migrations
    #[arg(required = true, value_name = "NAME", value_parser = object_name)]
    names: Vec<String>,
    /// Why, for those who read it; it is kept in an annotation
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: Option<String>,
    #[command(flatten)]
    place: NamespaceArgs,
}

fn reason(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        Err("the reason is empty".to_owned())
    } else if text.len() > MOST {
        Err(format!("the reason is longer than {MOST} bytes"))
    } else {
        Ok(text.to_owned())
    }
}

/// Rejects the Migrations.
///
/// # Errors
/// When one can't be rejected as it is, and when the cluster refuses.
pub(super) fn run(args: &RejectArgs, context: &Context) -> CommandResult {
    let (cluster, namespace) = args.place.open()?;
    let decision = Decision::Reject(args.reason.clone());
    let rejected = decide(&cluster, &namespace, &args.names, &decision, |migration| {
        context.printer.note(&summary(migration));
    })?;
    for migration in &rejected {
        let by = state::annotation(migration, names::REJECTED_BY);
        let by = by.map_or_else(String::new, |by| format!(", as {}", harmless(by)));
        context
            .printer
            .note(&format!("rejected Migration {}{by}", label(migration)));
        if state::phase(migration) == Phase::Approved {
            context.printer.warning(&format!(
                "it was approved before, and may have begun to run: {}",
                state::command("show", migration)
            ));
        }
    }
    Ok(Status::Done)
}
