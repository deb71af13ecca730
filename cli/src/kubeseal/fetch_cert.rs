//! `kubeseal --fetch-cert`: the certificate, for `--cert`.

use super::invocation::Invocation;
use super::output::Output;
use super::sealing_certificate;
use crate::error::CommandError;

/// Returns the text that the source has, byte for byte. One whose time is over is returned too, with a warning.
///
/// # Errors
/// When it can't be had, or no certificate that could seal is in it: kubeseal prints whatever a proxy or a typing error
/// in the URL answered.
pub(super) fn run(invocation: &Invocation<'_>) -> Result<Output, CommandError> {
    let (bytes, shown) = sealing_certificate::bytes(invocation)?;
    let certificate = sealing_certificate::parse(&bytes, &shown)?;
    if let Err(error) = certificate.check_valid(invocation.context.now) {
        invocation.context.printer.warning(&error.to_string());
    }
    Ok(Output::public(bytes))
}
