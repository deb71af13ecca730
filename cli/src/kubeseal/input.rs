//! Where a mode reads from: standard input, or the file of `-f`.

use std::fs::File;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use manifests::documents::{self, Document};
use zeroize::Zeroizing;

use crate::error::CommandError;
use crate::input;

/// What is read.
pub(super) enum Input {
    /// Standard input.
    Stdin,
    /// The file of `-f`. It is opened once: what a shell's `<(…)` stands for can't be opened twice.
    File {
        /// Its path, as it was given.
        path: PathBuf,
        /// The open file.
        file: File,
    },
}

/// A text that was read, and its name in messages.
pub(super) struct Text {
    /// The path, or `<stdin>`.
    pub(super) name: String,
    /// All of it. It may hold plain values.
    pub(super) bytes: Zeroizing<Vec<u8>>,
}

impl Input {
    /// Opens the file, if one was named.
    ///
    /// # Errors
    /// When it can't be opened.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, CommandError> {
        let Some(path) = path else {
            return Ok(Self::Stdin);
        };
        let file = File::open(path).map_err(|error| {
            CommandError::failed(error)
                .context(format!("`{}`", path.display()))
                .context("Could not read file specified with --secret-file")
        })?;
        let path = path.to_owned();
        Ok(Self::File { path, file })
    }

    /// Whether someone would have to type.
    pub(super) fn is_terminal(&self) -> bool {
        matches!(self, Self::Stdin) && io::stdin().is_terminal()
    }

    /// The file that was named.
    pub(super) fn path(&self) -> Option<&Path> {
        match self {
            Self::Stdin => None,
            Self::File { path, .. } => Some(path),
        }
    }

    /// Reads it whole. A second call has nothing left to read.
    ///
    /// # Errors
    /// When it can't be read, or is larger than 10 MiB.
    pub(super) fn read(&self) -> Result<Text, CommandError> {
        Ok(match self {
            Self::Stdin => Text {
                name: input::STDIN.to_owned(),
                bytes: input::read_stdin()?,
            },
            Self::File { path, file } => {
                let name = path.display().to_string();
                let bytes = input::bounded(file, &name)?;
                Text { name, bytes }
            }
        })
    }
}

impl Text {
    /// Its documents in order; those without content are passed over.
    ///
    /// # Errors
    /// When one is no YAML or JSON; kubeseal passes over it.
    pub(super) fn documents(&self) -> Result<Vec<Document>, CommandError> {
        Ok(documents::read(&self.name, &self.bytes)?)
    }
}
