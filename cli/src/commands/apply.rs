//! `chancery apply`: makes databases what their Tables declare.

mod screen;

use std::collections::BTreeSet;
use std::io::{self, IsTerminal as _};

use migrate::{ApplyError, ApplyOptions, Approval, PlanRequest, Planned, Stop};

use self::screen::Screen;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Status};
use crate::interrupt;
use crate::planning::{self, Job, PlanningArgs};

const EXAMPLES: &str = "\
Examples:
  chancery apply -f schema/                             shows the plan, and asks
  chancery apply -f schema/ --yes                       runs it as it is now
  chancery apply -f schema/ --approve 1f0c…             runs it only if it has this hash
  chancery apply -f schema/ --yes --allow deletes-data  drops what is declared no more

Each step is checked before and after, and is in the journal in the database. A run that was killed
is continued by the next one. Ctrl-C stops after the statement that runs.
Exit code 4: steps are held, or the plan waits for an approval.";

/// Make a database what its Tables declare
///
/// Shows the plan, and runs it once it is approved: by an answer on the terminal, by --yes, or by
/// --approve with its hash. Takes the database's migration lock, so that two runs never meet.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ApplyArgs {
    #[command(flatten)]
    planning: PlanningArgs,
    /// Run the plan without asking
    #[arg(short, long, conflicts_with = "approve")]
    yes: bool,
    /// Run only a plan with this hash (`plan` prints it); repeatable, for several databases
    #[arg(long, value_name = "HASH")]
    approve: Vec<String>,
}

/// Shows the plans and runs those that are approved, one database after the other.
///
/// # Errors
/// As [`super::plan::run`]; when a plan is not approved, and when a step fails. Databases after the one that fails
/// are left as they are.
pub(crate) fn run(args: &ApplyArgs, context: &Context) -> CommandResult {
    let jobs = planning::jobs(&args.planning, context)?;
    let runtime = planning::runtime()?;
    let plans = runtime.block_on(planning::plans(&jobs))?;
    planning::deliver(&args.planning, &jobs, &plans, context)?;
    let to_run: Vec<(&Job, &Planned)> = jobs
        .iter()
        .zip(&plans)
        .filter(|(_, planned)| !planned.plan.steps.is_empty() || planned.unfinished().is_some())
        .collect();
    if to_run.iter().any(|(_, planned)| !planned.plan.steps.is_empty()) {
        approve(args, &to_run, context)?;
    }
    let stopping = "stopping after the statement that runs; once more stops at once";
    // The connection closes, and the server rolls back what is open.
    let dropped = || {
        CommandError::message("interrupted at once")
            .hint("`plan` shows what is left to do, and `apply` goes on with it")
    };
    runtime.block_on(interrupt::watched(
        &context.printer,
        stopping,
        dropped,
        async |stop| {
            for (at, (job, planned)) in to_run.iter().enumerate() {
                apply(args, job, planned, context, stop).await.map_err(|error| {
                    let left: Vec<String> = to_run[at + 1..]
                        .iter()
                        .map(|(job, _)| job.tables.label())
                        .collect();
                    if left.is_empty() {
                        error
                    } else {
                        error.hint(format!("not begun: {}", left.join(", ")))
                    }
                })?;
            }
            Ok(())
        },
    ))?;
    Ok(held(&plans, context))
}

/// Returns once all plans are approved.
fn approve(args: &ApplyArgs, plans: &[(&Job, &Planned)], context: &Context) -> Result<(), CommandError> {
    if args.yes {
        return Ok(());
    }
    if !args.approve.is_empty() {
        let approved = |hash: &str| args.approve.iter().any(|given| given == hash);
        let missing = plans.iter().find(|(_, planned)| {
            !planned.plan.steps.is_empty()
                && !approved(planned.plan.hash.as_str())
                && !planned.unfinished().is_some_and(|run| approved(&run.hash))
        });
        return match missing {
            None => Ok(()),
            Some((job, planned)) => Err(refused(&ApplyError::NotApproved {
                label: job.tables.label(),
                approved: args.approve.iter().cloned().collect(),
                current: planned.plan.hash.to_string(),
            })),
        };
    }
    if args.planning.tables.input.reads_stdin() || !io::stdin().is_terminal() {
        let hashes: Vec<String> = plans
            .iter()
            .filter(|(_, planned)| !planned.plan.steps.is_empty())
            .map(|(_, planned)| format!("--approve {}", planned.plan.hash))
            .collect();
        return Err(
            CommandError::message("the plan waits for an approval, and nobody can be asked")
                .held()
                .hint(format!("run just this plan with {}", hashes.join(" ")))
                .hint("run whatever the plan is with --yes"),
        );
    }
    ask(plans, context)
}

