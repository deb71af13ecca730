//! `kubeseal --merge-into FILE`: the items, labels and annotations of Secrets, merged into the SealedSecrets of a file.

use std::collections::BTreeMap;
use std::path::Path;

use k8s_openapi::api::core::v1::Secret;
use manifests::documents::Document;
use manifests::edit::{Edit, TemplateField};
use manifests::scope;
use manifests::seal::{self, Binding, SealError};
use sealing::Scope;

use super::invocation::Invocation;
use super::output::Output;
use super::seal::{in_kubeseals_words, secrets};
use super::words;
use crate::error::CommandError;
use crate::item_key::ItemKey;
use crate::merge::{self, Merge};
use crate::sealed_file::{Picked, SealedFile, SelectionArgs};

/// Merges everything into the file, and changes nothing else in it. Scope, namespace and name are those of the
/// SealedSecret in the file.
///
/// # Errors
/// When file, certificate or input can't be had, a document is no Secret or has no SealedSecret in the file, it
/// contradicts that one's scope, or the file can't be edited or written. Nothing is written then.
pub(super) fn run(invocation: &Invocation<'_>, file: &Path) -> Result<Output, CommandError> {
    // It decides nothing here: a file keeps its format. A word that is none is a mistake all the same.
    invocation.format()?;
    let certificate = invocation.certificate()?;
    let sealed_file = open(file)?;
    let secrets = secrets(invocation)?;
    let mut merges = Vec::with_capacity(secrets.len());
    for (document, secret) in &secrets {
        let merge = merge(invocation, &sealed_file, document, secret)
            .map_err(|error| error.hint(format!("`{}` was left as it is", file.display())))?;
        merges.push(merge);
    }
    let mut edits = merge::edits(&merges, &certificate, invocation.context)?;
    edits.extend(metadata(&merges)?);
    if let Some(other) = invocation
        .args
        .sealed_secret_file
        .as_deref()
        .filter(|other| *other != file)
    {
        invocation.context.printer.warning(&format!(
            "--merge-into changes its file; `{}` is left as it is",
            other.display()
        ));
    }
    sealed_file.put(&edits, None, &invocation.context.printer)?;
    Ok(Output::Nothing)
}

/// No name stands for standard input.
fn open(path: &Path) -> Result<SealedFile, CommandError> {
    std::fs::File::open(path).map_err(|error| CommandError::message(words::open_error(path, &error)))?;
    if path.as_os_str() == "-" {
        return SealedFile::read(Path::new("./-"));
    }
    SealedFile::read(path)
}

fn merge<'a>(
    invocation: &Invocation<'_>,
    file: &SealedFile,
    document: &'a Document,
    secret: &'a Secret,
) -> Result<Merge<'a>, CommandError> {
    let place = document.place();
    let cannot_merge = |error: CommandError| error.context(format!("cannot merge {place}"));
    let values = seal::values(secret);
    if values.is_empty() && !invocation.args.allow_empty_data {
        let name = secret.metadata.name.clone().unwrap_or_default();
        return Err(in_kubeseals_words(SealError::EmptyData { name }, document));
    }
    for key in values.keys() {
        key.parse::<ItemKey>().map_err(|error| {
            cannot_merge(CommandError::failed(error).context(format!("`{key}` is no key for an item")))
        })?;
    }
    let picked = pick(file, secret).map_err(cannot_merge)?;
    picked.check_has_items().map_err(cannot_merge)?;
    let binding = binding(invocation, file, &picked, secret, document)?;
    check_scope(invocation, file, &picked, &binding, secret).map_err(cannot_merge)?;
    Ok(Merge {
        document,
        secret,
        picked,
        binding,
    })
}

/// The only SealedSecret of a file is meant, whatever the Secret's name, as in kubeseal; of several that of its name.
fn pick(file: &SealedFile, secret: &Secret) -> Result<Picked, CommandError> {
    let any = SelectionArgs::default();
    if file.pick_all(&any)?.len() == 1 {
        return file.pick(&any);
    }
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    file.pick(&SelectionArgs {
        name: given(&secret.metadata.name),
        namespace: given(&secret.metadata.namespace),
    })
}

