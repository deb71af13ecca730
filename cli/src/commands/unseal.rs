//! `chancery unseal`: SealedSecrets back to Secrets, for those who hold the private key.

use std::cell::OnceCell;

use api::sealed_secret::SealedSecret;
use clap::ArgGroup;
use k8s_openapi::api::core::v1::Secret;
use manifests::documents::Document;
use sealing::KeyRing;

use crate::atomic_file::Readers;
use crate::cluster::object_name;
use crate::config::{Config, ConfigArgs};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Status};
use crate::input::{self, InputArgs, Origin};
use crate::local::LocalStore;
use crate::namespace::{self, NamespaceLookup};
use crate::opener::{FileKeys, KeyArgs, failure, open_whole};
use crate::output::{self, OutputArgs, Product};

const EXAMPLES: &str = "\
Examples:
  chancery unseal sealed/db.yaml --key key.pem
  chancery unseal sealed/db.yaml --key keys.yaml -w db.yaml
  chancery unseal -f sealed/ --local .chancery
  chancery unseal -f sealed/ --local .chancery --save

The keys of a cluster:
  kubectl get secret -n kube-system -l sealedsecrets.bitnami.com/sealed-secrets-key -o yaml";

/// Open SealedSecrets with the private key
///
/// Prints the Secrets, values readable. A file that is written is readable by its owner alone (0600).
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES, group = ArgGroup::new("keys").args(["key", "local"]).required(true))]
pub(crate) struct UnsealArgs {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    output: OutputArgs,
    /// The namespace of SealedSecrets that name none; without it a rule of .chancery.yaml or the
    /// kustomization decides
    #[arg(short, long, value_name = "NAMESPACE", value_parser = object_name)]
    namespace: Option<String>,
    /// Keep the Secrets in that folder, as the controller keeps them in a cluster, so that a Database
    /// there can refer to them; prints nothing
    #[arg(long, requires = "local", conflicts_with_all = ["write", "output", "key"])]
    save: bool,
    #[command(flatten)]
    keys: KeyArgs,
    #[command(flatten)]
    config: ConfigArgs,
}

/// Opens everything that was named.
///
/// # Errors
/// When the input or a key cannot be read, a document is no SealedSecret or does not open, or the
/// output cannot be written. Nothing is written then.
pub(crate) fn run(args: &UnsealArgs, context: &Context) -> CommandResult {
    let store = args.keys.local.as_deref().map(LocalStore::open).transpose()?;
    let ring = match &store {
        Some(store) => store.key_ring()?,
        None => FileKeys::read(&args.keys.key)?.ring,
    };
    let mut opened = Vec::new();
    let namespaces = Namespaces {
        args,
        config: OnceCell::new(),
    };
    for input in input::load(&args.input, &context.printer)? {
        for document in input.documents {
            let secret = open(&document, &input.origin, &ring, &namespaces, context)?;
            opened.push((input.origin.clone(), document, secret));
        }
    }
    match store.filter(|_| args.save) {
        Some(store) => save(&store, &opened, context)?,
        None => print(args, &opened, context)?,
    }
    Ok(Status::Done)
}

/// The configuration is read when an object first needs it: one with a mistake is in the way of no other.
struct Namespaces<'a> {
    args: &'a UnsealArgs,
    config: OnceCell<Option<Config>>,
}

impl Namespaces<'_> {
    fn find(&self, origin: &Origin) -> Result<String, CommandError> {
        let path = match origin {
            Origin::Stdin => None,
            Origin::File { path, .. } => Some(path.as_path()),
        };
        let asked = self.args.namespace.as_deref();
        let config = match (self.config.get(), asked) {
            (Some(config), _) => config.as_ref(),
            (None, Some(_)) => None,
            (None, None) => {
                let config = self.args.config.load()?;
                self.config.get_or_init(|| config).as_ref()
            }
        };
        NamespaceLookup { asked, config }.find(path, || path.map_or(Ok(None), namespace::of_kustomization))
    }
}

fn open(
    document: &Document,
    origin: &Origin,
    ring: &KeyRing,
    namespaces: &Namespaces<'_>,
    context: &Context,
) -> Result<Secret, CommandError> {
    match document.kind() {
        Some("SealedSecret") => {}
        Some(kind) => {
            return Err(CommandError::message(format!(
                "{} is a `{kind}`, not a SealedSecret",
                document.place()
            )));
        }
        None => {
            return Err(CommandError::message(format!(
                "{} has no `kind`, so it is no SealedSecret",
                document.place()
            )));
        }
    }
    let mut sealed: SealedSecret = document.to()?;
    if !namespace::is_named(&sealed) && !namespace::is_cluster_wide(&sealed) {
        let found = namespaces.find(origin);
        sealed.metadata.namespace =
            Some(found.map_err(|error| error.context(format!("cannot unseal {}", document.place())))?);
    }
    let unsealed = open_whole(&sealed, ring, context).map_err(|error| {
        failure::explain(error, &sealed, ring).context(format!("cannot unseal {}", document.place()))
    })?;
    Ok(unsealed.secret)
}

fn save(
    store: &LocalStore,
    opened: &[(Origin, Document, Secret)],
    context: &Context,
) -> Result<(), CommandError> {
    for (_, document, secret) in opened {
        let path = store
            .write_secret(secret)
            .map_err(|error| error.context(format!("cannot keep the Secret of {}", document.place())))?;
        context.printer.note(&format!("wrote `{}`", path.display()));
    }
    Ok(())
}

fn print(
    args: &UnsealArgs,
    opened: &[(Origin, Document, Secret)],
    context: &Context,
) -> Result<(), CommandError> {
    let mut products = Vec::with_capacity(opened.len());
    for (origin, document, secret) in opened {
        products.push(Product {
            origin: origin.clone(),
            format: document.format.into(),
            name: secret.metadata.name.clone().unwrap_or_default(),
            value: serde_json::to_value(secret).map_err(CommandError::failed)?,
        });
    }
    // Said before the values scroll it away, and only where they are seen: a pipe is what was asked for.
    if args.output.goes_to_stdout() && context.printer.stdout_is_terminal() {
        context.printer.warning(
            "these are the decrypted values, and the terminal may keep them; `-w FILE` writes a file that only \
             you can read",
        );
    }
    output::deliver(&args.output, &products, Readers::Owner, &context.printer)
}
