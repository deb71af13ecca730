//! Templates of a SealedSecret, rendered with its opened items.
//!
//! As upstream has it since 0.37 and 0.40: a template's text is itself a value that templates see, where no item has
//! its key; an item wins over a template of the same key; null leaves an item out of the Secret.

use std::collections::BTreeMap;
use std::fmt;

use api::names::{KEPT_VALUES, TEMPLATE_METADATA};
use api::sealed_secret::SealedSecret;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use template::{Budget, Inputs, Limits, Template, World};
use zeroize::Zeroize as _;

use crate::kept::Kept;

/// Most templates of one object whose failures are told.
const TOLD: usize = 10;

/// Where a template stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// `spec.template.data`.
    Data,
    /// `spec.template.metadata.labels`.
    Label,
    /// `spec.template.metadata.annotations`.
    Annotation,
}

/// One template.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) place: Place,
    pub(crate) key: &'a str,
    pub(crate) text: &'a str,
}

impl Entry<'_> {
    /// Returns what the entry is called in errors and annotations: its key, which for metadata has the field before it.
    /// No key of a Secret holds a slash.
    pub(crate) fn id(&self) -> String {
        match self.place {
            Place::Data => self.key.to_owned(),
            Place::Label => format!("labels/{}", self.key),
            Place::Annotation => format!("annotations/{}", self.key),
        }
    }

    /// Returns what a Secret has at the entry's place.
    pub(crate) fn value_in(&self, secret: &Secret) -> Option<Vec<u8>> {
        let text =
            |map: &Option<BTreeMap<String, String>>| Some(map.as_ref()?.get(self.key)?.clone().into_bytes());
        match self.place {
            Place::Data => Some(secret.data.as_ref()?.get(self.key)?.0.clone()),
            Place::Label => text(&secret.metadata.labels),
            Place::Annotation => text(&secret.metadata.annotations),
        }
    }
}

/// A template that could not be rendered. It names the entry, the line and the function, and holds no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateFailure(String);

impl fmt::Display for TemplateFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns whether the values of the Secret's labels and annotations are templates: only by the SealedSecret's own
/// annotation, since upstream's controller takes them as they are.
pub fn renders_metadata(sealed: &SealedSecret) -> bool {
    let annotations = sealed.metadata.annotations.as_ref();
    annotations
        .and_then(|annotations| annotations.get(TEMPLATE_METADATA))
        .is_some_and(|value| value == "true")
}

/// Returns whether anything of the object is a template.
pub fn has_templates(sealed: &SealedSecret) -> bool {
    sealed.spec.data.is_none() && !entries(sealed).is_empty()
}

/// Renders everything into `secret`, which has the opened items and the template's metadata.
///
/// # Errors
/// The failures of all templates, of ten at most.
pub(crate) fn render(
    sealed: &SealedSecret,
    secret: &mut Secret,
    world: &World<'_>,
    limits: &Limits,
    mut kept: Option<Kept<'_>>,
) -> Result<(), Vec<TemplateFailure>> {
    let seen = Seen::new(sealed, secret);
    let mut budget = Budget::new(limits);
    let mut failures = Vec::new();
    for entry in entries(sealed) {
        let rendered = parse(&entry, limits).and_then(|template| {
            let value = match (&mut kept, template.volatile().is_empty()) {
                (Some(kept), false) => kept.value(&entry, seen.by(&template.inputs())),
                _ => None,
            };
            match value {
                Some(value) => Ok(value),
                None => template
                    .render(&seen.0, world, &mut budget)
                    .map(|mut value| std::mem::take(&mut *value))
                    .map_err(|error| TemplateFailure(error.to_string())),
            }
        });
        match rendered.and_then(|value| set(secret, sealed, &entry, value)) {
            Ok(()) => {}
            Err(failure) => failures.push(failure),
        }
        if failures.len() == TOLD {
            break;
        }
    }
    if !failures.is_empty() {
        return Err(failures);
    }
    if let (Some(data), Some(omitted)) = (&mut secret.data, data(sealed)) {
        data.retain(|key, _| omitted.get(key).is_none_or(Option::is_some));
    }
    if let Some(annotation) = kept.and_then(|kept| kept.annotation()) {
        let annotations = secret.metadata.annotations.get_or_insert_default();
        annotations.insert(KEPT_VALUES.to_owned(), annotation);
    }
    Ok(())
}

