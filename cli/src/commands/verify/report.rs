//! The findings, written.

use std::fmt::Write as _;

use manifests::verify::{Finding, Severity};
use owo_colors::OwoColorize as _;
use serde::Serialize;

use super::files::Seen;
use crate::error::CommandError;
use crate::printer::{Printer, printable};
use crate::report::{self, ReportFormat};

/// Everything that was found, by place.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    files: usize,
    sealed_secrets: usize,
    errors: usize,
    warnings: usize,
    findings: Vec<Finding>,
}

impl Report {
    /// Sorts the findings; `strict` makes errors of warnings.
    pub(super) fn new(seen: Seen, strict: bool) -> Self {
        let mut findings = seen.findings;
        for finding in &mut findings {
            if strict && finding.severity == Severity::Warning {
                finding.severity = Severity::Error;
            }
        }
        findings.sort();
        findings.dedup();
        let count = |severity| {
            findings
                .iter()
                .filter(|finding| finding.severity == severity)
                .count()
        };
        Self {
            files: seen.files,
            sealed_secrets: seen.objects.len(),
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            findings,
        }
    }

    /// Whether anything is an error.
    pub(super) fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// Writes the findings to standard output, and for people a last line to standard error.
    ///
    /// # Errors
    /// As [`Printer::data`].
    pub(super) fn print(&self, format: ReportFormat, printer: &Printer) -> Result<(), CommandError> {
        match format {
            ReportFormat::Json => printer.data(&report::json(self)?),
            ReportFormat::Text => {
                printer.report(&self.text())?;
                printer.note(&self.summary());
                Ok(())
            }
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for finding in &self.findings {
            let severity = match finding.severity {
                Severity::Error => finding.severity.red().bold().to_string(),
                Severity::Warning => finding.severity.yellow().bold().to_string(),
                Severity::Note => finding.severity.cyan().bold().to_string(),
            };
            let object = match &finding.object {
                Some(object) => format!("`{}`: ", printable(object)),
                None => String::new(),
            };
            let Finding {
                file,
                line,
                column,
                code,
                message,
                ..
            } = finding;
            let _ = writeln!(
                text,
                "{file}:{line}:{column}: {severity}[{code}]: {object}{message}",
                file = printable(file),
                message = printable(message),
            );
        }
        text
    }

    fn summary(&self) -> String {
        let files = counted(self.files, "file");
        let objects = counted(self.sealed_secrets, "SealedSecret");
        let found = match (self.errors, self.warnings) {
            (0, 0) => "nothing is wrong".to_owned(),
            (0, warnings) => counted(warnings, "warning"),
            (errors, 0) => counted(errors, "error"),
            (errors, warnings) => format!("{}, {}", counted(errors, "error"), counted(warnings, "warning")),
        };
        format!("{files}, {objects}: {found}")
    }
}

fn counted(count: usize, word: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {word}{plural}")
}
