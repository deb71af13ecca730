//! `kubeseal --recovery-unseal`: SealedSecrets back to Secrets, with private keys at hand and no cluster.

use std::io;
use std::path::PathBuf;

use k8s_openapi::api::core::v1::Secret;
use manifests::documents::Document;
use manifests::opening::ItemReason;
use manifests::unseal::UnsealError;
use sealing::KeyRing;
use zeroize::Zeroizing;

use super::invocation::Invocation;
use super::output::{self, Output};
use super::{failures, sealed_secrets, words as go};
use crate::error::CommandError;
use crate::namespace;
use crate::opener::{FileKeys, failure, open_whole};

/// Opens each SealedSecret.
///
/// # Errors
/// When a key or the input can't be read or there is no document, and for each document that is no SealedSecret or
/// doesn't open. All are tried; with one failure nothing is returned.
pub(super) fn run(invocation: &Invocation<'_>) -> Result<Output, CommandError> {
    let format = invocation.format()?;
    let keys = &invocation.args.recovery_private_key;
    let ring = if keys.is_empty() {
        KeyRing::new()
    } else {
        key_ring(keys)?
    };
    let documents = sealed_secrets::documents(&invocation.input.read()?)?;
    let mut text = Zeroizing::new(Vec::new());
    let mut failed = Vec::new();
    for document in &documents {
        match open(document, &ring, invocation) {
            Ok(secret) => {
                let value = serde_json::to_value(&secret).map_err(CommandError::failed)?;
                output::append(&mut text, &value, format)?;
            }
            Err(error) => failed.push(error),
        }
    }
    let without_keys = |error: CommandError| {
        if keys.is_empty() {
            error.hint("name the private keys: --recovery-private-key FILE,…")
        } else {
            error
        }
    };
    failures::said(failed, invocation.context).map_err(without_keys)?;
    Ok(Output::confidential(text))
}

/// A file that can't be read is said as Go says it.
fn key_ring(paths: &[PathBuf]) -> Result<KeyRing, CommandError> {
    let mut ring = KeyRing::new();
    for path in paths {
        let keys = FileKeys::read(std::slice::from_ref(path));
        ring.extend(keys.map(|keys| keys.ring).map_err(|error| {
            let words = error
                .caused_by::<io::Error>()
                .map(|reason| go::open_error(path, reason));
            words.map_or(error, |words| {
                CommandError::message(words).hint("--recovery-private-key names a file of private keys")
            })
        })?);
    }
    Ok(ring)
}

/// Of one that names no namespace it is that of `-n`: a kubeconfig has no say in what is to work without a cluster.
fn open(document: &Document, ring: &KeyRing, invocation: &Invocation<'_>) -> Result<Secret, CommandError> {
    let doing = || format!("cannot unseal {}", document.place());
    let mut sealed = sealed_secrets::sealed_secret(document).map_err(|error| error.context(doing()))?;
    if !namespace::is_named(&sealed) && invocation.args.namespace.is_some() {
        sealed.metadata.namespace.clone_from(&invocation.args.namespace);
    }
    let opened = open_whole(&sealed, ring, invocation.context);
    opened.map(|unsealed| unsealed.secret).map_err(|error| {
        let words = words(&error);
        let error = failure::explain(error, &sealed, ring).context(doing());
        match words {
            Some(words) => error.context(words),
            None => error,
        }
    })
}

/// kubeseal's words: each reason once, with the items that it is the reason of.
fn words(error: &UnsealError) -> Option<String> {
    let UnsealError::Items { failures, .. } = error else {
        return None;
    };
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for failure in failures {
        let reason = match &failure.reason {
            ItemReason::Open(_) => "no key could decrypt secret",
            ItemReason::Text(_) => "illegal base64 data",
        };
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, items)) => items.push(&failure.item),
            None => reasons.push((reason, vec![&failure.item])),
        }
    }
    let said = reasons
        .iter()
        .map(|(reason, items)| format!("{reason} ({})", items.join(", ")));
    Some(said.collect::<Vec<_>>().join("; "))
}
