//! A folder that stands in for a cluster (`--local DIR`): sealing keys, Secrets and state.
//!
//! ```text
//! DIR/.gitignore              *
//! DIR/keys/NAME.yaml          sealing keys: labelled kubernetes.io/tls Secrets
//! DIR/secrets/NAMESPACE/NAME.yaml   Secrets, as the controller would have made them
//! DIR/state/                  what plan and apply remember
//! ```
//! Folders are 0700 and files 0600. A store that others can read, or that Git tracks, is refused:
//! whoever has it can open everything that was sealed for it.

mod error;
mod git;
mod relabel;

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use k8s_openapi::api::core::v1::Secret;
use manifests::documents::{self, Document};
use manifests::keys;
use sealing::KeyRing;
use zeroize::Zeroizing;

use crate::atomic_file::{self, Readers};
use crate::error::CommandError;
use crate::input;

pub(crate) use error::LocalError;

const KEYS: &str = "keys";
const SECRETS: &str = "secrets";
const STATE: &str = "state";

/// An opened and checked folder.
#[derive(Debug)]
pub(crate) struct LocalStore {
    root: PathBuf,
}

impl LocalStore {
    /// Opens a store that exists.
    ///
    /// # Errors
    /// [`LocalError`] when it does not exist, is no store, others can read it, or Git tracks it.
    pub(crate) fn open(root: &Path) -> Result<Self, LocalError> {
        match fs::metadata(root) {
            Ok(about) if about.is_dir() => {}
            Ok(_) => {
                return Err(LocalError::NotAStore {
                    root: root.to_owned(),
                });
            }
            Err(source) if source.kind() == io::ErrorKind::NotFound => {
                return Err(LocalError::Missing {
                    root: root.to_owned(),
                });
            }
            Err(source) => return Err(LocalError::access(root, source)),
        }
        if !root.join(KEYS).is_dir() {
            return Err(LocalError::NotAStore {
                root: root.to_owned(),
            });
        }
        for folder in [
            root.to_owned(),
            root.join(KEYS),
            root.join(SECRETS),
            root.join(STATE),
        ] {
            private(&folder)?;
        }
        if let Some(file) = git::tracked_file(root)? {
            return Err(LocalError::Tracked {
                root: root.to_owned(),
                file,
            });
        }
        Ok(Self {
            root: root.to_owned(),
        })
    }

    /// Opens a store, or makes an empty one where nothing is.
    ///
    /// # Errors
    /// As [`Self::open`]. A folder with other things in it is left alone: the `.gitignore` of a
    /// store would hide them from Git.
    pub(crate) fn open_or_create(root: &Path) -> Result<Self, LocalError> {
        if Self::would_be_made(root) {
            make_private(root)?;
            // First of all, so that at no time a key lies there for `git add .` to take.
            let ignore = root.join(".gitignore");
            fs::write(&ignore, "*\n").map_err(|source| LocalError::access(&ignore, source))?;
            // Last `keys`, which makes it a store.
            for folder in [SECRETS, STATE, KEYS] {
                make_private(&root.join(folder))?;
            }
        }
        Self::open(root)
    }

    /// Whether [`Self::open_or_create`] would make a store: there is nothing yet, or only what a process left that was
    /// killed while it made one.
    pub(crate) fn would_be_made(root: &Path) -> bool {
        let ours = |name: &OsStr| name == ".gitignore" || name == SECRETS || name == STATE;
        match fs::read_dir(root) {
            Ok(mut entries) => entries.all(|entry| entry.is_ok_and(|entry| ours(&entry.file_name()))),
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        }
    }

    /// Where the store is.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Every Secret in `keys/`, disabled ones too, in the order of their file names.
    ///
    /// # Errors
    /// When a file cannot be read, is readable by others, or holds no YAML.
    pub(crate) fn keys(&self) -> Result<Vec<Document>, CommandError> {
        let folder = self.root.join(KEYS);
        let mut paths: Vec<_> = fs::read_dir(&folder)
            .and_then(|entries| {
                entries
                    .map(|entry| entry.map(|entry| entry.path()))
                    .collect::<io::Result<_>>()
            })
            .map_err(|source| LocalError::access(&folder, source))?;
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
        paths.retain(|path| {
            !path
                .file_name()
                .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
        });
        paths.sort();
        let mut keys = Vec::new();
        for path in paths {
            private(&path)?;
            keys.extend(documents::read(
                &path.display().to_string(),
                &input::read_file(&path)?,
            )?);
        }
        Ok(keys)
    }

