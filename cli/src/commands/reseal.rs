//! `chancery reseal`: a tree of manifests, re-encrypted to the newest key.

mod file;
mod object;
mod pool;
mod progress;
mod report;
mod writer;

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::thread;

use tokio::sync::oneshot;

use self::object::Rules;
use self::pool::{Abandon, Pool};
use self::report::{Mode, Report};
use crate::certificate;
use crate::cluster::object_name;
use crate::config::{Config, ConfigArgs};
use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::interrupt;
use crate::opener::{Opener, OpenerArgs};
use crate::planning;
use crate::printer::Printer;
use crate::report::ReportFormat;
use crate::tree::{self, TreeFile};

const EXAMPLES: &str = "\
Examples:
  chancery reseal .                          every SealedSecret below here, through the controller
  chancery reseal apps/ --dry-run            what would change
  chancery reseal . --check                  the same for a pipeline: exit code 3 if anything would
  chancery reseal . --key old.pem,new.pem    without a cluster, with the private keys
  chancery reseal . --cluster production     the files of one cluster of .chancery.yaml
  chancery reseal . --local .chancery -o json

Only ciphertexts change, and the key's name in `chancery.dev/sealed-with` where that is: comments,
order, indentation and all other documents stay as they are, byte for byte. What is on the newest
key already stays too, so that a second run changes nothing. Each file is replaced in one step, and
after an interruption the command can simply be run again.
Templates of Helm can't be edited safely: they are reported and left alone.
Exit codes: 0 done, 1 something failed (the rest is done), 3 with --check: not all is on the newest
key.";

/// Re-encrypt the SealedSecrets of a repository to the newest key
///
/// Finds every SealedSecret in files and folders (*.yaml, *.yml, *.json, what kustomizations name), opens
/// its items with the controller's keys or with your own, and seals them anew in place.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ResealArgs {
    /// Files and folders; a folder is searched at any depth, hidden names left out
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Do all but writing
    #[arg(long)]
    dry_run: bool,
    /// Write nothing, and end with exit code 3 if anything is not on the newest key
    #[arg(long, conflicts_with = "dry_run")]
    check: bool,
    /// Only the files that are not for another cluster, as .chancery.yaml says, and with this one's controller unless
    /// keys are named
    #[arg(long = "cluster", value_name = "NAME")]
    only: Option<String>,
    /// The namespace of SealedSecrets that name none; without it a rule of .chancery.yaml or the
    /// kustomization decides
    #[arg(short, long, value_name = "NAMESPACE", value_parser = object_name)]
    namespace: Option<String>,
    /// How the report is written
    #[arg(
        short = 'o',
        long = "output",
        value_name = "FORMAT",
        value_enum,
        default_value_t
    )]
    output: ReportFormat,
    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    opener: OpenerArgs,
}

impl ResealArgs {
    fn mode(&self) -> Mode {
        match (self.check, self.dry_run) {
            (true, _) => Mode::Check,
            (_, true) => Mode::DryRun,
            _ => Mode::Write,
        }
    }
}

/// Goes through the tree, and reports what became of it.
///
/// # Errors
/// When a path isn't there, the keys can't be had, or the run was interrupted. A file or object that fails is
/// reported and leaves the others alone; the status is [`Failed`](crate::error::Status::Failed) then.
pub(crate) fn run(args: &ResealArgs, context: &Context) -> CommandResult {
    let config = args.config.load()?;
    let mut tree = tree::find(&args.paths)?;
    let opener = match &args.only {
        Some(name) => {
            let config = config.as_ref().ok_or_else(certificate::no_clusters)?;
            let opener = OpenerArgs {
                cluster: certificate::controller(config.cluster(name)?, &args.opener.cluster),
                ..args.opener.clone()
            };
            leave_others_out(&mut tree.files, name, config, &context.printer);
            opener.open(context)?
        }
        None => args.opener.open(context)?,
    };
    let rules = Rules {
        namespace: args.namespace.as_deref(),
        config: config.as_ref(),
        cluster: match (&args.only, &config) {
            (Some(name), Some(config)) => Some(config.cluster(name)?),
            _ => None,
        },
    };
    let newest = newest(&opener, args.mode(), context)?;
    if !opener.tells_keys() {
        foreign(args.mode(), context)?;
    }
    let pool = Pool::new(&tree.files, &opener, &rules, args.mode(), &context.printer);
    let ended = finish(&pool, context);
    let report = Report::new(args.mode(), newest, pool.into_reports(), tree.problems);
    report.print(args.output, &context.printer)?;
    ended.map_err(|error| report.interrupted(error, tree.files.len()))?;
    Ok(report.status())
}

/// Leaves out what a rule says is for other clusters: this one's keys can't open it.
fn leave_others_out(files: &mut Vec<TreeFile>, name: &str, config: &Config, printer: &Printer) {
    let all = files.len();
    files.retain(|file| {
        let names = config.rule_for(&file.path).bound_clusters();
        names.is_none_or(|names| names.iter().any(|one| one == name))
    });
    if files.len() < all {
        printer.note(&format!(
            "{} of {all} files are for other clusters, as `{}` says, and left out",
            all - files.len(),
            config.shown().display()
        ));
    }
}

/// The newest key. That its certificate has expired would come up at every single object; it is said once.
fn newest(opener: &Opener, mode: Mode, context: &Context) -> Result<String, CommandError> {
    let newest = opener.newest()?;
    if mode != Mode::Check {
        newest.check_valid(context.now).map_err(|error| {
            CommandError::failed(error)
                .context("cannot seal with the newest certificate at hand")
                .hint("`chancery keys rotate` makes a new key")
        })?;
    }
    Ok(newest.fingerprint().to_string())
}

/// Upstream's controller seals every item again, and says of none which key it was on.
fn foreign(mode: Mode, context: &Context) -> Result<(), CommandError> {
    if mode == Mode::Check {
        return Err(
            CommandError::message("the controller does not tell which keys open an object's items")
                .hint("it is not Chancery's; --key FILE or --local DIR tell it here"),
        );
    }
    context.printer.warning(
        "the controller is not Chancery's: it seals every item anew, also one that is on the newest key; left out is \
         only what `chancery.dev/sealed-with` says to be there",
    );
    Ok(())
}

/// Lets the pool work until it has done all, or a signal comes.
fn finish(pool: &Pool<'_>, context: &Context) -> Result<(), CommandError> {
    let abandoned = AtomicBool::new(false);
    let runtime = planning::runtime()?;
    thread::scope(|scope| {
        let work = interrupt::watched(
            &context.printer,
            "stopping after the files in hand; once more leaves them as they are",
            || CommandError::message("interrupted at once"),
            async |stop| {
                // Dropped with this future at the second signal, so that the threads see it and end.
                let _abandon = Abandon(&abandoned);
                let (done, finished) = oneshot::channel();
                let (stop, abandoned) = (stop.clone(), &abandoned);
                scope.spawn(move || {
                    pool.run(&stop, abandoned);
                    let _ = done.send(());
                });
                // An error would be a panic in there, which the scope passes on.
                let _ = finished.await;
                Ok(())
            },
        );
        runtime.block_on(work)
    })?;
    if pool.is_complete() {
        Ok(())
    } else {
        Err(CommandError::message("interrupted"))
    }
}
