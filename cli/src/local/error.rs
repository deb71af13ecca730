//! Why a local store is not used.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::CommandError;

/// Why a local store is refused, or cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LocalError {
    /// There is nothing at the path.
    #[error("there is no local store at `{}`", root.display())]
    Missing {
        /// The path that was given.
        root: PathBuf,
    },
    /// Something else is at the path.
    #[error("`{}` is no local store: it has no folder `keys`", root.display())]
    NotAStore {
        /// The path that was given.
        root: PathBuf,
    },
    /// Someone else could read it.
    #[error("`{}` can be read by others than its owner (mode {mode:o})", path.display())]
    Readable {
        /// The file or folder.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// Its content goes into commits.
    #[error("Git tracks `{file}` in the local store `{}`", root.display())]
    Tracked {
        /// The store.
        root: PathBuf,
        /// One of the tracked files.
        file: String,
    },
    /// Git could not be asked, and nothing else keeps the store out of commits.
    #[error("cannot tell whether Git tracks the local store `{}`", root.display())]
    Unknown {
        /// The store.
        root: PathBuf,
    },
    /// It has no active key.
    #[error("the local store `{}` has no active sealing key", root.display())]
    NoKey {
        /// The store.
        root: PathBuf,
    },
    /// A file without a document.
    #[error("`{}` holds no Secret", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// A name that is missing, or would lead out of the folder.
    #[error("{name:?} is no name of a Kubernetes object, so the local store has no file for it")]
    Name {
        /// The name or namespace.
        name: String,
    },
    /// The file system said no.
    #[error("cannot use `{}` in the local store", path.display())]
    Access {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl LocalError {
    /// The file system's answer about this path.
    pub(crate) fn access(path: &Path, source: io::Error) -> Self {
        Self::Access {
            path: path.to_owned(),
            source,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Missing { root } => {
                format!(
                    "`chancery keys generate --local {}` makes one with a first key",
                    root.display()
                )
            }
            Self::NotAStore { .. } => "name the folder of a store, or a new or empty one".to_owned(),
            Self::Readable { path, mode } => {
                let execute = if path.is_dir() { "700" } else { "600" };
                let exposed = if mode & 0o044 != 0 {
                    "; replace its keys if others may have read them"
                } else {
                    ""
                };
                format!("`chmod {execute} {}`{exposed}", path.display())
            }
            Self::Tracked { root, .. } => format!(
                "`git rm -r --cached {}`, and replace what was in it: it stays readable in Git's history",
                root.display()
            ),
            Self::Unknown { root } => {
                format!(
                    "install git, or write `*` into `{}`",
                    root.join(".gitignore").display()
                )
            }
            Self::NoKey { root } => format!("`chancery keys generate --local {}` makes one", root.display()),
            Self::Name { .. } => {
                "names are lower-case letters, digits, `-` and `.`; is metadata.namespace missing?".to_owned()
            }
            Self::Empty { .. } | Self::Access { .. } => return None,
        })
    }
}

impl From<LocalError> for CommandError {
    fn from(error: LocalError) -> Self {
        let hint = error.hint();
        let error = Self::failed(error);
        match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}
