//! `chancery seal --into FILE`: Secrets whose items are merged into the SealedSecrets that are in a file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use k8s_openapi::api::core::v1::Secret;
use manifests::documents::Document;
use manifests::scope;
use manifests::seal::{self, SealError};
use sealing::Scope;

use super::SealArgs;
use crate::certificate::Freshness;
use crate::config::Config;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Status};
use crate::input;
use crate::item_key::ItemKey;
use crate::merge::{self, Merge};
use crate::sealed_file::{Assumed, Picked, SealedFile, SelectionArgs};

/// Into which file.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct IntoArgs {
    /// Merge the items into the SealedSecrets of the same names in this file: set those that are there, add the others,
    /// and change nothing else. The scope is that of the SealedSecret in the file. All Secrets are merged, or none;
    /// -w writes the result elsewhere
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["output", "no_hint", "keep_metadata"]
    )]
    pub(super) into: Option<PathBuf>,
}

/// Merges everything that was named into the file.
///
/// # Errors
/// When input, file or certificate cannot be had, a document is no Secret, a Secret has no SealedSecret in the file or
/// two Secrets set the same item, or the file cannot be edited or written. Nothing is written then.
pub(super) fn run(args: &SealArgs, into: &Path, config: Option<&Config>, context: &Context) -> CommandResult {
    let file = SealedFile::read(into)?;
    if file.path().is_none() && args.input.may_read_stdin() {
        return Err(
            CommandError::usage("`--into -` and the Secrets can't both come from standard input")
                .hint("name a file: --into FILE"),
        );
    }
    let mut secrets = Vec::new();
    for input in input::load(&args.input, &context.printer)? {
        for document in input.documents {
            let secret = super::secret_of(&document)?;
            secrets.push((document, secret));
        }
    }
    let mut merges = Vec::with_capacity(secrets.len());
    for (document, secret) in &secrets {
        let merge = merge(args, &file, document, secret, config, context)
            .map_err(|error| error.context(format!("cannot merge {}", document.place())))?;
        merges.push(merge);
    }
    let certificate = args
        .certificate
        .for_file(file.path(), config, Freshness::Cached, context)?;
    let edits = merge::edits(&merges, &certificate, context)?;
    file.write(&edits, args.output.target(), &context.printer)?;
    for merge in &merges {
        report(merge, context);
    }
    Ok(Status::Done)
}

fn merge<'a>(
    args: &SealArgs,
    file: &SealedFile,
    document: &'a Document,
    secret: &'a Secret,
    config: Option<&Config>,
    context: &Context,
) -> Result<Merge<'a>, CommandError> {
    let metadata = &secret.metadata;
    let Some(name) = metadata.name.clone().filter(|name| !name.is_empty()) else {
        return Err(SealError::MissingName.into());
    };
    let own = metadata.namespace.as_deref().filter(|own| !own.is_empty());
    if let (Some(of_secret), Some(asked)) = (own, args.namespace.as_deref())
        && of_secret != asked
    {
        let (of_secret, asked) = (of_secret.to_owned(), asked.to_owned());
        return Err(SealError::NamespaceMismatch { of_secret, asked }.into());
    }
    let values = seal::values(secret);
    if values.is_empty() && !args.allow_empty_data {
        return Err(SealError::EmptyData { name }.into());
    }
    for key in values.keys() {
        key.parse::<ItemKey>()
            .map_err(|error| CommandError::failed(error).context(format!("`{key}` is no key for an item")))?;
    }
    let namespace = own.or(args.namespace.as_deref());
    let wanted = SelectionArgs {
        name: Some(name),
        namespace: namespace.map(str::to_owned),
    };
    let picked = file.pick(&wanted).map_err(|error| match Status::from(&error) {
        // Several fit.
        Status::Usage => error,
        _ => error.hint(format!(
            "without --into, `chancery seal` makes one; what it prints can be appended: `>> {}`",
            file.name()
        )),
    })?;
    picked.check_has_items()?;
    let assumed = Assumed {
        asked: args.namespace.as_deref(),
        of_secret: own,
    };
    let binding = file.binding(&picked, assumed, config, context)?;
    say_whose_scope_counts(args, secret, &picked, binding.scope(), context);
    say_what_is_not_merged(secret, &picked, context);
    Ok(Merge {
        document,
        secret,
        picked,
        binding,
    })
}

/// kubeseal's `--merge-into` seals for the scope of the flag, and nothing opens the item then.
fn say_whose_scope_counts(
    args: &SealArgs,
    secret: &Secret,
    picked: &Picked,
    scope: Scope,
    context: &Context,
) {
    let annotated = Some(scope::of_sealed_secret(&secret.metadata)).filter(|scope| *scope != Scope::Strict);
    let (asked, who) = match (args.scope, annotated) {
        (Some(asked), _) => (asked, "`--scope`"),
        (None, Some(asked)) => (asked, "the Secret"),
        (None, None) => return,
    };
    if asked != scope {
        context.printer.note(&format!(
            "SealedSecret `{}` is {scope}, and so are its new items, although {who} says {asked}",
            picked.title()
        ));
    }
}

fn say_what_is_not_merged(secret: &Secret, picked: &Picked, context: &Context) {
    let template = picked.sealed.spec.template.clone().unwrap_or_default();
    let metadata = template.metadata.unwrap_or_default();
    let is_new = |of: &Option<BTreeMap<String, String>>, there: &Option<BTreeMap<String, String>>| {
        of.iter().flatten().any(|(name, value)| {
            !seal::is_never_kept(name) && there.as_ref().and_then(|all| all.get(name)) != Some(value)
        })
    };
    let type_ = secret.type_.as_ref().filter(|type_| !type_.is_empty());
    let differing = [
        ("labels", is_new(&secret.metadata.labels, &metadata.labels)),
        (
            "annotations",
            is_new(&secret.metadata.annotations, &metadata.annotations),
        ),
        (
            "type",
            type_.is_some_and(|type_| *type_ != template.type_.as_deref().unwrap_or("Opaque")),
        ),
        (
            "immutable",
            secret
                .immutable
                .is_some_and(|own| own != template.immutable.unwrap_or_default()),
        ),
    ];
    let differing: Vec<_> = differing
        .iter()
        .filter(|(_, differs)| *differs)
        .map(|(field, _)| *field)
        .collect();
    if !differing.is_empty() {
        context.printer.note(&format!(
            "SealedSecret `{}` keeps its own {}: only items are merged",
            picked.title(),
            differing.join(", ")
        ));
    }
}

fn report(merge: &Merge<'_>, context: &Context) {
    let (mut replaced, mut added) = (Vec::new(), Vec::new());
    for key in seal::values(merge.secret).into_keys() {
        let list = if merge.picked.has(key) {
            &mut replaced
        } else {
            &mut added
        };
        list.push(format!("`{key}`"));
    }
    for (doing, keys) in [("replaced", replaced), ("added", added)] {
        if !keys.is_empty() {
            context.printer.note(&format!(
                "{doing} in SealedSecret `{}`: {}",
                merge.picked.title(),
                keys.join(", ")
            ));
        }
    }
}