fn refused(error: &ApplyError) -> CommandError {
    let refused = CommandError::message(error.to_string()).held();
    match error.hint() {
        Some(hint) => refused.hint(hint),
        None => refused,
    }
}

fn ask(plans: &[(&Job, &Planned)], context: &Context) -> Result<(), CommandError> {
    let names: Vec<String> = plans
        .iter()
        .map(|(job, _)| format!("`{}`", job.tables.label()))
        .collect();
    let steps: usize = plans.iter().map(|(_, planned)| planned.plan.steps.len()).sum();
    let steps = if steps == 1 {
        "this step".to_owned()
    } else {
        format!("these {steps} steps")
    };
    let question = format!("Run {steps} on {}? [y/N] ", names.join(", "));
    let answer = context.printer.ask(&question).map_err(CommandError::failed)?;
    if matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    Err(CommandError::message("the plan was not approved; nothing was changed").held())
}

async fn apply(
    args: &ApplyArgs,
    job: &Job,
    planned: &Planned,
    context: &Context,
    stop: &Stop,
) -> Result<(), CommandError> {
    let name = job.tables.label();
    let doing = || format!("cannot apply the plan to the Database `{name}`");
    let (engine, mut session) = migrate::connect(&job.url)
        .await
        .map_err(|error| CommandError::failed(error).context(doing()))?;
    let declared = job.tables.declared();
    let request = PlanRequest {
        engine,
        tables: &declared,
        policy: &job.policy,
    };
    let options = options(args, planned);
    let mut screen = Screen::new(&context.printer);
    let applied = migrate::apply(session.as_mut(), request, &options, &mut screen, stop)
        .await
        .map_err(|error| failed(error, job).context(doing()))?;
    // All is committed; a connection that ends badly takes nothing from it.
    let _ = session.close().await;
    let steps = applied.planned.plan.steps.len();
    context.printer.note(&match applied.run {
        None => format!("nothing to do on `{name}`: another run did it"),
        Some(run) if steps == 1 => format!("applied 1 step to `{name}` (run {run})"),
        Some(run) => format!("applied {steps} steps to `{name}` (run {run})"),
    });
    Ok(())
}

/// What was shown is what may run: between the plan and the lock someone may have changed the database.
fn options(args: &ApplyArgs, planned: &Planned) -> ApplyOptions {
    let (hashes, by): (BTreeSet<String>, _) = if args.approve.is_empty() {
        let interrupted = planned.unfinished().into_iter().map(|run| run.hash.clone());
        let hashes = interrupted.chain([planned.plan.hash.to_string()]).collect();
        (
            hashes,
            if args.yes {
                "chancery apply --yes"
            } else {
                "chancery apply, on a terminal"
            },
        )
    } else {
        (args.approve.iter().cloned().collect(), "chancery apply --approve")
    };
    ApplyOptions {
        approval: Approval::Hashes(hashes),
        ..ApplyOptions::approved_by(by)
    }
}

fn failed(error: ApplyError, job: &Job) -> CommandError {
    let (hint, timed_out, awaits) = (error.hint(), error.is_timeout(), error.awaits_approval());
    let error = match error {
        ApplyError::Plan(failure) => CommandError::failed(job.tables.locate(failure)),
        other => CommandError::failed(other),
    };
    let error = match (timed_out, awaits) {
        (true, _) => error.timed_out(),
        (false, true) => error.held(),
        (false, false) => error,
    };
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// Says which steps were left out, with the flags that let them run.
fn held(plans: &[Planned], context: &Context) -> Status {
    let held: usize = plans.iter().map(|planned| planned.plan.held.len()).sum();
    if held == 0 {
        return Status::Done;
    }
    let codes: BTreeSet<_> = plans
        .iter()
        .flat_map(|planned| &planned.plan.held)
        .flat_map(|held| held.allow.iter().map(|code| format!("--allow {code}")))
        .collect();
    let codes: Vec<String> = codes.into_iter().collect();
    let steps = if held == 1 {
        "1 step is held"
    } else {
        &format!("{held} steps are held")
    };
    context.printer.warning(&format!(
        "{steps} and did not run; {} releases what is held",
        codes.join(" ")
    ));
    Status::Held
}
