//! One file a command; each has `run`, which returns the program's exit code.

pub mod bench;
pub mod check;
pub mod crds;
pub mod layers;
pub mod servers;
pub mod soak;
pub mod test;
pub mod tidy;

use std::fmt::Display;
use std::process::ExitCode;

use crate::Violation;

/// Writes one line of a command's answer to standard output.
#[expect(clippy::print_stdout, reason = "the one place of this program that answers")]
fn answer(line: impl Display) {
    println!("{line}");
}

/// Answers with what a check found, and with exit code 1 when that is anything.
fn report(check: &str, violations: &[Violation]) -> ExitCode {
    for violation in violations {
        answer(violation);
    }
    if violations.is_empty() {
        crate::progress(&format!("{check}: fine"));
        ExitCode::SUCCESS
    } else {
        crate::progress(&format!("{check}: {} to mend", violations.len()));
        ExitCode::FAILURE
    }
}
