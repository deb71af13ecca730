//! `chancery keys backup`: all sealing keys in one encrypted file.

pub(super) mod live;

use std::path::PathBuf;

use k8s_openapi::api::core::v1::Secret;
use manifests::keys;

use crate::atomic_file::{self, Readers};
use crate::cluster::ClusterArgs;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Status};
use crate::key_backup::{self, Protection, ProtectionArgs};
use crate::key_store::KeyStore;
use live::LivesArgs;

const EXAMPLES: &str = "\
Examples:
  chancery keys backup -r age1… -w keys.age              to people with an age identity
  chancery keys backup --passphrase-file pass -w keys.age
  chancery keys backup --local .chancery -r age1… -w keys.age

Whoever opens the backup can open everything that was ever sealed; without the keys nobody can. Keep
it away from the cluster, and try it: chancery keys restore keys.age --identity FILE --dry-run
Without Chancery: age -d -i FILE keys.age | kubectl apply -f -";

/// Save all sealing keys, encrypted
///
/// Takes every key, retired and archived ones too: an old commit may need them. Then checks that the keys in the
/// backup open every SealedSecret that lives in the cluster.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct BackupArgs {
    /// Write the backup to this file; by default, and for `-`, to standard output
    #[arg(short = 'w', long = "write", value_name = "FILE")]
    write: Option<PathBuf>,
    /// Replace a file that is there; an older backup may hold keys that this one doesn't
    #[arg(long, requires = "write")]
    force: bool,
    #[command(flatten)]
    lives: LivesArgs,
    /// A folder that stands in for a cluster
    #[arg(long, value_name = "DIR")]
    local: Option<PathBuf>,
    #[command(flatten)]
    protection: ProtectionArgs,
    #[command(flatten)]
    cluster: ClusterArgs,
}

/// Writes the backup and checks it.
///
/// # Errors
/// When a recipient or a passphrase can't be used, the keys can't be read, one of them is malformed, the file can't be written, or live SealedSecrets need a key
/// that is not in the backup; the backup is kept then, and the error says so.
pub(crate) fn run(args: &BackupArgs, context: &Context) -> CommandResult {
    let named = args.protection.named()?;
    let store = KeyStore::open(args.local.as_deref(), &args.cluster)?;
    let (secrets, malformed) = keys_to_keep(&store, context)?;
    // A person is asked before the file is there, and after it is known that there is something to keep.
    let protection = match named {
        Some(protection) => protection,
        None => Protection::asked()?,
    };
    let backup = key_backup::encrypt(&secrets, &protection)?;
    let checked = reopened(&backup, &secrets, &protection)?;
    match args.write.as_deref().filter(|path| path.as_os_str() != "-") {
        Some(path) => {
            if args.force {
                atomic_file::replace(path, &backup, Readers::Owner)?;
            } else {
                // It may hold keys that are stored nowhere any more.
                atomic_file::create_secret(path, &backup)
                    .map_err(|error| error.hint("--force replaces a backup that is there"))?;
            }
            context
                .printer
                .note(&format!("wrote {} keys to `{}`", secrets.len(), path.display()));
        }
        None => context.printer.data(&backup)?,
    }
    if !checked {
        context.printer.note(
            "only its recipients can open it: try it with `chancery keys restore FILE --identity FILE --dry-run`",
        );
    }
    if let KeyStore::Cluster(cluster, _) = &store {
        live::check(cluster, &args.lives, &secrets, "the backup", context)
            .map_err(|error| error.hint("the backup is written, and holds every key that is stored"))?;
    }
    if malformed > 0 {
        return Err(
            CommandError::message(format!("{malformed} active keys can't be used as they are")).hint(
                "they are in the backup as they are; mend their Secrets, or restore them from an older backup",
            ),
        );
    }
    Ok(Status::Done)
}

/// The key Secrets as they will be restored, and how many of the active ones can't be used. Those are kept too: with a
/// certificate that is damaged or of another key, the private key may still be the only one of its kind.
fn keys_to_keep(store: &KeyStore, context: &Context) -> Result<(Vec<Secret>, usize), CommandError> {
    let mut kept = Vec::new();
    let mut malformed = 0;
    for secret in store.secrets()? {
        if keys::is_request(&secret) {
            continue;
        }
        if let Err(problem) = keys::key_of_secret(&secret) {
            context.printer.warning(&problem.in_a_line());
            malformed += usize::from(keys::is_active(&secret));
        }
        kept.push(keys::portable(secret));
    }
    if kept.is_empty() {
        return Err(
            CommandError::message(format!("there is no sealing key in {}", store.place()))
                .hint("check --controller-namespace: keys are in the controller's own namespace"),
        );
    }
    Ok((kept, malformed))
}

/// Opens the backup again where that can be done, and compares; returns whether it could.
fn reopened(backup: &[u8], secrets: &[Secret], protection: &Protection) -> Result<bool, CommandError> {
    let Some(identities) = key_backup::own_key(protection) else {
        return Ok(false);
    };
    let text = key_backup::decrypt("that was just made", backup, &identities)?;
    let again = keys::secrets_from_file("the backup", &text).map_err(CommandError::failed)?;
    if again != secrets {
        return Err(CommandError::message(
            "the backup that was just made does not hold every key again; nothing was written",
        ));
    }
    Ok(true)
}
