//! The certificate to seal with: a file, a URL, or the controller's own. It is never cached, as kubeseal never does.

use sealing::{Certificate, CertificateError};

use super::controller;
use super::invocation::Invocation;
use super::words;
use crate::certificate::{CertificateSource, ending};
use crate::error::CommandError;

/// The bytes that the source has, whatever they are, with the name of the source in messages.
///
/// # Errors
/// When it has none, or can't be asked.
pub(super) fn bytes(invocation: &Invocation<'_>) -> Result<(Vec<u8>, String), CommandError> {
    let Some(named) = &invocation.args.cert else {
        return of_controller(invocation);
    };
    let source = CertificateSource::named(named);
    let shown = source.shown();
    let bytes = source.bytes().map_err(|failed| match source.file() {
        Some(path) => match failed.error.caused_by::<std::io::Error>() {
            Some(error) => {
                CommandError::message(words::open_error(path, error)).hint("--cert names a PEM file or a URL")
            }
            None => failed.error,
        },
        None => failed.error,
    })?;
    Ok((bytes, shown))
}

fn of_controller(invocation: &Invocation<'_>) -> Result<(Vec<u8>, String), CommandError> {
    let args = invocation.cluster_args()?;
    let (cluster, proxy) = controller::reach(invocation)?;
    let bytes = cluster
        .certificate_behind(&proxy, &args)
        .map_err(|error| CommandError::from(error).context("cannot fetch certificate"))?;
    let (namespace, name) = (&args.controller_namespace, &args.controller_name);
    Ok((bytes, format!("the controller of Service `{namespace}/{name}`")))
}

/// The certificate, which has not ended.
///
/// # Errors
/// When it can't be had, is none, holds no RSA key, or has ended.
pub(super) fn load(invocation: &Invocation<'_>) -> Result<Certificate, CommandError> {
    let (bytes, shown) = bytes(invocation)?;
    let certificate = parse(&bytes, &shown)?;
    let now = invocation.context.now;
    if certificate.check_valid(now).is_err() {
        let day = certificate.not_after().strftime("%B %-d, %Y");
        return Err(CommandError::message(format!(
            "failed to encrypt using an expired certificate on {day}"
        ))
        .hint(format!(
            "the certificate of {shown} is meant; `kubeseal --fetch-cert` fetches the controller's current one"
        )));
    }
    if let Some(words) = ending(&certificate, now) {
        invocation.context.printer.warning(&format!("{words} ({shown})"));
    }
    Ok(certificate)
}

/// The first certificate of a PEM text.
///
/// # Errors
/// When there is none, or its key can't seal.
pub(super) fn parse(bytes: &[u8], shown: &str) -> Result<Certificate, CommandError> {
    Certificate::from_pem(bytes).map_err(|error| {
        let words = match &error {
            CertificateError::Missing => {
                Some("data does not contain any valid RSA or ECDSA certificates".to_owned())
            }
            CertificateError::NotRsa => Some("expected RSA public key but found another one".to_owned()),
            _ => None,
        };
        let error = CommandError::failed(error).context(format!("cannot use the certificate of {shown}"));
        match words {
            Some(words) => error.context(words),
            None => error,
        }
    })
}
