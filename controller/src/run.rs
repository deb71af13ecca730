//! Wiring: client, Lease, keys, watches, HTTP server, and an orderly end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use futures::future::join_all;
use k8s_openapi::api::coordination::v1::Lease;
use kube::api::Api;
use kube::client::ClientBuilder;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinError, JoinHandle, JoinSet};
use tokio::time::sleep;

use crate::args::{Args, ClientPace, ClusterArgs, Command, SecretsArgs};
use crate::context::{Clock, Context, Shared, Work};
use crate::cpu::CpuPool;
use crate::events::Announcer;
use crate::http;
use crate::keys::{Keeper, Keys};
use crate::lease::{self, Election};
use crate::metrics::Metrics;
use crate::pace::Pace;
use crate::ready::Readiness;
use crate::sealed_secret::{Behaviour, Scope};
use crate::serve::{Served, listen_for_numbers};
use crate::version::VERSION;

/// Name of the Lease, in the namespace of the keys.
const LEASE: &str = "chancery-secrets";
/// How long passes may go on after SIGTERM. Well below a Pod's usual grace of 30 s.
const DRAIN: Duration = Duration::from_secs(5);
/// How long giving back the Lease may take.
const RELEASE: Duration = Duration::from_secs(4);
/// How long connecting to the API server may take.
const CONNECT: Duration = Duration::from_secs(10);

/// Runs the chosen controller until SIGTERM or SIGINT.
///
/// # Errors
/// A configuration that cannot work: no cluster to be found, an address that cannot be bound. What
/// may pass by itself, such as an API server that is away, is not an error.
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    // Named here because another crate's default would be picked by whichever is linked first.
    if rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .is_err()
    {
        tracing::debug!("a TLS provider was installed before");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start threads")?;
    let ended = match args.command {
        Command::Secrets(args) => runtime.block_on(secrets(*args)),
        Command::Schema(args) => runtime.block_on(crate::schema::run(*args)),
    };
    // Key generation that is under way is not worth waiting for.
    runtime.shutdown_background();
    ended
}

/// Reads the clock: the only place that does.
#[expect(
    clippy::disallowed_methods,
    reason = "the program's clock, handed to everything that needs one"
)]
pub(crate) fn clock() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

async fn secrets(args: SecretsArgs) -> anyhow::Result<()> {
    // First, so that there is no moment in which a signal ends the process without an orderly end.
    let stop = stop_signal()?;
    let asked = key_signal()?;
    // Upstream's line.
    tracing::info!(version = VERSION, "Starting sealed-secrets controller");
    let pace = args.client.pace();
    let (client, namespace) = connect(&args.cluster, args.namespace_of_keys.clone(), pace).await?;
    let identity = lease::identity(args.cluster.pod_name.as_deref());
    let listener = listen(args.http.listen_addr).await?;
    let scopes = scopes(args.watch.namespaces(&namespace));
    announce(&listener, &namespace, &identity, &scopes)?;
    let numbers = listen_for_numbers(&args.http).await;

    let (publish_keys, keys) = watch::channel(Keys::default());
    let (leader, leads) = watch::channel(false);
    let (stop_all, stopped_all) = watch::channel(false);
    let metrics = Metrics::new(VERSION, args.http.metrics_omit_secret_labels);
    let context = context(client.clone(), &identity, keys.clone(), metrics);
    let readiness = Arc::new(Readiness::new(Some(keys), scopes.len() * Scope::CACHES));

    let mut tasks = JoinSet::new();
    tasks.spawn(
        Keeper::new(
            Arc::clone(&context),
            &namespace,
            args.keys,
            publish_keys,
            leads.clone(),
            asked,
        )
        .run(),
    );
    let mut kept = Vec::new();
    let behaviour = Arc::new(Behaviour::new(&args.watch, &args.unseal, scopes.len()));
    for namespace in scopes {
        let (scope, watches) = Scope::new(
            Arc::clone(&context),
            namespace,
            Arc::clone(&behaviour),
            Arc::clone(&readiness),
        );
        tasks.spawn(watches);
        kept.push(scope);
    }
    let served = Served {
        args: args.http,
        context: Arc::clone(&context),
        readiness,
        leads: leads.clone(),
        scopes: kept.clone(),
        accepts_deprecated: args.unseal.accept_deprecated_v1_data,
    };
    let intake = served.start(listener, numbers, &mut tasks, &stopped_all);
    let leases: Api<Lease> = Api::namespaced(client, &namespace);
    let election = Election::new(leases, LEASE, identity, clock as Clock).alone_without_rights();
    let election = tokio::spawn(election.run(leader, stopped_all));

    let ended = tokio::select! {
        () = lead(&kept, &context.metrics, leads, stop) => Ok(()),
        ended = tasks.join_next() => Err(part_ended(ended)),
    };
    stop_all.send_replace(true);
    given_back(election).await;
    context.work.log();
    intake.log();
    ended
}

/// Returns the listener of the probes and of what else a controller serves.
///
/// # Errors
/// An address that can't be bound.
pub(crate) async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let bound = http::bind(address).await;
    bound.with_context(|| format!("cannot listen on {address}; choose another --listen-addr"))
}

/// Returns the scopes that are watched, each a namespace, or `None` for all of them.
pub(crate) fn scopes(namespaces: Option<Vec<String>>) -> Vec<Option<String>> {
    match namespaces {
        None => vec![None],
        Some(names) => names.into_iter().map(Some).collect(),
    }
}

