//! `chancery seal`: Secrets to SealedSecrets.

mod destination;
mod document;
mod into;
mod keep;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use k8s_openapi::api::core::v1::Secret;
use manifests::documents::Document;
use sealing::{Certificate, Scope};

use crate::certificate::{CertificateArgs, Freshness, Recipients};
use crate::cluster::object_name;
use crate::commands::scope_value;
use crate::config::ConfigArgs;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Status};
use crate::input::{self, InputArgs};
use crate::output::{OutputArgs, Product};
use destination::{Destination, Sealed};
use document::Job;

const EXAMPLES: &str = "\
Examples:
  kubectl create secret generic db --from-file=password --dry-run=client -o yaml |
    chancery seal -n shop -w sealed/
  chancery seal --cert cert.pem -f secrets/ -w sealed/
  chancery seal --cert https://example.org/cert.pem --scope namespace-wide -f db.yaml
  chancery seal --local .chancery -f db.yaml
  chancery seal --cert staging.pem --cert production.pem -f secrets/ -w sealed/
  chancery seal -f secrets/                     where `.chancery.yaml` says for whom, and where to
  chancery seal --cluster staging -f secrets/ -w 'sealed/{cluster}/{namespace}/{name}.yaml'

For several clusters there is one output each: with -w FOLDER/ in FOLDER/CLUSTER/, with {cluster},
{path}, {namespace} and {name} in -w or in a rule where these say.
All documents are sealed before anything is written; one that fails leaves all files as they were.";

/// Seal Secrets so that they can live in Git
///
/// Reads Secrets (YAML or JSON, any number of documents, Lists too) and writes a SealedSecret for
/// each. Only the holder of the private key, the controller in the cluster, can open them.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct SealArgs {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    into: into::IntoArgs,
    /// Where the items will open: `strict` only under this name and namespace, `namespace-wide`
    /// under any name in it, `cluster-wide` anywhere. By default as the Secret's annotations say,
    /// else strict
    #[arg(long, value_name = "SCOPE", value_parser = scope_value())]
    scope: Option<Scope>,
    /// The namespace of Secrets that name none; those that name another one are refused
    #[arg(short, long, value_name = "NAMESPACE", value_parser = object_name)]
    namespace: Option<String>,
    /// Seal a Secret with no items too
    #[arg(long)]
    allow_empty_data: bool,
    /// Leave out the annotation `chancery.dev/sealed-with`, which names the key so that the
    /// controller finds it at once
    #[arg(long)]
    no_hint: bool,
    #[command(flatten)]
    keep: keep::KeepArgs,
    /// Print one JSON object with a list of SealedSecrets for each cluster
    #[arg(long, conflicts_with_all = ["write", "output", "into"])]
    by_cluster: bool,
    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    certificate: CertificateArgs,
}

/// Seals everything that was named.
///
/// # Errors
/// When the input, the configuration or a certificate cannot be had, a document is no Secret, contradicts
/// its rule or cannot be sealed, or the output cannot be written. Nothing is written then.
pub(crate) fn run(args: &SealArgs, context: &Context) -> CommandResult {
    let config = args.config.load()?;
    let config = config.as_ref();
    if let Some(file) = &args.into.into {
        return into::run(args, file, config, context);
    }
    let inputs = input::load(&args.input, &context.printer)?;
    let recipients = args.certificate.recipients(config, &context.printer)?;
    let mut jobs = Vec::new();
    for input in inputs {
        for document in input.documents {
            let origin = input.origin.clone();
            jobs.push(Job::new(args, origin, document, config, &recipients, context)?);
        }
    }
    let jobs = only_those_for_someone(jobs, context)?;
    let destination = Destination::of(args, &jobs, &recipients)?;
    let certificates = certificates(args, &jobs, context)?;
    let mut sealed = Vec::new();
    for job in &jobs {
        for recipient in &job.recipients {
            let cluster = recipient.cluster.as_deref();
            let object = job.seal(args, &certificates[&cluster], context)?;
            let product = Product {
                origin: job.origin.clone(),
                format: job.document.format.into(),
                name: object.metadata.name.clone().unwrap_or_default(),
                value: serde_json::to_value(&object).map_err(CommandError::failed)?,
            };
            sealed.push(Sealed {
                job,
                cluster,
                object,
                product,
            });
        }
    }
    destination.deliver(args, sealed, config, context)?;
    Ok(Status::Done)
}

/// With `--cluster` a folder is sealed for the picked clusters as far as its rules allow; that nothing is left is a
/// mistake.
fn only_those_for_someone<'a>(jobs: Vec<Job<'a>>, context: &Context) -> Result<Vec<Job<'a>>, CommandError> {
    let (kept, passed): (Vec<_>, Vec<_>) = jobs.into_iter().partition(|job| !job.recipients.is_empty());
    if let (true, Some(job)) = (kept.is_empty(), passed.first()) {
        return Err(Recipients::not_for(
            job.rule.as_ref(),
            &job.document.place().to_string(),
        ));
    }
    for job in passed {
        let clusters = job.rule.as_ref().map(|rule| rule.clusters().join(", "));
        context.printer.note(&format!(
            "passed over {}: it is for {} alone",
            job.document.place(),
            clusters.unwrap_or_default()
        ));
    }
    Ok(kept)
}

/// The certificate of each cluster that is sealed for, asked for once, before anything is sealed.
fn certificates<'a>(
    args: &SealArgs,
    jobs: &[Job<'a>],
    context: &Context,
) -> Result<BTreeMap<Option<&'a str>, Certificate>, CommandError> {
    let cache = args.certificate.cache.open();
    let mut certificates = BTreeMap::new();
    for recipient in jobs.iter().flat_map(|job| &job.recipients) {
        let cluster = recipient.cluster.as_deref();
        if let Entry::Vacant(place) = certificates.entry(cluster) {
            place.insert(recipient.load_valid(&cache, Freshness::Cached, context)?);
        }
    }
    Ok(certificates)
}

/// kubeseal seals whatever has the shape of a Secret, so a ConfigMap too; a controller then makes
/// a Secret of it that nobody asked for.
fn secret_of(document: &Document) -> Result<Secret, CommandError> {
    match (document.api_version(), document.kind()) {
        (Some("v1"), Some("Secret")) => Ok(document.to()?),
        (_, Some("SealedSecret")) => Err(CommandError::message(format!(
            "{} is sealed already",
            document.place()
        ))
        .hint("seal the Secret that it was made from")),
        (_, Some(kind)) => Err(CommandError::message(format!(
            "{} is a `{kind}`, not a Secret",
            document.place()
        ))
        .hint("`seal` reads Secrets (apiVersion: v1, kind: Secret) and Lists of them")),
        (_, None) => Err(CommandError::message(format!(
            "{} has no `kind`, so it is no Secret",
            document.place()
        ))
        .hint("a Secret begins with `apiVersion: v1` and `kind: Secret`")),
    }
}
