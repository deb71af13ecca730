//! `chancery keys list`: the sealing keys of a cluster or a local store, and what needs them.

mod needing;

use std::path::{Path, PathBuf};

use super::look::Keys;
use crate::cluster::ClusterArgs;
use crate::context::Context;
use crate::error::{CommandResult, Status};
use crate::key_listing::{KeyListing, KeyState, Obstacle};
use crate::key_standing::judge;
use crate::key_store::KeyStore;
use crate::key_usage::{KeyUsage, Unopened, Unseen};
use crate::printer::{Printer, table};
use crate::report::{self, ReportFormat};

const EXAMPLES: &str = "\
Examples:
  chancery keys list
  chancery keys list --controller-namespace sealed-secrets -o json
  chancery keys list --needing SHA256:bQ3x     what would have to change if this key leaked
  chancery keys list --local .chancery

The newest active key is what is sealed with; every active key opens what was sealed for it.
OBJECTS and ITEMS count the live SealedSecrets that need a key. What is only in Git is not counted:
`chancery reseal --check` finds it.";

/// How many objects a line names.
const NAMED: usize = 5;

/// List sealing keys, newest first, and what needs them
///
/// Reads the key Secrets, and SealedSecrets in all namespaces; without the right to list those, the keys are listed all
/// the same.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ListArgs {
    /// The format
    #[arg(short = 'o', long = "output", value_enum, ignore_case = true, default_value_t)]
    output: ReportFormat,
    /// List instead the live SealedSecrets that need this key, and which of their items: a fingerprint, the start of one,
    /// or the name of the key's Secret
    #[arg(long, value_name = "KEY", conflicts_with = "local")]
    needing: Option<String>,
    /// A folder that stands in for a cluster
    #[arg(long, value_name = "DIR")]
    local: Option<PathBuf>,
    #[command(flatten)]
    cluster: ClusterArgs,
}

/// Lists the keys.
///
/// # Errors
/// When the store or the cluster cannot be read. A key that is malformed is listed as such. With `--needing` also when
/// SealedSecrets can't be listed.
pub(crate) fn run(args: &ListArgs, context: &Context) -> CommandResult {
    let store = KeyStore::open(args.local.as_deref(), &args.cluster)?;
    let keys = Keys::of(&store, context.now)?;
    if let (KeyStore::Cluster(cluster, _), Some(key)) = (&store, &args.needing) {
        return needing::run(cluster, &keys, key, args.output, &context.printer);
    }
    let usage = keys.usage(&store);
    let mut keys = judge(keys.listings, usage.as_ref());
    let unknown = args.local.as_deref().map(unknown_in);
    if let Some(reason) = &unknown {
        doubt(&mut keys, reason);
    }
    match args.output {
        ReportFormat::Json => context.printer.data(&report::json(&keys)?)?,
        ReportFormat::Text => {
            let rows: Vec<_> = keys.iter().map(|key| key.row(context.now)).collect();
            let headers = [
                "NAME",
                "STATE",
                "AGE",
                "EXPIRES",
                "FINGERPRINT",
                "OBJECTS",
                "ITEMS",
                "RETIRABLE",
            ];
            context.printer.report(&table(headers, &rows))?;
        }
    }
    if let Some(reason) = &unknown {
        context.printer.note(reason);
    }
    explain(&keys, usage.as_ref(), &context.printer);
    Ok(Status::Done)
}

/// Why it is not known what needs the keys of a folder, and what tells.
fn unknown_in(folder: &Path) -> String {
    format!(
        "a folder has no live SealedSecrets; `chancery reseal --check PATH --local {}` tells which files need an older key",
        folder.display()
    )
}

/// Takes back that a key can be retired, where that was only found because nothing is known.
fn doubt(keys: &mut [KeyListing], reason: &str) {
    for key in keys.iter_mut().filter(|key| key.retirable) {
        key.retirable = false;
        key.obstacle = Some(Obstacle {
            word: "",
            reason: reason.to_owned(),
        });
    }
}

/// Says below the table what has no place in it.
fn explain(keys: &[KeyListing], usage: Option<&KeyUsage>, printer: &Printer) {
    for key in keys {
        if let Some(problem) = &key.problem {
            printer.warning(problem);
        }
    }
    let Some(usage) = usage else {
        return;
    };
    for key in keys {
        let (Some(fingerprint), Some(objects @ 1..)) = (&key.fingerprint, key.objects) else {
            continue;
        };
        let same = |other: &&KeyListing| other.fingerprint.as_ref() == Some(fingerprint);
        if keys.iter().filter(same).any(KeyListing::is_in_use) {
            continue;
        }
        let what = format!("{} need the key {fingerprint}", live(objects));
        if key.state == KeyState::Missing {
            printer.warning(&format!(
                "{what}, and no Secret holds it: `chancery keys restore` brings it back from a backup"
            ));
        } else if let Some(name) = &key.name {
            printer.warning(&format!(
                "{what}, and `{name}` is out of use: re-seal what needs it, or label it `active` again"
            ));
        }
    }
    for key in keys.iter().filter(|key| key.is_owned) {
        if let Some(obstacle) = key.obstacle.as_ref().filter(|obstacle| obstacle.word == "owned") {
            printer.note(&obstacle.reason);
        }
    }
    unopened(&usage.unopened, printer);
    unseen(&usage.unseen, printer);
}

/// Says what no key opens.
pub(super) fn unopened(unopened: &[Unopened], printer: &Printer) {
    let Some(named) = unopened
        .get(..NAMED.min(unopened.len()))
        .filter(|all| !all.is_empty())
    else {
        return;
    };
    let named: Vec<String> = named
        .iter()
        .map(|unopened| {
            let items: Vec<_> = unopened
                .items
                .iter()
                .map(|item| migrate::report::harmless(item))
                .collect();
            format!("`{}` ({})", unopened.object, items.join(", "))
        })
        .collect();
    let more = match unopened.len() - named.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    printer.warning(&format!("no key here opens {}{more}", named.join(", ")));
}

/// Says what could not be looked at.
fn unseen(unseen: &[Unseen], printer: &Printer) {
    for unseen in unseen {
        match unseen {
            Unseen::All { .. } => printer.warning(&format!("what needs the keys is not known: {unseen}")),
            Unseen::Object { .. } => printer.warning(&format!(
                "{unseen}, so it is not known which key it needs; as long as it is there, no key can be retired"
            )),
        }
    }
}

fn live(objects: usize) -> String {
    match objects {
        1 => "1 live SealedSecret".to_owned(),
        objects => format!("{objects} live SealedSecrets"),
    }
}
