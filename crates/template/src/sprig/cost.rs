//! What work costs.

use crate::call::Call;
use crate::failure::Failure;

/// Charges for reading so many bytes once.
pub(crate) fn scan(call: &mut Call<'_>, bytes: usize) -> Result<(), Failure> {
    call.steps(bytes as u64 / 256)
}

/// Charges for making up to so many bytes of a text, and fails when they are not left.
///
/// The text itself is charged when it is made a value.
pub(crate) fn make(call: &mut Call<'_>, bytes: usize) -> Result<(), Failure> {
    call.afford(bytes)?;
    scan(call, bytes)
}
