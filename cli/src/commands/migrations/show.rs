//! `chancery migrations show`: one plan, and where it stands.

use std::fmt::Write as _;

use api::migration::Migration;
use api::names;
use clap::ValueEnum;
use migrate::report::{self, harmless};

use super::NamespaceArgs;
use super::list::newest_first;
use super::state;
use crate::cluster::{Cluster, label, object_name};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Status};
use crate::report::json;

const EXAMPLES: &str = "\
Examples:
  chancery migrations show app-1f0c9a2b3d
  chancery migrations show -d app -n shop
  chancery migrations show --latest -o sql

What is held does not run; under it stands what would release it.";

/// Show the plan of a Migration, its hazards, and where it stands
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct ShowArgs {
    /// The Migration
    #[arg(
        required_unless_present_any = ["database", "latest"],
        value_name = "NAME",
        value_parser = object_name
    )]
    name: Option<String>,
    /// The newest Migration of this Database
    #[arg(short, long, value_name = "NAME", conflicts_with = "name", value_parser = object_name)]
    database: Option<String>,
    /// The newest Migration of the namespace, or of the Database
    #[arg(long, conflicts_with = "name")]
    latest: bool,
    /// The format
    #[arg(short = 'o', long = "output", value_enum, ignore_case = true, default_value_t)]
    output: ShowFormat,
    #[command(flatten)]
    place: NamespaceArgs,
}

/// How a Migration is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum ShowFormat {
    /// For people.
    #[default]
    Text,
    /// The object, for programs.
    Json,
    /// The object.
    Yaml,
    /// The statements; held ones are comments.
    Sql,
}

/// Shows the Migration.
///
/// # Errors
/// When there is none, or the cluster cannot be asked.
pub(super) fn run(args: &ShowArgs, context: &Context) -> CommandResult {
    let (cluster, namespace) = args.place.open()?;
    let mut migration = match &args.name {
        Some(name) => cluster.migration(&namespace, name)?,
        None => newest(&cluster, &namespace, args.database.as_deref())?,
    };
    // Who wrote which field is nothing that people or programs look for here.
    migration.metadata.managed_fields = None;
    match args.output {
        ShowFormat::Text => context.printer.report(&text(&migration))?,
        ShowFormat::Json => context.printer.data(&json(&migration)?)?,
        ShowFormat::Yaml => {
            let yaml = manifests::yaml::to_string(&migration).map_err(CommandError::failed)?;
            context.printer.data(yaml.as_bytes())?;
        }
        ShowFormat::Sql => context.printer.data(sql(&migration)?.as_bytes())?,
    }
    Ok(Status::Done)
}

fn newest(cluster: &Cluster, namespace: &str, database: Option<&str>) -> Result<Migration, CommandError> {
    let mut all = cluster.migrations(Some(namespace))?;
    all.retain(|migration| database.is_none_or(|name| migration.spec.database_name == name));
    newest_first(&mut all);
    all.into_iter().next().ok_or_else(|| {
        let of = database.map_or_else(String::new, |name| format!(" of the Database `{name}`"));
        CommandError::message(format!("there is no Migration{of} in namespace `{namespace}`"))
            .hint("`chancery migrations list -A` shows those of all namespaces")
    })
}

fn sql(migration: &Migration) -> Result<String, CommandError> {
    match &migration.spec.generated_ddl {
        Some(sql) if sql.ends_with('\n') => Ok(sql.clone()),
        Some(sql) => Ok(format!("{sql}\n")),
        None => Err(
            CommandError::message(format!("Migration `{}` holds no statements", label(migration)))
                .hint("`chancery plan -o sql` makes the plan again, from the manifests"),
        ),
    }
}

/// The plan, then the status.
fn text(migration: &Migration) -> String {
    let mut text = String::new();
    if let Some(plan) = &migration.spec.plan {
        text.push_str(&report::of_report(plan, None));
        if !plan.steps.is_empty() && plan.steps.iter().all(|step| step.sql.is_empty()) {
            statements(&mut text, migration);
        }
    } else {
        let _ = writeln!(
            text,
            "Database {}, table {}: made by SchemaHero",
            harmless(&migration.spec.database_name),
            harmless(&migration.spec.table_name)
        );
        statements(&mut text, migration);
    }
    let _ = writeln!(
        text,
        "\nMigration {}: {}",
        label(migration),
        state::phase(migration).as_str()
    );
    for (name, value) in lines(migration) {
        let _ = writeln!(text, "  {:<12}{value}", format!("{name}:"));
    }
    text
}

/// The statements as the object has them: for SchemaHero's, and what stands in their place when they are too long.
fn statements(text: &mut String, migration: &Migration) {
    for line in migration.spec.generated_ddl.iter().flat_map(|sql| sql.lines()) {
        let _ = writeln!(text, "  {}", harmless(line));
    }
}

fn lines(migration: &Migration) -> Vec<(&'static str, String)> {
    let status = migration.status.clone().unwrap_or_default();
    let mut lines = Vec::new();
    let decided = |at: Option<i64>, by: Option<String>| {
        let at = state::time(at).map(|at| at.to_string());
        match (by, at) {
            (Some(by), Some(at)) => Some(format!("by {by} at {at}")),
            (Some(by), None) => Some(format!("by {by}")),
            (None, at) => at,
        }
    };
    let mut add = |name, value: Option<String>| lines.extend(value.map(|value| (name, value)));
    add("planned", state::time(status.planned_at).map(|at| at.to_string()));
    let rejected_at = state::time(status.rejected_at);
    let rejects = rejected_at.is_some() || state::names_its_plan(migration, names::REJECTED_PLAN);
    let approver = state::annotation(migration, names::APPROVED_BY).map(harmless);
    if rejects {
        // Who approved before is in the annotation only: the status has one name, that of the last decision.
        let approver = approver.filter(|_| state::names_its_plan(migration, names::APPROVED_PLAN));
        add("approved", decided(status.approved_at, approver));
        add(
            "rejected",
            decided(status.rejected_at, state::decided_by(migration)),
        );
        let reason = state::annotation(migration, names::REJECTED_REASON);
        add("reason", reason.map(harmless));
    } else {
        add(
            "approved",
            decided(status.approved_at, state::approved_by(migration)),
        );
    }
    add("run", state::run(migration));
    let blocked: Vec<String> = status.blocked_by.iter().map(|by| harmless(by)).collect();
    add("blocked by", (!blocked.is_empty()).then(|| blocked.join("; ")));
    add(
        "executed",
        state::time(status.executed_at).map(|at| at.to_string()),
    );
    add(
        "invalid",
        state::time(status.invalidated_at).map(|at| at.to_string()),
    );
    add("says", state::why(migration));
    if !state::is_held(migration)
        && !state::allow(migration).is_empty()
        && !state::phase(migration).is_final()
    {
        add("held", Some(state::release(migration)));
    }
    add("next", Some(state::next(migration)));
    lines
}

#[cfg(test)]
mod tests;
