//! The label of a key in a local store.

use std::path::{Path, PathBuf};

use api::names::SEALING_KEY_LABEL;
use k8s_openapi::api::core::v1::Secret;
use manifests::documents;

use super::{LocalStore, text};
use crate::atomic_file::{self, Readers};
use crate::error::CommandError;
use crate::input;

impl LocalStore {
    /// Gives the label of a key another value, and returns whether it was written: a key whose file has changed since it was
    /// read stays as it is.
    ///
    /// # Errors
    /// When its file holds more than this one Secret, or can't be read or written.
    pub(crate) fn label_key(&self, key: &Secret, value: &str) -> Result<bool, CommandError> {
        let name = key.metadata.name.as_deref();
        let Some(found) = self.keys()?.into_iter().find(|key| key.name() == name) else {
            return Ok(false);
        };
        let path = PathBuf::from(&found.file);
        let mut secret = only_secret(&path).map_err(|error| {
            error.context(format!(
                "cannot label the key `{}` `{value}`",
                name.unwrap_or_default()
            ))
        })?;
        if secret != *key {
            return Ok(false);
        }
        let label = (SEALING_KEY_LABEL.to_owned(), value.to_owned());
        secret.metadata.labels.get_or_insert_default().extend([label]);
        atomic_file::replace(&path, text(&secret)?.as_bytes(), Readers::Owner)?;
        Ok(true)
    }
}

/// The Secret in a file that holds nothing else: of several, each could be meant by whoever wrote them into one file.
fn only_secret(path: &Path) -> Result<Secret, CommandError> {
    let mut documents = documents::read(&path.display().to_string(), &input::read_file(path)?)?;
    match (documents.pop(), documents.pop()) {
        (Some(document), None) => Ok(document.to()?),
        _ => Err(
            CommandError::message(format!("`{}` holds several documents", path.display()))
                .hint("give each key a file of its own"),
        ),
    }
}
