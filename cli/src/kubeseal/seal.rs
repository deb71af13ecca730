//! `kubeseal` without a mode: Secrets to SealedSecrets.

use k8s_openapi::api::core::v1::Secret;
use manifests::documents::{self, Document};
use manifests::scope;
use manifests::seal::{SealError, SealOptions};
use sealing::Scope;

use super::invocation::Invocation;
use super::output::{self, Output};
use crate::error::CommandError;

/// Seals each Secret of the input.
///
/// # Errors
/// When the certificate can't be had; when a document can't be read, is no Secret or can't be sealed. Nothing is
/// returned then, where kubeseal has printed the ones before.
pub(super) fn run(invocation: &Invocation<'_>) -> Result<Output, CommandError> {
    let certificate = invocation.certificate()?;
    let format = invocation.format()?;
    let mut text = Vec::new();
    for (document, secret) in secrets(invocation)? {
        let namespace = namespace_for(invocation, &secret, &document)?;
        let options = SealOptions {
            scope: Some(invocation.args.scope),
            allow_empty_data: invocation.args.allow_empty_data,
            namespace: namespace.as_deref(),
            ..SealOptions::default()
        };
        let sealed = manifests::seal::seal(&secret, &certificate, &options, &invocation.context.rng)
            .map_err(|error| in_kubeseals_words(error, &document))?;
        let value = serde_json::to_value(&sealed).map_err(CommandError::failed)?;
        output::append(&mut text, &value, format)?;
    }
    Ok(Output::public(text))
}

/// The Secrets of the input, those of Lists too, under the name of `--name` if there is one.
///
/// # Errors
/// When there is none, when a document can't be read, is no Secret, has no name, or has no items and may not.
pub(super) fn secrets(invocation: &Invocation<'_>) -> Result<Vec<(Document, Secret)>, CommandError> {
    let documents = documents::expand_lists(invocation.input.read()?.documents()?)?;
    if documents.is_empty() {
        return Err(CommandError::message(
            "no secrets found. Ensure the input is valid and UTF-8 encoded",
        ));
    }
    let mut secrets = Vec::with_capacity(documents.len());
    for document in documents {
        let mut secret = secret_of(&document, invocation)?;
        if let Some(name) = &invocation.args.name {
            secret.metadata.name = Some(name.clone());
        }
        secrets.push((document, secret));
    }
    Ok(secrets)
}

/// kubeseal never looks at the kind, so that a ConfigMap becomes a SealedSecret of its decoded texts. Without any kind
/// it is what scripts have written that knew as much, and stays good.
fn secret_of(document: &Document, invocation: &Invocation<'_>) -> Result<Secret, CommandError> {
    let place = document.place();
    match (document.api_version(), document.kind()) {
        (Some("v1") | None, Some("Secret")) => {
            let mut document = document.clone();
            document.read_unquoted_texts();
            Ok(document.to()?)
        }
        (_, None) => {
            let printer = &invocation.context.printer;
            printer.warning(&format!("{place} has no `kind`: it is read as a Secret"));
            let mut document = document.clone();
            if let Some(object) = document.value.as_object_mut() {
                object.insert("apiVersion".to_owned(), "v1".into());
                object.insert("kind".to_owned(), "Secret".into());
            }
            document.read_unquoted_texts();
            Ok(document.to()?)
        }
        (_, Some("SealedSecret")) => Err(CommandError::message(format!("{place} is sealed already"))
            .hint("seal the Secret that it was made from")),
        (version, Some(kind)) => Err(CommandError::message(format!(
            "{place} is a `{kind}` of `{}`, not a Secret",
            version.unwrap_or_default()
        ))
        .hint("a Secret has apiVersion: v1 and kind: Secret")),
    }
}

/// The namespace of a Secret that names none; for one that names its own, that of `-n`, which must be the same. What is
/// sealed for the whole cluster needs none and gets none.
fn namespace_for(
    invocation: &Invocation<'_>,
    secret: &Secret,
    document: &Document,
) -> Result<Option<String>, CommandError> {
    if scope::of_secret(&secret.metadata, Some(invocation.args.scope)) == Scope::ClusterWide {
        return Ok(None);
    }
    let names_its_own = secret
        .metadata
        .namespace
        .as_deref()
        .is_some_and(|own| !own.is_empty());
    if names_its_own && invocation.args.namespace.is_none() {
        return Ok(None);
    }
    let namespace = invocation.namespace().map_err(|error| {
        error
            .context(format!("secret must declare a namespace: {}", document.place()))
            .hint("set metadata.namespace, or pass --namespace")
    })?;
    Ok(Some(namespace.name))
}

/// The error with kubeseal's message outermost, and the document's place.
pub(super) fn in_kubeseals_words(error: SealError, document: &Document) -> CommandError {
    let place = document.place();
    match &error {
        SealError::EmptyData { .. } => CommandError::message(format!(
            "secret.data is empty in input Secret, assuming this is an error and aborting. To work with empty data, \
             --allow-empty-data can be used: {place}"
        )),
        SealError::MissingNamespace { .. } => {
            CommandError::message(format!("secret must declare a namespace: {place}"))
        }
        SealError::MissingName | SealError::NamespaceMismatch { .. } => {
            CommandError::message(format!("{error}: {place}"))
        }
        SealError::Item { .. } => CommandError::failed(error).context(format!("cannot seal {place}")),
    }
}
