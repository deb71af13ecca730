//! `chancery migrations list`: the Migrations of a namespace or of the cluster.

use std::cmp::Reverse;

use api::migration::{Migration, Phase};
use clap::ValueEnum;

use super::NamespaceArgs;
use super::listing::Listing;
use super::state;
use crate::cluster::object_name;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Status};
use crate::printer::table;
use crate::report;

const EXAMPLES: &str = "\
Examples:
  chancery migrations list
  chancery migrations list -A --phase planned
  chancery migrations list -d app -n shop -o json

HELD steps do not run. HAZARDS is the worst of the steps that do: info, warning or destructive.";

/// List Migrations, newest first
#[derive(clap::Args, Debug)]
#[command(visible_alias = "ls", after_help = EXAMPLES)]
pub(super) struct ListArgs {
    /// The Migrations of all namespaces
    #[arg(short = 'A', long, conflicts_with = "namespace")]
    all_namespaces: bool,
    /// Only those of this Database
    #[arg(short, long, value_name = "NAME", value_parser = object_name)]
    database: Option<String>,
    /// Only those in this phase; repeatable, or with commas between
    #[arg(
        long,
        value_enum,
        value_name = "PHASE",
        value_delimiter = ',',
        ignore_case = true
    )]
    phase: Vec<PhaseName>,
    /// The format
    #[arg(short = 'o', long = "output", value_enum, ignore_case = true, default_value_t)]
    output: ListFormat,
    #[command(flatten)]
    place: NamespaceArgs,
}

/// A phase as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PhaseName {
    /// Waits for an approval.
    Planned,
    /// May run.
    Approved,
    /// Runs.
    Executing,
    /// Ran to its end.
    Executed,
    /// Stopped at an error.
    Failed,
    /// Another plan took its place.
    Invalid,
    /// Shall not run.
    Rejected,
}

impl From<PhaseName> for Phase {
    fn from(name: PhaseName) -> Self {
        match name {
            PhaseName::Planned => Self::Planned,
            PhaseName::Approved => Self::Approved,
            PhaseName::Executing => Self::Executing,
            PhaseName::Executed => Self::Executed,
            PhaseName::Failed => Self::Failed,
            PhaseName::Invalid => Self::Invalid,
            PhaseName::Rejected => Self::Rejected,
        }
    }
}

/// How a list is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum ListFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
    /// The same as JSON, in YAML.
    Yaml,
}

/// The headings of the list. The namespace is left out where there is only one.
const HEADINGS: [&str; 9] = [
    "NAMESPACE",
    "NAME",
    "DATABASE",
    "PHASE",
    "STEPS",
    "HELD",
    "HAZARDS",
    "APPROVED-BY",
    "AGE",
];

/// Lists the Migrations.
///
/// # Errors
/// When the cluster cannot be asked, or knows no Migrations.
pub(super) fn run(args: &ListArgs, context: &Context) -> CommandResult {
    let (cluster, namespace) = args.place.open()?;
    let scope = (!args.all_namespaces).then_some(namespace.as_str());
    let mut migrations = cluster.migrations(scope)?;
    let all = migrations.len();
    migrations.retain(|migration| args.wants(migration));
    newest_first(&mut migrations);
    let listings: Vec<Listing> = migrations.iter().map(Listing::new).collect();
    match args.output {
        ListFormat::Json => context.printer.data(&report::json(&listings)?)?,
        ListFormat::Yaml => context.printer.data(
            manifests::yaml::to_string(&listings)
                .map_err(CommandError::failed)?
                .as_bytes(),
        )?,
        ListFormat::Text if listings.is_empty() => {}
        ListFormat::Text if args.all_namespaces => {
            let rows: Vec<_> = listings
                .iter()
                .map(|listing| listing.row_with_namespace(context.now))
                .collect();
            context.printer.report(&table(HEADINGS, &rows))?;
        }
        ListFormat::Text => {
            let rows: Vec<_> = listings.iter().map(|listing| listing.row(context.now)).collect();
            context.printer.report(&table(
                std::array::from_fn::<_, 8, _>(|at| HEADINGS[at + 1]),
                &rows,
            ))?;
        }
    }
    if listings.is_empty() {
        context.printer.note(&none(scope, all));
    }
    Ok(Status::Done)
}

impl ListArgs {
    fn wants(&self, migration: &Migration) -> bool {
        let of_database = self
            .database
            .as_ref()
            .is_none_or(|name| *name == migration.spec.database_name);
        let phase = state::phase(migration);
        of_database
            && (self.phase.is_empty() || self.phase.iter().any(|wanted| Phase::from(*wanted) == phase))
    }
}

/// Says that there is none, and how many others there are.
fn none(namespace: Option<&str>, all: usize) -> String {
    let place = match namespace {
        Some(namespace) => format!("in namespace `{namespace}`"),
        None => "in any namespace".to_owned(),
    };
    match (all, namespace) {
        (0, None) => format!("there is no Migration {place}"),
        (0, Some(_)) => format!("there is no Migration {place}; -A shows those of all namespaces"),
        (1, _) => format!("the one Migration {place} is another"),
        (all, _) => format!("none of the {all} Migrations {place} is so"),
    }
}

/// Sorts by age; of the same second, by name.
pub(super) fn newest_first(migrations: &mut [Migration]) {
    migrations.sort_by_cached_key(|migration| {
        (
            Reverse(state::created(migration)),
            migration.metadata.namespace.clone(),
            migration.metadata.name.clone(),
        )
    });
}
