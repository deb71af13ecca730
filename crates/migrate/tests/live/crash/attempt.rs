//! One run of the plan, as the command line or a controller makes it.

use std::sync::Arc;
use std::time::Duration;

use migrate::{Applied, DatabaseUrl, Event, PlanFailure, PlanRequest, Planned, Progress, Stop};
use schema::declared::TableSpec;
use schema::journal::RunRecord;
use schema::plan::Policy;
use tokio::sync::Notify;

use crate::cases::chain;
use crate::database::{approving, declared};

/// How long a run of a few steps may take; a database that is killed in between included.
const LIMIT: Duration = Duration::from_secs(90);

/// Tells when the first step begins: then the run holds the lock.
pub(crate) struct Begun(pub(crate) Arc<Notify>);

impl Progress for Begun {
    fn event(&mut self, event: Event<'_>) {
        if let Event::StepStarted(_) = event {
            self.0.notify_one();
        }
    }
}

/// Connects, runs the plan with this hash or what is left of it, and ends the connection.
pub(crate) async fn attempt(
    url: &str,
    specs: &[TableSpec],
    hash: &str,
    progress: &mut dyn Progress,
) -> Result<Applied, String> {
    let run = async {
        let url = DatabaseUrl::parse(url).expect("a URL");
        let (engine, mut session) = migrate::connect(&url).await.map_err(|error| chain(&error))?;
        let tables = declared(specs);
        let request = PlanRequest {
            engine,
            tables: &tables,
            policy: &Policy::default(),
        };
        let options = approving(hash);
        let applied = migrate::apply(session.as_mut(), request, &options, progress, &Stop::default()).await;
        // A session that was killed has no good end.
        let _ = session.close().await;
        applied.map_err(|error| chain(&error))
    };
    let outcome = tokio::time::timeout(LIMIT, run).await;
    outcome.unwrap_or_else(|_| Err(format!("a run took more than {LIMIT:?}")))
}

/// What a session that changes nothing finds.
pub(crate) struct Found {
    pub(crate) planned: Planned,
    /// What became of the plan with the hash that was asked for.
    pub(crate) run: Option<RunRecord>,
}

/// Plans, and looks for a run of the plan with that hash.
pub(crate) async fn look(url: &str, specs: &[TableSpec], hash: Option<&str>) -> Result<Found, String> {
    let url = DatabaseUrl::parse(url).expect("a URL");
    let (engine, mut session) = migrate::connect(&url).await.map_err(|error| chain(&error))?;
    let failed = |error: PlanFailure| chain(&error);
    let tables = declared(specs);
    let request = PlanRequest {
        engine,
        tables: &tables,
        policy: &Policy::default(),
    };
    let planned = migrate::plan(session.as_mut(), request).await.map_err(failed)?;
    let mut run = None;
    if let Some(hash) = hash {
        run = migrate::run_of(session.as_mut(), hash).await.map_err(failed)?;
    }
    session.close().await.map_err(|error| chain(&error))?;
    Ok(Found {
        planned,
        run: run.map(|(_, record)| record),
    })
}
