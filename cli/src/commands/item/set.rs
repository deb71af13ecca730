//! `chancery item set`: one value, sealed into the SealedSecret that is in Git.

use std::ffi::OsString;

use manifests::edit::Edit;

use crate::certificate::{CertificateArgs, Freshness};
use crate::config::ConfigArgs;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Status};
use crate::item_key::ItemKey;
use crate::item_value::{self, ValueArgs};
use crate::sealed_file::{Assumed, Picked, SealedFile, SealedFileArgs, TargetArgs};

const EXAMPLES: &str = "\
Examples:
  chancery item set sealed/db.yaml password
  pwgen 32 1 | tr -d '\\n' | chancery item set sealed/db.yaml password --cert cert.pem
  chancery item set sealed/all.yaml tls.key --from-file tls.key --name web -n shop

The first asks for the value on the terminal, twice, and shows nothing. A value is never an
argument: others could see it with `ps`. A pipe and a file are sealed byte for byte, as kubeseal
does.";

/// Seal a value into a SealedSecret's file
///
/// Replaces the item with this key or adds one. Scope, namespace and name are those of the SealedSecret in the file; the
/// certificate is enough, no item is opened, and no other byte of the file changes.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct SetArgs {
    #[command(flatten)]
    file: SealedFileArgs,
    /// The item's key in the Secret
    #[arg(value_name = "KEY")]
    key: String,
    // Taken so that clap doesn't print it as an argument too many.
    #[arg(hide = true)]
    value_as_argument: Vec<OsString>,
    #[command(flatten)]
    value: ValueArgs,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    certificate: CertificateArgs,
}

/// Seals the value and writes the file.
///
/// # Errors
/// When the SealedSecret isn't found or doesn't say what its items are bound to, the certificate or the value cannot be
/// had, or the file cannot be edited or written. Nothing is written then, and whatever can fail before the value is
/// asked for does.
pub(super) fn run(args: &SetArgs, context: &Context) -> CommandResult {
    let key = key(args)?;
    let file = SealedFile::read(&args.file.file)?;
    let picked = file.pick(&args.file.selection)?;
    picked.check_has_items()?;
    let config = args.config.load()?;
    let assumed = Assumed {
        asked: args.file.selection.namespace.as_deref(),
        of_secret: None,
    };
    let binding = file.binding(&picked, assumed, config.as_ref(), context)?;
    let certificate = args
        .certificate
        .for_file(file.path(), config.as_ref(), Freshness::Cached, context)?;
    warn_of_template(&picked, &key, context);

    let value = item_value::read(&args.value, &key, file.path().is_none(), &context.printer)?;
    let item = binding
        .seal(&certificate, &value, &context.rng)
        .map_err(|error| CommandError::failed(error).context(format!("cannot seal the item `{key}`")))?;
    let mut edits = vec![Edit::SetItem {
        object: picked.object,
        key: key.to_string(),
        item,
    }];
    edits.extend(picked.hint(&certificate, |other| other == key.as_str()));
    file.write(&edits, args.target.write.as_deref(), &context.printer)?;

    let done = if picked.has(key.as_str()) {
        "replaced"
    } else {
        "added"
    };
    context.printer.note(&format!(
        "{done} the item `{key}` of SealedSecret `{}`, {}, sealed with {}",
        picked.title(),
        binding.scope(),
        certificate.fingerprint()
    ));
    Ok(Status::Done)
}

/// What was meant as a value is not repeated, not even to whom typed it: standard error is often kept.
fn key(args: &SetArgs) -> Result<ItemKey, CommandError> {
    if !args.value_as_argument.is_empty() || args.key.contains('=') {
        return Err(CommandError::usage(
            "a value is never an argument: others can see it with `ps`, and the shell's history keeps it",
        )
        .hint("pipe it in, name a file with --from-file, or type it when you are asked")
        .hint("a value that stood here should be taken for known: choose another"));
    }
    args.key
        .parse()
        .map_err(|error| CommandError::usage(format!("`{}` is no key for an item: {error}", args.key)))
}

/// Sealed Secrets before 0.37 overwrote the item, later ones the template.
fn warn_of_template(picked: &Picked, key: &ItemKey, context: &Context) {
    let template = picked.sealed.spec.template.as_ref();
    let data = template.and_then(|template| template.data.as_ref());
    if data.is_some_and(|data| data.contains_key(key.as_str())) {
        context.printer.warning(&format!(
            "`spec.template.data` of SealedSecret `{}` has a `{key}` too: which of the two the Secret gets depends on \
             the controller's version",
            picked.title()
        ));
    }
}
