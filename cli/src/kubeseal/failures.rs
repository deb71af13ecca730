//! Several documents of which some fail.

use crate::context::Context;
use crate::error::CommandError;

/// Says all failures but the last, and returns that.
///
/// # Errors
/// The last failure, if there is one.
pub(super) fn said(failures: Vec<CommandError>, context: &Context) -> Result<(), CommandError> {
    let mut failures = failures.into_iter();
    let Some(last) = failures.next_back() else {
        return Ok(());
    };
    for failure in failures {
        context.printer.error(&failure);
    }
    Err(last)
}
