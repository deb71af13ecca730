//! `chancery keys generate`: a new sealing key.

use std::path::PathBuf;

use sealing::KeyRing;
use zeroize::Zeroizing;

use super::new_key::NewKeyArgs;
use crate::atomic_file;
use crate::cluster::object_name;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Status};
use crate::local::LocalStore;

const EXAMPLES: &str = "\
Examples:
  chancery keys generate --local .chancery   for a folder that stands in for a cluster
  chancery keys generate -w key.yaml         for a cluster: kubectl create -f key.yaml (upstream's
                                             controller must be restarted, ours takes it at once)

`chancery keys rotate` has the controller make a key that never leaves the cluster.

Keep the key out of Git. Whoever has it can open everything that was sealed for it; without it
nobody can.";

/// Make a new sealing key
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct GenerateArgs {
    /// Add the key to this folder, which stands in for a cluster; made when it does not exist
    #[arg(
        long,
        value_name = "DIR",
        required_unless_present = "write",
        conflicts_with = "write"
    )]
    local: Option<PathBuf>,
    /// Write the key to this new file, as a Secret that a controller takes, readable by its owner alone
    #[arg(short = 'w', long = "write", value_name = "FILE")]
    write: Option<PathBuf>,
    /// The namespace in the Secret that `-w` writes: the controller's
    #[arg(short, long, value_name = "NAMESPACE", default_value = "kube-system", value_parser = object_name)]
    namespace: String,
    #[command(flatten)]
    key: NewKeyArgs,
}

/// Makes the key and keeps it where it was asked for.
///
/// # Errors
/// When the file exists, the store is refused, or writing fails.
pub(crate) fn run(args: &GenerateArgs, context: &Context) -> CommandResult {
    let store = args
        .local
        .as_deref()
        .map(LocalStore::open_or_create)
        .transpose()?;
    // A store that was made before has keys, of which the new one shall be the newest.
    let ring = match &store {
        Some(store) => manifests::keys::ring_from_documents(&store.keys()?).0,
        None => KeyRing::new(),
    };
    let made = args.key.make(&ring, Some(&args.namespace), context)?;
    let path = match (store, &args.write) {
        (Some(store), _) => store.add_key(&made.secret)?,
        (None, Some(path)) => {
            let text =
                Zeroizing::new(manifests::yaml::to_string(&made.secret).map_err(CommandError::failed)?);
            atomic_file::create_secret(path, text.as_bytes())?;
            path.clone()
        }
        (None, None) => {
            return Err(CommandError::usage(
                "name a place for the key: --local DIR or -w FILE",
            ));
        }
    };
    context.printer.note(&format!("wrote `{}`", path.display()));
    context.printer.report(&format!(
        "{}  {}  expires {}\n",
        made.secret.metadata.name.as_deref().unwrap_or_default(),
        made.certificate.fingerprint(),
        made.certificate.not_after()
    ))?;
    Ok(Status::Done)
}
