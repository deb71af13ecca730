//! Which SealedSecret of a file is meant.

use api::names::SEALED_WITH;
use api::sealed_secret::SealedSecret;
use manifests::documents::Document;
use manifests::edit::Edit;
use manifests::{opening, seal};
use sealing::Certificate;

use super::SealedFile;
use crate::cluster::object_name;
use crate::error::CommandError;

/// Which SealedSecret, where the file has several.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct SelectionArgs {
    /// The SealedSecret with this name; needed where the file has several
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// The SealedSecret in this namespace; also the namespace of one that names none
    #[arg(short, long, value_name = "NAMESPACE", value_parser = object_name)]
    pub(crate) namespace: Option<String>,
}

/// A SealedSecret of a file.
pub(crate) struct Picked {
    /// Its index in the file, for edits.
    pub(crate) object: usize,
    /// Its line.
    pub(crate) line: usize,
    /// Itself.
    pub(crate) sealed: SealedSecret,
}

impl SealedFile {
    /// The one SealedSecret that is meant.
    ///
    /// # Errors
    /// When there is none, or several, which are listed, or it is malformed.
    pub(crate) fn pick(&self, wanted: &SelectionArgs) -> Result<Picked, CommandError> {
        let mut fitting = self.candidates(wanted);
        match (fitting.pop(), fitting.is_empty()) {
            (Some((object, document)), true) => picked(object, document),
            (Some(last), false) => {
                fitting.push(last);
                Err(CommandError::usage(format!(
                    "{} SealedSecrets in `{}` fit: {}",
                    fitting.len(),
                    self.name(),
                    listed(&fitting)
                ))
                .hint(match wanted.name {
                    Some(_) => "choose one with -n",
                    None => "choose one with --name and -n",
                }))
            }
            (None, _) => Err(self.none(wanted)),
        }
    }

    /// Every SealedSecret that is meant, at least one.
    ///
    /// # Errors
    /// When there is none, or one is malformed.
    pub(crate) fn pick_all(&self, wanted: &SelectionArgs) -> Result<Vec<Picked>, CommandError> {
        let fitting = self.candidates(wanted);
        if fitting.is_empty() {
            return Err(self.none(wanted));
        }
        fitting
            .into_iter()
            .map(|(object, document)| picked(object, document))
            .collect()
    }

    fn candidates(&self, wanted: &SelectionArgs) -> Vec<(usize, &Document)> {
        let is_meant = |document: &Document| {
            let names_it = |wanted: &String| document.name() == Some(wanted);
            // One that names no namespace gets it later, so it may be any.
            let may_be_in = |wanted: &String| match document.namespace().unwrap_or_default() {
                "" => true,
                own => own == wanted || seal::is_placeholder(own),
            };
            document.kind() == Some("SealedSecret")
                && wanted.name.as_ref().is_none_or(names_it)
                && wanted.namespace.as_ref().is_none_or(may_be_in)
        };
        let documents = self.editable().documents().iter().enumerate();
        let mut meant: Vec<_> = documents.filter(|(_, document)| is_meant(document)).collect();
        let is_there = |document: &Document| document.namespace() == wanted.namespace.as_deref();
        if wanted.namespace.is_some() && meant.iter().any(|(_, document)| is_there(document)) {
            meant.retain(|(_, document)| is_there(document));
        }
        meant
    }

    fn none(&self, wanted: &SelectionArgs) -> CommandError {
        let all = self.candidates(&SelectionArgs::default());
        if all.is_empty() {
            return CommandError::message(format!("there is no SealedSecret in `{}`", self.name()))
                .hint("`chancery seal` makes one of a Secret");
        }
        let meant = match (&wanted.name, &wanted.namespace) {
            (Some(name), Some(namespace)) => format!("`{namespace}/{name}`"),
            (Some(name), None) => format!("`{name}`"),
            (None, namespace) => format!("in the namespace `{}`", namespace.as_deref().unwrap_or_default()),
        };
        CommandError::message(format!(
            "there is no SealedSecret {meant} in `{}`, but {}",
            self.name(),
            listed(&all)
        ))
    }
}

impl Picked {
    /// Namespace and name, as in `shop/db`.
    pub(crate) fn title(&self) -> String {
        let metadata = &self.sealed.metadata;
        titled(metadata.namespace.as_deref(), metadata.name.as_deref())
    }

    /// Whether it has an item with this key.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.sealed.spec.encrypted_data.contains_key(key)
    }

    /// Its keys, to be shown.
    pub(crate) fn keys(&self) -> String {
        let keys: Vec<_> = self.sealed.spec.encrypted_data.keys().collect();
        if keys.is_empty() {
            return "no items".to_owned();
        }
        keys.iter()
            .map(|key| format!("`{key}`"))
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// Refuses the format before 2019, which has no items.
    ///
    /// # Errors
    /// When it is in that format.
    pub(crate) fn check_has_items(&self) -> Result<(), CommandError> {
        if self.sealed.spec.data.is_none() {
            return Ok(());
        }
        Err(CommandError::message(format!(
            "SealedSecret `{}` is in the format before 2019: `spec.data` holds the whole Secret, so it has no items",
            self.title()
        ))
        .hint("seal the Secret again with `chancery seal`"))
    }

    /// The edit after which its hint names the key of the items that are sealed anew first; nothing where it has no
    /// hint, or names that key first already. The other keys stay: which of them the other items need isn't known.
    pub(crate) fn hint(&self, certificate: &Certificate, is_anew: impl Fn(&str) -> bool) -> Option<Edit> {
        let metadata = &self.sealed.metadata;
        metadata.annotations.as_ref()?.get(SEALED_WITH)?;
        let before = opening::hints_of(metadata);
        let mut fingerprints = vec![certificate.fingerprint().clone()];
        if !self.sealed.spec.encrypted_data.keys().all(|key| is_anew(key)) {
            fingerprints.extend(
                before
                    .iter()
                    .filter(|other| *other != certificate.fingerprint())
                    .cloned(),
            );
        }
        (fingerprints != before).then_some(Edit::SetHint {
            object: self.object,
            fingerprints,
        })
    }
}

fn picked(object: usize, document: &Document) -> Result<Picked, CommandError> {
    Ok(Picked {
        object,
        line: document.line,
        sealed: document.to()?,
    })
}

fn listed(documents: &[(usize, &Document)]) -> String {
    documents
        .iter()
        .map(|(_, document)| {
            let title = titled(document.namespace(), document.name());
            format!("`{title}` (line {})", document.line)
        })
        .collect::<Vec<_>>()
        .join(", ")
}

fn titled(namespace: Option<&str>, name: Option<&str>) -> String {
    let name = name.unwrap_or_default();
    match namespace.unwrap_or_default() {
        "" => name.to_owned(),
        namespace => format!("{namespace}/{name}"),
    }
}