fn parse(entry: &Entry<'_>, limits: &Limits) -> Result<Template, TemplateFailure> {
    Template::parse(&entry.id(), entry.text, limits).map_err(|error| TemplateFailure(error.to_string()))
}

/// Sets what was rendered; an item of the same key wins.
fn set(
    secret: &mut Secret,
    sealed: &SealedSecret,
    entry: &Entry<'_>,
    value: Vec<u8>,
) -> Result<(), TemplateFailure> {
    let map = match entry.place {
        Place::Data => {
            if !sealed.spec.encrypted_data.contains_key(entry.key) {
                let data = secret.data.get_or_insert_default();
                data.insert(entry.key.to_owned(), ByteString(value));
            }
            return Ok(());
        }
        Place::Label => &mut secret.metadata.labels,
        Place::Annotation => &mut secret.metadata.annotations,
    };
    let text = String::from_utf8(value).map_err(|error| {
        error.into_bytes().zeroize();
        TemplateFailure(format!(
            "template \"{}\": what it renders is not UTF-8",
            entry.id()
        ))
    })?;
    map.get_or_insert_default().insert(entry.key.to_owned(), text);
    Ok(())
}

fn data(sealed: &SealedSecret) -> Option<&BTreeMap<String, Option<String>>> {
    sealed.spec.template.as_ref()?.data.as_ref()
}

/// Returns all templates of an object. Metadata without an action is no template: most of it never is.
fn entries(sealed: &SealedSecret) -> Vec<Entry<'_>> {
    let mut entries = Vec::new();
    for (key, text) in data(sealed).into_iter().flatten() {
        if let Some(text) = text {
            let place = Place::Data;
            entries.push(Entry { place, key, text });
        }
    }
    let template = sealed.spec.template.as_ref();
    let metadata = template.and_then(|template| template.metadata.as_ref());
    if let Some(metadata) = metadata.filter(|_| renders_metadata(sealed)) {
        let of = |place: Place, map| {
            let entry = move |(key, text)| Entry { place, key, text };
            let map: Option<&BTreeMap<String, String>> = map;
            map.into_iter()
                .flatten()
                .map(|(key, text)| (key.as_str(), text.as_str()))
                .map(entry)
        };
        let labels = of(Place::Label, metadata.labels.as_ref());
        let annotations = of(Place::Annotation, metadata.annotations.as_ref());
        entries.extend(
            labels
                .chain(annotations)
                .filter(|entry| entry.text.contains("{{")),
        );
    }
    entries
}

/// What templates see; wiped in the end.
struct Seen(BTreeMap<String, Vec<u8>>);

impl Seen {
    fn new(sealed: &SealedSecret, secret: &Secret) -> Self {
        let items = secret.data.iter().flatten();
        let mut seen: BTreeMap<String, Vec<u8>> =
            items.map(|(key, value)| (key.clone(), value.0.clone())).collect();
        for (key, text) in data(sealed).into_iter().flatten() {
            if let Some(text) = text {
                seen.entry(key.clone())
                    .or_insert_with(|| text.clone().into_bytes());
            }
        }
        Self(seen)
    }

    /// Returns what a template with these inputs can see.
    fn by<'s>(&'s self, inputs: &'s Inputs) -> impl Iterator<Item = (&'s str, &'s [u8])> {
        let visible = move |key: &str| match inputs {
            Inputs::All => true,
            Inputs::Named(names) => names.contains(key),
        };
        let all = self.0.iter().map(|(key, value)| (key.as_str(), value.as_slice()));
        all.filter(move |(key, _)| visible(key))
    }
}

impl Drop for Seen {
    fn drop(&mut self) {
        self.0.values_mut().for_each(zeroize::Zeroize::zeroize);
    }
}
