//! `chancery install`: everything that a cluster needs, for `kubectl apply -f -`.

mod manifest;
mod names;
mod neighbours;
mod people;
mod plan;
mod policies;
mod rights;
mod served;
mod traffic;
mod workload;

use crate::cluster::{Cluster, ClusterArgs, ClusterError, object_name};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Status};
use crate::output::DocumentFormat;
use names::Controller;
use plan::{Installation, Part};
use served::{KubernetesVersion, MUTATING_VERSIONS, Served};

const ADMISSION: &str = "admissionregistration.k8s.io";

/// The image where none is named. Nobody publishes it: an image is built from this repository.
const IMAGE: &str = concat!("chancery-controller:", env!("CARGO_PKG_VERSION"));

const EXAMPLES: &str = "\
Examples:
  chancery install --image IMAGE | kubectl apply -f -           everything, for the whole cluster
  chancery install --only crds | kubectl apply -f -             the kinds alone
  chancery install --namespace shop,bank --image IMAGE          only for these namespaces
  chancery install --offline --kubernetes-version 1.33          without looking at a cluster

It looks at the cluster for controllers that would be in the way, and for the policies that the API
server knows; it changes nothing.";

/// Print everything to install, for `kubectl apply -f -`
///
/// Definitions of the kinds, accounts and their least rights, both controllers, the Service under the name
/// that kubeseal looks for, network policies, and the admission policies that make approval a right of its own.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct InstallArgs {
    /// Work for these namespaces only (comma-separated), with roles of theirs alone
    #[arg(short = 'n', long, value_name = "NAMES", value_delimiter = ',', value_parser = namespace_name)]
    namespace: Vec<String>,
    /// The image of both controllers; its entry point is `chancery-controller` [default: one of that name and of this
    /// version, that the nodes have]
    #[arg(long, value_name = "IMAGE", value_parser = image)]
    image: Option<String>,
    /// Print only these parts (comma-separated)
    #[arg(long, value_name = "PARTS", value_enum, value_delimiter = ',')]
    only: Vec<Part>,
    /// Ports at which databases listen, for the network policy (comma-separated)
    #[arg(
        long = "database-port",
        value_name = "PORTS",
        value_delimiter = ',',
        default_value = "5432,3306",
        value_parser = clap::value_parser!(u16).range(1..)
    )]
    database_ports: Vec<u16>,
    /// Print even beside a running Sealed Secrets controller or SchemaHero
    #[arg(long)]
    force: bool,
    /// Do not look at the cluster
    #[arg(long)]
    offline: bool,
    /// With --offline: leave out what this version of Kubernetes does not know [default: a current one]
    #[arg(long, value_name = "VERSION", requires = "offline")]
    kubernetes_version: Option<KubernetesVersion>,
    /// The format
    #[arg(
        short = 'o',
        long = "output",
        value_name = "FORMAT",
        value_enum,
        ignore_case = true,
        default_value = "yaml"
    )]
    output: DocumentFormat,
    #[command(flatten)]
    cluster: ClusterArgs,
}

/// Prints the objects.
///
/// # Errors
/// When controllers of others are in the way, and when the cluster gives no answer.
pub(crate) fn run(args: &InstallArgs, context: &Context) -> CommandResult {
    let cluster = if args.offline {
        None
    } else {
        Some(Cluster::connect(&args.cluster).map_err(unseen)?)
    };
    let served = match &cluster {
        Some(cluster) => served(cluster)?,
        None => args
            .kubernetes_version
            .unwrap_or(KubernetesVersion::CURRENT)
            .served(),
    };
    let mut watched = args.namespace.clone();
    watched.sort();
    watched.dedup();
    let installation = Installation {
        namespace: args.cluster.controller_namespace.clone(),
        service: args.cluster.controller_name.clone(),
        watched,
        image: args.image.clone().unwrap_or_else(|| IMAGE.to_owned()),
        database_ports: args.database_ports.clone(),
        parts: args.only.clone(),
        served,
    };
    if let Some(cluster) = cluster.filter(|_| !args.force) {
        refuse_neighbours(&cluster, &installation)?;
    }
    if args.image.is_none() && installation.controllers().next().is_some() {
        context.printer.warning(&format!(
            "without --image the Pods use `{IMAGE}`, which the nodes must have"
        ));
    }
    warn(&installation, context);
    let text = manifest::render(&installation.manifests()?, args.output)?;
    context.printer.data(text.as_bytes())?;
    Ok(Status::Done)
}