/// What the items are bound to. Where the file names no namespace it is that of the Secret, else the one that sealing
/// would take.
fn binding(
    invocation: &Invocation<'_>,
    file: &SealedFile,
    picked: &Picked,
    secret: &Secret,
    document: &Document,
) -> Result<Binding, CommandError> {
    let metadata = &picked.sealed.metadata;
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let asked = invocation.args.namespace.clone();
    let own = given(&metadata.namespace)
        .filter(|own| !seal::is_placeholder(own))
        .or_else(|| given(&secret.metadata.namespace));
    let is_cluster_wide = scope::of_sealed_secret(metadata) == Scope::ClusterWide;
    if let (Some(of_secret), Some(asked), false) = (&own, asked, is_cluster_wide)
        && *of_secret != asked
    {
        let of_secret = of_secret.clone();
        return Err(in_kubeseals_words(
            SealError::NamespaceMismatch { of_secret, asked },
            document,
        ));
    }
    let doing = || {
        let (title, name, line) = (picked.title(), file.name(), picked.line);
        format!("cannot seal for SealedSecret `{title}` in `{name}` (line {line})")
    };
    match Binding::of(metadata, own.as_deref()) {
        Err(error) if error.lacks_namespace() => {
            let namespace = invocation.namespace().map_err(|error| {
                error
                    .context(doing())
                    .hint("set metadata.namespace in it, or pass --namespace")
            })?;
            Binding::of(metadata, Some(&namespace.name))
        }
        result => result,
    }
    .map_err(|error| CommandError::failed(error).context(doing()))
}

/// kubeseal seals for the scope of the flag or of the Secret, and nothing opens the item in the file.
fn check_scope(
    invocation: &Invocation<'_>,
    file: &SealedFile,
    picked: &Picked,
    binding: &Binding,
    secret: &Secret,
) -> Result<(), CommandError> {
    let flag = invocation.args.scope;
    let asked = scope::of_secret(&secret.metadata, Some(flag));
    if asked == Scope::Strict || asked == binding.scope() {
        return Ok(());
    }
    let who = if flag == Scope::Strict {
        "the Secret"
    } else {
        "--scope"
    };
    Err(CommandError::message(format!(
        "scope mismatch: SealedSecret `{}` in `{}` (line {}) is {}, but {who} says {asked}",
        picked.title(),
        file.name(),
        picked.line,
        binding.scope()
    ))
    .hint(
        "all items of a SealedSecret have its scope: leave the scope out, or seal the whole Secret anew to change it",
    ))
}

/// The edits that give the templates what the Secrets are labelled and annotated with. What speaks of one object alone,
/// such as its scope, is not merged.
fn metadata(merges: &[Merge<'_>]) -> Result<Vec<Edit>, CommandError> {
    let mut wanted: BTreeMap<(usize, TemplateField, &str), (&str, &Document)> = BTreeMap::new();
    for merge in merges {
        let metadata = &merge.secret.metadata;
        for (field, entries) in [
            (TemplateField::Labels, &metadata.labels),
            (TemplateField::Annotations, &metadata.annotations),
        ] {
            let entries = entries.iter().flatten();
            for (name, value) in entries.filter(|(name, _)| !seal::is_never_kept(name)) {
                let place = (merge.picked.object, field, name.as_str());
                let first = wanted.insert(place, (value, merge.document));
                if let Some((other, document)) = first
                    && other != value
                {
                    return Err(CommandError::message(format!(
                        "{} and {} give SealedSecret `{}` different values of `{name}`",
                        document.place(),
                        merge.document.place(),
                        merge.picked.title()
                    )));
                }
            }
        }
    }
    let edits = wanted
        .into_iter()
        .map(|((object, field, name), (value, _))| Edit::SetTemplateMetadata {
            object,
            field,
            name: name.to_owned(),
            value: value.to_owned(),
        });
    Ok(edits.collect())
}
