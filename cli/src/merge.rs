//! Secrets whose items are merged into SealedSecrets of a file.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::Secret;
use manifests::documents::Document;
use manifests::edit::Edit;
use manifests::seal::{self, Binding};
use sealing::Certificate;

use crate::context::Context;
use crate::error::CommandError;
use crate::sealed_file::Picked;

/// A Secret, and the SealedSecret that gets its items.
pub(crate) struct Merge<'a> {
    /// Where the Secret stands.
    pub(crate) document: &'a Document,
    /// The Secret.
    pub(crate) secret: &'a Secret,
    /// The SealedSecret.
    pub(crate) picked: Picked,
    /// What its items are bound to.
    pub(crate) binding: Binding,
}

/// The edits that seal the values of all Secrets into their SealedSecrets: one list for all, as a file is edited once.
///
/// # Errors
/// When two Secrets set the same item, or a value can't be sealed.
pub(crate) fn edits(
    merges: &[Merge<'_>],
    certificate: &Certificate,
    context: &Context,
) -> Result<Vec<Edit>, CommandError> {
    let mut edits = Vec::new();
    let mut origins: BTreeMap<(usize, &str), &Document> = BTreeMap::new();
    let mut anew: BTreeMap<usize, (&Picked, BTreeSet<&str>)> = BTreeMap::new();
    for merge in merges {
        let object = merge.picked.object;
        let (_, keys) = anew.entry(object).or_insert((&merge.picked, BTreeSet::new()));
        for (key, value) in seal::values(merge.secret) {
            if let Some(first) = origins.insert((object, key), merge.document) {
                return Err(CommandError::message(format!(
                    "both {} and {} set the item `{key}` of SealedSecret `{}`",
                    first.place(),
                    merge.document.place(),
                    merge.picked.title()
                )));
            }
            let item = merge
                .binding
                .seal(certificate, value, &context.rng)
                .map_err(|error| {
                    CommandError::failed(error).context(format!(
                        "cannot seal the item `{key}` of {}",
                        merge.document.place()
                    ))
                })?;
            let key_text = key.to_owned();
            edits.push(Edit::SetItem {
                object,
                key: key_text,
                item,
            });
            keys.insert(key);
        }
    }
    for (picked, keys) in anew.into_values() {
        if !keys.is_empty() {
            edits.extend(picked.hint(certificate, |key| keys.contains(key)));
        }
    }
    Ok(edits)
}
