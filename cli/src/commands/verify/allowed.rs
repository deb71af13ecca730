//! Which files may have plain Secrets.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::config::{Config, Pattern, below};
use crate::error::CommandError;

/// The allow list: patterns of the command line, and those of the configuration.
pub(super) struct Allowed<'a> {
    patterns: Vec<Pattern>,
    /// What the patterns are relative to; a real path.
    working: PathBuf,
    config: Option<&'a Config>,
}

impl<'a> Allowed<'a> {
    /// Reads the patterns.
    ///
    /// # Errors
    /// When one isn't a pattern.
    pub(super) fn new(patterns: &[String], config: Option<&'a Config>) -> Result<Self, CommandError> {
        let read = |pattern: &String| {
            Pattern::parse(pattern)
                .map_err(|message| CommandError::usage(format!("`--allow-plain {pattern}`: {message}")))
        };
        let working = std::env::current_dir().and_then(|folder| folder.canonicalize());
        Ok(Self {
            patterns: patterns.iter().map(read).collect::<Result<_, _>>()?,
            working: working.context("cannot tell the working directory")?,
            config,
        })
    }

    /// Whether the file may have them.
    pub(super) fn allows(&self, file: &Path) -> bool {
        let by_flag = below(&self.working, &self.working, file)
            .is_some_and(|below| self.patterns.iter().any(|pattern| pattern.matches(&below)));
        by_flag || self.config.is_some_and(|config| config.allows_plain_secret(file))
    }
}
