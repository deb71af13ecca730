//! Whether the items open, by those who have the keys.

mod elsewhere;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use api::names::SEALED_WITH;
use api::sealed_secret::SealedSecret;
use manifests::documents::Document;
use manifests::opening::DEPRECATED_ITEM;
use manifests::verify::{self, Code, Finding};
use sealing::{Fingerprint, Scope};

use super::files::Object;
use crate::cluster::ClusterError;
use crate::error::CommandError;
use crate::opener::{ItemKeys, Opener};

/// Tries every item of every object.
pub(super) fn check(objects: &[Object], opener: &Opener) -> Vec<Finding> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut findings = Vec::new();
        while let Some(object) = objects.get(next.fetch_add(1, Ordering::Relaxed)) {
            findings.extend(of_object(object, opener));
        }
        findings
    };
    let threads = opener.parallelism().min(objects.len());
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let found = workers.into_iter().flat_map(|worker| match worker.join() {
            Ok(findings) => findings,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        found.collect()
    })
}

fn of_object(object: &Object, opener: &Opener) -> Vec<Finding> {
    let document = &object.document;
    let not_tried = |why: String| {
        let message = format!("it can't be tried whether its items open: {why}");
        vec![verify::at(document, &[], None, Code::NotTried, message)]
    };
    let mut sealed: SealedSecret = match document.to() {
        Ok(sealed) => sealed,
        Err(_) => return not_tried("it is not a SealedSecret as the API server takes it".to_owned()),
    };
    if sealed
        .metadata
        .namespace
        .as_deref()
        .unwrap_or_default()
        .is_empty()
    {
        sealed.metadata.namespace.clone_from(&object.namespace);
    }
    if sealed.metadata.namespace.is_none() && verify::scope(document) != Scope::ClusterWide {
        return not_tried("its namespace is not known; name one with --namespace".to_owned());
    }
    if !opener.tells_keys() {
        // Upstream's controller answers for the whole object, when it is to seal it again.
        return match opener.reseal(&sealed) {
            Ok(_) => Vec::new(),
            Err(error) if is_unopened(&error) => {
                let message = error.causes().join(": ");
                vec![verify::at(document, &[], None, Code::ItemDoesNotOpen, message)]
            }
            Err(error) => not_tried(error.causes().join(": ")),
        };
    }
    match opener.keys_of_items(&sealed) {
        Ok(keys) => of_items(document, &sealed, &keys, opener),
        Err(error) => not_tried(error.causes().join(": ")),
    }
}

fn is_unopened(error: &CommandError) -> bool {
    matches!(
        error.caused_by::<ClusterError>(),
        Some(ClusterError::Unopened { .. })
    )
}

fn of_items(document: &Document, sealed: &SealedSecret, keys: &ItemKeys, opener: &Opener) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut opened_by = BTreeSet::new();
    for (item, key) in &keys.items {
        match key {
            Ok(key) => {
                opened_by.insert(key);
            }
            Err(reason) => {
                let path: &[&str] = if item == DEPRECATED_ITEM && sealed.spec.data.is_some() {
                    &["spec", "data"]
                } else {
                    &["spec", "encryptedData", item]
                };
                let hint = elsewhere::opens_as(sealed, item, opener)
                    .map_or_else(String::new, |said| format!("; {said}"));
                let message = format!("item `{item}`: {reason}{hint}");
                findings.push(verify::at(
                    document,
                    path,
                    Some(item),
                    Code::ItemDoesNotOpen,
                    message,
                ));
            }
        }
    }
    findings.extend(hint(document, sealed, &opened_by));
    findings
}

/// A hint that misleads costs the controller a try with each key.
fn hint(document: &Document, sealed: &SealedSecret, opened_by: &BTreeSet<&Fingerprint>) -> Option<Finding> {
    let hint = sealed.metadata.annotations.as_ref()?.get(SEALED_WITH)?;
    let named: Vec<Fingerprint> = hint
        .split(',')
        .filter_map(|word| word.trim().parse().ok())
        .collect();
    let missing = opened_by.iter().find(|key| !named.contains(key))?;
    Some(verify::at(
        document,
        &["metadata", "annotations", SEALED_WITH],
        None,
        Code::HintWrong,
        format!("`{SEALED_WITH}` does not name {missing}, which opens an item"),
    ))
}
