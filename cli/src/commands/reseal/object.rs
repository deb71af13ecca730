//! One SealedSecret: its namespace, and what its items become.

use std::collections::BTreeMap;

use api::names::SEALED_WITH;
use api::sealed_secret::SealedSecret;
use manifests::documents::Document;
use sealing::Fingerprint;

use super::report::Mode;
use crate::config::{ClusterEntry, Config};
use crate::error::CommandError;
use crate::namespace::{self, NamespaceLookup};
use crate::opener::{Opener, essence};
use crate::tree::{self, LeftAlone, TreeFile};

/// What supplies the namespace that an object doesn't name.
pub(super) struct Rules<'a> {
    /// `--namespace`.
    pub(super) namespace: Option<&'a str>,
    /// `.chancery.yaml`.
    pub(super) config: Option<&'a Config>,
    /// `--cluster`, whose pins count then, whatever the rules name.
    pub(super) cluster: Option<&'a ClusterEntry>,
}

/// What becomes of one item.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// The key it was sealed for; a foreign controller doesn't tell.
    pub(super) from: Option<Fingerprint>,
    /// Whether it stays as it is.
    pub(super) current: bool,
    /// The new ciphertext; `None` too when nothing is to be written.
    pub(super) text: Option<String>,
}

/// What becomes of all items of an object.
pub(super) struct Items {
    /// The newest key, as whoever opened them says.
    pub(super) newest: Fingerprint,
    /// By their keys.
    pub(super) by_key: BTreeMap<String, Item>,
}

/// What becomes of an object.
pub(super) enum Outcome {
    /// It can't be judged.
    LeftAlone(LeftAlone),
    /// It opened.
    Items(Items),
    /// Nothing of it changes.
    Failed(CommandError),
    /// Nothing of it changes, for what many objects have in common.
    Refused(CommandError),
}

/// Whether the document is a SealedSecret, of whatever version.
pub(super) fn is_one(document: &Document) -> bool {
    let group = |version: &str| version.starts_with("bitnami.com/");
    document.kind() == Some("SealedSecret") && document.api_version().is_some_and(group)
}

/// Finds out what the items of an object become. The object's place is in every error.
pub(super) fn outcome(
    document: &Document,
    file: &TreeFile,
    rules: &Rules<'_>,
    opener: &Opener,
    mode: Mode,
) -> Outcome {
    if tree::is_helm_template(&document.value) {
        return Outcome::LeftAlone(LeftAlone::HelmTemplate);
    }
    if let Err(error) = check_pin(file, rules, opener) {
        return Outcome::Refused(error);
    }
    let items = essence(document)
        .to::<SealedSecret>()
        .map_err(CommandError::from)
        .and_then(|sealed| items(sealed, file, rules, opener, mode));
    match items {
        Ok(items) => Outcome::Items(items),
        Err(error) => Outcome::Failed(error.context(format!("cannot re-seal {}", document.place()))),
    }
}

/// In every mode: what a check calls pending has to be possible.
fn check_pin(file: &TreeFile, rules: &Rules<'_>, opener: &Opener) -> Result<(), CommandError> {
    let Some(config) = rules.config else { return Ok(()) };
    let newest = opener.newest()?.fingerprint();
    match rules.cluster {
        Some(cluster) => config.check_newest_of(&[cluster], newest),
        None => config.check_newest(&file.path, newest),
    }
}

fn items(
    mut sealed: SealedSecret,
    file: &TreeFile,
    rules: &Rules<'_>,
    opener: &Opener,
    mode: Mode,
) -> Result<Items, CommandError> {
    supply_namespace(&mut sealed, file, rules)?;
    if mode == Mode::Check {
        return checked(&sealed, opener);
    }
    if !opener.tells_keys()
        && let Some(current) = current_by_hint(&sealed, opener)?
    {
        return Ok(current);
    }
    let resealed = opener.reseal(&sealed)?;
    let items = resealed.items.into_iter().map(|(key, item)| {
        let item = Item {
            from: item.from,
            current: item.item.is_none(),
            text: item.item,
        };
        (key, item)
    });
    Ok(Items {
        newest: resealed.newest,
        by_key: items.collect(),
    })
}

/// What a hint says, where nobody can say better: all items are on the newest key, and it names that one alone.
fn current_by_hint(sealed: &SealedSecret, opener: &Opener) -> Result<Option<Items>, CommandError> {
    let newest = opener.newest()?.fingerprint();
    let annotations = sealed.metadata.annotations.iter().flatten();
    let hint = annotations
        .filter(|(name, _)| *name == SEALED_WITH)
        .find(|(_, hint)| hint.trim() == newest.as_str());
    Ok(hint.map(|_| {
        let items = sealed.spec.encrypted_data.keys().map(|key| {
            let item = Item {
                from: Some(newest.clone()),
                current: true,
                text: None,
            };
            (key.clone(), item)
        });
        Items {
            newest: newest.clone(),
            by_key: items.collect(),
        }
    }))
}

fn checked(sealed: &SealedSecret, opener: &Opener) -> Result<Items, CommandError> {
    let keys = opener.keys_of_items(sealed)?;
    let newest = match keys.newest {
        Some(newest) => newest,
        None => opener.newest()?.fingerprint().clone(),
    };
    let mut items = BTreeMap::new();
    let mut unopened = Vec::new();
    for (item, key) in keys.items {
        match key {
            Ok(from) => {
                let current = from == newest;
                let from = Some(from);
                items.insert(
                    item,
                    Item {
                        from,
                        current,
                        text: None,
                    },
                );
            }
            Err(reason) => unopened.push(format!("item `{item}`: {reason}")),
        }
    }
    if unopened.is_empty() {
        return Ok(Items {
            newest,
            by_key: items,
        });
    }
    Err(CommandError::message(unopened.join("; "))
        .hint("it was sealed for another cluster, name or namespace, or its key is gone: seal it anew"))
}

/// Writes the namespace into an object that names none and needs one to be opened. Where it comes from is a matter of
/// the repository; the document itself stays as it is.
fn supply_namespace(
    sealed: &mut SealedSecret,
    file: &TreeFile,
    rules: &Rules<'_>,
) -> Result<(), CommandError> {
    if namespace::is_named(sealed) {
        return Ok(());
    }
    let lookup = NamespaceLookup {
        asked: rules.namespace,
        config: rules.config,
    };
    let cluster_wide = namespace::is_cluster_wide(sealed);
    let name = lookup.find(Some(&file.path), || {
        if cluster_wide {
            // The namespace counts for nothing there; whoever opens it wants a complete object.
            return Ok(Some("default".to_owned()));
        }
        Ok(file.kustomization_namespace()?.map(str::to_owned))
    })?;
    sealed.metadata.namespace = Some(name);
    Ok(())
}
