//! `chancery cert`: the certificate to seal with.

use std::path::PathBuf;

use sealing::Certificate;
use serde::Serialize;

use crate::atomic_file::{self, Readers};
use crate::certificate::CertificateArgs;
use crate::context::Context;
use crate::error::{CommandResult, Status};
use crate::report::{self, ReportFormat};

const EXAMPLES: &str = "\
Examples:
  chancery cert -w cert.pem                                from the cluster's controller
  chancery cert --controller-name sealed-secrets -o text   what it is, for people
  chancery cert --cert cert.pem -o json                    the same for programs
  chancery cert --local .chancery                          the newest key of a local store

Saved to a file, the certificate seals without a cluster: chancery seal --cert cert.pem";

/// Print the certificate to seal with
///
/// Prints PEM, or with `-o` what the certificate is: fingerprint, dates, size.
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
    /// Write the PEM to this file
    #[arg(short = 'w', long = "write", value_name = "FILE", conflicts_with = "output")]
    write: Option<PathBuf>,
    #[command(flatten)]
    certificate: CertificateArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Description {
    fingerprint: String,
    not_before: String,
    not_after: String,
    bits: usize,
    expired: bool,
}

/// Prints the certificate.
///
/// # Errors
/// When it cannot be had or written. An expired one is printed, with a warning.
pub(crate) fn run(args: &CertArgs, context: &Context) -> CommandResult {
    let certificate = args.certificate.load()?;
    if let Err(error) = certificate.check_valid(context.now) {
        context.printer.warning(&error.to_string());
    }
    match (args.output, &args.write) {
        (Some(format), _) => describe(&certificate, format, context)?,
        (None, Some(path)) => {
            atomic_file::replace(path, certificate.to_pem().as_bytes(), Readers::Anyone)?;
            context.printer.note(&format!("wrote `{}`", path.display()));
        }
        (None, None) => context.printer.data(certificate.to_pem().as_bytes())?,
    }
    Ok(Status::Done)
}

fn describe(
    certificate: &Certificate,
    format: ReportFormat,
    context: &Context,
) -> Result<(), crate::error::CommandError> {
    let about = Description {
        fingerprint: certificate.fingerprint().to_string(),
        not_before: certificate.not_before().to_string(),
        not_after: certificate.not_after().to_string(),
        bits: certificate.public_key().modulus_len() * 8,
        expired: certificate.check_valid(context.now).is_err(),
    };
    match format {
        ReportFormat::Json => context.printer.data(&report::json(&about)?),
        ReportFormat::Text => context.printer.report(&format!(
            "fingerprint  {}\nnot before   {}\nnot after    {}{}\nsize         {} bits\n",
            about.fingerprint,
            about.not_before,
            about.not_after,
            if about.expired { " (expired)" } else { "" },
            about.bits
        )),
    }
}
