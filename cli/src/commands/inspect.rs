//! `chancery inspect`: what can be seen of a SealedSecret without opening it.

mod facts;
mod keys;
mod report;

use std::path::PathBuf;

use manifests::documents::Document;
use manifests::verify;

use crate::certificate::CacheFolderArgs;
use crate::cluster::object_name;
use crate::config::ConfigArgs;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Status};
use crate::input::{self, Input, InputArgs, Origin};
use crate::opener::OpenerArgs;
use crate::report::ReportFormat;

use self::keys::Keys;
use self::report::Report;

const EXAMPLES: &str = "\
Examples:
  chancery inspect sealed/db.yaml
  chancery inspect sealed/db.yaml --ask-controller    which key sealed each item, what would change
  chancery inspect sealed/db.yaml --key keys.yaml     the same with your own keys
  kubectl get sealedsecret db -o yaml | chancery inspect -o json";

/// Show what a SealedSecret says of itself
///
/// Scope, template, the items with the sizes of their values, which key sealed each and how old that key is, and
/// what `reseal` would change. The key of an item is told by the object's hint, or by those who have the keys.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct InspectArgs {
    #[command(flatten)]
    input: InputArgs,
    /// Ask the cluster's controller which key opens each item (`--key` and `--local` ask your own keys)
    #[arg(long, conflicts_with_all = ["key", "local"])]
    ask_controller: bool,
    /// The namespace of SealedSecrets that name none; without it a rule of .chancery.yaml or the
    /// kustomization decides
    #[arg(short, long, value_name = "NAMESPACE", value_parser = object_name)]
    namespace: Option<String>,
    /// The certificate that would be sealed with now, to compare with, instead of that of .chancery.yaml
    #[arg(long, value_name = "FILE")]
    cert: Option<PathBuf>,
    /// How the report is written
    #[arg(
        short = 'o',
        long = "output",
        value_name = "FORMAT",
        value_enum,
        default_value_t,
        ignore_case = true
    )]
    output: ReportFormat,
    #[command(flatten)]
    opener: OpenerArgs,
    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    cache: CacheFolderArgs,
}

impl InspectArgs {
    /// Whether those who have the keys are to be asked.
    fn asks(&self) -> bool {
        self.ask_controller || self.opener.keys.names_keys()
    }
}

/// Reports on every SealedSecret that was named; other documents are passed over.
///
/// # Errors
/// When the input, the configuration or a key can't be read, and when there is no SealedSecret.
pub(crate) fn run(args: &InspectArgs, context: &Context) -> CommandResult {
    let config = args.config.load()?;
    let inputs = input::load(&args.input, &context.printer)?;
    if !inputs
        .iter()
        .any(|input| input.documents.iter().any(verify::is_sealed_secret))
    {
        let names: Vec<_> = inputs.iter().map(|input| input.origin.name()).collect();
        return Err(
            CommandError::message(format!("no SealedSecret in {}", names.join(", "))).hint(
                "`chancery unseal` and `inspect` read SealedSecrets; `chancery seal` makes one of a Secret",
            ),
        );
    }
    let keys = Keys::new(args, config.as_ref(), context)?;
    let mut report = Report::default();
    for Input { origin, documents } in &inputs {
        let path = match origin {
            Origin::Stdin => None,
            Origin::File { path, .. } => Some(path.as_path()),
        };
        for document in documents
            .iter()
            .filter(|document| verify::is_sealed_secret(document))
        {
            report.add(inspect(
                document,
                path,
                &keys,
                args.namespace.as_deref(),
                context,
            )?);
        }
    }
    report.print(args.output, context)?;
    Ok(Status::Done)
}

fn inspect(
    document: &Document,
    path: Option<&std::path::Path>,
    keys: &Keys<'_>,
    namespace: Option<&str>,
    context: &Context,
) -> Result<facts::Inspection, CommandError> {
    // Only one without a namespace of its own is looked up: that reads the files around it.
    let named = document.namespace().is_some_and(|own| !own.is_empty());
    let found = if named {
        None
    } else {
        keys.namespace(path, namespace)
    };
    let mut inspection = facts::Inspection::new(document, found.as_deref());
    keys.tell(document, path, &mut inspection, context)?;
    Ok(inspection)
}
