//! Quick checks and chores of this repository, run as `cargo xtask COMMAND`; `cargo xtask help` lists them.
//!
//! The checks read: [`layers`] holds the arrows between packages, [`tidy`] the shape of files and folders,
//! [`crds`] the generated manifests. They are functions of text and return what they found, so that each has
//! tests that show it finding something; they also run over this repository as tests of this package.
//! The chores run things: [`servers`] provides and starts what live tests talk to, [`commands`] has one file
//! a command.

pub mod commands;
pub mod crds;
pub mod layers;
pub mod repository;
pub mod servers;
pub mod tidy;

use std::fmt;

/// One thing that a check found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// The file, folder or package; with `:LINE` where there is one.
    pub place: String,
    /// What is wrong there, and what to do.
    pub message: String,
}

impl Violation {
    fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place, self.message)
    }
}

/// Tells on standard error what is going on; standard output is for what a command is asked for.
#[expect(
    clippy::print_stderr,
    reason = "the one place of this program that tells how it gets on"
)]
pub fn progress(message: &str) {
    eprintln!("xtask: {message}");
}
