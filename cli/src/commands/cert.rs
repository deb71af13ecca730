//! `chancery cert`: the certificate to seal with.

use std::fmt::Write as _;
use std::path::PathBuf;

use sealing::Certificate;
use serde::Serialize;

use crate::atomic_file::{self, Readers};
use crate::certificate::{CertificateArgs, Freshness, Recipient, Recipients, ending};
use crate::config::ConfigArgs;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Status};
use crate::report::{self, ReportFormat};

const EXAMPLES: &str = "\
Examples:
  chancery cert -w cert.pem                                from the cluster's controller
  chancery cert --controller-name sealed-secrets -o text   what it is, for people
  chancery cert --cert cert.pem -o json                    the same for programs
  chancery cert --local .chancery                          the newest key of a local store
  chancery cert -o text                                    all clusters of `.chancery.yaml`
  chancery cert --cluster production -w production.pem     one of them
  chancery cert --cluster production --pin                 the line that pins its key there

Saved to a file, the certificate seals without a cluster: chancery seal --cert cert.pem";

/// Print the certificate to seal with
///
/// Prints PEM, or with `-o` what the certificate is: fingerprint, dates, size. It is always asked for, never taken
/// from the cache; one of another key than `.chancery.yaml` pins is shown with `-o` and `--pin` only.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CertArgs {
    /// Describe the certificate instead of printing its PEM
    #[arg(
        short = 'o',
        long = "output",
        value_name = "FORMAT",
        value_enum,
        ignore_case = true
    )]
    output: Option<ReportFormat>,
    /// Write the PEM to this file; `-` is standard output
    #[arg(short = 'w', long = "write", value_name = "FILE", conflicts_with = "output")]
    write: Option<PathBuf>,
    /// Print the line of `.chancery.yaml` that pins the key
    #[arg(long, conflicts_with_all = ["output", "write"])]
    pin: bool,
    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    certificate: CertificateArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Description {
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<String>,
    fingerprint: String,
    not_before: String,
    not_after: String,
    bits: usize,
    expired: bool,
    /// Absent where nothing is pinned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pinned: Option<bool>,
}

/// Prints the certificate.
///
/// # Errors
/// When it cannot be had or written, and when its PEM is asked for and its key is not a pinned one. One that has
/// expired is printed, with a warning.
pub(crate) fn run(args: &CertArgs, context: &Context) -> CommandResult {
    let config = if args.certificate.is_apart_from_config() {
        None
    } else {
        args.config.load()?
    };
    let recipients = args.certificate.recipients(config.as_ref(), &context.printer)?;
    let cache = args.certificate.cache.open();
    let shown = args.pin || args.output.is_some();
    if let (false, [_, _, ..]) = (shown, recipients.all()) {
        return Err(CommandError::usage(format!(
            "there is one certificate for each of {}",
            Recipients::names(&recipients.all().iter().collect::<Vec<_>>())
        ))
        .hint(format!(
            "{}; -o text and -o json describe all",
            recipients.how_to_pick()
        )));
    }
    let mut certificates = Vec::new();
    for recipient in recipients.all() {
        let certificate = recipient.load(&cache, Freshness::Asked, context)?;
        match recipient.check_pin(&certificate) {
            Err(error) if !shown => return Err(error),
            Err(error) => context.printer.warning(&error.causes().join(": ")),
            Ok(()) => recipient.warn_if_exchangeable(&certificate, context),
        }
        if let Err(error) = certificate.check_valid(context.now) {
            context.printer.warning(&error.to_string());
        } else if let Some(words) = ending(&certificate, context.now) {
            context.printer.warning(&words);
        }
        certificates.push((recipient, certificate));
    }
    if args.pin {
        context.printer.data(pins(&certificates).as_bytes())?;
    } else if let Some(format) = args.output {
        describe(&certificates, format, context)?;
    } else if let Some((_, certificate)) = certificates.first() {
        match args.write.as_deref().filter(|path| path.as_os_str() != "-") {
            Some(path) => {
                atomic_file::replace(path, certificate.to_pem().as_bytes(), Readers::Anyone)?;
                context.printer.note(&format!("wrote `{}`", path.display()));
            }
            None => context.printer.data(certificate.to_pem().as_bytes())?,
        }
    }
    Ok(Status::Done)
}

/// As they stand in the file: under the name of the cluster, where there is one.
fn pins(certificates: &[(&Recipient<'_>, Certificate)]) -> String {
    let mut text = String::new();
    for (recipient, certificate) in certificates {
        if let Some(cluster) = &recipient.cluster {
            let _ = writeln!(text, "# {cluster}, until {}", certificate.not_after());
        }
        let _ = writeln!(text, "fingerprints: [\"{}\"]", certificate.fingerprint());
    }
    text
}

fn describe(
    certificates: &[(&Recipient<'_>, Certificate)],
    format: ReportFormat,
    context: &Context,
) -> Result<(), CommandError> {
    let about: Vec<Description> = certificates
        .iter()
        .map(|(recipient, certificate)| Description {
            cluster: recipient.cluster.clone(),
            fingerprint: certificate.fingerprint().to_string(),
            not_before: certificate.not_before().to_string(),
            not_after: certificate.not_after().to_string(),
            bits: certificate.public_key().modulus_len() * 8,
            expired: certificate.check_valid(context.now).is_err(),
            pinned: recipient.pinned(certificate),
        })
        .collect();
    match (format, about.as_slice()) {
        (ReportFormat::Json, [one]) => context.printer.data(&report::json(one)?),
        (ReportFormat::Json, all) => context.printer.data(&report::json(&all)?),
        (ReportFormat::Text, all) => {
            let texts: Vec<String> = all.iter().map(text).collect();
            context.printer.report(&texts.join("\n"))
        }
    }
}

fn text(about: &Description) -> String {
    let cluster = about
        .cluster
        .as_ref()
        .map(|name| format!("cluster      {name}\n"));
    let pinned = match about.pinned {
        Some(true) => "pinned       yes\n",
        Some(false) => "pinned       no, another key is\n",
        None => "",
    };
    format!(
        "{}fingerprint  {}\nnot before   {}\nnot after    {}{}\nsize         {} bits\n{}",
        cluster.unwrap_or_default(),
        about.fingerprint,
        about.not_before,
        about.not_after,
        if about.expired { " (expired)" } else { "" },
        about.bits,
        pinned
    )
}
