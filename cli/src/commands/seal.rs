//! `chancery seal`: Secrets to SealedSecrets.

use k8s_openapi::api::core::v1::Secret;
use manifests::documents::Document;
use manifests::seal::SealOptions;
use sealing::{Certificate, Scope};

use crate::atomic_file::Readers;
use crate::certificate::CertificateArgs;
use crate::cluster::{context_namespace, object_name};
use crate::commands::scope_value;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Status};
use crate::input::{self, InputArgs};
use crate::output::{self, OutputArgs, Product};

const EXAMPLES: &str = "\
Examples:
  kubectl create secret generic db --from-file=password --dry-run=client -o yaml |
    chancery seal -n shop -w sealed/
  chancery seal --cert cert.pem -f secrets/ -w sealed/
  chancery seal --cert https://example.org/cert.pem --scope namespace-wide -f db.yaml
  chancery seal --local .chancery -f db.yaml

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
    certificate: CertificateArgs,
}

/// Seals everything that was named.
///
/// # Errors
/// When the input or the certificate cannot be had, a document is no Secret or cannot be sealed, or
/// the output cannot be written. Nothing is written then.
pub(crate) fn run(args: &SealArgs, context: &Context) -> CommandResult {
    let inputs = input::load(&args.input, &context.printer)?;
    let mut secrets = Vec::new();
    for input in inputs {
        for document in input.documents {
            let secret = secret_of(&document)?;
            secrets.push((input.origin.clone(), document, secret));
        }
    }
    let certificate = args.certificate.load_valid(context.now)?;
    let mut products = Vec::with_capacity(secrets.len());
    for (origin, document, secret) in &secrets {
        let sealed = seal(args, secret, &certificate, context)
            .map_err(|error| error.context(format!("cannot seal {}", document.place())))?;
        products.push(Product {
            origin: origin.clone(),
            format: document.format.into(),
            name: sealed.metadata.name.clone().unwrap_or_default(),
            value: serde_json::to_value(&sealed).map_err(CommandError::failed)?,
        });
    }
    output::deliver(&args.output, &products, Readers::Anyone, &context.printer)?;
    Ok(Status::Done)
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

fn seal(
    args: &SealArgs,
    secret: &Secret,
    certificate: &Certificate,
    context: &Context,
) -> Result<api::sealed_secret::SealedSecret, CommandError> {
    let scope = manifests::scope::of_secret(&secret.metadata, args.scope);
    let named = secret
        .metadata
        .namespace
        .as_deref()
        .is_some_and(|namespace| !namespace.is_empty());
    let assumed = (!named && args.namespace.is_none() && scope != Scope::ClusterWide).then(|| {
        let name = secret.metadata.name.as_deref().unwrap_or_default();
        assumed_namespace(args, name, context)
    });
    let options = SealOptions {
        scope: args.scope,
        hint: !args.no_hint,
        allow_empty_data: args.allow_empty_data,
        namespace: args.namespace.as_deref().or(assumed.as_deref()),
    };
    Ok(manifests::seal::seal(
        secret,
        certificate,
        &options,
        &context.rng,
    )?)
}

/// As kubeseal: the namespace of the kubeconfig's context, else `default`. It decides where the
/// Secret will open, so it is said.
fn assumed_namespace(args: &SealArgs, name: &str, context: &Context) -> String {
    let from_context = match args.certificate.local {
        Some(_) => None,
        None => context_namespace(&args.certificate.cluster),
    };
    let (namespace, why) = match from_context {
        Some(namespace) => (namespace, "the namespace of the kubeconfig's context"),
        None => ("default".to_owned(), "for want of another"),
    };
    context.printer.note(&format!(
        "Secret `{name}` names no namespace: sealed for `{namespace}`, {why}"
    ));
    namespace
}
