//! `chancery keys restore`: the sealing keys of a backup, back into a cluster.

mod decision;

use std::path::PathBuf;

use manifests::keys;
use zeroize::Zeroizing;

use crate::cluster::ClusterArgs;
use crate::commands::keys::backup::live::{self, LivesArgs};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Status};
use crate::input;
use crate::key_backup::{self, UnlockArgs};
use crate::key_store::KeyStore;
use crate::local::LocalStore;
use crate::printer::table;
use decision::{Decision, decide};

const EXAMPLES: &str = "\
Examples:
  chancery keys restore keys.age --identity key.txt
  chancery keys restore keys.age --identity key.txt --dry-run   the drill: what would come back,
                                                                and does it open what lives?
  chancery keys restore keys.age --passphrase-file pass --local .chancery
  chancery keys restore main.key                                key Secrets in the clear, as
                                                                kubectl get secret -o yaml has them

A key that is there already stays as it is; no Secret is ever replaced.";

/// Bring the sealing keys of a backup back
///
/// Creates the key Secrets that are missing. A running controller takes them at once, and opens what waited for them.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RestoreArgs {
    /// The backup; `-` is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Create nothing: show what would be created, and check what the backup opens
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    lives: LivesArgs,
    /// A folder that stands in for a cluster; made when it does not exist
    #[arg(long, value_name = "DIR")]
    local: Option<PathBuf>,
    #[command(flatten)]
    unlock: UnlockArgs,
    #[command(flatten)]
    cluster: ClusterArgs,
}

/// Restores the keys.
///
/// # Errors
/// When the backup can't be opened or holds no key, a key in it is malformed (the others are restored), a Secret can't
/// be created, or live SealedSecrets need a key that is neither in the backup nor stored.
pub(crate) fn run(args: &RestoreArgs, context: &Context) -> CommandResult {
    let name = format!("`{}`", args.file.display());
    let bytes = read(args)?;
    let text = if key_backup::is_encrypted(&bytes) {
        args.unlock.open(&name, &bytes)?
    } else {
        if args.unlock.names_something() {
            context.printer.note(&format!("{name} is not encrypted"));
        }
        bytes
    };
    let secrets = keys::secrets_from_file(&name, &text).map_err(CommandError::failed)?;
    if secrets.is_empty() {
        return Err(CommandError::message(format!("{name} holds no key Secret"))
            .hint("a backup holds Secrets with `tls.key`; `chancery keys backup` makes one"));
    }
    let store = store(args)?;
    let stored = match &store {
        Some(store) => store.secrets()?,
        None => Vec::new(),
    };
    let decisions = decide(&stored, secrets);
    let mut rows = Vec::new();
    let mut malformed = 0;
    for decision in &decisions {
        if let (Decision::Create { secret, .. }, Some(store), false) = (decision, &store, args.dry_run) {
            store.create(secret).map_err(|error| {
                error.hint("run the command again when that is mended: what was restored before is found and left alone")
            })?;
        }
        malformed += usize::from(matches!(decision, Decision::Malformed { .. }));
        rows.push(decision.row(args.dry_run));
    }
    context
        .printer
        .report(&table(["NAME", "LABEL", "FINGERPRINT", "RESULT"], &rows))?;
    if let Some(KeyStore::Cluster(cluster, _)) = &store {
        let mut all = stored;
        all.extend(decisions.iter().filter_map(Decision::restored).cloned());
        let what = if args.dry_run {
            "the backup, with the keys that are stored,"
        } else {
            "what is stored now"
        };
        live::check(cluster, &args.lives, &all, what, context)?;
    }
    if malformed > 0 {
        return Err(
            CommandError::message(format!("{malformed} keys of {name} could not be read"))
                .hint("the others are restored; see the table above"),
        );
    }
    Ok(Status::Done)
}

fn read(args: &RestoreArgs) -> Result<Zeroizing<Vec<u8>>, CommandError> {
    if args.file.as_os_str() != "-" {
        return input::read_file(&args.file).map_err(|error| error.context("cannot read the backup"));
    }
    if args.unlock.reads_stdin() {
        return Err(CommandError::usage(
            "the backup and --passphrase-file can't both come from standard input",
        )
        .hint("name a file for one of them; the passphrase is asked for on a terminal without that flag"));
    }
    input::read_stdin().map_err(|error| error.context("cannot read the backup"))
}

/// Where the keys come back; nothing for a folder that only a real run would make.
fn store(args: &RestoreArgs) -> Result<Option<KeyStore>, CommandError> {
    match args.local.as_deref() {
        Some(folder) if args.dry_run && LocalStore::would_be_made(folder) => return Ok(None),
        Some(folder) if !args.dry_run => drop(LocalStore::open_or_create(folder)?),
        _ => {}
    }
    KeyStore::open(args.local.as_deref(), &args.cluster).map(Some)
}
