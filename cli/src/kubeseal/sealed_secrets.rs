//! The SealedSecrets of an input.

use api::sealed_secret::SealedSecret;
use kube::Resource as _;
use manifests::documents::{self, Document};

use super::input::Text;
use crate::error::CommandError;

/// The documents of a text, those of Lists too. kubeseal passes over what it can't read, and over no document at all.
///
/// # Errors
/// When one is no YAML or JSON, or there is none.
pub(super) fn documents(text: &Text) -> Result<Vec<Document>, CommandError> {
    let documents = documents::expand_lists(text.documents()?)?;
    if documents.is_empty() {
        return Err(nothing(text));
    }
    Ok(documents)
}

/// What is said where no SealedSecret is.
pub(super) fn nothing(text: &Text) -> CommandError {
    CommandError::message(format!(
        "no sealed secrets found in {}. Ensure the input is valid and UTF-8 encoded",
        text.name
    ))
}

/// Refuses another kind of object, and a version that nobody knows, as upstream's reader does.
///
/// # Errors
/// When it is no SealedSecret.
pub(super) fn check_kind(document: &Document) -> Result<(), CommandError> {
    match document.kind() {
        Some("SealedSecret") => check_version(document),
        Some(kind) => Err(CommandError::message(format!(
            "{} is a `{kind}`, not a SealedSecret",
            document.place()
        ))),
        None => Err(CommandError::message(format!(
            "{} has no `kind`, so it is no SealedSecret",
            document.place()
        ))),
    }
}

fn check_version(document: &Document) -> Result<(), CommandError> {
    let known = SealedSecret::api_version(&());
    match document.api_version() {
        Some(version) if version == known => Ok(()),
        Some(version) => Err(CommandError::message(format!(
            "{} has the apiVersion `{version}`, not `{known}`",
            document.place()
        ))),
        None => Err(CommandError::message(format!(
            "{} has no `apiVersion`; that of a SealedSecret is `{known}`",
            document.place()
        ))),
    }
}

/// The SealedSecret that a document is.
///
/// # Errors
/// When it is another kind, or malformed.
pub(super) fn sealed_secret(document: &Document) -> Result<SealedSecret, CommandError> {
    check_kind(document)?;
    Ok(document.to()?)
}
