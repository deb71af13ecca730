//! `chancery plan`: what would be done to make databases what their Tables declare.

use crate::context::Context;
use crate::error::{CommandResult, Status};
use crate::planning::{self, PlanningArgs};

const EXAMPLES: &str = "\
Examples:
  chancery plan -f schema/
  chancery plan -f schema/ --local .chancery -o json
  CHANCERY_DATABASE_URL=postgres://me:secret@localhost/app chancery plan -f schema/
  chancery plan -f schema/ --database-url sqlite:app.db -o sql -w migration.sql
  chancery plan -f schema/ --exit-code || echo 'the database is not as declared'

A relative path in the `dsn` of a SQLite Database is relative to the current folder, as SchemaHero's
is.
Steps that would lose data are held: they are shown, and run only with --allow.";

/// Show what would make a database what its Tables declare
///
/// Reads Tables and Databases (SchemaHero's manifests, v1alpha4; other kinds are passed over), compares
/// them with the live databases, and prints the steps with their hazards. Nothing is changed.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    planning: PlanningArgs,
    /// End with exit code 3 when there is something to do, held or not
    #[arg(long)]
    exit_code: bool,
}

/// Prints the plans.
///
/// # Errors
/// When the manifests or a connection cannot be read, a database cannot be reached, or the plan cannot be written.
pub(crate) fn run(args: &PlanArgs, context: &Context) -> CommandResult {
    let jobs = planning::jobs(&args.planning, context)?;
    let plans = planning::runtime()?.block_on(planning::plans(&jobs))?;
    planning::deliver(&args.planning, &jobs, &plans, context)?;
    let pending = plans.iter().any(|planned| !planned.plan.is_empty());
    Ok(if args.exit_code && pending {
        Status::ChangesPending
    } else {
        Status::Done
    })
}
