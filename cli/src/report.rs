//! The format of what commands report about things that are no documents.

use clap::ValueEnum;
use serde::Serialize;

use crate::error::CommandError;

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// A report as JSON text with a line break at its end.
///
/// # Errors
/// When the report has something that JSON has not, which none of ours does.
pub(crate) fn json(report: &impl Serialize) -> Result<Vec<u8>, CommandError> {
    let mut bytes = serde_json::to_vec_pretty(report).map_err(CommandError::failed)?;
    bytes.push(b'\n');
    Ok(bytes)
}
