//! JSON out.

use serde::Serialize;

/// A value that JSON can't hold, such as a map whose keys aren't strings.
#[derive(Debug, thiserror::Error)]
#[error("the object can't be written as JSON")]
pub struct WriteError(#[source] serde_json::Error);

/// Returns pretty JSON with a line feed at its end, as kubeseal and kubectl print it.
///
/// # Errors
/// [`WriteError`]; an object of this workspace never fails.
pub fn to_string_pretty(value: &impl Serialize) -> Result<String, WriteError> {
    let mut text = serde_json::to_string_pretty(value).map_err(WriteError)?;
    text.push('\n');
    Ok(text)
}
