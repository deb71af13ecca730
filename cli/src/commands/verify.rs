//! `chancery verify`: manifests, judged without a cluster; also the pre-commit hook.

mod allowed;
mod certificates;
mod files;
mod generated;
mod opening;
mod report;

use std::path::PathBuf;

use crate::certificate::CacheFolderArgs;
use crate::cluster::object_name;
use crate::config::ConfigArgs;
use crate::context::Context;
use crate::error::{CommandResult, Status};
use crate::opener::OpenerArgs;
use crate::report::ReportFormat;

use self::allowed::Allowed;
use self::certificates::Certificates;
use self::files::Checker;
use self::report::Report;

const EXAMPLES: &str = "\
Examples:
  chancery verify .                                 every SealedSecret below here
  chancery verify . --no-plain-secrets --allow-plain 'examples/**'
  chancery verify . --key key.pem                   also whether each item opens
  chancery verify . --ask-controller                the same, through the cluster's controller
  chancery verify . --strict -o json
  kustomize build . | chancery verify -

Clusters with their certificates and keys, and rules by path, come from .chancery.yaml.
As a hook of pre-commit: `chancery-verify` and `chancery-verify-no-plain-secrets`.
Exit codes: 0 nothing is wrong (warnings may be there), 1 something is.";

/// Check SealedSecrets before they are committed
///
/// Without a cluster and without a key it judges shape, names, scope, items, the keys that hints name, and the
/// certificates of .chancery.yaml. Prints findings as `file:line:column: error[code]: message`, never a value.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct VerifyArgs {
    /// Files and folders; a folder is searched at any depth, hidden names left out; `-` is standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Warnings are errors
    #[arg(long)]
    strict: bool,
    /// Refuse Secrets that show values, and kustomizations that make such
    #[arg(long)]
    no_plain_secrets: bool,
    /// Files that may have plain Secrets, as a pattern like those of .gitattributes, from the working
    /// directory; repeatable, and beside `plainSecrets.allow` of .chancery.yaml
    #[arg(long, value_name = "GLOB")]
    allow_plain: Vec<String>,
    /// The namespace of SealedSecrets that name none; without it a rule of .chancery.yaml or the
    /// kustomization decides
    #[arg(short, long, value_name = "NAMESPACE", value_parser = object_name)]
    namespace: Option<String>,
    /// A certificate that items may be sealed with, instead of those of .chancery.yaml; repeatable
    #[arg(long, value_name = "FILE")]
    cert: Vec<PathBuf>,
    /// Also ask the cluster's controller whether each item opens (`--key` and `--local` ask your own keys)
    #[arg(long, conflicts_with_all = ["key", "local"])]
    ask_controller: bool,
    /// How the findings are written
    #[arg(
        short = 'o',
        long = "output",
        value_name = "FORMAT",
        value_enum,
        default_value_t,
        ignore_case = true
    )]
    output: ReportFormat,
    #[command(flatten)]
    opener: OpenerArgs,
    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    cache: CacheFolderArgs,
}

impl VerifyArgs {
    /// Whether it is to be tried that the items open.
    fn opens(&self) -> bool {
        self.ask_controller || self.opener.keys.names_keys()
    }
}

/// Judges all files.
///
/// # Errors
/// When a path isn't there, the configuration or a pattern has a mistake, or the keys can't be had. What is wrong
/// with a manifest is a finding; with one that is an error the status is [`Status::Failed`].
pub(crate) fn run(args: &VerifyArgs, context: &Context) -> CommandResult {
    let config = args.config.load()?;
    let allowed = Allowed::new(&args.allow_plain, config.as_ref())?;
    let mut certificates = Certificates::new(args, config.as_ref(), context)?;
    // Before the files are read: keys that can't be had are nothing to wait for.
    let opener = if args.opens() {
        Some(args.opener.open(context)?)
    } else {
        None
    };
    let mut checker = Checker::new(args, config.as_ref(), &allowed, &mut certificates);
    checker.check_all(&args.paths)?;
    let mut seen = checker.finish();
    if let Some(opener) = opener {
        seen.findings.extend(opening::check(&seen.objects, &opener));
    }
    seen.findings.extend(certificates.into_findings());
    let report = Report::new(seen, args.strict);
    report.print(args.output, &context.printer)?;
    Ok(if report.has_errors() {
        Status::Failed
    } else {
        Status::Done
    })
}