/// Logs that the controller begins, where it listens and what it watches.
///
/// # Errors
/// When the system doesn't tell the address.
pub(crate) fn announce(
    listener: &TcpListener,
    namespace: &str,
    replica: &str,
    scopes: &[Option<String>],
) -> anyhow::Result<()> {
    let address = listener
        .local_addr()
        .context("cannot tell the address that was bound")?;
    let names: Vec<&str> = scopes
        .iter()
        .map(|scope| scope.as_deref().unwrap_or("all namespaces"))
        .collect();
    tracing::info!(%address, namespace, replica, watching = names.join(","), "serving");
    Ok(())
}

/// Returns the error of a part of the controller that ended although nobody asked it to.
pub(crate) fn part_ended(ended: Option<Result<(), JoinError>>) -> anyhow::Error {
    match ended {
        Some(Err(error)) => anyhow::Error::new(error).context("a part of the controller failed"),
        _ => anyhow::anyhow!("a part of the controller ended by itself"),
    }
}

/// Waits until the Lease is given back. Only after the last write: the next leader begins then.
pub(crate) async fn given_back(election: JoinHandle<()>) {
    if tokio::time::timeout(RELEASE, election).await.is_err() {
        tracing::warn!("the lease was not given back in time; another replica takes it when it expires");
    }
}

/// Works whenever this replica leads, until `stop`.
async fn lead(
    scopes: &[Arc<Scope>],
    metrics: &Metrics,
    mut leads: watch::Receiver<bool>,
    stop: watch::Receiver<bool>,
) {
    let stopping = || {
        let mut stop = stop.clone();
        async move {
            let _ = stop.wait_for(|stop| *stop).await;
        }
    };
    loop {
        tokio::select! {
            () = stopping() => return,
            led = leads.wait_for(|leads| *leads) => if led.is_err() { return },
        }
        let passes = join_all(scopes.iter().map(|scope| Arc::clone(scope).lead(stopping())));
        tokio::select! {
            _ = passes => return,
            // What is under way is dropped: another replica may lead already.
            _ = leads.wait_for(|leads| !*leads) => metrics.none_waits(),
            () = async { stopping().await; sleep(DRAIN).await } => {
                tracing::warn!("some objects were not done in time; they are looked at again after the restart");
                return;
            }
        }
    }
}

/// Returns a client, and the controller's own namespace: the one given, else that of the Pod or the
/// kubeconfig, else `default`; what is empty counts as not given, as in upstream's. With a pace, requests wait for their turn.
pub(crate) async fn connect(
    args: &ClusterArgs,
    namespace: Option<String>,
    pace: Option<ClientPace>,
) -> anyhow::Result<(Client, String)> {
    let options = KubeConfigOptions {
        context: args.context.clone(),
        ..KubeConfigOptions::default()
    };
    let mut config = match &args.kubeconfig {
        Some(path) => {
            let file = Kubeconfig::read_from(path)
                .with_context(|| format!("cannot read the kubeconfig {}", path.display()))?;
            Config::from_custom_kubeconfig(file, &options)
                .await
                .with_context(|| format!("cannot use the kubeconfig {}", path.display()))?
        }
        None if args.context.is_some() => Config::from_kubeconfig(&options)
            .await
            .context("cannot use the kubeconfig")?,
        None => Config::infer().await.context(
            "no cluster to work for: run in a Pod with a ServiceAccount token, or give --kubeconfig FILE",
        )?,
    };
    config.connect_timeout = Some(CONNECT);
    // We retry ourselves: with the object's own backoff, on fresh data, and told in its status.
    config.default_retry = false;
    let namespace = [namespace.as_deref(), Some(config.default_namespace.trim())]
        .into_iter()
        .flatten()
        .find(|namespace| !namespace.is_empty())
        .unwrap_or("default")
        .to_owned();
    let builder = ClientBuilder::try_from(config).context("cannot make a client for the API server")?;
    let client = match pace {
        Some(pace) => builder.with_layer(&Pace::new(pace)).build(),
        None => builder.build(),
    };
    Ok((client, namespace))
}

fn context(client: Client, identity: &str, keys: watch::Receiver<Keys>, metrics: Metrics) -> Shared {
    let announcer = Announcer::new(client.clone(), identity);
    Arc::new(Context {
        client,
        announcer,
        keys,
        clock,
        cpu: CpuPool::new(),
        work: Work::default(),
        metrics: Arc::new(metrics),
    })
}

/// Returns what brings one for each SIGUSR1: upstream makes a key at it. Without a listener it would end the process.
fn key_signal() -> anyhow::Result<mpsc::UnboundedReceiver<()>> {
    let mut asked = signal(SignalKind::user_defined1()).context("cannot listen for SIGUSR1")?;
    let (sender, receiver) = mpsc::unbounded_channel();
    tokio::spawn(async move { while asked.recv().await.is_some() && sender.send(()).is_ok() {} });
    Ok(receiver)
}

/// Returns what becomes true at the first SIGTERM or SIGINT.
pub(crate) fn stop_signal() -> anyhow::Result<watch::Receiver<bool>> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        let name = tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        };
        tracing::info!(signal = name, "stopping");
        stop.send_replace(true);
        // Kept, so that the value outlives this task.
        stop.closed().await;
    });
    Ok(stopped)
}