    /// The active keys.
    ///
    /// # Errors
    /// As [`Self::keys`], and when a key is malformed or there is none.
    pub(crate) fn key_ring(&self) -> Result<KeyRing, CommandError> {
        let (ring, problems) = keys::ring_from_documents(&self.keys()?);
        if let Some(problem) = problems.into_iter().next() {
            return Err(CommandError::failed(problem).context(format!(
                "while reading the keys in `{}`",
                self.root.join(KEYS).display()
            )));
        }
        if ring.is_empty() {
            return Err(LocalError::NoKey {
                root: self.root.clone(),
            }
            .into());
        }
        Ok(ring)
    }

    /// Adds a key. An existing file is never replaced: a lost key cannot be made again.
    ///
    /// # Errors
    /// When the name is taken or the file cannot be written.
    pub(crate) fn add_key(&self, key: &Secret) -> Result<PathBuf, CommandError> {
        let name = key.metadata.name.as_deref().unwrap_or_default();
        let path = self.root.join(KEYS).join(format!("{}.yaml", part(name)?));
        atomic_file::create_secret(&path, text(key)?.as_bytes())?;
        Ok(path)
    }

    /// The Secret of that name, or `None` when the store has none.
    ///
    /// # Errors
    /// When the file cannot be read, is readable by others, or is no Secret.
    pub(crate) fn secret(&self, namespace: &str, name: &str) -> Result<Option<Secret>, CommandError> {
        let path = self.secret_path(namespace, name)?;
        if !path.exists() {
            return Ok(None);
        }
        private(&path)?;
        let read = documents::read(&path.display().to_string(), &input::read_file(&path)?)?;
        match read.first() {
            Some(document) => Ok(Some(document.to::<Secret>()?)),
            None => Err(LocalError::Empty { path }.into()),
        }
    }

    /// Writes a Secret, as the controller does in a cluster, and returns where.
    ///
    /// # Errors
    /// When its name or namespace is missing or no Kubernetes name, or it cannot be written.
    pub(crate) fn write_secret(&self, secret: &Secret) -> Result<PathBuf, CommandError> {
        let namespace = secret.metadata.namespace.as_deref().unwrap_or_default();
        let path = self.secret_path(namespace, secret.metadata.name.as_deref().unwrap_or_default())?;
        if let Some(folder) = path.parent() {
            make_private(folder)?;
        }
        atomic_file::replace(&path, text(secret)?.as_bytes(), Readers::Owner)?;
        Ok(path)
    }

    fn secret_path(&self, namespace: &str, name: &str) -> Result<PathBuf, LocalError> {
        Ok(self
            .root
            .join(SECRETS)
            .join(part(namespace)?)
            .join(format!("{}.yaml", part(name)?)))
    }
}

/// A name that becomes part of a path. Kubernetes names (RFC 1123) hold nothing else.
fn part(name: &str) -> Result<&str, LocalError> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    let sound = !name.is_empty() && name.len() <= 248 && !name.starts_with('.') && name.bytes().all(plain);
    if sound {
        Ok(name)
    } else {
        Err(LocalError::Name {
            name: name.to_owned(),
        })
    }
}

fn text(secret: &Secret) -> Result<Zeroizing<String>, CommandError> {
    Ok(Zeroizing::new(
        manifests::yaml::to_string(secret).map_err(CommandError::failed)?,
    ))
}

fn make_private(folder: &Path) -> Result<(), LocalError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|source| LocalError::access(folder, source))?;
    // The umask may have taken more; an empty folder that was there may have had more.
    #[cfg(unix)]
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))
        .map_err(|source| LocalError::access(folder, source))?;
    Ok(())
}

/// Refuses a file or folder that the group or everyone can get at. One that is missing is fine.
#[cfg(unix)]
fn private(path: &Path) -> Result<(), LocalError> {
    use std::os::unix::fs::PermissionsExt as _;
    match fs::metadata(path) {
        Ok(about) if about.permissions().mode() & 0o077 != 0 => Err(LocalError::Readable {
            path: path.to_owned(),
            mode: about.permissions().mode() & 0o777,
        }),
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(LocalError::access(path, source)),
        _ => Ok(()),
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