/// Which policies the API server serves.
fn served(cluster: &Cluster) -> Result<Served, CommandError> {
    let serves = |version: &str, resource: &str| {
        cluster
            .serves(&format!("{ADMISSION}/{version}"), resource)
            .map_err(unseen)
    };
    let mut mutating = None;
    for version in MUTATING_VERSIONS {
        if mutating.is_none() && serves(version, "mutatingadmissionpolicies")? {
            mutating = Some(version);
        }
    }
    Ok(Served {
        validating: serves("v1", "validatingadmissionpolicies")?,
        mutating,
    })
}

/// Two controllers of one kind undo each other's work, or both migrate one database.
fn refuse_neighbours(cluster: &Cluster, installation: &Installation) -> Result<(), CommandError> {
    let (namespace, name) = (&installation.namespace, &installation.service);
    let is_taken = installation.has(Part::Secrets)
        && cluster
            .service(namespace, name)
            .map_err(unseen)?
            .is_some_and(|service| neighbours::selects_others(&service));
    if is_taken {
        return Err(
            CommandError::message(format!("Service `{namespace}/{name}` selects the Pods of another controller"))
                .hint(format!(
                    "delete it, since `kubectl apply` would only add to its selector: kubectl -n {namespace} delete service {name}"
                ))
                .hint("or print all the same with --force, or name another Service with --controller-name"),
        );
    }
    let mut found = Vec::new();
    for controller in installation.controllers() {
        found.extend(match controller {
            Controller::Secrets => neighbours::sealed_secrets(&cluster.deployments().map_err(unseen)?),
            Controller::Schema => neighbours::schemahero(&cluster.stateful_sets().map_err(unseen)?),
        });
    }
    if !found.is_empty() {
        let what: Vec<String> = found.iter().map(neighbours::Neighbour::sentence).collect();
        let mut error = CommandError::message(format!(
            "{}; both would work on the same objects",
            what.join("; ")
        ));
        for neighbour in &found {
            error = error.hint(format!("stop it: {}", neighbour.stop()));
        }
        return Err(error.hint("or print all the same with --force, or a part of it with --only"));
    }
    Ok(())
}

/// Nothing was printed because the cluster could not be looked at; that can be done without.
fn unseen(error: ClusterError) -> CommandError {
    CommandError::from(error).hint("to print without looking at a cluster: --offline")
}

fn warn(installation: &Installation, context: &Context) {
    if !installation.has(Part::Policies) {
        return;
    }
    if !installation.served.validating {
        context.printer.warning(
            "the API server knows no admission policies (Kubernetes 1.30 and later do): whoever may change a Migration can \
             approve it",
        );
    }
    if installation.served.mutating.is_none() {
        context.printer.note(
            "the API server knows no mutating admission policies (Kubernetes 1.36 and later do): approve with `chancery \
             migrations approve`; SchemaHero's `approve` has no effect",
        );
    }
}

/// Parses the name of a namespace (RFC 1123 label).
fn namespace_name(text: &str) -> Result<String, String> {
    if text.len() > 63 || text.contains('.') {
        return Err("the name of a namespace has at most 63 letters and no dot".to_owned());
    }
    object_name(text)
}

/// Parses the reference of an image, as far as a mistake is certain.
fn image(text: &str) -> Result<String, String> {
    if text.is_empty() || text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err("an image is named like `registry/name:tag`".to_owned());
    }
    Ok(text.to_owned())
}
