//! `kubeseal --re-encrypt`: the controller seals the items of SealedSecrets to its newest key.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use api::sealed_secret::SealedSecret;
use manifests::documents::{self, Document};
use manifests::edit::{self, Editable, ItemPlace};

use super::input::Text;
use super::invocation::Invocation;
use super::output::{self, Output};
use super::{controller, sealed_secrets};
use crate::atomic_file::{Before, Exchange, Leftovers};
use crate::cluster::ClusterError;
use crate::error::CommandError;
use crate::namespace;
use crate::opener::{self, NewItems, Opener, Resealed};
use crate::output::DocumentFormat;

/// Seals the items of each SealedSecret to the newest key, and changes nothing else. A file is replaced in place where
/// only `-f` names one, and keeps its format; everything else has the format that was asked for.
///
/// # Errors
/// When the input can't be read or holds no SealedSecret, there is no way to the controller, an object doesn't open, or
/// the text can't be edited. Nothing is written then.
pub(super) fn run(invocation: &Invocation<'_>) -> Result<Output, CommandError> {
    let format = invocation.format()?;
    let text = invocation.input.read()?;
    let editable = edit::read(&text.name, &text.bytes)?;
    let objects = objects(&editable, &text)?;
    let (cluster, proxy) = controller::reach(invocation)?;
    let opener = Opener::behind(cluster, proxy, &invocation.cluster_args()?)?;
    let mut resealed = BTreeMap::new();
    for (object, document) in objects {
        resealed.insert(object, reseal(document, &opener, invocation)?);
    }
    let new = edited(&editable, &resealed, &text)?;
    if let Some(path) = in_place(invocation) {
        // What is on the newest key already is not written again.
        if new.as_bytes() != text.bytes.as_slice() {
            exchange(path, &text, &new)?;
        }
        return Ok(Output::Nothing);
    }
    in_format(new, &text.name, format)
}

/// The SealedSecrets of a text. Other kinds stand beside them in many repositories; what has no kind is no manifest.
fn objects<'e>(editable: &'e Editable, text: &Text) -> Result<Vec<(usize, &'e Document)>, CommandError> {
    let mut objects = Vec::new();
    for (object, document) in editable.documents().iter().enumerate() {
        if document.kind().is_none() || document.kind() == Some("SealedSecret") {
            sealed_secrets::check_kind(document)
                .map_err(|error| error.context("cannot re-encrypt secret"))?;
            objects.push((object, document));
        }
    }
    if objects.is_empty() {
        return Err(sealed_secrets::nothing(text));
    }
    Ok(objects)
}

fn reseal(
    document: &Document,
    opener: &Opener,
    invocation: &Invocation<'_>,
) -> Result<Resealed, CommandError> {
    let resealed = with_namespace(document, invocation).and_then(|sealed| opener.reseal(&sealed));
    resealed.map_err(|error| {
        let words = match error.caused_by() {
            Some(ClusterError::Unopened { in_words: true, .. }) => "unable to rotate secret",
            _ => "cannot re-encrypt secret",
        };
        error.context(format!("{words}: {}", document.place()))
    })
}

/// The object with the namespace for which sealing would have sealed it, where it names none.
fn with_namespace(document: &Document, invocation: &Invocation<'_>) -> Result<SealedSecret, CommandError> {
    let mut sealed: SealedSecret = opener::essence(document).to()?;
    if !namespace::is_named(&sealed) {
        sealed.metadata.namespace = Some(if namespace::is_cluster_wide(&sealed) {
            // It counts for nothing there; whoever opens it wants a complete object.
            "default".to_owned()
        } else {
            invocation.namespace()?.name
        });
    }
    Ok(sealed)
}

fn edited(
    editable: &Editable,
    resealed: &BTreeMap<usize, Resealed>,
    text: &Text,
) -> Result<String, CommandError> {
    let cannot_edit = |error| {
        CommandError::failed(error).context(format!("cannot re-encrypt secret: cannot edit `{}`", text.name))
    };
    let mut places: BTreeMap<usize, Vec<ItemPlace>> = BTreeMap::new();
    for object in resealed.keys() {
        places.insert(*object, editable.items(*object).map_err(cannot_edit)?);
    }
    let new = resealed.iter().map(|(object, Resealed { newest, items })| {
        let items = items
            .iter()
            .filter_map(|(key, item)| Some((key.as_str(), item.item.as_deref()?)));
        NewItems {
            object: *object,
            newest,
            items: items.collect(),
        }
    });
    let edits: Vec<_> = opener::edits(editable, &places, new)
        .into_values()
        .flatten()
        .collect();
    Ok(editable.edit(&edits).map_err(cannot_edit)?.text)
}

/// The file that is read and written: `-f` alone names one, or `-w` names the same.
fn in_place<'i>(invocation: &'i Invocation<'_>) -> Option<&'i Path> {
    let (read, written) = (invocation.input.path()?, invocation.file()?);
    let place = fs::canonicalize(read).ok().filter(|place| place.is_file())?;
    (fs::canonicalize(written).ok()? == place).then_some(written)
}

/// Replaces the file, unless something else has written it since it was read.
fn exchange(path: &Path, before: &Text, new: &str) -> Result<(), CommandError> {
    if let Ok(place) = fs::canonicalize(path) {
        Leftovers::remove_beside(&place);
    }
    Exchange::prepare(path, new.as_bytes(), Before::Text(&before.bytes))?.commit()
}

/// The text as it is, if it has that format, else its documents as kubeseal writes them.
fn in_format(text: String, name: &str, format: DocumentFormat) -> Result<Output, CommandError> {
    let documents = documents::read(name, text.as_bytes())?;
    if documents
        .iter()
        .all(|document| DocumentFormat::from(document.format) == format)
    {
        return Ok(Output::public(text.into_bytes()));
    }
    let mut converted = Vec::with_capacity(text.len());
    for document in &documents {
        output::append(&mut converted, &document.value, format)?;
    }
    Ok(Output::public(converted))
}
