//! What `plan` and `apply` have in common: which databases, what is allowed, how a plan is written.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::ValueEnum;
use migrate::report::{self, PlanReport};
use migrate::{DatabaseUrl, PlanRequest, Planned};
use schema::plan::{HazardCode, Policy, UnknownHazard};
use tokio::runtime::Runtime;

use crate::atomic_file::{self, Readers};
use crate::context::Context;
use crate::database::{self, DatabaseArgs};
use crate::error::CommandError;
use crate::tables::{self, DatabaseTables, TablesArgs};

/// Arguments of `plan` and `apply`.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct PlanningArgs {
    #[command(flatten)]
    pub(crate) tables: TablesArgs,
    #[command(flatten)]
    database: DatabaseArgs,
    /// Let steps with this hazard run that are held otherwise, such as `deletes-data` or
    /// `converts-data`; repeatable, or with commas between; `all` lets everything run
    #[arg(long, value_name = "CODE|all", value_delimiter = ',', value_parser = allowed)]
    allow: Vec<Allowed>,
    /// The format of the plan: for people, for programs, or a script for psql or sqlite3
    #[arg(short = 'o', long = "output", value_enum, ignore_case = true, default_value_t)]
    output: PlanFormat,
    /// Write the plan to this file instead of standard output
    #[arg(short = 'w', long = "write", value_name = "FILE")]
    write: Option<PathBuf>,
}

/// What `--allow` names.
#[derive(Clone, Copy, Debug)]
enum Allowed {
    All,
    Code(HazardCode),
}

fn allowed(text: &str) -> Result<Allowed, UnknownHazard> {
    if text == "all" {
        Ok(Allowed::All)
    } else {
        text.parse().map(Allowed::Code)
    }
}

/// How a plan is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum PlanFormat {
    /// For people.
    #[default]
    Text,
    /// For programs; several databases give a list.
    Json,
    /// A script for the database's own shell; held steps are comments.
    Sql,
}

/// One database to plan for.
pub(crate) struct Job {
    /// Its tables.
    pub(crate) tables: DatabaseTables,
    /// Where it is.
    pub(crate) url: DatabaseUrl,
    /// What may run.
    pub(crate) policy: Policy,
}

/// Reads what is declared and where the databases are; none is connected to yet.
///
/// # Errors
/// As [`tables::load`] and [`database::urls`].
pub(crate) fn jobs(args: &PlanningArgs, context: &Context) -> Result<Vec<Job>, CommandError> {
    let groups = tables::load(&args.tables, &context.printer)?;
    if args.output == PlanFormat::Sql && groups.len() > 1 {
        let names: Vec<String> = groups.iter().map(DatabaseTables::label).collect();
        return Err(CommandError::usage(format!(
            "`-o sql` is a script for one database, and the Tables belong to {}: {}",
            groups.len(),
            names.join(", ")
        ))
        .hint("choose one with --database NAME"));
    }
    let urls = database::urls(&args.database, &groups, &context.printer)?;
    let policy = policy(&args.allow);
    let jobs = groups.into_iter().zip(urls);
    Ok(jobs
        .map(|(tables, url)| Job {
            tables,
            url,
            policy: policy.clone(),
        })
        .collect())
}

fn policy(allow: &[Allowed]) -> Policy {
    let mut policy = Policy::default();
    for allowed in allow {
        match allowed {
            Allowed::All => return Policy::allow_all(),
            Allowed::Code(code) => {
                policy.allow.insert(*code);
            }
        }
    }
    policy
}

/// A runtime for databases.
///
/// # Errors
/// When the system gives none.
pub(crate) fn runtime() -> Result<Runtime, CommandError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime.context("cannot start the runtime for database connections")?)
}

/// Makes the plan of each database.
///
/// # Errors
/// When one cannot be reached or planned for.
pub(crate) async fn plans(jobs: &[Job]) -> Result<Vec<Planned>, CommandError> {
    let mut plans = Vec::with_capacity(jobs.len());
    for job in jobs {
        let doing = || format!("cannot plan for the Database `{}`", job.tables.label());
        let (engine, mut session) = migrate::connect(&job.url)
            .await
            .map_err(|error| CommandError::failed(error).context(doing()))?;
        let declared = job.tables.declared();
        let request = PlanRequest {
            engine,
            tables: &declared,
            policy: &job.policy,
        };
        let planned = migrate::plan(session.as_mut(), request)
            .await
            .map_err(|failure| CommandError::failed(job.tables.locate(failure)).context(doing()))?;
        // The plan is there; a connection that ends badly takes nothing from it.
        let _ = session.close().await;
        plans.push(planned);
    }
    Ok(plans)
}

/// Writes the plans to where the arguments say.
///
/// # Errors
/// When the file or standard output does not take them.
pub(crate) fn deliver(
    args: &PlanningArgs,
    jobs: &[Job],
    plans: &[Planned],
    context: &Context,
) -> Result<(), CommandError> {
    owned(jobs, plans, context);
    let pairs = || {
        jobs.iter()
            .zip(plans)
            .map(|(job, planned)| (job.tables.label(), planned))
    };
    let text = match args.output {
        PlanFormat::Text => {
            let texts: Vec<String> = pairs()
                .map(|(name, planned)| report::text(&name, planned))
                .collect();
            texts.join("\n")
        }
        PlanFormat::Sql => pairs()
            .map(|(name, planned)| report::sql(&name, planned))
            .collect(),
        PlanFormat::Json => {
            let reports: Vec<PlanReport> = pairs()
                .map(|(name, planned)| report::report(&name, planned).stable())
                .collect();
            let json = match reports.as_slice() {
                [one] => crate::report::json(one)?,
                several => crate::report::json(&several)?,
            };
            String::from_utf8(json).map_err(CommandError::failed)?
        }
    };
    match args.write.as_deref().filter(|path| path.as_os_str() != "-") {
        Some(path) => {
            atomic_file::replace(path, text.as_bytes(), Readers::Anyone)?;
            context.printer.note(&format!("wrote `{}`", path.display()));
            Ok(())
        }
        None => context.printer.data(text.as_bytes()),
    }
}

/// Says whose databases these are: a person may run a plan, and a controller may be about to run another.
fn owned(jobs: &[Job], plans: &[Planned], context: &Context) {
    for (job, planned) in jobs.iter().zip(plans) {
        if let Some(owner) = &planned.owner {
            let (name, label) = (job.tables.label(), &planned.label);
            context.printer.warning(&format!(
                "the migrations of `{name}` at {label} are run by {owner}: change what that one declares, or it may \
                 take back what is done here"
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_code_is_told_with_those_that_there_are() {
        let error = allowed("delete-data").unwrap_err().to_string();
        assert!(error.contains("`delete-data` is no hazard code"), "{error}");
        assert!(error.contains("deletes-data"), "{error}");
    }

    #[test]
    fn without_allow_a_drop_is_held_even_if_the_manifest_says_deleted() {
        assert_eq!(policy(&[]), Policy::default());
        assert!(!policy(&[Allowed::Code(HazardCode::DeletesData)]).deleted_allows_drop);
        assert_eq!(policy(&[Allowed::All]), Policy::allow_all());
    }
}
