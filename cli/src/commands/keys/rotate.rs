//! `chancery keys rotate`: a new key, to which everything is sealed from now on.

mod standing;

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use api::names::{SEALING_KEY_LABEL, SEALING_KEY_PREFIX, SEALING_KEY_REQUESTED, TLS_SECRET_TYPE};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use sealing::{Certificate, Fingerprint};
use serde::Serialize;

use super::new_key::NewKeyArgs;
use crate::certificate::{CacheArgs, remember};
use crate::cluster::{Cluster, ClusterArgs, ClusterError};
use crate::commands::migrations::timeout;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Status};
use crate::local::LocalStore;
use crate::report::{self, ReportFormat};
use standing::Standing;

const EXAMPLES: &str = "\
Examples:
  chancery keys rotate
  chancery keys rotate --controller-namespace sealed-secrets -o json
  chancery keys rotate --no-wait           ask for the key and don't wait, in a CronJob for instance
  chancery keys rotate --local .chancery

It takes the right to create Secrets in the controller's namespace, and no other: the private key
never leaves the cluster. Nothing that was sealed before has to change at once, since every key
goes on opening. `chancery reseal` brings what is in Git to the new key; `chancery keys list` says
when an old one is needed no more.

Exit codes: 0 the new certificate is served, 1 failed, 5 it is not served in time.";

/// How long to leave the controller alone between two questions.
const PAUSE: Duration = Duration::from_millis(250);
/// How many answers in a row have to agree: each may be another replica's.
const AGREEING: u32 = 3;

/// Have the controller make a new key, and wait until it is sealed to
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RotateArgs {
    /// The format
    #[arg(short = 'o', long = "output", value_enum, ignore_case = true, default_value_t)]
    output: ReportFormat,
    /// How long to wait, such as 90s or 5m
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = timeout, conflicts_with = "local")]
    timeout: Duration,
    /// Only ask for the key
    #[arg(long, conflicts_with_all = ["timeout", "local"])]
    no_wait: bool,
    /// A folder that stands in for a cluster: the key is made here
    #[arg(long, value_name = "DIR")]
    local: Option<PathBuf>,
    #[command(flatten)]
    key: NewKeyArgs,
    #[command(flatten)]
    cluster: ClusterArgs,
    #[command(flatten)]
    cache: CacheArgs,
}

/// What came of it.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Rotated {
    /// What was sealed to before; none where there was no key.
    old: Option<String>,
    /// What is sealed to now; none when it was not waited for.
    new: Option<String>,
    /// Until when it can be sealed to.
    expires: Option<String>,
    /// The Secret that has the key, or asked for it.
    secret: String,
}

impl Rotated {
    fn new(old: Option<&Certificate>, new: &Certificate, secret: String) -> Self {
        Self {
            old: old.map(|old| old.fingerprint().to_string()),
            new: Some(new.fingerprint().to_string()),
            expires: Some(new.not_after().to_string()),
            secret,
        }
    }
}

/// Rotates.
///
/// # Errors
/// When the key can't be asked for or made; when it is not served in time (exit code 5).
pub(crate) fn run(args: &RotateArgs, context: &Context) -> CommandResult {
    let rotated = match &args.local {
        Some(folder) => here(args, folder, context)?,
        None if args.key.are_given() => {
            return Err(CommandError::usage(
                "--bits, --ttl and --common-name are for keys that are made here, with --local",
            )
            .hint("the controller makes keys as its --key-size, --key-ttl and --my-cn say"));
        }
        None => there(args, context)?,
    };
    match args.output {
        ReportFormat::Json => context.printer.data(&report::json(&rotated)?)?,
        ReportFormat::Text => context.printer.report(&text(&rotated))?,
    }
    if rotated.new.is_some() && rotated.old.is_some() {
        context.printer.note(
            "what the old key sealed goes on opening; `chancery reseal PATH` brings it to the new one. \
             Where .chancery.yaml pins fingerprints, add the new one",
        );
    }
    Ok(Status::Done)
}

fn text(rotated: &Rotated) -> String {
    let old = rotated.old.as_deref().unwrap_or("none");
    match (&rotated.new, &rotated.expires) {
        (Some(new), Some(expires)) => format!("old  {old}\nnew  {new}  expires {expires}\n"),
        _ => format!("{}\n", rotated.secret),
    }
}

/// Makes a key in a local store.
fn here(args: &RotateArgs, folder: &Path, context: &Context) -> Result<Rotated, CommandError> {
    let store = LocalStore::open(folder)?;
    let ring = store.key_ring()?;
    let old = ring.newest().and_then(|key| key.certificate.clone());
    let made = args.key.make(&ring, None, context)?;
    let path = store.add_key(&made.secret)?;
    context.printer.note(&format!("wrote `{}`", path.display()));
    let name = made.secret.metadata.name.clone().unwrap_or_default();
    Ok(Rotated::new(old.as_ref(), &made.certificate, name))
}

