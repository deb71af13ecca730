//! Wiring: client, Lease, watches, HTTP server, and an orderly end.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use k8s_openapi::api::coordination::v1::Lease;
use kube::api::Api;
use kube::runtime::events::{Recorder, Reporter};
use migrate::Stop;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::context::SchemaContext;
use super::lead;
use super::scope::Scope;
use crate::args::SchemaArgs;
use crate::context::Clock;
use crate::http;
use crate::lease::{self, Election};
use crate::ready::Readiness;
use crate::run::{announce, clock, connect, given_back, listen, part_ended, scopes, stop_signal};

/// Name of the Lease, in the controller's own namespace.
const LEASE: &str = "chancery-schema";
/// How long runs may go on after SIGTERM: a statement has 5 s to end before it is cancelled, and the end is
/// written to the journal. Below a Pod's usual grace of 30 s together with the Lease's release.
const DRAIN: Duration = Duration::from_secs(18);

/// Runs the controller until SIGTERM or SIGINT.
///
/// # Errors
/// A configuration that cannot work. What may pass by itself is not an error.
pub(crate) async fn run(args: SchemaArgs) -> anyhow::Result<()> {
    // First, so that there is no moment in which a signal ends the process without an orderly end.
    let stop = stop_signal()?;
    let (client, namespace) = connect(&args.cluster, args.namespace_of_lease.clone(), None).await?;
    let identity = lease::identity(args.cluster.pod_name.as_deref());
    let listener = listen(args.listen_addr).await?;
    let names = scopes(args.namespaces(&namespace));
    announce(&listener, &namespace, &identity, &names)?;
    let reporter = Reporter {
        controller: "chancery-schema".to_owned(),
        instance: Some(identity.clone()),
    };
    let context = Arc::new(SchemaContext::new(
        client.clone(),
        Recorder::new(client.clone(), reporter),
        clock,
        args.pace.clone(),
        args.cluster_id.clone(),
    ));
    let readiness = Arc::new(Readiness::new(None, names.len() * Scope::CACHES));
    let (stop_all, stopped_all) = watch::channel(false);
    let mut tasks = JoinSet::new();
    let awaited = {
        let readiness = Arc::clone(&readiness);
        move || readiness.awaited()
    };
    tasks.spawn(http::serve(
        listener,
        http::probes(awaited),
        http::Times::default(),
        stopped_all.clone(),
    ));
    let mut kept = Vec::new();
    for namespace in names {
        let (scope, writers) = Scope::new(Arc::clone(&context), namespace);
        tasks.spawn(Arc::clone(&scope).watch(writers, Arc::clone(&readiness)));
        kept.push(scope);
    }
    let (leader, leads) = watch::channel(!args.leader_election);
    let election = args.leader_election.then(|| {
        let leases: Api<Lease> = Api::namespaced(client, &namespace);
        let election = Election::new(leases, LEASE, identity, clock as Clock);
        tokio::spawn(election.run(leader.clone(), stopped_all))
    });
    let ended = tokio::select! {
        () = lead_in_turns(&kept, leads, stop) => Ok(()),
        ended = tasks.join_next() => Err(part_ended(ended)),
    };
    stop_all.send_replace(true);
    if let Some(election) = election {
        given_back(election).await;
    }
    context.work.log();
    ended
}

/// Works whenever this replica leads, until `stop`.
async fn lead_in_turns(
    scopes: &[Arc<Scope>],
    mut leads: watch::Receiver<bool>,
    mut stop: watch::Receiver<bool>,
) {
    loop {
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            led = leads.wait_for(|leads| *leads) => if led.is_err() { return },
        }
        let ending = Stop::default();
        let mut actors = std::pin::pin!(join_all(
            scopes
                .iter()
                .map(|scope| lead::lead(Arc::clone(scope), ending.clone()))
        ));
        let stopping = tokio::select! {
            _ = &mut actors => return,
            _ = stop.wait_for(|stop| *stop) => true,
            // Another replica may lead already: nothing is begun any more, and what runs is the only run of
            // its database as long as it holds that database's lock.
            _ = leads.wait_for(|leads| !*leads) => false,
        };
        ending.request();
        if tokio::time::timeout(DRAIN, actors).await.is_err() {
            tracing::warn!("some runs did not end in time; they are gone on with after the restart");
        }
        if stopping {
            return;
        }
    }
}
