//! A look at the database: whose it is, and what differs from what is declared.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use api::database::{Database, DatabaseServer};
use api::migration::Phase;
use api::names;
use kube::ResourceExt;
use migrate::{Ownership, PlanFailure, PlanRequest, Planned};
use schema::engine::{DeclaredTable, Engine, LowerError, Session, SessionError};
use schema::ir::{ObjectName, Unsupported};
use schema::journal::{Journal, Owner};
use schema::plan::Policy;

use super::annotation;
use super::found::{Class, Flaw, Found, Refusal, Rest, View};
use super::observe::Observed;

/// How long a look at the catalog may take. Every statement has a limit of its own; this one is for a
/// server that swallows packets.
const LOOK: Duration = Duration::from_mins(10);
/// How long to wait for another session's run, to see whether there is one.
const OTHER: Duration = Duration::from_millis(500);

/// A connection, and what is to be compared with it.
pub(super) struct Target<'a> {
    pub(super) session: &'a mut dyn Session,
    pub(super) engine: &'static dyn Engine,
    pub(super) database: &'a Database,
    pub(super) owner: &'a Owner,
    pub(super) policy: &'a Policy,
}

/// The Tables as the planner takes them, with the place that each is called by.
pub(super) fn places(observed: &Observed) -> Vec<String> {
    observed
        .tables
        .iter()
        .map(|table| place(&observed.key.0, &table.name_any()))
        .collect()
}

fn place(namespace: &str, name: &str) -> String {
    format!("Table {namespace}/{name}")
}

/// Returns the declared tables, each with its place.
pub(super) fn declared<'a>(observed: &'a Observed, places: &'a [String]) -> Vec<DeclaredTable<'a>> {
    observed
        .tables
        .iter()
        .zip(places)
        .map(|(table, place)| DeclaredTable {
            place,
            spec: &table.spec.0,
        })
        .collect()
}

/// Returns what is found. Nothing in the database changes.
pub(super) async fn look(target: &mut Target<'_>, observed: &Observed) -> Found {
    if let Ok(found) = tokio::time::timeout(LOOK, at_database(target, observed)).await {
        return found.unwrap_or_else(Found::Refused);
    }
    let text = format!("{} did not answer in {LOOK:?}", target.session.label());
    Found::Refused(Refusal::new(Class::Transient, "Timeout", text).connected(false))
}

async fn at_database(target: &mut Target<'_>, observed: &Observed) -> Result<Found, Refusal> {
    let server = server(target.session);
    let journal = journal(target.session).await?;
    let accepted = annotation(&target.database.metadata, names::ACCEPT_SERVER);
    let accepted = accepted.is_some() && accepted == server.identity.as_deref();
    let moved = whose(target, journal.as_ref(), &server, accepted)?;
    if observed.tables.is_empty() {
        return Ok(Found::Bare { server });
    }
    let places = places(observed);
    let tables = declared(observed, &places);
    let facts = target.session.facts().clone();
    let lowered = match target.engine.lower(&tables, &facts) {
        Ok(lowered) => lowered,
        Err(problems) => return Ok(undeclarable(observed, server, problems)),
    };
    let mut names = BTreeMap::new();
    for (name, table) in &lowered.tables {
        let at = places.iter().position(|place| *place == table.place);
        if let Some(table) = at.and_then(|at| observed.tables.get(at)) {
            names.insert(table.name_any(), name.to_string());
        }
    }
    // Two Tables of one name are one to the engine, and nobody could say which.
    if let Some(twice) = observed
        .tables
        .iter()
        .find(|table| !names.contains_key(&table.name_any()))
    {
        let problem = format!(
            "spec.name: another Table declares the table `{}` too",
            twice.spec.0.name
        );
        return Ok(Found::Undeclarable {
            server,
            problems: vec![(twice.name_any(), problem)],
        });
    }
    let request = PlanRequest {
        engine: target.engine,
        tables: &tables,
        policy: target.policy,
    };
    let planned = match plan(target.session, request, journal).await? {
        Ok(Ok(planned)) => planned,
        Ok(Err(problems)) => return Ok(undeclarable(observed, server, problems)),
        Err(why) => return Ok(Found::Busy { server, why }),
    };
    let runs = runs(target.session, observed, &planned).await?;
    Ok(Found::Planned(Box::new(View {
        runs,
        names,
        accepted,
        moved,
        ..view(target.database, server, planned)
    })))
}