/// Asks the controller for a key.
fn there(args: &RotateArgs, context: &Context) -> Result<Rotated, CommandError> {
    let cluster = Cluster::connect(&args.cluster)?;
    // Before anything is asked for: whether there is a controller that could tell of the new key.
    let old = if args.no_wait {
        None
    } else {
        served_now(args, &cluster, context)?
    };
    let namespace = &args.cluster.controller_namespace;
    let request = cluster
        .create_key_secret(&args.cluster, &request())
        .map_err(|error| {
            let error = CommandError::from(error).context("cannot ask for a new key");
            error.hint(format!(
                "it takes the right to create Secrets in namespace `{namespace}`, and no other"
            ))
        })?;
    let name = request.metadata.name.unwrap_or_default();
    context
        .printer
        .note(&format!("asked for a new key: Secret `{namespace}/{name}`"));
    if args.no_wait {
        return Ok(Rotated {
            old: None,
            new: None,
            expires: None,
            secret: name,
        });
    }
    let waited = wait(args, &cluster, old.as_ref(), context);
    context.printer.transient("");
    let standing = Standing::of(cluster.secret(namespace, &name));
    let new = waited.map_err(|last| late(args, &name, &standing, last))?;
    if let Some(words) = standing.beside(new.fingerprint()) {
        context.printer.warning(&words);
    }
    remember(&args.cluster, &args.cache.open(), &new, context.now);
    Ok(Rotated::new(old.as_ref(), &new, name))
}

/// The Secret that asks for a key: empty, and passed over by Sealed Secrets' own controller.
fn request() -> Secret {
    let mut secret = Secret {
        type_: Some(TLS_SECRET_TYPE.to_owned()),
        data: Some(
            ["tls.crt", "tls.key"]
                .map(|item| (item.to_owned(), ByteString::default()))
                .into(),
        ),
        ..Secret::default()
    };
    secret.metadata.generate_name = Some(SEALING_KEY_PREFIX.to_owned());
    secret.metadata.labels = Some([(SEALING_KEY_LABEL.to_owned(), SEALING_KEY_REQUESTED.to_owned())].into());
    secret
}

/// The certificate that is served before; none from a controller that has no key to seal to.
fn served_now(
    args: &RotateArgs,
    cluster: &Cluster,
    context: &Context,
) -> Result<Option<Certificate>, CommandError> {
    match cluster.certificate(&args.cluster) {
        Ok(pem) => Ok(Some(parsed(&pem)?)),
        Err(error @ ClusterError::ControllerDown { .. }) => {
            context
                .printer
                .warning(&format!("{error}; a key is asked for all the same"));
            Ok(None)
        }
        Err(error) => {
            Err(CommandError::from(error).hint("--no-wait asks for a key without looking at the controller"))
        }
    }
}

fn parsed(pem: &[u8]) -> Result<Certificate, CommandError> {
    Certificate::from_pem(pem).map_err(|error| {
        CommandError::failed(error).context("cannot use the certificate that the controller serves")
    })
}

/// What was seen last before the time was over.
struct Late {
    served: Option<Fingerprint>,
    trouble: Option<CommandError>,
}

/// Asks again and again, until every answer is the certificate of another key than the old one.
fn wait(
    args: &RotateArgs,
    cluster: &Cluster,
    old: Option<&Certificate>,
    context: &Context,
) -> Result<Certificate, Late> {
    let begun = Instant::now();
    let mut agreed: Option<(Certificate, u32)> = None;
    loop {
        let answer = cluster.certificate(&args.cluster).map_err(CommandError::from);
        let late = match answer.and_then(|pem| parsed(&pem)) {
            Ok(served) => {
                let before = agreed
                    .take()
                    .filter(|(last, _)| last.fingerprint() == served.fingerprint());
                let times = before.map_or(1, |(_, times)| times + 1);
                let is_new = old.is_none_or(|old| old.fingerprint() != served.fingerprint());
                if is_new && times >= AGREEING {
                    return Ok(served);
                }
                let seen = Some(served.fingerprint().clone());
                agreed = Some((served, times));
                Late {
                    served: seen,
                    trouble: None,
                }
            }
            // A controller that is away for a moment, or has no certificate yet.
            Err(trouble) => Late {
                served: None,
                trouble: Some(trouble),
            },
        };
        if begun.elapsed() >= args.timeout {
            return Err(late);
        }
        context.printer.transient(&format!(
            "waiting until the new key is served ({} s of {} s)",
            begun.elapsed().as_secs(),
            args.timeout.as_secs()
        ));
        thread::sleep(PAUSE);
    }
}

/// The error of a key that is not served in time, with what is known about the request.
fn late(args: &RotateArgs, name: &str, standing: &Standing, late: Late) -> CommandError {
    let namespace = &args.cluster.controller_namespace;
    let said = format!(
        "no new certificate is served by Service `{namespace}/{}` after {} s",
        args.cluster.controller_name,
        args.timeout.as_secs()
    );
    let error = match late.trouble {
        Some(trouble) => trouble.context(said),
        None => CommandError::message(said),
    };
    standing
        .hints(&format!("{namespace}/{name}"), late.served.as_ref())
        .into_iter()
        .fold(error.timed_out(), CommandError::hint)
}
