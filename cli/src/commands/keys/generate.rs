//! `chancery keys generate`: a new sealing key.

use std::path::{Path, PathBuf};

use clap::ArgGroup;
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
#[command(after_help = EXAMPLES, group = ArgGroup::new("place").args(["local", "write"]).required(true))]
pub(crate) struct GenerateArgs {
    /// Add the key to this folder, which stands in for a cluster; made when it does not exist
    #[arg(long, value_name = "DIR")]
    local: Option<PathBuf>,
    /// Write the key to this new file, as a Secret that a controller takes, readable by its owner alone; `-` is
    /// standard output, unless that is a terminal
    #[arg(short = 'w', long = "write", value_name = "FILE")]
    write: Option<PathBuf>,
    /// The namespace in the Secret that `-w` writes: the controller's
    #[arg(short, long, value_name = "NAMESPACE", default_value = "kube-system", value_parser = object_name, conflicts_with = "local")]
    namespace: String,
    #[command(flatten)]
    key: NewKeyArgs,
}

/// Makes the key and keeps it where it was asked for.
///
/// # Errors
/// When the file exists, the store is refused, or writing fails. A usage error when the key would be shown on a terminal.
pub(crate) fn run(args: &GenerateArgs, context: &Context) -> CommandResult {
    let is_printed = is_printed(args.write.as_deref(), context.printer.stdout_is_terminal())?;
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
    let about = format!(
        "{}  {}  expires {}",
        made.secret.metadata.name.as_deref().unwrap_or_default(),
        made.certificate.fingerprint(),
        made.certificate.not_after()
    );
    let path = match (store, &args.write) {
        (Some(store), _) => store.add_key(&made.secret)?,
        (None, Some(path)) => {
            let text =
                Zeroizing::new(manifests::yaml::to_string(&made.secret).map_err(CommandError::failed)?);
            if is_printed {
                context.printer.data(text.as_bytes())?;
                context.printer.note(&about);
                return Ok(Status::Done);
            }
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
    context.printer.report(&format!("{about}\n"))?;
    Ok(Status::Done)
}

/// Whether the key goes to standard output. On a screen, and in what the terminal keeps, others could read it.
fn is_printed(write: Option<&Path>, to_terminal: bool) -> Result<bool, CommandError> {
    match write.is_some_and(|path| path.as_os_str() == "-") {
        true if to_terminal => Err(CommandError::usage(
            "standard output is a terminal, and a private key would stay readable there",
        )
        .hint("write it to a file with -w FILE, or pipe it: -w - | kubectl create -f -")),
        is_printed => Ok(is_printed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_key_is_printed_into_a_pipe_and_never_on_a_terminal() {
        let printed = |path: Option<&str>, to_terminal| {
            is_printed(path.map(Path::new), to_terminal).map_err(|error| Status::from(&error))
        };
        assert_eq!(printed(Some("-"), true), Err(Status::Usage));
        assert_eq!(printed(Some("-"), false), Ok(true));
        assert_eq!(printed(Some("key.yaml"), true), Ok(false));
        assert_eq!(printed(None, true), Ok(false));
    }
}