/// Returns the plan, the problems of the declarations, or, as an inner error, who is at work now.
///
/// A run that did not end may be one that goes on at this moment. Only who holds the migration lock can
/// tell, so then the plan is made under it.
async fn plan(
    session: &mut dyn Session,
    request: PlanRequest<'_>,
    before: Option<Journal>,
) -> Result<Result<Result<Planned, Vec<LowerError>>, String>, Refusal> {
    let open = |journal: Option<&Journal>| {
        journal.is_some_and(|journal| journal.last.as_ref().is_some_and(|last| !last.ended))
    };
    if !open(before.as_ref()) {
        let planned = migrate::plan(session, request).await;
        let planned = match planned {
            Err(PlanFailure::Declarations(problems)) => return Ok(Ok(Err(problems))),
            planned => planned.map_err(|failure| failed(&failure))?,
        };
        let then = before
            .as_ref()
            .map_or((0, None), |journal| (journal.last_run, journal.last.as_ref()));
        if then == (planned.last_run, planned.last.as_ref()) {
            return Ok(Ok(Ok(planned)));
        }
        // A run began or ended meanwhile: what was read belongs to no one moment.
    }
    match session.lock(OTHER).await {
        Ok(()) => {}
        Err(error @ SessionError::LockTimeout { .. }) => return Ok(Err(error.to_string())),
        Err(error) => return Err(broken(&error)),
    }
    let planned = migrate::plan(session, request).await;
    session.unlock().await.map_err(|error| broken(&error))?;
    match planned {
        Err(PlanFailure::Declarations(problems)) => Ok(Ok(Err(problems))),
        planned => planned
            .map(|planned| Ok(Ok(planned)))
            .map_err(|failure| failed(&failure)),
    }
}

/// Returns the newest run of each Migration that is not finished.
async fn runs(
    session: &mut dyn Session,
    observed: &Observed,
    planned: &Planned,
) -> Result<BTreeMap<String, (u64, schema::journal::RunRecord)>, Refusal> {
    let mut runs = BTreeMap::new();
    for migration in &observed.migrations {
        let phase = migration
            .status
            .as_ref()
            .and_then(|status| status.phase)
            .unwrap_or_default();
        let Some(plan) = &migration.spec.plan else {
            continue;
        };
        let last = planned.last.as_ref().is_some_and(|last| last.hash == plan.hash);
        if last || !(phase.is_final() || phase == Phase::Failed) {
            let run = migrate::run_of(session, &plan.hash).await;
            let run = run.map_err(|failure| failed(&failure))?;
            runs.extend(run.map(|run| (plan.hash.clone(), run)));
        }
    }
    Ok(runs)
}

