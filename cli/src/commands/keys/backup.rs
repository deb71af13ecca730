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

Whoever opens the backup can open everything that was ever sealed; without the keys nobody can. Keep it away
from the cluster, and try it: chancery keys restore keys.age --identity FILE --dry-run
Without Chancery: age -d -i FILE keys.age | kubectl apply -f -";

/// Save all sealing keys, encrypted
///
/// Takes every key, retired and archived ones too: an old commit may need them. Then checks that the keys in the
/// backup open every SealedSecret that lives in the cluster.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct BackupArgs {
    /// Write the backup to this file; by default to standard output
    #[arg(short = 'w', long = "write", value_name = "FILE")]
    write: Option<PathBuf>,
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
/// When the keys can't be read, one of them is malformed, the file can't be written, or live SealedSecrets need a key
/// that is not in the backup; the backup is kept then, and the error says so.
pub(crate) fn run(args: &BackupArgs, context: &Context) -> CommandResult {
    let store = KeyStore::open(args.local.as_deref(), &args.cluster)?;
    let secrets = keys_to_keep(&store, context)?;
    // Asked for before the file is there, and after it is known that there is something to keep.
    let protection = args.protection.protection()?;
    let backup = key_backup::encrypt(&secrets, &protection)?;
    let checked = reopened(&backup, &secrets, &protection)?;
    match &args.write {
        Some(path) => {
            atomic_file::replace(path, &backup, Readers::Owner)?;
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
        let (ring, _) = keys::ring_of_all(&secrets);
        live::check(cluster, &args.lives, &ring, "the backup", &context.printer)
            .map_err(|error| error.hint("the backup is written, and holds every key that is stored"))?;
    }
    Ok(Status::Done)
}

/// The key Secrets as they will be restored.
fn keys_to_keep(store: &KeyStore, context: &Context) -> Result<Vec<Secret>, CommandError> {
    let mut kept = Vec::new();
    for secret in store.secrets()? {
        match keys::key_of_secret(&secret) {
            Ok(_) => kept.push(keys::portable(secret)),
            // A request for a key, or a Secret that nothing opens with: there is nothing to lose.
            Err(problem) => context
                .printer
                .warning(&format!("left out: {}", problem.in_a_line())),
        }
    }
    if kept.is_empty() {
        return Err(
            CommandError::message(format!("there is no sealing key in {}", store.place()))
                .hint("check --controller-namespace: keys are in the controller's own namespace"),
        );
    }
    Ok(kept)
}

/// Opens the backup again where that can be done, and compares; returns whether it could.
fn reopened(backup: &[u8], secrets: &[Secret], protection: &Protection) -> Result<bool, CommandError> {
    let Some(identities) = key_backup::own_key(protection) else {
        return Ok(false);
    };
    let text = key_backup::decrypt("that was just made", backup, &identities)?;
    let (ring, problems) = keys::ring_from_file("the backup", &text)?;
    let (expected, _) = keys::ring_of_all(secrets);
    if !problems.is_empty() || ring.len() != expected.len() {
        return Err(CommandError::message(
            "the backup that was just made does not hold every key again; nothing was written",
        ));
    }
    Ok(true)
}
