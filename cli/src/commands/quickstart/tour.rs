//! Shows commands and runs them.

use std::path::{Path, PathBuf};

use clap::Parser as _;
use owo_colors::OwoColorize as _;

use crate::cli::Cli;
use crate::context::Context;
use crate::error::{CommandError, Status};
use crate::input;

/// Lines longer than this are cut when a file is shown: a sealed item has a thousand characters.
const WIDTH: usize = 100;

/// Prints what a user would type, and does it.
pub(super) struct Tour<'a> {
    context: &'a Context,
}

impl<'a> Tour<'a> {
    /// A tour in the current folder.
    pub(super) fn new(context: &'a Context) -> Self {
        Self { context }
    }

    /// Explains what comes next.
    pub(super) fn say(&self, text: &str) -> Result<(), CommandError> {
        self.context.printer.report(&format!("\n{}\n", text.bold()))
    }

    /// Shows a command line.
    pub(super) fn shell(&self, line: &str) -> Result<(), CommandError> {
        self.context
            .printer
            .report(&format!("{} {}\n", "$".dimmed(), line.cyan()))
    }

    /// Shows a `chancery` command line and runs it: the very words that are shown are parsed and run, so
    /// the tour cannot show what does not work. Arguments must need no quotes in a shell.
    ///
    /// # Errors
    /// Whatever the command fails with.
    pub(super) fn chancery(&self, words: &[&str]) -> Result<Status, CommandError> {
        let line = format!("chancery {}", words.join(" "));
        self.shell(&line)?;
        Cli::try_parse_from(line.split(' '))
            .map_err(|error| CommandError::usage(error.to_string()))?
            .run(self.context)
            .map_err(|error| error.context(format!("the step `{line}` failed")))
    }

    /// Shows a file, long lines cut.
    pub(super) fn show(&self, path: &Path) -> Result<(), CommandError> {
        self.shell(&format!("cut -c 1-{WIDTH} {}", path.display()))?;
        let bytes = input::read_file(path)?;
        let text = String::from_utf8_lossy(&bytes);
        for line in text.lines() {
            let shown: String = line.chars().take(WIDTH).collect();
            self.context.printer.report(&format!("{shown}\n"))?;
        }
        Ok(())
    }

    /// Shows the names of files.
    pub(super) fn list(&self, files: &[PathBuf]) -> Result<(), CommandError> {
        files
            .iter()
            .try_for_each(|file| self.context.printer.report(&format!("{}\n", file.display())))
    }
}