/// Returns whether the Database may plan and run here, and whether it was moved here on purpose.
fn whose(
    target: &Target<'_>,
    journal: Option<&Journal>,
    server: &DatabaseServer,
    accepted: bool,
) -> Result<bool, Refusal> {
    let label = target.session.label();
    let stalled = |reason, text: String| Err(Refusal::new(Class::Permanent, reason, text).connected(true));
    let how = || {
        let live = server.identity.as_deref().unwrap_or("");
        format!(
            "if it was moved on purpose, say so with the annotation `{}: {live}`",
            names::ACCEPT_SERVER
        )
    };
    let moved = match Ownership::of(journal, target.session.facts(), target.owner) {
        Ownership::ReadOnly => {
            let text =
                format!("{label} takes no writes: it is a standby or is set to read-only; name the primary");
            return stalled("WrongServer", text);
        }
        Ownership::Other(owner) => {
            let text = format!(
                "the migrations of {label} belong to {owner}; delete that one, or name another database"
            );
            return stalled("OtherOwner", text);
        }
        Ownership::Moved { .. } if !accepted => {
            let text = format!(
                "{label} is not the server that this Database ran its migrations on, but has a copy of its data; {}",
                how()
            );
            return stalled("WrongServer", text);
        }
        Ownership::Moved { .. } => true,
        Ownership::Ours | Ownership::Free => false,
    };
    let known = target.database.status.as_ref();
    let known = known.and_then(|status| status.server.as_ref()?.identity.as_deref());
    if let Some(known) = known
        && server.identity.as_deref() != Some(known)
        && !accepted
    {
        let text = format!(
            "{label} is another server than the one before (`{known}`); {}",
            how()
        );
        return stalled("WrongServer", text);
    }
    Ok(moved)
}

async fn journal(session: &mut dyn Session) -> Result<Option<Journal>, Refusal> {
    session.journal().await.map_err(|error| broken(&error))
}

/// Returns what is said of a session that failed.
pub(super) fn broken(error: &SessionError) -> Refusal {
    let class = if error.is_transient() {
        Class::Transient
    } else {
        Class::Permanent
    };
    let connected = !matches!(error, SessionError::Connect { .. });
    Refusal::new(class, error.reason(), error.to_string()).connected(connected)
}

fn failed(failure: &PlanFailure) -> Refusal {
    let class = if failure.is_transient() {
        Class::Transient
    } else {
        Class::Permanent
    };
    Refusal::new(class, failure.reason(), chain(failure)).connected(true)
}

/// Returns an error with what caused it.
pub(super) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

fn server(session: &dyn Session) -> DatabaseServer {
    let facts = session.facts();
    DatabaseServer {
        version: facts.label(),
        identity: facts.identity.clone(),
    }
}

fn undeclarable(observed: &Observed, server: DatabaseServer, problems: Vec<LowerError>) -> Found {
    let names: BTreeMap<String, String> = observed
        .tables
        .iter()
        .map(|table| (place(&observed.key.0, &table.name_any()), table.name_any()))
        .collect();
    let problems = problems.into_iter().map(|problem| {
        let LowerError {
            place,
            field,
            problem,
        } = problem;
        (
            names.get(&place).cloned().unwrap_or(place),
            format!("{field}: {problem}"),
        )
    });
    Found::Undeclarable {
        server,
        problems: problems.collect(),
    }
}

fn view(of: &Database, server: DatabaseServer, planned: Planned) -> View {
    let database = of.name_any();
    let database = database.as_str();
    // Without `deploySeedData` rows are not part of what a Database declares, as in SchemaHero.
    let seeds = of.spec.deploy_seed_data == Some(true);
    let counts = |part: &&Unsupported| seeds || !matches!(part.object, ObjectName::SeedData(_));
    let flaw = |object: &ObjectName, reason: &str| Flaw {
        table: object.table().to_string(),
        object: object.to_string(),
        reason: reason.to_owned(),
    };
    let unproven = &planned.plan.unproven;
    let ignored: BTreeSet<&Unsupported> = planned.ignored.iter().filter(counts).collect();
    View {
        server,
        report: migrate::report::report(database, &planned),
        ddl: migrate::report::sql(database, &planned),
        unproven: unproven
            .iter()
            .map(|part| flaw(&part.object, &part.reason))
            .collect(),
        ignored: ignored
            .iter()
            .map(|part| flaw(&part.object, &part.reason))
            .collect(),
        continues: planned.continues.map(|rest| Rest {
            run: rest.run,
            hash: rest.hash,
            done: rest.done,
            error: rest.error,
        }),
        last: planned.last,
        ..View::default()
    }
}
