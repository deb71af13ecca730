//! `chancery keys retire`: takes a key out of use that nothing needs any more.

mod archive;
mod refusal;

use std::path::PathBuf;

use api::names::{SEALING_KEY_LABEL, SEALING_KEY_RETIRED};
use k8s_openapi::api::core::v1::Secret;
use sealing::{Certificate, Fingerprint};

use super::list;
use super::look::Keys;
use crate::cluster::ClusterArgs;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Status};
use crate::key_choice::choose;
use crate::key_standing::{Standing, standing};
use crate::key_store::KeyStore;
use crate::printer::Printer;

const EXAMPLES: &str = "\
Examples:
  chancery keys retire SHA256:bQ3x
  chancery keys retire sealed-secrets-keyx7k2p
  chancery keys retire SHA256:bQ3x --local .chancery

Refused for the newest key, and as long as a live SealedSecret needs the key: `chancery reseal`,
apply, wait until it is there, then try again. What is only in Git is not looked at:
`chancery reseal --check` finds it.";

/// Take a sealing key out of use that nothing needs any more
///
/// Keeps a copy of the key first, as the Secret `NAME-archived`, then labels its Secret `retired`: controllers stop using
/// it at once. Nothing is deleted, and the label `active` takes it back.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RetireArgs {
    /// The key: its fingerprint, the start of it, or the name of its Secret
    #[arg(value_name = "KEY")]
    key: String,
    /// A folder that stands in for a cluster; it has no live SealedSecrets, so only the newest key is refused
    #[arg(long, value_name = "DIR")]
    local: Option<PathBuf>,
    #[command(flatten)]
    cluster: ClusterArgs,
}

/// Retires the key.
///
/// # Errors
/// When no key is meant, it is the newest, something needs it or that can't be told, it changes meanwhile, or the copy or
/// the label can't be written. Also when something came to need it meanwhile: then it is retired.
pub(crate) fn run(args: &RetireArgs, context: &Context) -> CommandResult {
    let printer = &context.printer;
    let store = KeyStore::open(args.local.as_deref(), &args.cluster)?;
    let keys = Keys::of(&store, context.now)?;
    let key = choose(&keys.listings, &args.key)?;
    let holders = keys.holders(&key);
    // What needs a key that is out of use anyway need not be asked.
    let usage = holders.first().and_then(|_| keys.usage(&store));
    match standing(Some(&key), &keys.listings, usage.as_ref()) {
        Standing::Free => {}
        Standing::OutOfUse => {
            printer.note(&format!("{key} is out of use already"));
            return Ok(Status::Done);
        }
        standing => return Err(refusal::refused(&key, standing)),
    }
    served_no_more(&store, &key, printer)?;
    if let Some(usage) = &usage {
        list::unopened(&usage.unopened, printer);
    }
    let archives = holders
        .iter()
        .map(|secret| archive::keep(&store, secret))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| error.context(format!("{key} was not retired")))?;
    for (secret, archive) in holders.iter().zip(archives) {
        let name = name(secret);
        if !store.set_label(secret, SEALING_KEY_RETIRED)? {
            return Err(
                CommandError::message(format!("the Secret `{name}` was changed meanwhile"))
                    .context(format!("{key} was not retired"))
                    .hint("look at it again with `chancery keys list`, then try again"),
            );
        }
        printer.report(&format!("retired {name}  {key}  kept as {archive}\n"))?;
    }
    look_again(&store, &key, context)
        .map_err(|error| error.hint(take_back(&store, holders.iter().map(|secret| name(secret)))))?;
    printer.note(
        "what was sealed for it and is only in files opens no more: `chancery reseal --check` finds it",
    );
    Ok(Status::Done)
}

/// Refuses the key that the controller serves. That can be an older one than the newest that is stored: a key is served
/// only when its predecessor in the same Secret is stored.
fn served_no_more(store: &KeyStore, key: &Fingerprint, printer: &Printer) -> Result<(), CommandError> {
    let KeyStore::Cluster(cluster, args) = store else {
        return Ok(());
    };
    let served = cluster.certificate(args).map(|pem| Certificate::from_pem(&pem));
    match served {
        Ok(Ok(certificate)) if certificate.fingerprint() == key => Err(CommandError::message(
            "the controller serves it still, so what is sealed now is sealed for it",
        )
        .context(format!("cannot retire {key}"))
        .hint("the events of the newer key's Secret say why it is not served")),
        Ok(Ok(_)) => Ok(()),
        Ok(Err(_)) | Err(_) => {
            printer
                .warning("the controller could not be asked which key it serves; the newest is taken for it");
            Ok(())
        }
    }
}

/// Looks whether the key is out of use now, and still nothing needs it.
fn look_again(store: &KeyStore, key: &Fingerprint, context: &Context) -> Result<(), CommandError> {
    let retired = || format!("{key} is retired");
    let keys = Keys::of(store, context.now)
        .map_err(|error| error.context(format!("{key} is retired, and could not be looked at again")))?;
    if let Some(secret) = keys.holders(key).first() {
        return Err(CommandError::message(format!(
            "something labelled the Secret `{}` `active` again meanwhile, or made it",
            name(secret)
        ))
        .context(format!("{key} is not retired")));
    }
    let Some(usage) = keys.usage(store) else {
        return Ok(());
    };
    if let Some(needed) = usage.needed(key) {
        return Err(CommandError::message(format!(
            "meanwhile something came to need it: {}",
            refusal::named(&needed.objects)
        ))
        .context(retired()));
    }
    for unseen in &usage.unseen {
        context.printer.warning(&format!(
            "{}, and what needs it could not be looked at again: {unseen}",
            retired()
        ));
    }
    Ok(())
}

/// How to take the key back.
fn take_back<'a>(store: &KeyStore, names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.collect();
    match store {
        KeyStore::Local(_) => format!(
            "to take it back, label `{}` `active` in {}",
            names.join("`, `"),
            store.place()
        ),
        KeyStore::Cluster(_, args) => format!(
            "to take it back: kubectl label secret -n {} {} {SEALING_KEY_LABEL}=active --overwrite",
            args.controller_namespace,
            names.join(" ")
        ),
    }
}

fn name(secret: &Secret) -> &str {
    secret.metadata.name.as_deref().unwrap_or_default()
}
